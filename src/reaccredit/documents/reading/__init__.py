"""All text of a document, wherever it hides: body, headers, comments, deleted text, properties, pictures, attachments."""

"""Text of web pages, XML and RTF: what is shown, what is not, and what stands in attributes."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from reaccredit.documents.reading.content import Extract

CELLS = frozenset({"td", "th"})
LINES = frozenset(
    """p div br tr li h1 h2 h3 h4 h5 h6 table title section header footer dd dt pre address blockquote form option""".split()  # noqa: SIM905
)
SAID = frozenset({"alt", "title", "content", "value", "placeholder", "href", "src", "summary", "label", "aria-label"})


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.body: list[str] = []
        self.aside: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in LINES:
            self.body.append("\n")
        elif tag in CELLS:
            self.body.append("\t")
        self.aside += [value for name, value in attrs if value and (name in SAID or name.startswith("data-"))]

    def handle_endtag(self, tag: str) -> None:
        if tag in LINES:
            self.body.append("\n")

    def handle_data(self, data: str) -> None:
        self.body.append(re.sub(r"[ \t]*\n[ \t]*", " ", data))

    def handle_comment(self, data: str) -> None:
        self.aside.append(data)


def html(text: str, found: Extract) -> None:
    parser = _Text()
    parser.feed(text)
    parser.close()
    found.add("body", re.sub(r"\n\s*\n+", "\n", "".join(parser.body)).replace("\n\t", "\n"))
    found.add("links and labels", "\n".join(parser.aside))


def bare(markup: str) -> str:
    """The text of an XML packet, element by element; attributes too, since XMP may say everything in them."""
    attributes = " ".join(re.findall(r"\s(?!xmlns)[\w:.-]{1,60}\s*=\s*[\"']([^\"'<]{1,2000})[\"']", markup))
    text = re.sub(r"<[^>]{0,4000}>", "\n", markup)
    return re.sub(r"\s*\n\s*", "\n", text) + "\n" + attributes


def rtf(text: str, found: Extract) -> None:
    plain = re.sub(r"\\'([0-9a-fA-F]{2})", lambda m: bytes.fromhex(m[1]).decode("cp1252", "replace"), text)
    plain = re.sub(r"\\u(-?\d{1,6})\??", lambda m: chr(int(m[1]) % 65536), plain)
    plain = re.sub(r"\\(?:cell|tab)\b ?", "\t", plain)
    plain = re.sub(r"\\(?:par|line|row|page|sect)\b ?", "\n", plain)
    plain = re.sub(r"\\[a-zA-Z]{1,32}-?\d{0,10} ?|\\\*|[{}]", "", plain)
    found.add("body", plain)

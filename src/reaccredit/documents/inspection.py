"""Look into a received document, in a process apart, and say what it is and what it holds.

python -m reaccredit.documents.inspection FILE > findings.json
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path

from reaccredit.documents.extract import Extract, Trouble, extract
from reaccredit.documents.kinds import FORMATS, Format, detect
from reaccredit.ledger import apart

READABLE = frozenset({"pdf", "docx", "txt", "png", "jpeg", "tiff"})


@dataclass(frozen=True)
class Inspection:
    """`trouble` is a code (locked, damaged, too-long, slow) or empty; then `content` is what was read."""

    format: Format
    content: Extract
    trouble: str = ""


def inspect(path: Path) -> Inspection:
    """Raises nothing for what the file holds."""
    try:
        answer = json.loads(apart.run("reaccredit.documents.inspection", str(path)))
    except apart.Failed as failure:
        return Inspection(FORMATS["unknown"], Extract(), "slow" if failure.slow else "damaged")
    except ValueError:
        return Inspection(FORMATS["unknown"], Extract(), "damaged")
    content = Extract(
        parts=[(place, text) for place, text in answer["parts"]],
        pictures=answer["pictures"],
        opaque=answer["opaque"],
        pages=answer["pages"],
    )
    return Inspection(FORMATS[answer["format"]], content, answer["trouble"])


def look(path: Path) -> dict[str, object]:
    found, trouble = Extract(), ""
    kind = detect(path)
    if kind.slug in READABLE:
        try:
            found = extract(path, kind.slug)
        except Trouble as error:
            trouble = str(error)
        except Exception:  # parsers raise a dozen kinds for damaged files
            trouble = "damaged"
    return {
        "format": kind.slug,
        "trouble": trouble,
        "parts": found.parts,
        "pictures": found.pictures,
        "opaque": found.opaque,
        "pages": found.pages,
    }


def main() -> int:
    apart.limit_self()
    json.dump(look(Path(sys.argv[1])), sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main())

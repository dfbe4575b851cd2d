"""Look into a received document, in a process apart, and say what it is and what it holds.

python -m reaccredit.documents.inspection FILE SECONDS > findings.json
"""

from __future__ import annotations

import json
import logging
import sys
import warnings
from dataclasses import dataclass
from pathlib import Path

from reaccredit.documents.extract import READABLE, extract
from reaccredit.documents.kinds import FORMATS, Format, detect
from reaccredit.documents.reading.content import Extract, Trouble
from reaccredit.ledger import apart
from reaccredit.phi.passage import Passage, Stretch

READING = 100  # seconds in which pictures are begun to be read while somebody waits for the page
TIMES = 5  # as patient as for other work apart: reading a picture keeps two processors busy


@dataclass(frozen=True)
class Inspection:
    """`trouble` is a code (locked, damaged, too-long, slow) or empty; then `content` is what was read."""

    format: Format
    content: Extract
    trouble: str = ""


def inspect(path: Path, *, seconds: int = READING) -> Inspection:
    """Raises nothing for what the file holds. Pictures that were not read within these seconds are told as unreadable."""
    times = max(TIMES, TIMES * seconds // READING)
    try:
        answer = json.loads(apart.run("reaccredit.documents.inspection", str(path), str(seconds), times=times))
    except apart.Failed as failure:
        return Inspection(FORMATS["unknown"], Extract(), "slow" if failure.slow else "damaged")
    except ValueError:
        return Inspection(FORMATS["unknown"], Extract(), "damaged")
    content = Extract(
        passages=[_passage(row) for row in answer["passages"]],
        pictures=answer["pictures"],
        opaque=answer["opaque"],
        located=answer["located"],
        pages=answer["pages"],
    )
    return Inspection(FORMATS[answer["format"]], content, answer["trouble"])


def _passage(row: list) -> Passage:
    place, text, page, stretches = row
    return Passage(place, text, page, [Stretch(start, end, (a, b, c, d)) for start, end, a, b, c, d in stretches])


def _row(passage: Passage) -> list[object]:
    return [passage.place, passage.text, passage.page, [(s.start, s.end, *s.box) for s in passage.stretches]]


def look(path: Path, seconds: float = READING) -> dict[str, object]:
    found, trouble = Extract(), ""
    kind = detect(path)
    if kind.slug in READABLE:
        try:
            found = extract(path, kind.slug, seconds=seconds)
        except Trouble as error:
            trouble = str(error)
        except Exception:  # parsers raise a dozen kinds for damaged files
            trouble = "damaged"
    return {
        "format": kind.slug,
        "trouble": trouble,
        "passages": [_row(passage) for passage in found.passages],
        "pictures": found.pictures,
        "opaque": found.opaque,
        "located": found.located,
        "pages": found.pages,
    }


def main() -> int:
    seconds = int(sys.argv[2])
    apart.limit_self(times=max(TIMES, TIMES * seconds // READING) * 3)
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    json.dump(look(Path(sys.argv[1]), seconds), sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main())

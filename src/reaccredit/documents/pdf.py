"""Tagged PDF (PDF/UA-1) from a Typst template and plain data: the same bytes for the same data and time, everywhere."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Literal

import typst

Standard = Literal["ua-1", "a-3a"]
STANDARD: Final[Standard] = "ua-1"
ARCHIVED: Final[tuple[Standard, ...]] = ("ua-1", "a-3a")  # PDF/A beside it: to be kept for decades, and may carry files
PACKAGE = Path(__file__).resolve().parents[1]


UNSHOWN = re.compile(r'the text `"(.+?)"` could not be displayed')
ATTEMPTS = 4  # each names all characters that it stumbled over; the last raises


def compile_pdf(
    template: Path, data: Mapping[str, Any], *, at: datetime, standards: Sequence[Standard] = (STANDARD,)
) -> bytes:
    """The template reads `json(bytes(sys.inputs.data))`: data is never markup. `at` is the document's own date.

    A template of any room may import the common frame, "/documents/print/base.typ". Only the fonts that come with the
    compiler are used, so that two machines print the same; a character that none of them has becomes a square, since
    somebody's emoji must not cost a facility its report. Raises `typst.TypstError` where the template leaves out what
    an
    accessible document needs (a title, a picture's description).
    """
    values: Any = dict(data)
    for attempt in range(ATTEMPTS):
        try:
            return _compile(template.resolve(), values, at, standards)
        except typst.TypstError as error:
            unshown = {_character(text) for text in UNSHOWN.findall(error.diagnostic)}
            if not unshown or attempt == ATTEMPTS - 1:
                raise
            values = _without(
                values, {ord(c): "\N{WHITE SQUARE}" for text in unshown for c in text if not c.isascii() or c < " "}
            )
    raise AssertionError("the loop returns or raises")


def _compile(template: Path, data: Any, at: datetime, standards: Sequence[Standard]) -> bytes:
    made: bytes = typst.compile(
        template,
        root=PACKAGE if template.is_relative_to(PACKAGE) else template.parent,
        ignore_system_fonts=True,
        format="pdf",
        sys_inputs={"data": json.dumps(data, ensure_ascii=False, sort_keys=True)},
        pdf_standards=list(standards),
        timestamp=int(at.timestamp()),
    )
    return made


def _character(text: str) -> str:
    escaped = re.fullmatch(r"\\u\{([0-9a-f]+)\}", text)
    return chr(int(escaped[1], 16)) if escaped else text


def _without(value: Any, table: Mapping[int, str]) -> Any:
    if isinstance(value, str):
        return value.translate(table)
    if isinstance(value, Mapping):
        return {key: _without(item, table) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_without(item, table) for item in value]
    return value

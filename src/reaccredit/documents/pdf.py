"""Tagged PDF (PDF/UA-1) from a Typst template and plain data: the same bytes for the same data and time, whatever the
machine.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import typst

STANDARD = "ua-1"


def compile_pdf(template: Path, data: Mapping[str, Any], *, at: datetime) -> bytes:
    """The template reads `json(bytes(sys.inputs.data))`: data is never markup. `at` is the document's own date.

    Only the fonts that come with the compiler are used, so that two machines print the same. Raises `typst.TypstError`
    where the template leaves out what an accessible document needs (a title, a picture's description).
    """
    made: bytes = typst.compile(
        template,
        root=template.parent,
        ignore_system_fonts=True,
        format="pdf",
        sys_inputs={"data": json.dumps(data, ensure_ascii=False, sort_keys=True)},
        pdf_standards=STANDARD,
        timestamp=int(at.timestamp()),
    )
    return made

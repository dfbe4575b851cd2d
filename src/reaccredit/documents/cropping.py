"""The box of a finding cut out of a document, in a process apart: what somebody who decides about it may see, and no more.

python -m reaccredit.documents.cropping FILE FORMAT '[[page, left, top, right, bottom], ...]' > pictures.json
"""

from __future__ import annotations

import base64
import io
import json
import logging
import sys
import warnings
from collections.abc import Sequence
from pathlib import Path

import pypdfium2
from PIL import Image, ImageOps

from reaccredit.ledger import apart
from reaccredit.phi.words import Box

DOTS = 150 / 72
PICTURES = frozenset({"png", "jpeg", "tiff"})
LARGEST = 2000  # pixels of a side: a finding is a line, not a page
Place = tuple[int, Box]  # page from 1


def crops(path: Path, slug: str, places: Sequence[Place]) -> list[bytes]:
    """A PNG for each place; none at all where the file gives no pictures. Raises nothing for what the file holds."""
    if not places or slug not in PICTURES | {"pdf"}:
        return [b""] * len(places)
    asked = json.dumps([[page, *box] for page, box in places])
    try:
        answer = json.loads(apart.run("reaccredit.documents.cropping", str(path), slug, asked))
    except (apart.Failed, ValueError):
        return [b""] * len(places)
    return [base64.b64decode(one) for one in answer]


def _cut(path: Path, slug: str, page: int, box: Box) -> bytes:
    image, scale = _page(path, page) if slug == "pdf" else (_picture(path, page), 1.0)
    left, top, right, bottom = (value * scale for value in box)
    corners = (
        max(0, int(left) - 2),
        max(0, int(top) - 2),
        min(image.width, int(right) + 3),
        min(image.height, int(bottom) + 3),
    )
    if corners[2] <= corners[0] or corners[3] <= corners[1]:
        return b""
    cut = image.crop(corners).convert("RGB")
    cut.thumbnail((LARGEST, LARGEST))
    out = io.BytesIO()
    cut.save(out, "PNG")  # from the pixels alone: nothing that the file says of itself comes along
    return out.getvalue()


def _page(path: Path, page: int) -> tuple[Image.Image, float]:
    with pypdfium2.PdfDocument(path) as document:
        return document[page - 1].render(scale=DOTS, may_draw_forms=True).to_pil(), DOTS


def _picture(path: Path, page: int) -> Image.Image:
    with Image.open(path) as image:
        image.seek(page - 1)
        image.load()
        return ImageOps.exif_transpose(image) or image.copy()


def main() -> int:
    apart.limit_self()
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    path, slug, asked = Path(sys.argv[1]), sys.argv[2], json.loads(sys.argv[3])
    made = [_cut(path, slug, page, (left, top, right, bottom)) for page, left, top, right, bottom in asked]
    json.dump([base64.b64encode(one).decode() for one in made], sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Text in pictures, and what a picture says of itself (EXIF, XMP, comments)."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from PIL import ExifTags, Image, ImageFile, ImageOps, IptcImagePlugin

from reaccredit.documents.reading.content import PAGES, Extract, Trouble
from reaccredit.documents.reading.markup import bare
from reaccredit.phi import ocr

PIXELS = 120_000_000
SMALL = (24, 8)  # below this nothing can be read, by nobody
QUIET = frozenset(
    {"icc_profile", "exif", "dpi", "gamma", "srgb", "chromaticity", "transparency", "jfif_unit", "jfif_density"}
)
Image.MAX_IMAGE_PIXELS = PIXELS


def picture(path: Path, limits_of: Extract) -> Extract:
    found = Extract(limits_of.limits)
    with Image.open(path) as image:
        image.verify()
    with Image.open(path) as image:
        frames = getattr(image, "n_frames", 1)
        if frames > PAGES:
            raise Trouble("too-long")
        found.pages = frames
        told = "\n".join(_told(image, found))
        for number in range(frames):
            image.seek(number)
            image.load()  # a cut frame is found out here, however small it is
            place = "picture" if frames == 1 else f"page {number + 1}"
            found.pictures.append(place)
            read_into(found, ImageOps.exif_transpose(image) or image, place, number + 1 if frames > 1 else None)
    found.add("metadata", told)
    return found


def read_into(
    found: Extract, image: Image.Image, place: str, page: int | None = None, *, scale: float = 1.0, origin: tuple[float, float] = (0, 0)
) -> None:  # fmt: skip
    """The letters of this picture become a passage; what can't be read is told as such."""
    if image.width < SMALL[0] or image.height < SMALL[1]:
        return
    if not found.limits.time_left:
        found.opaque.append(place)
        return
    try:
        lines = _read(_flat(image))
    except ocr.NoReader:
        found.opaque.append(place)
        return
    clear = [line for line in lines if line.score >= ocr.GOOD]
    if len(lines) - len(clear) >= 3 and len(clear) * 2 <= len(
        lines
    ):  # handwriting, or too small: letters that nobody read
        found.opaque.append(place)
    found.put(ocr.passage(place, clear, page, scale=scale, origin=origin))


_seen: dict[str, list[ocr.Line]] = {}


def _read(image: Image.Image) -> list[ocr.Line]:
    """The logo on each page is read once."""
    key = hashlib.sha256(repr(image.size).encode() + image.tobytes()).hexdigest()
    if key not in _seen:
        _seen[key] = ocr.read(image)
    return _seen[key]


def _flat(image: Image.Image) -> Image.Image:
    """On white, in eight bits: letters in a transparent layer are black on nothing."""
    if image.mode in {"I;16", "I", "F", "I;16B"}:
        grey = image.convert("F")
        low, high = grey.getextrema()
        span = (float(high) - float(low)) or 1.0  # type: ignore[arg-type]
        return grey.point(lambda v: v * (255 / span) - float(low) * 255 / span).convert("L").convert("RGB")  # type: ignore[arg-type]
    if image.mode in {"RGBA", "LA", "PA"} or "transparency" in image.info:
        layer = image.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", layer.size, "white"), layer).convert("RGB")
    return image.convert("RGB")


def _told(image: ImageFile.ImageFile, found: Extract) -> Iterator[str]:
    exif = image.getexif()
    yield from _tags(dict(exif), ExifTags.TAGS)
    for block in (ExifTags.IFD.Exif, ExifTags.IFD.Interop):
        yield from _tags(dict(exif.get_ifd(block)), ExifTags.TAGS)
    position = exif.get_ifd(ExifTags.IFD.GPSInfo)
    if 2 in position or 4 in position:
        found.located.append("metadata")
    for key, value in image.info.items():
        if str(key).lower() not in QUIET:
            yield from (f"{key}: {text}" for text in _texts(value))
    for value in (IptcImagePlugin.getiptcinfo(image) or {}).values():
        yield from _texts(value)


def _tags(values: dict[int, Any], words: dict[int, str]) -> Iterator[str]:
    for tag, value in values.items():
        name = words.get(tag, "")
        if "date" in name.lower() or name in {
            "Make",
            "Model",
            "Software",
            "MakerNote",
            "ICCProfile",
            "InterColorProfile",
        }:
            continue
        for text in _texts(value, wide=name.startswith("XP")):
            yield f"{name}: {text}" if name in {"Artist", "ImageDescription"} else text


def _texts(value: Any, *, wide: bool = False) -> Iterator[str]:
    if isinstance(value, tuple | list) and value and all(isinstance(v, int) and 0 <= v < 256 for v in value):
        value = bytes(value)
    if isinstance(value, list | tuple):
        for one in value:
            yield from _texts(one)
    elif isinstance(value, bytes):
        text = value.removeprefix(b"ASCII\0\0\0").removeprefix(b"UNICODE\0")
        plain = text.decode("utf-16-le" if wide or b"\0" in text[1:2] else "utf-8", "ignore").strip("\0 ")
        if plain and sum(c.isprintable() or c in "\n\r\t" for c in plain) > 0.9 * len(plain):
            yield _unmarked(plain)
    elif isinstance(value, str) and value.strip("\0 "):
        yield _unmarked(value.strip("\0 "))


def _unmarked(text: str) -> str:
    return bare(text) if text.lstrip().startswith("<") else text


def from_bytes(found: Extract, content: bytes, place: str) -> None:
    """A picture inside another document."""
    found.pictures.append(place)
    try:
        with Image.open(io.BytesIO(content)) as image:
            told = "\n".join(_told(image, found))
            image.seek(0)
            read_into(found, ImageOps.exif_transpose(image) or image, place)
    except Exception:  # an old vector format, or a damaged picture: whatever stands in it, nobody can search it
        found.opaque.append(place)
        return
    found.add(f"metadata of {place}", told)

"""The header of a plain file, read without the library: most files are plain, and this takes less than half of its time.

It reads explicit and implicit little endian whose elements stand in order within the first bytes of the file, and of values
those that need no character set. A file that is otherwise in any way is left to pydicom as a whole: `skim` says None then,
and what it does say is what pydicom would have said (tests/imaging/test_skim.py).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from struct import Struct, error, unpack_from
from typing import Any

from pydicom.datadict import dictionary_VR
from pydicom.uid import AllTransferSyntaxes

from reaccredit.imaging.pixels import PIXEL_TAGS, UNDEFINED, Place

IMPLICIT = "1.2.840.10008.1.2"
SYNTAXES = frozenset(str(one) for one in AllTransferSyntaxes if one.is_little_endian and not one.is_deflated)
LONG = frozenset({"OB", "OD", "OF", "OL", "OV", "OW", "SQ", "SV", "UC", "UN", "UR", "UT", "UV"})
SHORT = frozenset(
    {"AE", "AS", "AT", "CS", "DA", "DS", "DT", "FL", "FD", "IS", "LO", "LT", "PN", "SH", "SL", "SS", "ST", "TM", "UI",
     "UL", "US"}
)  # fmt: skip
VRS = {vr.encode(): vr for vr in LONG | SHORT}
PLAIN = frozenset({"CS", "DA", "DS", "DT", "IS", "TM", "UI", "US"})  # texts of other kinds need the character set
TEXT = frozenset({"AS", "LO", "PN", "SH"})
# In these, bytes below 128 are what they are in ASCII; nothing else is decoded here.
ASCII_IN = frozenset({None, "", "ISO_IR 6", "ISO_IR 100", "ISO_IR 192"})
META_BEGINS = b"\x02\x00\x00\x00UL\x04\x00"
META = 0x00020000
FIRST_GROUP = 0x00080000
NUMBERS, ASCII = re.compile(rb"[-+0-9.eE \\]*"), re.compile(rb"[\x00-\x7f]*")
_TAG, _SHORT_LENGTH, _LENGTH = Struct("<HH"), Struct("<H"), Struct("<L")


class _Unusual(Exception):
    """Something that the library is better at."""


def plain(vr: str, value: bytes) -> Any:
    """Values whose form needs no library: most of a header."""
    if vr == "US":
        return unpack_from("<H", value)[0] if len(value) == 2 else None
    text = value.decode("ascii").strip("\x00 ")  # what is not ASCII here is no value
    return text.split("\\") if "\\" in text else text


def skim(head: bytes, offset: int, syntax: str, wanted: Mapping[int, str]) -> tuple[dict[str, Any], Place] | None:
    """The wanted values by name (`wanted`: name by tag), and where the picture begins; None where pydicom has to be asked."""
    if syntax not in SYNTAXES:
        return None
    try:
        if not _meta_is_whole(head, offset):
            return None
        walk = _implicit if syntax == IMPLICIT else _explicit
        return walk(head, offset, wanted)
    except (_Unusual, error, IndexError):
        return None


def _meta_is_whole(head: bytes, offset: int) -> bool:
    """The group before the header has the length that it says, and its elements are in order."""
    if head[132:140] != META_BEGINS or _LENGTH.unpack_from(head, 140)[0] + 144 != offset:
        return False
    at, before = 144, META
    while at < offset:
        tag, _, length, start = _explicit_element(head, at)
        if tag <= before or tag >> 16 != META >> 16:
            raise _Unusual
        at, before = start + length, tag
    return at == offset


def _explicit_element(head: bytes, at: int) -> tuple[int, str, int, int]:
    """Tag, kind of value, its length and where it begins."""
    group, element = _TAG.unpack_from(head, at)
    vr = VRS.get(head[at + 4 : at + 6])
    if vr is None:
        raise _Unusual
    if vr in LONG:
        return group << 16 | element, vr, _LENGTH.unpack_from(head, at + 8)[0], at + 12
    return group << 16 | element, vr, _SHORT_LENGTH.unpack_from(head, at + 6)[0], at + 8


def _explicit(head: bytes, at: int, wanted: Mapping[int, str]) -> tuple[dict[str, Any], Place]:
    found: dict[str, Any] = {}
    before = FIRST_GROUP - 1
    while True:
        tag, vr, length, at = _explicit_element(head, at)
        if tag <= before:
            raise _Unusual
        before = tag
        if tag in PIXEL_TAGS:
            if vr not in ("OB", "OW"):
                raise _Unusual
            return found, Place(tag, length, at)
        if (name := wanted.get(tag)) is not None:
            found[name] = _value(head, at, length, vr, found)
        at += length
        if length == UNDEFINED:
            raise _Unusual


def _implicit(head: bytes, at: int, wanted: Mapping[int, str]) -> tuple[dict[str, Any], Place]:
    found: dict[str, Any] = {}
    before = FIRST_GROUP - 1
    if head[at + 4 : at + 6].isalpha():  # explicit, whatever was said
        raise _Unusual
    while True:
        group, element = _TAG.unpack_from(head, at)
        (length,) = _LENGTH.unpack_from(head, at + 4)
        tag = group << 16 | element
        at += 8
        if tag <= before:
            raise _Unusual
        before = tag
        if tag in PIXEL_TAGS:
            return found, Place(tag, length, at)
        if (name := wanted.get(tag)) is not None:
            found[name] = _value(head, at, length, dictionary_VR(tag), found)
        at += length
        if length == UNDEFINED:
            raise _Unusual


def _value(head: bytes, at: int, length: int, vr: str, found: Mapping[str, Any]) -> Any:
    """As the library gives it. None: there is none, or it is of the wrong form."""
    value = head[at : at + length]
    if len(value) < length:
        raise _Unusual
    if not value:
        return None
    if vr in PLAIN:
        if vr != "US" and not (NUMBERS if vr in ("DS", "IS") else ASCII).fullmatch(value):
            raise _Unusual
        return plain(vr, value)
    if vr == "FD" and length == 8:
        return unpack_from("<d", value)[0]
    charset = found.get("SpecificCharacterSet")
    if vr not in TEXT or isinstance(charset, list) or charset not in ASCII_IN:
        raise _Unusual
    if not value.isascii() or b"\\" in value or b"\x1b" in value or b"=" in value:
        raise _Unusual
    return value.decode("ascii").rstrip("\x00 ")

"""What is read without the library is what the library would have read, and whatever is not plain is left to it."""

from __future__ import annotations

from functools import cache
from io import BytesIO
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as budget
from hypothesis import strategies as st
from pydicom import dcmread
from pydicom.uid import ImplicitVRLittleEndian

from reaccredit.imaging import reading, synthetic
from reaccredit.imaging.header import Header, Unreadable
from tests.imaging.conftest import SAMPLES

PLAIN = (
    "CT_small.dcm",
    "MR_small.dcm",
    "MR_small_implicit.dcm",
    "MR_small_RLE.dcm",
    "SC_rgb_rle_2frame.dcm",
)
NOT_PLAIN = ("MR_small_bigendian.dcm", "image_dfl.dcm", "badVR.dcm")


def outcome(content: bytes) -> Header | str:
    try:
        return reading.read(BytesIO(content))
    except Unreadable as error:
        return error.code


def by_library(content: bytes) -> Header | str:
    with patch.object(reading, "skim", lambda *asked: None):
        return outcome(content)


def skimmed(content: bytes) -> bool:
    meta, offset = reading._meta(content[:65536])
    return reading.skim(content[:65536], offset, meta.get(0x0010, ""), reading.NAMES) is not None


def implicit(content: bytes) -> bytes:
    ds, out = dcmread(BytesIO(content)), BytesIO()
    ds.file_meta.TransferSyntaxUID = ImplicitVRLittleEndian
    ds.save_as(out, implicit_vr=True, little_endian=True)
    return out.getvalue()


@cache
def seeds() -> list[bytes]:
    drawn = [synthetic.series(modality=one, slices=1, size=16)[0] for one in ("CT", "MR", "US")]
    return [*drawn, *map(implicit, drawn), *((SAMPLES / name).read_bytes() for name in PLAIN[:3])]


@pytest.mark.parametrize(
    "path", sorted(one for one in SAMPLES.glob("*.dcm") if one.stat().st_size < 300_000), ids=lambda p: p.name
)
def test_every_sample_of_the_library_is_read_alike(path):
    content = path.read_bytes()
    assert outcome(content) == by_library(content)


@pytest.mark.parametrize("name", PLAIN)
def test_a_plain_file_needs_no_library(name):
    assert skimmed((SAMPLES / name).read_bytes())


@pytest.mark.parametrize("name", NOT_PLAIN)
def test_what_is_not_plain_is_left_to_the_library(name):
    assert not skimmed((SAMPLES / name).read_bytes())


@pytest.mark.parametrize(
    ("was", "now"),
    [
        (b"ISO_IR 192", b"ISO_IR 999"), (b"DEMO^DEMO-1", b"DEMO^D\xc3\x89MO1"), (b"DEMO^DEMO-1", b"DEMO=DEMO-1"),
        (b"DEMO AXIAL", b"DEMO\\AXIAL"), (b"250", b"2 5"), (b"\x10\x00\x20\x00LO", b"\x10\x00\x20\x00UN"),
    ],
)  # fmt: skip
def test_values_that_need_the_library_are_left_to_it(was, now):
    changed = seeds()[0].replace(was, now)
    assert outcome(changed) == by_library(changed)


@budget(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
@given(
    st.integers(0, 8), st.lists(st.tuples(st.integers(0, 2400), st.integers(0, 8), st.binary(max_size=8)), max_size=4)
)
def test_a_damaged_header_is_read_alike(place, damages):
    content = bytearray(seeds()[place])
    for at, length, junk in damages:
        content[128 + at : 128 + at + length] = junk
    assert outcome(bytes(content)) == by_library(bytes(content))

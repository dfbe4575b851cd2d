"""What is read of a file while it comes is what is read of it when it lies there, in whatever pieces it came."""

from __future__ import annotations

import hashlib
from functools import cache
from io import BytesIO

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as budget
from hypothesis import strategies as st
from pydicom import dcmread

from reaccredit.imaging import reading, synthetic
from reaccredit.imaging.header import Header, Unreadable
from reaccredit.imaging.passing import Passed, Passing
from reaccredit.imaging.storage import STORE
from tests.imaging.conftest import SAMPLES


@cache
def plain() -> bytes:
    return synthetic.series(slices=1, size=256)[0]


@cache
def blank(value: bytes = b"\x07\x01") -> bytes:
    ds, out = dcmread(BytesIO(plain())), BytesIO()
    ds.PixelData = value * (256 * 256)
    ds.save_as(out)
    return out.getvalue()


@cache
def contents() -> dict[str, bytes]:
    return {
        "plain": plain(), "small": synthetic.series(slices=1, size=16)[0], "blank": blank(), "cut off": plain()[:-5],
        "a little too long": plain() + b"\x00" * 9,
        "one header": plain()[:5000], "nothing": b"", "a word": b"a word", "a blank one in pieces": (SAMPLES / "MR_small_RLE.dcm").read_bytes(),
        "big endian": (SAMPLES / "MR_small_bigendian.dcm").read_bytes(),
    }  # fmt: skip


def passed(content: bytes, cuts: list[int]) -> Passed:
    pen, at = Passing(STORE.pen(limit=10**7)), 0
    for cut in [*sorted(cuts), len(content)]:
        pen.write(memoryview(content)[at:cut])
        at = max(at, cut)
    return pen.done()


def read(content: bytes) -> Header | None:
    try:
        return reading.read(BytesIO(content))
    except Unreadable:
        return None


@budget(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.sampled_from(sorted(contents())), cuts=st.lists(st.integers(0, 140_000), max_size=6))
def test_it_is_the_same_however_it_came(name, cuts):
    content = contents()[name]
    found = passed(content, [one for one in cuts if one <= len(content)])
    assert found.draft.path.read_bytes() == content
    assert found.draft.sha256 == hashlib.sha256(content).hexdigest()
    assert found.header in (None, read(content))
    found.draft.drop()


@pytest.mark.parametrize(
    ("name", "known"),
    [("plain", True), ("small", True), ("blank", True), ("a little too long", True), ("cut off", False), ("big endian", False)],
)  # fmt: skip
def test_of_a_plain_file_the_header_is_known_when_it_has_come(name, known):
    found = passed(contents()[name], [70_000])
    assert (found.header is not None) == known
    found.draft.drop()


@pytest.mark.parametrize("cut", [100_000, 100_001])
def test_a_blank_picture_proves_nothing_wherever_it_is_cut(cut):
    found = passed(blank(), [70_001, cut])
    assert found.header is not None
    assert found.header.pixel_hash == ""
    found.draft.drop()

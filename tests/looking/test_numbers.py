"""Frames as plain numbers: whatever transfer syntax they came in, and how they are asked for."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import numpy as np
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.encaps import encapsulate
from pydicom.pixels import pixel_array
from pydicom.pixels.processing import apply_color_lut, apply_modality_lut

from reaccredit.imaging import plain
from reaccredit.imaging.models import Instance
from reaccredit.imaging.picture import NoPicture
from reaccredit.imaging.storage import STORE
from reaccredit.looking import passes
from reaccredit.reviews.models import Tie
from tests.looking.test_dicomweb import SAMPLES, put
from tests.looking.test_viewer import series_of, signed_in
from tests.reviews.world import HEAD

# 32 by 24 pixels, (37 x + 91 y + x y mod 53) mod 4096, as HTJ2K (made with OpenJPH).
HTJ2K = base64.b64decode(
    b"/0//UQApQAAAAAAgAAAAGAAAAAAAAAAAAAAAIAAAABgAAAAAAAAAAAABDwEB/1AACAACAAAACv9SAAwAAgABAAUEBEAB/1wAEyCIkJCQkJCQkJCQkJCQ"
    b"iIiI/2QAFwABT3BlbkpQSCBWZXIgMC4zMS4wLv+QAAoAAAAAAsQAAf+TwAAmR/cFB3QAwAATQAATQAASgGT9Aod0AFD8Awd0APkAx3QAwAAVMAAE0AAE"
    b"oBAsoBL1AQK0ANXoACI0AOgAQXQAwAAWjAABaMAAFeARbeoAAIjJA6D+DM+whFmXADFRpI4688Qp9ABCA9zU+pgAQ4hEWHlSxPAAl7mSQzcAwAAXVQAA"
    b"XZQAAXVAA/0cLIcEDAjP0A41aNkkMFEAVYfGEoQBgIQFwfsThFOSiGCvQCm4mM0AA04wCKrJBwCh0BZTDgugCRs44JkBSWG6gRlgKkAYgBsg+AQgAghC"
    b"ADHRQCtk4SEYwAGXRunzSTIwHLS1KVnWEn9tGCAOpX+O3ZuycesHWULsDSZcuv1QMAIn3QDAAC+gYAAX0tAAC+ggkR9hxJy1zGLGFObNhOKIywgiZTbL"
    b"aGIMKYbanIyvFnYUhX6a1kzVtM1/MjOz0BOFsrDW6Ja1rv8BAfiG5bwIxobmFEoWa6wZbglk/2NKBQowM1374UMkbj43kNEnjmd0/zy9CHjXmze1l6KP"
    b"TfyReRCL2S5IHZZCf7C5B5UO730ChRPKOacpvEDTYrIjR1Hwxeouglui81+WgkBrZJULieSyNM8rX1ZeuuUM0eUcWgyZpTVT9fquMJcUzUldKTSoGGSM"
    b"lu0DwW/VNJoLKprR4hg8hqmgQlknCkeQ+OPToAxUUQFtBqcR/eFEgNskBBJBQQoOZejDiavaiQOPq9cpm1iqPHEOe9x4b2iIQ4K7C0mM2SkkA18CSTV1"
    b"NJ4505wzPVOaYjPmODFZljU0ZzRnqidN07OcWUZnWdY0WaZpHG2m6ZyUzg1KozlnOsvoJsZpmk5nlp5pGk1naVo6ZzqjNO1Mp2lDOyiKomnA4rt69Wn1"
    b"G0b+eVD288AGI9h188fvSxkfVv49ZW54RnlwCuLve8IKACUAO89+Av/Z"
)


def values(made: plain.Plain) -> np.ndarray:
    head = made.head
    kind = f"<{'i' if head['signed'] else 'u'}{head['bits'] // 8}"
    shape = (head["rows"], head["columns"], 3) if head["samples"] == 3 else (head["rows"], head["columns"])
    return np.frombuffer(made.data, kind).reshape(shape)


def in_the_modality(made: plain.Plain) -> np.ndarray:
    return values(made) * made.head["slope"] + made.head["intercept"]


GREY = (
    "CT_small.dcm", "MR_small_bigendian.dcm", "MR_small_implicit.dcm", "MR_small_RLE.dcm", "MR_small_jpeg_ls_lossless.dcm",
    "MR_small_jp2klossless.dcm", "JPEGLSNearLossless_16.dcm", "JPEG2000.dcm", "liver_1frame.dcm",
)  # fmt: skip
COLOUR = (
    "SC_rgb_small_odd.dcm", "SC_rgb_small_odd_big_endian.dcm", "SC_rgb_rle_2frame.dcm", "SC_rgb_jpeg_dcmtk.dcm", "SC_ybr_full_422_uncompressed.dcm",
    "examples_jpeg2k.dcm", "SC_rgb_jls_lossy_line.dcm", "SC_rgb_jpeg_gdcm.dcm",
)  # fmt: skip


@pytest.mark.parametrize("name", GREY)
def test_grey_numbers_are_the_values_of_the_modality(name):
    stored = dcmread(SAMPLES / name)
    made = plain.plain(SAMPLES / name, 0)
    assert np.array_equal(in_the_modality(made), apply_modality_lut(pixel_array(SAMPLES / name), stored))
    assert made.head["low"] < made.head["high"]
    assert made.head["invert"] is False


@pytest.mark.parametrize("name", COLOUR)
def test_colour_comes_as_red_green_and_blue(name):
    stored = pixel_array(SAMPLES / name)
    for frame in range(len(stored) if stored.ndim == 4 else 1):
        wanted = stored[frame] if stored.ndim == 4 else stored
        assert np.array_equal(values(plain.plain(SAMPLES / name, frame)), wanted)


def test_a_palette_is_applied():
    stored = dcmread(SAMPLES / "examples_palette.dcm")
    wanted = apply_color_lut(stored.pixel_array, stored)
    made = values(plain.plain(SAMPLES / "examples_palette.dcm", 0))
    assert np.abs(made.astype(float) / 255 - wanted / wanted.max()).max() < 0.01


def test_wide_numbers_keep_their_values_within_one_step_of_sixteen_bits():
    stored = pixel_array(SAMPLES / "rtdose.dcm")
    for frame in (0, len(stored) - 1):
        made = plain.plain(SAMPLES / "rtdose.dcm", frame)
        assert made.head["bits"] == 16
        assert np.abs(in_the_modality(made) - stored[frame]).max() <= made.head["slope"]
    with pytest.raises(NoPicture):
        plain.plain(SAMPLES / "rtdose.dcm", len(stored))


@pytest.mark.parametrize("last", ["201", "202", "203"])
def test_htj2k_is_decoded(tmp_path, last):
    stored = dcmread(SAMPLES / "MR_small.dcm")
    stored.file_meta.TransferSyntaxUID = f"1.2.840.10008.1.2.4.{last}"
    stored.Rows, stored.Columns, stored.BitsStored, stored.HighBit, stored.PixelRepresentation = 24, 32, 16, 15, 0
    for keyword in ("SmallestImagePixelValue", "LargestImagePixelValue", "PixelPaddingValue"):
        if keyword in stored:
            delattr(stored, keyword)
    stored.PixelData = encapsulate([HTJ2K])
    stored["PixelData"].is_undefined_length = True
    stored.save_as(tmp_path / "one.dcm")
    y, x = np.mgrid[0:24, 0:32]
    assert np.array_equal(values(plain.plain(tmp_path / "one.dcm", 0)), (x * 37 + y * 91 + x * y % 53) % 4096)


def changed(tmp_path: Path, **told: object) -> plain.Plain:
    stored: Dataset = dcmread(SAMPLES / "CT_small.dcm")
    for keyword, value in told.items():
        if value is None:
            delattr(stored, keyword)
        else:
            setattr(stored, keyword, value)
    stored.save_as(tmp_path / "one.dcm")
    return plain.plain(tmp_path / "one.dcm", 0)


def test_what_a_length_is_known_by_is_said(tmp_path):
    assert changed(tmp_path).head["measured"] == "patient"
    none = {"PixelSpacing": None, "ImagePositionPatient": None, "ImageOrientationPatient": None}
    assert changed(tmp_path, **none).head["spacing"] is None
    detector = none | {"ImagerPixelSpacing": [0.2, 0.1]}
    assert changed(tmp_path, **detector).head["spacing"] == [0.2, 0.1]
    assert changed(tmp_path, **detector).head["measured"] == "detector"
    magnified = changed(tmp_path, **detector, EstimatedRadiographicMagnificationFactor=2).head
    assert (magnified["spacing"], magnified["measured"]) == ([0.1, 0.05], "detector-corrected")
    calibrated = changed(tmp_path, ImagerPixelSpacing=[0.2, 0.1], ImageOrientationPatient=None).head
    assert calibrated["measured"] == "calibrated"
    assert changed(tmp_path, PhotometricInterpretation="MONOCHROME1").head["invert"] is True


# ------------------------------------------------------------------ asked for
def address(image: Instance, number: int = 1) -> str:
    return reverse("looking:numbers", args=[image.series_id, image.pk, number])


def test_a_frame_is_had_straight_from_its_file_or_decoded_once_with_those_after_it(world, reading):
    client, patient = signed_in(reading.reviewer), series_of(HEAD).instances.all()[0]
    for name in ("CT_small.dcm", "MR_small_jpeg_ls_lossless.dcm", "SC_rgb_rle_2frame.dcm"):
        image = put(world, name)
        for number in range(1, image.frames + 1):
            answer = client.get(address(image, number))
            assert answer.status_code == 200, name
            assert set(answer["Cache-Control"].split(", ")) == {"private", "no-cache"}
            again = client.get(address(image, number), headers={"If-None-Match": answer["ETag"]})
            assert (again.status_code, again.content, again["ETag"]) == (304, b"", answer["ETag"])
            made = plain.Plain(json.loads(answer["X-Frame"]), answer.content)
            wanted = plain.plain(STORE.path(image.sha256), number - 1)
            assert (made.head, made.data) == (wanted.head, wanted.data), name
        assert client.get(address(image, image.frames + 1)).status_code == 404
    assert STORE.side(image.sha256, "plain-1-1").is_file()  # the second frame was decoded with the first
    piece = client.get(address(patient), headers={"range": "bytes=0-9"})
    assert (piece.status_code, len(piece.content)) == (206, 10)


def test_bits_above_the_stored_ones_are_not_shown(world, reading, tmp_path):
    stored = dcmread(SAMPLES / "CT_small.dcm")
    for keyword in ("PixelPaddingValue", "SmallestImagePixelValue", "LargestImagePixelValue"):
        if keyword in stored:
            delattr(stored, keyword)
    wanted = np.arange(128 * 128, dtype=np.uint16).reshape(128, 128) % 4096
    stored.BitsStored, stored.HighBit, stored.PixelRepresentation = 12, 11, 0
    stored.PixelData = (wanted | 0x8000).tobytes()
    stored.save_as(tmp_path / "dirty.dcm")
    answer = signed_in(reading.reviewer).get(address(put(world, str(tmp_path / "dirty.dcm"))))
    assert np.array_equal(values(plain.Plain(json.loads(answer["X-Frame"]), answer.content)), wanted)


def test_numbers_follow_who_may_see_the_series_and_a_refusal_is_never_kept(world, reading, django_assert_num_queries):
    image = series_of(HEAD).instances.all()[0]
    for stranger in (world.stranger, world.radiologists[2], world.physicists[0]):
        assert signed_in(stranger).get(address(image)).status_code == 404
        assert signed_in(stranger).get(reverse("looking:stack", args=[image.series_id])).status_code == 404
    assert Client().get(address(image)).status_code == 302
    client = signed_in(reading.reviewer)
    told = client.get(reverse("looking:stack", args=[image.series_id])).json()
    assert [one[0] for one in told["images"]] == [one.pk for one in series_of(HEAD).instances.all()]
    assert client.get(address(image)).status_code == 200
    with django_assert_num_queries(0):  # the series was asked about a moment ago
        client.get(address(image))
    other = series_of("chest/adult").instances.all()[0]
    assert client.get(reverse("looking:numbers", args=[image.series_id, other.pk, 1])).status_code == 404
    Tie.objects.create(person=reading.reviewer, kind="bias", facility=world.facility, declared_at=timezone.now())
    assert signed_in(reading.reviewer).get(address(image)).status_code == 403
    passes.forget()
    assert client.get(address(image)).status_code == 403

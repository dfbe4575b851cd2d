"""A masked copy has boxes over the text, says what was done to it, and leaves everything else as it was."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from pydicom import dcmread
from pydicom.data.data_manager import DATA_ROOT
from pydicom.dataset import Dataset

from reaccredit.imaging.masking import mask
from reaccredit.imaging.synthetic import series

SAMPLES = Path(DATA_ROOT) / "test_files"
UID = "2.25.4711"


def copied(
    tmp_path: Path, source: Path, boxes: list[tuple[int | None, float, float, float, float]], **more: bool
) -> Dataset:
    target = tmp_path / "masked"
    assert mask(source, target, boxes, UID, graphics=more.get("graphics", False))
    return dcmread(target)


def test_a_copy_says_where_it_comes_from_and_what_was_done(tmp_path: Path) -> None:
    (content,) = series(modality="CT", slices=1)
    source = tmp_path / "original"
    source.write_bytes(content)
    before = dcmread(BytesIO(content))
    made = copied(tmp_path, source, [(None, 4, 2, 60, 14)])
    assert source.read_bytes() == content
    assert (made.SOPInstanceUID, made.file_meta.MediaStorageSOPInstanceUID, made.BurnedInAnnotation) == (UID, UID, "NO")
    assert made.ImageType[0] == "DERIVED"
    (source_image,) = made.SourceImageSequence
    assert source_image.ReferencedSOPInstanceUID == before.SOPInstanceUID
    assert [c.CodeValue for c in made.DeidentificationMethodCodeSequence] == ["113101"]
    assert made.DerivationCodeSequence[0].CodeValue == "113047"
    assert (made.SeriesInstanceUID, made.PatientID) == (before.SeriesInstanceUID, before.PatientID)
    box = np.zeros(before.pixel_array.shape, dtype=bool)
    box[0:17, 2:63] = True
    assert np.ptp(made.pixel_array[box]) == 0
    assert (made.pixel_array[~box] == before.pixel_array[~box]).all()


@pytest.mark.parametrize(
    "name", ["MR_small_RLE.dcm", "SC_rgb_rle_2frame.dcm", "SC_rgb_small_odd.dcm", "MR_small_bigendian.dcm"]
)
def test_compressed_coloured_and_many_framed_pictures_are_masked(tmp_path: Path, name: str) -> None:
    before = dcmread(SAMPLES / name)
    if before.file_meta.TransferSyntaxUID.is_encapsulated:
        before.decompress()
    made = copied(tmp_path, SAMPLES / name, [(None, 0, 0, 1, 1)])
    frames = int(before.get("NumberOfFrames") or 1)
    shape = (frames, *before.pixel_array.shape[-3 if before.SamplesPerPixel > 1 else -2 :])
    old, new = before.pixel_array.reshape(shape), made.pixel_array.reshape(shape)
    corner = new[:, :3, :3]
    assert all(len(np.unique(frame.reshape(9, -1), axis=0)) == 1 for frame in corner)
    assert (old[:, 4:] == new[:, 4:]).all()


def test_drawn_overlays_are_left_out_where_that_is_asked(tmp_path: Path) -> None:
    made = copied(tmp_path, SAMPLES / "examples_overlay.dcm", [(None, 0, 0, 9, 9)], graphics=True)
    assert (0x6000, 0x3000) not in made
    assert [c.CodeValue for c in made.DeidentificationMethodCodeSequence] == ["113101", "113103"]


def test_what_can_not_be_decoded_is_not_masked(tmp_path: Path) -> None:
    source = tmp_path / "broken"
    source.write_bytes(bytes(200))
    assert not mask(source, tmp_path / "masked", [(None, 0, 0, 9, 9)], UID, graphics=False)

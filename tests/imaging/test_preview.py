"""Previews: what a person sees of an image, and the plain picture where there is nothing to see."""

from __future__ import annotations

from io import BytesIO

import numpy as np
import pytest
from PIL import Image
from pydicom import dcmread
from pydicom.dataset import Dataset

from reaccredit.imaging import actions, picture, synthetic
from reaccredit.imaging.preview import preview
from reaccredit.ledger.files import Missing


def pixels(png: bytes) -> np.ndarray:
    return np.asarray(Image.open(BytesIO(png)))


def changed(content: bytes, **values) -> bytes:
    ds = dcmread(BytesIO(content))
    for name, value in values.items():
        setattr(ds, name, value)
    out = BytesIO()
    ds.save_as(out)
    return out.getvalue()


@pytest.fixture
def shown(receive):
    def look(content: bytes, size="small"):
        (instance,) = receive(content).accepted
        return preview(instance, size)

    return look


@pytest.mark.parametrize("modality", sorted(synthetic.CLASSES))
@pytest.mark.parametrize("phantom", [False, True])
def test_each_modality_shows_something(shown, modality, phantom):
    result = shown(synthetic.series(modality=modality, slices=1, phantom=phantom)[0])
    assert result.rendered
    grey = pixels(result.png)
    assert grey.shape == (128, 128)
    assert grey.std() > 20


@pytest.mark.parametrize(
    ("name", "mode"),
    [
        ("CT_small.dcm", "L"),
        ("MR_small_bigendian.dcm", "L"),
        ("MR_small_RLE.dcm", "L"),
        ("MR_small_jp2klossless.dcm", "L"),
        ("MR_small_jpeg_ls_lossless.dcm", "L"),
        ("examples_palette.dcm", "RGB"),
        ("examples_rgb_color.dcm", "RGB"),
        ("examples_ybr_color.dcm", "RGB"),
        ("image_dfl.dcm", "L"),
        ("rtdose.dcm", "L"),
    ],
)
def test_real_files_are_shown_compressed_coloured_or_with_many_frames(shown, sample, name, mode):
    result = shown(sample(name))
    assert result.rendered
    assert Image.open(BytesIO(result.png)).mode == mode


def test_without_a_decoder_there_is_a_plain_picture_that_says_so(shown, sample):
    result = shown(sample("JPGExtended.dcm"))
    assert not result.rendered
    assert pixels(result.png).shape == (256, 256)


def test_a_constant_picture_is_one_even_grey(shown):
    image = synthetic.series(slices=1)[0]
    flat = changed(image, PixelData=b"\x00\x04" * 128 * 128, WindowWidth=None, WindowCenter=None)
    assert set(pixels(shown(flat).png).ravel()) == {128}


def test_a_window_of_no_width_is_not_divided_by(shown):
    assert shown(changed(synthetic.series(slices=1)[0], WindowWidth=0)).rendered


def test_monochrome1_is_shown_inverted(shown):
    image = synthetic.series(slices=1)[0]
    plain = pixels(shown(image).png).astype(int)
    other = changed(
        image, PhotometricInterpretation="MONOCHROME1", SOPInstanceUID="1.2.3", PixelData=image[-32768:-2] + b"\0\0"
    )
    turned = pixels(shown(other).png).astype(int)
    assert np.abs(plain + turned - 255)[:-1].max() <= 1


def test_not_a_number_and_padding_do_not_set_the_contrast():
    header = Dataset()
    header.PixelPaddingValue = -2000
    values = np.full((8, 8), -2000.0)
    values[2:6, 2:6] = np.arange(16).reshape(4, 4)
    values[0, 0] = np.nan
    grey = picture.grey(values, header)
    assert grey[5, 5] > 240
    assert len(set(grey[2:6, 2:6].ravel())) > 10


def test_a_large_picture_is_fitted(shown):
    assert pixels(shown(synthetic.series(slices=1, size=512)[0]).png).shape == (256, 256)


def test_a_preview_is_made_once_and_goes_with_its_file(receive, store):
    (instance,) = receive(*synthetic.series(slices=1)).accepted
    first = preview(instance)
    actions.STORE.path(instance.sha256).write_bytes(b"changed behind our back")
    assert preview(instance) == first
    assert [p.name for p in (store / "side").rglob("*.png")] == ["preview-1-small.png"]


def test_lost_bytes_are_told_and_not_drawn(receive):
    (instance,) = receive(*synthetic.series(slices=1)).accepted
    actions.STORE.path(instance.sha256).unlink()
    with pytest.raises(Missing):
        preview(instance)


def test_an_upload_draws_nothing(receive, store):
    receive(*synthetic.series(slices=3))
    assert not (store / "side").exists()

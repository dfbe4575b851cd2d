"""What a viewer reads over DICOMweb: the pixels as they were sent, how to show them, and nothing that names anybody."""

from __future__ import annotations

import json
from io import BytesIO
from pathlib import Path

import numpy as np
from django.test import Client
from django.urls import reverse
from PIL import Image
from pydicom import dcmread
from pydicom.data.data_manager import DATA_ROOT
from pydicom.dataset import Dataset
from pydicom.encaps import encapsulate
from pydicom.pixels import pixel_array
from pydicom.uid import generate_uid

from reaccredit.imaging import actions as imaging
from reaccredit.imaging.checks import Expectation
from reaccredit.imaging.models import Instance
from reaccredit.imaging.storage import STORE
from reaccredit.people.queries import code
from tests.looking.test_viewer import series_of, signed_in
from tests.packages.world import APRIL, looked_at
from tests.reviews.world import HEAD, World

SAMPLES = Path(DATA_ROOT) / "test_files"


def address(name: str, image: Instance, *more: int) -> str:
    parts = [f"2.25.{image.collection_id}", f"2.25.{image.series_id}", f"2.25.{image.pk}", *more]
    wanted = {"dicom-series": 1, "dicom-instances": 2, "dicom-metadata": 2}.get(name, len(parts))
    return reverse(f"looking:{name}", args=parts[:wanted])


def put(world: World, name: str, spoilt: tuple[bytes, bytes] = (b"", b"")) -> Instance:
    """A real file among the images of an item, of the same patient as the others; `spoilt` replaces some of its bytes."""
    bag = series_of(HEAD).collection
    patient, sample = dcmread(STORE.path(bag.instances.all()[0].sha256)), dcmread(SAMPLES / name)
    for keyword in ("PatientID", "PatientName", "PatientBirthDate", "PatientSex"):
        setattr(sample, keyword, patient.get(keyword, ""))
    sample.SOPInstanceUID = sample.file_meta.MediaStorageSOPInstanceUID = generate_uid(entropy_srcs=[name])
    out = BytesIO()
    sample.save_as(out)
    out = BytesIO(out.getvalue().replace(*spoilt) if spoilt[0] else out.getvalue())
    received = imaging.receive(
        collection=bag, files=[(name, out)], expectation=Expectation(), actor=code(world.admin), now=APRIL
    )
    assert len(received.accepted) == 1, [r.problem.sentence for r in received.refused]
    looked_at(bag.item.package, APRIL)
    return Instance.objects.order_by("-pk")[0]


def part(answer: object) -> tuple[str, bytes]:
    """The one part of a multipart answer: its kind and its bytes."""
    boundary = answer["Content-Type"].partition("boundary=")[2]
    head, _, rest = answer.content.partition(b"\r\n\r\n")
    body, _, end = rest.rpartition(f"\r\n--{boundary}--".encode())
    assert head.startswith(f"--{boundary}\r\n".encode())
    assert end == b"\r\n"
    kind = next(line for line in head.decode().splitlines() if line.startswith("Content-Type: "))
    return kind.removeprefix("Content-Type: "), body


def decoded(stored: Dataset, kind: str, body: bytes) -> np.ndarray:
    """The pixels of a frame, by what the answer says of it."""
    one = Dataset()
    one.update({e.tag: e for e in stored if e.tag.group == 0x0028 and e.keyword != "NumberOfFrames"})
    one.file_meta = stored.file_meta
    one.file_meta.TransferSyntaxUID = kind.partition("transfer-syntax=")[2]
    native = kind.startswith("application/octet-stream")
    one.PixelData = body if native else encapsulate([body])
    one["PixelData"].VR = "OW" if native and one.BitsAllocated == 16 else "OB"
    one["PixelData"].is_undefined_length = not native
    return pixel_array(one, raw=True)


KINDS = {
    "CT_small.dcm": "application/octet-stream", "MR_small_bigendian.dcm": "application/octet-stream",
    "image_dfl.dcm": "application/octet-stream", "examples_palette.dcm": "application/octet-stream",
    "SC_rgb_small_odd.dcm": "application/octet-stream", "MR_small_RLE.dcm": "image/dicom-rle",
    "SC_rgb_rle_2frame.dcm": "image/dicom-rle", "MR_small_jpeg_ls_lossless.dcm": "image/jls",
    "MR_small_jp2klossless.dcm": "image/jp2", "SC_rgb_jpeg_dcmtk.dcm": "image/jpeg",
}  # fmt: skip


def test_a_frame_is_the_one_that_was_sent_in_its_own_transfer_syntax(world, reading):
    client = signed_in(reading.reviewer)
    for name, media in KINDS.items():
        image = put(world, name)
        path = STORE.path(image.sha256)
        for number in sorted({1, image.frames}):
            kind, body = part(client.get(address("dicom-frame", image, number)))
            assert kind.startswith(f"{media}; transfer-syntax=1.2.840.10008."), name
            wanted = pixel_array(dcmread(path), index=number - 1 if image.frames > 1 else None, raw=True)
            assert (decoded(dcmread(path), kind, body) == wanted).all(), name
        assert client.get(address("dicom-frame", image, image.frames + 1)).status_code == 404
        drawn = client.get(address("dicom-frame-rendered", image, image.frames))
        assert Image.open(BytesIO(drawn.content)).format == "PNG", name


def test_nothing_that_names_the_patient_or_the_house_is_told(world, reading):
    image = series_of(HEAD).instances.all()[0]
    header = dcmread(STORE.path(image.sha256))
    client = signed_in(reading.reviewer)
    said = client.get(address("dicom-metadata", image))
    assert said["Content-Type"] == "application/dicom+json"
    for name in ("PatientName", "PatientID", "PatientBirthDate", "StudyDate", "StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID",
                 "FrameOfReferenceUID", "DeviceSerialNumber", "StationName"):  # fmt: skip
        value = str(header.get(name) or "")
        assert not value or value not in said.text, name
    rows = [Dataset.from_json(row) for row in json.loads(said.text)]
    assert [row.SOPInstanceUID for row in rows] == [f"2.25.{i.pk}" for i in series_of(HEAD).instances.all()]
    first = rows[0]
    assert (first.Rows, first.Columns, first.RescaleIntercept) == (header.Rows, header.Columns, header.RescaleIntercept)
    assert first.ImagePositionPatient == header.ImagePositionPatient
    assert len({row.FrameOfReferenceUID for row in rows}) == 1


def test_a_value_that_is_none_is_complained_of_to_nobody(world, reading, recwarn):
    frame = bytes(dcmread(SAMPLES / "CT_small.dcm").FrameOfReferenceUID, "ascii")
    image = put(world, "CT_small.dcm", (frame, b"DOE^JANE" + frame[8:]))
    assert signed_in(reading.reviewer).get(address("dicom-image-metadata", image)).status_code == 200
    assert not [str(one.message) for one in recwarn if "JANE" in str(one.message)]


def test_a_study_lists_its_series_and_a_series_its_images(world, reading):
    image = series_of(HEAD).instances.all()[0]
    client = signed_in(world.admin)
    (series,) = [Dataset.from_json(row) for row in client.get(address("dicom-series", image)).json()]
    assert (series.SeriesInstanceUID, series.Modality) == (f"2.25.{image.series_id}", "CT")
    assert series.NumberOfSeriesRelatedInstances == len(client.get(address("dicom-instances", image)).json())
    assert len(client.get(address("dicom-image-metadata", image)).json()) == 1


def test_whoever_may_not_see_the_images_gets_none_of_it(world, reading):
    image = series_of(HEAD).instances.all()[0]
    for stranger in (world.stranger, world.radiologists[2], world.physicists[0]):
        client = signed_in(stranger)
        for name in ("dicom-series", "dicom-instances", "dicom-metadata", "dicom-image-metadata", "dicom-rendered"):
            assert client.get(address(name, image)).status_code == 404, name
        for name in ("dicom-frame", "dicom-frame-rendered"):
            assert client.get(address(name, image, 1)).status_code == 404, name
    assert Client().get(address("dicom-frame", image, 1)).status_code == 302
    other = series_of("chest/adult")
    for wrong in (f"2.25.{other.collection_id}", "2.25.0", "1.2.840.1", "2.25.99999999", "2.25." + "9" * 40):
        asked = reverse("looking:dicom-metadata", args=[wrong, f"2.25.{image.series_id}"])
        assert signed_in(world.admin).get(asked).status_code == 404


def test_a_frame_can_be_had_piece_by_piece(world, reading):
    image = series_of(HEAD).instances.all()[0]
    client, asked = signed_in(world.admin), address("dicom-frame", image, 1)
    alone = {"accept": "application/octet-stream"}
    whole = client.get(asked, headers=alone)
    assert whole["Accept-Ranges"] == "bytes"
    size = len(whole.content)
    for said, first, last in (
        ("0-9", 0, 9),
        (f"{size - 5}-", size - 5, size - 1),
        ("-7", size - 7, size - 1),
        (f"5-{size * 2}", 5, size - 1),
    ):
        piece = client.get(asked, headers={**alone, "range": f"bytes={said}"})
        assert (piece.status_code, piece["Content-Range"]) == (206, f"bytes {first}-{last}/{size}")
        assert piece.content == whole.content[first : last + 1]
    for said in (f"{size}-", "9-3", "-0"):
        beyond = client.get(asked, headers={**alone, "range": f"bytes={said}"})
        assert (beyond.status_code, beyond["Content-Range"]) == (416, f"bytes */{size}")
    assert client.get(asked, headers={**alone, "range": "pages=1-2"}).content == whole.content


def test_a_form_in_which_a_frame_is_not_kept_is_refused_with_a_sentence(world, reading):
    image = series_of(HEAD).instances.all()[0]
    wanted = 'multipart/related; type="image/jp2"; transfer-syntax=1.2.840.10008.1.2.4.90'
    answer = signed_in(world.admin).get(address("dicom-frame", image, 1), headers={"accept": wanted})
    assert answer.status_code == 406
    assert "1.2.840.10008.1.2.1" in answer.json()["error"]
    any_will_do = 'multipart/related; type="application/octet-stream"; transfer-syntax=*'
    assert (
        signed_in(world.admin).get(address("dicom-frame", image, 1), headers={"accept": any_will_do}).status_code == 200
    )


def test_a_picture_in_a_window_that_is_none_is_refused_with_a_sentence(world, reading):
    image = series_of(HEAD).instances.all()[0]
    client = signed_in(world.admin)
    assert client.get(address("dicom-rendered", image) + "?window=40,80,linear").status_code == 200
    answer = client.get(address("dicom-rendered", image) + "?window=40,none,linear")
    assert answer.status_code == 400
    assert "two numbers" in answer.json()["error"]

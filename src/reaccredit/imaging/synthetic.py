"""Images for the demonstration and for tests: drawn, never measured, of nobody. Small, valid, and the same for the same
seed.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw
from pydicom import dcmread, uid
from pydicom.dataset import Dataset, FileMetaDataset

CLASSES = {
    "CT": uid.CTImageStorage,
    "MR": uid.MRImageStorage,
    "NM": uid.NuclearMedicineImageStorage,
    "PT": uid.PositronEmissionTomographyImageStorage,
    "US": uid.UltrasoundImageStorage,
    "MG": uid.DigitalMammographyXRayImageStorageForPresentation,
}
SHARED = (
    "StudyInstanceUID",
    "PatientID",
    "PatientName",
    "PatientBirthDate",
    "StudyDate",
    "SeriesDate",
    "AcquisitionDate",
)
MAKER = "Demonstration Devices"


@dataclass(frozen=True)
class Look:
    """How a modality's values lie: air, tissue, bright structure, noise (stored values), and the window that shows
    them.
    """

    air: int
    tissue: int
    bright: int
    noise: float
    centre: int
    width: int
    intercept: int = 0


LOOKS = {
    "CT": Look(air=24, tissue=1064, bright=1900, noise=12, centre=40, width=400, intercept=-1024),
    "MR": Look(air=20, tissue=900, bright=1500, noise=15, centre=800, width=1600),
    "NM": Look(air=2, tissue=60, bright=240, noise=8, centre=110, width=220),
    "PT": Look(air=10, tissue=900, bright=6000, noise=60, centre=2500, width=5000),
    "US": Look(air=4, tissue=90, bright=220, noise=22, centre=128, width=256),
    "MG": Look(air=100, tissue=1800, bright=3400, noise=60, centre=2000, width=4000),
}


def series(
    *,
    modality: str = "CT",
    slices: int = 3,
    seed: int = 1,
    patient: str = "DEMO-1",
    study_date: date | None = date(2021, 2, 1),
    serial: str = "DEMO-1000",
    description: str = "DEMO AXIAL",
    same_study_as: bytes | None = None,
    phantom: bool = False,
    size: int = 128,
    number: int = 1,
) -> list[bytes]:
    """Part 10 files of one series. `same_study_as` is a file of an earlier series: study, patient and date are then its
    own.
    """
    base = _base(modality, seed, patient, study_date, serial, description, size, number)
    if same_study_as is not None:
        other = dcmread(BytesIO(same_study_as), stop_before_pixels=True)
        for name in SHARED:
            setattr(base, name, other.get(name, ""))
    random = np.random.default_rng(seed)
    pictures = [_draw(modality, index / max(1, slices - 1), index, size, phantom, random) for index in range(slices)]
    return [_slice(base, index, slices, picture, seed) for index, picture in enumerate(pictures)]


def _name(*parts: object) -> uid.UID:
    return uid.generate_uid(entropy_srcs=["demonstration", *(str(p) for p in parts)])


def _base(
    modality: str, seed: int, patient: str, day: date | None, serial: str, description: str, size: int, number: int
) -> Dataset:
    ds = Dataset()
    ds.SpecificCharacterSet = "ISO_IR 192"
    ds.SOPClassUID = CLASSES[modality]
    ds.Modality = modality
    ds.StudyInstanceUID = _name("study", seed, patient, day)
    ds.SeriesInstanceUID = _name("series", seed, patient, day, modality, number, description)
    ds.FrameOfReferenceUID = _name("frame", seed, patient, day)
    text = f"{day:%Y%m%d}" if day else ""
    ds.StudyDate = ds.SeriesDate = ds.AcquisitionDate = text
    ds.StudyTime, ds.AccessionNumber, ds.ReferringPhysicianName, ds.StudyID = "120000", "", "", str(seed)
    ds.PatientID, ds.PatientName = patient, f"DEMO^{patient}"
    born = int(hashlib.sha256(patient.encode()).hexdigest()[:4], 16) % 40
    ds.PatientBirthDate, ds.PatientSex = f"{1940 + born}0101", "O"
    ds.Manufacturer, ds.ManufacturerModelName = MAKER, f"Demo {modality}"
    ds.DeviceSerialNumber, ds.StationName = serial, f"DEMO{modality}"
    ds.SeriesDescription, ds.SeriesNumber = description, number
    ds.Rows = ds.Columns = size
    ds.PixelSpacing = [round(250 / size, 4)] * 2
    ds.SliceThickness = 5
    _grey_description(ds, modality)
    return ds


def _grey_description(ds: Dataset, modality: str) -> None:
    look = LOOKS[modality]
    bits = 8 if modality == "US" else 16
    ds.SamplesPerPixel, ds.PhotometricInterpretation = 1, "MONOCHROME2"
    ds.BitsAllocated, ds.BitsStored, ds.HighBit, ds.PixelRepresentation = bits, bits, bits - 1, 0
    ds.WindowCenter, ds.WindowWidth = look.centre, look.width
    ds.RescaleIntercept, ds.RescaleSlope = look.intercept, 1
    ds.ImageType = ["ORIGINAL", "PRIMARY", "AXIAL"]


def _slice(base: Dataset, index: int, slices: int, pixels: NDArray[Any], seed: int) -> bytes:
    ds = Dataset()
    ds.update(base)
    ds.SOPInstanceUID = _name("image", base.SeriesInstanceUID, seed, index)
    ds.InstanceNumber = index + 1
    ds.ImagePositionPatient = [-125, -125, round((index - slices / 2) * 10, 1)]
    ds.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
    ds.PixelData = pixels.tobytes() + (b"\0" if pixels.nbytes % 2 else b"")
    ds["PixelData"].VR = "OB" if pixels.itemsize == 1 else "OW"
    ds.file_meta = FileMetaDataset()
    ds.file_meta.MediaStorageSOPClassUID = ds.SOPClassUID
    ds.file_meta.MediaStorageSOPInstanceUID = ds.SOPInstanceUID
    ds.file_meta.TransferSyntaxUID = uid.ExplicitVRLittleEndian
    out = BytesIO()
    ds.save_as(out, enforce_file_format=True)
    return out.getvalue()


def _draw(
    modality: str, place: float, index: int, size: int, phantom: bool, random: np.random.Generator
) -> NDArray[Any]:
    """`place` runs from 0 to 1 through the series."""
    look = LOOKS[modality]
    canvas = Image.new("F", (size * 2, size * 2), look.air)
    pen = ImageDraw.Draw(canvas)
    if phantom:
        _phantom(pen, size * 2, look, index)
    else:
        _body(pen, size * 2, look, 1 - abs(place - 0.5) / 2)
    pen.text((6, 4), f"DEMO {modality}", fill=look.bright, font_size=size // 8)
    drawn = np.asarray(canvas.resize((size, size), Image.Resampling.BILINEAR))
    pixels = drawn + random.normal(0, look.noise, (size, size))
    if modality == "US":
        pixels = pixels * random.gamma(4, 0.25, (size, size))
    top = 255 if modality == "US" else 65535
    return np.clip(pixels, 0, top).astype("<u1" if modality == "US" else "<u2")


def _ellipse(pen: ImageDraw.ImageDraw, centre: tuple[float, float], radii: tuple[float, float], value: float) -> None:
    (x, y), (a, b) = centre, radii
    pen.ellipse((x - a, y - b, x + a, y + b), fill=value)


def _body(pen: ImageDraw.ImageDraw, side: int, look: Look, scale: float) -> None:
    """A head: skull, brain, ventricles and one bright spot."""
    middle = side / 2
    _ellipse(pen, (middle, middle * 1.05), (side * 0.36 * scale, side * 0.43 * scale), look.bright)
    _ellipse(pen, (middle, middle * 1.05), (side * 0.33 * scale, side * 0.40 * scale), look.tissue)
    dark = look.air + (look.tissue - look.air) * 0.9
    for sign in (-1, 1):
        _ellipse(pen, (middle + sign * side * 0.07, middle), (side * 0.035 * scale, side * 0.13 * scale), dark)
    _ellipse(pen, (middle + side * 0.16, middle + side * 0.14), (side * 0.03, side * 0.03), look.tissue * 1.08)


def _phantom(pen: ImageDraw.ImageDraw, side: int, look: Look, index: int) -> None:
    """A cylinder with inserts: four discs of different contrast, and bars that get finer from slice to slice."""
    middle = side / 2
    _ellipse(pen, (middle, middle), (side * 0.40, side * 0.40), look.tissue)
    for place, contrast in enumerate((0.2, 0.6, 1.2, 1.5)):
        angle = np.pi / 4 + place * np.pi / 2
        centre = (middle + float(np.cos(angle)) * side * 0.24, middle + float(np.sin(angle)) * side * 0.24)
        _ellipse(pen, centre, (side * 0.06, side * 0.06), look.air + (look.tissue - look.air) * contrast)
    step = max(3, 10 - index)
    for bar in range(5):
        left = middle - side * 0.12 + bar * step * 2
        pen.rectangle((left, middle - side * 0.04, left + step - 1, middle + side * 0.04), fill=look.bright)

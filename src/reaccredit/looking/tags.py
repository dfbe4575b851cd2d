"""What of an image's header is told to whoever looks: how it was made and how it is to be shown. Nothing that names anybody.

Identifiers are the house's own: a study's, a series' or an image's number here, never the ones under which a hospital knows them.
"""

from __future__ import annotations

import re
import uuid
from typing import Any

from pydicom import dcmread
from pydicom.dataset import Dataset

from reaccredit.imaging.models import Instance, Series
from reaccredit.imaging.reading import quiet
from reaccredit.imaging.storage import STORE

ROOT = "2.25"  # UIDs that are made of one number
_UID = re.compile(r"2\.25\.([1-9][0-9]{0,17})\Z")
TOLD = (
    "SOPClassUID", "Modality", "ImageType", "InstanceNumber", "SeriesNumber", "Rows", "Columns", "NumberOfFrames", "FrameTime",
    "SamplesPerPixel", "PhotometricInterpretation", "PlanarConfiguration", "PixelAspectRatio", "BitsAllocated", "BitsStored", "HighBit",
    "PixelRepresentation", "PixelPaddingValue", "PixelPaddingRangeLimit", "SmallestImagePixelValue", "LargestImagePixelValue",
    "RescaleIntercept", "RescaleSlope", "RescaleType", "WindowCenter", "WindowWidth", "WindowCenterWidthExplanation", "VOILUTFunction",
    "ModalityLUTSequence", "VOILUTSequence", "PresentationLUTShape", "PixelSpacing", "ImagerPixelSpacing",
    "EstimatedRadiographicMagnificationFactor", "SliceThickness", "SpacingBetweenSlices", "SliceLocation", "ImagePositionPatient",
    "ImageOrientationPatient", "PatientPosition", "Laterality", "ImageLaterality", "ViewPosition", "LossyImageCompression",
    "RedPaletteColorLookupTableDescriptor", "GreenPaletteColorLookupTableDescriptor", "BluePaletteColorLookupTableDescriptor",
    "RedPaletteColorLookupTableData", "GreenPaletteColorLookupTableData", "BluePaletteColorLookupTableData", "BurnedInAnnotation",
)  # fmt: skip
Json = dict[str, Any]


def uid(number: int) -> str:
    return f"{ROOT}.{number}"


def number(said: str) -> int | None:
    """The number that a UID of this house stands for; None for any other."""
    found = _UID.match(said)
    return int(found[1]) if found else None


def of_image(instance: Instance, series: Series) -> Json:
    """DICOM JSON of one image, without its pixels."""
    # Values are read when they are asked for, and a warning of the library quotes the value it complains about.
    with STORE.open(instance.sha256) as stream, quiet():
        return _told(dcmread(stream, stop_before_pixels=True), instance, series)


def _told(header: Dataset, instance: Instance, series: Series) -> Json:
    told = Dataset()
    for keyword in TOLD:
        if keyword in header:
            told[keyword] = header[keyword]
    told.StudyInstanceUID, told.SeriesInstanceUID, told.SOPInstanceUID = (
        uid(series.collection_id),
        uid(series.pk),
        uid(instance.pk),
    )
    if "FrameOfReferenceUID" in header:  # which images lie in one space
        told.FrameOfReferenceUID = (
            f"{ROOT}.{uuid.uuid5(uuid.NAMESPACE_OID, f'{series.collection_id}/{header.FrameOfReferenceUID}').int}"
        )
    told.AvailableTransferSyntaxUID = instance.transfer_syntax or header.file_meta.TransferSyntaxUID
    said: Json = told.to_json_dict(suppress_invalid_tags=True)
    return said


def of_series(series: Series, images: int) -> Json:
    told = Dataset()
    told.StudyInstanceUID, told.SeriesInstanceUID = uid(series.collection_id), uid(series.pk)
    told.Modality, told.SeriesDescription = series.modality, series.description
    told.NumberOfSeriesRelatedInstances = images
    if series.number is not None:
        told.SeriesNumber = series.number
    said: Json = told.to_json_dict()
    return said

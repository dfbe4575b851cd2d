"""The table of contents of a disk (DICOMDIR, PS3.10): which images of which study it says are there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import BinaryIO, cast

from pydicom.dataset import Dataset
from pydicom.filereader import read_partial

from reaccredit.imaging.header import Unreadable
from reaccredit.imaging.reading import UID, Guard, quiet

RECORDS = 50_000


def listed(stream: BinaryIO) -> dict[str, list[str]]:
    """Identifiers of images by study; {} for a table that cannot be read: a disk is judged by its files, not by its table."""
    stream.seek(0)
    try:
        with quiet():
            whole = read_partial(cast(BinaryIO, Guard(stream)), stop_when=None)
            return _by_study(whole)
    except Unreadable:
        return {}
    except Exception:  # a stranger's bytes: pydicom raises a dozen kinds
        return {}


def _by_study(whole: Dataset) -> dict[str, list[str]]:
    records = {record.seq_item_tell: record for record in whole.DirectoryRecordSequence}
    if len(records) > RECORDS:
        return {}
    found: dict[str, list[str]] = {}
    study = ""
    for record in _in_order(records, int(whole.get("OffsetOfTheFirstDirectoryRecordOfTheRootDirectoryEntity", 0))):
        if record.get("DirectoryRecordType") == "STUDY":
            study = str(record.get("StudyInstanceUID", ""))
        uid = str(record.get("ReferencedSOPInstanceUIDInFile", ""))
        if record.get("DirectoryRecordType") == "IMAGE" and UID.match(uid) and UID.match(study) and len(uid) <= 64:
            found.setdefault(study[:64], []).append(uid)
    return found


def _in_order(records: Mapping[int, Dataset], first: int) -> Iterator[Dataset]:
    """Depth first along the offsets; each record once, whatever the offsets say."""
    left, ahead = dict(records), [first]
    while ahead:
        record = left.pop(ahead.pop(), None)
        if record is not None:
            yield record
            ahead.append(int(record.get("OffsetOfTheNextDirectoryRecord", 0)))
            ahead.append(int(record.get("OffsetOfReferencedLowerLevelDirectoryEntity", 0)))

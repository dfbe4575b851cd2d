"""A PACS stores images over DICOM: the AE title it calls names the door, and each image is answered when it is safe."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import pytest
from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.uid import generate_uid
from pynetdicom import AE, build_role, evt
from pynetdicom.sop_class import CTImageStorage, MRImageStorage, StorageCommitmentPushModel, Verification

from reaccredit.imaging.models import Instance
from reaccredit.intake import actions
from reaccredit.intake.receiver import Peer, Receiver
from tests.packages.world import images

pytestmark = pytest.mark.django_db(transaction=True)
COMMITMENT = "1.2.840.10008.1.20.1.1"
SECONDS = 30


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver(clock=lambda: datetime.now(UTC), host="127.0.0.1", port=0)
    thread = threading.Thread(target=made.serve)
    thread.start()
    yield made
    made.stop()
    thread.join()


def calling(receiver: Receiver, title: str, **more: Any) -> Any:
    entity = AE(ae_title="SENDER")
    for context in (CTImageStorage, MRImageStorage, Verification, StorageCommitmentPushModel):
        entity.add_requested_context(context)
    role = build_role(StorageCommitmentPushModel, scu_role=True)
    return entity.associate("127.0.0.1", receiver.port, ae_title=title, ext_neg=[role], **more)


def sets(contents: list[bytes]) -> list[Dataset]:
    return [dcmread(BytesIO(one)) for one in contents]


def asked_to_commit(line: Any, images: list[Dataset]) -> int:
    asked = Dataset()
    asked.TransactionUID = generate_uid()
    asked.ReferencedSOPSequence = []
    for one in images:
        named = Dataset()
        named.ReferencedSOPClassUID, named.ReferencedSOPInstanceUID = one.SOPClassUID, one.SOPInstanceUID
        asked.ReferencedSOPSequence.append(named)
    status, _ = line.send_n_action(asked, 1, StorageCommitmentPushModel, COMMITMENT)
    return int(status.Status)


class Told:
    """Hears the report of a commitment."""

    def __init__(self) -> None:
        self.came = threading.Event()
        self.kind, self.report = 0, Dataset()

    def __call__(self, event: Any) -> tuple[int, None]:
        self.kind, self.report = event.event_type, event.event_information
        self.came.set()
        return 0x0000, None


def test_an_exam_is_stored_image_by_image_and_what_is_not_taken_has_its_status(receiver, door, chest, now):
    exam, strange = sets(images(chest, now, slices=3)), sets(images(chest, now, seed=7, modality="MR", slices=1))
    line = calling(receiver, door.door.ae_title)
    assert line.is_established
    assert line.send_c_echo().Status == 0
    assert [line.send_c_store(one).Status for one in exam] == [0, 0, 0]
    assert line.send_c_store(exam[0]).Status == 0  # it is here already
    refused = line.send_c_store(strange[0])
    assert refused.Status == 0xA900
    assert refused.ErrorComment.startswith("This is a MRI (MR) image; this item takes CT.")
    assert chest.collection.instances.count() == 3
    assert set(chest.collection.instances.values_list("received_by", flat=True)) == {f"person:{door.door.opened_by_id}"}

    told = Told()
    line.bind(evt.EVT_N_EVENT_REPORT, told)
    assert asked_to_commit(line, [*exam, *strange]) == 0
    assert told.came.wait(SECONDS)
    assert told.kind == 2
    assert {one.ReferencedSOPInstanceUID for one in told.report.ReferencedSOPSequence} == {
        one.SOPInstanceUID for one in exam
    }
    assert [one.FailureReason for one in told.report.FailedSOPSequence] == [0x0112]
    line.release()


def test_a_title_that_opens_no_door_is_turned_away_and_a_closed_one_takes_nothing(receiver, world, door, chest, now):
    assert calling(receiver, "NOBODY").is_rejected
    line = calling(receiver, door.door.ae_title)
    actions.close_door(door=door.door, actor=world.admin, now=datetime.now(UTC))
    receiver.forget()
    (one, *_) = sets(images(chest, now))
    answer = line.send_c_store(one)
    assert (answer.Status, answer.ErrorComment) == (0x0124, "This door is closed.")
    line.release()
    assert calling(receiver, door.door.ae_title).is_rejected
    assert Instance.objects.count() == 0


@pytest.mark.parametrize("said", ["01 00 FFFFFFFF", "04 00 00100001", "01 00 000000FF 0001"])
def test_who_claims_to_send_more_than_was_agreed_or_sends_less_is_hung_up_on(receiver, said):
    with socket.create_connection(("127.0.0.1", receiver.port), SECONDS) as line:
        line.sendall(bytes.fromhex(said))
        line.shutdown(socket.SHUT_WR)
        with suppress(ConnectionResetError):
            assert line.recv(1000)[:1] in (b"", b"\x07")  # an abort, if anything
            assert line.recv(1000) == b""
    assert calling(receiver, "NOBODY").is_rejected  # and the next one is answered


def test_a_report_goes_to_where_its_sender_listens(receiver, wide, chest, now):
    told = Told()
    entity = AE(ae_title="SENDER")
    entity.add_supported_context(StorageCommitmentPushModel, scu_role=True, scp_role=True)
    listening = entity.start_server(("127.0.0.1", 0), block=False, evt_handlers=[(evt.EVT_N_EVENT_REPORT, told)])
    receiver.peers["SENDER"] = Peer("127.0.0.1", listening.server_address[1])
    exam = sets(images(chest, now))
    line = calling(receiver, wide.door.ae_title)
    assert [line.send_c_store(one).Status for one in exam] == [0, 0]
    assert asked_to_commit(line, exam) == 0
    line.release()
    assert told.came.wait(SECONDS)
    listening.shutdown()
    assert (told.kind, len(told.report.ReferencedSOPSequence)) == (1, 2)

"""A PACS stores images over DICOM: the AE title it calls names the door, and each image is answered when it is safe."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from io import BytesIO
from struct import pack
from typing import Any

import pytest
from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.filebase import DicomBytesIO
from pydicom.filewriter import write_dataset
from pydicom.uid import ExplicitVRLittleEndian, ImplicitVRLittleEndian, generate_uid
from pynetdicom import AE, build_role, evt
from pynetdicom.dsutils import decode, encode
from pynetdicom.sop_class import CTImageStorage, MRImageStorage, StorageCommitmentPushModel, Verification

from reaccredit.imaging.models import Instance
from reaccredit.intake import actions
from reaccredit.intake.listening import listen
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


def test_several_receivers_on_one_socket_take_what_comes_among_them(door):
    shared = listen("127.0.0.1", 0)
    several = [Receiver(clock=lambda: datetime.now(UTC), listening=shared.dup()) for _ in range(2)]
    threads = [threading.Thread(target=one.serve) for one in several]
    for thread in threads:
        thread.start()
    lines = [calling(several[0], door.door.ae_title) for _ in range(4)]
    assert [line.send_c_echo().Status for line in lines] == [0] * 4
    several[0].stop()
    assert calling(several[1], "NOBODY").is_rejected  # the other one listens still
    several[1].stop()
    for one in [*threads, *lines]:
        one.join()
    shared.close()


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


def encoded(one: Dataset) -> bytes:
    out = DicomBytesIO()
    out.is_little_endian, out.is_implicit_VR = True, False
    write_dataset(out, one)
    return out.getvalue()


def pdu(context: int, control: int, value: bytes) -> bytes:
    return pack(">BBL", 4, 0, len(value) + 6) + pack(">LBB", len(value) + 2, context, control) + value


def command(one: Dataset, message: int = 7) -> bytes:
    asked = Dataset()
    asked.AffectedSOPClassUID, asked.CommandField, asked.MessageID, asked.Priority = one.SOPClassUID, 1, message, 0
    asked.CommandDataSetType, asked.AffectedSOPInstanceUID = 1, one.SOPInstanceUID
    return bytes(encode(asked, True, True) or b"")


def raw(line: Any) -> tuple[socket.socket, int]:
    """The socket under an association, and the number of its context for CT in explicit little endian."""
    line._reactor_checkpoint.clear()
    line.dul._kill_thread = True
    line.dul.join()
    (context,) = (one for one in line.accepted_contexts if one.abstract_syntax == CTImageStorage)
    assert context.transfer_syntax[0] in (ExplicitVRLittleEndian, ImplicitVRLittleEndian)
    return line.dul.socket.socket, context.context_id


@pytest.fixture
def talking(receiver: Receiver, door: actions.Opened) -> Iterator[tuple[socket.socket, int]]:
    entity = AE(ae_title="SENDER")
    entity.add_requested_context(CTImageStorage, ExplicitVRLittleEndian)
    line = entity.associate("127.0.0.1", receiver.port, ae_title=door.door.ae_title)
    under = raw(line)
    under[0].settimeout(SECONDS)
    yield under
    under[0].close()
    line.kill()


def status(answer: bytes) -> int:
    said = decode(BytesIO(answer[12:]), True, True)
    assert said.CommandField == 0x8001
    return int(said.Status)


def test_an_image_in_many_pieces_is_stored_as_it_was_sent(talking, chest, now, store):
    line, context = talking
    for message, one in enumerate(sets(images(chest, now, slices=2)), 1):
        data = encoded(one)
        pieces = [data[at : at + 5000] for at in range(0, len(data), 5000)]
        whole = pdu(context, 3, command(one, message))
        whole += b"".join(pdu(context, 2 if piece is pieces[-1] else 0, piece) for piece in pieces)
        for at in range(0, len(whole), 7001):  # cut where nobody would
            line.sendall(whole[at : at + 7001])
        assert status(line.recv(4096)) == 0
        kept = (store / (held := chest.collection.instances.get(number=message)).sha256[:2] / held.sha256).read_bytes()
        assert kept.endswith(data)
        assert encoded(dcmread(BytesIO(kept))) == data
    assert not list((store / "incoming").iterdir())


@pytest.mark.parametrize("after", ["nothing", "another command", "another context", "junk", "too long"])
def test_an_image_that_does_not_come_whole_leaves_nothing(talking, chest, now, store, after):
    line, context = talking
    (one, *_) = sets(images(chest, now))
    data = encoded(one)
    line.sendall(pdu(context, 3, command(one)) + pdu(context, 0, data[:4000]))
    wrong = {
        "nothing": b"", "another command": pdu(context, 3, command(one)), "another context": pdu(context + 2, 0, b"1234"),
        "junk": b"\x04\x00" + bytes(3) + b"\x04" + b"\xff" * 4, "too long": b"\x04\x00\x7f" + bytes(3),
    }  # fmt: skip
    line.sendall(wrong[after])
    if after == "nothing":
        line.shutdown(socket.SHUT_WR)
    with suppress(ConnectionResetError):
        while line.recv(4096):
            pass
    assert Instance.objects.count() == 0
    assert [path for path in store.rglob("*") if path.is_file() and path.name != ".gate"] == []


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

"""C-STORE and storage commitment (PS3.4 annexes B and J) from a PACS: the AE title that is called names the door.

An image is answered as stored when its bytes are on the disk and its row is committed, never before. What comes is written
to a file as it arrives, in the folder that the sweep sees to.
"""

from __future__ import annotations

import copy
import logging
import socket
import ssl
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from weakref import WeakKeyDictionary

from django.db import DatabaseError
from pydicom.dataset import Dataset
from pydicom.uid import UID
from pynetdicom import AE, ALL_TRANSFER_SYNTAXES, AllStoragePresentationContexts, _config, build_role, evt
from pynetdicom.association import Association
from pynetdicom.presentation import PresentationContext

from reaccredit.imaging.actions import FILE_BYTES, STORE, look
from reaccredit.imaging.passing import Passed, Passing
from reaccredit.intake import actions, queries, sockets
from reaccredit.intake.gathering import Content, Gatherer, Status
from reaccredit.intake.listening import Server
from reaccredit.intake.models import Door
from reaccredit.intake.quick import Quick
from reaccredit.ledger.actions import Lost, Refused
from reaccredit.packages.actions import SentByPost

# By number: the library makes these names at run time, where no checker of types sees them.
VERIFICATION, COMMITMENT, COMMITMENT_ITSELF = "1.2.840.10008.1.1", "1.2.840.10008.1.20.1", "1.2.840.10008.1.20.1.1"
STORED, FAILED, SHUT, NOT_HERE = 0x0000, 0x0110, 0x0124, 0x0112
NO_SUCH_TITLE = (0x01, 0x01, 0x07)  # rejected for good: called AE title not recognised
PDU_BYTES = 128 * 1024  # what senders write at most
LINES = 32  # associations at once, in one process
COMMENT = 64
REPORT_IMAGES = 20_000

log = logging.getLogger(__name__)
# It quotes what it was sent, and that may be a patient's.
logging.getLogger("pynetdicom").setLevel(logging.CRITICAL + 1)


sockets.make_sure()


@dataclass(frozen=True)
class Peer:
    """Where a sender listens for the report of a storage commitment."""

    host: str
    port: int


class Contexts(list[PresentationContext]):
    """What is offered to every association. The library copies it for each to its last letter, which took longer than ten images;
    what it changes is the context, and never what stands in it.
    """

    def __deepcopy__(self, memo: dict[int, Any]) -> list[PresentationContext]:
        return [copy.copy(one) for one in self]


class Receiver:
    def __init__(
        self,
        *,
        clock: Callable[[], datetime],
        host: str = "",
        port: int = 11112,
        tls: ssl.SSLContext | None = None,
        peers: dict[str, Peer] | None = None,
        listening: socket.socket | None = None,
    ) -> None:
        """`listening`: a socket that other processes listen on, too."""
        self.clock = clock
        self.peers = peers or {}
        self.gatherer = Gatherer(clock)
        self._lines: WeakKeyDictionary[Association, str] = WeakKeyDictionary()  # the titles that they called
        self._lately: queries.Lately[actions.Welcome] = queries.Lately()
        self.entity = _entity()
        handlers: list[Any] = [
            (evt.EVT_REQUESTED, self.requested), (evt.EVT_ESTABLISHED, self.opened), (evt.EVT_C_STORE, self.store),
            (evt.EVT_N_ACTION, self.commit),
        ]  # fmt: skip
        self.server = self.entity.make_server(
            (host, port), ssl_context=tls, evt_handlers=handlers, server_class=Server, listening=listening
        )
        self.server.contexts = Contexts(self.server.contexts)
        self.port = int(self.server.server_address[1])

    def serve(self) -> None:
        """Until `stop`. What is under way in a file of the library's own is kept where the sweep finds it."""
        before, tempfile.tempdir = tempfile.tempdir, str(STORE.incoming())
        try:
            self.server.serve_forever(poll_interval=0.2)
        finally:
            self.gatherer.stop()
            tempfile.tempdir = before

    def stop(self) -> None:
        for line in list(self._lines):
            line.abort()
        self.server.shutdown()

    def forget(self) -> None:
        """Every door is looked at again before the next image."""
        self._lately.forget()

    # -- what a peer asks

    def requested(self, event: evt.Event) -> None:
        line = event.assoc
        title = str(cast(Any, line.requestor.primitive).called_ae_title).strip()
        if not self._opens(title):
            line.acse.send_reject(*NO_SUCH_TITLE)
            line.kill()
            return
        self._lines[line] = title

    def _opens(self, title: str) -> bool:
        try:
            return self._door(title) is not None
        except DatabaseError:
            log.exception("the database could not be asked for a door")
            return False

    def opened(self, event: evt.Event) -> None:
        Quick.install(event.assoc, lambda: Passing(STORE.pen(limit=FILE_BYTES)), self.take)

    def take(self, line: Association, passed: Passed) -> Status:
        """What a C-STORE is answered."""
        try:
            return self._taken(line, look(passed))
        finally:
            passed.draft.drop()

    def store(self, event: evt.Event) -> Dataset:
        """The same, where the library has received the image."""
        code, comment = self._taken(event.assoc, event.dataset_path)
        answer = Dataset()
        answer.Status = code
        if code:
            answer.ErrorComment = comment
        return answer

    def _taken(self, line: Association, content: Content) -> Status:
        code, comment = FAILED, "This image could not be stored. Send it again later."
        try:
            code, comment = self._let_in(self._lines[line], content)
        except (Lost, Refused, SentByPost) as error:
            code, comment = SHUT, str(error)
        except (DatabaseError, OSError) as error:
            log.error("an image could not be stored: %s", type(error).__name__)
        return code, comment[:COMMENT]

    def _let_in(self, title: str, content: Content) -> Status:
        welcome = self._lately.get(title) or self._welcome(title)
        return (SHUT, "This door is closed.") if welcome is None else self.gatherer.take(welcome, content)

    def _welcome(self, title: str) -> actions.Welcome | None:
        now = self.clock()

        def asked() -> actions.Welcome | None:
            door = queries.by_title(title, now)
            return None if door is None else actions.welcome(door=door, now=now)

        found = self.gatherer.ask(asked)
        return None if found is None else self._lately.put(found, title)

    def _door(self, title: str) -> Door | None:
        return self.gatherer.ask(lambda: queries.by_title(title, self.clock()))

    # -- storage commitment

    def commit(self, event: evt.Event) -> tuple[int, Dataset | None]:
        """Said yes to at once; the report follows, when this answer is on its way."""
        title = self._lines[event.assoc]
        try:
            asked = event.action_information
            named = [
                (str(one.ReferencedSOPClassUID), str(one.ReferencedSOPInstanceUID))
                for one in asked.ReferencedSOPSequence
            ]
            transaction = str(asked.TransactionUID)
        except Exception:  # a peer's own writing
            return FAILED, None
        door = self._door(title)
        if door is None or len(named) > REPORT_IMAGES:
            return SHUT if door is None else FAILED, None
        package = door.package
        found = self.gatherer.ask(lambda: queries.safe(package, [uid for _, uid in named]))
        report = _report(transaction, title, named, found)
        kind = 1 if len(found) == len({uid for _, uid in named}) else 2
        threading.Thread(target=self._tell, args=(event.assoc, title, report, kind), daemon=True).start()
        return STORED, None

    def _tell(self, line: Association, title: str, report: Dataset, kind: int) -> None:
        """On a line of our own where we know the sender's address, else on the one that it asked on."""
        peer = self.peers.get(str(line.requestor.ae_title).strip())
        try:
            if peer is not None:
                _tell_peer(peer, title, str(line.requestor.ae_title), report, kind)
                return
            time.sleep(0.2)  # the answer to the question goes first
            if line.is_established:
                line.send_n_event_report(report, kind, COMMITMENT, COMMITMENT_ITSELF)
            else:
                log.warning("a commitment could not be told: its sender has gone, and no --peer says where it listens")
        except (RuntimeError, ValueError, OSError) as error:
            log.warning("a commitment could not be told: %s", type(error).__name__)


def _entity() -> AE:
    _config.STORE_RECV_CHUNKED_DATASET = True
    entity = AE(ae_title="REACCREDIT")
    entity.maximum_pdu_size = PDU_BYTES
    entity.maximum_associations = LINES
    entity.require_called_aet = False  # the title names a door, and `requested` looks for it
    for context in AllStoragePresentationContexts:
        assert context.abstract_syntax is not None
        entity.add_supported_context(context.abstract_syntax, ALL_TRANSFER_SYNTAXES)
    entity.add_supported_context(VERIFICATION)
    entity.add_supported_context(COMMITMENT)
    return entity


def _report(transaction: str, title: str, named: list[tuple[str, str]], found: set[str]) -> Dataset:
    report = Dataset()
    report.TransactionUID = UID(transaction)
    report.RetrieveAETitle = title
    report.ReferencedSOPSequence = [_reference(*one) for one in named if one[1] in found]
    missing = [_reference(*one) for one in named if one[1] not in found]
    for one in missing:
        one.FailureReason = NOT_HERE
    if missing:
        report.FailedSOPSequence = missing
    return report


def _reference(sop_class: str, instance: str) -> Dataset:
    one = Dataset()
    one.ReferencedSOPClassUID = sop_class
    one.ReferencedSOPInstanceUID = instance
    return one


def _tell_peer(peer: Peer, title: str, its_title: str, report: Dataset, kind: int) -> None:
    entity = AE(ae_title=title)
    entity.add_requested_context(COMMITMENT)
    role = build_role(COMMITMENT, scp_role=True)
    line = entity.associate(peer.host, peer.port, ae_title=its_title, ext_neg=[role])
    if not line.is_established:
        raise OSError("the sender does not listen")
    line.send_n_event_report(report, kind, COMMITMENT, COMMITMENT_ITSELF)
    line.release()

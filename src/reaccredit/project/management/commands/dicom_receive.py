"""`reaccredit dicom receive`: lets a PACS send images into testing packages (C-STORE), until it is stopped."""

from __future__ import annotations

import argparse
import gc
import signal
import socket
import ssl
import sys
import threading
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from reaccredit.intake.listening import listen
from reaccredit.intake.receiver import Peer, Receiver
from reaccredit.ledger.queries import policies
from reaccredit.project import lifeline
from reaccredit.project.children import Children, Died
from reaccredit.project.web import without_keys


class Command(BaseCommand):
    help = (
        "Lets a PACS send images into testing packages. Each package has AE titles of its own: open a door on its page"
        " “Send from your PACS”. The line is not encrypted unless a certificate is given: use it inside your network, or with TLS."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument(
            "--bind", default="", metavar="ADDRESS", help="the address to listen on; all of this machine's by default"
        )
        parser.add_argument("--port", type=int, default=settings.DICOM_PORT)
        parser.add_argument(
            "--processes", type=int, default=1, help="how many share the port; each takes several associations"
        )
        parser.add_argument(
            "--certificate", type=Path, metavar="FILE", help="certificate and key (PEM): the line is TLS then"
        )
        parser.add_argument(
            "--clients", type=Path, metavar="FILE", help="only senders with a certificate of these authorities (PEM)"
        )
        parser.add_argument(
            "--listening",
            type=int,
            metavar="HANDLE",
            help=argparse.SUPPRESS,  # a socket of whoever started us
        )
        parser.add_argument(
            "--peer", action="append", default=[], metavar="TITLE=HOST:PORT", help="where a sender listens for the report of a storage commitment"
        )  # fmt: skip

    def handle(self, *args: Any, **options: Any) -> None:
        if missing := without_keys():
            raise CommandError(missing)
        lifeline.hold()
        if options["processes"] > 1:
            self._several(options)
            return
        policies()  # read now, and not while the first sender waits
        shared = None if options["listening"] is None else socket.socket(fileno=options["listening"])
        try:
            receiver = Receiver(
                clock=timezone.now, host=options["bind"], port=options["port"], listening=shared,
                tls=_tls(options["certificate"], options["clients"]), peers=dict(_peer(one) for one in options["peer"]),
            )  # fmt: skip
        except OSError:
            raise CommandError(_taken(options["port"])) from None
        signal.signal(signal.SIGTERM, lambda number, frame: threading.Thread(target=receiver.stop).start())
        gc.collect()
        gc.freeze()  # what is here now stays to the end, and need not be looked through again
        self.stderr.write(f"Receiving images on port {receiver.port}.")
        try:
            receiver.serve()
        except KeyboardInterrupt:
            receiver.server.server_close()

    def _several(self, options: dict[str, Any]) -> None:
        """As many of ourselves as were asked for. When one ends by itself, all end, and whoever keeps us running starts us anew."""
        signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(0))
        try:
            shared = listen(options["bind"], options["port"])
        except OSError:
            raise CommandError(_taken(options["port"])) from None
        words = ["dicom", "receive", "--port", str(options["port"]), "--bind", options["bind"]]
        words += ["--listening", str(shared.fileno())]
        for name in ("certificate", "clients"):
            words += [f"--{name}", str(options[name])] if options[name] else []
        words += [word for one in options["peer"] for word in ("--peer", one)]
        try:
            with Children() as children:
                for place in range(options["processes"]):
                    children.start(f"receiver {place + 1}", *words, handles=[shared.fileno()])
                children.wait()
        except Died as death:
            raise CommandError(str(death)) from None
        except KeyboardInterrupt:
            return


def _taken(port: int) -> str:
    return f"Port {port} is taken by another program, or not for you to take."


def _peer(text: str) -> tuple[str, Peer]:
    title, _, place = text.partition("=")
    host, _, port = place.rpartition(":")
    if not (title and host and port.isdigit()):
        raise CommandError(f"--peer {text} is not of the form TITLE=HOST:PORT.")
    return title, Peer(host, int(port))


def _tls(certificate: Path | None, clients: Path | None) -> ssl.SSLContext | None:
    if certificate is None:
        if clients is not None:
            raise CommandError("--clients goes with --certificate.")
        return None
    try:
        tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        tls.load_cert_chain(certificate)
        if clients is not None:
            tls.load_verify_locations(clients)
            tls.verify_mode = ssl.CERT_REQUIRED
    except (OSError, ssl.SSLError):
        raise CommandError("The certificate could not be read: give a PEM file with certificate and key.") from None
    return tls

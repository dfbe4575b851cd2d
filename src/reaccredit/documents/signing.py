"""Signatures of papers (PAdES): made with a key from a PKCS#12 file, and read back with the question whether anything was changed since.

The signature is added as an incremental update that leaves every byte of the paper as it was, and leaves it PDF/UA-1 and PDF/A-3a: its
field has a readable name and lies outside the page, and the metadata are not written anew. Loading the library takes most of a second, so
this module is only loaded where something is signed or read.
"""

from __future__ import annotations

import contextlib
import io
import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from asn1crypto import pem, x509
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import InvisSigSettings, MDPPerm, SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, SimpleSigner
from pyhanko.sign.signers.pdf_signer import PdfSigningSession
from pyhanko.sign.validation import SignatureCoverageLevel, validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

FIELD: Final = "programme"
RESERVED: Final = 16384  # bytes kept for the signature: knowing how many saves signing twice


class BadKey(Exception):
    """The key cannot be used; the sentence says why."""


class NoPaper(Exception):
    """These bytes are no PDF that can be read."""


@dataclass(frozen=True)
class Key:
    signer: SimpleSigner

    @property
    def name(self) -> str:
        return name_of(self.certificate)

    @property
    def certificate(self) -> x509.Certificate:
        found = self.signer.signing_cert
        assert found is not None
        return found

    @property
    def fingerprint(self) -> str:
        return self.certificate.sha256.hex()

    @property
    def as_pem(self) -> str:
        return pem.armor("CERTIFICATE", self.certificate.dump()).decode()


@dataclass(frozen=True, slots=True)
class Signed:
    """What a paper says of its signature. `whole`: every byte but the signature itself is covered, and none was changed."""

    by: str
    fingerprint: str
    at: datetime | None
    reason: str
    whole: bool
    known: bool  # the certificate is, or leads to, one of those that were given


def load(path: Path, password: str) -> Key:
    """Raises `BadKey`."""
    if not path.is_file():
        raise BadKey(f"There is no key at {path}.")
    with _quietly():
        open_: Callable[..., SimpleSigner | None] = SimpleSigner.load_pkcs12  # the library leaves it without types
        signer = open_(str(path), passphrase=password.encode())
    if signer is None or signer.signing_cert is None:
        raise BadKey(f"The key at {path} cannot be opened: it is no PKCS#12 file, or the password is another one.")
    return Key(signer)


def name_of(certificate: x509.Certificate) -> str:
    said = certificate.subject.native
    return str(said.get("common_name") or said.get("organization_name") or certificate.subject.human_friendly)


class _Writer(IncrementalPdfFileWriter):
    def _update_meta(self) -> None:
        """The paper's own metadata stay: they say which standards it keeps."""


def sign(pdf: bytes, key: Key, *, at: datetime, reason: str) -> bytes:
    """The paper with the signature behind it. Nothing may be changed in it afterwards (DocMDP), not even comments."""
    writer = _Writer(io.BytesIO(pdf.rstrip(b"\n") + b"\n"))  # else the first new object would begin in the last line
    said = PdfSignatureMetadata(
        field_name=FIELD, reason=reason, name=key.name, md_algorithm="sha256", subfilter=SigSeedSubFilter.PADES,
        certify=True, docmdp_permissions=MDPPerm.NO_CHANGES,
    )  # fmt: skip
    field = SigFieldSpec(
        FIELD,
        readable_field_name=f"Signature of {key.name}",
        invis_sig_settings=InvisSigSettings(box_out_of_bounds=True),
    )
    made = io.BytesIO()
    try:
        _Signer(said, key.signer, field, at).sign_pdf(writer, output=made, bytes_reserved=RESERVED)
    except SigningError as error:
        raise BadKey(f"The key cannot sign: {error}.") from None
    return made.getvalue()


class _Signer(PdfSigner):
    """Signs at a time that is passed in, as every other time in the house is."""

    def __init__(self, said: PdfSignatureMetadata, signer: SimpleSigner, field: SigFieldSpec, at: datetime) -> None:
        super().__init__(said, signer, new_field_spec=field)
        self._at = at

    def init_signing_session(self, *args: Any, **kwargs: Any) -> PdfSigningSession:
        session = super().init_signing_session(*args, **kwargs)
        session.system_time = self._at
        return session


def certificates(text: bytes) -> list[x509.Certificate]:
    """Of a PEM or DER file. Raises `ValueError`."""
    if not pem.detect(text):
        return [x509.Certificate.load(text, strict=True)]
    return [x509.Certificate.load(der) for kind, _, der in pem.unarmor(text, multiple=True) if kind == "CERTIFICATE"]


def read(pdf: bytes, known: Sequence[x509.Certificate] = ()) -> list[Signed]:
    """Every signature of a paper, in the order in which they were made. Raises `NoPaper`."""
    with _quietly():
        try:
            reader = PdfFileReader(io.BytesIO(pdf))
            return [_read(one, known) for one in reader.embedded_regular_signatures]
        except (PdfError, ValueError, KeyError, IndexError, RecursionError) as error:
            raise NoPaper(str(error)) from None


def _read(one: Any, known: Sequence[x509.Certificate]) -> Signed:
    context = ValidationContext(trust_roots=list(known), allow_fetching=False, moment=one.self_reported_timestamp)
    status = validate_pdf_signature(one, signer_validation_context=context)
    whole = status.intact and status.valid and status.coverage == SignatureCoverageLevel.ENTIRE_FILE
    prints = {certificate.sha256 for certificate in known}
    return Signed(
        name_of(one.signer_cert),
        one.signer_cert.sha256.hex(),
        one.self_reported_timestamp,
        str(one.sig_object.get("/Reason", "")),
        bool(whole),
        one.signer_cert.sha256 in prints or bool(known and status.trusted),
    )


@contextlib.contextmanager
def _quietly() -> Iterator[None]:
    """The library writes tracebacks of what is an ordinary answer: a wrong password, a certificate that nobody here knows."""
    held = [
        (log, log.level) for name, log in list(logging.root.manager.loggerDict.items())
        if isinstance(log, logging.Logger) and name.startswith("pyhanko")
    ]  # fmt: skip
    for log, _ in held:
        log.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        for log, level in held:
            log.setLevel(level)

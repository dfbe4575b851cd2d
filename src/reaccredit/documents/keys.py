"""A key that a programme makes for itself. Whoever gets its papers has to know its certificate from elsewhere: nobody vouches for it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12
from cryptography.x509.oid import NameOID

SINCE: Final = datetime(2019, 1, 1, tzinfo=UTC)  # the clock of a demo may be set back to any day of the policy
UNTIL: Final = datetime(2099, 1, 1, tzinfo=UTC)


def self_signed(name: str, password: str) -> bytes:
    """A PKCS#12 file with a new random key (P-256) and its certificate."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name[:64])])
    usage = x509.KeyUsage(
        digital_signature=True, content_commitment=True, key_encipherment=False, data_encipherment=False,
        key_agreement=False, key_cert_sign=False, crl_sign=False, encipher_only=False, decipher_only=False,
    )  # fmt: skip
    made = x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number(), SINCE, UNTIL)
    made = made.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    certificate = made.add_extension(usage, critical=True).sign(key, hashes.SHA256())
    return pkcs12.serialize_key_and_certificates(
        b"programme", key, certificate, None, BestAvailableEncryption(password.encode())
    )

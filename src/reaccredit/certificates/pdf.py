"""The certificate as a tagged PDF, the same bytes whenever it is asked for."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from reaccredit.certificates import queries
from reaccredit.certificates.models import Certificate
from reaccredit.documents.pdf import compile_pdf
from reaccredit.facilities.catalogue import titles

TEMPLATE = Path(__file__).parent / "print" / "certificate.typ"


def pdf(certificate: Certificate) -> bytes:
    case_file = certificate.case_file
    return compile_pdf(
        TEMPLATE,
        {
            "title": f"Certificate of accreditation {certificate.number}",
            "programme": settings.PROGRAMME_NAME,
            "footer": "Whether this certificate still counts is shown in the public directory of the programme.",
            "facility": case_file.facility.name,
            "address": queries.address(case_file.facility),
            "modality": titles().get(case_file.modality, case_file.modality),
            "unit": case_file.unit.name if case_file.unit else "",
            "areas": "; ".join(queries.areas(certificate)),
            "begins": f"{certificate.begins_on.day} {certificate.begins_on:%B %Y}",
            "expires": f"{certificate.expires_on.day} {certificate.expires_on:%B %Y}",
            "number": certificate.number,
        },
        at=certificate.granted_at,
    )

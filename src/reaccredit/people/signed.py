"""A signature as a page shows it: who, as what, with which meaning, when; and whether it still fits what stands there now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from reaccredit.people.models import Role, Signature


@dataclass(frozen=True, slots=True)
class Signed:
    """`stands` is the SHA-256 of what was signed as it is today, worked out for this page; "" where it is gone."""

    name: str  # blank where the reader of the page is not to know it
    role: str
    meaning: str
    at: datetime
    sha256: str
    stands: str
    method: str = "In the system"

    @property
    def holds(self) -> bool:
        return self.sha256 == self.stands

    @property
    def role_name(self) -> str:
        return Role(self.role).label.lower() if self.role in Role.values else self.role


def signed(signature: Signature, stands: str, *, nameless: bool = False) -> Signed:
    name = "" if nameless else signature.person.name
    method = signature.get_method_display()
    return Signed(name, signature.role, signature.meaning, signature.signed_at, signature.sha256, stands, method)

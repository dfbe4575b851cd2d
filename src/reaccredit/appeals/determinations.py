"""An arbitrator's determination is signed: the password once more, bound to the area, the outcome and the reasons.

The signature is found by what it means, which names the arbitration; whatever page shows it works the hash out of the row once more.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime

from reaccredit.appeals.models import Arbitration
from reaccredit.people import actions as people
from reaccredit.people.models import Person, Role, Signature
from reaccredit.people.signed import Signed, signed


def meaning(one: Arbitration) -> str:
    return f"Arbitration {one.pk}: this is my determination of this area, and it is final."


def determination_hash(one: Arbitration) -> str:
    """SHA-256 over everything that a determination says."""
    said = {"arbitration": one.pk, "area": one.area_id, "outcome": one.outcome, "reasons": one.reasons}
    return hashlib.sha256(json.dumps(said, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def sign(*, one: Arbitration, signer: Person, password: str, now: datetime) -> Signature:
    """Raises `WrongPassword`."""
    return people.sign(
        person=signer, password=password, role=Role.ARBITRATOR, meaning=meaning(one),
        sha256=determination_hash(one), now=now,
    )  # fmt: skip


def signatures(decided: Sequence[Arbitration]) -> dict[int, Signed]:
    """What was signed for each of these, in one query; nothing for what was decided before determinations were signed."""
    named = {(meaning(one), one.arbitrator_id): one for one in decided if one.decided_at is not None}
    if not named:
        return {}
    found = Signature.objects.filter(meaning__in=[said for said, _ in named]).select_related("person")
    rows = [(named.get((row.meaning, row.person_id)), row) for row in found]
    return {one.pk: signed(row, determination_hash(one)) for one, row in rows if one is not None}

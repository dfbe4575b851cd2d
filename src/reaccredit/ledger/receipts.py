"""The receipt of each answer that was given: kept with the fact that brought it about, and enough to give the same bytes again."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from reaccredit.ledger import queries
from reaccredit.ledger.models import Case, Fact, Receipt
from reaccredit.policy import Decision, NotGoverned, Policy, receipts
from reaccredit.policy.shelf import as_json
from reaccredit.policy.words import Fact as RuledFact

LONG_AGO = (1980, 1, 1, 0, 0, 0)  # the first day that a ZIP file knows: the same receipt is always the same file
README = """\
What the policy answered when this fact was recorded. To get the same answer again, byte for byte, in this folder:

    reaccredit policy --shelf policies replay-receipt receipt.json --history history.json
"""


@dataclass(frozen=True)
class Kept:
    """A receipt that is kept, in the words of the pages."""

    receipt: Receipt

    @cached_property
    def said(self) -> dict[str, Any]:
        return receipts.read(self.receipt.said)

    @property
    def at(self) -> datetime:
        return datetime.fromisoformat(self.said["at"])

    @property
    def revised(self) -> date:
        """The revision that gave the answer."""
        return date.fromisoformat(self.said["revision"])


def give(fact: Fact, decision: Decision, rules: Policy) -> Receipt:
    """Keep what was answered once this fact was there."""
    said = as_json(receipts.receipt(rules, decision, known_at=decision.at))
    return Receipt.objects.create(fact=fact, said=said, hash=queries.receipt_hash(fact, said))


def kept(fact: Fact) -> Kept | None:
    """None where nothing was ruled, or before receipts were kept. Asks nothing where the fact came with its receipt."""
    try:
        return Kept(fact.receipt)
    except Receipt.DoesNotExist:
        return None


def rules_then(found: Kept, case: Case) -> Policy:
    """The policy as it was when the answer was given: without what was published later. Raises `policy.NotGoverned`."""
    return receipts.as_it_was(found.said, queries.published(case.programme))


def history_then(found: Kept, rules: Policy) -> list[RuledFact]:
    """What had been recorded, and ruled on, when the answer was given."""
    fact = found.receipt.fact
    then = Fact.objects.filter(case=fact.case_id, seq__lte=fact.seq, happened_at__lte=found.at)
    return queries.ruled_by(rules, then.order_by("happened_at", "seq"))


def of_case(case: Case, place: int) -> Kept | None:
    """The receipt of the fact in this place of the case."""
    fact = Fact.objects.select_related("receipt", "case").filter(case=case, seq=place).first()
    return kept(fact) if fact else None


def again(fact: Fact) -> str:
    """The answer once more. Raises `receipts.Differs` with what is not the same."""
    found = kept(fact)
    if found is None:
        raise receipts.Differs("No receipt is kept of this fact.")
    if found.receipt.hash != queries.receipt_hash(fact, found.receipt.said):
        raise receipts.Differs("The receipt does not say what it said when it was given.")
    try:
        rules = rules_then(found, fact.case)
    except NotGoverned as no:
        raise receipts.Differs(str(no)) from None
    return receipts.replay(found.said, rules, history_then(found, rules))


def bundle(found: Kept, case: Case) -> bytes:
    """Receipt, history and the policy files of that day, in one file that anybody with the command can try."""
    rules = rules_then(found, case)
    facts = [{"at": f.at.isoformat(), "kind": f.kind, "about": dict(f.about)} for f in history_then(found, rules)]
    files = {
        "README.txt": README, "receipt.json": found.receipt.said,
        "history.json": json.dumps(facts, indent=1, ensure_ascii=False) + "\n",
        **{f"policies/{rules.name}/{r.revision}.toml": r.text for r in rules.revisions},
    }  # fmt: skip
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(zipfile.ZipInfo(name, LONG_AGO), text.encode(), zipfile.ZIP_DEFLATED)
    return made.getvalue()

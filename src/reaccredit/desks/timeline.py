"""Who sees which fact of a case, and in which words. One function for every page, feed and count that shows a history.

A reviewer stays unnamed to the facility, and so does what a reviewer did and when: only that the reviews are complete.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from reaccredit.applications.models import CaseFile
from reaccredit.applications.queries import areas as areas_of
from reaccredit.facilities.queries import Audience
from reaccredit.ledger import queries as ledger
from reaccredit.ledger import receipts
from reaccredit.ledger.models import Fact
from reaccredit.ledger.outcomes import NOT_ACCEPTABLE
from reaccredit.people.models import Role
from reaccredit.people.queries import names
from reaccredit.policy import Clause, NotGoverned
from reaccredit.policy.revision import Revision

# What the policy does not rule on has no title there.
OWN_TITLES = {
    "review.opened": "Review opened",
    "review.assigned": "Reader assigned",
    "review.submitted": "Reading submitted",
    "review.handed-back": "Reading handed back",
    "review.returned": "Reading returned to be repaired",
    "arbitrator.assigned": "Arbitrator assigned",
    "arbitrator.recused": "Arbitrator gave it back",
    "certificate.granted": "Certificate granted",
    "fee.entered": "Amount of a fee entered",
    "pictures.released": "Pictures released to those who judge them",
    "phi.contested": "Refusal of a document contested",
    "phi.decided": "Contested findings decided",
}
BY_AREA = frozenset(
    {
        "review.assigned",
        "review.submitted",
        "review.handed-back",
        "review.returned",
        "arbitrator.assigned",
        "arbitrator.recused",
    }
)
STAFF_ONLY = ("review.", "arbitrator.", "note.")
UNNAMED = frozenset({Role.REVIEWER.value, Role.ARBITRATOR.value})


@dataclass(frozen=True, slots=True)
class Entry:
    fact: Fact
    title: str
    who: str
    role: str
    clauses: tuple[Clause, ...]
    receipt: receipts.Kept | None


def sees(who: Audience, case_file: CaseFile, fact: Fact) -> bool:
    """Staff see every fact; the people of the facility all but the inner life of the review."""
    if who.is_staff:
        return True
    return case_file.facility_id in who.facility_ids and not fact.kind.startswith(STAFF_ONLY)


def entries(who: Audience, case_file: CaseFile) -> list[Entry]:
    """What has happened, newest first, as far as this audience may see it."""
    facts = [f for f in ledger.timeline(case_file.case) if sees(who, case_file, f)]
    known = names({f.actor for f in facts})
    areas = {area.code: area.title for area in areas_of(case_file)}
    return [_entry(who, case_file, fact, known, areas) for fact in facts]


def _entry(who: Audience, case_file: CaseFile, fact: Fact, known: dict[str, str], areas: Mapping[str, str]) -> Entry:
    revision = _revision(case_file, fact)
    hidden = not who.is_staff and fact.role in UNNAMED
    clauses = tuple(revision.clauses[c] for c in fact.clauses if c in revision.clauses) if revision else ()
    said = title(revision, fact) + _which(fact, areas)
    return Entry(fact, said, "" if hidden else known.get(fact.actor, ""), fact.role, clauses, receipts.kept(fact))


def _which(fact: Fact, areas: Mapping[str, str]) -> str:
    """Of which area, where a case has many entries of one kind that differ in nothing else."""
    if fact.kind not in BY_AREA:
        return ""
    named = fact.about.get("areas") or [fact.about.get("area")]
    found = [areas[code] for code in named if code in areas]
    return f": {'; '.join(found)}" if found else ""


def _revision(case_file: CaseFile, fact: Fact) -> Revision | None:
    if not fact.revision:
        return None
    try:
        return ledger.policy_for(case_file.case.programme)[fact.revision.isoformat()]
    except (NotGoverned, KeyError):
        return None


def title(revision: Revision | None, fact: Fact) -> str:
    if fact.kind == "appeal.upheld" and NOT_ACCEPTABLE in dict(fact.about.get("areas") or {}).values():
        return "Appeal upheld in part by the arbitrator"
    if revision and fact.kind in revision.facts:
        return revision.facts[fact.kind].title
    if revision and (option := revision.options.get(fact.kind.removeprefix("option."))):
        return f"Option form: {option.title}"
    return OWN_TITLES.get(fact.kind, fact.kind.replace(".", ": ").replace("-", " ").capitalize())

"""What the desks show: cases with whose turn it is, by when, and why. Read only; each list in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils.text import capfirst

from reaccredit.applications.models import CaseFile
from reaccredit.applications.queries import named, scope
from reaccredit.desks.chores import chore_of, waits_for_staff, with_chores
from reaccredit.desks.steps import FACILITY, STAFF, WITH_STAFF, is_turn_of
from reaccredit.facilities import catalogue
from reaccredit.facilities.queries import Audience
from reaccredit.ledger import queries as ledger
from reaccredit.ledger.models import Deadline
from reaccredit.ledger.outcomes import DEFICIENCY
from reaccredit.policy import Decision, NotGoverned
from reaccredit.policy.refusing import standing_name

NOT_YET = frozenset({"too-early", "waiting"})


@dataclass(frozen=True, slots=True)
class Row:
    """A case in a list. `decision` is None where no policy governs it: `not_governed` then says so."""

    file: CaseFile
    decision: Decision | None
    not_governed: NotGoverned | None
    your_turn: bool
    chore: str = ""  # what staff have to do before the holder can act

    @property
    def holder(self) -> str:
        return self.decision.holder if self.decision else STAFF

    @property
    def ended(self) -> bool:
        return bool(self.decision and self.decision.ended)

    @property
    def stage(self) -> str:
        return self.decision.stage_title if self.decision else "Not governed by this policy: with the programme's staff"

    @property
    def attempt(self) -> str:
        standing = self.decision.standing if self.decision else None
        return (
            standing_name(self.decision.rev, standing)
            if self.decision and standing and standing.count(DEFICIENCY)
            else ""
        )

    @property
    def modality(self) -> str:
        return catalogue.modality(self.file.modality).title

    @property
    def until(self) -> datetime | None:
        return self.decision.dates[1] if self.decision else None

    @property
    def waits(self) -> str:
        """What a form that has no day yet waits for, in the policy's words."""
        if self.decision is None or any(self.decision.dates):
            return ""
        early = (no for no in self.decision.refused.values() if no.kind in NOT_YET)
        return capfirst(next((no.because.sentence.partition(": ")[2] for no in early), ""))

    @property
    def owed(self) -> bool:
        """The case has ended and something is still owed, such as the removal of signage."""
        return bool(self.decision and self.decision.ended and any(not d.met for d in self.decision.duties))

    @property
    def with_staff(self) -> str:
        """The material that was sent and waits for the answer of staff."""
        return WITH_STAFF.get(self.decision.standing.stage, "") if self.decision else ""

    @property
    def opens(self) -> datetime | None:
        return self.decision.dates[0] if self.decision else None


def rows(files: Iterable[CaseFile], who: Audience, now: datetime) -> list[Row]:
    """One query for the facts of all of them."""
    listed = list(files)
    outside = {f.pk: reason for f in listed if (reason := ledger.not_governed(f.case))}
    decisions = ledger.decisions([f.case for f in listed if f.pk not in outside], now)
    return [_row(f, decisions.get(f.case_id), outside.get(f.pk), who, chore_of(f, who)) for f in listed]


def _row(file: CaseFile, decision: Decision | None, outside: NotGoverned | None, who: Audience, chore: str) -> Row:
    yours = is_turn_of(decision, file, who) if decision else who.is_staff
    open_chore = chore if decision and not decision.ended else ""
    return Row(file, decision, outside, yours or bool(open_chore), open_chore)


def row(file: CaseFile, who: Audience, now: datetime) -> Row:
    known = with_chores(scope(who)).get(pk=file.pk) if who.is_staff else file
    return rows([known], who, now)[0]


def by_urgency(listed: Sequence[Row], now: datetime) -> list[Row]:
    """Own turns first, the sooner due the higher; what has ended last."""
    far = datetime.max.replace(tzinfo=now.tzinfo)
    return sorted(listed, key=lambda r: (r.ended, not r.your_turn, r.until or far))


def facility_cases(who: Audience) -> QuerySet[CaseFile]:
    return CaseFile.objects.select_related("case", "facility", "unit").filter(facility__in=who.facility_ids)


def queue(who: Audience, now: datetime, *, search: str = "", turn: str = "", modality: str = "") -> QuerySet[Deadline]:
    """The index of open cases for staff, the most pressing first. `turn`: whose; "" means staff's own, "all" everybody's."""
    index = ledger.in_order()
    if not who.is_staff:
        return index.none()
    if turn != "all":
        mine = Q(holder=turn or STAFF) | Q(due_at__lte=now)
        index = index.filter(mine | waits_for_staff() if turn in {"", STAFF} else mine)
    for word in search.split():
        index = index.filter(named(word))
    return index.filter(case__file__modality=modality) if modality else index


def queued(cases: Iterable[int], who: Audience) -> list[CaseFile]:
    """The cases of a part of the queue, in its order, in one query."""
    places = {key: place for place, key in enumerate(cases)}
    return sorted(with_chores(scope(who).filter(case__in=places)), key=lambda file: places[file.case_id])


TURNS = (
    (STAFF, "Staff"),
    (FACILITY, "Facility"),
    ("reviewer", "Reviewers"),
    ("arbitrator", "Arbitrators"),
    ("survey-team", "Survey team"),
    ("all", "Everybody"),
)

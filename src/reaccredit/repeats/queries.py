"""Repeats that somebody may see, and what is owed for each by the policy."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone

from reaccredit import policy
from reaccredit.applications import queries as applications
from reaccredit.ledger import queries as ledger
from reaccredit.packages.models import Package
from reaccredit.people.models import Person
from reaccredit.repeats.models import Repeat


@dataclass(frozen=True, slots=True)
class Line:
    """An area that is repeated, with the exam type that stays as it was."""

    code: str
    title: str
    phantom: bool
    exam: str


@dataclass(frozen=True, slots=True)
class Status:
    repeat: Repeat
    decision: policy.Decision
    lines: tuple[Line, ...]
    provided: tuple[str, ...]
    package: Package | None
    current: bool  # the case is still about this repeat: a later report closes it

    @property
    def duties(self) -> tuple[policy.Duty, ...]:
        return self.decision.duties if self.current else ()


def visible(person: Person, now: datetime) -> QuerySet[Repeat]:
    cases = applications.visible(person, timezone.localdate(now))
    return Repeat.objects.filter(case_file__in=cases).select_related(
        "case_file__case",
        "case_file__facility",
        "case_file__unit",
        "report",
        "application__invoice",
        "application__package",
    )


def get(person: Person, pk: int, now: datetime) -> Repeat:
    found = visible(person, now).filter(pk=pk).first()
    if found is None:
        raise Http404("no such repeat for this person")
    return found


def status(repeat: Repeat, now: datetime) -> Status:
    case = repeat.case_file.case
    decision = ledger.decision(case, now)
    choice = ledger.rules_of(case, now).options.get("repeat")
    newer = repeat.case_file.reports.filter(attempt__gt=repeat.report.attempt).exists()
    return Status(
        repeat=repeat,
        decision=decision,
        lines=tuple(_lines(repeat)),
        provided=choice.provided if choice else (),
        package=getattr(repeat.application, "package", None),
        current=not newer,
    )


def _lines(repeat: Repeat) -> list[Line]:
    areas = {area.code: area for area in applications.areas(repeat.case_file)}
    exams = repeat.application.exams
    return [
        Line(code, areas[code].title, areas[code].kind == "phantom", str(exams.get(code, "")))
        for code in repeat.areas if code in areas
    ]  # fmt: skip

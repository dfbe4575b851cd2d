"""Reads of the reports: theirs for the people of a facility, all for staff, nothing for anybody else."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404

from reaccredit.applications import queries as applications
from reaccredit.applications.models import CaseFile
from reaccredit.facilities.queries import roles_at
from reaccredit.ledger import queries as ledger
from reaccredit.packages.models import Medium
from reaccredit.people.models import Person
from reaccredit.policy import Clause, Standing, refusing
from reaccredit.policy.forms import fitting
from reaccredit.reports.models import Determination, FinalReport, Viewing
from reaccredit.reports.status import Status, settled, status
from reaccredit.reviews import catalogue
from reaccredit.reviews import queries as reviews
from reaccredit.reviews.models import Outcome, Round

RELATED = (
    "case_file__case", "case_file__facility", "case_file__unit", "fact__receipt", "issued_by", "taking_back__agreed_by",
)  # fmt: skip


LISTED = ("attempt", "edition", "medium", "issued_at", "is_pass", "taken_back_at")


def reports_for(person: Person, on: date) -> QuerySet[FinalReport]:
    return applications.within(FinalReport.objects.all(), person, on).select_related(*RELATED)


def report(person: Person, pk: int, on: date) -> FinalReport:
    """Raises `Http404` where it is not this person's to see."""
    found = reports_for(person, on).filter(pk=pk).first()
    if found is None:
        raise Http404("no such report for this person")
    return found


def latest(case_file: CaseFile) -> FinalReport | None:
    return case_file.reports.select_related(*RELATED).order_by("-attempt", "-edition").first()


def listed(person: Person, on: date, *, search: str = "", wanted: str = "") -> QuerySet[FinalReport]:
    """Narrowed to what holds every word of `search`, and to one of `FILTERS`."""
    found = applications.in_a_list(reports_for(person, on), *LISTED)
    for word in search.split():
        found = found.filter(applications.named_file(word))
    return with_newer(found.filter(FILTERS[wanted]) if wanted in FILTERS else found)


def with_newer(found: QuerySet[FinalReport]) -> QuerySet[FinalReport]:
    """The same reports, each with whether a later one of its case takes its place."""
    same = FinalReport.objects.filter(case_file=OuterRef("case_file"))
    later = Q(attempt__gt=OuterRef("attempt")) | Q(attempt=OuterRef("attempt"), edition__gt=OuterRef("edition"))
    return found.annotate(has_newer=Exists(same.filter(later)))


FILTERS = {
    "passed": Q(is_pass=True),
    "failed": Q(is_pass=False),
    "unviewed": Q(viewed_at__isnull=True, taken_back_at__isnull=True),
    "taken-back": Q(taken_back_at__isnull=False),
    "images-out": ~Q(medium=Medium.UPLOAD) & Q(images_returned_at__isnull=True),
}


@dataclass(frozen=True, slots=True)
class Row:
    """A line of My Final Reports."""

    report: FinalReport
    status: Status


def rows(listed: Sequence[FinalReport], at: datetime) -> list[Row]:
    """In one query more, whatever their number: only of what is open is the policy asked. Of a list that `with_newer` made."""
    programmes = {r.case_file.case.programme for r in listed}
    outside = {name for name in programmes if ledger.not_governed_programme(name)}
    known = {r.pk: _settled(r, outside) for r in listed}
    decisions = ledger.decisions([r.case_file.case for r in listed if known[r.pk] is None], at)
    return [Row(r, known[r.pk] or status(decisions[r.case_file.case_id])) for r in listed]


def _settled(report: FinalReport, outside: set[str]) -> Status | None:
    governed = report.case_file.case.programme not in outside
    return settled(report, governed=governed, latest=not getattr(report, "has_newer", False))


def row(report: FinalReport, at: datetime) -> Row:
    return rows([with_newer(FinalReport.objects.select_related(*RELATED)).get(pk=report.pk)], at)[0]


def viewings(report: FinalReport) -> QuerySet[Viewing]:
    return report.viewings.select_related("person").order_by("at")


def belongs_to_facility(report: FinalReport, person: Person, on: date) -> bool:
    """Is this a reader whose look at the report counts?"""
    return bool(roles_at(report.case_file.facility, person, on))


def has_opened(report: FinalReport, person: Person) -> bool:
    return report.viewings.filter(person=person).exists()


# -- what the report says ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Said:
    """One area of the report, with the causes in words and whether to consult somebody about them."""

    determination: Determination
    causes: tuple[str, ...]
    consult: bool

    @property
    def acceptable(self) -> bool:
        return self.determination.outcome == Outcome.ACCEPTABLE

    @property
    def paragraphs(self) -> list[str]:
        return paragraphs(self.determination.recommendations)


def paragraphs(text: str) -> list[str]:
    """An empty line ends a paragraph, whichever way the browser writes its lines."""
    return [part.strip() for part in re.split(r"(?:\r?\n){2,}", text) if part.strip()]


def areas(report: FinalReport) -> list[Said]:
    words = catalogue.causes()
    return [
        Said(d, tuple(words[c].title for c in d.causes if c in words), catalogue.consult(d.causes))
        for d in report.determinations.select_related("area").order_by("area__kind", "area_id")
    ]


def standing(report: FinalReport) -> Standing | None:
    """Where the case stood when this report was issued; None where no policy governs it."""
    case = report.case_file.case
    if ledger.not_governed(case):
        return None
    steps = ledger.decision(case, report.issued_at).steps
    return next((s.standing for s in reversed(steps) if s.fact.kind == report.fact.kind), None)


def clauses(report: FinalReport, stood: Standing | None) -> tuple[Clause, ...]:
    """What the policy says of such a report: its row of the options matrix, and the dates of the form."""
    if stood is None or report.passed:
        return ()
    rules = ledger.rules_of(report.case_file.case, report.issued_at)
    offers, windows = refusing.rows(rules, stood, report.issued_at), fitting(rules, stood)
    cites = offers[0].cites if offers else rules.stages[stood.stage].cites
    for window in windows[:1]:
        cites += (*window.opens.cites, *(window.due.cites if window.due else ()))
    return rules.cited(cites)


def notes(said: Iterable[Said]) -> tuple[Clause, ...]:
    """What the article says of causes that reviewers name, where some were named."""
    listed = list(said)
    found = (catalogue.note("causes"),) if any(one.causes for one in listed) else ()
    return (*found, catalogue.note("consult")) if any(one.consult for one in listed) else found


# -- staff -------------------------------------------------------------------------------------------------------------


def waiting(person: Person, on: date) -> QuerySet[Round]:
    """Completed reviews without a report, the longest wait first."""
    found = reviews.rounds(person, on).filter(reported_at__isnull=True, completed_at__isnull=False)
    return reviews.current(found).order_by("completed_at", "pk")


def waiting_in_a_list(person: Person, on: date) -> QuerySet[Round]:
    return applications.in_a_list(waiting(person, on), "attempt", "completed_at")


def round_to_report(person: Person, pk: int, on: date) -> Round:
    """Raises `Http404` for a round that is not completed, or has its report."""
    found = waiting(person, on).filter(pk=pk).first()
    if found is None:
        raise Http404("no completed review without a report")
    return found

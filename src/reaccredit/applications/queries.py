"""The cases somebody may see, and what is applied for in them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, TypeVar

from django.db.models import F, Model, OuterRef, Q, QuerySet, Subquery
from django.db.models.lookups import In
from django.http import Http404

from reaccredit.applications.models import Application, Area, CaseFile
from reaccredit.billing.models import Invoice
from reaccredit.billing.queries import Cases
from reaccredit.facilities import catalogue
from reaccredit.facilities.models import Facility, Unit
from reaccredit.facilities.queries import Audience, audience
from reaccredit.ledger import queries as ledger
from reaccredit.ledger.models import Case
from reaccredit.ledger.numbers import WHOLE, holding
from reaccredit.ledger.outcomes import WITHDRAWN
from reaccredit.people.models import Person
from reaccredit.policy import Because

PURPOSES = {
    Application.Kind.ORIGINAL: Invoice.Purpose.APPLICATION,
    Application.Kind.REPEAT: Invoice.Purpose.REPEAT,
    Application.Kind.REINSTATEMENT: Invoice.Purpose.REINSTATEMENT,
}
OfCase = TypeVar("OfCase", bound=Model)
SEPARATOR = "; "  # between the exam types of an area that sends several


def scope(who: Audience) -> QuerySet[CaseFile]:
    every = CaseFile.objects.select_related("case", "facility", "unit")
    return every if who.is_staff else every.filter(facility__in=who.facility_ids)


def named(word: str) -> Q:
    """Of what has a `case`: those whose number, facility or unit holds this word."""
    return _among("case", word, [found.values("case") for found in _files(word)])


def named_file(word: str) -> Q:
    """The same of what has a `case_file`."""
    return _among("case_file", word, [found.values("pk") for found in _files(word)])


def _among(key: str, word: str, found: list[QuerySet[Any, Any]]) -> Q:
    """A whole number finds one case, whose rows are looked up. Of anything else there may be many: there the rows are read in
    their own order until a page is full, and each is looked up in what was found. So it is not by the key itself.
    """
    listed = found[0].union(*found[1:], all=True)
    return Q(**{f"{key}__in": listed}) if WHOLE.fullmatch(word.upper()) else Q(In(F(key) + 0, listed))


def _files(word: str) -> list[QuerySet[CaseFile]]:
    """The cases by facility, by unit and by number; each table is read by itself."""
    facilities, units = Facility.objects.filter(name__icontains=word), Unit.objects.filter(name__icontains=word)
    files, held = CaseFile.objects.order_by(), holding(word, prefixes())
    numbered = [] if held is None else [files.filter(case__in=Case.objects.filter(held).order_by())]
    return [files.filter(facility__in=facilities), files.filter(unit__in=units), *numbered]


def prefixes() -> list[str]:
    """With which the number of a case may begin."""
    return [modality.code for modality in catalogue.modalities()]


def visible(person: Person, on: date) -> QuerySet[CaseFile]:
    """All cases for the programme's staff, those of their facilities for facility people, none for anybody else."""
    return scope(audience(person, on))


def within(found: QuerySet[OfCase], person: Person, on: date) -> QuerySet[OfCase]:
    """Of rows with a `case_file` those of the cases that are `visible`. Staff see all: no case is looked up for that."""
    who = audience(person, on)
    return found if who.is_staff else found.filter(case_file__facility__in=who.facility_ids)


# What a list shows of the case of a row, and no more of it is read for its lines.
CASE = ("case_file__case", "case_file__facility", "case_file__unit")
SHOWN = (
    "case_file", *CASE, "case_file__modality", "case_file__case__number", "case_file__case__programme",
    "case_file__facility__name", "case_file__unit__name",
)  # fmt: skip


def in_a_list(found: QuerySet[OfCase], *own: str) -> QuerySet[OfCase]:
    """Rows with a `case_file` for the lines of a list: with their case, and of themselves only the fields that are named."""
    return found.select_related(None).select_related(*CASE).only(*own, *SHOWN)


def get(person: Person, number: str, on: date) -> CaseFile:
    """The case with this number if it is this person's to see. Raises `Http404`."""
    found = visible(person, on).filter(case__number=number).first()
    if found is None:
        raise Http404("no such case for this person")
    return found


def invoiced_cases(person: Person, on: date) -> Cases:
    """The cases whose invoices somebody may see, as billing asks for them: None stands for all."""
    who = audience(person, on)
    return None if who.is_staff else CaseFile.objects.filter(facility__in=who.facility_ids).values("case")


def areas(case_file: CaseFile) -> list[Area]:
    """Everything that was applied for, clinical areas first."""
    return list(case_file.areas.order_by("kind", "pk"))


def areas_of(application: Application) -> list[Area]:
    """What this application puts to the test: all areas of an original, those not acceptable in a repeat."""
    return [area for area in areas(application.case_file) if area.code in application.exams]


def exams(application: Application, area: str) -> tuple[str, ...]:
    """The exam types chosen for an area; none for a phantom test."""
    said = application.exams.get(area, "")
    return tuple(said.split(SEPARATOR)) if said else ()


def joined(chosen: Iterable[str]) -> str:
    """Exam types as an application keeps them. The separator is not part of a name."""
    return SEPARATOR.join(exam for said in chosen if (exam := said.replace(";", ",").strip()))


def exam_count(application: Application, area: str) -> int:
    """How many exams the area sends: in a repeat as many as in the original, whatever else is repeated."""
    file = application.case_file
    return catalogue.modality(file.modality).exam_count(area, [a.code for a in areas(file)])


def latest(case_file: CaseFile) -> Application | None:
    return case_file.applications.select_related("invoice", "submitted_by", "accepted_by").order_by("-attempt").first()


def application(case_file: CaseFile, attempt: int) -> Application:
    """Raises `Http404`."""
    found = (
        case_file.applications.select_related("invoice", "submitted_by", "accepted_by").filter(attempt=attempt).first()
    )
    if found is None:
        raise Http404("no such application in the case")
    return found


STATES = {
    "draft": Q(submitted_at__isnull=True, returned_at__isnull=True),
    "returned": Q(submitted_at__isnull=True, returned_at__isnull=False, accepted_at__isnull=True),
    "unpaid": Q(submitted_at__isnull=False, accepted_at__isnull=True, invoice__paid_at__isnull=True),
    "waiting": Q(submitted_at__isnull=False, accepted_at__isnull=True, invoice__paid_at__isnull=False),
    "accepted": Q(accepted_at__isnull=False),
}


def state(application: Application) -> str:
    """Where an application is on its way: draft, returned, unpaid, waiting (for staff) or accepted."""
    if application.accepted_at:
        return "accepted"
    if application.submitted_at is None:
        return "returned" if application.returned_at else "draft"
    return "waiting" if application.invoice and application.invoice.paid_at else "unpaid"


def every() -> QuerySet[Application]:
    """With all that a list shows."""
    own = ("kind", "attempt", "submitted_at", "returned_at", "accepted_at", "invoice__paid_at")
    return in_a_list(Application.objects.all(), *own).select_related(*CASE, "invoice").order_by("-created_at", "-pk")


def listed(person: Person, on: date, *, search: str = "", wanted: str = "") -> QuerySet[Application]:
    """Applications with all that a list shows, newest first; drafts are the facility's own, staff do not see them."""
    who = audience(person, on)
    found = every()
    found = found.exclude(STATES["draft"]) if who.is_staff else found.filter(case_file__facility__in=who.facility_ids)
    for word in search.split():
        found = found.filter(named_file(word))
    return found.filter(STATES[wanted]) if wanted in STATES else found


def cases_of(facility: Facility) -> QuerySet[CaseFile]:
    """The cases of one facility, each with the attempt of its last application."""
    last = Application.objects.filter(case_file=OuterRef("pk")).order_by("-attempt").values("attempt")[:1]
    return CaseFile.objects.filter(facility=facility).select_related("case", "unit").annotate(attempt=Subquery(last))


def unfinished(facility: Facility, unit: Unit | None, modality: str, at: datetime) -> CaseFile | None:
    """A case of the same unit (or facility) in this modality that has not ended: two at once would judge it twice."""
    for file in CaseFile.objects.filter(facility=facility, unit=unit, modality=modality).select_related("case"):
        if ledger.not_governed(file.case):
            if not file.applications.filter(accepted_at__isnull=False).exists():
                return file
        elif not ledger.decision(file.case, at).ended:
            return file
    return None


def is_further_unit(case_file: CaseFile) -> bool:
    """Whether another unit of the facility has been applied for in this modality: its fee is another one."""
    others = Application.objects.filter(
        case_file__facility=case_file.facility, case_file__modality=case_file.modality, submitted_at__isnull=False
    ).exclude(case_file=case_file)
    return case_file.unit_id is not None and others.exclude(case_file__unit=case_file.unit_id).exists()


def purpose(application: Application) -> str:
    """The word by which the catalogue and billing know the fee of this kind of application."""
    return str(PURPOSES[Application.Kind(application.kind)])


def fee(application: Application) -> catalogue.Fee:
    """What the catalogue says this application costs; `cents` is None where no figure was published."""
    file = application.case_file
    modality = catalogue.modality(file.modality)
    return modality.fee(
        purpose(application), modules=len(modality.modules_of(application.exams)), further_unit=is_further_unit(file)
    )


def under_test(case_file: CaseFile, at: datetime) -> list[str]:
    """The codes of the areas that the next application is for, as the policy's standing has them."""
    codes = [area.code for area in areas(case_file)]
    if ledger.not_governed(case_file.case):
        return codes
    standing = ledger.decision(case_file.case, at).standing
    words = dict(standing.areas)
    playing = [code for code in codes if words.get(code) == standing.play]
    return playing or [code for code in codes if words.get(code) != WITHDRAWN]


def exams_fixed(application: Application, at: datetime) -> Because | None:
    """Why the exam types of this application cannot be changed; None where the policy lets them be chosen."""
    case = application.case_file.case
    if application.kind != Application.Kind.REPEAT or ledger.not_governed(case):
        return None
    rules = ledger.rules_of(case, at)
    choice = rules.options.get(application.kind)
    cites = tuple(c for c in choice.cites if c.endswith(".no-change")) if choice else ()
    if not cites:
        return None
    said = "The exam types are those of the original application: they cannot be changed in a repeat."
    return Because(rules.cited(cites), rules.revision, (), said)


def may_submit(who: Audience, case_file: CaseFile) -> bool:
    return bool(who.roles_at(case_file.facility_id) & set(catalogue.submitters()))


def facilities_to_apply_for(who: Audience) -> QuerySet[Facility]:
    """Where somebody may submit an application."""
    mine = [key for key, roles in who.posts.items() if roles & set(catalogue.submitters())]
    return Facility.objects.filter(pk__in=mine).prefetch_related("units")

"""Reads of the reviews. Reviewers reach what they were given to read, staff the rounds, a facility nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import Http404

from reaccredit.applications import queries as applications
from reaccredit.applications.models import Area, CaseFile
from reaccredit.imaging.queries import SeriesRow
from reaccredit.packages import queries as packages
from reaccredit.packages.criteria import opened_on
from reaccredit.packages.models import CommentOnReturn, Item, Package
from reaccredit.packages.ticks import form_of
from reaccredit.people.models import Person, Role
from reaccredit.people.queries import holds
from reaccredit.reviews import agreement, catalogue, conflicts, pointing, visibility
from reaccredit.reviews.conflicts import Candidate
from reaccredit.reviews.models import FIRST_TWO, THIRD, Assignment, HandedBack, Mark, Outcome, Round, RoundKind
from reaccredit.reviews.pointing import Spot

# -- the reviewer -----------------------------------------------------------------------------------------------------


def _own(person: Person, on: date) -> QuerySet[Assignment]:
    """What this person was given to read: while the role is held, and while the package lies with the programme as it was."""
    return _theirs(person) if holds(person, Role.REVIEWER, on) else Assignment.objects.none()


def _theirs(person: Person) -> QuerySet[Assignment]:
    return Assignment.objects.filter(
        reviewer=person, round__package__submitted_at=F("round__submitted_at")
    ).select_related("area", "round__package", "round__case_file__case", "round__case_file__facility")


def reading_list(person: Person, on: date) -> QuerySet[Assignment]:
    """What waits to be read, the longest wait first; then what was handed in, the newest first."""
    return _own(person, on).order_by(F("submitted_at").desc(nulls_first=True), "assigned_at", "pk")


def given(person: Person, pk: int) -> Assignment:
    """Open to them or not. Raises `Http404` for whatever was never given to this person, `Barred` where it is theirs no more."""
    found = _theirs(person).filter(pk=pk).first()
    if found is not None:
        return found
    if said := visibility.gone(person, pk) or visibility.returned(person, pk):
        raise visibility.Barred(said)
    raise Http404("no such reading for this person")


def assignment(person: Person, pk: int, on: date) -> Assignment:
    """What this person may judge today. Raises `Http404` as `given`, and `Barred` with the sentence that says why not."""
    found = given(person, pk)
    if said := visibility.why_closed(found, person, on):
        raise visibility.Barred(said, found)
    return found


def next_reading(person: Person, after: Assignment, on: date) -> Assignment | None:
    """The one that has waited longest of those that wait after this one; round again at the end. None where nothing else waits."""
    waiting = list(
        _own(person, on).filter(submitted_at__isnull=True).exclude(pk=after.pk).order_by("assigned_at", "pk")
    )
    later = (one for one in waiting if (one.assigned_at, one.pk) > (after.assigned_at, after.pk))
    return next(later, waiting[0] if waiting else None)


def marks(reading: Assignment) -> list[Mark]:
    return list(reading.marks.prefetch_related("places__image__series"))


def places(reading: Assignment, mark: Mark) -> list[pointing.Shown]:
    """Where the reader of this mark has pointed."""
    return [pointing.told(Spot(p.image_id, p.column, p.row), p.image) for p in mark.places.all()]


@dataclass(frozen=True, slots=True)
class Answer:
    label: str
    value: str
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A data form that belongs to the area, as the facility filled it in."""

    title: str
    answers: tuple[Answer, ...]


def items_with_images(reading: Assignment) -> list[tuple[Item, list[SeriesRow]]]:
    return packages.images_by_item(reading.round.package, [reading.area])


def data_forms(reading: Assignment) -> list[Sheet]:
    """Forms of the area only: those of the whole package name the facility's people."""
    sheets = []
    for item in reading.round.package.items.filter(area=reading.area, kind__in=[Item.Kind.FORM, Item.Kind.PROTOCOL]):
        form, entry = form_of(item, reading.round.package), packages.entry(item)
        if form and entry:
            answers = [Answer(f.label, str(entry.answers.get(f.name, "")), f.unit) for f in form.fields if not f.person]
            sheets.append(Sheet(item.title, tuple(a for a in answers if a.value)))
    return sheets


def criteria(reading: Assignment) -> tuple[catalogue.Criterion, ...]:
    return criteria_of(reading.round, reading.area)


def criteria_of(round_: Round, area: Area) -> tuple[catalogue.Criterion, ...]:
    """By the day on which the package was opened, as the dated limits beside them: what changed since changes no review."""
    return catalogue.criteria(round_.case_file.modality, area.kind, on=opened_on(round_.package), area=area.code)


# -- staff ------------------------------------------------------------------------------------------------------------


def rounds(person: Person, on: date) -> QuerySet[Round]:
    """Those that lead to a determination."""
    return every_round(person, on).filter(kind=RoundKind.REVIEW)


def every_round(person: Person, on: date) -> QuerySet[Round]:
    """With what is read for the sake of quality."""
    if not holds(person, Role.STAFF, on):
        return Round.objects.none()
    return Round.objects.select_related("case_file__case", "case_file__facility", "case_file__unit", "package")


def round_(person: Person, pk: int, on: date) -> Round:
    """With its own page, that is without those that a calibration case has opened: they stand on the page of that."""
    found = every_round(person, on).exclude(kind=RoundKind.CALIBRATION).filter(pk=pk).first()
    if found is None:
        raise Http404("no such round for this person")
    return found


def open_reading(person: Person, pk: int, on: date) -> Assignment:
    """A reading that is not handed in, for staff. Raises `Http404`."""
    return _of_staff(person, pk, on, handed_in=False)


def reading_in_hand(person: Person, pk: int, on: date) -> Assignment:
    """A reading that was handed in, for staff. Raises `Http404`."""
    return _of_staff(person, pk, on, handed_in=True)


def _of_staff(person: Person, pk: int, on: date, *, handed_in: bool) -> Assignment:
    found = Assignment.objects.filter(round__in=every_round(person, on), pk=pk, submitted_at__isnull=not handed_in)
    one = found.select_related(
        "reviewer", "area", "proposal__accepted_by", "round__package", "round__case_file__case"
    ).first()
    if one is None:
        raise Http404("no such reading for this person")
    return one


def seen_by_third(reading: Assignment) -> list[Review]:
    """What the first two found, for a third reader where the rules say so; nothing for anybody else."""
    if reading.position != THIRD or not catalogue.third_sees_both():
        return []
    return [one for one in reviews(reading.round).get(reading.area_id, []) if one.number in FIRST_TWO]


def waiting(person: Person, on: date) -> QuerySet[Package]:
    """Submitted packages that nobody reads yet, the longest wait first."""
    if not holds(person, Role.STAFF, on):
        return Package.objects.none()
    return (
        Package.objects.filter(submitted_at__isnull=False, read_since__isnull=True)
        .exclude(purpose=Package.Purpose.APPEAL)
        .select_related("case_file__case", "case_file__facility", "case_file__unit")
        .order_by("submitted_at", "pk")
    )


def waiting_in_a_list(person: Person, on: date) -> QuerySet[Package]:
    return applications.in_a_list(waiting(person, on), "purpose", "attempt", "submitted_at")


def package(person: Person, pk: int, on: date) -> Package:
    found = waiting(person, on).filter(pk=pk).first()
    if found is None:
        raise Http404("no such package waits for a review")
    return found


def listed(person: Person, on: date) -> QuerySet[Round]:
    """The rounds of packages as they were submitted last, with how far they are, in one query. Counted is for the rows of a
    page, not for all that there are.
    """
    found = applications.in_a_list(current(rounds(person, on)), "attempt", "opened_at", "completed_at")
    return found.annotate(readers=_readings(), in_hand=_readings(submitted_at__isnull=False))


def current(found: QuerySet[Round]) -> QuerySet[Round]:
    """Those of packages that lie with the programme as they were read. Only a package that was returned is looked up for it."""
    returned = Round.objects.filter(package__in=CommentOnReturn.objects.order_by().values("package")).order_by()
    return found.exclude(pk__in=returned.exclude(package__submitted_at=F("submitted_at")).values("pk"))


def _readings(**which: bool) -> Coalesce:
    found = Assignment.objects.filter(round=OuterRef("pk"), **which).order_by().values("round")
    return Coalesce(Subquery(found.annotate(number=Count("pk")).values("number")), 0)


def areas_of(round_: Round) -> list[Area]:
    """What the package holds, area by area. A repeat holds only what was not acceptable, a re-read what was drawn."""
    found = Area.objects.filter(items__package=round_.package_id).distinct()
    return list(found.filter(code__in=round_.only) if round_.only else found)


def readings(round_: Round) -> dict[int, list[Assignment]]:
    """By area."""
    found: dict[int, list[Assignment]] = defaultdict(list)
    for reading in round_.assignments.select_related("reviewer", "area").order_by("position"):
        found[reading.area_id].append(reading)
    return found


def outcomes(areas: Iterable[Area], found: Mapping[int, list[Assignment]]) -> dict[str, str]:
    settled = {area.code: agreement.determined(found.get(area.pk, [])) for area in areas}
    return {code: outcome for code, outcome in settled.items() if outcome}


def determinations(round_: Round) -> dict[str, str]:
    """area code -> outcome, for the areas in which it is certain."""
    return outcomes(areas_of(round_), readings(round_))


def settled(round_: Round) -> bool:
    """Nothing more is to be read: every area is determined, or read where nothing is determined by it. What a calibration case
    has opened is one reader's alone: an area that they gave back is offered to nobody.
    """
    if round_.counts:
        known = determinations(round_)
        return all(area.code in known for area in areas_of(round_))
    if round_.kind == RoundKind.CALIBRATION:
        return not round_.assignments.filter(submitted_at__isnull=True).exists()
    found = readings(round_)
    return all(agreement.handed_in(found.get(area.pk, [])) for area in areas_of(round_))


def disagreements(round_: Round) -> list[Area]:
    """Areas whose first two readers do not agree and whose third has not handed in yet."""
    found = readings(round_)
    return [
        area for area in areas_of(round_)
        if agreement.split(found.get(area.pk, [])) and not agreement.determined(found.get(area.pk, []))
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class AreaRow:
    """An area of the round page: who reads it, what is settled, which places are open, and who could take them."""

    area: Area
    readings: tuple[Assignment, ...]
    outcome: str
    split: bool
    places: tuple[int, ...]
    candidates: tuple[Candidate, ...]
    handed_back: tuple[HandedBack, ...]
    reviews: tuple[Review, ...] = ()
    closed: tuple[tuple[Assignment, str], ...] = ()  # given out, and closed to its reader by now: why

    @property
    def profession(self) -> str:
        return conflicts.PROFESSIONS[catalogue.reading(self.area.kind).profession]


def area_rows(round_: Round, on: date) -> list[AreaRow]:
    """A fixed number of queries, whatever the number of areas."""
    found, areas, said = readings(round_), areas_of(round_), reviews(round_)
    who = conflicts.known(round_, areas, on)
    back: dict[int, list[HandedBack]] = defaultdict(list)
    for row in round_.handed_back.select_related("reviewer"):
        back[row.area_id].append(row)
    rows = []
    for area in areas:
        here = found.get(area.pk, [])
        rows.append(
            AreaRow(
                area=area,
                readings=tuple(here),
                outcome=_outcome(round_, here),
                split=agreement.split(here),
                places=agreement.places(here, round_.places),
                candidates=tuple(conflicts.candidates(who, area)),
                handed_back=tuple(back[area.pk]),
                reviews=tuple(said.get(area.pk, ())),
                closed=tuple(
                    (one, why)
                    for one in here
                    if not one.submitted_at and (why := conflicts.closed_to(who, one.reviewer, area))
                ),
            )
        )
    return rows


def _outcome(round_: Round, here: list[Assignment]) -> str:
    if round_.counts:
        return agreement.determined(here) or ""
    return next((str(one.outcome) for one in agreement.handed_in(here)), "")


# -- for the rooms above ----------------------------------------------------------------------------------------------


def took_part(person: Person, case_file: CaseFile) -> bool:
    """Was any area of the case, in any round, given to this person to read? An area that was given back counts too."""
    return (
        Assignment.objects.filter(round__case_file=case_file, reviewer=person).exists()
        or HandedBack.objects.filter(round__case_file=case_file, reviewer=person).exists()
    )


def readers_of(case_file: CaseFile) -> frozenset[int]:
    """The ids of everybody who took part, for lists of people who did not."""
    given = Assignment.objects.filter(round__case_file=case_file).values_list("reviewer", flat=True)
    back = HandedBack.objects.filter(round__case_file=case_file).values_list("reviewer", flat=True)
    return frozenset(given) | frozenset(back)


@dataclass(frozen=True, slots=True)
class Finding:
    """What one reader found not acceptable, without who it was."""

    criterion: catalogue.Criterion | None
    reason: catalogue.Reason | None
    causes: tuple[str, ...]
    note: str
    places: tuple[pointing.Shown, ...] = ()


@dataclass(frozen=True, slots=True)
class Review:
    """One reading as the report's writer and the arbitrator see it: numbered, and nameless."""

    number: int
    outcome: str
    findings: tuple[Finding, ...]
    noted: tuple[Finding, ...] = ()  # of what is acceptable: what was measured, close calls, the reader's words

    @property
    def acceptable(self) -> bool:
        return self.outcome == Outcome.ACCEPTABLE


def reviews(round_: Round) -> dict[int, list[Review]]:
    """What the readers found, by area id, in a fixed number of queries."""
    return reviews_of([round_])[round_.pk]


def reviews_of(rounds: Collection[Round]) -> dict[int, dict[int, list[Review]]]:
    """The same of many rounds, by their ids: the number of queries does not grow with theirs."""
    found: dict[int, dict[int, list[Review]]] = {one.pk: defaultdict(list) for one in rounds}
    modality = {one.pk: one.case_file.modality for one in rounds}
    handed_in = Assignment.objects.filter(round__in=found, submitted_at__isnull=False).select_related("area")
    for reading in handed_in.prefetch_related("marks__places__image__series").order_by("area", "position"):
        code = modality[reading.round_id]
        known = {c.code: c for c in catalogue.sheets()[code].criteria if c.kind == reading.area.kind}
        words = catalogue.reasons(code, reading.area.kind)
        faults = [
            Finding(known.get(m.criterion), words.get(m.reason), tuple(m.causes), m.note, tuple(places(reading, m)))
            for m in reading.marks.all() if not m.acceptable
        ]  # fmt: skip
        noted = [
            Finding(known.get(m.criterion), None, (), m.note) for m in reading.marks.all() if m.acceptable and m.note
        ]
        here = found[reading.round_id][reading.area_id]
        here.append(Review(reading.position, str(reading.outcome), tuple(faults), tuple(noted)))
    return found

"""A round as a problem of assignment: what the database knows of its areas and of everybody who may read them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta

from django.db.models import Avg, Count, ExpressionWrapper, F, Q, fields
from django.db.models.functions import Coalesce

from reaccredit.applications.models import Area, CaseFile
from reaccredit.facilities import models as facilities
from reaccredit.people import models as people
from reaccredit.people.models import ProgrammeRole, Role
from reaccredit.people.queries import code, with_role
from reaccredit.reviews import agreement, catalogue
from reaccredit.reviews.assignment.words import (
    Absence,
    Authorisation,
    Employment,
    Facility,
    Item,
    Part,
    Person,
    Post,
    Problem,
    Relation,
    Seen,
)
from reaccredit.reviews.house_rules import house_rules
from reaccredit.reviews.models import Assignment, HandedBack, Proposal, Round, RoundKind, Tie
from reaccredit.reviews.models import Part as PartRow

WEEK = timedelta(days=7)
USUAL_DAYS = 7.0  # of somebody who has not handed in anything yet
DECLINES = (HandedBack.Kind.DECLINED, HandedBack.Kind.TIMED_OUT)


def _who(pk: int) -> str:
    return f"person:{pk}"


def problem_of(round_: Round, areas: Iterable[Area], on: date, seed: int = 0, *, every: bool = False) -> Problem:
    """The open places of these areas; with `every`, the areas that have none, too. A fixed number of queries."""
    asked = house_rules()
    folk = _people(on)
    facility = round_.case_file.facility
    near = _facilities(facility)
    return Problem(
        on=on,
        items=tuple(sorted(_items(round_, areas, on, every), key=lambda one: one.id)),
        people=tuple(sorted(_judges(folk, on), key=lambda one: one.id)),
        facilities=near,
        rules=asked.rules,
        seed=seed,
    )


def _items(round_: Round, areas: Iterable[Area], on: date, every: bool) -> Iterable[Item]:
    held: dict[int, list[Assignment]] = defaultdict(list)
    for reading in Assignment.objects.filter(round=round_.pk):  # a round that is only thought of has none
        held[reading.area_id].append(reading)
    back: dict[int, list[HandedBack]] = defaultdict(list)
    whole = set()
    for row in HandedBack.objects.filter(round__case_file=round_.case_file_id):
        back[row.area_id].append(row)
        if row.kind == HandedBack.Kind.RECUSED and row.whole_case:
            whole.add(_who(row.reviewer_id))
    undone = _undone(round_) if back else frozenset()
    parts = _parts(round_)
    due = on + timedelta(days=house_rules().due_within_days)
    for area in areas:
        places = len(agreement.places(held[area.pk], round_.places))
        if not places and not every:
            continue
        gone = back[area.pk]
        yield Item(
            id=area.code, case=round_.case_file.case.number, facility=round_.case_file.facility.number,
            modality=round_.case_file.modality, module=area.code, role=Role.REVIEWER.value,
            profession=catalogue.reading(area.kind).profession, needs=max(1, places), due=due, earlier_readers=parts,
            assigned=tuple(_who(r.reviewer_id) for r in held[area.pk]),
            declined=tuple(
                _who(r.reviewer_id) for r in gone
                if r.kind in DECLINES or (r.kind == HandedBack.Kind.TAKEN_BACK and r.at not in undone)
            ),
            recused=tuple({_who(r.reviewer_id) for r in gone if r.kind == HandedBack.Kind.RECUSED} | whole),
            again=not round_.counts,
        )  # fmt: skip


def _parts(round_: Round) -> tuple[Part, ...]:
    """Who had a part in the case. Where it is read again, a reader is whoever was given another reading of it, and not this one."""
    listed = PartRow.objects.filter(case_file=round_.case_file_id)
    if round_.counts:
        return tuple(Part(_who(p.person_id), p.role) for p in listed)
    before: set[int] = set()
    for table in (Assignment, HandedBack):
        others = table._default_manager.filter(round__case_file=round_.case_file_id).exclude(round=round_.pk)
        before |= set(others.values_list("reviewer", flat=True))
    role = Role.REVIEWER.value
    return (
        *(Part(_who(who), role) for who in sorted(before)),
        *(Part(_who(p.person_id), p.role) for p in listed if p.role != role),
    )


def _undone(round_: Round) -> frozenset[datetime]:
    """When proposals of the case were undone: whoever lost a reading by that was not taken off it for themselves."""
    gone = Proposal.objects.filter(round__case_file=round_.case_file_id, undone_at__isnull=False)
    return frozenset(at for at in gone.values_list("undone_at", flat=True) if at)


def _people(on: date, only: int | None = None, role: str = Role.REVIEWER) -> list[people.Person]:
    found = with_role(role, on).select_related("practice")
    found = found if only is None else found.filter(pk=only)
    return list(found.prefetch_related("authorisations", "absences", "employments__employer", "declarations"))


def of_appeal(
    case_file: CaseFile, area: Area, on: date, *, loads: Mapping[str, int], only: int | None = None, seed: int = 0
) -> Problem:
    """Who could judge an area that is appealed. `loads`: what each arbitrator has to decide already. A fixed number of queries."""
    role = Role.ARBITRATOR.value
    item = Item(
        id=area.code, case=case_file.case.number, facility=case_file.facility.number, modality=case_file.modality,
        module=area.code, role=role, profession=catalogue.reading(area.kind).profession, needs=1,
        earlier_readers=tuple(
            Part(_who(p.person_id), p.role) for p in PartRow.objects.filter(case_file=case_file).exclude(role=role)
        ),
    )  # fmt: skip
    folk = _judges(_people(on, only, role), on, busy=False, role=role)
    return Problem(
        on=on,
        items=(item,),
        people=tuple(sorted((replace(one, load=loads.get(one.id, 0)) for one in folk), key=lambda one: one.id)),
        facilities=_facilities(case_file.facility),
        rules=house_rules().rules,
        seed=seed,
    )


def of_survey(
    case_file: CaseFile, professions: Iterable[str], on: date, *, loads: Mapping[str, int], seed: int = 0
) -> Problem:
    """Who could be sent on an on-site survey, one of each profession: of the whole unit, so of no module alone."""
    role = Role.SURVEY_TEAM.value
    items = tuple(
        Item(
            id=profession, case=case_file.case.number, facility=case_file.facility.number, modality=case_file.modality,
            module="", role=role, profession=profession, needs=1,
        )
        for profession in professions
    )  # fmt: skip
    folk = _judges(_people(on, None, role), on, busy=False, role=role)
    return Problem(
        on=on,
        items=items,
        people=tuple(sorted((replace(one, load=loads.get(one.id, 0)) for one in folk), key=lambda one: one.id)),
        facilities=_facilities(case_file.facility),
        rules=house_rules().rules,
        seed=seed,
    )


def judged_by(round_: Round, area: Area, person: people.Person, on: date) -> Problem:
    """One area and one person, as of this day: whether who has an area may still judge it. What a due date asks is left out."""
    folk = _people(on, person.pk)
    found = _items(round_, [area], on, every=True)
    return Problem(
        on=on,
        items=tuple(replace(item, due=None) for item in found),
        people=tuple(_judges(folk, on, busy=False)),
        facilities=_facilities(round_.case_file.facility),
        rules=house_rules().rules,
    )


def _judges(
    folk: list[people.Person], on: date, *, busy: bool = True, role: str = Role.REVIEWER.value
) -> Iterable[Person]:
    """Without `busy`, nothing is asked of what else they do."""
    professions: dict[int, list[str]] = defaultdict(list)
    running = ProgrammeRole.objects.filter(role=role, since__lte=on).exclude(until__lt=on)
    for who, profession in running.values_list("person", "profession"):
        professions[who].append(profession)
    ties: dict[int, list[Relation]] = defaultdict(list)
    declared = Tie.objects.select_related("facility", "employer")
    for tie in declared if busy else declared.filter(person__in=folk):
        ties[tie.person_id].append(_relation(tie))
    loads, speeds, recent = (_loads(), _speeds(on), _recent(on)) if busy else ({}, {}, defaultdict(list))
    done = _done_lately(on) if busy else {}
    for person in folk:
        practice = getattr(person, "practice", None)
        limit = practice.weekly_limit if practice else None
        yield Person(
            id=code(person), name=person.name, roles=(role,), professions=tuple(professions[person.pk]),
            authorisations=tuple(
                Authorisation(a.modality, a.module, a.role, a.since, a.until) for a in person.authorisations.all()
            ),
            employers=tuple(
                Employment(e.employer.name, "", e.since, e.until) for e in person.employments.all()
            ),
            relations=tuple(ties[person.pk]),
            absences=tuple(
                Absence(a.since, a.until, _who(a.delegate_id) if a.delegate_id else "") for a in person.absences.all()
            ),
            load=loads.get(person.pk, 0) + (done.get(person.pk, 0) if limit is not None else 0),
            limit=house_rules().limit if limit is None else limit,
            declared=_declared(person, on), turnaround=speeds.get(person.pk, USUAL_DAYS), recent=tuple(recent[person.pk]),
            state=practice.state if practice else "", market=practice.market if practice else "",
        )  # fmt: skip


def _declared(person: people.Person, on: date) -> tuple[int, ...]:
    """Who was not asked for the year owes nothing; see `people.models.Declaration`."""
    silent = any(one.year == on.year and one.made_at is None for one in person.declarations.all())
    return () if silent else (on.year,)


def _relation(tie: Tie) -> Relation:
    if tie.facility:
        return Relation(tie.kind, facility=tie.facility.number, since=tie.since, until=tie.until)
    if tie.employer:
        return Relation(tie.kind, network=tie.employer.name, since=tie.since, until=tie.until)
    return Relation(tie.kind, person=_who(tie.other_id or 0), since=tie.since, until=tie.until)


def _facilities(facility: facilities.Facility) -> dict[str, Facility]:
    """The facility and the others of who runs it, with everybody who holds or has held a post there."""
    related = Q(pk=facility.pk)
    if facility.employer_id:
        related |= Q(employer=facility.employer_id)
    found = {}
    for one in facilities.Facility.objects.filter(related).select_related("employer").prefetch_related("personnel"):
        run_by = one.employer.name if one.employer else ""
        posts = tuple(Post(_who(p.person_id), p.since, p.until) for p in one.personnel.all())
        found[one.number] = Facility(one.number, one.name, run_by, run_by, one.state, one.market, posts)
    return found


def _current() -> Q:
    return Q(round__package__submitted_at=F("round__submitted_at"))


def _loads() -> dict[int, int]:
    open_ = Assignment.objects.filter(_current(), submitted_at__isnull=True)
    return dict(open_.values_list("reviewer").annotate(number=Count("pk")).order_by())


def _done_lately(on: date) -> dict[int, int]:
    """Given in the last seven days and handed in already: it counts for whoever has said how much they take on in a week."""
    done = Assignment.objects.filter(assigned_at__date__gt=on - WEEK, submitted_at__isnull=False)
    return dict(done.values_list("reviewer").annotate(number=Count("pk")).order_by())


def _speeds(on: date) -> dict[int, float]:
    """Days from asking to handing in, over the last year. How long a calibration case takes is nobody's turnaround."""
    took = ExpressionWrapper(F("submitted_at") - F("assigned_at"), output_field=fields.DurationField())
    done = Assignment.objects.filter(submitted_at__date__gt=on - timedelta(days=365))
    done = done.exclude(round__kind=RoundKind.CALIBRATION)
    rows = done.values_list("reviewer").annotate(took=Avg(took)).order_by()
    return {who: round(time.total_seconds() / 86_400, 1) for who, time in rows}


def _recent(on: date) -> dict[int, list[Seen]]:
    found: dict[int, list[Seen]] = defaultdict(list)
    since = on - timedelta(days=house_rules().rules.rotation_days)
    day = Coalesce("submitted_at", "assigned_at")
    rows = Assignment.objects.filter(assigned_at__date__gt=since).annotate(day=day).order_by("reviewer", "day")
    for who, number, at in rows.values_list("reviewer", "round__case_file__facility__number", "day"):
        found[who].append(Seen(number, at.date()))
    return found

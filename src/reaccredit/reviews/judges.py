"""Who judges in the programme: what each may judge and until when, who is away, how much they take on, what ties are declared.

Staff see everybody; a judge sees and keeps their own page, save what staff alone decide.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Count, DateField, Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import TruncDate
from django.http import Http404
from django.urls import reverse
from django.utils.timezone import localdate

from reaccredit.facilities.models import Facility
from reaccredit.notices.actions import tell
from reaccredit.people import actions as people
from reaccredit.people.actions import JUDGES
from reaccredit.people.models import (
    Absence,
    Authorisation,
    Declaration,
    Employer,
    Employment,
    Person,
    ProgrammeRole,
    Role,
)
from reaccredit.people.queries import code, holds, roles_of
from reaccredit.reviews.house_rules import house_rules
from reaccredit.reviews.models import Assignment, Tie

FILTERS = (
    ("", "Everybody"), ("overdue", "Declaration overdue"), ("undeclared", "Not declared this year"), ("away", "Away today"),
    ("ending", "Authorisation ends soon, or none"),
)  # fmt: skip


def running(on: date) -> Q:
    return Q(since__lte=on) & (Q(until__isnull=True) | Q(until__gte=on))


# -- who sees whom -----------------------------------------------------------------------------------------------------


def judges(on: date) -> QuerySet[Person]:
    held = ProgrammeRole.objects.filter(running(on), role__in=JUDGES)
    found = Person.objects.filter(is_active=True, pk__in=held.values("person"))
    return found.select_related("practice").order_by("name")


def judge(who: Person, pk: int, on: date) -> Person:
    """One of the judges, for staff; themselves, for everybody else. Raises `Http404`."""
    found = judges(on).filter(pk=pk).first()
    if found is None or not (found.pk == who.pk or holds(who, Role.STAFF, on)):
        raise Http404("no such judge for this person")
    return found


def decides(who: Person, about: Person, on: date) -> bool:
    """What somebody may judge is decided by staff, and by nobody of themselves."""
    return who.pk != about.pk and holds(who, Role.STAFF, on)


# -- the list ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Word:
    """Where somebody stands with this year's declaration."""

    kind: str  # done | wait | act | stop, as the status tags
    words: str


def declaration_word(found: Noted | None, on: date) -> Word:
    """`found`: from the day on which it was asked until the one on which it was made."""
    if found is None or found.since is None:
        return Word("wait", "Not asked yet")
    if found.until is not None:
        return Word("done", "Declared")
    due = found.since + timedelta(days=house_rules().declare_within_days)
    return Word("stop", "Overdue") if on > due else Word("act", "Asked")


@dataclass(frozen=True, slots=True)
class Row:
    person: Person
    roles: tuple[str, ...]
    profession: str
    until: date | None  # the last day of what they may judge; None: without an end
    authorised: bool
    ending: bool
    away: Noted | None
    load: int
    limit: int
    declared: Word


def listed(on: date, *, show: str = "", search: str = "") -> QuerySet[Person]:
    found = judges(on)
    if search:
        found = found.filter(Q(name__icontains=search) | Q(email__icontains=search))
    year = Declaration.objects.filter(person=OuterRef("pk"), year=on.year)
    asked_before = on - timedelta(days=house_rules().declare_within_days)
    lasting = Authorisation.objects.filter(
        Q(until__isnull=True) | Q(until__gt=_soon(on)), person=OuterRef("pk"), since__lte=on
    )
    narrowed = {
        "overdue": Q(Exists(year.filter(made_at__isnull=True, asked_at__date__lt=asked_before))),
        "undeclared": ~Q(Exists(year.filter(made_at__isnull=False))),
        "away": Q(Exists(Absence.objects.filter(running(on), person=OuterRef("pk")))),
        "ending": ~Q(Exists(lasting)),
    }
    return found.filter(narrowed[show]) if show in narrowed else found


def _soon(on: date) -> date:
    return on + timedelta(days=house_rules().ending_within_days)


MAY, AWAY, DECLARED, LOAD = "may", "away", "declared", "load"


@dataclass(frozen=True, slots=True)
class Noted:
    """What lists of judges tell of one of them: days from and until, or a number."""

    since: date | None
    until: date | None
    number: int


def _noted(people_: Sequence[Person], on: date) -> dict[tuple[int, str], list[Noted]]:
    """Of all of them in one query. A declaration lasts from the day on which it was asked until that on which it was made."""
    own = Q(person__in=people_)
    none, nobody = Value(None, DateField()), Value(0)
    open_ = Assignment.objects.filter(reviewer__in=people_, submitted_at__isnull=True).order_by()
    asked = [
        (MAY, Authorisation.objects.filter(own, running(on)), "person", F("since"), F("until"), nobody),
        (AWAY, Absence.objects.filter(own, running(on)), "person", F("since"), F("until"), nobody),
        (DECLARED, Declaration.objects.filter(own, year=on.year), "person", TruncDate("asked_at"), TruncDate("made_at"), nobody),
        (LOAD, open_.values("reviewer"), "reviewer", none, none, Count("pk")),
    ]  # fmt: skip
    first, *rest = (
        rows_.order_by()
        .annotate(who=F(who), what=Value(what), from_=since, to=until, number=number)
        .values_list("who", "what", "from_", "to", "number")
        for what, rows_, who, since, until, number in asked
    )
    found: dict[tuple[int, str], list[Noted]] = defaultdict(list)
    for person, what, since, until, number in first.union(*rest, all=True):
        found[person, what].append(Noted(since, until, number))
    return found


def rows(people_: Sequence[Person], on: date) -> list[Row]:
    """A fixed number of queries, whatever the number of people."""
    roles: dict[int, list[ProgrammeRole]] = defaultdict(list)
    for held in ProgrammeRole.objects.filter(running(on), person__in=people_, role__in=JUDGES).order_by("role"):
        roles[held.person_id].append(held)
    noted = _noted(people_, on)
    return [
        _row(one, roles[one.pk], {what: noted.get((one.pk, what), []) for what in (MAY, AWAY, DECLARED, LOAD)}, on)
        for one in people_
    ]


def _row(person: Person, roles: Iterable[ProgrammeRole], noted: Mapping[str, Sequence[Noted]], on: date) -> Row:
    held = list(roles)
    last = max((one.until or date.max for one in noted[MAY]), default=None)
    practice = getattr(person, "practice", None)
    limit = practice.weekly_limit if practice else None
    professions = [h.get_profession_display() for h in held if h.profession]
    return Row(
        person=person, roles=tuple(dict.fromkeys(h.role for h in held)), profession=professions[0] if professions else "",
        until=None if last == date.max else last, authorised=bool(noted[MAY]), ending=last is None or last <= _soon(on),
        away=next(iter(noted[AWAY]), None), load=sum(one.number for one in noted[LOAD]),
        limit=house_rules().limit if limit is None else limit, declared=declaration_word(next(iter(noted[DECLARED]), None), on),
    )  # fmt: skip


# -- one of them -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class File:
    """Everything on file of one judge."""

    row: Row
    authorisations: tuple[Authorisation, ...]
    absences: tuple[Absence, ...]
    employments: tuple[Employment, ...]
    ties: tuple[Tie, ...]
    declarations: tuple[Declaration, ...]
    open_readings: tuple[Assignment, ...]
    unmatched: frozenset[int]  # ties to an organisation that runs no facility here: a name that was misspelt, perhaps


def file_of(person: Person, on: date) -> File:
    open_ = Assignment.objects.filter(reviewer=person, submitted_at__isnull=True).select_related(
        "area", "round__case_file__case"
    )
    return File(
        row=rows([person], on)[0],
        authorisations=tuple(person.authorisations.all()),
        absences=tuple(person.absences.select_related("delegate")),
        employments=tuple(person.employments.select_related("employer")),
        ties=tuple(person.ties.select_related("facility", "employer", "other")),
        declarations=tuple(person.declarations.all()),
        open_readings=tuple(open_),
        unmatched=frozenset(
            person.ties.filter(employer__isnull=False)
            .exclude(Exists(Facility.objects.filter(employer=OuterRef("employer"))))
            .values_list("pk", flat=True)
        ),
    )


def colleagues(person: Person, on: date) -> list[Person]:
    """Who could stand in: who holds one of the same roles."""
    shared = roles_of(person, on) & {str(role) for role in JUDGES}
    held = ProgrammeRole.objects.filter(running(on), role__in=shared).exclude(person=person)
    return list(Person.objects.filter(is_active=True, pk__in=held.values("person")).order_by("name"))


def declaration(person: Person, year: int) -> Declaration | None:
    return person.declarations.filter(year=year).first()


# -- writes ------------------------------------------------------------------------------------------------------------

PLACE, PERSON = "place", "person"


class NotFound(ValueError):
    """Nobody of this address is known; the sentence says what to do."""


@transaction.atomic
def tie(
    *, person: Person, kind: str, to: str, what: str = PLACE, since: date | None, until: date | None, now: datetime
) -> Tie:
    """A declared tie: to a facility where one bears this name or number, else to an organisation of that name.

    The answer is the same in both cases: who declares does not learn which facilities there are. Raises `NotFound`.
    """
    said = {"person": person, "kind": kind, "since": since, "until": until, "declared_at": now}
    if what == PERSON:
        other = Person.objects.filter(email__iexact=to.strip()).exclude(pk=person.pk).first()
        if other is None:
            raise NotFound("Nobody else has this address. Check it, or name the organisation for which they work.")
        return Tie.objects.create(**said, other=other)
    plain = " ".join(to.split())
    meant = Facility.objects.filter(Q(number__iexact=plain) | Q(name__iexact=plain))
    # Two facilities may bear one name: the tie is to both, until staff know better.
    made = [Tie.objects.create(**said, facility=facility) for facility in meant]
    return made[0] if made else Tie.objects.create(**said, employer=organisation(to))


def organisation(name: str) -> Employer:
    """One and the same, however somebody spaces or capitalises it."""
    plain = " ".join(name.split())
    known = Employer.objects.filter(name__iexact=plain).first()
    return known or Employer.objects.create(name=plain)


@transaction.atomic
def end(row: Absence | Employment | Authorisation | Tie, *, until: date) -> None:
    """`until` is the last day. A tie that has ended still counts for as long as the rules look back."""
    row.until = until
    row.save(update_fields=["until"])


@transaction.atomic
def ask_everybody(*, now: datetime) -> int:
    """Ask every judge who was not asked yet for this year's declaration; how many that were."""
    year = localdate(now).year
    asked = Declaration.objects.filter(year=year).values("person")
    missing = list(judges(localdate(now)).exclude(pk__in=asked))
    for person in missing:
        people.ask_to_declare(person=person, year=year, now=now)
    tell(
        recipients=[(code(person), person.email) for person in missing], case=None, key=f"declare:{year}", now=now,
        subject=f"Your declaration of conflicts of interest for {year}",
        body="It takes two minutes. Until it is made, nothing new is given to you to judge.", link=reverse("reviews:declare"),
    )  # fmt: skip
    return len(missing)


@transaction.atomic
def declare(*, person: Person, new: Sequence[tuple[str, str]], words: str, now: datetime) -> Declaration:
    """The yearly word, with the ties that it adds (kind, to whom): all of it or nothing."""
    for kind, to in new:
        tie(person=person, kind=kind, to=to, since=None, until=None, now=now)
    return people.declare(person=person, year=localdate(now).year, words=words, now=now)

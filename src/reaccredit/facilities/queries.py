"""Which facilities somebody may see, and who holds which post there on a day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import Http404

from reaccredit.facilities.models import Facility, Personnel, Unit
from reaccredit.facilities.once import known
from reaccredit.people.models import PROGRAMME_ROLES, Person, Role


@dataclass(frozen=True, slots=True)
class Audience:
    """What somebody is to the programme on a day: the one object that every scope is computed from."""

    person: Person
    on: date
    programme: frozenset[str]
    posts: Mapping[int, frozenset[str]]  # facility id -> roles held there

    @property
    def is_staff(self) -> bool:
        return Role.STAFF in self.programme

    @property
    def facility_ids(self) -> frozenset[int]:
        return frozenset(self.posts)

    def roles_at(self, facility_id: int | None) -> frozenset[str]:
        return self.posts.get(facility_id or 0, frozenset())


def _on(on: date) -> Q:
    return Q(since__lte=on) & (Q(until__isnull=True) | Q(until__gte=on))


def audience(person: Person, on: date) -> Audience:
    if not person.is_authenticated or not person.is_active:
        return Audience(person, on, frozenset(), {})
    found = known(person, on)
    return Audience(person, on, found.roles, found.posts)


def role_groups(person: Person, on: date) -> tuple[str, ...]:
    """The kinds of audience somebody belongs to: "facility" for a post at any facility, then the programme's roles."""
    if not person.is_authenticated or not person.is_active:
        return ()
    found = known(person, on)
    return (*(("facility",) if found.posts else ()), *(r.value for r in PROGRAMME_ROLES if r.value in found.roles))


def facilities_of(person: Person, on: date) -> QuerySet[Facility]:
    """The facilities where somebody holds a post on this day."""
    return Facility.objects.filter(pk__in=audience(person, on).facility_ids)


def visible(person: Person, on: date) -> QuerySet[Facility]:
    """All for the programme's staff, their own for the people of a facility, none for anybody else."""
    who = audience(person, on)
    return Facility.objects.all() if who.is_staff else Facility.objects.filter(pk__in=who.facility_ids)


def listed(person: Person, on: date, search: str = "") -> QuerySet[Facility]:
    """`visible` with the number of units, narrowed to what holds every word of `search`."""
    found = visible(person, on)
    for word in search.split():
        found = found.filter(
            Q(name__icontains=word) | Q(number__icontains=word) | Q(city__icontains=word) | Q(state__icontains=word)
        )
    units = Unit.objects.filter(facility=OuterRef("pk")).order_by().values("facility").annotate(number=Count("pk"))
    return found.annotate(unit_count=Coalesce(Subquery(units.values("number")), 0)).order_by("name", "pk")


def get(person: Person, number: str, on: date) -> Facility:
    """The facility with this number if it is this person's to see. Raises `Http404`."""
    found = visible(person, on).filter(number=number).first()
    if found is None:
        raise Http404("no such facility for this person")
    return found


def roles_at(facility: Facility, person: Person, on: date) -> frozenset[str]:
    return frozenset(Personnel.objects.filter(_on(on), facility=facility, person=person).values_list("role", flat=True))


def holders(facility: Facility, role: str, on: date) -> list[Person]:
    """Who holds a role at the facility on this day: the people whose signature counts."""
    posts = Personnel.objects.filter(_on(on), facility=facility, role=role)
    return list(Person.objects.filter(is_active=True, pk__in=posts.values("person")).order_by("name"))


def members(facility: Facility, on: date) -> dict[str, list[Person]]:
    """Everybody with a post at the facility on this day, by role."""
    found: dict[str, list[Person]] = {}
    for post in Personnel.objects.filter(_on(on), facility=facility, person__is_active=True).select_related("person"):
        found.setdefault(post.role, []).append(post.person)
    return found


def personnel(facility: Facility) -> QuerySet[Personnel]:
    """All posts, past ones too: the facility page shows who held what, and when."""
    return facility.personnel.select_related("person").order_by("role", "person__name", "since")


def running_post(facility: Facility, pk: int, on: date) -> Personnel:
    """A post that has not ended before this day. Raises `Http404`."""
    running = facility.personnel.select_related("person").filter(Q(until__isnull=True) | Q(until__gte=on))
    found = running.filter(pk=pk).first()
    if found is None:
        raise Http404("no such post at the facility")
    return found


def units(facility: Facility) -> QuerySet[Unit]:
    return facility.units.order_by("modality", "name")


def may_manage(who: Audience, facility: Facility) -> bool:
    """The administrator of the facility keeps its data; the programme's staff may too."""
    return who.is_staff or Role.ADMINISTRATOR in who.roles_at(facility.pk)

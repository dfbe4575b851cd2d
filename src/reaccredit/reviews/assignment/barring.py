"""Which rules stand between a person and an item, each with the sentence that says so.

Nothing is asked of ten million pairs one by one: competence is asked for each kind of item, conflicts for each facility that
shares a word with the person, parts in a case for the people who had one. `matrix.py` builds the same answers for all pairs.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from datetime import date, timedelta
from functools import cached_property

from reaccredit.reviews.assignment.words import ANY, Absence, Bar, Facility, Item, Person, Post, Problem, Relation

COMPETENCE, CONFLICT, INDEPENDENCE = "competence", "conflict", "independence"
AVAILABILITY, DECLARATION, CHOICE, STANDS = "availability", "declaration", "declined", "assigned"
LOAD = "load"
# The order in which a programme would rather set them aside.
CONSTRAINTS = (LOAD, AVAILABILITY, CHOICE, DECLARATION, COMPETENCE, CONFLICT, INDEPENDENCE)
DECLARED = {"bias": "bias", "employment": "an employment relation"}  # where "a … relation" is not what one says


def word(text: str) -> str:
    """Names of organisations are compared without case and spacing."""
    return " ".join(text.casefold().split())


def years_after(day: date, years: int) -> date:
    try:
        return day.replace(year=min(9999, day.year + years))
    except ValueError:  # 29 February
        return date(day.year + years, 3, 1)


def span(since: date | None, until: date | None) -> str:
    if since and until:
        return f" ({since} to {until})"
    return f" (since {since})" if since else f" (until {until})" if until else ""


class Barring:
    """The rules of one problem. Sentences read on from the person's name: "Ann is away until 2026-12-01"."""

    def __init__(self, problem: Problem) -> None:
        self.problem, self.rules, self.on = problem, problem.rules, problem.on
        self.people = {person.id: person for person in problem.people}
        self.horizon = max([problem.on, *(item.due for item in problem.items if item.due)])
        self._conflicts: dict[tuple[str, str], list[Bar]] = {}

    # -- everything ----------------------------------------------------------------------------------------------------

    def bars(self, item: Item, person: Person) -> list[Bar]:
        """Why this person may not have this item, besides having no room; empty where nothing stands against it."""
        found = [
            bar for bar in (self.competence(item, person), self.away(item, person), self.declaration(person)) if bar
        ]
        return [*found, *self.conflicts(self.problem.facilities[item.facility], person), *self.by_item(item, person)]

    # -- competence ----------------------------------------------------------------------------------------------------

    def standing(self, item: Item, person: Person) -> Bar | None:
        """Role and profession: what somebody is, before what they may judge."""
        if item.role not in person.roles:
            return Bar("role", COMPETENCE, f"does not hold the role {item.role}")
        if item.profession and item.profession not in person.professions:
            return Bar("profession", COMPETENCE, f"is not a {item.profession.replace('-', ' ')}")
        return None

    def competence(self, item: Item, person: Person) -> Bar | None:
        if bar := self.standing(item, person):
            return bar
        last = self.authorised_until(item, person)
        what = f"{item.modality} {item.module} as {item.role}"
        if last is None:
            return Bar("authorisation", COMPETENCE, f"is not authorised for {what} on {self.on}")
        if item.due and last < item.due:
            return Bar("expiry", COMPETENCE, f"is authorised for {what} only until {last}, and it is due on {item.due}")
        return None

    def authorised_until(self, item: Item, person: Person) -> date | None:
        """The last day of an authorisation that holds today; one that follows without a gap prolongs it."""
        held = [
            one for one in person.authorisations
            if _covers(one.modality, item.modality) and _covers(one.role, item.role) and _covers_module(one.module, item.module)
        ]  # fmt: skip
        last: date | None = None
        for one in sorted(held, key=lambda a: a.since or date.min):
            end = one.until or date.max
            begins_in_time = (one.since or date.min) <= (self.on if last is None else _next(last))
            if begins_in_time and end >= self.on:
                last = max(last or end, end)
        return last

    # -- availability --------------------------------------------------------------------------------------------------

    def away(self, item: Item, person: Person) -> Bar | None:
        for absence in person.absences:
            if absence.since <= self.on and (absence.until is None or absence.until >= self.on):
                return Bar("absent", AVAILABILITY, f"is away{_until(absence)}{self._stand_in(absence)}")
        if item.due is None or not person.absences:
            return None
        days, free = (item.due - self.on).days + 1, self.free_days(person, item.due)
        needed = max(1, math.ceil(person.turnaround))
        if free < min(days, needed):
            absence = next(
                a
                for a in sorted(person.absences, key=lambda a: a.since)
                if a.since <= item.due and (a.until or date.max) >= self.on
            )
            left = "1 day is" if free == 1 else f"{free} days are"
            return Bar(
                "absent", AVAILABILITY,
                f"is away from {absence.since}{_until(absence)}: {left} left until it is due, and {needed} are usual"
                + self._stand_in(absence),
            )  # fmt: skip
        return None

    def free_days(self, person: Person, due: date) -> int:
        gone: set[int] = set()
        for absence in person.absences:
            first, last = max(absence.since, self.on), min(absence.until or due, due)
            gone.update(range(first.toordinal(), last.toordinal() + 1))
        return (due - self.on).days + 1 - len(gone)

    def _stand_in(self, absence: Absence) -> str:
        who = self.people.get(absence.delegate)
        return f"; {who.title} stands in" if who else ""

    def declaration(self, person: Person) -> Bar | None:
        if not self.rules.declaration_required or self.on.year in person.declared:
            return None
        return Bar("declaration", DECLARATION, f"has not declared conflicts of interest for {self.on.year}")

    # -- conflicts of interest -----------------------------------------------------------------------------------------

    def conflicts(self, facility: Facility, person: Person) -> list[Bar]:
        key = facility.id, person.id
        if key not in self._conflicts:
            shared = not self.words_of(person).isdisjoint(self.words_at(facility))
            self._conflicts[key] = list(self._conflict(facility, person)) if shared else []
        return self._conflicts[key]

    def _conflict(self, facility: Facility, person: Person) -> Iterator[Bar]:
        yield from self._personnel(facility, person)
        yield from self._employment(facility, person)
        for relation in person.relations:
            if (to := self._relates(relation, facility)) and self.counts(relation.since, relation.until, relation.kind):
                kind = DECLARED.get(relation.kind, f"a {relation.kind} relation")
                yield Bar("relation", CONFLICT, f"has declared {kind} to {to}{span(relation.since, relation.until)}")
        for rule, at in ((self.rules.same_state, "state"), (self.rules.same_market, "market")):
            mine, theirs = getattr(person, at), getattr(facility, at)
            if rule and mine and word(mine) == word(theirs):
                yield Bar(at, CONFLICT, f"works in the same {at} as {facility.title} ({theirs})")

    def _personnel(self, facility: Facility, person: Person) -> Iterator[Bar]:
        network = word(facility.network) if self.rules.same_network else ""
        for at, post in self._posts.get(person.id, ()):
            ever = self.rules.former_staff_for_ever and at.id == facility.id
            if not self.counts(post.since, None if ever else post.until, "employment"):
                continue
            said = f"{_is_or_was(post.until, self.on)} on the personnel list of {at.title}"
            when = span(post.since, post.until)
            if at.id == facility.id:
                yield Bar("personnel", CONFLICT, f"{said}{when}")
            elif network and word(at.network) == network:
                yield Bar("network", CONFLICT, f"{said}, of the same network ({facility.network}){when}")

    def _employment(self, facility: Facility, person: Person) -> Iterator[Bar]:
        own = {word(name) for name in (facility.id, facility.name, facility.employer) if name}
        network = word(facility.network) if self.rules.same_network else ""
        for job in person.employers:
            if not self.counts(job.since, job.until, "employment"):
                continue
            said = "works" if job.until is None or job.until >= self.on else "worked"
            when = span(job.since, job.until)
            if word(job.employer) in own:
                yield Bar("employer", CONFLICT, f"{said} for {facility.title}{when}")
            elif network and network in self.networks(job.employer, job.network):
                of = f"of the same network as {facility.title} ({facility.network})"
                yield Bar("network", CONFLICT, f"{said} for {job.employer}, {of}{when}")

    def counts(self, since: date | None, until: date | None, kind: str) -> bool:
        """Does a tie between these days count, today or before the last item is due? An ended one looks back some years."""
        if since and since > self.horizon:
            return False
        years = self.rules.look_back(kind)
        return until is None or years is None or years_after(until, years) >= self.on

    def networks(self, employer: str, network: str) -> set[str]:
        """The networks that an employment means: the one named, the employer itself, and that of the facility it is."""
        return {word(network), word(employer), *self._networks_of.get(word(employer), ())} - {""}

    @cached_property
    def _networks_of(self) -> dict[str, set[str]]:
        found: dict[str, set[str]] = defaultdict(set)
        for facility in self.problem.facilities.values():
            for name in (facility.id, facility.name, facility.employer):
                if name and facility.network:
                    found[word(name)].add(word(facility.network))
        return found

    @cached_property
    def _posts(self) -> dict[str, list[tuple[Facility, Post]]]:
        found: dict[str, list[tuple[Facility, Post]]] = defaultdict(list)
        for facility in self.problem.facilities.values():
            for post in facility.personnel:
                found[post.person].append((facility, post))
        return found

    def _relates(self, relation: Relation, facility: Facility) -> str:
        if relation.facility:
            return facility.title if relation.facility == facility.id else ""
        if relation.network:
            known = {word(facility.network), word(facility.employer)} - {""}
            return relation.network if word(relation.network) in known else ""
        for post in facility.personnel:
            if post.person == relation.person and self.counts(post.since, post.until, relation.kind):
                who = self.people.get(post.person)
                return f"{who.title if who else post.person}, who is on the personnel list of {facility.title}"
        return ""

    # Two that share no word have no conflict: each rule above begins with one that is the same on both sides.

    def words_at(self, facility: Facility) -> frozenset[str]:
        if facility.id not in self._words_at:
            names = {facility.id, facility.name, facility.employer, facility.network, facility.state, facility.market}
            self._words_at[facility.id] = frozenset(
                {word(n) for n in names} | {word(p.person) for p in facility.personnel}
            ) - {""}
        return self._words_at[facility.id]

    def words_of(self, person: Person) -> frozenset[str]:
        if person.id not in self._words_of:
            names = {person.id, person.state, person.market}
            for relation in person.relations:
                names |= {relation.facility, relation.network, relation.person}
            for job in person.employers:
                names |= {job.employer, *self.networks(job.employer, job.network)}
            names |= {facility.network for facility, _ in self._posts.get(person.id, ())}
            self._words_of[person.id] = frozenset(word(n) for n in names) - {""}
        return self._words_of[person.id]

    @cached_property
    def _words_at(self) -> dict[str, frozenset[str]]:
        return {}

    @cached_property
    def _words_of(self) -> dict[str, frozenset[str]]:
        return {}

    # -- parts in the case ---------------------------------------------------------------------------------------------

    def by_item(self, item: Item, person: Person) -> list[Bar]:
        """What only some people meet: those named by the item or its case, and those who are close to them."""
        found = []
        if person.id in item.assigned:
            found.append(Bar("assigned", STANDS, "has this item already", waivable=False))
        if person.id in item.recused:
            found.append(Bar("recused", STANDS, "has recused from this item", waivable=False))
        if person.id in item.declined and not self.rules.ask_again:
            found.append(
                Bar("declined", CHOICE, "has declined this item or was taken off it; ask again to offer it once more")
            )
        bar = self._earlier(item, person)
        return [*found, bar] if bar else [*found, *self._close(item, person)]

    def _earlier(self, item: Item, person: Person) -> Bar | None:
        held = self.parts.get(item.case, {}).get(person.id, set())
        others = sorted(role for role in held if role and role != item.role)
        if others:
            return Bar("two-roles", INDEPENDENCE, f"had another role in case {item.case} ({', '.join(others)})")
        if item.role in self.rules.appeal_roles and person.id in self.readers_before(item):
            return Bar("earlier-reader", INDEPENDENCE, f"has read case {item.case} before, so cannot judge the appeal")
        if item.again and person.id in self.readers_before(item):
            return Bar("earlier-reader", INDEPENDENCE, f"has read case {item.case} before, so does not read it again")
        return None

    def _close(self, item: Item, person: Person) -> Iterator[Bar]:
        """Declared ties between people: to somebody who judges the same item, or who judged what is appealed."""
        judged_before = item.again or item.role in self.rules.appeal_roles
        near = set(item.assigned) | (set(self.readers_before(item)) if judged_before else set())
        for other in sorted(near & self.close_to(person.id)):
            who = self.people.get(other)
            yield Bar(
                "close",
                INDEPENDENCE,
                f"has a declared relation to {who.title if who else other}, who judges or judged this",
            )

    def readers_before(self, item: Item) -> AbstractSet[str]:
        return {part.person for part in item.earlier_readers}

    def close_to(self, person: str) -> AbstractSet[str]:
        return self._close_to.get(person, set())

    @cached_property
    def _close_to(self) -> dict[str, set[str]]:
        """Both ways round: who declares a tie to somebody is as close as that somebody."""
        found: dict[str, set[str]] = defaultdict(set)
        for person in self.problem.people:
            for relation in person.relations:
                if relation.person and self.counts(relation.since, relation.until, relation.kind):
                    found[person.id].add(relation.person)
                    found[relation.person].add(person.id)
        return found

    @cached_property
    def parts(self) -> dict[str, dict[str, set[str]]]:
        """case -> person -> the roles in which they had a part: before, or by an item that they have already."""
        found: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        for item in self.problem.items:
            for part in item.earlier_readers:
                found[item.case][part.person].add(part.role)
            for who in item.assigned:
                found[item.case][who].add(item.role)
        return found

    def met_by(self, item: Item) -> Iterable[str]:
        """Everybody for whom `by_item` may say something."""
        named = {
            *item.assigned,
            *item.recused,
            *item.declined,
            *self.readers_before(item),
            *self.parts.get(item.case, ()),
        }
        return named.union(*(self.close_to(who) for who in named)) if self._close_to else named


def _covers(held: str, asked: str) -> bool:
    return held in (ANY, asked)


def _covers_module(held: str, asked: str) -> bool:
    """ "head-neck" holds for "head-neck/adult"."""
    return _covers(held, asked) or asked.startswith(held + "/")


def _next(day: date) -> date:
    return day if day == date.max else day + timedelta(days=1)


def _until(absence: Absence) -> str:
    return f" until {absence.until}" if absence.until else " until further notice"


def _is_or_was(until: date | None, on: date) -> str:
    return "is" if until is None or until >= on else "was"

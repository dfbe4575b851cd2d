"""What a choice costs, in points: an hour of a slow reader, a facility seen lately, a full desk, and the lot that breaks ties."""

from __future__ import annotations

import hashlib
from datetime import date
from functools import cached_property

from reaccredit.reviews.assignment.words import Item, Person, Problem

LONGEST = 600  # tenths of a day: whatever is slower counts as sixty days
MASK = (1 << 64) - 1
PARTS = ("turnaround", "rotation", "delegate", "lot")


def scramble(number: int) -> int:
    """The finaliser of splitmix64: neighbours in, no pattern out. `large` does the same to whole arrays."""
    number = (number ^ (number >> 30)) * 0xBF58476D1CE4E5B9 & MASK
    number = (number ^ (number >> 27)) * 0x94D049BB133111EB & MASK
    return number ^ (number >> 31)


def marginals(person: Person, fairness: int) -> list[int]:
    """Points for the next unit of work and each after it. They rise, so a full desk costs more than an empty one."""
    return [fairness * (2 * unit - 1) // person.limit for unit in range(person.load + 1, person.limit + 1)]


class Costing:
    def __init__(self, problem: Problem) -> None:
        self.problem, self.weights, self.on = problem, problem.rules.weights, problem.on
        self.people = {person.id: person for person in problem.people}

    def parts(self, item: Item, person: Person) -> dict[str, int]:
        return {
            "turnaround": self.turnaround(person, item.due),
            "rotation": self.rotation.get((item.facility, person.id), 0),
            "delegate": self.delegate(item, person),
            "lot": self.lot(item, person),
        }

    def pair(self, item: Item, person: Person) -> int:
        return sum(self.parts(item, person).values())

    def turnaround(self, person: Person, due: date | None) -> int:
        """By the day; each day after the due one counts three times."""
        usual = min(round(person.turnaround * 10), LONGEST)
        late = max(0, usual - 10 * max(0, (due - self.on).days)) if due else 0
        return self.weights.turnaround * (usual + 2 * late) // 10

    @cached_property
    def rotation(self) -> dict[tuple[str, str], int]:
        """(facility, person) -> points, for those who have judged the facility lately; the longer ago, the fewer."""
        found: dict[tuple[str, str], int] = {}
        days = self.problem.rules.rotation_days
        for person in self.problem.people:
            for seen in person.recent:
                age = max(0, (self.on - seen.on).days)
                if age < days:
                    key = seen.facility, person.id
                    found[key] = found.get(key, 0) + self.weights.rotation * (days - age) // days
        return found

    def delegates(self, item: Item) -> set[str]:
        """Who stands in today for those who were to judge the item."""
        gone = [self.people[who] for who in item.instead_of if who in self.people]
        return {
            absence.delegate
            for person in gone
            for absence in person.absences
            if absence.delegate and absence.since <= self.on and (absence.until is None or absence.until >= self.on)
        }

    def delegate(self, item: Item, person: Person) -> int:
        if not item.instead_of:
            return 0
        named = self.delegates(item)
        return self.weights.delegate if named and person.id not in named else 0

    def seed_of(self, what: str) -> int:
        """A number that depends on the seed and the id alone, never on the order in a file."""
        return int.from_bytes(hashlib.blake2b(f"{self.problem.seed}:{what}".encode(), digest_size=8).digest(), "big")

    def lot(self, item: Item, person: Person) -> int:
        drawn = scramble((self.seed_of("item " + item.id) + self.seed_of("person " + person.id)) & MASK)
        return drawn % (self.weights.lot + 1)

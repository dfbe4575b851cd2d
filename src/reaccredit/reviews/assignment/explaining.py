"""Why this one, and why not that one: sentences that read on from the person's name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from reaccredit.reviews.assignment.barring import Barring
from reaccredit.reviews.assignment.costing import Costing, marginals
from reaccredit.reviews.assignment.words import Item, Person, Problem


@dataclass(frozen=True, slots=True)
class WhyNot:
    """`barred`: a rule stands against it; otherwise it would be possible, and something else costs less."""

    person: str
    barred: bool
    reasons: tuple[str, ...]


class Explaining:
    """Of one choice: the proposal's, or that of a relaxation."""

    def __init__(self, problem: Problem, chosen: Mapping[str, Sequence[str]]) -> None:
        self.problem, self.chosen = problem, chosen
        self.barring, self.costing = Barring(problem), Costing(problem)
        self.people = {person.id: person for person in problem.people}
        self.items = {item.id: item for item in problem.items}
        self.given = Counter(who for people in chosen.values() for who in people)

    # -- why this one --------------------------------------------------------------------------------------------------

    def because(self, item: Item, person: Person) -> list[str]:
        return [
            self._authorised(item, person),
            "has no conflict on file with " + self.problem.facilities[item.facility].title,
            self._load(person),
            f"usually hands in after {_days(person.turnaround)}" + self._in_time(item, person),
            *self._rotation(item, person),
            *(["stands in for somebody who is away"] if person.id in self.costing.delegates(item) else []),
        ]

    def _authorised(self, item: Item, person: Person) -> str:
        last = self.barring.authorised_until(item, person)
        until = f" until {last}" if last and last.year < 9999 else ""
        return f"is authorised for {item.modality} {item.module} as {item.role}{until}"

    def _load(self, person: Person) -> str:
        return f"will have {person.load + self.given[person.id]} of at most {person.limit} at a time"

    def _in_time(self, item: Item, person: Person) -> str:
        if item.due is None:
            return ""
        left = (item.due - self.problem.on).days
        return f", {_days(left)} are left" if left >= 0 else ", and it is overdue"

    def _rotation(self, item: Item, person: Person) -> list[str]:
        seen = [one.on for one in person.recent if one.facility == item.facility]
        return [f"has judged this facility before, on {max(seen)}"] if seen else ["has not judged this facility lately"]

    # -- why not that one ----------------------------------------------------------------------------------------------

    def why_not(self, item: Item) -> list[WhyNot]:
        """Of everybody who was not chosen for the item."""
        chosen = self.chosen.get(item.id, ())
        return [self.why_not_one(item, person) for person in self.problem.people if person.id not in chosen]

    def why_not_one(self, item: Item, person: Person) -> WhyNot:
        bars = [bar.sentence for bar in self.barring.bars(item, person)]
        if person.room == 0:
            bars.append(f"has no room: {person.load} of at most {person.limit} at a time")
        if bars:
            return WhyNot(person.id, True, tuple(bars))
        if clash := self._clash(item, person):
            return WhyNot(person.id, True, (clash,))
        return WhyNot(person.id, False, tuple(self._dearer(item, person)))

    def _clash(self, item: Item, person: Person) -> str:
        """What another choice of the same answer stands against."""
        for other in self.problem.items:
            if other.case == item.case and other.role != item.role and person.id in self.chosen.get(other.id, ()):
                return f"is to judge {other.id} of the same case as {other.role}, and nobody has two roles in one case"
        for who in self.chosen.get(item.id, ()):
            if who in self.barring.close_to(person.id):
                return f"has a declared relation to {self.people[who].title}, who is to judge this"
        return ""

    def _dearer(self, item: Item, person: Person) -> list[str]:
        chosen = [self.people[who] for who in self.chosen.get(item.id, ())]
        if not chosen:
            return ["would be possible"]
        mine = self._points(item, person, more=1)
        dearest = max(chosen, key=lambda one: sum(self._points(item, one, more=0).values()))
        theirs = self._points(item, dearest, more=0)
        worse = {part: mine[part] - theirs[part] for part in mine if mine[part] > theirs[part]}
        if sum(mine.values()) < sum(theirs.values()) or not worse:
            return [
                "would be possible, and is needed more elsewhere"
                if self.given[person.id]
                else "would be as good; the lot fell otherwise"
            ]
        ordered = sorted(worse, key=lambda part: -worse[part])
        return [
            f"would be possible; compared with {dearest.title}:",
            *(self._word(part, item, person, dearest) for part in ordered),
        ]

    def _points(self, item: Item, person: Person, more: int) -> dict[str, int]:
        """With the fairness of the last unit that the person would have."""
        rising = marginals(person, self.problem.rules.weights.fairness)
        last = self.given[person.id] + more - 1
        fairness = rising[last] if 0 <= last < len(rising) else 10_000
        return {"fairness": fairness, **self.costing.parts(item, person)}

    def _word(self, part: str, item: Item, person: Person, other: Person) -> str:
        if part == "fairness":
            mine, theirs = person.load + self.given[person.id] + 1, other.load + self.given[other.id]
            return f"has more to do ({mine} of {person.limit} against {theirs} of {other.limit})"
        return {
            "turnaround": f"is slower ({_days(person.turnaround)} against {_days(other.turnaround)})",
            "rotation": "has judged this facility more lately",
            "delegate": "does not stand in for who is away",
            "lot": "the lot fell otherwise",
        }[part]


def _days(number: float) -> str:
    return "1 day" if number == 1 else f"{number:g} days"

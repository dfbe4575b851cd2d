"""Where nothing fits: the fewest rules that would have to be set aside, each for one item and one person."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from reaccredit.reviews.assignment.barring import CONSTRAINTS, INDEPENDENCE, LOAD, Barring
from reaccredit.reviews.assignment.flow import Answer, Arc, Cut
from reaccredit.reviews.assignment.settling import Clash, Clashes, Engine, Settling
from reaccredit.reviews.assignment.words import Bar, Person, Problem, Relaxation, Shortage, Waiver

ONE = 1_000_000  # one rule set aside; the order of `CONSTRAINTS` breaks ties among equally many
NOBODY = ONE * 1_000  # an item for which too few people exist
BUDGET = 3_000
NAMED = 6
SMALL, SPARE = 200, 10  # how far a limit is stretched: by everything there is, or by what is lacking and a little more


def price(bars: Sequence[Bar]) -> int:
    """Of every constraint once, however many of its rules stand against the pair."""
    return sum(ONE + CONSTRAINTS.index(name) for name in {bar.constraint for bar in bars})


@dataclass(frozen=True)
class Fewest:
    answer: Answer
    waived: tuple[Clash, ...]
    proven: bool


Make = Callable[[Sequence[int], Sequence[Mapping[int, int]], Sequence[Sequence[int]]], Engine]


def relax(
    problem: Problem, barring: Barring, allowed: Sequence[Mapping[int, int]], cuts: Sequence[Cut], clashes: Clashes,
    wide: Sequence[int], make: Make,
) -> Relaxation:  # fmt: skip
    """`wide`: the items for which every person is thought of, and not only those who may judge it as things are."""
    bars: dict[Arc, list[Bar]] = {}
    costs: list[dict[int, int]] = []
    thought_of = set(wide)
    for index, item in enumerate(problem.items):
        row = dict.fromkeys(allowed[index], 0)
        for number, person in enumerate(problem.people if index in thought_of else ()):
            against = barring.bars(item, person)
            if number not in row and all(bar.waivable for bar in against):
                bars[index, number] = against
                row[number] = price(against)
        costs.append(row)
    lacking = sum(cut.wanted - cut.room for cut in cuts)
    found = _fewest(problem, costs, clashes, make, lacking)
    # Each missing unit needs one rule set aside at least: so many are the fewest even where not everybody was thought of.
    proven = found.proven and (len(thought_of) == len(costs) or found.answer.bound // ONE <= lacking)
    return _told(problem, found, bars, cuts, proven)


def _fewest(problem: Problem, costs: Sequence[dict[int, int]], clashes: Clashes, make: Make, lacking: int) -> Fewest:
    """Everybody may be given more than there is room for, at a price; what nobody can take goes to ghosts, at a higher one."""
    needs = [item.needs for item in problem.items]
    people = len(problem.people)
    total = sum(needs)
    beyond = total if total <= SMALL else lacking + SPARE
    marginals = [[0] * person.room + [ONE] * beyond for person in problem.people]
    ghosts = range(
        people, people + max(needs, default=0)
    )  # as many as the largest need: nobody stands on an item twice
    for row in costs:
        row.update(dict.fromkeys(ghosts, NOBODY))
    marginals += [[0] * total for _ in ghosts]

    def find(chosen: Sequence[Sequence[int]], around: int | None = None) -> list[Clash]:
        return clashes.of([[p for p in row if p < people] for row in chosen], around)

    engine = make(needs, costs, marginals)
    settled = Settling(engine, find, BUDGET, price=ONE + CONSTRAINTS.index(INDEPENDENCE)).run()
    assert settled.answer is not None  # with ghosts on every item something always fits
    return Fewest(settled.answer, settled.waived, settled.proven)


def _told(
    problem: Problem, found: Fewest, bars: Mapping[Arc, list[Bar]], cuts: Sequence[Cut], proven: bool
) -> Relaxation:
    people, items = problem.people, problem.items
    chosen: dict[str, tuple[str, ...]] = {}
    short: dict[str, int] = {}
    waivers: list[Waiver] = []
    given: dict[int, list[int]] = defaultdict(list)
    for index, row in enumerate(found.answer.chosen):
        real = [number for number in row if number < len(people)]
        chosen[items[index].id] = tuple(people[number].id for number in real)
        if len(real) < len(row):
            short[items[index].id] = len(row) - len(real)
        for number in real:
            given[number].append(index)
            waivers += _of_pair(items[index].id, people[number], bars.get((index, number), ()))
    for clash in found.waived:
        who = people[clash.person]
        waivers.append(Waiver(INDEPENDENCE, items[clash.item].id, who.id, f"{who.title} {clash.sentence}"))
    waivers += _overloads(problem, given)
    order = sorted(waivers, key=lambda one: (CONSTRAINTS.index(one.constraint), one.item, one.person))
    return Relaxation(tuple(order), chosen, short, tuple(_shortage(problem, cut) for cut in cuts), proven)


def _of_pair(item: str, person: Person, bars: Sequence[Bar]) -> list[Waiver]:
    said: dict[str, list[str]] = defaultdict(list)
    for bar in bars:
        said[bar.constraint].append(bar.sentence)
    return [Waiver(name, item, person.id, f"{person.title} {' and '.join(why)}") for name, why in said.items()]


def _overloads(problem: Problem, given: Mapping[int, Sequence[int]]) -> list[Waiver]:
    made = []
    for number, indexes in given.items():
        person = problem.people[number]
        for place, index in enumerate(indexes[person.room :], start=person.room + 1):
            load = f"{person.title} would have {person.load + place} at a time, and the limit is {person.limit}"
            made.append(Waiver(LOAD, problem.items[index].id, person.id, load))
    return made


def _shortage(problem: Problem, cut: Cut) -> Shortage:
    items = [problem.items[i].id for i in sorted(cut.items)]
    people = [problem.people[p] for p in sorted(cut.people)]
    what = ", ".join(items[:NAMED]) + (f" and {len(items) - NAMED} more" if len(items) > NAMED else "")
    who = ", ".join(f"{p.title} (room for {p.room})" for p in people[:NAMED])
    who += f" and {len(people) - NAMED} more" if len(people) > NAMED else ""
    one = len(items) == 1
    them = "it" if one else "them"
    can = f"who may judge {them} can take {cut.room} of these: {who}" if people else f"may judge {them} as things are"
    said = f"{what} {'needs' if one else 'need'} {cut.wanted} {'person' if cut.wanted == 1 else 'people'}; "
    said += f"those {can}." if people else f"nobody {can}."
    return Shortage(tuple(items), tuple(p.id for p in people), cut.wanted, cut.room, said)

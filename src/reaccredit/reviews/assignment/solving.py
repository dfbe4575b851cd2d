"""A problem goes in, a proposal comes out."""

from __future__ import annotations

from collections.abc import Sequence

from reaccredit.reviews.assignment import large
from reaccredit.reviews.assignment.barring import Barring
from reaccredit.reviews.assignment.costing import Costing, marginals
from reaccredit.reviews.assignment.flow import Answer, Cut, Network
from reaccredit.reviews.assignment.pairs import Pairs
from reaccredit.reviews.assignment.relaxing import relax
from reaccredit.reviews.assignment.settling import Clashes, Settling
from reaccredit.reviews.assignment.words import Problem, Proposal, Relaxation

PLAIN = 3_000  # pairs up to which plain Python is quick enough
BUDGET = 2_000  # flows, where a flow is quick
FEW = 8  # flows, where one takes a second
FLOW_GAP, CLOSE_ENOUGH = 0.0005, 0.002  # of a large answer: shares of its points
EXACT = 200_000  # pairs up to which there is no such gap
WIDE = 50_000  # pairs that a relaxation thinks of although a rule stands against them


class TooLarge(Exception):
    """More than plain Python can do in reasonable time, and OR-Tools is not installed."""

    def __init__(self, pairs: int) -> None:
        super().__init__(
            f"This problem has {pairs:,} pairs of item and person, which needs OR-Tools: pip install 'reaccredit[solver]'."
        )


MOST_WITHOUT = 200_000


def solve(problem: Problem, *, plain: bool | None = None) -> Proposal:
    """The cheapest assignment that keeps every rule, or the smallest relaxation. `plain` chooses the solver by hand."""
    pairs = len(problem.items) * len(problem.people)
    if plain is None:
        plain = pairs <= PLAIN or not large.AVAILABLE
        if plain and pairs > MOST_WITHOUT:
            raise TooLarge(pairs)
    barring, costing = Barring(problem), Costing(problem)
    return _plain(problem, barring, costing) if plain else _large(problem, barring, costing)


def _plain(problem: Problem, barring: Barring, costing: Costing) -> Proposal:
    rows = [
        {
            number: costing.pair(item, person)
            for number, person in enumerate(problem.people)
            if not barring.bars(item, person)
        }
        for item in problem.items
    ]
    engine = Network([item.needs for item in problem.items], rows, _rising(problem))
    clashes = Clashes(problem, barring)
    settled = Settling(engine, clashes.of, BUDGET).run()
    if settled.answer is not None:
        return _proposal(problem, settled.answer, engine.name)
    cuts = engine.cut(engine.solve())
    relaxed = relax(problem, barring, rows, cuts, clashes, range(len(rows)), Network)
    return _infeasible(relaxed, engine.name)


def _large(problem: Problem, barring: Barring, costing: Costing) -> Proposal:
    needs = [item.needs for item in problem.items]
    exact = len(problem.items) * len(problem.people) <= EXACT
    gap, budget, enough = (0.0, BUDGET, 0.0) if exact else (FLOW_GAP, FEW, CLOSE_ENOUGH)
    engine = large.Dense(Pairs.of(problem, barring, costing), needs, _rising(problem), gap)
    clashes = Clashes(problem, barring)
    settled = Settling(engine, clashes.of, budget, enough).run()
    if settled.answer is not None:
        return _proposal(problem, settled.answer, engine.name)
    answer = engine.solve()
    cuts = engine.cut(answer)
    wide = _wide(problem, engine, cuts, answer)
    relaxed = relax(problem, barring, engine.seen(), cuts, clashes, wide, large.Sparse)
    return _infeasible(relaxed, engine.name)


def _wide(problem: Problem, engine: large.Dense, cuts: Sequence[Cut], answer: Answer) -> Sequence[int]:
    """The items for which a relaxation thinks of everybody: of all where that is quick, else of those that are stuck."""
    if len(problem.items) * len(problem.people) <= WIDE:
        return range(len(problem.items))
    alone = [i for i, item in enumerate(problem.items) if len(engine.arcs(i)) < item.needs]
    stuck = dict.fromkeys([*alone, *answer.short, *(item for cut in cuts for item in sorted(cut.items))])
    return list(stuck)[: WIDE // len(problem.people)]


def _rising(problem: Problem) -> list[list[int]]:
    fairness = problem.rules.weights.fairness
    return [marginals(person, fairness) for person in problem.people]


def _proposal(problem: Problem, answer: Answer, engine: str) -> Proposal:
    return Proposal(_ids(problem, answer), answer.objective, answer.bound, engine)


def _infeasible(relaxed: Relaxation, engine: str) -> Proposal:
    return Proposal({}, 0, 0, engine, relaxed)


def _ids(problem: Problem, answer: Answer) -> dict[str, tuple[str, ...]]:
    return {
        item.id: tuple(problem.people[number].id for number in row)
        for item, row in zip(problem.items, answer.chosen, strict=True)
    }

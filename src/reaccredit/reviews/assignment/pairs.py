"""The answers of `barring` and `costing` for all pairs at once, as arrays: [item, person]."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reaccredit.reviews.assignment.barring import Barring
from reaccredit.reviews.assignment.costing import LONGEST, Costing
from reaccredit.reviews.assignment.words import ANY, Item, Problem

Array = NDArray[Any]
CHUNK = 1000


@dataclass(frozen=True)
class Pairs:
    allowed: Array  # bool
    points: Array  # int32

    @classmethod
    def of(cls, problem: Problem, barring: Barring, costing: Costing) -> Pairs:
        return cls(_allowed(problem, barring), _points(problem, costing))


def _grouped(keys: list[Any]) -> tuple[list[int], Array]:
    """The index of the first of each different key, and for each key the group it is in."""
    first: dict[Any, int] = {}
    groups: dict[Any, int] = {}
    for index, key in enumerate(keys):
        if key not in first:
            first[key], groups[key] = index, len(groups)
    return list(first.values()), np.array([groups[key] for key in keys], dtype=np.int64)


def _allowed(problem: Problem, barring: Barring) -> Array:
    found = _competent(problem, barring) & _present(problem, barring)
    found &= np.array([barring.declaration(person) is None for person in problem.people], dtype=bool)
    found &= ~_conflicted(problem, barring)
    place = {person.id: index for index, person in enumerate(problem.people)}
    for index, item in enumerate(problem.items):
        for who in barring.met_by(item):
            number = place.get(who)
            if number is not None and found[index, number] and barring.by_item(item, problem.people[number]):
                found[index, number] = False
    return found


def _competent(problem: Problem, barring: Barring) -> Array:
    """Asked once for each kind of item: until which day is each person authorised?"""
    first, group = _grouped([(i.modality, i.module, i.role, i.profession) for i in problem.items])
    until = np.zeros((len(first), len(problem.people)), dtype=np.int32)
    able: dict[str, set[int]] = defaultdict(set)
    for number, person in enumerate(problem.people):
        for held in person.authorisations:
            able[held.modality].add(number)
    for row, index in enumerate(first):
        kind = problem.items[index]
        for number in able[kind.modality] | able[ANY]:
            person = problem.people[number]
            last = None if barring.standing(kind, person) else barring.authorised_until(kind, person)
            until[row, number] = last.toordinal() if last else 0
    due = np.array([(item.due or problem.on).toordinal() for item in problem.items], dtype=np.int32)
    return until[group] >= due[:, None]


def _present(problem: Problem, barring: Barring) -> Array:
    first, group = _grouped([item.due for item in problem.items])
    here = np.ones((len(first), len(problem.people)), dtype=bool)
    for number, person in enumerate(problem.people):
        for row, index in enumerate(first if person.absences else ()):
            here[row, number] = barring.away(problem.items[index], person) is None
    return here[group]


def _conflicted(problem: Problem, barring: Barring) -> Array:
    """Only pairs that share a word are looked at."""
    by_word: dict[str, list[int]] = defaultdict(list)
    for number, person in enumerate(problem.people):
        for word in barring.words_of(person):
            by_word[word].append(number)
    first, group = _grouped([item.facility for item in problem.items])
    found = np.zeros((len(first), len(problem.people)), dtype=bool)
    for row, index in enumerate(first):
        facility = problem.facilities[problem.items[index].facility]
        for number in set().union(*(by_word.get(word, ()) for word in barring.words_at(facility))):
            found[row, number] = bool(barring.conflicts(facility, problem.people[number]))
    return found[group]


def _points(problem: Problem, costing: Costing) -> Array:
    made = _turnaround(problem, costing)
    place = {person.id: index for index, person in enumerate(problem.people)}
    at: dict[str, list[int]] = defaultdict(list)
    for index, item in enumerate(problem.items):
        at[item.facility].append(index)
        if item.instead_of:
            made[index] += np.array([costing.delegate(item, person) for person in problem.people], dtype=np.int32)
    for (facility, who), points in costing.rotation.items():
        made[at.get(facility, []), place[who]] += points
    made += _lots(problem, costing)
    return made


def _turnaround(problem: Problem, costing: Costing) -> Array:
    usual = np.array([min(round(person.turnaround * 10), LONGEST) for person in problem.people], dtype=np.int64)
    first, group = _grouped([item.due for item in problem.items])
    rows = np.zeros((len(first), len(usual)), dtype=np.int32)
    for row, index in enumerate(first):
        rows[row] = costing.weights.turnaround * (usual + 2 * _late(problem.items[index], problem.on, usual)) // 10
    return rows[group]


def _late(item: Item, on: date, usual: Array) -> Array:
    days = (item.due - on).days if item.due else LONGEST
    return np.maximum(0, usual - 10 * max(0, days))


def _lots(problem: Problem, costing: Costing) -> Array:
    """`costing.scramble`, for arrays."""
    people = np.array([costing.seed_of("person " + person.id) for person in problem.people], dtype=np.uint64)
    items = np.array([costing.seed_of("item " + item.id) for item in problem.items], dtype=np.uint64)
    made = np.zeros((len(items), len(people)), dtype=np.int32)
    for start in range(0, len(items), CHUNK):
        drawn = items[start : start + CHUNK, None] + people
        drawn = (drawn ^ (drawn >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        drawn = (drawn ^ (drawn >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        drawn ^= drawn >> np.uint64(31)
        made[start : start + CHUNK] = drawn % np.uint64(costing.weights.lot + 1)
    return made

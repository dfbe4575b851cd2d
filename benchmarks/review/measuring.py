"""The work that is measured, each in a process of its own."""

from __future__ import annotations

import importlib
import resource
import statistics
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.review.problems import problem
from reaccredit.reviews.assignment import large, reading, solving
from reaccredit.reviews.assignment.pairs import Pairs

MINIMUM, MAXIMUM, NEEDS, CONFLICTS = 10, 18, 3, 0.05


def proposed(items: int, people: int) -> dict[str, Any]:
    """One problem in this process."""
    text = problem(items, people)
    clock, processor = time.perf_counter(), time.process_time()
    made = reading.parse(text)
    found = solving.solve(made)
    return {
        "seconds": round(time.process_time() - processor, 2), "clock": round(time.perf_counter() - clock, 2),
        "MB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024, "feasible": found.feasible,
        "objective": found.objective, "bound": found.bound, "gap": found.gap, "engine": found.engine,
    }  # fmt: skip


def matrix(items: int, people: int) -> tuple[np.ndarray, np.ndarray]:
    """Affinities from 1 to 1,000 and conflicts; every pair that has none is allowed."""
    draw = np.random.default_rng(3)
    return draw.integers(1, 1001, (items, people)), draw.random((items, people)) >= CONFLICTS


def ours(items: int, people: int) -> dict[str, Any]:
    affinity, allowed = matrix(items, people)
    best = int(affinity.max())
    # The least that everybody takes is a price below zero for the first units, greater than any affinity could repay.
    low, high = [0] * MINIMUM, [best * 4] * (MAXIMUM - MINIMUM)
    times = []
    for _ in range(3):
        start = time.process_time()
        engine = large.Dense(Pairs(allowed, (best - affinity).astype(np.int32)), [NEEDS] * items, [low + high] * people)
        answer = engine.solve()
        times.append(time.process_time() - start)
    total = sum(int(affinity[i, p]) for i, row in enumerate(answer.chosen) for p in row)
    load = np.bincount([p for row in answer.chosen for p in row], minlength=people)
    return {
        "seconds": round(statistics.median(times), 3),
        "affinity": total,
        "loads": [int(load.min()), int(load.max())],
    }


class _Encoder:
    def __init__(self, affinity: np.ndarray, allowed: np.ndarray) -> None:
        self.cost_matrix, self.constraint_matrix = -affinity, np.where(allowed, 0, -1)


def theirs(folder: str, items: int, people: int) -> dict[str, Any]:
    """MinMax as it is, without the packages around it: of its folder only `matcher/solvers` is imported."""
    sys.path.insert(0, str(Path(folder) / "matcher" / "solvers"))
    affinity, allowed = matrix(items, people)
    package = type(sys)("solvers")
    package.__path__ = [str(Path(folder) / "matcher" / "solvers")]
    sys.modules["solvers"] = package
    solver = importlib.import_module("solvers.minmax_solver").MinMaxSolver
    start = time.process_time()
    made = solver([MINIMUM] * people, [MAXIMUM] * people, [NEEDS] * items, _Encoder(affinity, allowed)).solve()
    seconds = time.process_time() - start
    load = made.sum(axis=0)
    return {
        "seconds": round(seconds, 2),
        "affinity": int((made * affinity).sum()),
        "loads": [int(load.min()), int(load.max())],
    }

"""One case from the database to its answer: Django, a SQLite file, the shipped policy. Run by `python -m benchmarks.policy`."""

from __future__ import annotations

import json
import random
import statistics
import sys
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from benchmarks.policy import site  # noqa: F401  the models can be read once it is up
from reaccredit.ledger import queries
from reaccredit.ledger.models import Case, Fact
from reaccredit.policy.exploring import explore


def measured(cases: int) -> dict[str, Any]:
    until, facts = fill(cases)
    numbers = [f"CT-{n:06}" for n in range(cases)]
    random.Random(5).shuffle(numbers)
    known = {case.number: case for case in Case.objects.all()}

    def stands(number: str) -> None:
        queries.decision(known[number], until[number])

    def whole(number: str) -> None:
        now = queries.decision(Case.objects.get(number=number), until[number])
        now.standing, now.holder, now.term, now.options, now.refused, now.duties, now.silences, now.receipt  # noqa: B018

    return {
        "cases": cases,
        "facts_a_case": round(facts, 1),
        "decision": medians(stands, numbers),
        "whole": medians(whole, numbers),
    }


def medians(work: Callable[[str], None], numbers: list[str]) -> dict[str, float]:
    for number in numbers[:100]:
        work(number)
    seconds, wall = [], []
    for number in numbers:
        begun, clock = time.process_time_ns(), time.perf_counter_ns()
        work(number)
        seconds.append(time.process_time_ns() - begun)
        wall.append(time.perf_counter_ns() - clock)
    return {"processor": round(statistics.median(seconds) / 1e6, 3), "clock": round(statistics.median(wall) / 1e6, 3)}


def fill(cases: int) -> tuple[dict[str, datetime], float]:
    """Cases with the longest histories that the walk of the shipped policy finds; asked an hour after their last fact."""
    told = histories(cases)
    rows, until = [], {}
    for n, history in enumerate(told):
        case = Case.objects.create(number=f"CT-{n:06}", programme="diagnostic", modality="ct", opened_at=history[0].at)
        until[case.number] = history[-1].at + timedelta(hours=1)
        rows += [
            Fact(case=case, seq=seq, kind=f.kind, about=dict(f.about), happened_at=f.at, recorded_at=f.at, actor="person:1",
                 role="staff", hash=f"{n}-{seq}")
            for seq, f in enumerate(history, 1)
        ]  # fmt: skip
    Fact.objects.bulk_create(rows)
    return until, len(rows) / cases


def histories(most: int) -> list[Any]:
    walked = explore(queries.policy_for("diagnostic")["2021-03-08"])
    ways = ([edge.fact for edge in walked.path(key) if not edge.clock] for key in walked.nodes)
    longest = sorted((way for way in ways if way), key=len, reverse=True)
    return [longest[n % len(longest)] for n in range(most)]


if __name__ == "__main__":
    print(json.dumps(measured(int(sys.argv[1]))))

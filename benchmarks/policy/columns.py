"""Many histories at once: facts a second, two revisions over all of them, memory. Run by `python -m benchmarks.policy`.

The population is the random histories of the task, each copied and moved by whole days until there are enough: no two copies
have a date in common. A sample of the cases is folded by the rule core too.
"""

from __future__ import annotations

import json
import random
import sys
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.policy.histories import FACTS
from reaccredit.policy import Fact, Policy
from reaccredit.policy.reading import read
from reaccredit.policy.revision import Revision
from reaccredit.populations import Population, compare, fold

TOY = (Path(__file__).parent / "toy.toml").read_text(encoding="utf-8")
# The revision beside it: a 3rd deficiency is not appealed. Most cases never meet it, so both revisions go on to their ends.
EDITS = (('["survey", "appeal", "withdraw"]', '["survey", "withdraw"]'),)
DAY = 86_400_000_000  # microseconds
SAMPLE = 300


def revisions() -> tuple[Revision, Revision]:
    edited = TOY
    for before, after in EDITS:
        assert before in edited
        edited = edited.replace(before, after)
    return read(TOY, "toy.toml"), read(edited, "edited.toml")


def write(path: Path, facts: int, to: Path) -> None:
    """In a process of its own, so that what this takes is not counted."""
    told = json.loads(path.read_text(encoding="utf-8"))["legal"]
    base = Population.of([[Fact(datetime.fromisoformat(at), kind) for at, kind in history] for history in told])
    copies = facts // len(base.at)
    at = (base.at[None, :] + np.arange(copies, dtype=np.int64)[:, None] * DAY).reshape(-1, FACTS)
    symbols = np.tile(base.symbols, copies).reshape(-1, FACTS)
    cases = np.random.default_rng(3).permutation(len(at))
    np.save(to / "at.npy", at[cases].reshape(-1))
    np.save(to / "symbols.npy", symbols[cases].reshape(-1))
    (to / "words.json").write_text(json.dumps([kind for kind, _ in base.vocabulary]), encoding="utf-8")


def population(kept: Path) -> Population:
    at, symbols = np.load(kept / "at.npy"), np.load(kept / "symbols.npy")
    words = tuple((kind, {}) for kind in json.loads((kept / "words.json").read_text(encoding="utf-8")))
    return Population(np.arange(0, len(at) + 1, FACTS, dtype=np.int64), symbols, at, words)


def wrong(made: Population, rev: Revision) -> int:
    """Cases of a sample on which the columns and the rule core do not agree."""
    until = datetime(2100, 1, 1, tzinfo=rev.zone)
    cases = random.Random(2).sample(range(len(made)), SAMPLE)
    some = Population.of(made.facts(case) for case in cases)
    folded, policy = fold(some, rev, until, every=True), Policy([rev])
    found = 0
    for n, case in enumerate(cases):
        want, got = policy.decide(made.facts(case), until).standing, folded.standing(n)
        found += got is None or (got.stage, got.counters, got.marks) != (want.stage, want.counters, want.marks)
    return found


def megabytes() -> float:
    """The peak of this process; the kernel's other count begins with that of whoever started it."""
    told = Path("/proc/self/status").read_text(encoding="utf-8")
    return int(told.partition("VmHWM:")[2].split()[0]) / 1024


def measured(kept: Path) -> dict[str, Any]:
    old, new = revisions()
    before = megabytes()
    made = population(kept)
    held = megabytes()
    folds, both = [_timed(lambda: fold(made, old)) for _ in range(3)], []
    folded = megabytes()
    for _ in range(3):
        both.append(_timed(lambda: compare(made, old, new)))
    compared = megabytes()
    otherwise = len(compare(made, old, new).otherwise)
    return {
        "facts": len(made.at), "cases": len(made), "seconds": min(s for s, _ in folds), "clock": min(c for _, c in folds),
        "compared": min(s for s, _ in both), "compared_clock": min(c for _, c in both), "otherwise": otherwise,
        "held": held - before, "fold": folded - held, "compare": compared - held, "mismatches": wrong(made, old),
    }  # fmt: skip


def _timed(work: Callable[[], object]) -> tuple[float, float]:
    begun, clock = time.process_time(), time.perf_counter()
    work()
    return time.process_time() - begun, time.perf_counter() - clock


if __name__ == "__main__":
    if len(sys.argv) > 2:
        write(Path(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]))
    else:
        print(json.dumps(measured(Path(sys.argv[1]))))

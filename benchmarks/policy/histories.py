"""Random histories of the task, made with the hand-written rules; whoever takes part must come to the same answers."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.policy import baseline

KINDS = (*dict.fromkeys(kind for _, kind in baseline.MOVES), *(f"option.{name}" for name in baseline.TARGETS))
History = list[tuple[datetime, str]]
FACTS = 20


def legal(chance: random.Random) -> History:
    """Twenty facts that all fit; nothing ends the case before the last of them."""
    while True:
        at, s, told = datetime(2021, 1, 4, 9, tzinfo=UTC), baseline.State(), History()
        while len(told) < FACTS:
            at += timedelta(hours=chance.choice((1, 5, 20, 47)))
            s = baseline.ticked(s, at)
            if s.stage in baseline.ENDS:
                break
            ways = _ways(s, at, chance, last=len(told) == FACTS - 1)
            if ways:
                kind, s = chance.choice(ways)
                told.append((at, kind))
        if len(told) == FACTS:
            return told


def _ways(s: baseline.State, at: datetime, chance: random.Random, *, last: bool) -> list[tuple[str, baseline.State]]:
    found = []
    for kind in KINDS:
        result = baseline.step(s, kind, at)
        if isinstance(result, baseline.Refused) or (kind == "report.viewed" and s.viewed and chance.random() < 0.95):
            continue  # who has viewed it seldom does again
        if last or result[0].stage not in baseline.ENDS:
            found.append((kind, result[0]))
    return found


def mixed(chance: random.Random) -> History:
    """A legal history in which a fifth of the facts is another one: too early, out of place, or not offered."""
    told = legal(chance)
    return [(at, chance.choice(KINDS) if chance.random() < 0.2 else kind) for at, kind in told]


def write(path: Path, legals: int, mixtures: int, seed: int = 7) -> None:
    chance = random.Random(seed)
    made = {"legal": [legal(chance) for _ in range(legals)], "mixed": [mixed(chance) for _ in range(mixtures)]}
    path.write_text(json.dumps(made, default=datetime.isoformat), encoding="utf-8")

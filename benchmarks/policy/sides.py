"""Who takes part, without anything but the standard library: how a side is timed, and what it must answer.

A side is run as a program: the file of histories, which of them, how many, how many passes. It prints one line of JSON:
the seconds of the processor for each pass, and what it answered.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

WARM = 40  # histories before the clock runs


Fact = Callable[[datetime, str], Any]


def pair(at: datetime, kind: str) -> tuple[datetime, str]:
    return at, kind


def timed(work: Callable[[Any], Any], said: Callable[[Any], Any], fact: Fact = pair) -> None:
    """`work` is timed; `said` turns what it gave into something that can be compared, when the clock has stopped."""
    path, which, most, passes = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    with open(path, encoding="utf-8") as file:
        told = json.load(file)[which][:most]
    histories = [[fact(datetime.fromisoformat(at), kind) for at, kind in history] for history in told]
    for history in histories[:WARM]:
        work(history)
    seconds, wall, found = [], [], []
    for _ in range(passes):
        begun, clock = time.process_time(), time.perf_counter()
        found = [work(history) for history in histories]
        seconds.append(time.process_time() - begun)
        wall.append(time.perf_counter() - clock)
    facts = sum(map(len, histories))
    print(json.dumps({"facts": facts, "seconds": seconds, "wall": wall, "answers": [said(f) for f in found]}))

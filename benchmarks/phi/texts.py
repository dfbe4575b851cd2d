"""Recall and precision on texts.

    python -m benchmarks.phi.texts [--set dev|heldout|both] [--papers 40] [--presidio PYTHON] [--wrong]

`--presidio` names a Python that has presidio-analyzer installed; it then reads the same papers in the same run.
"""

from __future__ import annotations

import argparse
import importlib
import json
import subprocess
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

from benchmarks.phi.marking import Paper, paper
from benchmarks.phi.people import World
from reaccredit.phi.passage import Passage
from reaccredit.phi.roster import Roster
from reaccredit.phi.screening import screen_spans
from reaccredit.phi.words import TOLD

SEEDS = {"dev": 10_000, "heldout": 900_000, "second": 5_000_000, "third": 7_000_000, "last": 9_000_000}
Spans = list[tuple[int, int, str]]


def papers(which: str, count: int) -> list[Paper]:
    templates = importlib.import_module(f"benchmarks.phi.templates_{which}")
    made = []
    for kind, group in (("dirty", templates.DIRTY), ("clean", templates.CLEAN)):
        for template in group:
            for number in range(count if kind == "dirty" else count * len(templates.DIRTY) // len(templates.CLEAN)):
                world = World(SEEDS[which] + len(made) + number * 7919)
                text = template(world)
                made.append(paper(template.__name__, text, tuple(s.row() for s in world.staff)))
    return made


def ours(made: Iterable[Paper]) -> list[Spans]:
    return [_of(p) for p in made]


def _of(one: Paper) -> Spans:
    found = screen_spans(Passage("text", one.text), roster=roster(one))
    return [(a, b, kind) for a, b, kind, certainty in found if certainty >= TOLD]


def roster(one: Paper) -> Roster:
    rows = one.roster
    return Roster(
        names=frozenset(r["name"] for r in rows),
        phones=frozenset(r["phone"] for r in rows),
        emails=frozenset(r["email"] for r in rows),
    )


def presidio(made: Sequence[Paper], python: str) -> tuple[list[Spans], str]:
    question = json.dumps([p.text for p in made])
    done = subprocess.run(
        [python, str(Path(__file__).with_name("presidio_side.py"))],
        input=question,
        capture_output=True,
        text=True,
        check=True,
    )
    answer = json.loads(done.stdout)
    return [[tuple(s) for s in spans] for spans in answer["spans"]], answer["ran"]


def figures(
    made: Sequence[Paper], found: Sequence[Spans], name: str, seconds: float, wrong: bool = False
) -> dict[str, float]:
    planted = hit = right = told = true = 0
    dirty_flagged = clean_flagged = dirty = clean = 0
    missed: Counter[str] = Counter()
    examples: defaultdict[str, list[str]] = defaultdict(list)
    shares = []
    for one, spans in zip(made, found, strict=True):
        for p in one.planted:
            over = [s for s in spans if s[0] < p.end and s[1] > p.start]
            planted += 1
            hit += bool(over)
            right += any(s[2] == p.kind for s in over)
            if not any(s[2] == p.kind for s in over):
                missed[p.kind] += 1
                examples[f"MISS {p.kind} {one.template}"].append(
                    one.text[max(0, p.start - 40) : p.end + 20] + f"  <- {[s[2] for s in over]}"
                )
        good = [s for s in spans if any(s[0] < p.end and s[1] > p.start for p in one.planted)]
        for s in spans:
            if s not in good:
                examples[f"FALSE {s[2]} {one.template}"].append(
                    one.text[max(0, s[0] - 30) : s[0]] + ">>" + one.text[s[0] : s[1]] + "<<"
                )
        told += len(spans)
        true += len(good)
        if spans and one.planted:
            shares.append(len(good) / len(spans))
        if one.planted:
            dirty += 1
            dirty_flagged += bool(spans)
        else:
            clean += 1
            clean_flagged += bool(spans)
    flagged = dirty_flagged + clean_flagged
    result = {
        "papers": len(made), "planted": planted, "recall": hit / planted, "recall, right kind": right / planted,
        "precision of findings": true / max(1, told), "precision within a paper, mean": sum(shares) / max(1, len(shares)),
        "papers caught": dirty_flagged / max(1, dirty), "clean papers flagged": clean_flagged, "clean papers": clean,
        "precision of papers": dirty_flagged / max(1, flagged), "papers/s": len(made) / seconds,
    }  # fmt: skip
    print(f"\n{name}")
    for key, value in result.items():
        print(f"  {key:<32}{value:.3f}" if isinstance(value, float) else f"  {key:<32}{value}")
    print("  missed by kind", dict(missed))
    if wrong:
        for key, values in sorted(examples.items()):
            print(f"  {key} x{len(values)}: {values[0]!r} | {values[-1]!r}")
    return result


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("--set", default="dev")
    asked.add_argument("--papers", type=int, default=40)
    asked.add_argument("--presidio")
    asked.add_argument("--wrong", action="store_true")
    args = asked.parse_args()
    for which in list(SEEDS) if args.set == "all" else [args.set]:
        made = papers(which, args.papers)
        started = time.perf_counter()
        found = ours(made)
        figures(made, found, f"{which}: reaccredit phi screen", time.perf_counter() - started, args.wrong)
        if args.presidio:
            started = time.perf_counter()
            spans, ran = presidio(made, args.presidio)
            seconds = time.perf_counter() - started
            for least in (0.0, 0.4):
                figures(
                    made,
                    [[(a, b, k) for a, b, k, c in s if c >= least] for s in spans],
                    f"{which}: Presidio, score >= {least} ({ran})",
                    seconds,
                )


if __name__ == "__main__":
    main()

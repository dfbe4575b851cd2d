"""Run as `python -m benchmarks.policy`; the page beside this file says what the numbers are."""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.policy import histories

HERE, ROOT = Path(__file__).parent, Path(__file__).parents[2]
PEERS = ("transitions==0.9.3", "python-statemachine==3.2.2", "SpiffWorkflow==3.2.0")
PEERS_RUN = {
    "transitions": (["transitions_side.py"], 1000), "python-statemachine": (["statemachine_side.py"], 100),
    "SpiffWorkflow DMN": (["spiff_side.py", "table"], 60), "SpiffWorkflow BPMN+DMN": (["spiff_side.py", "process"], 60),
}  # fmt: skip
OURS, HAND = "this engine", "by hand (dataclasses)"
LEGAL, MIXED = "legal", "mixed"


@dataclass
class Side:
    """One that takes part: what it is called, how it is run, on how many histories. `why`: it says why, too."""

    name: str
    task: str
    run: list[str]
    which: str
    most: int
    passes: int = 1
    why: bool = True
    rounds: list[dict[str, Any]] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """Facts a second of the processor: the best pass of all rounds, as all others were disturbed more."""
        return max(r["facts"] / s for r in self.rounds for s in r["seconds"])

    @property
    def usual(self) -> float:
        return statistics.median(r["facts"] / s for r in self.rounds for s in r["seconds"])


def sides(python: Path) -> Iterator[Side]:
    own, peers = [sys.executable, "-m"], str(HERE / "peers")
    for task, most, passes in (
        ("fold", 2000, 5),
        ("why", 2000, 5),
        ("steps", 2000, 5),
        ("end", 2000, 5),
        ("each", 150, 3),
    ):
        yield Side(OURS, task, [*own, "benchmarks.policy.ours", task], LEGAL, most, passes)
        if task != "fold":
            yield Side(HAND, task, [*own, "benchmarks.policy.by_hand", task], LEGAL, most, passes)
    for task in ("sift", "admit"):
        yield Side(OURS, task, [*own, "benchmarks.policy.ours", task], MIXED, 300, 3)
        yield Side(HAND, task, [*own, "benchmarks.policy.by_hand", task], MIXED, 300, 3)
    for name, ((file, *words), most) in PEERS_RUN.items():
        command = [str(python), f"{peers}/{file}", *words]
        yield Side(name, "standing", command, LEGAL, most, why=False)
        yield Side(name, "taken", command, MIXED, min(most, 300), why=False)


def venv(folder: Path) -> Path:
    """The peers have an environment of their own: none of them belongs to the product."""
    python = folder / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        subprocess.run([str(python), "-m", "pip", "install", "--quiet", *PEERS], check=True)
    return python


def run(side: Side, told: Path) -> None:
    args = [*side.run, str(told), side.which, str(side.most), str(side.passes)]
    done = subprocess.run(
        args, cwd=ROOT, check=True, capture_output=True, text=True, env={**os.environ, "PYTHONHASHSEED": "0"}
    )
    side.rounds.append(json.loads(done.stdout))


# ------------------------------------------------------------------ the same answers
def mismatches(taking: list[Side]) -> int:
    """Histories on which somebody does not come to the answer of the rules by hand."""
    wrong = 0
    for side in taking:
        right = next(s for s in taking if s.name == HAND and s.which == side.which and s.task in ("end", "sift"))
        pairs = zip(side.rounds[0]["answers"], right.rounds[0]["answers"], strict=False)
        differ = sum(_shared(mine, side) != _shared(theirs, side) for mine, theirs in pairs)
        if differ:
            print(f"  {side.name}, {TASKS[side.task]}: {differ} histories otherwise")
        wrong += differ
    return wrong


def _shared(answer: Any, side: Side) -> Any:
    """What this side can answer: stage and level after each fact; whoever says why, also options, their dates, and refusals."""
    if side.which == MIXED:  # a fact that is refused has no stage of its own
        return [[stage, level, taken] if taken else taken for stage, level, taken in answer]
    steps = answer if len(answer) == histories.FACTS else answer[0]
    return answer if side.why else steps


# ------------------------------------------------------------------ what is printed
def printed(taking: list[Side]) -> None:
    best = {(s.name, s.task): s.rate for s in taking}
    print(f"\n{'facts a second, best pass (median)':<58}{'with why':>9}")
    for s in taking:
        print(f"  {s.name:<24}{TASKS[s.task]:<34}{s.rate:>11,.0f} ({s.usual:,.0f}){'' if s.why else '   no'}")
    print("\nratios, best against best")
    for task, theirs in (
        *((t, "standing") for t in ("fold", "why", "steps", "end", "each")),
        ("sift", "taken"),
        ("admit", "taken"),
    ):
        ours = best[OURS, task]
        said = [f"{ours / best[name, theirs]:.1f} x {name}" for name in PEERS_RUN]
        if (HAND, task) in best:
            said.append(f"{best[HAND, task] / ours:.2f} times the time by hand")
        print(f"  {TASKS[task]:<36}{'; '.join(said)}")


TASKS = {
    "fold": "where it stands", "why": "and why, for each fact", "steps": "and where it stood, after each", "end": "and all that is told, once",
    "each": "all that is told, after each fact", "standing": "where it stands", "taken": "a fifth refused",
    "sift": "a fifth refused, and why", "admit": "a fifth refused, asked one by one",
}  # fmt: skip


def from_database(cases: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        site = {"REACCREDIT_DATA": folder, "DJANGO_SETTINGS_MODULE": "reaccredit.project.settings"}
        kept = {k: v for k, v in os.environ.items() if not k.startswith("REACCREDIT_")}
        line = [sys.executable, "-m", "benchmarks.policy.database", str(cases)]
        done = subprocess.run(line, cwd=ROOT, check=True, capture_output=True, text=True, env=kept | site)
    found = json.loads(done.stdout)
    print(f"\n{found['cases']} cases in a SQLite file, {found['facts_a_case']} facts each; milliseconds at the median")
    for task, name in (("decision", "where it stands"), ("whole", "the case's row, and everything told")):
        print(f"  {name:<36}{found[task]['processor']} of the processor, {found[task]['clock']} by the clock")


def in_columns(told: Path, sizes: list[int]) -> int:
    """The second engine over many histories; each size in a process of its own. Returns how often it and the first disagree."""
    print("\nmany histories in columns: facts, facts a second of the processor, two revisions compared, memory")
    wrong = 0
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            line = [sys.executable, "-m", "benchmarks.policy.columns"]
            subprocess.run([*line, str(told), str(size), folder], cwd=ROOT, check=True)
            done = subprocess.run([*line, folder], cwd=ROOT, check=True, capture_output=True, text=True)
        found = json.loads(done.stdout)
        wrong += found["mismatches"]
        print(
            f"  {found['facts']:>12,}  {found['facts'] / found['seconds']:>12,.0f}  {found['compared']:.2f} s ({found['compared_clock']:.2f} by the "
            f"clock; {found['otherwise']:,} of {found['cases']:,} cases otherwise)  {found['held']:.0f} MB of facts, {found['fold']:.0f} MB more to fold, "
            f"{found['compare']:.0f} MB more to compare; {found['mismatches']} of a sample otherwise than case by case"
        )
    return wrong


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument(
        "--peers", type=Path, default=ROOT / "var" / "policy-peers", help="where their environment is, or is made"
    )
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--cases", type=int, default=1000, help="cases in the database")
    parser.add_argument(
        "--facts", type=int, nargs="+", default=[2_500_000, 5_000_000, 10_000_000], help="facts in columns"
    )
    args = parser.parse_args()
    taking = list(sides(venv(args.peers)))
    with tempfile.TemporaryDirectory() as folder:
        told = Path(folder) / "histories.json"
        histories.write(told, 2000, 300)
        for n in range(args.rounds):  # one process at a time, in another order each round
            for side in taking[n:] + taking[:n]:
                run(side, told)
        columns = in_columns(told, args.facts)
    wrong = mismatches(taking)
    print(f"\n{wrong} mismatches in {sum(len(s.rounds[0]['answers']) for s in taking):,} histories")
    printed(taking)
    from_database(args.cases)
    return 1 if wrong + columns else 0


if __name__ == "__main__":
    sys.exit(main())

"""`reaccredit assign ...`: who judges what, with reasons.

Exit codes: 0 assigned; 1 nothing fits, and the smallest relaxation is told; 2 a problem that cannot be used, with a sentence
that names the key.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

from reaccredit.reviews.assignment import jsonform, reading
from reaccredit.reviews.assignment.explaining import Explaining
from reaccredit.reviews.assignment.form import BadProblem
from reaccredit.reviews.assignment.solving import TooLarge, solve
from reaccredit.reviews.assignment.words import Problem, Proposal, Relaxation

TELLS_ALL = 20_000  # pairs up to which everybody is told why not, unasked
SHOWN = 40  # lines of a relaxation on a terminal


class Sorry(Exception):
    """What the person at the terminal reads instead of an answer."""


def main(argv: Sequence[str] | None = None) -> int:
    args = _parser().parse_args(argv)
    try:
        result: int = args.run(args)
        return result
    except (Sorry, BadProblem, TooLarge) as sorry:
        print(sorry, file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(prog="reaccredit assign", description="Propose who judges what, and say why.")
    sub = top.add_subparsers(required=True, metavar="COMMAND")

    solving = sub.add_parser("solve", help="the best assignment, or the smallest relaxation; exit 1 where nothing fits")
    solving.add_argument("problem", metavar="PROBLEM.json", help="the problem; - for standard input")
    solving.add_argument("--json", action="store_true")
    solving.add_argument(
        "--explain", metavar="ITEM", action="append", default=[], help="say for everybody else why not"
    )
    solving.add_argument("--seed", type=int, help="draw the lots anew: another seed than the problem's")
    solving.set_defaults(run=_solve)

    schema = sub.add_parser("schema", help="the JSON Schema of a problem or of an answer")
    schema.add_argument("which", nargs="?", choices=("problem", "answer", "all"), default="all")
    schema.set_defaults(run=_schema)
    return top


def _print_json(data: Any) -> None:
    print(json.dumps(data, indent=2, ensure_ascii=False))


def _read(name: str) -> str:
    try:
        return sys.stdin.read() if name == "-" else Path(name).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError, ValueError) as error:
        raise Sorry(f"The problem {name} cannot be read: {error}") from None


def _solve(args: argparse.Namespace) -> int:
    problem = reading.parse(_read(args.problem), seed=args.seed)
    known = {item.id for item in problem.items}
    for asked in args.explain:
        if asked not in known:
            raise Sorry(f"--explain: there is no item {asked!r} in the problem")
    found = solve(problem)
    told = known if not args.explain and len(known) * len(problem.people) <= TELLS_ALL else set(args.explain)
    if args.json:
        _print_json(jsonform.proposal(problem, found, told))
    else:
        _say(problem, found, set(args.explain))
    return 0 if found.feasible else 1


def _say(problem: Problem, found: Proposal, explained: Collection[str]) -> None:
    for note in problem.notes:
        print(f"Note: {note}", file=sys.stderr)
    if found.relaxation:
        _say_relaxation(problem, found.relaxation)
    else:
        print(
            f"{len(found.chosen)} items assigned, {found.objective} points, at most {found.gap:.2%} from the best; seed {problem.seed}."
        )
    telling = Explaining(problem, found.relaxation.chosen if found.relaxation else found.chosen)
    for item_id, people in found.chosen.items():
        print(f"{item_id}: {', '.join(telling.people[who].title for who in people)}")
        if item_id in explained:
            _say_why(telling, item_id)


def _say_why(telling: Explaining, item_id: str) -> None:
    item = telling.items[item_id]
    for who in telling.chosen[item_id]:
        print(f"  + {telling.people[who].title} {'; '.join(telling.because(item, telling.people[who]))}")
    for no in telling.why_not(item):
        print(f"  - {telling.people[no.person].title} {'; '.join(no.reasons)}")


def _say_relaxation(problem: Problem, found: Relaxation) -> None:
    print("Nothing fits.")
    for shortage in found.shortages[:SHOWN]:
        print(f"  {shortage.sentence}")
    number = len(found.waivers)
    if number:
        least = "the fewest that there are" if found.proven else "fewer may do"
        print(f"It would fit with {number} rule{'' if number == 1 else 's'} set aside ({least}):")
    for waiver in found.waivers[:SHOWN]:
        print(f"  {waiver.constraint}, {waiver.item}: {waiver.sentence}")
    if number > SHOWN:
        print(f"  and {number - SHOWN} more; --json lists all")
    for item, lacking in found.short.items():
        print(f"  {item}: {lacking} people too few, whatever is set aside")


def _schema(args: argparse.Namespace) -> int:
    both = {"problem": reading.schema(), "answer": jsonform.schema()}
    _print_json(both if args.which == "all" else both[args.which])
    return 0

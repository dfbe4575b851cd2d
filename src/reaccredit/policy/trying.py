"""`reaccredit policy test, ...`: a policy tried on histories, at the terminal."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from reaccredit.policy import scenarios
from reaccredit.policy.engine import Policy
from reaccredit.policy.shelf import Sorry, is_file, load, print_json, programmes

Sub = Any  # what argparse's add_subparsers gives has no public name


def add(sub: Sub) -> None:
    _add_test(sub)


# ------------------------------------------------------------------ test
def _add_test(sub: Sub) -> None:
    test = sub.add_parser(
        "test", help="run the scenarios kept beside a policy; exit 1 and each answer that came otherwise"
    )
    test.add_argument("what", nargs="?", metavar="PROGRAMME|FILE")
    test.add_argument("--json", action="store_true")
    test.set_defaults(run=_test)


def _test(args: argparse.Namespace) -> int:
    bad, report = 0, []
    for policy, path in _scenario_files(args.shelf, args.what):
        found = scenarios.read_path(path)
        asks = sum(len(s.asks) for s in found)
        differences = [d for s in found for d in scenarios.differences(policy, s)]
        wrong = len({(d.title, d.at) for d in differences})
        bad += wrong
        report.append(
            {"file": f"{policy.name}/{path.name}", "scenarios": len(found), "asks": asks, "failing": wrong,
             "differences": [{"title": d.title, "at": d.at.isoformat(), "key": d.key, "expected": d.expected, "came": d.came}
                             for d in differences]}
        )  # fmt: skip
        if not args.json:
            said = "all as expected" if not wrong else f"{wrong} otherwise"
            print(f"{policy.name}/{path.name}: {_many(len(found), 'scenario')}, {_many(asks, 'question')}, {said}")
            print(*(f"  {line}\n" for line in scenarios.told(differences, policy)), sep="", end="")
    if args.json:
        print_json(report)
    return 1 if bad else 0


def _many(n: int, word: str) -> str:
    return f"{n} {word}{'' if n == 1 else 's'}"


def _scenario_files(shelf: Path, what: str | None) -> list[tuple[Policy, Path]]:
    if what and is_file(shelf, what):
        if not Path(what).is_file():
            raise Sorry(f"There is no file {what}.")
        policy, path = scenarios.policy_of(Path(what))
        if not path.is_file():
            raise Sorry(f"There are no scenarios beside {what}: they are kept in {path.name}.")
        return [(policy, path)]
    name, _, revision = (what or "").partition("@")
    found = []
    for programme in [name] if name else programmes(shelf):
        policy = load(shelf, programme)
        ending = f"{revision}{scenarios.ENDING}"
        found += [
            (policy, path) for path in scenarios.in_folder(shelf / programme) if not revision or path.name == ending
        ]
    if not found:
        raise Sorry(
            f"There are no scenarios for {what or shelf}: they are kept beside the policy, in <revision>{scenarios.ENDING}."
        )
    return found

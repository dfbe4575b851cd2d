"""`reaccredit policy test, ...`: a policy tried on histories, at the terminal."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from reaccredit.policy import comparing, jsonform, receipts, replaying, scenarios
from reaccredit.policy.answering import Decision
from reaccredit.policy.engine import Policy
from reaccredit.policy.revision import Revision
from reaccredit.policy.shelf import Sorry, as_json, is_file, load, one, print_json, programmes, read_text
from reaccredit.policy.words import Fact

Sub = Any  # what argparse's add_subparsers gives has no public name


def add(sub: Sub) -> None:
    _add_test(sub)
    _add_replay_receipt(sub)
    _add_compare(sub)
    _add_replay(sub)


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


# ------------------------------------------------------------------ receipts
def write_receipt(name: str, policy: Policy, decision: Decision) -> None:
    try:
        Path(name).write_text(as_json(receipts.receipt(policy, decision)), encoding="utf-8")
    except OSError as error:
        raise Sorry(f"The receipt cannot be written: {error}") from None


def _add_replay_receipt(sub: Sub) -> None:
    again = sub.add_parser(
        "replay-receipt", help="give an answer again, byte for byte; exit 1 and what is not the same"
    )
    again.add_argument("receipt", metavar="RECEIPT", help="as `policy decide --receipt` wrote it")
    again.add_argument("--history", required=True, help="the history that was asked about; - for standard input")
    again.set_defaults(run=_replay_receipt)


def _replay_receipt(args: argparse.Namespace) -> int:
    said = receipts.read(read_text(args.receipt, "receipt"))
    facts = jsonform.read_history(read_text(args.history, "history"))
    try:
        if said["policy"] not in programmes(args.shelf):
            raise receipts.Differs(f"The policy file of {said['policy']}, revision {said['revision']}, is not there.")
        sys.stdout.write(receipts.replay(said, load(args.shelf, said["policy"]), facts))
    except receipts.Differs as other:
        print(other, file=sys.stderr)
        return 1
    return 0


# ------------------------------------------------------------------ compare
def _add_compare(sub: Sub) -> None:
    both = sub.add_parser(
        "compare", help="what a revision makes otherwise: each first parting with its story, and clause by clause"
    )
    both.add_argument("old", metavar="PROGRAMME@REVISION|FILE")
    both.add_argument("new", metavar="PROGRAMME@REVISION|FILE")
    both.add_argument("--json", action="store_true")
    both.set_defaults(run=_compare)


def _compare(args: argparse.Namespace) -> int:
    found = comparing.compare(one(args.shelf, args.old), one(args.shelf, args.new))
    if args.json:
        print_json(_compared_json(found))
    else:
        _say_compared(found)
    return 0


def _say_compared(found: comparing.Compared) -> None:
    old, new = found.old, found.new
    print(
        f"{old.policy} {old.revision} ({old.place}) and {new.policy} {new.revision} ({new.place}): {_many(found.pairs, 'standing')} walked"
    )
    for parting in found.partings:
        print(parting)
    if not found.partings:
        print("No case is treated otherwise.")
    if not found.whole:
        print(f"Cut off after {found.pairs} standings: what lies beyond was not compared.")
    for why in found.unclear:
        print(f"Not compared beyond a standing that one of them cannot decide: {why}")
    for c in found.clauses:
        print(
            f"{c.change}: {c.id}"
            + (f"\n  was: {c.was}" if c.was else "")
            + (f"\n  now: {c.becomes}" if c.becomes else "")
        )


def _compared_json(found: comparing.Compared) -> dict[str, Any]:
    return {
        "old": _named(found.old), "new": _named(found.new), "pairs": found.pairs, "whole": found.whole, "unclear": found.unclear,
        "partings": [
            {"kind": p.kind, "question": p.question, "stage": p.stage, "where": p.where, "was": _said(p.was), "becomes": _said(p.becomes),
             "story": list(p.story), "facts": [_fact(f) for f in p.facts]}
            for p in found.partings
        ],
        "clauses": [{"id": c.id, "change": c.change, "was": c.was or None, "becomes": c.becomes or None} for c in found.clauses],
    }  # fmt: skip


def _named(rev: Revision) -> dict[str, str]:
    return {"policy": rev.policy, "revision": rev.revision.isoformat(), "file": rev.place, "sha256": rev.sha256}


def _said(said: comparing.Said) -> dict[str, Any]:
    return {"sentence": said[0], "clauses": list(said[1])}


def _fact(fact: Fact) -> dict[str, Any]:
    return {"at": fact.at.isoformat(), "kind": fact.kind, "about": dict(fact.about)}


# ------------------------------------------------------------------ replay
def _add_replay(sub: Sub) -> None:
    again = sub.add_parser("replay", help="which cases a draft would treat otherwise, and how, up to the first parting")
    again.add_argument("draft", metavar="FILE|PROGRAMME@REVISION")
    again.add_argument(
        "--history", required=True, metavar="FILE", help='[{"case": "...", "facts": [...]}, ...]; - for standard input'
    )
    again.add_argument(
        "--against", metavar="PROGRAMME[@REVISION]|FILE", help="instead of the shipped policy of the draft's programme"
    )
    again.add_argument("--at", help="look on until this instant after the last fact of a case")
    again.add_argument("--json", action="store_true")
    again.set_defaults(run=_replay)


def _replay(args: argparse.Namespace) -> int:
    draft = one(args.shelf, args.draft)
    cases = replaying.read_cases(read_text(args.history, "list of cases"))
    until = jsonform.read_instant(args.at, "--at") if args.at else None
    policy = _against(args.shelf, args.against or draft.policy)
    alone = policy.under(draft)
    found = [replaying.replay(policy, alone, case, facts, until) for case, facts in cases]
    if args.json:
        print_json([_replayed_json(r) for r in found])
        return 0
    others, stuck = sum(bool(r.otherwise) for r in found), sum(bool(r.problem) for r in found)
    print(f"{_many(len(found), 'case')}: {others} treated otherwise under {draft.policy} {draft.revision} ({draft.place})"
          + (f", {stuck} could not be replayed" if stuck else ""))  # fmt: skip
    for result, (_, facts) in zip(found, cases, strict=True):
        for line in replaying.told(result, facts, policy):
            print(line)
    return 0


def _against(shelf: Path, what: str) -> Policy:
    """A programme as it governs; one revision or a file as if it alone were in force."""
    if "@" not in what and not is_file(shelf, what):
        return load(shelf, what)
    rev = one(shelf, what)
    return Policy([rev]).under(rev)


def _replayed_json(r: replaying.Replayed) -> dict[str, Any]:
    return {
        "case": r.case, "problem": r.problem or None, "after": r.after, "at": r.at.isoformat() if r.at else None,
        "otherwise": [{"kind": o.kind, "question": o.question, "was": _said(o.was), "becomes": _said(o.becomes)} for o in r.otherwise],
        "would_need_a_guess": r.guessed, "had_everybody_done_the_same": r.had_they or None,
    }  # fmt: skip

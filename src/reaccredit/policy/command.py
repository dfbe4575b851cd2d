"""`reaccredit policy ...`: the same answers as the pages give, for a terminal and for other programs.

Exit codes: 0 answered; 1 `check` has findings, `test` differences; 2 a question, file or history that cannot be used, with a sentence that says why.
"""

from __future__ import annotations

import argparse
import difflib
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from reaccredit.policy import jsonform, jsonschema, trying
from reaccredit.policy.answering import Decision
from reaccredit.policy.checking import Finding, check
from reaccredit.policy.counting import moment, through
from reaccredit.policy.engine import Policy
from reaccredit.policy.formats import FORMATS
from reaccredit.policy.pinned import otherwise_published
from reaccredit.policy.reading import read_file
from reaccredit.policy.receipts import BadReceipt
from reaccredit.policy.revision import Revision
from reaccredit.policy.shelf import (
    SHELF,
    Sorry,
    excluding,
    is_file,
    load,
    print_json,
    programmes,
    read_text,
    revision_in,
)
from reaccredit.policy.words import Fact, Inadmissible, Malformed, NotGoverned, Refusal

WORDS = ("areas", "withdraw", "values", "grounds", "effective")  # what any fact can tell, whatever the policy
FORMATS_SAID = (
    "mermaid, svg, dot (Graphviz): the picture; scxml: states and what moves them, the clock as an event; "
    "dmn: the matrix as a decision table; md: the matrix as Markdown"
)


def main(argv: Sequence[str] | None = None) -> int:
    args = _parser().parse_args(argv)
    try:
        result: int = args.run(args)
        return result
    except (Sorry, Malformed, NotGoverned, jsonform.BadHistory, BadReceipt) as sorry:
        print(sorry, file=sys.stderr)
    except BrokenPipeError:
        return 0
    return 2


def _say_inadmissible(policy: Policy, facts: Sequence[Fact], at: datetime, no: Inadmissible, as_json: bool) -> int:
    """Each by its place in the list, as the file's other errors count it, and by what it says; the first one is what is refused."""
    others = dict[int, Refusal]()
    if facts[0].at <= at:  # else nothing had happened yet, and there may be no policy of that day
        _, others = policy.sift(facts, at)
        others.pop(no.index, None)
    if as_json:
        also = [_inadmissible(facts, index, other) for index, other in others.items()]
        print_json({"inadmissible": _inadmissible(facts, no.index, no.refusal), "also": also})
    print(f"{_named(facts, no.index)} is not admissible: {_said(no.refusal)}", file=sys.stderr)
    for index, other in others.items():
        print(f"{_named(facts, index)} would not fit either: {_said(other)}", file=sys.stderr)
    return 2


def _inadmissible(facts: Sequence[Fact], index: int, no: Refusal) -> dict[str, Any]:
    fact = facts[index]
    return {"fact": index, "fact_kind": fact.kind, "fact_at": fact.at.isoformat(), **jsonform.refusal(no)}


def _named(facts: Sequence[Fact], index: int) -> str:
    return f"Fact {index} (counted from 0: {facts[index].kind[:100]}, {facts[index].at.isoformat()})"


def _said(no: Refusal) -> str:
    cited = ", ".join(c.id for c in no.because.clauses)
    return f"{no.sentence} [{cited}]" if cited else no.sentence


def _say_unread(policy: Policy, facts: Sequence[Fact]) -> None:
    """A word that is nearly one of the policy's would silently count as left out."""
    read = sorted({*WORDS, *(word for rev in policy.revisions for word in rev.about_keys)})
    for index, fact in enumerate(facts):
        for key in fact.about:
            if key not in read and (close := difflib.get_close_matches(key, read, 1, 0.65)):
                print(
                    f"Fact {index}: nothing reads {key[:100]!r} in 'about'; did you mean {close[0]!r}?", file=sys.stderr
                )


def _parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(prog="reaccredit policy", description="Ask the published policy.")
    top.add_argument("--shelf", type=Path, default=SHELF, help="folder of policies (default: the shipped ones)")
    sub = top.add_subparsers(required=True, metavar="COMMAND")

    listing = sub.add_parser("list", help="programmes and their revisions")
    listing.add_argument("--json", action="store_true")
    listing.set_defaults(run=_list)

    decide = sub.add_parser("decide", help="where a case stands, what may be done, by when, and why")
    decide.add_argument("programme")
    decide.add_argument("--history", required=True, help="JSON list of facts, oldest first; - for standard input")
    decide.add_argument("--at", required=True, help="an instant with its offset: 2021-04-03T10:00:00-04:00")
    decide.add_argument("--json", action="store_true")
    decide.add_argument("--receipt", metavar="FILE", help="also write a receipt, for `policy replay-receipt`")
    decide.set_defaults(run=_decide)

    prove = sub.add_parser("check", help="prove a policy; exit 1 and a dated story for each finding")
    prove.add_argument("what", nargs="?", metavar="PROGRAMME|FILE")
    prove.add_argument("--json", action="store_true")
    prove.add_argument("--notes", action="store_true", help="also list what the policy states as assumed or silent")
    prove.set_defaults(run=_check)

    draw = sub.add_parser("draw", help="a revision as a picture, or for other tools: Graphviz, SCXML, DMN, Markdown")
    draw.add_argument("what", metavar="PROGRAMME[@REVISION]|FILE")
    draw.add_argument("--format", choices=tuple(FORMATS), default="mermaid", help=FORMATS_SAID)
    draw.set_defaults(run=_draw)

    trying.add(sub)

    schema = sub.add_parser("schema", help="the JSON Schema of a policy file or of a history")
    schema.add_argument("which", nargs="?", choices=("policy", "history", "all"), default="all")
    schema.set_defaults(run=_schema)
    return top


def _list(args: argparse.Namespace) -> int:
    found = {name: Policy.load(args.shelf / name) for name in programmes(args.shelf)}
    if args.json:
        print_json({n: [{"revision": str(r.revision), "in_force": str(r.in_force), "title": r.title, "seen": r.seen, "sha256": r.sha256}
                        for r in p.revisions] for n, p in found.items()})  # fmt: skip
        return 0
    for name, policy in found.items():
        print(f"{name}: {policy.latest.title}")
        for r in policy.revisions:
            print(
                f"  {r.revision}  in force from {r.in_force}  {len(r.assumptions)} assumed, {len(r.silences)} silent; seen: {r.seen}"
            )
        for other in policy.latest.excludes:
            print(f"  does not govern {other}")
    return 0


def _decide(args: argparse.Namespace) -> int:
    at = jsonform.read_instant(args.at, "--at")
    facts = jsonform.read_history(read_text(args.history, "history"))
    if args.programme not in programmes(args.shelf) and (other := excluding(args.shelf, args.programme)):
        return _not_governed(args, *other, at)
    policy = load(args.shelf, args.programme)
    _say_unread(policy, facts)
    try:
        decision = policy.decide(facts, at)
    except Inadmissible as no:
        return _say_inadmissible(policy, facts, at, no, args.json)
    except NotGoverned:
        if other := excluding(args.shelf, args.programme):  # its own rules were not in force yet
            return _not_governed(args, *other, at)
        raise
    if args.receipt:
        trying.write_receipt(args.receipt, policy, decision)
    if args.json:
        print_json(jsonform.decision(decision, policy.zone))
    else:
        _say(policy, decision)
    return 0


def _not_governed(args: argparse.Namespace, policy: Policy, rev: Revision, at: datetime) -> int:
    """A programme that the policy expressly leaves to another one: its cases say so and go to staff."""
    if args.receipt:
        raise Sorry(
            f"{args.programme} is not governed by any revision here: there is no answer that a receipt could be of."
        )
    clauses = rev.cited(rev.excludes[args.programme])
    sentence = f"{args.programme} is not governed by this policy ({policy.name}, revision {rev.revision}): its case goes to the programme's staff."
    because = {
        "sentence": sentence,
        "clauses": [jsonform.clause(c) for c in clauses],
        "revision": str(rev.revision),
        "facts": [],
    }
    if args.json:
        standing: dict[str, Any] = {
            "stage": "not-governed",
            "deficiency": None,
            "revision": str(rev.revision),
            "areas": {},
        }
        print_json({"policy": policy.name, "at": at.isoformat(), "standing": standing, "holder": "staff", "term": None,
                    "options": [], "refused": {}, "duties": [], "silences": [], "because": because})  # fmt: skip
    else:
        print(sentence)
        print(*(f"  {c.id}: {c.says}" for c in clauses), sep="\n")
    return 0


def _say(policy: Policy, d: Decision) -> None:
    s = d.standing
    counted = "".join(f", {name} {s.count(name)}" for name in d.rev.counters)
    print(f"{d.stage_title} (stage {s.stage}{counted}, revision {d.receipt.revision})")
    if s.outcome:
        print(
            f"Outcome: {d.outcome_title}"
            + (f", from {s.effective}" if s.effective else "")
            + (f" through {d.expires}" if d.expires else "")
        )
    print(f"Turn: {d.holder or 'nobody'}" + (f", {through(d.term.due, policy.zone)}" if d.term and d.term.due else ""))
    for area, word in s.areas.items():
        print(f"  area {area}: {word}")
    for o in d.options:
        until = f", {through(o.due, policy.zone)}" if o.due else ""
        since = f"since {moment(o.opens, policy.zone)}" if o.opens else ""
        print(f"+ {o.id}: {since}{until}; needs {jsonform.names(o.needs)}; retest {o.retest}")
        print(f"    {', '.join(c.id for c in o.because.clauses)}")
    for name, no in d.refused.items():
        print(f"- {name}: {no.sentence} [{', '.join(c.id for c in no.because.clauses)}]")
    for duty in d.duties:
        print(f"* {'done' if duty.met else 'owed'}: {duty.material.title} ({duty.holder})")
    for c in d.silences:
        print(f"? {c.says}")


def _revisions(args: argparse.Namespace) -> list[Revision]:
    if args.what is None:
        return [r for name in programmes(args.shelf) for r in Policy.load(args.shelf / name).revisions]
    if is_file(args.shelf, args.what):
        return [read_file(Path(args.what))]
    name, _, revision = args.what.partition("@")
    policy = load(args.shelf, name)
    return [revision_in(policy, revision)] if revision else list(policy.revisions)


def _check(args: argparse.Namespace) -> int:
    try:
        found = {f"{r.policy}@{r.revision}": [*otherwise_published(args.shelf, r), *check(r)] for r in _revisions(args)}
    except Malformed as error:  # a draft that cannot be read is a draft with a finding
        found = {str(args.what): [Finding("well-formed", str(error))]}
    bad = sum(not f.note for findings in found.values() for f in findings)
    if args.json:
        print_json(
            {
                n: [{"rule": f.rule, "what": f.what, "story": list(f.story), "note": f.note} for f in fs]
                for n, fs in found.items()
            }
        )
        return 1 if bad else 0
    for name, findings in found.items():
        defects = [f for f in findings if not f.note]
        notes = [f for f in findings if f.note]
        print(f"{name}: {len(defects)} finding{'' if len(defects) == 1 else 's'}, {len(notes)} notes")
        for f in (*defects, *(notes if args.notes else ())):
            print(f"  {str(f).replace(chr(10), chr(10) + '  ')}")
    return 1 if bad else 0


def _draw(args: argparse.Namespace) -> int:
    print(FORMATS[args.format](_revisions(args)[-1]), end="")
    return 0


def _schema(args: argparse.Namespace) -> int:
    both = {"policy": jsonschema.policy_schema(), "history": jsonschema.history_schema()}
    print_json(both if args.which == "all" else both[args.which])
    return 0

"""A receipt of an answer: what it was asked of, and the hash of what it said, so that anybody can ask again and compare bytes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from reaccredit.policy import jsonform
from reaccredit.policy.answering import ENGINE, Decision
from reaccredit.policy.engine import Policy
from reaccredit.policy.revision import SCHEMA
from reaccredit.policy.shelf import as_json
from reaccredit.policy.words import Fact, Inadmissible, NotGoverned

TEXTS = ("engine", "policy", "revision", "sha256", "history_sha256", "at", "answer_sha256")
KEYS = (*TEXTS, "schema", "facts", "last_fact", "ruled_by")


class BadReceipt(ValueError):
    """What is given as a receipt is none."""


class Differs(Exception):
    """The answer cannot be given again, or comes otherwise: the sentence says what is not the same."""


def history_hash(facts: Sequence[Fact]) -> str:
    """Of the history as canonical JSON: sorted keys, no spaces; a fact without `about` is one with an empty `about`."""
    rows = [{"at": f.at.isoformat(), "kind": f.kind, "about": dict(f.about)} for f in facts]
    return _hash(json.dumps(rows, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str))


def answer(policy: Policy, decision: Decision) -> str:
    """The bytes that `decide --json` prints."""
    return as_json(jsonform.decision(decision, policy.zone))


def receipt(policy: Policy, decision: Decision, known_at: datetime | None = None) -> dict[str, Any]:
    """`among`: every revision there was to choose from. `known_at`: until when what was recorded is in the history."""
    r = decision.receipt
    ruled = {step.because.revision.isoformat() for step in decision.steps} | {r.revision.isoformat()}
    return {
        "engine": r.engine, "schema": r.schema, "policy": r.policy, "revision": r.revision.isoformat(), "sha256": r.sha256,
        "ruled_by": {name: policy[name].sha256 for name in sorted(ruled)},
        "among": {one.revision.isoformat(): one.sha256 for one in policy.revisions},
        "facts": r.facts, "history_sha256": history_hash(decision.steps.facts),
        "last_fact": r.last_fact.isoformat() if r.last_fact else None, "at": r.at.isoformat(),
        **({"known_at": known_at.isoformat()} if known_at else {}),
        "answer_sha256": _hash(answer(policy, decision)),
    }  # fmt: skip


def read(text: str) -> dict[str, Any]:
    """Raises `BadReceipt`."""
    try:
        data = jsonform.parse(text)
    except jsonform.BadHistory as error:
        raise BadReceipt(f"The receipt is {error}") from None
    if not isinstance(data, dict):
        raise BadReceipt("A receipt is an object, as `policy decide --receipt` writes it.")
    for key in KEYS:
        if key not in data:
            raise BadReceipt(f"The receipt does not say {key!r}.")
    _typed(data)
    return data


def _typed(data: Mapping[str, Any]) -> None:
    for key in TEXTS:
        if not isinstance(data[key], str):
            raise BadReceipt(f"The receipt's {key!r} is {data[key]!r}; expected a text.")
    for key in ("ruled_by", "among"):
        if not isinstance(data.get(key, {}), dict):
            raise BadReceipt(f"The receipt's {key!r} is no table of revision = hash.")


def replay(said: Mapping[str, Any], policy: Policy, facts: Sequence[Fact]) -> str:
    """The same answer again, byte for byte. Raises `Differs` with what is not the same, `BadReceipt` for an instant that is none."""
    at = _instant(said["at"])
    _same_engine(said)
    _same_files(said, policy)
    _same_history(said, facts)
    policy = as_it_was(said, policy)
    try:
        decision = policy.decide(facts, at)
    except (Inadmissible, NotGoverned) as no:
        raise Differs(f"The answer is another one: the history is refused now ({no}).") from None
    if decision.receipt.revision.isoformat() != said["revision"]:
        raise Differs(
            f"Another revision rules now: the receipt names {said['revision']}, the answer comes from {decision.receipt.revision}."
        )
    found = answer(policy, decision)
    if _hash(found) != said["answer_sha256"]:
        raise Differs(
            "The answer is another one, although engine, policy file and history are those of the receipt: "
            f"sha256 {_hash(found)}, the receipt says {said['answer_sha256']}."
        )
    return found


def as_it_was(said: Mapping[str, Any], policy: Policy) -> Policy:
    """The policy with the revisions alone that there were when the receipt was given; later ones cannot change its answer."""
    among = said.get("among") or {r.revision.isoformat(): r.sha256 for r in policy.revisions}
    return Policy(r for r in policy.revisions if r.revision.isoformat() in among)


def _instant(text: str) -> Any:
    try:
        return jsonform.read_instant(text, "the receipt's 'at'")
    except jsonform.BadHistory as error:
        raise BadReceipt(str(error)) from None


def _same_engine(said: Mapping[str, Any]) -> None:
    if (said["engine"], said["schema"]) != (ENGINE, SCHEMA):
        raise Differs(
            f"The engine is another one: the receipt is of {said['engine']}, schema {said['schema']}; this is {ENGINE}, schema {SCHEMA}."
        )


def _same_files(said: Mapping[str, Any], policy: Policy) -> None:
    if policy.name != said["policy"]:
        raise Differs(f"The policy is another one: the receipt is of {said['policy']}, this is {policy.name}.")
    there = {r.revision.isoformat(): r.sha256 for r in policy.revisions}
    for name, sha256 in {**said.get("among", {}), **said["ruled_by"], said["revision"]: said["sha256"]}.items():
        if name not in there:
            raise Differs(f"The policy file of {policy.name}, revision {name}, is not there.")
        if there[name] != sha256:
            raise Differs(
                f"The policy file of {policy.name}, revision {name}, is another one: sha256 {there[name]}, the receipt says {sha256}."
            )


def _same_history(said: Mapping[str, Any], facts: Sequence[Fact]) -> None:
    last = facts[-1].at.isoformat() if facts else None
    if len(facts) != said["facts"]:
        raise Differs(f"The history is another one: it has {len(facts)} facts, the receipt says {said['facts']}.")
    if last != said["last_fact"]:
        raise Differs(f"The history is another one: its last fact is of {last}, the receipt says {said['last_fact']}.")
    if (found := history_hash(facts)) != said["history_sha256"]:
        raise Differs(f"The history is another one: sha256 {found}, the receipt says {said['history_sha256']}.")


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()

"""Answers and histories as JSON: the same for the command line, the pages and the tests."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from reaccredit.policy.accrediting import FIRST_YEAR, LAST_YEAR
from reaccredit.policy.answering import Decision
from reaccredit.policy.counting import last_day
from reaccredit.policy.words import Because, Clause, Duty, Fact, Material, Option, Refusal, Term

FACT_KEYS = ("at", "kind", "about")


class BadHistory(ValueError):
    """A history file that cannot be read: says which fact and what was expected."""


def read_history(text: str) -> list[Fact]:
    """A JSON list of facts, oldest first. Raises `BadHistory`."""
    return facts_of(parse(text))


def parse(text: str) -> Any:
    """JSON as the standard has it: no key twice, no NaN. Raises `BadHistory`."""
    try:
        return json.loads(text.removeprefix("\ufeff"), object_pairs_hook=_once, parse_constant=_no_number)
    except RecursionError:
        raise BadHistory("not JSON: lists or objects stand too deep in one another") from None
    except ValueError as error:
        raise BadHistory(f"not JSON: {error}") from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f"the key {key!r} stands twice in one object")
        found[key] = value
    return found


def _no_number(word: str) -> Any:
    raise ValueError(f"{word} is no number of JSON")


def facts_of(data: Any) -> list[Fact]:
    """Raises `BadHistory`."""
    if not isinstance(data, list):
        raise BadHistory('a history is a list of facts: [{"at": ..., "kind": ..., "about": {...}}, ...]')
    return [_fact(index, item) for index, item in enumerate(data)]


def _fact(index: int, item: Any) -> Fact:
    if not isinstance(item, dict):
        raise BadHistory(f"fact {index}: expected an object with 'at' and 'kind'")
    for key in item:
        if key not in FACT_KEYS:
            raise BadHistory(f"fact {index}: unknown key {key!r}; expected {', '.join(FACT_KEYS)}")
    kind, about = item.get("kind"), item.get("about", {})
    if not isinstance(kind, str) or not kind:
        said = f"is {_short(kind)}; expected a text" if "kind" in item else "is missing"
        raise BadHistory(f"fact {index}: 'kind' {said}")
    if not isinstance(about, Mapping):
        raise BadHistory(f"fact {index}: 'about' is {_short(about)}; expected an object")
    if "at" not in item:
        raise BadHistory(f"fact {index}: 'at' is missing; expected an instant such as 2021-04-01T10:00:00-04:00")
    return Fact(at=read_instant(item.get("at"), f"fact {index}: 'at'"), kind=kind, about=about)


def read_instant(value: Any, where: str) -> datetime:
    """An ISO 8601 instant with its offset. Raises `BadHistory`."""
    try:
        at = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise BadHistory(f"{where} is {_short(value)}; expected an instant such as 2021-04-01T10:00:00-04:00") from None
    if not FIRST_YEAR <= at.year <= LAST_YEAR:
        raise BadHistory(f"{where} is {value!r}; expected a year from {FIRST_YEAR} to {LAST_YEAR}")
    if at.tzinfo is None:
        raise BadHistory(f"{where} is {value!r}: its offset is missing, as in 2021-04-01T10:00:00-04:00")
    return at


def _short(value: Any) -> str:
    said = repr(value)
    return said if len(said) <= 100 else said[:99] + "…"


def decision(d: Decision, zone: ZoneInfo) -> dict[str, Any]:
    s = d.standing
    return {
        "policy": d.receipt.policy,
        "at": d.at.isoformat(),
        "standing": {
            **_counted_and_told(d), "stage": s.stage, "title": d.stage_title,
            "revision": d.receipt.revision.isoformat(), "retest": s.retest, "areas": dict(s.areas), "marks": sorted(s.marks),
            "chosen": list(s.chosen), "ended": d.ended, **_decided(d, zone),
        },
        "holder": d.holder or None,
        "term": _term(d.term, zone),
        "options": [option(o, zone) for o in d.options],
        "refused": {name: refusal(no) for name, no in d.refused.items()},
        "duties": [_duty(u) for u in d.duties],
        "silences": [clause(c) for c in d.silences],
        "steps": [
            {"at": st.fact.at.isoformat(), "kind": st.fact.kind, "stage": st.standing.stage, "because": because(st.because)} for st in d.steps
        ],
        "receipt": {
            "engine": d.receipt.engine, "schema": d.receipt.schema, "policy": d.receipt.policy,
            "revision": d.receipt.revision.isoformat(), "sha256": d.receipt.sha256, "facts": d.receipt.facts,
            "last_fact": d.receipt.last_fact.isoformat() if d.receipt.last_fact else None, "at": d.receipt.at.isoformat(),
        },
    }  # fmt: skip


def _counted_and_told(d: Decision) -> dict[str, Any]:
    """Each counter and each trait of the policy under its own name, as its conditions name them."""
    s, rev = d.standing, d.rev
    counters = {name: s.count(name) for name in rev.counters}
    traits = {t.id: s.traits.get(t.id) or t.default or None for t in rev.traits.values()}
    dates = {name: s.dates[name].date().isoformat() if name in s.dates else None for name in rev.dates}
    return {**dates, **traits, **counters, "counters": counters, "left": dict(d.left)}


def _decided(d: Decision, zone: ZoneInfo) -> dict[str, Any]:
    s = d.standing
    return {
        "outcome": s.outcome or None, "outcome_title": d.outcome_title or None, "accredited": d.accredited,
        "interim": d.rev.outcomes[s.outcome].interim if s.outcome else None,
        "appealable": d.rev.outcomes[s.outcome].appealable if s.outcome else None,
        "decided": _instant(s.decided, zone), "effective": s.effective.isoformat() if s.effective else None,
        "expires": s.expires.isoformat() if s.expires else None, "expires_with_grace": d.expires.isoformat() if d.expires else None,
    }  # fmt: skip


def clause(c: Clause) -> dict[str, Any]:
    return {"id": c.id, "at": c.at, "says": c.says, "assumed": c.assumed, "silent": c.silent, "force": c.force}


def because(b: Because) -> dict[str, Any]:
    return {
        "sentence": b.sentence, "clauses": [clause(c) for c in b.clauses], "revision": b.revision.isoformat(), "facts": list(b.facts),
    }  # fmt: skip


def refusal(no: Refusal) -> dict[str, Any]:
    return {"kind": no.kind, "what_helps": no.what_helps, **because(no.because)}


def _instant(at: datetime | None, zone: ZoneInfo) -> str | None:
    return at.astimezone(zone).isoformat() if at else None


def _last_day(due: datetime | None, zone: ZoneInfo) -> str | None:
    return last_day(due, zone).isoformat() if due else None


def _term(term: Term | None, zone: ZoneInfo) -> dict[str, Any] | None:
    if term is None:
        return None
    return {
        "opens": _instant(term.opens, zone), "due": _instant(term.due, zone), "last_day": _last_day(term.due, zone),
        "because": because(term.because),
    }  # fmt: skip


def _material(m: Material) -> dict[str, Any]:
    return {
        "id": m.id,
        "title": m.title,
        "signers": [{"area_kind": k or None, "role": r} for k, r in m.signers],
        "phi": m.phi or None,
        "fee": m.fee or None,
    }


def option(o: Option, zone: ZoneInfo) -> dict[str, Any]:
    """`due` is the exclusive end of the term: the first instant that is too late. `last_day` is the last day of it."""
    return {
        "id": o.id, "title": o.title, "opens": _instant(o.opens, zone), "due": _instant(o.due, zone),
        "last_day": _last_day(o.due, zone), "needs": list(o.needs), "may_add": list(o.may_add), "retest": o.retest,
        "areas": list(o.areas), "provided": list(o.provided), "then": list(o.then), "next_if_failed": list(o.next_if_failed),
        "materials": [_material(m) for m in o.materials], "because": because(o.because),
    }  # fmt: skip


def _duty(u: Duty) -> dict[str, Any]:
    return {
        "material": _material(u.material), "met": u.met, "met_at": u.met_at.isoformat() if u.met_at else None, "met_by": u.met_by,
        "holder": u.holder, "due": u.due.isoformat() if u.due else None, "because": because(u.because),
    }  # fmt: skip


def names(values: Sequence[str]) -> str:
    return ", ".join(values) if values else "none"

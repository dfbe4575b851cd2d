"""Readers for the exported forms, small enough to be read at a glance: what they answer must be what the policy answers."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Mapping
from types import SimpleNamespace
from typing import Any

SCXML, DMN = "{http://www.w3.org/2005/07/scxml}", "{https://www.omg.org/spec/DMN/20191111/MODEL/}"


class Told(SimpleNamespace):
    """The data of an event: what it does not say is nothing."""

    def __getattr__(self, name: str) -> None:
        return None


class Machine:
    """Runs an SCXML document with flat states: the first transition of the state that fits is taken."""

    def __init__(self, document: str) -> None:
        top = ET.fromstring(document)
        self.states = {e.get("id"): e for e in top if e.tag in (f"{SCXML}state", f"{SCXML}final")}
        self.at = top.get("initial")
        self.data: dict[str, Any] = {d.get("id", ""): eval(d.get("expr", "")) for d in top.iter(f"{SCXML}data")}

    def send(self, event: str, data: Mapping[str, Any]) -> bool:
        """Was it taken?"""
        self.event = SimpleNamespace(name=event, data=Told(**{k.replace("-", "_"): v for k, v in data.items()}))
        for transition in self.states[self.at].findall(f"{SCXML}transition"):
            named = transition.get("event", "")
            fits = event == named or event.startswith(named + ".")
            if fits and self.value(transition.get("cond") or "1"):
                self.do(transition)
                self.at = transition.get("target") or self.at
                return True
        return False

    def value(self, expression: str) -> Any:
        python = expression.replace("&&", "and").replace("||", "or")
        python = re.sub(r"_event\.data\['([^']*)'\]", lambda m: f"_event.data.{m[1].replace('-', '_')}", python)
        return eval(python, {"_event": self.event}, self.data)

    def do(self, steps: Iterable[ET.Element]) -> None:
        for step in steps:
            if step.tag == f"{SCXML}assign":
                self.data[step.get("location", "")] = self.value(step.get("expr", ""))
            elif step.tag == f"{SCXML}if":
                inner = list(step)
                other = next((n for n, each in enumerate(inner) if each.tag == f"{SCXML}else"), len(inner))
                self.do(inner[:other] if self.value(step.get("cond", "")) else inner[other + 1 :])


class DecisionTable:
    """Evaluates the one decision table of a DMN document; hit policy UNIQUE: two rows that fit are an error."""

    def __init__(self, document: str) -> None:
        table = next(ET.fromstring(document).iter(f"{DMN}decisionTable"))
        self.columns = [_text(e) for e in table.iter(f"{DMN}inputExpression")]
        self.rules = table.findall(f"{DMN}rule")

    def decide(self, data: Mapping[str, Any]) -> list[str] | None:
        fitting = [rule for rule in self.rules if self._fits(rule, data)]
        assert len(fitting) < 2
        return eval(_text(fitting[0].find(f"{DMN}outputEntry"))) if fitting else None

    def _fits(self, rule: ET.Element, data: Mapping[str, Any]) -> bool:
        entries = map(_text, rule.findall(f"{DMN}inputEntry"))
        return all(_passes(entry, data[column]) for column, entry in zip(self.columns, entries, strict=True))


def _passes(entry: str, value: Any) -> bool:
    if entry == "-":
        return True
    test = entry.replace("?", "value") if "?" in entry else f"value {'' if entry[0] in '<>' else '=='} {entry}"
    return bool(eval(test, {"value": value}))


def _text(e: ET.Element | None) -> str:
    assert e is not None
    return e.findtext(f"{DMN}text") or ""

"""The task as a DMN decision table in SpiffWorkflow: one look-up for each fact. It answers where a case stands, and which clauses led there.

`table` (the first word of the command line) asks the table itself, beside the engine; `process` runs each case as a process
whose business rule task asks it, as the engine is meant to be used.
"""

from __future__ import annotations

import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from lxml import etree
from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.dmn.engine.DMNEngine import DMNEngine
from SpiffWorkflow.dmn.parser.BpmnDmnParser import BpmnDmnParser
from SpiffWorkflow.spiff.parser.process import SpiffBpmnParser
from SpiffWorkflow.util.task import TaskState

sys.path.insert(0, str(Path(__file__).parents[1]))
from sides import timed

HOURS_48, HOURS_360 = timedelta(hours=48), timedelta(hours=360)
COLUMNS = ("stage", "kind", "level", "appealed", "open")
MOVES = [
    ("applying", "application.submitted", "-", "accepting", "apply"), ("accepting", "application.accepted", "-", "testing", "apply"),
    ("testing", "package.submitted", "-", "reviewing", "test"), ("reviewing", "reviews.completed", "-", "reporting", "review"),
    ("reporting", "report.passed", "-", "granted", "report"), ("reporting", "report.failed", ">= 3", "lapsed", "report, fourth"),
    ("reporting", "report.failed", "< 3", "deciding", "report"), ("deciding", "report.viewed", "-", "deciding", "form"),
    ("appealing", "appeal.upheld", "-", "granted", "appeal"), ("appealing", "appeal.denied", "-", "deciding", "appeal"),
    ("correcting", "plan.submitted", "-", "surveying", "survey"), ("surveying", "survey.completed", "-", "testing", "survey"),
]  # fmt: skip
MATRIX = {
    ("1", "0"): {"repeat": "testing", "appeal": "appealing", "withdraw": "withdrawn"},
    ("1", "1"): {"repeat": "testing", "withdraw": "withdrawn"},
    ("2", "0"): {"reinstate": "applying", "appeal": "appealing", "withdraw": "withdrawn"},
    ("2", "1"): {"reinstate": "applying", "withdraw": "withdrawn"},
    ("3", "0"): {"survey": "correcting", "appeal": "appealing", "withdraw": "withdrawn"},
    ("3", "1"): {"survey": "correcting", "withdraw": "withdrawn"},
}
# One row for each way, as each cites clauses of its own.
ROWS = [(stage, kind, level, "-", "-", to, cites) for stage, kind, level, to, cites in MOVES] + [
    ("deciding", f"option.{name}", level, appealed, "1", to, f"matrix.{level}{', appeal' if appealed == '1' else ''}")
    for (level, appealed), options in MATRIX.items()
    for name, to in options.items()
]


PROCESS = """<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="p" targetNamespace="toy"
    xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core">
  <process id="case" isExecutable="true">
    <startEvent id="start"><outgoing>f1</outgoing></startEvent>
    <manualTask id="fact"><incoming>f1</incoming><incoming>f3</incoming><outgoing>f2</outgoing></manualTask>
    <businessRuleTask id="rule"><extensionElements><spiffworkflow:calledDecisionId>toy</spiffworkflow:calledDecisionId></extensionElements>
      <incoming>f2</incoming><outgoing>f4</outgoing></businessRuleTask>
    <exclusiveGateway id="over" default="f3"><incoming>f4</incoming><outgoing>f3</outgoing><outgoing>f5</outgoing></exclusiveGateway>
    <endEvent id="end"><incoming>f5</incoming></endEvent>
    <sequenceFlow id="f1" sourceRef="start" targetRef="fact"/><sequenceFlow id="f2" sourceRef="fact" targetRef="rule"/>
    <sequenceFlow id="f4" sourceRef="rule" targetRef="over"/><sequenceFlow id="f3" sourceRef="over" targetRef="fact"/>
    <sequenceFlow id="f5" sourceRef="over" targetRef="end"><conditionExpression>to in ("granted", "withdrawn", "lapsed")</conditionExpression></sequenceFlow>
  </process></definitions>"""


def table() -> DMNEngine:
    parser = BpmnDmnParser()
    parser.add_dmn_xml(etree.fromstring(decision()), "toy.dmn")
    (found,) = parser.dmn_parsers.values()
    found.parse()
    return DMNEngine(found.decision.decisionTables[0])


def process() -> Any:
    parser = SpiffBpmnParser()
    parser.add_dmn_xml(etree.fromstring(decision()), "toy.dmn")
    parser.add_bpmn_xml(etree.fromstring(PROCESS), "toy.bpmn")
    return parser.get_spec("case")


def decision() -> str:
    inputs = "".join(
        f'<input id="i{n}"><inputExpression id="e{n}"><text>{c}</text></inputExpression></input>'
        for n, c in enumerate(COLUMNS)
    )
    rules = "".join(map(_rule, range(len(ROWS)), ROWS))
    return (
        f'<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="toy" namespace="toy"><decision id="toy" name="toy">'
        f'<decisionTable id="t" hitPolicy="UNIQUE">{inputs}<output id="o" name="to"/><output id="c" name="cites"/>{rules}</decisionTable></decision></definitions>'
    )


def _rule(n: int, row: tuple[str, ...]) -> str:
    said = [f'"{x}"' if m < 2 else x for m, x in enumerate(row[:-2])]
    entries = "".join(f'<inputEntry id="r{n}i{m}"><text>{escape(x)}</text></inputEntry>' for m, x in enumerate(said))
    out = "".join(f'<outputEntry id="r{n}o{m}"><text>"{x}"</text></outputEntry>' for m, x in enumerate(row[-2:]))
    return f'<rule id="r{n}">{entries}{out}</rule>'


class _Workflow:
    script_engine = PythonScriptEngine()


class _Task:
    workflow = _Workflow()

    def __init__(self, data: dict[str, Any]) -> None:
        self.data = data


class Asked:
    """The table itself."""

    engine = table()

    def __call__(self, data: dict[str, Any]) -> Any:
        return self.engine.result(_Task(data)).get("to")


class Run:
    """A process of its own for each case."""

    spec = process()

    def __init__(self) -> None:
        self.workflow = BpmnWorkflow(self.spec)
        self.workflow.do_engine_steps()

    def __call__(self, data: dict[str, Any]) -> Any:
        task = self.workflow.get_next_task(state=TaskState.READY)
        if task is None:  # the process has ended
            return None
        task.data = data | {"to": None}
        task.run()
        self.workflow.do_engine_steps()
        return self.workflow.last_task.data["to"]


WAYS = {"table": Asked, "process": Run}


class Case:
    """What a table cannot keep: the level, and when things happened."""

    def __init__(self) -> None:
        self.ask = WAY()
        self.stage, self.level, self.appealed = "applying", 0, False
        self.failed: Any = None
        self.viewed: Any = None
        self.denied: Any = None

    def opens(self) -> Any:
        start = self.denied if self.appealed else self.failed
        return max(start + HOURS_48, self.viewed) if start and self.viewed else None

    def fact(self, at: datetime, kind: str) -> bool:
        opens = self.opens() if self.stage == "deciding" else None
        if opens and at >= opens + HOURS_360:
            self.stage = "lapsed"
        data = {
            "stage": self.stage,
            "kind": kind,
            "level": self.level,
            "appealed": int(self.appealed),
            "open": int(bool(opens and at >= opens)),
        }
        to = self.ask(data)
        if to is None:
            return False
        self.stage = to
        if kind == "report.failed":
            self.level, self.appealed, self.failed, self.viewed = self.level + 1, False, at, None
        elif kind == "report.viewed":
            self.viewed = self.viewed or at
        elif kind == "appeal.denied":
            self.appealed, self.denied = True, at
        return True


def run(history: list[tuple[datetime, str]]) -> list[list[Any]]:
    case, told = Case(), []
    for at, kind in history:
        taken = case.fact(at, kind)
        told.append([case.stage, case.level, taken])
    return told


WAY = WAYS[sys.argv.pop(1)]
timed(run, lambda told: told)

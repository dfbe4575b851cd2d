"""A revision as a graph for Graphviz: the stages as boxes, what leads from one to another as arrows."""

from __future__ import annotations

from reaccredit.policy.drawing import arrows
from reaccredit.policy.revision import Revision, Stage

TIME = "time ran out"  # as a drawing says it


def dot(rev: Revision) -> str:
    """What leads along one way stands on one arrow; a way on which nothing but time leads is dashed."""
    ways: dict[tuple[str, str], list[str]] = {}
    for a in arrows(rev):
        ways.setdefault((a.before, a.after), []).append(a.label)
    lines = [f"digraph {_quoted(f'{rev.policy} {rev.revision}')} {{"]
    lines += [
        f"  label = {_quoted(f'{rev.title}, revision {rev.revision}')};",
        "  rankdir = LR;",
        "  node [shape = box];",
    ]
    lines += ['  "" [shape = point];', f'  "" -> {_quoted(rev.start)};']
    lines += [f"  {_quoted(stage.id)} [{_box(stage)}];" for stage in rev.stages.values()]
    for (before, after), labels in ways.items():
        style = ", style = dashed" if all(label.startswith(TIME) for label in labels) else ""
        lines.append(f"  {_quoted(before)} -> {_quoted(after)} [label = {_lines(labels)}{style}];")
    return "\n".join([*lines, "}"]) + "\n"


def _box(stage: Stage) -> str:
    who = f"label = {_lines([stage.title, *([stage.holder] if stage.holder and not stage.ends else [])])}"
    return who + (", peripheries = 2, style = rounded" if stage.ends else "")


def _lines(texts: list[str]) -> str:
    return '"' + "\\n".join(_quoted(text)[1:-1] for text in texts) + '"'


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ") + '"'

"""A revision as a picture: the stages as boxes, facts and choices as arrows. Mermaid for documents, SVG for pages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape

from reaccredit.policy.describing import in_words
from reaccredit.policy.revision import Choice, Move, Revision

BOX_WIDTH, BOX_HEIGHT, GAP_X, GAP_Y, MARGIN = 210, 52, 110, 34, 24
HEAD = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" aria-labelledby="title desc" '
    'font-family="system-ui, sans-serif" font-size="13">'
    '<title id="title">{title}</title><desc id="desc">{desc}</desc>'
    '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
    '<path d="M0 0 8 4 0 8z" fill="currentColor"/></marker></defs>'
)


@dataclass(frozen=True, slots=True)
class Arrow:
    before: str
    after: str
    label: str


def arrows(rev: Revision) -> Iterator[Arrow]:
    """Every way from one stage to another, with what leads there."""
    for stage in rev.stages.values():
        for kind, rows in stage.moves.items():
            for move in rows:
                yield from _moves(stage.id, kind, move)
        for move in stage.overdues:
            if move.to:
                yield from _moves(stage.id, "time ran out", move)
        if stage.asks:
            yield from _choices(rev, stage.id)


def _moves(stage: str, label: str, move: Move | Choice) -> Iterator[Arrow]:
    """One arrow for each stage that it may lead to, with what decides between them."""
    over = move.over.to if move.over else ""
    for to in dict.fromkeys(t for t in (move.to, move.settled_to, move.emptied_to, over) if t):
        more = " (no area left failed)" if to == move.settled_to and move.to else ""
        more = f" (more than {move.over.past})" if move.over and to == over else more
        yield Arrow(stage, to, label + more)


def _choices(rev: Revision, stage: str) -> Iterator[Arrow]:
    for option in rev.options.values():
        rows = [o for o in rev.offers if option.id in o.options and (not o.stages or stage in o.stages)]
        said = list(dict.fromkeys(text for o in rows if (text := in_words(rev, o.when))))
        if rows:
            yield from _moves(stage, option.id + (f" ({'; '.join(said)})" if said else ""), option)


def mermaid(rev: Revision) -> str:
    lines = ["stateDiagram-v2", f"  [*] --> {rev.start}"]
    for stage in rev.stages.values():
        lines.append(f"  {_id(stage.id)}: {stage.title.replace(':', ' -')}")
    lines += [f"  {_id(a.before)} --> {_id(a.after)}: {a.label}" for a in arrows(rev)]
    lines += [f"  {_id(stage.id)} --> [*]" for stage in rev.stages.values() if stage.ends]
    return "\n".join(lines) + "\n"


def _id(stage: str) -> str:
    return stage.replace("-", "_")


def layers(rev: Revision) -> list[list[str]]:
    """Stages by how many steps they are from the start; ends come last."""
    ways = list(arrows(rev))
    depth, edge = {rev.start: 0}, [rev.start]
    while edge:
        here = edge.pop(0)
        for a in ways:
            if a.before == here and a.after not in depth:
                depth[a.after] = depth[here] + 1
                edge.append(a.after)
    last = max(depth.values()) + 1
    rows: list[list[str]] = [[] for _ in range(last + 1)]
    for stage in rev.stages.values():
        rows[last if stage.ends else depth.get(stage.id, last - 1)].append(stage.id)
    return [r for r in rows if r]


def svg(rev: Revision) -> str:
    """A layered drawing with a text alternative; no script, no style, readable in print."""
    columns = layers(rev)
    place = {
        stage: (MARGIN + x * (BOX_WIDTH + GAP_X), MARGIN + y * (BOX_HEIGHT + GAP_Y))
        for x, col in enumerate(columns)
        for y, stage in enumerate(col)
    }
    width = MARGIN * 2 + len(columns) * (BOX_WIDTH + GAP_X) - GAP_X
    height = MARGIN * 2 + max(map(len, columns)) * (BOX_HEIGHT + GAP_Y) - GAP_Y
    grouped: dict[tuple[str, str], list[str]] = {}
    for a in arrows(rev):
        grouped.setdefault((a.before, a.after), []).append(a.label)
    title = f"{rev.title}, revision {rev.revision}"
    desc = " ".join(
        f"From {rev.stages[b].title} to {rev.stages[a].title}: {', '.join(labels)}."
        for (b, a), labels in grouped.items()
    )
    parts = [HEAD.format(width=width, height=height, title=escape(title), desc=escape(desc))]
    parts += [_line(place[b], place[a], labels) for (b, a), labels in grouped.items() if a != b]
    parts += [_box(rev, stage, *place[stage]) for stage in place]
    return "".join(parts) + "</svg>\n"


def _line(start: tuple[int, int], end: tuple[int, int], labels: list[str]) -> str:
    """A curve between two boxes; what leads along it is its tooltip and stands in the description."""
    forward = end[0] > start[0]
    x1, x2 = (start[0] + BOX_WIDTH, end[0]) if forward else (start[0], end[0] + BOX_WIDTH)
    if start[0] == end[0]:
        x1 = x2 = start[0] + BOX_WIDTH
    y1, y2 = start[1] + BOX_HEIGHT // 2, end[1] + BOX_HEIGHT // 2
    bend = GAP_X // 2 if forward or start[0] == end[0] else -GAP_X // 2
    back = bend if start[0] == end[0] else -bend
    path = f"M{x1} {y1}C{x1 + bend} {y1} {x2 + back} {y2} {x2} {y2}"
    return (
        f'<path d="{path}" fill="none" stroke="currentColor" stroke-opacity=".45" marker-end="url(#tip)">'
        f"<title>{escape('; '.join(labels))}</title></path>"
    )


def _box(rev: Revision, stage: str, x: int, y: int) -> str:
    s = rev.stages[stage]
    lines = _wrap(s.title, 30)
    holder = s.holder if not s.ends else "ended"
    text = "".join(
        f'<text x="{x + 10}" y="{y + 18 + 14 * n}">{escape(line)}</text>' for n, line in enumerate(lines[:2])
    )
    return (
        f'<g><rect x="{x}" y="{y}" width="{BOX_WIDTH}" height="{BOX_HEIGHT}" rx="{26 if s.ends else 4}" fill="Canvas" stroke="currentColor"/>'
        f'{text}<text x="{x + 10}" y="{y + 46}" font-size="10" fill-opacity=".7">{escape(holder)}</text></g>'
    )


def _wrap(text: str, width: int) -> list[str]:
    lines = [""]
    for word in text.split():
        if lines[-1] and len(lines[-1]) + len(word) >= width:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines

"""A revision as a picture: the stages as boxes, facts and choices as arrows. Mermaid for documents, SVG for pages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape

from reaccredit.policy.describing import in_words
from reaccredit.policy.revision import Choice, Move, Revision
from reaccredit.policy.walking import Ahead, Way, targets

BOX_WIDTH, BOX_HEIGHT, GAP_X, GAP_Y, MARGIN = 210, 52, 110, 34, 24
HEAD = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
    'role="img" aria-labelledby="title desc" '
    'font-family="system-ui, sans-serif" font-size="13">'
    '<title id="title">{title}</title><desc id="desc">{desc}</desc>'
    '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerUnits="userSpaceOnUse" markerWidth="10" markerHeight="10" orient="auto">'
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
    for to in targets(move):
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


def svg(rev: Revision, path: Way | None = None) -> str:
    """A layered drawing with a text alternative; no script, no style, readable in print.

    With the way of a case: what it has walked is bold, the rest pale, and the ways on are dashed, with their dates.
    """
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
    for edge in path.edges if path else ():
        if edge[0] in place and edge[1] in place:  # what only an earlier revision knew has no place here
            grouped.setdefault(edge, ["under an earlier revision"])
    title = f"{rev.title}, revision {rev.revision}"
    head = HEAD.format(width=width, height=height, title=escape(title), desc=escape(_told(rev, grouped, path)))
    parts = [head]
    for edge, labels in sorted(grouped.items(), key=lambda one: _loudness(one[0], path)):  # the loud ones above
        if edge[0] != edge[1]:
            parts.append(_line(place[edge[0]], place[edge[1]], labels, _loudness(edge, path)))
    parts += [_box(rev, stage, *place[stage], path) for stage in place]
    return "".join(parts) + "</svg>\n"


PLAIN, PALE, AHEAD, WALKED = 0, 1, 2, 3
LOOKS = {
    PLAIN: 'stroke-opacity=".45"', PALE: 'stroke-opacity=".2"', AHEAD: 'stroke-width="2" stroke-dasharray="6 5"',
    WALKED: 'stroke-width="4"',
}  # fmt: skip


def _loudness(edge: tuple[str, str], path: Way | None) -> int:
    if path is None:
        return PLAIN
    if edge in path.edges:
        return WALKED
    return AHEAD if edge[0] == path.here and any(edge[1] in one.to for one in path.ahead) else PALE


def _told(rev: Revision, grouped: dict[tuple[str, str], list[str]], path: Way | None) -> str:
    """The picture in words. Of a case only its own way is told: the whole is the policy's to tell."""
    if path is None:
        lines = [
            f"From {rev.stages[b].title} to {rev.stages[a].title}: {', '.join(x)}." for (b, a), x in grouped.items()
        ]
        return " ".join(lines)
    so_far = " > ".join(stop.title for stop in path.stops)
    ahead = "; ".join(map(str, path.ahead))
    return f"The way so far: {so_far}." + (f" From here: {ahead}." if ahead else "")


def _line(start: tuple[int, int], end: tuple[int, int], labels: list[str], loud: int) -> str:
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
        f'<path d="{path}" fill="none" stroke="currentColor" {LOOKS[loud]} marker-end="url(#tip)">'
        f"<title>{escape('; '.join(labels))}</title></path>"
    )


def _box(rev: Revision, stage: str, x: int, y: int, path: Way | None) -> str:
    s = rev.stages[stage]
    lines = _wrap(s.title, 30)
    holder = s.holder if not s.ends else "ended"
    been, here = bool(path and stage in path.stages), bool(path and stage == path.here)
    weight = ' font-weight="700"' if been else ""
    text = "".join(
        f'<text x="{x + 10}" y="{y + 18 + 14 * n}"{weight}>{escape(line)}</text>' for n, line in enumerate(lines[:2])
    )
    stroke = 'stroke-width="3"' if been else 'stroke-opacity=".45"' if path else 'stroke-width="1"'
    ring = f'<rect x="{x - 5}" y="{y - 5}" width="{BOX_WIDTH + 10}" height="{BOX_HEIGHT + 10}" rx="8" fill="none" stroke="currentColor"/>'
    ahead = [one for one in path.ahead if stage in one.to] if path else []
    return (
        f'<g><rect x="{x}" y="{y}" width="{BOX_WIDTH}" height="{BOX_HEIGHT}" rx="{26 if s.ends else 4}" '
        f'fill="Canvas" stroke="currentColor" {stroke}/>{ring if here else ""}{text}'
        f'<text x="{x + 10}" y="{y + 46}" font-size="10" fill-opacity=".7">{escape(holder)}{" · the case is here" if here else ""}</text>'
        f"{_dated(x, y, ahead)}</g>"
    )


def _dated(x: int, y: int, ahead: list[Ahead]) -> str:
    """Above a box, the ways on that lead there, with their dates; the tooltip tells them all."""
    said = [str(one) for one in ahead]
    shown = said if len(said) < 3 else [said[0], f"and {len(said) - 1} more"]
    lines = "".join(
        f'<text x="{x + 2}" y="{y - 5 - 12 * (len(shown) - 1 - n)}" font-size="10" font-weight="700">{escape(_cut(line))}</text>'
        for n, line in enumerate(shown)
    )
    return f"<g><title>{escape('; '.join(said))}</title>{lines}</g>" if said else ""


def _cut(text: str, most: int = 36) -> str:
    """The date stands at the end and is kept; a long title gives way."""
    title, colon, dated = text.rpartition(": ")
    room = most - len(colon + dated)
    return text if len(text) <= most or not colon else f"{title[: room - 1].rstrip()}…{colon}{dated}"


def _wrap(text: str, width: int) -> list[str]:
    lines = [""]
    for word in text.split():
        if lines[-1] and len(lines[-1]) + len(word) >= width:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines

"""The policy re-issued as a page from its own data, so that page and rule cannot part."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from reaccredit.policy import Clause, Policy
from reaccredit.policy.drawing import svg
from reaccredit.policy.refusing import ordinal, title_of
from reaccredit.policy.revision import Change, Choice, Offer, Revision, Window


@dataclass(frozen=True, slots=True)
class MatrixRow:
    title: str
    when: str
    options: tuple[str, ...]
    clauses: tuple[Clause, ...]


@dataclass(frozen=True, slots=True)
class WindowRow:
    when: str
    opens: str
    due: str
    own_terms: tuple[str, ...]
    clauses: tuple[Clause, ...]


@dataclass(frozen=True, slots=True)
class Page:
    revision: Revision
    latest: bool
    matrix: tuple[MatrixRow, ...]
    windows: tuple[WindowRow, ...]
    options: tuple[Choice, ...]
    clauses: tuple[Clause, ...]
    drawing: str
    excluded: tuple[str, ...]
    excluding: tuple[Clause, ...]


def page(policy: Policy, revision: Revision) -> Page:
    excluding = tuple(c for cites in revision.excludes.values() for c in cites)
    return Page(
        revision=revision, latest=revision is policy.latest, matrix=tuple(_matrix(revision, o) for o in revision.offers),
        windows=tuple(_window(revision, w) for w in revision.windows), options=tuple(revision.options.values()),
        clauses=tuple(revision.clauses.values()), drawing=svg(revision),
        excluded=tuple(name.replace("-", " ") for name in revision.excludes), excluding=revision.cited(excluding),
    )  # fmt: skip


def _deficiency(n: int) -> str:
    return f"{ordinal(n)} deficiency" + (f" (= {ordinal(n - 1)} failure)" if n > 1 else "")


def _marks(with_: Iterable[str], media: Iterable[str] = ()) -> str:
    said = [*sorted(media)]
    said += [
        {"appealed": "after a decided appeal", "reopened": "after staff accepted a late form"}.get(m, m)
        for m in sorted(with_)
    ]
    return ", ".join(said)


def _matrix(r: Revision, o: Offer) -> MatrixRow:
    titles = tuple(r.options[name].title for name in o.options)
    return MatrixRow(_deficiency(o.deficiency), _marks(o.marks), titles, r.cited(o.cites))


def _window(r: Revision, w: Window) -> WindowRow:
    start = " or ".join(f"“{title_of(r, k)}”" for k in w.opens.start)
    opens = f"{w.opens.wait} after {start}" if w.opens.wait.hours or w.opens.wait.days else f"at once after {start}"
    if w.opens.once:
        opens += f", and not before “{title_of(r, w.opens.once)}”"
    terms = tuple(
        f"{r.options[name].title}: {t.within} after {' or '.join(f'“{title_of(r, k)}”' for k in t.start)}"
        for name, t in w.terms.items()
    )
    cites = (*w.opens.cites, *w.due.cites, *(c for t in w.terms.values() for c in (*t.cites, *t.yields)), *w.silent)
    return WindowRow(_marks(w.marks, w.medium), opens, f"{w.due.within} after it opens", terms, r.cited(cites))


def history(policy: Policy) -> list[tuple[Revision, tuple[Change, ...]]]:
    """Each revision with the changes it brought, newest first."""
    rows = []
    for r in reversed(policy.revisions):
        rows.append((r, tuple(c for c in r.changes if c.date == r.revision)))
    return rows

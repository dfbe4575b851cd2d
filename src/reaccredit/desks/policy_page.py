"""The policy re-issued as an article from its own data, so that page and rule cannot part. Every sentence has its clauses as footnotes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from reaccredit.desks import policy_words as words
from reaccredit.policy import Clause, Policy
from reaccredit.policy.drawing import svg
from reaccredit.policy.given import Change
from reaccredit.policy.revision import Choice, Paper, Revision, Stage


@dataclass(frozen=True, slots=True)
class Note:
    """A clause with its number as a footnote."""

    number: int
    clause: Clause


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence and the footnotes that carry it."""

    text: str
    notes: tuple[Note, ...] = ()


Paragraph = tuple[Said, ...]


@dataclass(frozen=True, slots=True)
class MatrixRow:
    title: str
    when: str
    options: tuple[tuple[str, str], ...]  # (id, title)
    notes: tuple[Note, ...]


@dataclass(frozen=True, slots=True)
class WindowRow:
    when: str
    opens: str
    due: str
    own_terms: tuple[tuple[str, str], ...]  # (option's title, term)
    notes: tuple[Note, ...]


@dataclass(frozen=True, slots=True)
class OptionPart:
    id: str
    title: str
    summary: str
    offered: tuple[str, ...]
    steps: tuple[Said, ...]
    leads: tuple[Said, ...]  # what may happen where the case then is
    provided: tuple[str, ...]
    then: tuple[str, ...]
    notes: tuple[Note, ...]


@dataclass(frozen=True, slots=True)
class MaterialRow:
    title: str
    signers: tuple[tuple[str, str], ...]  # (kind of area or "", role)
    phi: str
    met_by: str
    holder: str
    options: tuple[str, ...]
    notes: tuple[Note, ...]


@dataclass(frozen=True, slots=True)
class StageRow:
    title: str
    holder: str
    ends: bool
    term: str
    moves: tuple[str, ...]
    notes: tuple[Note, ...]


@dataclass(frozen=True, slots=True)
class Reworded:
    id: str
    before: str
    now: str


@dataclass(frozen=True, slots=True)
class Difference:
    """What a revision says otherwise than the one before it, clause by clause."""

    before: Revision
    new: tuple[Clause, ...]
    gone: tuple[Clause, ...]
    reworded: tuple[Reworded, ...]


@dataclass(frozen=True, slots=True)
class Page:
    revision: Revision
    introduction: tuple[Paragraph, ...]
    matrix: tuple[MatrixRow, ...]
    matrix_says: tuple[Paragraph, ...]
    windows: tuple[WindowRow, ...]
    window_says: tuple[Paragraph, ...]
    options: tuple[OptionPart, ...]
    materials: tuple[MaterialRow, ...]
    stages: tuple[StageRow, ...]
    silent: tuple[Note, ...]
    assumed: tuple[Note, ...]
    notes: tuple[Note, ...]
    drawing: str
    excluded: tuple[str, ...]
    excluding: tuple[Said, ...]
    difference: Difference | None


@lru_cache(maxsize=64)
def page(policy: Policy, revision: Revision) -> Page:
    part = _Writer(revision)
    rows = revision.offers
    return Page(
        revision=revision, introduction=part.introduction(),
        matrix=tuple(part.matrix()), matrix_says=part.paragraphs(c for o in rows for c in o.cites),
        windows=tuple(part.windows()), window_says=part.paragraphs(c for w in revision.windows for c in words.cites_of_window(w)),
        options=tuple(part.option(o) for o in revision.options.values()), materials=tuple(part.materials()),
        stages=tuple(part.stages()), silent=tuple(n for n in part.all if n.clause.silent),
        assumed=tuple(n for n in part.all if n.clause.assumed), notes=part.all, drawing=svg(revision),
        excluded=tuple(name.replace("-", " ") for name in revision.excludes),
        excluding=part.sentences(c for cites in revision.excludes.values() for c in cites), difference=difference(policy, revision),
    )  # fmt: skip


class _Writer:
    """Writes the parts of one revision; knows the number of each clause."""

    def __init__(self, rev: Revision) -> None:
        self.rev = rev
        self.all = tuple(Note(n, clause) for n, clause in enumerate(rev.clauses.values(), start=1))
        self._by_id: Mapping[str, Note] = {note.clause.id: note for note in self.all}

    def notes(self, cites: Iterable[str]) -> tuple[Note, ...]:
        return tuple(self._by_id[c] for c in dict.fromkeys(cites))

    def sentences(self, cites: Iterable[str]) -> tuple[Said, ...]:
        """The clauses themselves, one after the other; what is silent has a section of its own."""
        return tuple(Said(n.clause.says, (n,)) for n in self.notes(cites) if not n.clause.silent)

    def paragraphs(self, cites: Iterable[str]) -> tuple[Paragraph, ...]:
        """The same, with what stands in one place of the source in one paragraph."""
        found: dict[str, list[Said]] = {}
        for said in self.sentences(cites):
            found.setdefault(said.notes[0].clause.at, []).append(said)
        return tuple(tuple(sentences) for sentences in found.values())

    def introduction(self) -> tuple[Paragraph, ...]:
        """How a case comes to the form: where it begins, where it is asked, and which text and clock govern it."""
        rev = self.rev
        start, asking = rev.stages[rev.start], [s for s in rev.stages.values() if s.asks]
        begins = Said(f"A case begins at “{start.title}”.", self.notes(start.cites))
        leading = [kind for kind, rows in start.moves.items() if any(words.begins_round(m) for m in rows)]
        asked = [
            Said(
                f"After {words.quoted(rev, leading)} it may come to “{s.title}”, where a choice is asked for.",
                self.notes(s.cites),
            )
            for s in asking
            if leading
        ]
        cites = [c for stage in (start, *asking) for c in stage.cites]
        return ((begins, *asked), *self.paragraphs([*cites, *rev.governs_cites, *rev.days_cites]))

    def matrix(self) -> Iterator[MatrixRow]:
        for offer in self.rev.offers:
            options = tuple((name, self.rev.options[name].title) for name in offer.options)
            title, when = words.standing(self.rev, offer), words.offer_when(self.rev, offer)
            yield MatrixRow(title, when, options, self.notes(offer.cites))

    def windows(self) -> Iterator[WindowRow]:
        rev = self.rev
        for w in rev.windows:
            own = tuple((rev.options[name].title, said) for name, said in words.own_terms(rev, w))
            when, opens, due = words.window_when(rev, w), words.opening(rev, w.opens), words.form_due(rev, w)
            yield WindowRow(when, opens, due, own, self.notes(words.cites_of_window(w)))

    def option(self, choice: Choice) -> OptionPart:
        offered = [row for row in self.matrix() if any(name == choice.id for name, _ in row.options)]
        titles = dict.fromkeys(row.title + (f", {row.when}" if row.when else "") for row in offered)
        return OptionPart(
            id=choice.id, title=choice.title, summary=choice.summary, offered=tuple(titles), steps=tuple(self._steps(choice)),
            leads=tuple(self._leads(choice)), provided=choice.provided, then=choice.then, notes=self.notes((*choice.cites, *choice.silent)),
        )  # fmt: skip

    def _steps(self, choice: Choice) -> Iterator[Said]:
        """Choose it, hand in what it needs, then where the case goes and how long it stays there."""
        papers = [self.rev.materials[need] for need in choice.needs]
        beside = ", ".join(paper.title for paper in papers if not paper.met_by)
        yield Said(f"Choose “{choice.title}” while the form is open{f', with: {beside}' if beside else ''}.")
        for paper in papers:
            if paper.met_by:
                yield Said(f"Hand in: {paper.title}{_signed(paper)}.", self.notes(paper.cites))
        yield Said(f"The case is then at: {words.choice_to(self.rev, choice)}.", self.notes(choice.cites))
        stage = self._next(choice)
        if stage and (said := words.stage_term(self.rev, stage)):
            yield Said(f"The term there: {said}.", self.notes(c for wait in stage.dues for c in wait.cites))

    def _leads(self, choice: Choice) -> Iterator[Said]:
        stage = self._next(choice)
        for kind, rows in stage.moves.items() if stage else ():
            for one in rows:
                yield Said(words.move(self.rev, kind, one) + ".", self.notes(one.cites))

    def _next(self, choice: Choice) -> Stage | None:
        """The stage that the choice leads to, where something still has to happen there."""
        stage = self.rev.stages[choice.to] if choice.to else None
        return stage if stage and not stage.ends and not stage.asks else None

    def materials(self) -> Iterator[MaterialRow]:
        for paper in self.rev.materials.values():
            yield self._material(paper)

    def _material(self, paper: Paper) -> MaterialRow:
        rev = self.rev
        used = tuple(o.title for o in rev.options.values() if paper.id in (*o.needs, *o.may_add))
        met = f"“{rev.facts[paper.met_by].title}”" if paper.met_by in rev.facts else ""
        holder = paper.holder or (rev.facts[paper.met_by].by if paper.met_by in rev.facts else "")
        return MaterialRow(
            paper.title, tuple(paper.signed_by.items()), paper.phi, met, holder, used, self.notes(paper.cites)
        )

    def stages(self) -> Iterator[StageRow]:
        for stage in self.rev.stages.values():
            moves = tuple(words.move(self.rev, kind, one) for kind, rows in stage.moves.items() for one in rows)
            yield StageRow(
                stage.title, stage.holder, stage.ends, words.stage_term(self.rev, stage), moves, self.notes(stage.cites)
            )


def _signed(paper: Paper) -> str:
    signers = [
        f"signed by the {role.replace('-', ' ')}{f' ({kind} areas)' if kind else ''}"
        for kind, role in paper.signed_by.items()
    ]
    return f", {' or '.join(signers)}" if signers else ""


def difference(policy: Policy, revision: Revision) -> Difference | None:
    """Against the revision in force before; None for the first."""
    place = policy.revisions.index(revision)
    if not place:
        return None
    before = policy.revisions[place - 1]
    old, new = before.clauses, revision.clauses
    changed = tuple(Reworded(i, old[i].says, new[i].says) for i in new if i in old and old[i].says != new[i].says)
    added, gone = (tuple(one[i] for i in one if i not in other) for one, other in ((new, old), (old, new)))
    return Difference(before, added, gone, changed)


def history(policy: Policy) -> list[tuple[Revision, tuple[Change, ...]]]:
    """Each revision with the changes it brought, newest first."""
    rows = []
    for r in reversed(policy.revisions):
        rows.append((r, tuple(c for c in r.changes if c.date == r.revision)))
    return rows

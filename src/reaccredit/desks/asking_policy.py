"""What has to be asked before a policy can tell somebody's options, and the history that the answers stand for.

Everything is read from the revision: at which standings it asks, which facts its clocks read, which traits its rules depend on. A standing is
reached by the shortest history that the policy itself admits; that history is then moved to the dates that were given.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import pairwise

from reaccredit.policy import Decision, Fact, Inadmissible, Malformed, Policy, Standing
from reaccredit.policy.counting import moment
from reaccredit.policy.forms import fitting
from reaccredit.policy.refusing import standing_name, title_of
from reaccredit.policy.revision import OPENS, Revision, Window
from reaccredit.policy.tracing import CLOCK

BEGIN = datetime(2021, 6, 1, 16, tzinfo=UTC)  # a Tuesday, away from the nights on which clocks change
LONG_AGO = date(1990, 1, 1)
MOST = 4_000  # standings looked at; a policy that has more is asked about those that are reached soonest
DAYS_TRIED = 10  # how far what nobody dated is moved so that it fits
OPTION, NOTHING = "option.", "nothing"
Told = tuple[tuple[str, str], ...]  # trait -> what was told


@dataclass(frozen=True, slots=True)
class Trait:
    """A word on which rules depend."""

    id: str
    title: str
    values: tuple[str, ...]
    default: str


@dataclass(frozen=True, slots=True)
class Question:
    """A fact whose date is asked for. `timed`: a rule counts hours from it, so that the time of day matters."""

    kind: str
    title: str
    required: bool
    timed: bool
    moves: bool  # it leads the case on, so that it has its place in the order


@dataclass(frozen=True, slots=True)
class Situation:
    """A standing in which the policy asks somebody to choose, with the shortest history that leads there."""

    decision: str  # the key of what was decided: the stage that asks and its counters
    decision_title: str
    since: str  # the key of what has happened since
    since_title: str
    path: tuple[Fact, ...]
    begins: int  # the place in the path of the fact that began the round
    questions: tuple[Question, ...]

    @property
    def begin(self) -> Question:
        return self.questions[0]


# ------------------------------------------------------------------ one revision by itself
@lru_cache(maxsize=64)
def alone(rev: Revision) -> Policy:
    """The revision as if it had always been in force: what came before the round asked about is only the way there."""
    return Policy([replace(rev, in_force=LONG_AGO, published=LONG_AGO, ended=None)])


def traits(rev: Revision) -> tuple[Trait, ...]:
    return tuple(Trait(t.id, t.title, t.values, t.default or t.values[0]) for t in rev.traits.values())


def area_kinds(rev: Revision) -> tuple[str, ...]:
    """The kinds of areas that the revision tells apart, where it tells any apart."""
    kinds = tuple(k.id for k in rev.area_kinds)
    return kinds if len(kinds) > 1 else ()


def area_code(rev: Revision, kind: str) -> str:
    """A code whose beginning says that the area is of this kind."""
    return next((k.prefix or k.id for k in rev.area_kinds if k.id == kind), kind)


@lru_cache(maxsize=64)
def situations(rev: Revision, told: Told) -> tuple[Situation, ...]:
    """Every standing in which the policy asks, in the order in which a case comes to them."""
    found: dict[tuple[str, str], Situation] = {}
    for history, decision in _walk(rev, told):
        if rev.stages[decision.standing.stage].asks and (decision.options or _offered(decision)):
            one = _situation(rev, history, decision)
            found.setdefault((one.decision, one.since), one)
    return tuple(sorted(found.values(), key=lambda s: (s.decision.count("."), s.decision)))


def _offered(decision: Decision) -> bool:
    """Something can be chosen here, if not yet."""
    return any(no.kind in {"too-early", "not-viewed"} for no in decision.refused.values())


# ------------------------------------------------------------------ the way to each standing
def _walk(rev: Revision, told: Told) -> Iterator[tuple[tuple[Fact, ...], Decision]]:
    """Standings with the history that leads there, the shortest first. Dates matter only as far as they open or close something."""
    rules, early, most = alone(rev), _early(rev), _most(rev)
    queue: deque[tuple[tuple[Fact, ...], datetime]] = deque([((), BEGIN)])
    seen: set[object] = set()
    while queue and len(seen) < MOST:
        history, now = queue.popleft()
        try:
            decision = rules.decide(history, at=now)
        except (Inadmissible, Malformed):
            continue
        s = decision.standing
        read = early | _read(rev, s)
        key = _key(decision, read)
        if key in seen or any(n > m for n, m in zip(_counters(rev, s), most, strict=True)):
            continue
        seen.add(key)
        yield history, decision
        if not decision.ended:
            queue.extend(((*history, fact), now) for fact in _facts(rev, decision, told, read, now))
            if later := _later(decision, now):
                queue.append((history, later))


def _key(decision: Decision, read: Collection[str]) -> object:
    s = decision.standing
    heard = frozenset(kind for kind in s.times if kind in read)
    return s.stage, _counters(decision.rev, s), s.marks, heard, frozenset(o.id for o in decision.options)


def _facts(rev: Revision, decision: Decision, told: Told, read: Collection[str], now: datetime) -> Iterator[Fact]:
    stage = rev.stages[decision.standing.stage]
    for kind, rows in stage.moves.items():
        yield Fact(now, kind, dict(told) if any(m.new_round for m in rows) else {})
    for kind in sorted(stage.hears & set(read)):
        if not decision.standing.heard(kind):
            yield Fact(now, kind)
    for option in decision.options:
        yield Fact(now, OPTION + option.id)


def _later(decision: Decision, now: datetime) -> datetime | None:
    term = decision.term
    dates = [*(o.due for o in decision.options), *((term.opens, term.due) if term else ())]
    return min((d for d in dates if d and d > now), default=None)


def _read(rev: Revision, s: Standing) -> frozenset[str]:
    """The facts that the clocks of this standing read."""
    stage = rev.stages[s.stage]
    kinds = {kind for w in fitting(rev, s) for kind in (*_clock(w), *w.opens.once)} if stage.asks else set[str]()
    return frozenset((kinds | {stage.awaits} | {kind for wait in stage.dues for kind in wait.start}) - {OPENS, ""})


@lru_cache(maxsize=64)
def _early(rev: Revision) -> frozenset[str]:
    """Facts that a clock reads at a stage which does not hear them: they must have been heard on the way there."""
    found: set[str] = set()
    for w in rev.windows:
        found |= {*_clock(w), *w.opens.once} - rev.stages[w.stage].hears
    return frozenset(kind for kind in found if any(kind in stage.hears for stage in rev.stages.values()))


def _most(rev: Revision) -> tuple[int, ...]:
    """Past the last row of the matrix one count is like the next."""
    highest: dict[str, int] = {}
    for name, _, high in (c for o in rev.offers for c in o.when.counters):
        highest[name] = max(highest.get(name, 0), high)
    return tuple(highest.values())


def _clock(w: Window) -> tuple[str, ...]:
    """The facts from which the dates of a form are counted."""
    return (
        *w.opens.start,
        *(w.due.start if w.due else ()),
        *(kind for term in w.terms.values() for kind in term.start),
    )


def _counters(rev: Revision, s: Standing) -> tuple[int, ...]:
    """The counts on which the rows of the matrix depend."""
    return tuple(s.count(name) for name in dict.fromkeys(n for o in rev.offers for n, _, _ in o.when.counters))


# ------------------------------------------------------------------ what is asked about a standing
def _situation(rev: Revision, history: tuple[Fact, ...], decision: Decision) -> Situation:
    s = decision.standing
    begins, marking = _round(rev, decision)
    titles = dict.fromkeys(f"“{title_of(rev, kind)}”" for kind in marking)
    return Situation(
        decision=".".join([s.stage, *map(str, _counters(rev, s))]), decision_title=standing_name(rev, s),
        since="+".join(sorted(s.marks)) or NOTHING, since_title=f"After {', then '.join(titles)}" if titles else "Nothing has been decided since",
        path=history, begins=begins, questions=tuple(_questions(rev, s, history, begins)),
    )  # fmt: skip


def _round(rev: Revision, decision: Decision) -> tuple[int, list[str]]:
    """The place of the fact that began the round, and the facts that have left a mark since."""
    stage, place, begins, marking = rev.start, -1, 0, list[str]()
    for step in decision.steps:
        move = next(iter(rev.stages[stage].moves.get(step.fact.kind, ())), None)
        place += step.fact.kind != CLOCK
        if move and move.new_round:
            begins, marking = place, []
        elif move and move.marks:
            marking.append(step.fact.kind)
        stage = step.standing.stage
    return begins, marking


def _questions(rev: Revision, s: Standing, path: Sequence[Fact], begins: int) -> Iterator[Question]:
    """First what began the round, then what has led the case on since, then what else the clocks of this standing read."""
    window = next(iter(fitting(rev, s)), None)
    counted = frozenset(_clock(window)) if window else frozenset()
    gate = window.opens.once if window else ()
    hours = frozenset(window.opens.start) if window and window.opens.wait.elapses else frozenset()
    kinds = list(dict.fromkeys(f.kind for f in path[begins:]))
    for place, kind in enumerate(kinds):
        moves = _moves(rev, kind)
        if moves or kind in counted or kind in gate:
            required = not place or (moves and kind in counted)
            yield Question(kind, title_of(rev, kind), required, kind in hours, moves)
    for kind in sorted((counted | set(gate)) & rev.stages[s.stage].hears - set(kinds), key=list(rev.facts).index):
        yield Question(kind, title_of(rev, kind), False, kind in hours, False)


# ------------------------------------------------------------------ the history of somebody
class Misfit(Exception):
    """The dates do not fit the policy: which fact's, and the sentence that says so."""

    def __init__(self, kind: str, sentence: str) -> None:
        super().__init__(sentence)
        self.kind, self.sentence = kind, sentence


@dataclass(frozen=True, slots=True)
class History:
    facts: tuple[Fact, ...]
    begins: int
    supposed: frozenset[str]  # facts of this round whose date nobody gave: they lie where the policy first admits them
    policy: Policy


def history(
    policy: Policy, rev: Revision, one: Situation, dates: Mapping[str, datetime], areas: Sequence[str]
) -> History:
    """The path to the situation at these dates. Raises `Misfit`."""
    rules = policy if rev.governs == "act" else alone(rev)
    begun = dates[one.begin.kind].astimezone(UTC)
    for days in range(DAYS_TRIED):  # other dates have other weekends, holidays and nights on which clocks change
        slack = timedelta(days=days)
        before = [replace(f, at=begun + (f.at - one.path[one.begins].at) - slack) for f in one.path[: one.begins]]
        this = _this_round(rev, one, dates, slack)
        facts = tuple(_with_areas(rev, [*before, *this], areas))
        try:
            rules.decide(facts, at=facts[-1].at)
            break
        except Inadmissible as no:
            told = no.index >= len(before) and facts[no.index].kind in dates
            if told or days == DAYS_TRIED - 1:
                raise _misfit(rev, one, facts, no) from no
    supposed = frozenset(f.kind for f in this if f.kind not in dates)
    return History(facts, one.begins, supposed, rules)


def _this_round(rev: Revision, one: Situation, dates: Mapping[str, datetime], slack: timedelta) -> list[Fact]:
    """The facts of the round; one without a date of its own lies as long after the one before it as in the path."""
    path = one.path[one.begins :]
    placed = [replace(path[0], at=dates[one.begin.kind])]
    for before, fact in pairwise(path):
        gap = fact.at - before.at
        at = dates.get(fact.kind, placed[-1].at.astimezone(UTC) + gap + (slack if gap else timedelta(0)))
        if at < placed[-1].at and placed[-1].kind not in dates and _moves(rev, fact.kind):
            soonest = f"“{title_of(rev, placed[-1].kind)}” comes before it, and that could not be before {moment(placed[-1].at, rev.zone)}"
            raise Misfit(fact.kind, f"“{title_of(rev, fact.kind)}” cannot be as early as that: {soonest}.")
        placed.append(replace(fact, at=at))
    on_path = {f.kind for f in path}
    placed += [Fact(at, kind) for kind, at in dates.items() if kind not in on_path]
    return [placed[0], *sorted(placed[1:], key=lambda f: f.at)]


def _moves(rev: Revision, kind: str) -> bool:
    return not any(kind in stage.hears for stage in rev.stages.values())


def _with_areas(rev: Revision, facts: list[Fact], areas: Sequence[str]) -> Iterator[Fact]:
    """The first decision names the areas; the later ones are about those still under test."""
    named = False
    for fact in facts:
        finds = any(m.finds for s in rev.stages.values() for m in s.moves.get(fact.kind, ()))
        if areas and finds and rev.words and not named:
            named = True
            yield replace(fact, about={**fact.about, "areas": dict.fromkeys(areas, rev.words.failed)})
        else:
            yield fact


def _misfit(rev: Revision, one: Situation, facts: Sequence[Fact], no: Inadmissible) -> Misfit:
    """Says it at the field of the fact that does not fit, or of the first fact asked for after it."""
    asked = {q.kind for q in one.questions}
    kind = next((f.kind for f in facts[no.index :] if f.kind in asked), one.begin.kind)
    refused = facts[no.index]
    said = no.refusal.sentence
    if refused.kind != kind:
        said = f"Before “{title_of(rev, kind)}” comes “{title_of(rev, refused.kind)}”, and that does not fit: {said}"
    return Misfit(kind, said)

"""What has to be asked before a policy can tell somebody's options, and the history that the answers stand for.

Everything is read from the revision: at which standings it asks, which facts its clocks read, which words and days its rules depend on. A standing
is reached by the shortest history that the policy itself admits; that history is then moved to the dates that were given.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import Any

from reaccredit.desks.asking_walk import Told, Way, moves, ways
from reaccredit.policy import Fact, Inadmissible, NotGoverned, Policy
from reaccredit.policy.counting import moment
from reaccredit.policy.forms import fitting
from reaccredit.policy.refusing import standing_name
from reaccredit.policy.revision import Revision, When, Window
from reaccredit.policy.words import Standing

LONG_AGO = date(1990, 1, 1)
YEAR = timedelta(days=370)  # how far what nobody dated is moved so that it fits
OPTION, NOTHING, UNTOLD = "option.", "nothing", ""


@dataclass(frozen=True, slots=True)
class Trait:
    """A word on which rules depend. Without a default it may be left untold."""

    id: str
    title: str
    values: tuple[str, ...]
    default: str


@dataclass(frozen=True, slots=True)
class Day:
    """A day that somebody else sets, such as the expiry of a certificate."""

    id: str
    title: str


@dataclass(frozen=True, slots=True)
class Question:
    """A fact whose date is asked for. `timed`: a rule counts hours from it, so that the time of day matters."""

    kind: str
    title: str
    required: bool
    timed: bool
    moves: bool  # it leads the case on, so that it has its place in the order
    about: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Situation:
    """A standing in which the policy asks somebody to choose, with the shortest history that leads there."""

    decision: str  # the key of what was decided: the stage that asks, the outcome, the counters
    decision_title: str
    since: str  # the key of what has happened since
    since_title: str
    path: tuple[Fact, ...]
    begins: int  # the place in the path of the fact that began the round
    questions: tuple[Question, ...]

    @property
    def begin(self) -> Question:
        return self.questions[0]


def title_of(rev: Revision, kind: str) -> str:
    return rev.title_of(kind)


# ------------------------------------------------------------------ one revision by itself
@lru_cache(maxsize=64)
def alone(rev: Revision) -> Policy:
    """The revision as if it had always been in force: what came before the round asked about is only the way there."""
    return Policy([replace(rev, in_force=LONG_AGO, published=LONG_AGO, ended=None)])


def _whens(rev: Revision) -> Iterator[When]:
    """The conditions on what may be chosen and by when."""
    yield from (o.when for o in rev.offers)
    for w in rev.windows:
        yield w.when
        yield from (wait.when for wait in (w.due, *w.terms.values()) if wait)
    yield from (wait.when for stage in rev.stages.values() if stage.asks for wait in stage.dues)


def traits(rev: Revision) -> tuple[Trait, ...]:
    """The words on which what may be chosen, and by when, depends."""
    named = {name for when in _whens(rev) for name in (*dict(when.traits), *when.told, *when.untold)}
    return tuple(Trait(t.id, t.title, t.values, t.default) for t in rev.traits.values() if t.id in named)


def days(rev: Revision) -> tuple[Day, ...]:
    """The days that others set, and on which it depends."""
    named = {
        name for when in _whens(rev) for name in (*when.told, *when.untold, *([when.left.until] if when.left else []))
    }
    named |= {name for w in rev.windows for name in _clock(w)}
    return tuple(Day(d.id, d.title) for d in rev.dates.values() if d.id in named)


def area_kinds(rev: Revision) -> tuple[str, ...]:
    """The kinds of areas that the revision tells apart, where it tells any apart."""
    kinds = tuple(k.id for k in rev.area_kinds)
    return kinds if len(kinds) > 1 else ()


def area_code(rev: Revision, kind: str) -> str:
    """A code whose beginning says that the area is of this kind."""
    return next((k.prefix or k.id for k in rev.area_kinds if k.id == kind), kind)


@lru_cache(maxsize=128)
def situations(rev: Revision, told: Told) -> tuple[Situation, ...]:
    """Every standing in which the policy asks, in the order of its stages, outcomes and counts."""
    found: dict[tuple[str, str], tuple[Any, Situation]] = {}
    for way in ways(rev, told):
        one = _situation(rev, way)
        found.setdefault((one.decision, one.since), (_order(rev, way.standing), one))
    several = len({one.decision.split(".")[0] for _, one in found.values()}) > 1
    ordered = _told_apart(rev, [one for _, one in sorted(found.values(), key=lambda pair: pair[0])])
    return tuple(_with_stage(rev, one) for one in ordered) if several else tuple(ordered)


def _order(rev: Revision, s: Standing) -> tuple[int, int, tuple[int, ...], int]:
    outcomes = list(rev.outcomes)
    return (
        list(rev.stages).index(s.stage), outcomes.index(s.outcome) if s.outcome in outcomes else -1, _counts(rev, s), len(s.marks),
    )  # fmt: skip


def _told_apart(rev: Revision, listed: Sequence[Situation]) -> list[Situation]:
    """A stage to which a case comes before any decision and again after one: each is called by the stage and by what came before."""
    stages = {one.decision: rev.stages[one.decision.split(".")[0]].title for one in listed}
    titles = {one.decision: one.decision_title for one in listed}
    fresh = {stages[key] for key, title in titles.items() if title == stages[key]}
    mixed = {stage for stage in fresh if len({k for k in titles if stages[k] == stage}) > 1}
    return [
        replace(one, decision_title=_called(stages[one.decision], one.decision_title)) if stages[one.decision] in mixed else one
        for one in listed
    ]  # fmt: skip


def _called(stage: str, title: str) -> str:
    return f"{stage}, nothing decided before" if title == stage else f"{stage}, after the decision “{title}”"


def _with_stage(rev: Revision, one: Situation) -> Situation:
    stage = rev.stages[one.decision.split(".")[0]].title
    return (
        one if one.decision_title.startswith(stage) else replace(one, decision_title=f"{stage}: {one.decision_title}")
    )


def _counts(rev: Revision, s: Standing) -> tuple[int, ...]:
    """The counts on which the rows of the matrix depend."""
    return tuple(s.count(name) for name in dict.fromkeys(n for o in rev.offers for n, _, _ in o.when.counters))


def _situation(rev: Revision, way: Way) -> Situation:
    s = way.standing
    titles = dict.fromkeys(f"“{rev.title_of(fact.kind)}”" for fact in way.marking)
    return Situation(
        decision=".".join([s.stage, s.outcome, *map(str, _counts(rev, s))]), decision_title=_decided(rev, s),
        since="+".join(sorted(s.marks)) or NOTHING,
        since_title=f"After {', then '.join(titles)}" if titles else "Nothing has been decided since",
        path=way.path, begins=way.begins, questions=tuple(_questions(rev, way)),
    )  # fmt: skip


def _decided(rev: Revision, s: Standing) -> str:
    """The standing's own name, and the outcome where rows of the matrix tell outcomes apart."""
    name, stage = standing_name(rev, s), rev.stages[s.stage].title
    name = stage if name == f"stage “{stage}”" else name
    outcome = rev.outcomes[s.outcome].title if s.outcome and any(o.when.outcome for o in rev.offers) else ""
    return name if not outcome or outcome in name else f"{outcome}, {name}"


# ------------------------------------------------------------------ what is asked about a standing
def _questions(rev: Revision, way: Way) -> Iterator[Question]:
    """First what began the round, then what has led the case on since, then what else the clocks of this standing read."""
    window = next(iter(fitting(rev, way.standing)), None)
    counted = _clock(window) if window else ()
    gate = window.opens.once if window else ()
    hours = _hours(window) if window else frozenset()
    read = {name.partition("/")[0] for name in (*counted, *gate)}
    kinds = list(dict.fromkeys(f.kind for f in way.path[way.begins :]))
    for place, kind in enumerate(kinds):
        leads = _leads(rev, kind)
        if not place or leads or kind in read:
            required = not place or (leads and kind in read)
            yield Question(kind, rev.title_of(kind), required, kind in hours, leads)
    for name in dict.fromkeys((*counted, *gate)):
        kind, _, told = name.partition("/")
        known = rev.facts.get(kind)
        if known and kind not in kinds and {name, kind} & rev.stages[way.standing.stage].hears:
            kinds.append(kind)
            about = dict.fromkeys(known.needs, "told") | ({known.tells: told} if told else {})
            yield Question(kind, rev.title_of(name), False, kind in hours, False, about)


def _leads(rev: Revision, kind: str) -> bool:
    """It moves the case wherever it has a place; it is not only heard."""
    return not any(kind == name.partition("/")[0] for stage in rev.stages.values() for name in stage.hears)


def _clock(w: Window) -> tuple[str, ...]:
    """The names from which the dates of a form are counted."""
    waits = [*([w.due] if w.due else []), *w.terms.values()]
    return tuple(dict.fromkeys((*w.opens.start, *(name for wait in waits for name in wait.start))))


def _hours(w: Window) -> frozenset[str]:
    """The facts from which something elapses by the hour."""
    waits = [*([w.due] if w.due else []), *w.terms.values()]
    found = {name for wait in waits if wait.within and wait.within.elapses for name in wait.start}
    # at once after a fact is no count of hours
    by_hour = w.opens.wait.elapses and w.opens.wait.minutes
    return frozenset(name.partition("/")[0] for name in found | (set(w.opens.start) if by_hour else set()))


# ------------------------------------------------------------------ the history of somebody
class Misfit(Exception):
    """The dates do not fit the policy: which fact's or day's, and the sentence that says so."""

    def __init__(self, kind: str, sentence: str) -> None:
        super().__init__(sentence)
        self.kind, self.sentence = kind, sentence


@dataclass(frozen=True, slots=True)
class Answers:
    """What somebody told: the instants of facts, words, days that others set, and the areas that were not passed."""

    dates: Mapping[str, datetime]
    told: Told = ()
    days: Mapping[str, date] = field(default_factory=dict)
    areas: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class History:
    facts: tuple[Fact, ...]
    begins: int
    supposed: frozenset[str]  # facts of this round whose date nobody gave: they lie where the policy first admits them
    policy: Policy


def history(policy: Policy, rev: Revision, one: Situation, said: Answers) -> History:
    """The path to the situation at these dates. Raises `Misfit`."""
    rules = policy if rev.governs == "act" else alone(rev)
    begun = said.dates[one.begin.kind].astimezone(UTC)
    tellers = tuple(_tellers(rev, one, said, begun))
    back = ahead = timedelta(0)  # other dates have other weekends, holidays, seasons and nights on which clocks change
    while True:
        before = [replace(f, at=begun + (f.at - one.path[one.begins].at) - back) for f in one.path[: one.begins]]
        this = _this_round(rev, one, said.dates, ahead)
        facts = tuple(_worded(rev, [*before, *tellers, *this], said))
        try:
            rules.decide(facts, at=facts[-1].at)
            break
        except Inadmissible as no:
            earlier = no.index < len(before)
            if (not earlier and facts[no.index].kind in said.dates) or max(back, ahead) > YEAR:
                raise _misfit(rev, one, facts, no) from no
        except NotGoverned:  # what nobody dated lies before the first revision
            rules, earlier = alone(rev), True
        back, ahead = (back + _step(back), ahead) if earlier else (back, ahead + _step(ahead))
    supposed = frozenset(f.kind for f in this if f.kind not in said.dates)
    return History(facts, len(before) + len(tellers), supposed, rules)


def _step(tried: timedelta) -> timedelta:
    """By single days at first, then faster: a form that opens once a year is looked for through a whole one."""
    return timedelta(days=1 if tried < timedelta(days=10) else 5)


def _this_round(rev: Revision, one: Situation, dates: Mapping[str, datetime], slack: timedelta) -> list[Fact]:
    """The facts of the round; one without a date of its own lies as long after the one before it as in the path."""
    path = one.path[one.begins :]
    placed = [replace(path[0], at=dates[one.begin.kind])]
    for before, fact in pairwise(path):
        gap = fact.at - before.at
        at = dates.get(fact.kind, placed[-1].at.astimezone(UTC) + gap + (slack if gap else timedelta(0)))
        if at < placed[-1].at and placed[-1].kind not in dates and _leads(rev, fact.kind):
            first = placed[-1]
            soonest = f"“{rev.title_of(first.kind)}” comes before it, and that could not be before {moment(first.at, rev.zone)}"
            raise Misfit(fact.kind, f"“{rev.title_of(fact.kind)}” cannot be as early as that: {soonest}.")
        placed.append(replace(fact, at=at))
    on_path = {f.kind for f in path}
    asked = {q.kind: q.about for q in one.questions}
    placed += [Fact(at, kind, asked.get(kind, {})) for kind, at in dates.items() if kind not in on_path]
    return [placed[0], *sorted(placed[1:], key=lambda f: f.at)]


def _tellers(rev: Revision, one: Situation, said: Answers, at: datetime) -> Iterator[Fact]:
    """Facts that are not on the way, and only tell a word or a day: known when the round begins."""
    on_path = {f.kind for f in one.path}
    told: dict[str, dict[str, Any]] = {}
    for trait, word in said.told:
        kinds = rev.traits[trait].told_by
        if word and kinds and not on_path & set(kinds) and word != rev.traits[trait].default:
            told.setdefault(kinds[0], {})[trait] = word
    for name, day in said.days.items():
        kinds = rev.dates[name].told_by
        if not on_path & set(kinds):
            told.setdefault(kinds[0], {})[rev.dates[name].key] = day.isoformat()
    for kind, about in told.items():
        for missing in (d for d in rev.dates.values() if d.key in rev.facts[kind].needs and d.key not in about):
            raise Misfit(missing.id, f"Enter this too: “{rev.title_of(kind)}” tells it together with what you chose.")
        yield Fact(at, kind, {**dict.fromkeys(rev.facts[kind].needs, "told"), **about})


def _worded(rev: Revision, facts: list[Fact], said: Answers) -> Iterator[Fact]:
    """The facts say the days that were told; the first that judges areas names them, the later ones judge what is still under test."""
    named = not (said.areas and rev.words)
    for fact in facts:
        about = dict(fact.about)
        for name, day in said.days.items():
            if fact.kind in rev.dates[name].told_by:
                about[rev.dates[name].key] = day.isoformat()
        if not named and rev.words and any(m.finds for stage in rev.stages for m in moves(rev, stage, fact)):
            named, about["areas"] = True, dict.fromkeys(said.areas, rev.words.failed)
        yield replace(fact, about=about)


def _misfit(rev: Revision, one: Situation, facts: Sequence[Fact], no: Inadmissible) -> Misfit:
    """Says it at the field of the fact that does not fit, or of the first fact asked for after it."""
    asked = {q.kind for q in one.questions}
    kind = next((f.kind for f in facts[no.index :] if f.kind in asked), one.begin.kind)
    refused = facts[no.index]
    said = no.refusal.sentence
    if refused.kind != kind:
        said = f"Before “{rev.title_of(kind)}” comes “{rev.title_of(refused.kind)}”, and that does not fit: {said}"
    return Misfit(kind, said)

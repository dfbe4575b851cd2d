"""One fact at a time: a standing and a fact give the next standing, or a refusal. No words of any programme stand here."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from reaccredit.policy import refusing
from reaccredit.policy.revision import Choice, Move, Revision
from reaccredit.policy.windows import option_due, stage_due, timing
from reaccredit.policy.words import (
    ACCEPTABLE,
    DEFAULT_AREA,
    NOT_ACCEPTABLE,
    UNTESTED,
    WITHDRAWN,
    Fact,
    Refusal,
    Standing,
)

OPTION = "option."


@dataclass(frozen=True, slots=True)
class Moved:
    standing: Standing
    cites: tuple[str, ...]


class _No(Exception):
    def __init__(self, refusal: Refusal) -> None:
        self.refusal = refusal


def begin(rev: Revision) -> Standing:
    return Standing(stage=rev.start, revision=rev.revision)


def step(rev: Revision, standing: Standing, fact: Fact) -> Moved | Refusal:
    """What the fact makes of the standing. The clock must have been moved to the fact's time before (`clock`)."""
    try:
        return _step(rev, standing, fact)
    except _No as no:
        return no.refusal


def _step(rev: Revision, s: Standing, fact: Fact) -> Moved:
    stage = rev.stages[s.stage]
    if fact.kind in stage.moves:
        return _move(rev, s, fact, stage.moves[fact.kind])
    if fact.kind in stage.hears:
        anew = fact.kind == stage.awaits and not awaited(rev, s)
        return Moved(replace(s, times=_heard(rev, s, fact, again=anew)), stage.cites)
    if fact.kind.startswith(OPTION) and not stage.ends:
        return _choose(rev, s, fact)
    raise _No(refusing.unexpected(rev, s, fact))


def awaited(rev: Revision, s: Standing) -> bool:
    """Has what the stage waits for happened since the case came to it?"""
    heard = s.heard(rev.stages[s.stage].awaits)
    return heard is not None and (s.entered is None or heard >= s.entered)


def _heard(rev: Revision, s: Standing, fact: Fact, *, again: bool) -> tuple[tuple[str, datetime], ...]:
    """What only starts or stops a clock counts when first heard; what moves the case counts when it last did."""
    names = [fact.kind]
    known = rev.facts.get(fact.kind)
    if known and known.tells and isinstance(fact.about.get(known.tells), str):
        names.append(f"{fact.kind}/{fact.about[known.tells]}")
    times = dict(s.times)
    for name in names:
        if again or name not in times:
            times[name] = fact.at
    return tuple(times.items())


def clock(rev: Revision, s: Standing, at: datetime) -> list[Moved]:
    """The moves that the clock has made up to `at`, in their order (none, as a rule)."""
    moved: list[Moved] = []
    while (over := rev.stages[s.stage].overdue) and over.to:
        _, due, _ = stage_due(rev, s)
        if due is None or at < due:
            break
        s = replace(s, stage=over.to, marks=s.marks | over.marks, entered=due, lapsed=(s.stage, due, over.cites))
        moved.append(Moved(s, over.cites))
    return moved


# ------------------------------------------------------------------ facts that move
def _move(rev: Revision, s: Standing, fact: Fact, m: Move) -> Moved:
    cites = m.cites
    if m.counts:
        s = _new_round(rev, s, fact)
    if m.outcome:
        s = replace(s, areas=_outcomes(rev, s, fact, m.outcome))
    to = _where(rev, s, m)
    if m.counts and m.over and s.deficiency > m.over:
        to, cites = m.over_to, (*cites, *m.over_cites)
    if not to:
        raise _No(refusing.areas(rev, m.cites, f"not every area is acceptable ({', '.join(s.deficient)} is not)"))
    # What was chosen is decided when the form opens again or the case ends; a withdrawal stays, and with it the form it needs.
    decided = rev.stages[to].asks or rev.stages[to].ends
    chosen = tuple(c for c in s.chosen if rev.options[c].withdraws) if decided else s.chosen
    times = _heard(rev, s, fact, again=True)
    return Moved(
        replace(s, stage=to, marks=s.marks | m.marks, chosen=chosen, times=times, entered=fact.at, lapsed=None), cites
    )


def _new_round(rev: Revision, s: Standing, fact: Fact) -> Standing:
    """A report that was not passed: its own clocks, its own appeal, its own form."""
    medium = fact.about.get("medium", "upload")
    if medium not in rev.media:
        raise _No(
            refusing.malformed(rev, f"the medium {medium!r} is not known; expected one of {', '.join(rev.media)}")
        )
    return replace(
        s, deficiency=s.deficiency + 1, marks=frozenset(), times=(), chosen=(), retest="", medium=medium, lapsed=None
    )


def _where(rev: Revision, s: Standing, m: Move) -> str:
    if m.emptied_to and _emptied(rev, s.areas):
        return m.emptied_to
    return m.settled_to if m.settled_to and not s.deficient else m.to


def _emptied(rev: Revision, areas: Iterable[tuple[str, str]]) -> bool:
    """Nothing is left that could be accredited: each area that can be withdrawn is."""
    own = [word for area, word in areas if rev.area_kind(area).withdrawable]
    return bool(own) and all(word == WITHDRAWN for word in own)


def _outcomes(rev: Revision, s: Standing, fact: Fact, default: str) -> tuple[tuple[str, str], ...]:
    """The areas after a determination. Named areas must be the ones in play; all in play get a word."""
    named = fact.about.get("areas")
    areas = dict(s.areas)
    playing = [a for a, w in s.areas if w == s.play] or [a for a, w in s.areas if w != WITHDRAWN]
    given = _given(rev, named, default, playing)
    known = set(areas) or set(given)
    for area, word in given.items():
        if area not in known:
            raise _No(refusing.areas(rev, (), f"the area {area!r} is not part of this case ({', '.join(areas)})"))
        if areas and area not in playing and areas[area] != word:
            raise _No(refusing.areas(rev, (), f"the area {area!r} is {areas[area]} and was not under test"))
    missing = [a for a in playing if a not in given]
    if missing:
        raise _No(refusing.areas(rev, (), f"nothing is said of {', '.join(missing)}, which was under test"))
    if default not in given.values():
        raise _No(refusing.areas(rev, (), f"no area is {default}, as this fact says"))
    # By name where the case learns its areas here: a database need not keep the order in which they were written.
    return tuple((areas | given).items()) if areas else tuple(sorted(given.items()))


def _given(rev: Revision, named: object, default: str, playing: list[str]) -> dict[str, str]:
    if named is None:
        return dict.fromkeys(playing or [DEFAULT_AREA], default)
    other = NOT_ACCEPTABLE if default == ACCEPTABLE else ACCEPTABLE
    if isinstance(named, dict) and named and all(w in (ACCEPTABLE, NOT_ACCEPTABLE) for w in named.values()):
        return {str(k): str(v) for k, v in named.items()}
    if isinstance(named, list | tuple) and named and all(isinstance(a, str) for a in named):
        return dict.fromkeys(playing, other) | dict.fromkeys(named, default)
    raise _No(refusing.malformed(rev, "'areas' is a table of area = acceptable | not-acceptable, or a list of areas"))


# ------------------------------------------------------------------ choices
def _choose(rev: Revision, s: Standing, fact: Fact) -> Moved:
    name = fact.kind.removeprefix(OPTION)
    if no := refusing.option(rev, s, name, fact.at):
        raise _No(no)
    choice, row = rev.options[name], rev.rows(s.deficiency, s.marks)[0]
    ticked = _ticked(rev, s, fact, choice)
    areas = _put(rev, s, fact, choice, ticked)
    withdrawing = tuple(o.id for o in rev.options.values() if o.withdraws and o.id in row.options) if ticked else ()
    kept = tuple(c for c in s.chosen if rev.options[c].withdraws)
    new = replace(
        s, areas=areas, chosen=tuple(dict.fromkeys((*kept, *withdrawing, name))), retest=choice.retest,
        play=choice.puts or s.play, times=_heard(rev, s, fact, again=True), entered=fact.at,
        lapsed=None,
    )  # fmt: skip
    _, due_cites, _ = option_due(rev, s, timing(rev, s), name)
    return Moved(replace(new, stage=_after(rev, new, choice)), (*row.cites, *choice.cites, *due_cites))


def _after(rev: Revision, s: Standing, choice: Choice) -> str:
    if choice.emptied_to and _emptied(rev, s.areas):
        return choice.emptied_to
    return choice.settled_to if choice.settled_to and not s.deficient else choice.to


def _ticked(rev: Revision, s: Standing, fact: Fact, choice: Choice) -> tuple[str, ...]:
    """The modules ticked for withdrawal: on the withdrawal's own form they are its areas."""
    named = fact.about.get("withdraw") or ()
    if choice.withdraws:
        named = (*_list(rev, named, "withdraw"), *_list(rev, fact.about.get("areas") or (), "areas"))
        named = named or tuple(a for a in s.deficient if rev.area_kind(a).withdrawable)
        if not named:
            raise _No(refusing.areas(rev, choice.cites, "no module or patient type is left that could be withdrawn"))
    ticked = _list(rev, named, "withdraw")
    if ticked and not (choice.ticks or choice.withdraws):
        raise _No(refusing.areas(rev, choice.cites, "no module is ticked on this form: everything is withdrawn"))
    for area in ticked:
        _withdrawable(rev, s, area, choice)
    return ticked


def _withdrawable(rev: Revision, s: Standing, area: str, choice: Choice) -> None:
    words = dict(s.areas)
    if area not in words:
        raise _No(refusing.areas(rev, choice.cites, f"the area {area!r} is not part of this case ({', '.join(words)})"))
    if words[area] == WITHDRAWN:
        raise _No(refusing.areas(rev, choice.cites, f"the area {area!r} is withdrawn already"))
    kind = rev.area_kind(area)
    if not kind.withdrawable:
        raise _No(
            refusing.areas(rev, kind.cites, f"the area {area!r} is no module or patient type and cannot be withdrawn")
        )


def _list(rev: Revision, named: object, key: str) -> tuple[str, ...]:
    if isinstance(named, dict):
        named = list(named)
    if not isinstance(named, list | tuple) or not all(isinstance(a, str) for a in named):
        raise _No(refusing.malformed(rev, f"'{key}' is a list of areas"))
    return tuple(named)


def _put(
    rev: Revision, s: Standing, fact: Fact, choice: Choice, ticked: Collection[str]
) -> tuple[tuple[str, str], ...]:
    """The areas with what the form makes of them."""
    areas = dict(s.areas) | dict.fromkeys(ticked, WITHDRAWN)
    if not choice.puts or choice.withdraws:
        return tuple(areas.items())
    covered = [a for a, w in areas.items() if w == NOT_ACCEPTABLE or (choice.covers == "all" and w != WITHDRAWN)]
    if not covered:
        raise _No(
            refusing.areas(rev, choice.cites, "with the ticked modules withdrawn nothing is left to choose this for")
        )
    named = _list(rev, fact.about.get("areas") or (), "areas")
    for area in named:
        if area not in covered:
            raise _No(
                refusing.areas(
                    rev,
                    choice.cites,
                    f"the area {area!r} is not one that this can be chosen for ({', '.join(covered)})",
                )
            )
    left = [a for a in covered if a not in named and areas[a] == NOT_ACCEPTABLE] if named else []
    if left and not choice.partial:
        raise _No(
            refusing.areas(
                rev, choice.cites, f"it must cover every area found not acceptable; {', '.join(left)} is left out"
            )
        )
    put = named if named and choice.covers == "deficient" else covered
    return tuple((areas | dict.fromkeys(put, choice.puts)).items())


__all__ = ["OPTION", "UNTESTED", "Moved", "begin", "clock", "step"]

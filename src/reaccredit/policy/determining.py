"""What becomes of the areas: each passes or fails on its own, is withdrawn, is tested again."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from reaccredit.policy import refusing
from reaccredit.policy.revision import Choice, Move, Revision
from reaccredit.policy.words import Fact, Refusal, Standing


def where(rev: Revision, s: Standing, m: Move | Choice) -> str:
    if m.emptied_to and emptied(rev, s.areas):
        return m.emptied_to
    return m.settled_to if m.settled_to and not s.deficient else m.to


def emptied(rev: Revision, areas: Mapping[str, str]) -> bool:
    """Nothing is left that could be accredited: each area that can be withdrawn is."""
    own = [word for area, word in areas.items() if rev.area_kind(area).withdrawable]
    return bool(own) and rev.words is not None and all(word == rev.words.withdrawn for word in own)


def outcomes(rev: Revision, s: Standing, fact: Fact, default: str) -> Mapping[str, str] | Refusal:
    """The areas after a determination. Named areas must be the ones in play; all in play get a word."""
    assert rev.words
    if fact.kind in rev.words.joined_by and s.areas:
        return _joined(rev, s, fact, default)
    areas = s.areas
    playing = [a for a, w in areas.items() if w == s.play] or [a for a, w in areas.items() if w != rev.words.withdrawn]
    given = _given(rev, fact.about.get("areas"), default, playing)
    if isinstance(given, Refusal):
        return given
    known = set(areas) or set(given)
    for area, word in given.items():
        if area not in known:
            return refusing.areas(rev, (), f"the area {area!r} is not part of this case ({', '.join(areas)})")
        if areas and area not in playing and areas[area] != word:
            return refusing.areas(rev, (), f"the area {area!r} is {areas[area]} and was not under test")
    missing = [a for a in playing if a not in given]
    if missing:
        return refusing.areas(rev, (), f"nothing is said of {', '.join(missing)}, which was under test")
    if default not in given.values():
        return refusing.areas(rev, (), f"no area is {default}, as this fact says")
    # By name where the case learns its areas here: a database need not keep the order in which they were written.
    return {**areas, **given} if areas else dict(sorted(given.items()))


def _joined(rev: Revision, s: Standing, fact: Fact, default: str) -> Mapping[str, str] | Refusal:
    """Areas that come to a case which runs: those that it has stay as they are, unless they are under test."""
    given = _given(rev, fact.about.get("areas"), default, [])
    if isinstance(given, Refusal):
        return given
    if fact.about.get("areas") is None:
        return refusing.areas(rev, (), "no area is named that joins the case")
    for area, word in given.items():
        if s.areas.get(area, s.play) not in (s.play, word):
            return refusing.areas(rev, (), f"the area {area!r} is {s.areas[area]} and was not under test")
    if default not in given.values():
        return refusing.areas(rev, (), f"no area is {default}, as this fact says")
    return {**s.areas, **given}


def _given(rev: Revision, named: object, default: str, playing: list[str]) -> dict[str, str] | Refusal:
    assert rev.words
    both = (rev.words.passed, rev.words.failed)
    if named is None:
        return dict.fromkeys(playing or [rev.words.default], default)
    if isinstance(named, dict) and named and all(w in both for w in named.values()):
        return {str(k): str(v) for k, v in named.items()}
    if isinstance(named, list | tuple) and named and all(isinstance(a, str) for a in named):
        other = both[1] if default == both[0] else both[0]
        return dict.fromkeys(playing, other) | dict.fromkeys(named, default)
    return refusing.malformed(rev, f"'areas' is a table of area = {both[0]} | {both[1]}, or a list of areas")


# ------------------------------------------------------------------ what a choice makes of them
def ticked(rev: Revision, s: Standing, fact: Fact, choice: Choice) -> tuple[str, ...] | Refusal:
    """The modules ticked for withdrawal: on the withdrawal's own form they are its areas."""
    named = _list(fact.about.get("withdraw") or ())
    if choice.withdraws and named is not None:
        own = _list(fact.about.get("areas") or ())
        named = None if own is None else (*named, *own)
        if named == ():
            named = tuple(a for a in s.deficient if rev.area_kind(a).withdrawable)
            if not named:
                return refusing.areas(rev, choice.cites, "no module or patient type is left that could be withdrawn")
    if named is None:
        return refusing.malformed(rev, "'withdraw' and 'areas' are lists of areas")
    if named and not (choice.ticks or choice.withdraws):
        return refusing.areas(rev, choice.cites, "no module is ticked on this form: everything is withdrawn")
    for area in named:
        if no := _fixed(rev, s, area, choice):
            return no
    return named


def _fixed(rev: Revision, s: Standing, area: str, choice: Choice) -> Refusal | None:
    """Why this area cannot be withdrawn, if it cannot."""
    if area not in s.areas:
        return refusing.areas(rev, choice.cites, f"the area {area!r} is not part of this case ({', '.join(s.areas)})")
    if rev.words and s.areas[area] == rev.words.withdrawn:
        return refusing.areas(rev, choice.cites, f"the area {area!r} is withdrawn already")
    kind = rev.area_kind(area)
    if not kind.withdrawable:
        return refusing.areas(
            rev, kind.cites, f"the area {area!r} is no module or patient type and cannot be withdrawn"
        )
    return None


def _list(named: object) -> tuple[str, ...] | None:
    if isinstance(named, dict):
        named = list(named)
    if not isinstance(named, list | tuple) or not all(isinstance(a, str) for a in named):
        return None
    return tuple(named)


def put(rev: Revision, s: Standing, fact: Fact, choice: Choice, out: Collection[str]) -> Mapping[str, str] | Refusal:
    """The areas with what the form makes of them."""
    assert rev.words
    areas = {**s.areas, **dict.fromkeys(out, rev.words.withdrawn)}
    if not choice.puts or choice.withdraws:
        return areas
    failed, gone = rev.words.failed, rev.words.withdrawn
    covered = [a for a, w in areas.items() if w == failed or (choice.covers == "all" and w != gone)]
    if not covered:
        return refusing.areas(rev, choice.cites, "with the ticked modules withdrawn nothing is left to choose this for")
    named = _list(fact.about.get("areas") or ())
    if named is None:
        return refusing.malformed(rev, "'areas' is a list of areas")
    for area in named:
        if area not in covered:
            said = f"the area {area!r} is not one that this can be chosen for ({', '.join(covered)})"
            return refusing.areas(rev, choice.cites, said)
    left = [a for a in covered if a not in named and areas[a] == failed] if named else []
    if left and not choice.partial:
        said = f"it must cover every area found {failed}; {', '.join(left)} is left out"
        return refusing.areas(rev, choice.cites, said)
    chosen = named if named and choice.covers == "deficient" else covered
    return {**areas, **dict.fromkeys(chosen, choice.puts)}

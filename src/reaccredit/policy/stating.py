"""What can be seen by reading a revision alone, without walking it: what is missing, contradicts itself, or is never used."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from reaccredit.policy import measures
from reaccredit.policy.naming import all_cites
from reaccredit.policy.relevance import Relevance
from reaccredit.policy.revision import Choice, Move, Revision, Stage, Wait

ALIKE = 0.75  # two words of which one is a slip of the pen
Said = Iterator[tuple[str, str]]  # the property, and what is wrong


def statements(rev: Revision) -> Said:
    yield from _waits(rev)
    yield from _forms(rev)
    yield from _idle(rev)
    yield from _options(rev)
    yield from _unused(rev)
    yield from _outcomes(rev)
    yield from _tables(rev)


def _waits(rev: Revision) -> Said:
    """Every wait has somebody and a date, and every date a consequence."""
    windowed = {w.stage for w in rev.windows if w.due}
    for stage in rev.stages.values():
        if stage.ends:
            if stage.moves or stage.asks:
                yield "after the end", f"stage {stage.id!r} ends and still leads on"
        else:
            yield from _wait(rev, stage, bool(stage.id in windowed or stage.dues))


def _wait(rev: Revision, stage: Stage, dated: bool) -> Said:
    roles = _roles(rev)
    if stage.holder and stage.holder not in roles:
        yield from _unknown_holder(rev, stage, roles)
    if any(not (m.to or m.decides or stage.silent or _said_so(rev, m.cites)) for m in stage.overdues):
        yield (
            "no overdue",
            f"nothing follows when the time of {stage.id!r} runs out, and no clause that is cited is silent about it",
        )
    if not (stage.holder or stage.rests):
        yield "no holder", f"stage {stage.id!r} does not say whose turn it is"
    if not (dated or stage.silent or stage.rests):
        yield "no due date", f"stage {stage.id!r} has no due date, and cites no clause that says it has none"
    if dated and not stage.overdues:
        yield "no overdue", f"stage {stage.id!r} is due and does not say what follows when the time runs out"
    if stage.overdues and not dated:
        yield "no due date", f"stage {stage.id!r} says what follows when the time runs out, and has no time"


def _unknown_holder(rev: Revision, stage: Stage, roles: set[str]) -> Said:
    """Whose turn it is can do something: choose here or elsewhere, state a fact, owe a material or sign it."""
    who = f"stage {stage.id!r} waits for {stage.holder!r}, who states nothing"
    choosing = {st.holder for st in rev.stages.values() if st.asks}
    if near := get_close_matches(stage.holder, roles, 1, ALIKE):
        yield "no holder", f"{who}; did you mean {near[0]!r}?"
    elif stage.holder not in choosing and all(f.by for f in rev.facts.values()):
        yield "no holder", f"{who}, chooses nothing, owes nothing and signs nothing"


def _roles(rev: Revision) -> set[str]:
    """Whoever can do something: states a fact, owes a material or signs one."""
    roles = {f.by for f in rev.facts.values()} | {p.holder for p in rev.materials.values()}
    roles |= {role for p in rev.materials.values() if p.signed_by for role in p.signed_by.values()}
    return roles - {""}


def _said_so(rev: Revision, cites: tuple[str, ...]) -> bool:
    return any(rev.clauses[c].silent or rev.clauses[c].assumed for c in cites)


def _forms(rev: Revision) -> Said:
    """Every form of a stage is due, where one of them is; a row that offers nothing says that the source is silent."""
    dated = {w.stage for w in rev.windows if w.due}
    for n, w in enumerate(rev.windows, 1):
        if w.stage in dated and not w.due:
            yield "no due date", f"window {n} of {w.stage!r} has no due date, and another one of that stage has"
    for n, row in enumerate(rev.offers, 1):
        if not (row.options or row.silent):
            yield "never offered", f"row {n} of the matrix offers nothing, and cites no clause that is silent"


def _idle(rev: Revision) -> Said:
    """What is written and can have no effect where it stands."""
    ways: list[Move | Choice] = [*rev.moves, *rev.options.values()]
    for m in ways:
        if m.over and m.over.counter not in m.counts:
            yield "never used", f"a move to {m.to!r} looks whether {m.over.counter!r} went over, and does not count it"
    stands = {f.id: f.stands_for for f in rev.facts.values() if f.stands_for}
    for stage in rev.stages.values():
        known = {k.partition("/")[0] for k in (*stage.moves, *stage.hears)}
        for kind in (*stage.until, *stage.since):
            base = kind.partition("/")[0]
            if not ({base, stands.get(base, "")} & known or base.startswith("option.")):
                yield "never used", f"stage {stage.id!r} bounds {kind!r} in time, and neither hears it nor moves by it"


def _options(rev: Revision) -> Said:
    """Each option says what it needs, who signs it, what is tested again."""
    kinds = {k.id for k in rev.area_kinds}
    offered = {name for row in rev.offers for name in row.options}
    for option in rev.options.values():
        if option.id not in offered:
            yield "never offered", f"no row of the matrix offers {option.id!r}"
        if not (option.needs or option.needs_nothing):
            yield "needs", f"option {option.id!r} does not say what it needs (needs = [] where it is nothing)"
        yield from _retest(rev, option)
        for need in (*option.needs, *option.may_add):
            signed = rev.materials[need].signed_by
            if signed and "" not in signed and kinds - signed.keys():
                lacking = ", ".join(sorted(kinds - signed.keys()))
                yield "signer", f"material {need!r} does not say who signs it for {lacking} areas"


def _retest(rev: Revision, option: Choice) -> Said:
    if not rev.words:
        return
    fits = {"all": ("all",), rev.words.failed: ("deficient",), "nothing": ("deficient", "all", "none")}[option.retest]
    if option.covers not in fits:
        yield "retest", f"option {option.id!r} retests {option.retest} and covers {option.covers}"
    if option.retest == "nothing" and option.puts == rev.words.untested and not option.challenges:
        yield "retest", f"option {option.id!r} puts its areas back to {option.puts} and does not say what is retested"
    if option.retest != "nothing" and not option.puts:
        yield "retest", f"option {option.id!r} retests {option.retest} and does not say what its areas are then called"


def _unused(rev: Revision) -> Said:
    """Everything that is written is used by something."""
    heard = {k.partition("/")[0] for st in rev.stages.values() for k in (*st.moves, *st.hears)}
    standing_in = {f.id for f in rev.facts.values() if f.stands_for in heard}
    for kind in rev.facts.keys() - heard - standing_in:
        yield "never heard", f"fact {kind!r} has no place in any stage"
    yield from _values_unheard(rev)
    cited = all_cites(rev)
    for clause in rev.clauses:
        if clause not in cited:
            yield "never cited", f"no rule cites clause {clause!r}"
    used = {m for o in rev.options.values() for m in (*o.needs, *o.may_add)}
    used |= {
        m for st in rev.stages.values() for rows in (*st.moves.values(), st.overdues) for mv in rows for m in mv.owes
    }
    owed = {m for mv in rev.moves for m in mv.owes}
    for name in sorted(n for n in owed if not rev.materials[n].met_by):
        yield "needs", f"material {name!r} is owed, and no fact shows that it is in (met_by)"
    for name in rev.materials.keys() - used:
        yield "never used", f"nothing needs material {name!r}"
    for name in rev.tables.keys() - {f.table for f in rev.facts.values()}:
        yield "never used", f"no fact is decided by table {name!r}"
    yield from _conditions_unused(rev)


def _values_unheard(rev: Revision) -> Said:
    """Each value that a fact may tell has a place somewhere, where the fact has one."""
    named = {k for st in rev.stages.values() for k in (*st.moves, *st.hears)}
    for f in rev.facts.values():
        if f.id in named or f.stands_for or not any(k.startswith(f.id + "/") for k in named):
            continue
        for value in (*f.values, *(("pass", "fail") if f.table else ())):
            if f"{f.id}/{value}" not in named:
                yield "never heard", f"fact '{f.id}/{value}' has no place in any stage"
        if f.table:
            yield from _verdicts_unheard(rev, f.id)


def _verdicts_unheard(rev: Revision, kind: str) -> Said:
    """Numbers pass or fail, whoever waits for them: a stage that has a place for one verdict has one for the other."""
    both = {f"{kind}/pass", f"{kind}/fail"}
    for st in rev.stages.values():
        here = {*st.moves, *st.hears}
        if here & both and kind not in here:
            for missing in sorted(both - here):
                yield "never heard", f"{missing!r} has no place at stage {st.id!r}, where the other verdict has"


def _conditions_unused(rev: Revision) -> Said:
    relevance = Relevance(rev)
    whens = [w for st in rev.stages.values() for w in relevance.whens_at(st)]
    tabled = {t for table in rev.tables.values() for t in table.traits}
    for name in (
        rev.traits.keys()
        - {t for w in whens for t, _ in w.traits}
        - tabled
        - {n for w in whens for n in (*w.told, *w.untold)}
    ):
        yield "never used", f"no condition asks for trait {name!r}"
    for mark in rev.marks - {m for w in whens for m in w.marks | w.without}:
        yield "never used", f"no condition asks for mark {mark!r}"
    overs = {
        m.over.counter
        for st in rev.stages.values()
        for rows in (*st.moves.values(), st.overdues)
        for m in rows
        if m.over
    }
    overs |= {o.over.counter for o in rev.options.values() if o.over}
    asked = {c for w in whens for c, _, _ in w.counters} | {over.counter for over in rev.overs}
    ways: list[Move | Choice] = [*rev.moves, *rev.options.values()]
    for name in rev.counters.keys() - {c for m in ways for c in m.counts}:
        yield "never used", f"nothing counts counter {name!r}"
    for counter in rev.counters.values():
        if counter.id not in asked and not counter.limit:
            yield "never used", f"no condition asks for counter {counter.id!r}, and it has no limit"
    yield from _dates_unused(rev, relevance)


def _dates_unused(rev: Revision, relevance: Relevance) -> Said:
    waits: list[Wait] = [w for st in rev.stages.values() for w in relevance.waits_at(st)]
    waits += [w for o in rev.outcomes.values() for w in (o.effective, o.expires, o.grace) if w]
    waits += [p.due for p in rev.materials.values() if p.due]
    names = {n for w in waits for n in w.start} | {n for form in rev.windows for n in form.opens.start}
    for st in rev.stages.values():
        for when in relevance.whens_at(st):
            names.update((when.left.until,) if when.left else (), when.told, when.untold)
    for name in rev.dates.keys() - names:
        yield "never used", f"no term and no condition is reckoned from date {name!r}"
    seasons = {part.season.id for w in waits for part in (w, *w.of) if part.season} | {
        form.opens.season.id for form in rev.windows if form.opens.season
    }
    for name in rev.seasons.keys() - seasons:
        yield "never used", f"no term goes by season {name!r}"


def _outcomes(rev: Revision) -> Said:
    for o in rev.outcomes.values():
        if o.accredited and not (o.expires or o.keeps or o.silent):
            yield (
                "no expiry",
                f"outcome {o.id!r} accredits, does not say until when, and cites no clause that says it is not said",
            )
        if not o.accredited and (o.effective or o.expires or o.grace):
            yield "no expiry", f"outcome {o.id!r} does not accredit and says from when, or until when"


def _tables(rev: Revision) -> Said:
    for table in rev.tables.values():
        yield from (("overlap", said) for said in measures.overlaps(table))
        yield from (("gap", said) for said in measures.gaps(table, {t.id: t.values for t in rev.traits.values()}))

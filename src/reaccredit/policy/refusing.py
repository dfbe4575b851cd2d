"""Why not, in words. The sentence made here is the one on the greyed-out button and the one of the refusal."""

from __future__ import annotations

from datetime import datetime

from reaccredit.policy import spans
from reaccredit.policy.revision import Revision
from reaccredit.policy.windows import Timing, option_due, timing
from reaccredit.policy.words import Because, Fact, Refusal, Standing


def because(rev: Revision, cites: tuple[str, ...], sentence: str, facts: tuple[str, ...] = ()) -> Because:
    return Because(rev.cited(cites), rev.revision, facts, sentence)


def malformed(rev: Revision, what: str) -> Refusal:
    return Refusal("malformed", because(rev, (), what[:1].upper() + what[1:] + "."))


def areas(rev: Revision, cites: tuple[str, ...], what: str) -> Refusal:
    return Refusal("areas", because(rev, cites, what[:1].upper() + what[1:] + "."))


def unknown(rev: Revision, fact: Fact, hint: str) -> Refusal:
    return Refusal("unknown", because(rev, (), f"The policy knows no fact {fact.kind!r}{hint}."))


def title_of(rev: Revision, kind: str) -> str:
    if kind in rev.facts:
        return rev.facts[kind].title
    option = rev.options.get(kind.removeprefix("option."))
    return f"Chosen: {option.title}" if option else kind


def unexpected(rev: Revision, s: Standing, fact: Fact) -> Refusal:
    """The fact exists, and has no place where the case stands."""
    stage = rev.stages[s.stage]
    name = title_of(rev, fact.kind)
    if s.lapsed and (before := rev.stages[s.lapsed[0]]) and fact.kind in {*before.moves, *before.hears}:
        return Refusal("too-late", because(rev, s.lapsed[2], f"“{name}” comes too late: {_lapse(rev, s)}"))
    if stage.ends:
        return Refusal(
            "ended", because(rev, stage.cites, f"“{name}” cannot follow: the case has ended ({stage.title}).")
        )
    where = [st.title for st in rev.stages.values() if fact.kind in st.moves or fact.kind in st.hears]
    helps = f"It has its place in: {'; '.join(dict.fromkeys(where))}." if where else ""
    return Refusal(
        "not-now", because(rev, stage.cites, f"“{name}” has no place while the case is at “{stage.title}”."), helps
    )


def _lapse(rev: Revision, s: Standing) -> str:
    assert s.lapsed
    stage, due, _ = s.lapsed
    return f"“{rev.stages[stage].title}” was open {spans.through(due, rev.zone)}."


def ordinal(n: int) -> str:
    return {1: "1st", 2: "2nd", 3: "3rd"}.get(n, f"{n}th")


def deficiency_name(s: Standing) -> str:
    """The n-th deficiency is failure n-1; the first is a deficiency only."""
    name = f"{ordinal(s.deficiency)} deficiency"
    return name if s.deficiency < 2 else f"{name} (= {ordinal(s.deficiency - 1)} failure)"


def option(rev: Revision, s: Standing, name: str, at: datetime) -> Refusal | None:
    """None when the option may be chosen at this instant; else the refusal, with what would open it."""
    if name not in rev.options:
        return Refusal("not-offered", because(rev, (), f"Revision {rev.revision} knows no option {name!r}."))
    stage = rev.stages[s.stage]
    if not stage.asks:
        return _not_asking(rev, s, name)
    rows = rev.rows(s.deficiency, s.marks)
    title = rev.options[name].title
    if not rows or name not in rows[0].options:
        return _not_offered(rev, s, name)
    when = timing(rev, s)
    due, cites, facts = option_due(rev, s, when, name)
    if when.opens is None or at < when.opens:
        return _early(rev, title, when, at)
    if due and at >= due:
        said = f"“{title}” could be chosen {spans.through(due, rev.zone)}."
        return Refusal(
            "too-late",
            because(rev, cites, said, facts),
            "Ask the programme's staff; the other options have dates of their own.",
        )
    return None


def _not_asking(rev: Revision, s: Standing, name: str) -> Refusal:
    stage, title = rev.stages[s.stage], rev.options[name].title
    if s.lapsed:
        return Refusal(
            "too-late",
            because(rev, s.lapsed[2], f"“{title}” cannot be chosen any more: {_lapse(rev, s)}"),
            "Ask the programme's staff.",
        )
    if stage.ends:
        return Refusal(
            "ended", because(rev, stage.cites, f"“{title}” cannot be chosen: the case has ended ({stage.title}).")
        )
    said = f"“{title}” cannot be chosen while the case is at “{stage.title}”."
    return Refusal("not-now", because(rev, stage.cites, said))


def _not_offered(rev: Revision, s: Standing, name: str) -> Refusal:
    rows, title = rev.rows(s.deficiency, s.marks), rev.options[name].title
    after = " after the appeal of this report was decided" if rows and rows[0].marks else ""
    said = f"“{title}” is not offered at the {deficiency_name(s)}{after}."
    at = sorted({o.deficiency for o in rev.offers if name in o.options})
    helps = f"It is offered at the {', '.join(ordinal(n) for n in at)} deficiency." if at else ""
    return Refusal("not-offered", because(rev, rows[0].cites if rows else (), said), helps)


def _early(rev: Revision, title: str, when: Timing, at: datetime) -> Refusal:
    """Not yet: which facts are still missing, and from when it will be open as far as that is known."""
    missing = [k for k in when.missing if k != when.row.opens.once]
    if missing:
        needed = " or ".join(rev.facts[k].title for k in missing)
        said = f"“{title}” cannot be chosen yet: the form opens {when.row.opens.wait} after “{needed}”, which is not recorded."
        return Refusal("too-early", because(rev, when.row.opens.cites, said, when.facts))
    if when.missing:
        gate = rev.facts[when.row.opens.once].title
        soon = "" if when.ready is None or when.ready <= at else f" It then opens {spans.moment(when.ready, rev.zone)}."
        said = f"“{title}” cannot be chosen yet: the form does not open before “{gate}”.{soon}"
        return Refusal(
            "not-viewed", because(rev, when.row.opens.cites, said, when.facts), "Open and read the final report."
        )
    assert when.opens
    said = f"“{title}” cannot be chosen yet: the form opens {spans.moment(when.opens, rev.zone)}."
    return Refusal("too-early", because(rev, when.row.opens.cites, said, when.facts))

"""Why not, in words. The sentence made here is the one on the greyed-out button and the one of the refusal."""

from __future__ import annotations

import difflib
from collections.abc import Collection
from datetime import datetime

from reaccredit.policy.conditions import holds, left_said
from reaccredit.policy.counting import moment, through
from reaccredit.policy.forms import Timing, option_end, option_term, timing
from reaccredit.policy.revision import Accepts, Choice, Offer, Revision, Wait
from reaccredit.policy.terms import Anchor, Ending, begin
from reaccredit.policy.words import Because, Fact, Refusal, Standing

ASK_STAFF = "Ask the programme's staff."


def because(rev: Revision, cites: tuple[str, ...], sentence: str, facts: tuple[str, ...] = ()) -> Because:
    return Because(rev.cited(cites), rev.revision, facts, sentence)


def _sentence(what: str) -> str:
    return what[:1].upper() + what[1:] + ("" if what.endswith((".", "?")) else ".")


def malformed(rev: Revision, what: str) -> Refusal:
    return Refusal("malformed", because(rev, (), _sentence(what)))


def areas(rev: Revision, cites: tuple[str, ...], what: str) -> Refusal:
    return Refusal("areas", because(rev, cites, _sentence(what)))


def unsettled(rev: Revision, cites: tuple[str, ...], s: Standing) -> Refusal:
    word = rev.words.passed if rev.words else "settled"
    return areas(rev, cites, f"not every area is {word} ({', '.join(s.deficient)} is not)")


def unknown(rev: Revision, fact: Fact, kinds: Collection[str]) -> Refusal:
    close = difflib.get_close_matches(fact.kind, kinds, 1, 0.5)
    hint = f"; did you mean {close[0]!r}?" if close else "."
    kind = fact.kind if len(fact.kind) <= 100 else fact.kind[:99] + "…"
    return Refusal("unknown", because(rev, (), f"The policy knows no fact {kind!r}{hint}"))


def title_of(rev: Revision, kind: str) -> str:
    return rev.title_of(kind)


# ------------------------------------------------------------------ facts
def unexpected(rev: Revision, s: Standing, fact: Fact, names: tuple[str, ...]) -> Refusal:
    """The fact exists, and has no place where the case stands."""
    stage = rev.stages[s.stage]
    name = rev.title_of(fact.kind)
    if s.lapsed and (before := rev.stages[s.lapsed[0]]) and any(n in before.moves or n in before.hears for n in names):
        return Refusal("too-late", because(rev, s.lapsed[2], f"“{name}” comes too late: {_lapse(rev, s)}"))
    if stage.ends:
        said = f"“{name}” cannot follow: the case has ended ({stage.title})."
        return Refusal("ended", because(rev, stage.cites, said))
    where = [st.title for st in rev.stages.values() if any(n in st.moves or n in st.hears for n in names)]
    helps = f"It has its place in: {'; '.join(dict.fromkeys(where))}." if where else ""
    return Refusal(
        "not-now", because(rev, stage.cites, f"“{name}” has no place while the case is at “{stage.title}”."), helps
    )


def no_row(rev: Revision, s: Standing, fact: Fact, fitting: int) -> Refusal:
    """Several rows say where this fact leads, under conditions, and not exactly one of them holds."""
    stage, name = rev.stages[s.stage], rev.title_of(fact.kind)
    much = (
        "none of the conditions holds under which it leads on" if not fitting else f"{fitting} rows say where it leads"
    )
    return Refusal("not-now", because(rev, stage.cites, f"“{name}” has no place here: {much}."), ASK_STAFF)


def cut_off(rev: Revision, name: str, wait: Wait, found: Ending) -> Refusal:
    assert found.due
    said = f"“{rev.title_of(name)}” was possible {through(found.due, rev.zone)}."
    return Refusal("too-late", because(rev, wait.cites, said, found.facts(rev)), ASK_STAFF)


def opening(rev: Revision, s: Standing, wait: Wait, own: datetime | None) -> tuple[datetime | None, Anchor | None]:
    """The first instant that is not too early, and what it is reckoned from. `own`: the end of the stage's own term."""
    start = begin(rev, s, wait.start, wait.take, own)
    if start is None:
        return None, None
    count = wait.counting
    if wait.season:
        first = count.begin_of(count.season(wait.season, start[1])[0])
        return max(first, start[1]), start
    if wait.before is not None:
        return count.opening_before(start[1], wait.before), start
    assert wait.within is not None
    return count.opening_after(start[1], wait.within), start


def too_soon(rev: Revision, name: str, wait: Wait, opens: datetime | None, start: Anchor | None) -> Refusal:
    title = rev.title_of(name)
    if opens is None or start is None:
        needed = " or ".join(rev.title_of(k) for k in wait.start)
        said = f"“{title}” is not possible yet: “{needed}” is not recorded."
        return Refusal("too-early", because(rev, wait.cites, said))
    span = f"- {wait.before}" if wait.before is not None else f"+ {wait.within}"
    sum_ = f"{rev.title_of(start[0])} {moment(start[1], rev.zone)} {span} = {moment(opens, rev.zone)}"
    return Refusal(
        "too-early", because(rev, wait.cites, f"“{title}” is not possible before {moment(opens, rev.zone)}.", (sum_,))
    )


def _lapse(rev: Revision, s: Standing) -> str:
    assert s.lapsed
    stage, due, _ = s.lapsed
    return f"“{rev.stages[stage].title}” was open {through(due, rev.zone)}."


# ------------------------------------------------------------------ options
def ordinal(n: int) -> str:
    if n % 100 in (11, 12, 13):
        return f"{n}th"
    return f"{n}{({1: 'st', 2: 'nd', 3: 'rd'}).get(n % 10, 'th')}"


def counted(rev: Revision, counter: str, n: int) -> str:
    """How the policy calls the n-th of something: "2nd deficiency (= 1st failure)"."""
    known = rev.counters[counter]
    return known.names[n - 1] if 0 < n <= len(known.names) else f"{ordinal(n)} {known.title}"


def standing_name(rev: Revision, s: Standing) -> str:
    """What tells this standing apart, in the policy's own words: "1st deficiency", "Denied"."""
    said = [counted(rev, name, n) for name, n in s.counters.items() if n and _matters(rev, name)]
    if not said and s.outcome:
        said = [rev.outcomes[s.outcome].title]
    return ", ".join(said) or f"stage “{rev.stages[s.stage].title}”"


def _matters(rev: Revision, counter: str) -> bool:
    return any(name == counter for o in rev.offers for name, _, _ in o.when.counters)


def rows(rev: Revision, s: Standing, at: datetime | None) -> list[Offer]:
    """The rows of the matrix that apply: exactly one, in a policy that was proved."""
    return [o for o in rev.offers if (not o.stages or s.stage in o.stages) and holds(rev, o.when, s, at)]


def option(rev: Revision, s: Standing, name: str, at: datetime, fitting: list[Offer] | None = None) -> Refusal | None:
    """None when the option may be chosen at this instant; else the refusal, with what would open it. `fitting`: `rows`, where they are known."""
    choice = rev.options.get(name)
    if choice is None:
        return Refusal("not-offered", because(rev, (), f"Revision {rev.revision} knows no option {name!r}."))
    if not rev.stages[s.stage].asks:
        return _not_asking(rev, s, choice)
    fitting = rows(rev, s, at) if fitting is None else fitting
    if not fitting or name not in fitting[0].options:
        return _not_offered(rev, s, choice, fitting, at)
    if choice.challenges and s.outcome and not rev.outcomes[s.outcome].appealable:
        outcome = rev.outcomes[s.outcome]
        said = f"“{choice.title}” is not offered: the outcome “{outcome.title}” cannot be appealed."
        return Refusal("not-offered", because(rev, (*outcome.cites, *choice.cites), said))
    when = timing(rev, s)
    if when.opens is None or at < when.opens:
        return _early(rev, choice.title, when, at)
    due = option_end(rev, s, when, name)
    return _late(rev, s, choice, when, due) if due and at >= due else None


def _late(rev: Revision, s: Standing, choice: Choice, when: Timing, due: datetime) -> Refusal:
    term = option_term(rev, s, when, choice.id)
    said = f"“{choice.title}” could be chosen {through(due, rev.zone)}."
    return Refusal(
        "too-late",
        because(rev, term.cites, said, term.facts),
        f"{ASK_STAFF[:-1]}; the other options have dates of their own.",
    )


def _not_asking(rev: Revision, s: Standing, choice: Choice) -> Refusal:
    stage, title = rev.stages[s.stage], choice.title
    if s.lapsed:
        said = f"“{title}” cannot be chosen any more: {_lapse(rev, s)}"
        return Refusal("too-late", because(rev, s.lapsed[2], said), ASK_STAFF)
    if stage.ends:
        return Refusal(
            "ended", because(rev, stage.cites, f"“{title}” cannot be chosen: the case has ended ({stage.title}).")
        )
    return Refusal(
        "not-now", because(rev, stage.cites, f"“{title}” cannot be chosen while the case is at “{stage.title}”.")
    )


def _not_offered(rev: Revision, s: Standing, choice: Choice, fitting: list[Offer], at: datetime) -> Refusal:
    after = ", ".join(sorted(fitting[0].when.marks)) if fitting else ""
    where = standing_name(rev, s)
    place = f"at the {where}" if _counts(rev, s) else f"while the outcome is “{where}”" if s.outcome else f"at {where}"
    said = f"“{choice.title}” is not offered {place}{f' ({after})' if after else ''}."
    rows_ = [*fitting[:1], *(o for o in rev.offers if choice.id in o.options)]
    facts = tuple(dict.fromkeys(text for o in rows_ if o.when.left and (text := left_said(rev, o.when.left, s, at))))
    if fitting and fitting[0].when.left and facts and not _counts(rev, s):
        said = f"“{choice.title}” is not offered: {facts[0]}"
    return Refusal(
        "not-offered", because(rev, fitting[0].cites if fitting else (), said, facts), _where_offered(rev, choice)
    )


def _counts(rev: Revision, s: Standing) -> bool:
    return any(n and _matters(rev, name) for name, n in s.counters.items())


def _where_offered(rev: Revision, choice: Choice) -> str:
    offered = [o.when for o in rev.offers if choice.id in o.options]
    said = [counted(rev, name, low) for when in offered for name, low, high in when.counters if low == high and low]
    said += [rev.outcomes[word].title for when in offered for word in sorted(when.outcome)]
    return f"It is offered at the {' and the '.join(dict.fromkeys(said))}." if said else ""


def _early(rev: Revision, title: str, when: Timing, at: datetime) -> Refusal:
    """Not yet: which facts are still missing, and from when it will be open as far as that is known."""
    row = when.row
    if row is None:
        return Refusal("too-early", because(rev, (), f"“{title}” cannot be chosen yet."))
    facts = when.facts(rev)
    missing = [k for k in when.missing if k not in row.opens.once]
    if missing:
        needed = " or ".join(rev.title_of(k) for k in missing)
        said = (
            f"“{title}” cannot be chosen yet: the form opens {row.opens.wait} after “{needed}”, which is not recorded."
        )
        return Refusal("too-early", because(rev, row.opens.cites, said, facts))
    if when.missing:
        gate = " or ".join(rev.title_of(k) for k in row.opens.once)
        soon = "" if when.ready is None or when.ready <= at else f" It then opens {moment(when.ready, rev.zone)}."
        said = f"“{title}” cannot be chosen yet: the form does not open before “{gate}”.{soon}"
        return Refusal("waiting", because(rev, row.opens.cites, said, facts), f"What opens it: {gate}.")
    assert when.opens
    said = f"“{title}” cannot be chosen yet: the form opens {moment(when.opens, rev.zone)}."
    return Refusal("too-early", because(rev, row.opens.cites, said, facts))


def choice_says(rev: Revision, choice: Choice, rule: Accepts, kind: str, what: str) -> Refusal:
    return Refusal(kind, because(rev, rule.cites, f"“{choice.title}” {what}."))

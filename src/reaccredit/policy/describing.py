"""Rules in words: a condition, a term, as a person would say them. The same words on pages, pictures and exports."""

from __future__ import annotations

from reaccredit.policy.refusing import counted
from reaccredit.policy.revision import Opening, Revision, Wait, When
from reaccredit.policy.rules import MOST
from reaccredit.policy.spans import between


def in_words(rev: Revision, when: When) -> str:
    """ "deficiency 1, without appealed"."""
    said = [_counter(rev, *c) for c in when.counters]
    said += [f"{rev.traits[name].title} {' or '.join(sorted(values))}" for name, values in when.traits]
    said += [" and ".join(sorted(when.marks))] if when.marks else []
    said += [f"not {', not '.join(sorted(when.without))}"] if when.without else []
    said += [" or ".join(rev.outcomes[o].title for o in sorted(when.outcome))] if when.outcome else []
    said += [f"after “{rev.title_of(k)}”" for k in when.heard]
    said += [f"without “{rev.title_of(k)}”" for k in when.unheard]
    said += [f"{name} known" for name in when.told]
    said += [f"{name} not known" for name in when.untold]
    if when.left:
        much = f"more than {when.left.more_than}" if when.left.more_than else f"at most {when.left.at_most}"
        on = f" on the day of “{rev.title_of(when.left.on)}”" if when.left.on else ""
        said.append(f"{much} left until “{rev.title_of(when.left.until)}”{on}")
    return ", ".join(said)


def _counter(rev: Revision, name: str, low: int, high: int) -> str:
    title = rev.counters[name].title
    if low == high:
        return counted(rev, name, low) if low else f"no {title}"
    if high == MOST:
        return f"{title} {low} or more"
    return f"{title} {high} or less" if not low else f"{title} {low} to {high}"


def term_in_words(rev: Revision, wait: Wait) -> str:
    """ "15 days after “Final report issued”"."""
    if wait.of:
        return f"the {wait.whichever} of: {'; '.join(term_in_words(rev, part) for part in wait.of)}"
    joined = {"latest": "the latest of ", "latest-of-all": "the later of ", "earliest": "the earliest of "}[wait.take]
    names = " and ".join(f"“{rev.title_of(k)}”" for k in wait.start)
    anchor = f"{joined}{names}" if len(wait.start) > 1 else names
    if wait.season:
        return f"by the end of the yearly window “{wait.season.id}” after {anchor}"
    if wait.before is not None:
        return f"{wait.before} before {anchor}"
    span = between(wait.earliest, wait.within) if wait.earliest and wait.within else str(wait.within)
    rounded = f", to the {wait.round.replace('-', ' ')}" if wait.round else ""
    longer = f"; {wait.extended.by} more after “{rev.title_of(wait.extended.once)}”" if wait.extended else ""
    return f"{span} after {anchor}{rounded}{longer}"


def opening_in_words(rev: Revision, opens: Opening) -> str:
    """ "48 hours after “Final report issued”, and not before “Final report viewed”"."""
    start = " or ".join(f"“{rev.title_of(k)}”" for k in opens.start)
    at_once = opens.before is None and not (opens.wait.least_days or opens.wait.minutes)
    said = (
        f"at once after {start}"
        if at_once
        else f"{opens.before or opens.wait} {'before' if opens.before else 'after'} {start}"
    )
    said += f", and not before {' or '.join(f'“{rev.title_of(k)}”' for k in opens.once)}" if opens.once else ""
    return said + (f", within the yearly window “{opens.season.id}”" if opens.season else "")

"""A choice on the option form: may it be made now, and what does it make of the standing?"""

from __future__ import annotations

from reaccredit.policy import determining, refusing
from reaccredit.policy.forms import form_cites, timing
from reaccredit.policy.revision import Choice, Offer, Revision
from reaccredit.policy.words import Fact, Refusal, Standing


def chosen(rev: Revision, s: Standing, name: str, fact: Fact) -> tuple[Standing, Choice, Offer] | Refusal:
    """A new standing with its areas and what is chosen; where it leads is the caller's."""
    if no := refusing.option(rev, s, name, fact.at):
        return no
    choice, row = rev.options[name], refusing.rows(rev, s, fact.at)[0]
    if choice.accepts and (no := _unaccepted(rev, choice, fact)):
        return no
    new = s.copy()
    kept = tuple(c for c in s.chosen if rev.options[c].withdraws) if s.chosen else ()
    if rev.words:
        out = determining.ticked(rev, s, fact, choice)
        if isinstance(out, Refusal):
            return out
        areas = determining.put(rev, s, fact, choice, out)
        if isinstance(areas, Refusal):
            return areas
        new.areas = areas
        if out:
            kept = (*kept, *(o.id for o in rev.options.values() if o.withdraws and o.id in row.options))
    new.chosen = tuple(dict.fromkeys((*kept, name)))
    new.retest, new.play = choice.retest, choice.puts or s.play
    return new, choice, row


def _unaccepted(rev: Revision, choice: Choice, fact: Fact) -> Refusal | None:
    """A ground that is excluded, that is not known, or that is missing."""
    for rule in choice.accepts:
        said = fact.about.get(rule.key)
        if said is None and not rule.required:
            continue
        known = f"expected one of {', '.join(rule.allowed)}" if rule.allowed else "expected a word"
        if said is None:
            return refusing.choice_says(rev, choice, rule, "malformed", f"needs {rule.key!r}; {known}")
        for word in said if isinstance(said, list | tuple) else (said,):
            if word in rule.excluded:
                return refusing.choice_says(rev, choice, rule, "excluded", f"is excluded for {rule.key} {word!r}")
            if rule.allowed and word not in rule.allowed:
                return refusing.choice_says(rev, choice, rule, "malformed", f"knows no {rule.key} {word!r}; {known}")
    return None


def term_cites(rev: Revision, s: Standing, name: str) -> tuple[str, ...]:
    """The clauses of the term in which the choice was made."""
    when = timing(rev, s)
    own = when.row.terms.get(name) if when.row else None
    return own.cites if own else form_cites(rev, s, when)

"""A screening of papers that must hold no protected health information.

The rules are in `reaccredit.phi`. Certain findings refuse the paper. Possible ones ask the person who uploads it: a
patient's, or nobody's?
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from reaccredit.phi import screening as rules
from reaccredit.phi.passage import Passage
from reaccredit.phi.roster import Roster
from reaccredit.phi.words import CERTAIN, KINDS, LIKELY, WEAK, Finding

__all__ = ["KINDS", "Finding", "describe", "screen", "screen_passages", "spot"]


def spot(finding: Finding) -> str:
    """Where a finding stands and of what kind it is, as one word: the same bytes give the same word again."""
    box = "" if finding.box is None else ",".join(f"{value:.1f}" for value in finding.box)
    return f"{finding.kind}|{finding.place}|{finding.line}|{finding.column}|{box}"


def screen(
    parts: Iterable[tuple[str, str]], *, roster: Roster, pictures: Sequence[str] = (), opaque: Sequence[str] = ()
) -> list[Finding]:
    """All findings in plain texts: one of a kind and a certainty for each line."""
    found = screen_passages([Passage(*part) for part in parts], roster=roster, pictures=pictures, opaque=opaque)
    kept = list(dict.fromkeys(found))
    return [f for f in kept if f.certain or Finding(f.place, f.line, f.kind, True) not in kept]


def screen_passages(
    passages: Iterable[Passage], *, roster: Roster, pictures: Sequence[str] = (), opaque: Sequence[str] = (), located: Sequence[str] = ()
) -> list[Finding]:  # fmt: skip
    """All findings, each with its page and its box where there is one. What can't be read is a finding of its own; a
    picture without letters is asked about, since nobody can tell here whose face it shows.
    """
    found = rules.screen(passages, roster=roster)
    found += [Finding(place, 0, "unreadable", True, CERTAIN) for place in dict.fromkeys(opaque)]
    found += [Finding(place, 0, "geographic", False, LIKELY) for place in dict.fromkeys(located)]
    found += [Finding(place, 0, "photo", False, WEAK) for place in dict.fromkeys(pictures) if place not in set(opaque)]
    return sorted(found, key=rules.reading_order)


def describe(findings: Iterable[Finding]) -> list[str]:
    """One sentence a finding, for the person who uploads: where to look and what for, without a word of the text."""
    sentences = []
    for finding in findings:
        where = finding.place[0].upper() + finding.place[1:] + (f", line {finding.line}" if finding.line else "")
        verb = "this looks like" if finding.certain else "this may be"
        sentences.append(f"{where}: {verb} {KINDS[finding.kind]}.")
    return list(dict.fromkeys(sentences))

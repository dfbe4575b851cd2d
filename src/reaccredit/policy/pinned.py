"""A published text is never edited: a file with the name and date of a published revision is that text, or says otherwise."""

from __future__ import annotations

from pathlib import Path

from reaccredit.policy.checking import Finding
from reaccredit.policy.comparing import compare
from reaccredit.policy.engine import SUMS
from reaccredit.policy.reading import read_file, read_sums
from reaccredit.policy.revision import Revision
from reaccredit.policy.shelf import programmes

FEW = 12  # partings that are named; `policy compare` tells all, with their stories


def otherwise_published(shelf: Path, rev: Revision) -> list[Finding]:
    """One finding, or none: what this text does otherwise than the revision that the shelf has published under its name and date."""
    place = f"{rev.revision}.toml"
    if rev.policy not in programmes(shelf):
        return []
    published = shelf / rev.policy / place
    if read_sums(shelf / rev.policy / SUMS).get(place, rev.sha256) == rev.sha256 or not published.is_file():
        return []
    named = f"{rev.policy}@{rev.revision}"
    return [
        Finding(
            "published",
            f"{named} is published, and its text is another one; a change is a new revision with a date of its own",
            tuple(_differs(read_file(published), rev)),
        )
    ]


def _differs(published: Revision, rev: Revision) -> list[str]:
    found = compare(published, rev)
    said = [str(parting).partition("\n")[0] for parting in found.partings]
    said += [f"clause {clause.id}: {clause.change}" for clause in found.clauses]
    if not said:
        return ["The answers are the same as far as they were compared."]
    more = [f"and {len(said) - FEW} more: policy compare {published.policy}@{published.revision} FILE"]
    return said[:FEW] + (more if len(said) > FEW else [])

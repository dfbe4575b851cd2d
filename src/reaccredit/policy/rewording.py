"""Two revisions beside each other, clause by clause and limit by limit: what is new, gone, or says something else."""

from __future__ import annotations

from dataclasses import dataclass

from reaccredit.policy.revision import Revision
from reaccredit.policy.words import Clause


@dataclass(frozen=True, slots=True)
class Reworded:
    """A clause that is new, gone, or says something else."""

    id: str
    change: str  # new | gone | reworded
    was: str
    becomes: str


def reworded(old: Revision, new: Revision) -> list[Reworded]:
    """Clause by clause, in the order of the new revision; what is gone comes last."""
    found = []
    for c in new.clauses.values():
        before = old.clauses.get(c.id)
        if before is None:
            found.append(Reworded(c.id, "new", "", _says(c)))
        elif before != c:
            found.append(Reworded(c.id, "reworded", _says(before), _says(c)))
    found += [Reworded(c.id, "gone", _says(c), "") for c in old.clauses.values() if c.id not in new.clauses]
    return found + _limits(old, new)


def _says(c: Clause) -> str:
    where = "assumed" if c.assumed else "silent" if c.silent else c.at
    return f"{c.says} ({where}{', recommendation' if c.force == 'recommendation' else ''})"


def _limits(old: Revision, new: Revision) -> list[Reworded]:
    """Values that no walk shows: other parts of the product look them up."""
    found = []
    for name in dict.fromkeys((*new.limits, *old.limits)):
        was, becomes = (str(x.within or x.number) if (x := r.limits.get(name)) else "" for r in (old, new))
        if was != becomes:
            found.append(
                Reworded(f"limit.{name}", "reworded" if was and becomes else "new" if becomes else "gone", was, becomes)
            )
    return found

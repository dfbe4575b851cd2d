"""Two revisions of a programme beside each other: what a case meets otherwise, each with its story, and clause by clause."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from reaccredit.policy import Policy
from reaccredit.policy.comparing import compare
from reaccredit.policy.revision import Revision
from reaccredit.workbench.examining import compared


@dataclass(frozen=True, slots=True)
class Pair:
    """What was asked: both revisions, the older text first unless somebody turned them round."""

    old: Revision
    new: Revision

    @property
    def same(self) -> bool:
        return self.old is self.new


def pair(policy: Policy, old: str, new: str, governing: Revision) -> Pair:
    """KeyError for a date that is no revision. Without a choice: the governing revision and the one before it."""
    later = policy[new] if new else governing
    place = policy.revisions.index(later)
    return Pair(policy[old] if old else policy.revisions[max(0, place - 1)], later)


@lru_cache(maxsize=64)
def found(old: Revision, new: Revision) -> dict[str, Any]:
    """Worked out once for each two revisions that a process is asked about: it walks every case that can happen."""
    return compared(compare(old, new))

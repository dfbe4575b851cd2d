"""What each artefact may hold of a patient's data: a table for each programme, read beside the policy's revision.

Where the revision itself says whether PHI may be in a material, that word counts, with its clauses.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from reaccredit.ledger.models import Case
from reaccredit.ledger.queries import rules_of
from reaccredit.policy import Clause
from reaccredit.policy.revision import Revision

TABLES = Path(__file__).parent
PHI = frozenset({"required", "allowed", "forbidden"})
REVIEWERS = frozenset({"pseudonym", "as-sent", "never"})
KEYS = frozenset({"artefact", "title", "phi", "reviewers", "material", "modalities", "since", "source", "assumed"})


class Faulty(Exception):
    """A table that can't be used: the sentence says which row, and why."""


@dataclass(frozen=True, slots=True)
class Row:
    artefact: str
    title: str
    phi: str
    reviewers: str
    material: str = ""
    modalities: tuple[str, ...] = ()
    since: date | None = None
    source: str = ""
    assumed: str = ""

    def fits(self, modality: str, day: date) -> bool:
        return (not self.modalities or modality in self.modalities) and (self.since is None or day >= self.since)


@dataclass(frozen=True, slots=True)
class Rule:
    """What holds for an artefact of a case: its row, and the clauses where the policy's own word counts."""

    row: Row
    phi: str
    clauses: tuple[Clause, ...] = ()

    @property
    def forbidden(self) -> bool:
        return self.phi == "forbidden"

    @property
    def masked_for_reviewers(self) -> bool:
        return self.row.reviewers == "pseudonym"

    @property
    def clause(self) -> Clause | None:
        """The last that a material cites is the one that is about its content."""
        return self.clauses[-1] if self.clauses else None


NO_TABLE = "The programme keeps no table of artefacts: nothing is forbidden, and reviewers see a pseudonym."


@cache
def table(programme: str) -> tuple[Row, ...]:
    path = TABLES / f"{programme}.toml"
    return read(path.read_text(encoding="utf-8")) if path.is_file() else ()


def read(text: str) -> tuple[Row, ...]:
    """Checked whole: a row that nobody could follow is told, not passed over."""
    return tuple(_row(number, said) for number, said in enumerate(tomllib.loads(text).get("row", []), 1))


def _row(number: int, said: dict[str, Any]) -> Row:
    if strange := said.keys() - KEYS:
        raise Faulty(f"row {number}: there is no key {', '.join(sorted(strange))}")
    if missing := {"artefact", "title", "phi", "reviewers"} - said.keys():
        raise Faulty(f"row {number}: {', '.join(sorted(missing))} is missing")
    if said["phi"] not in PHI or said["reviewers"] not in REVIEWERS:
        raise Faulty(f"row {number}: phi is one of {sorted(PHI)}, reviewers one of {sorted(REVIEWERS)}")
    if not (said.get("source") or said.get("assumed")):
        raise Faulty(f"row {number}: say the source, or what is assumed")
    return Row(**{**said, "modalities": tuple(said.get("modalities", ()))})


def rule(case: Case, modality: str, artefact: str, at: datetime) -> Rule:
    return of_revision(case.programme, rules_of(case, at), modality, artefact)


def of_revision(programme: str, revision: Revision, modality: str, artefact: str) -> Rule:
    rows = [r for r in table(programme) if r.artefact == artefact and r.fits(modality, revision.in_force)]
    row = rows[-1] if rows else Row(artefact, artefact, "allowed", "pseudonym", material=artefact, assumed=NO_TABLE)
    return _ruled(row, revision)


def _ruled(row: Row, revision: Revision) -> Rule:
    material = revision.materials.get(row.material) if row.material else None
    if material is None or not material.phi:
        return Rule(row, row.phi)
    return Rule(row, material.phi, revision.cited(material.cites))


def all_rules(programme: str, revision: Revision) -> list[Rule]:
    """Every row as it holds under this revision, for the page that tells it."""
    return [_ruled(row, revision) for row in _in_force(table(programme), revision.in_force)]


def _in_force(rows: Sequence[Row], day: date) -> Iterator[Row]:
    newest: dict[tuple[str, tuple[str, ...]], Row] = {}
    for row in rows:
        if row.since is None or day >= row.since:
            newest[row.artefact, row.modalities] = row
    yield from newest.values()

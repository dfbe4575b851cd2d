"""The rows of the workbench's first page, in a fixed number of queries."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Prefetch

from reaccredit.ledger.models import PublishedRevision
from reaccredit.people.queries import names
from reaccredit.workbench import queries
from reaccredit.workbench.models import Draft, Proposal, Version


@dataclass(frozen=True, slots=True)
class Row:
    """A draft with what it waits for. `kind` is the colour of its state."""

    draft: Draft
    version: Version
    state: str
    kind: str


@dataclass(frozen=True, slots=True)
class Published:
    revision: PublishedRevision
    author: str
    approver: str


def rows() -> list[Row]:
    light = Version.objects.defer("text", "scenarios").select_related("saved_by", "examination").order_by("-number")
    open_ = Proposal.objects.filter(withdrawn_at__isnull=True)
    listed = queries.drafts().prefetch_related(
        Prefetch("versions", light, "listed"), Prefetch("proposals", open_, "open")
    )
    return [_row(draft) for draft in listed]


def _row(draft: Draft) -> Row:
    version: Version = draft.listed[0]  # type: ignore[attr-defined]
    examination = getattr(version, "examination", None)
    found = examination.found if examination else None
    if draft.open:  # type: ignore[attr-defined]
        return Row(draft, version, "Waits for a second person", "act")
    if examination is None:
        return Row(draft, version, "Can't be read yet", "stop")
    if examination.ended_at is None:
        return Row(draft, version, "Being examined", "wait")
    if found is None or found["findings"] or found["unfit"] or found["scenarios"]["failing"]:
        return Row(draft, version, "To be mended", "stop")
    return Row(draft, version, "Examined", "done")


def published() -> list[Published]:
    listed = list(queries.published().defer("text", "scenarios").select_related("proposal"))
    known = names({code for one in listed for code in (one.author, one.approver)})
    return [Published(one, known.get(one.author, ""), known.get(one.approver, "")) for one in listed]


def versions(draft: Draft) -> list[Version]:
    return list(draft.versions.defer("text", "scenarios").select_related("saved_by"))

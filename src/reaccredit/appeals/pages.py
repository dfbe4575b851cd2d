"""What the pages of an appeal are made of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import FileResponse

from reaccredit.appeals import judging, queries
from reaccredit.appeals.forms import AssignForm
from reaccredit.appeals.judging import Candidate
from reaccredit.appeals.models import Arbitration, Recused
from reaccredit.appeals.queries import Status
from reaccredit.applications.models import Area
from reaccredit.documents import queries as papers
from reaccredit.documents.models import Document
from reaccredit.imaging.models import Instance
from reaccredit.packages.showing import Sight


@dataclass(frozen=True, slots=True)
class AssignRow:
    area: Area
    candidates: list[Candidate]
    form: AssignForm
    given: Arbitration | None
    recused: list[Recused]

    @property
    def proposed(self) -> Candidate | None:
        return None if self.given else judging.proposal(self.candidates)

    @property
    def choice(self) -> bool:
        """Whether there is anybody (else) to give the area to."""
        return len(self.form.fields["arbitrator"].choices) > 1  # type: ignore[attr-defined]


def assign_row(status: Status, area: Area, on: date, data: Any) -> AssignRow:
    listed = judging.candidates(status.appeal, area, on)
    given = next((a for a in status.arbitrations if a.area_id == area.pk), None)
    others = [one for one in listed if given is None or one.person != given.arbitrator]
    gone = list(status.appeal.recused.filter(area=area).select_related("arbitrator"))
    return AssignRow(area, listed, AssignForm(data, candidates=others, prefix=f"area-{area.pk}"), given, gone)


def download(found: Document) -> FileResponse:
    name = f"{found.kind}-{found.pk}.{found.format}"
    return FileResponse(papers.content(found), as_attachment=True, filename=name, content_type=found.media_type)


def around(one: Arbitration, shown: Instance, seen: Sight) -> dict[str, Any]:
    """Beside the series that is shown: all of the area, and whether this one was there from the beginning."""
    original, added = queries.original_images(one, seen), queries.added_images(one, seen)
    return {
        "original": original, "added": added, "name": queries.series_name(shown.series),
        "is_added": any(row.series.pk == shown.series_id for _, rows in added for row in rows),
    }  # fmt: skip

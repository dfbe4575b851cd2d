"""What the pages of an appeal are made of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import FileResponse

from reaccredit.appeals import queries
from reaccredit.appeals.forms import AssignForm
from reaccredit.appeals.models import Arbitration
from reaccredit.appeals.queries import Candidate, Status
from reaccredit.applications.models import Area
from reaccredit.documents import queries as papers
from reaccredit.documents.models import Document


@dataclass(frozen=True, slots=True)
class AssignRow:
    area: Area
    candidates: list[Candidate]
    form: AssignForm
    given: Arbitration | None


def assign_row(status: Status, area: Area, on: date, data: Any) -> AssignRow:
    listed = queries.candidates(status.appeal, area, on)
    given = next((a for a in status.arbitrations if a.area_id == area.pk), None)
    return AssignRow(area, listed, AssignForm(data, candidates=listed, prefix=f"area-{area.pk}"), given)


def download(found: Document) -> FileResponse:
    name = f"{found.kind}-{found.pk}.{found.format}"
    return FileResponse(papers.content(found), as_attachment=True, filename=name, content_type=found.media_type)

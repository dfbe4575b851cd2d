"""A repeat begins with an application that is filled in already: the areas and the exam types are those of the attempt before."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from reaccredit.applications import actions as applications
from reaccredit.applications.models import Application, CaseFile
from reaccredit.people.models import Person
from reaccredit.repeats.models import Repeat
from reaccredit.reports.models import FinalReport


@transaction.atomic
def open(*, case_file: CaseFile, report: FinalReport, areas: Sequence[str], actor: Person, now: datetime) -> Repeat:
    application = applications.start_next(case_file=case_file, kind=Application.Kind.REPEAT, actor=actor, now=now)
    return Repeat.objects.create(
        case_file=case_file, report=report, application=application, areas=list(areas), opened_at=now, opened_by=actor
    )

"""Who judged before this day has a part and an authorisation; then the guards go up. See reaccredit/reviews/guards.py."""

from typing import Any

from django.db import migrations

from reaccredit.reviews import guards

JUDGES = ("reviewer", "arbitrator", "survey-team")


def install(apps: Any, schema_editor: Any) -> None:
    Authorisation = apps.get_model("people", "Authorisation")
    for held in apps.get_model("people", "ProgrammeRole").objects.filter(role__in=JUDGES):
        Authorisation.objects.get_or_create(
            person_id=held.person_id, role=held.role, modality="*", module="*", since=held.since,
            defaults={"until": held.until, "grounds": "Appointment"},
        )
    Part = apps.get_model("reviews", "Part")
    for table in ("Assignment", "HandedBack"):
        for row in apps.get_model("reviews", table).objects.select_related("round"):
            Part.objects.get_or_create(
                case_file_id=row.round.case_file_id, person_id=row.reviewer_id, defaults={"role": "reviewer"}
            )
    guards.install(schema_editor.connection)


def remove(apps: Any, schema_editor: Any) -> None:
    guards.remove(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("reviews", "0002_proposals"), ("facilities", "0002_employer"), ("people", "0002_judging")]
    operations = [migrations.RunPython(install, remove)]

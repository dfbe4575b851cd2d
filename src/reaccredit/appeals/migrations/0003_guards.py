"""Who arbitrated before has a part; then the guards go up again, with those that reading and arbitrating have in common."""

from typing import Any

from django.db import migrations

from reaccredit.appeals import guards


def install(apps: Any, schema_editor: Any) -> None:
    Part = apps.get_model("reviews", "Part")
    for row in apps.get_model("appeals", "Arbitration").objects.select_related("appeal"):
        Part.objects.get_or_create(
            case_file_id=row.appeal.case_file_id, person_id=row.arbitrator_id, defaults={"role": "arbitrator"}
        )
    guards.install(schema_editor.connection)


def remove(apps: Any, schema_editor: Any) -> None:
    guards.remove(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("appeals", "0002_guards"), ("reviews", "0003_guards")]
    operations = [migrations.RunPython(install, remove)]

"""The database refuses a surveyor with a tie to the facility. See reaccredit/surveys/guards.py."""

from typing import Any

from django.db import migrations

from reaccredit.surveys import guards


def install(apps: Any, schema_editor: Any) -> None:
    guards.install(schema_editor.connection)


def remove(apps: Any, schema_editor: Any) -> None:
    guards.remove(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("surveys", "0001_initial"), ("reviews", "0006_returned"), ("people", "0002_judging")]
    operations = [migrations.RunPython(install, remove)]

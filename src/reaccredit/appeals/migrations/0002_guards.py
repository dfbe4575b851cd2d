"""Puts up the guards of arbitration. See reaccredit/appeals/guards.py for what they refuse and why."""

from typing import Any

from django.db import migrations

from reaccredit.appeals import guards


def install(apps: Any, schema_editor: Any) -> None:
    guards.install(schema_editor.connection, judges=False)


def remove(apps: Any, schema_editor: Any) -> None:
    guards.remove(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("appeals", "0001_initial"), ("reviews", "0001_initial"), ("reports", "0001_initial")]
    operations = [migrations.RunPython(install, remove)]

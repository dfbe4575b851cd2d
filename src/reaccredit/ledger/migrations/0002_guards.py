"""Puts up the guards of the facts. See reaccredit/ledger/guards.py for what they refuse and why."""

from typing import Any

from django.db import migrations

from reaccredit.ledger import guards


def install(apps: Any, schema_editor: Any) -> None:
    guards.install(schema_editor.connection)


def remove(apps: Any, schema_editor: Any) -> None:
    guards.remove(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]
    operations = [migrations.RunPython(install, remove)]

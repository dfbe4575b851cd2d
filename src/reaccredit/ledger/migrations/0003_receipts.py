"""A receipt of each answer, beside the fact that brought it about, and the guards that keep it."""

from typing import Any

import django.db.models.deletion
from django.db import migrations, models

from reaccredit.ledger import guards


def install(apps: Any, schema_editor: Any) -> None:
    guards.install(schema_editor.connection, guards.RECEIPT)


def remove(apps: Any, schema_editor: Any) -> None:
    guards.remove(schema_editor.connection, guards.RECEIPT)


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_guards")]
    operations = [
        migrations.CreateModel(
            name="Receipt",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("said", models.TextField()),
                ("hash", models.CharField(max_length=64)),
                ("fact", models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name="receipt", to="ledger.fact")),
            ],
        ),
        migrations.RunPython(install, remove),
    ]

"""Revisions that are published here, each approved by a second person, and the guards that keep them."""

from typing import Any

from django.db import migrations, models

from reaccredit.ledger import guards


def install(apps: Any, schema_editor: Any) -> None:
    guards.install(schema_editor.connection, guards.PUBLISHED)


def remove(apps: Any, schema_editor: Any) -> None:
    guards.remove(schema_editor.connection, guards.PUBLISHED)


class Migration(migrations.Migration):
    dependencies = [("ledger", "0003_receipts")]
    operations = [
        migrations.CreateModel(
            name="PublishedRevision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("seq", models.PositiveIntegerField(unique=True)),
                ("programme", models.CharField(max_length=40)),
                ("revision", models.DateField()),
                ("in_force", models.DateField()),
                ("text", models.TextField()),
                ("scenarios", models.TextField(blank=True)),
                ("sha256", models.CharField(max_length=64)),
                ("author", models.CharField(max_length=60)),
                ("approver", models.CharField(max_length=60)),
                ("published_at", models.DateTimeField()),
                ("previous", models.CharField(blank=True, max_length=64)),
                ("hash", models.CharField(max_length=64)),
            ],
            options={
                "ordering": ["seq"],
                "constraints": [
                    models.UniqueConstraint(fields=("programme", "revision"), name="published_one_of_a_date"),
                    models.UniqueConstraint(fields=("programme", "in_force"), name="published_one_from_a_day"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("author", models.F("approver")), _negated=True
                        ) & models.Q(("author", ""), _negated=True) & models.Q(("approver", ""), _negated=True),
                        name="published_with_a_second_persons_approval",
                    ),
                ],
            },
        ),
        migrations.RunPython(install, remove),
    ]

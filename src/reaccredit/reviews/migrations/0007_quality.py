"""Rounds get a kind: what is read again determines nothing. See reaccredit/reviews/rereading.py.

SQLite rebuilds the table of the rounds, which no trigger may name meanwhile, whichever room has put it up.
"""

from typing import Any

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from reaccredit.reviews import guards

KEPT = "reviews_guards_kept"


def aside(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor != "sqlite":
        return
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(
            f"CREATE TEMPORARY TABLE {KEPT} AS SELECT name, sql FROM sqlite_master "
            "WHERE type = 'trigger' AND sql LIKE '%reviews_round%'"
        )
        for (name,) in cursor.execute(f"SELECT name FROM {KEPT}").fetchall():
            cursor.execute(f"DROP TRIGGER {name}")


def back(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor != "sqlite":
        return
    with schema_editor.connection.cursor() as cursor:
        for (text,) in cursor.execute(f"SELECT sql FROM {KEPT} WHERE name NOT LIKE 'reviews_again%'").fetchall():
            cursor.execute(text)
        cursor.execute(f"DROP TABLE {KEPT}")


def install(apps: Any, schema_editor: Any) -> None:
    guards.install_again(schema_editor.connection)


def remove(apps: Any, schema_editor: Any) -> None:
    guards.remove_again(schema_editor.connection)


class Migration(migrations.Migration):

    dependencies = [
        ('packages', '0002_prechecks'),
        ('reviews', '0006_returned'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunPython(aside, back),
        migrations.CreateModel(
            name='Draw',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('made_at', models.DateTimeField()),
                ('seed', models.CharField(max_length=100)),
                ('rules', models.JSONField()),
            ],
            options={
                'ordering': ['-made_at', '-id'],
            },
        ),
        migrations.CreateModel(
            name='Lot',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ],
            options={
                'ordering': ['id'],
            },
        ),
        migrations.RemoveConstraint(
            model_name='round',
            name='round_one_per_submission',
        ),
        migrations.AddField(
            model_name='round',
            name='kind',
            field=models.CharField(choices=[('review', 'Review'), ('re-read', 'Re-read')], default='review', max_length=20),
        ),
        migrations.AddField(
            model_name='round',
            name='only',
            field=models.JSONField(blank=True, default=list),
        ),
        migrations.AddField(
            model_name='draw',
            name='made_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddConstraint(
            model_name='round',
            constraint=models.UniqueConstraint(condition=models.Q(('kind', 'review')), fields=('package', 'submitted_at'), name='round_one_per_submission'),
        ),
        migrations.AddField(
            model_name='lot',
            name='again',
            field=models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='drawn_by', to='reviews.round'),
        ),
        migrations.AddField(
            model_name='lot',
            name='draw',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lots', to='reviews.draw'),
        ),
        migrations.AddField(
            model_name='lot',
            name='round',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='lot', to='reviews.round'),
        ),
        migrations.RunPython(back, aside),
        migrations.RunPython(install, remove),
    ]

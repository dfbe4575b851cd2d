"""Calibration cases, with what the database holds about them: see reaccredit/reviews/calibration_guards.py."""

from typing import Any

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from reaccredit.reviews import calibration_guards


def install(apps: Any, schema_editor: Any) -> None:
    calibration_guards.install(schema_editor.connection)


def remove(apps: Any, schema_editor: Any) -> None:
    calibration_guards.remove(schema_editor.connection)


class Migration(migrations.Migration):

    dependencies = [
        ('applications', '0002_in_order'),
        ('people', '0002_judging'),
        ('reviews', '0008_in_order'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name='round',
            name='kind',
            field=models.CharField(choices=[('review', 'Review'), ('re-read', 'Re-read'), ('calibration', 'Calibration')], default='review', max_length=20),
        ),
        migrations.CreateModel(
            name='Calibration',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('only', models.JSONField()),
                ('because', models.TextField()),
                ('made_at', models.DateTimeField()),
                ('retired_at', models.DateTimeField(blank=True, null=True)),
                ('retired_because', models.TextField(blank=True)),
                ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('retired_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('review', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='calibrations', to='reviews.round')),
            ],
            options={
                'ordering': ['-made_at', '-id'],
            },
        ),
        migrations.CreateModel(
            name='Key',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveSmallIntegerField()),
                ('because', models.TextField()),
                ('set_at', models.DateTimeField()),
                ('approved_at', models.DateTimeField(blank=True, null=True)),
                ('approved_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('calibration', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='keys', to='reviews.calibration')),
                ('set_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('signature', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.signature')),
            ],
            options={
                'ordering': ['-version'],
            },
        ),
        migrations.CreateModel(
            name='KeyArea',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('outcome', models.CharField(choices=[('acceptable', 'Acceptable'), ('not-acceptable', 'Not acceptable')], max_length=20)),
                ('area', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='applications.area')),
                ('key', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='areas', to='reviews.key')),
            ],
            options={
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='KeyMark',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('criterion', models.CharField(max_length=40)),
                ('acceptable', models.BooleanField()),
                ('reason', models.CharField(blank=True, max_length=40)),
                ('why', models.TextField(blank=True)),
                ('of', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='marks', to='reviews.keyarea')),
            ],
            options={
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='Sending',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('made_at', models.DateTimeField()),
                ('number', models.PositiveSmallIntegerField()),
                ('seed', models.CharField(blank=True, max_length=100)),
                ('pool', models.JSONField(blank=True, default=list)),
                ('rules', models.JSONField(blank=True, default=dict)),
                ('calibration', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='sendings', to='reviews.calibration')),
                ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-number'],
            },
        ),
        migrations.CreateModel(
            name='Sent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reader', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='calibrated', to=settings.AUTH_USER_MODEL)),
                ('round', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='calibrates', to='reviews.round')),
                ('sending', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='sent', to='reviews.sending')),
            ],
            options={
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='Talk',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('modality', models.CharField(max_length=40)),
                ('module', models.CharField(max_length=40)),
                ('figures', models.JSONField()),
                ('due_since', models.DateTimeField()),
                ('done_at', models.DateTimeField(blank=True, null=True)),
                ('note', models.TextField(blank=True)),
                ('done_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('reader', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='talks', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['due_since', 'id'],
            },
        ),
        migrations.AddConstraint(
            model_name='calibration',
            constraint=models.UniqueConstraint(condition=models.Q(('retired_at__isnull', True)), fields=('review',), name='calibration_one_of_a_review'),
        ),
        migrations.AddConstraint(
            model_name='calibration',
            constraint=models.CheckConstraint(condition=models.Q(('because', ''), _negated=True), name='calibration_for_a_reason'),
        ),
        migrations.AddConstraint(
            model_name='calibration',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('retired_at__isnull', True), ('retired_by__isnull', True)), models.Q(('retired_at__isnull', False), ('retired_by__isnull', False)), _connector='OR'), name='calibration_retired_by_someone'),
        ),
        migrations.AddConstraint(
            model_name='calibration',
            constraint=models.CheckConstraint(condition=models.Q(('retired_at__isnull', True), models.Q(('retired_because', ''), _negated=True), _connector='OR'), name='calibration_retired_for_a_reason'),
        ),
        migrations.AddConstraint(
            model_name='key',
            constraint=models.UniqueConstraint(fields=('calibration', 'version'), name='key_version_once'),
        ),
        migrations.AddConstraint(
            model_name='key',
            constraint=models.CheckConstraint(condition=models.Q(('because', ''), _negated=True), name='key_for_a_reason'),
        ),
        migrations.AddConstraint(
            model_name='key',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('approved_at__isnull', True), ('approved_by__isnull', True)), models.Q(('approved_at__isnull', False), ('approved_by__isnull', False)), _connector='OR'), name='key_approved_by_someone'),
        ),
        migrations.AddConstraint(
            model_name='key',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('approved_at__isnull', True), ('signature__isnull', True)), models.Q(('approved_at__isnull', False), ('signature__isnull', False)), _connector='OR'), name='key_approved_and_signed'),
        ),
        migrations.AddConstraint(
            model_name='key',
            constraint=models.CheckConstraint(condition=models.Q(('approved_by__isnull', True), models.Q(('approved_by', models.F('set_by')), _negated=True), _connector='OR'), name='key_approved_by_somebody_else'),
        ),
        migrations.AddConstraint(
            model_name='keyarea',
            constraint=models.UniqueConstraint(fields=('key', 'area'), name='key_area_once'),
        ),
        migrations.AddConstraint(
            model_name='keymark',
            constraint=models.UniqueConstraint(fields=('of', 'criterion'), name='key_mark_one_per_criterion'),
        ),
        migrations.AddConstraint(
            model_name='keymark',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('acceptable', True), ('reason', '')), models.Q(('acceptable', False), models.Q(('reason', ''), _negated=True)), _connector='OR'), name='key_mark_reason_where_not_acceptable'),
        ),
        migrations.AddConstraint(
            model_name='sending',
            constraint=models.UniqueConstraint(fields=('calibration', 'number'), name='sending_number_once'),
        ),
        migrations.AddConstraint(
            model_name='sent',
            constraint=models.UniqueConstraint(fields=('sending', 'reader'), name='sent_once'),
        ),
        migrations.AddConstraint(
            model_name='talk',
            constraint=models.UniqueConstraint(condition=models.Q(('done_at__isnull', True)), fields=('reader', 'modality', 'module'), name='talk_one_open'),
        ),
        migrations.AddConstraint(
            model_name='talk',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('done_at__isnull', True), ('done_by__isnull', True)), models.Q(('done_at__isnull', False), ('done_by__isnull', False)), _connector='OR'), name='talk_done_by_someone'),
        ),
        migrations.AddConstraint(
            model_name='talk',
            constraint=models.CheckConstraint(condition=models.Q(('done_at__isnull', True), models.Q(('note', ''), _negated=True), _connector='OR'), name='talk_done_with_a_note'),
        ),
        migrations.AddConstraint(
            model_name='talk',
            constraint=models.CheckConstraint(condition=models.Q(('done_by__isnull', True), models.Q(('done_by', models.F('reader')), _negated=True), _connector='OR'), name='talk_by_somebody_else'),
        ),
        migrations.RunPython(install, remove),
    ]

"""Many cases, each as the programme's own actions have left it.

The demo's story is told once, by the same actions that people use: 25 cases from the application to certificates, appeals,
surveys and withdrawals. Then the database copies them: each row of a case again, under new keys, with new numbers. Every
constraint and every trigger is in force, and the facts of each copy are chained by hashes of their own.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.apps import apps
from django.core.management.color import no_style
from django.db import connection, models, transaction

from benchmarks.policy import site  # noqa: F401  the models can be read once it is up
from reaccredit.billing.models import Invoice
from reaccredit.certificates.models import Certificate
from reaccredit.facilities.models import Facility
from reaccredit.ledger.models import Case, Counter, Fact, Outbox, PublishedRevision, Receipt
from reaccredit.ledger.queries import fact_hash
from reaccredit.notices.models import Notice
from reaccredit.people.models import Signature
from reaccredit.project import demo_story
from reaccredit.reviews.calibration_models import Key, KeyMark, Sending, Sent
from reaccredit.reviews.models import Assignment, Part

STRIDE, BATCH, SPACED = 10_000, 100, 50
PEOPLE = {"people", "workbench", "contenttypes", "auth", "sessions", "axes", "django_tasks_database"}
# A receipt is some ten thousand bytes that no list reads; what an outbox has to send was sent; the guards write `Part`.
LEFT_OUT = {Receipt, Outbox, Counter, PublishedRevision, Part}
NUMBERED = {Case, Invoice, Facility, Certificate}
# What the guards look up without a foreign key; a key is approved once it is whole.
AFTER = {Sending: (KeyMark,), Assignment: (Sent,)}
APPROVED = ("approved_at", "approved_by_id", "signature_id")


def told(at: datetime) -> None:
    demo_story.tell(now=at, password=os.environ.get("REACCREDIT_DEMO_PASSWORD", "benchmark-password"))


def fill(cases: int) -> int:
    """Copies of the story until there are this many cases; gives how many there are."""
    told(datetime.now(UTC))
    story = _Story()
    copies = max(0, -(-cases // len(story.facts)) - 1)
    for first in range(1, copies + 1, BATCH):
        with transaction.atomic():
            story.copied(range(first, min(first + BATCH, copies + 1)))
    _settled(story.copied_models)
    return Case.objects.count()


@dataclass(frozen=True, slots=True)
class _Column:
    name: str
    sql: str


class _Story:
    """The rows of the story as they are, and how each table is copied."""

    def __init__(self) -> None:
        self.copied_models = _in_order(
            [
                m
                for m in apps.get_models(include_auto_created=True)
                if m._meta.app_label not in PEOPLE and m not in LEFT_OUT
            ]
            + [Signature]
        )
        self.last = {m: m._default_manager.aggregate(models.Max("pk"))["pk__max"] or 0 for m in self.copied_models}
        assert max(self.last.values()) < STRIDE
        self.facts = {case.pk: list(case.facts.order_by("seq")) for case in Case.objects.all()}
        self.quote = connection.ops.quote_name

    def copied(self, places: range) -> None:
        with connection.cursor() as cursor:
            for model in self.copied_models:
                if not self.last[model]:
                    continue
                if model is Fact:
                    cursor.executemany(_chained(), list(self._facts(places)))
                else:
                    cursor.execute(self._statement(model), [places.start, places.stop - 1, self.last[model]])
                if model is KeyMark:
                    cursor.execute(_approved(), [places.start * STRIDE, places.stop * STRIDE])

    def _statement(self, model: type[models.Model]) -> str:
        columns = [self._column(model, field) for field in model._meta.concrete_fields]
        into = ", ".join(self.quote(c.name) for c in columns)
        table = self.quote(model._meta.db_table)
        numbers = "WITH RECURSIVE copy(k) AS (SELECT CAST(%s AS integer) UNION ALL SELECT k + 1 FROM copy WHERE k < %s)"
        chosen = ", ".join(c.sql for c in columns)
        return f"INSERT INTO {table} ({into}) {numbers} SELECT {chosen} FROM {table} t CROSS JOIN copy WHERE t.id <= %s"

    def _column(self, model: type[models.Model], field: models.Field[Any, Any]) -> _Column:
        name = field.column
        was = f"t.{self.quote(name)}"
        if model is Key and name in APPROVED:
            return _Column(name, "NULL")
        if field.primary_key or (field.remote_field and field.related_model in self.copied_models):
            return _Column(name, f"{was} + copy.k * {STRIDE}")
        if model in NUMBERED and name == "number":
            return _Column(name, _numbered(was, "copy.k"))
        if model is Notice and name in {"key", "subject", "body", "link", "read_at"}:
            return _Column(name, _of_notice(name))
        if isinstance(field, models.UUIDField):
            return _Column(name, _another_uuid(was))
        if model is Facility and name == "name":
            return _Column(name, f"{was} || ' ' || copy.k")
        return _Column(name, was)

    def _facts(self, places: range) -> Iterator[list[Any]]:
        """Of each copied fact: how far its keys are from the first, its place in the chain, and the fact that it copies."""
        for k in places:
            for case, facts in self.facts.items():
                before = ""
                for fact in facts:
                    fact.case_id, fact.previous = case + k * STRIDE, before
                    chained = fact_hash(fact)
                    yield [k * STRIDE, k * STRIDE, before, chained, fact.pk]
                    before = chained


def _chained() -> str:
    changed = {"id": "t.id + %s", "case_id": "t.case_id + %s", "previous": "%s", "hash": "%s"}
    rest = [f.column for f in Fact._meta.concrete_fields if f.column not in changed]
    into, chosen = ", ".join([*changed, *rest]), ", ".join([*changed.values(), *(f"t.{name}" for name in rest)])
    return f"INSERT INTO ledger_fact ({into}) SELECT {chosen} FROM ledger_fact t WHERE t.id = %s"


def _approved() -> str:
    into = ", ".join(APPROVED)
    chosen = f"t.approved_at, t.approved_by_id, t.signature_id + k.id / {STRIDE} * {STRIDE}"
    was = f"SELECT {chosen} FROM reviews_key t WHERE t.id = k.id - k.id / {STRIDE} * {STRIDE}"
    return f"UPDATE reviews_key AS k SET ({into}) = ({was}) WHERE k.id BETWEEN %s AND %s"


def _numbered(was: str, k: str) -> str:
    """CT-000003 is CT-000403 in the fourth copy: no story has a hundred of a kind."""
    number = f"(CAST(substr({was}, length({was}) - 5) AS integer) + {k} * 100)"
    digits = f"printf('%%06d', {number})" if connection.vendor == "sqlite" else f"lpad(CAST({number} AS text), 6, '0')"
    return f"substr({was}, 1, length({was}) - 6) || {digits}"


def _another_uuid(was: str) -> str:
    """The copy's number in the last eight digits: what was one batch is one batch."""
    if connection.vendor == "sqlite":
        return f"substr({was}, 1, 24) || printf('%%08x', copy.k)"
    return f"CAST(substr(CAST({was} AS text), 1, 28) || lpad(to_hex(copy.k), 8, '0') AS uuid)"


def _of_notice(name: str) -> str:
    """A notice names its case, if any. Of a person's notices the newest few hundred are unread, as with people who read them."""
    if name == "key":
        return "t.key || ':' || copy.k"
    if name == "read_at":
        return f"CASE WHEN copy.k %% {SPACED} = 0 THEN t.read_at ELSE COALESCE(t.read_at, t.created_at) END"
    number = "(SELECT c.number FROM ledger_case c WHERE c.id = t.case_id)"
    return f"COALESCE(replace(t.{name}, {number}, {_numbered(number, 'copy.k')}), t.{name})"


def _in_order(found: list[type[models.Model]]) -> list[type[models.Model]]:
    """What is pointed to comes before what points to it, for the guards that look it up."""
    begun: set[type[models.Model]] = set()

    def put(model: type[models.Model]) -> None:
        begun.add(model)
        pointed = [field.related_model for field in model._meta.concrete_fields if field.remote_field]
        for other in (*pointed, *AFTER.get(model, ())):
            if other in found and other not in begun:
                put(other)
        ordered.append(model)

    ordered: list[type[models.Model]] = []
    for model in found:
        if model not in begun:
            put(model)
    return ordered


def _settled(copied: list[type[models.Model]]) -> None:
    """The next number and the next key are free ones, and the database knows how much there is."""
    for counter in Counter.objects.all():
        for model in NUMBERED:
            last = model._default_manager.filter(number__startswith=f"{counter.prefix}-").aggregate(
                models.Max("number")
            )
            if text := last["number__max"]:
                Counter.objects.filter(pk=counter.pk).update(last=int(text.rpartition("-")[2]))
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), copied):
            cursor.execute(statement)
        cursor.execute("ANALYZE")


if __name__ == "__main__":
    print(fill(int(sys.argv[1])))

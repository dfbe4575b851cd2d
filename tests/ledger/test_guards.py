"""A fact stays as it was written, whatever tool is used on the database."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import DatabaseError, IntegrityError, connection, transaction

from reaccredit.ledger import guards, queries
from reaccredit.ledger.models import Case, Fact

NOON = datetime(2021, 4, 1, 12, 0, tzinfo=UTC)


@pytest.fixture
def case(db: None) -> Case:
    return Case.objects.create(number="CT-000001", programme="diagnostic", modality="CT", opened_at=NOON)


@pytest.fixture
def sealed(db: None) -> None:
    guards.seal(connection)


def chain(case: Case, *kinds: str) -> list[Fact]:
    facts: list[Fact] = []
    for place, kind in enumerate(kinds, start=1):
        fact = Fact(
            case=case, seq=place, kind=kind, about={"areas": ["chest/adult"]}, happened_at=NOON, recorded_at=NOON,
            actor="person:1", role="staff", previous=facts[-1].hash if facts else "",
        )  # fmt: skip
        fact.hash = queries.fact_hash(fact)
        fact.save(force_insert=True)
        facts.append(fact)
    return facts


def refused(statement: str, *values: object) -> str:
    with pytest.raises(DatabaseError) as caught, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)
    return str(caught.value)


def test_a_fact_is_never_changed(case: Case) -> None:
    fact = chain(case, "note.added")[0]
    assert guards.UPDATE in refused("UPDATE ledger_fact SET note = 'other' WHERE id = %s", fact.pk)
    fact.note = "other"
    with pytest.raises(IntegrityError), transaction.atomic():
        fact.save()
    with pytest.raises(IntegrityError), transaction.atomic():
        Fact.objects.update(note="other")


def test_a_fact_is_never_deleted_while_the_ledger_is_sealed(case: Case, sealed: None) -> None:
    fact = chain(case, "note.added")[0]
    assert guards.DELETE in refused("DELETE FROM ledger_fact WHERE id = %s", fact.pk)
    assert Fact.objects.count() == 1


def test_an_operator_who_wrote_the_reason_down_may_remove_a_case(case: Case, sealed: None) -> None:
    chain(case, "note.added")
    guards.unseal(connection, "removed by order of the court of 1 April 2021")
    case.facts.all().delete()
    case.delete()
    guards.seal(connection)
    assert Fact.objects.count() == 0


def test_the_reason_may_not_be_empty(db: None) -> None:
    refused("INSERT INTO ledger_unsealed (reason) VALUES ('')")


def test_a_fact_is_not_replaced_by_another_in_its_place(case: Case, sealed: None) -> None:
    chain(case, "note.added")
    columns = "case_id, seq, kind, about, note, happened_at, recorded_at, actor, role, clauses, previous, hash"
    over = f"ledger_fact ({columns}) SELECT {columns.replace('kind', repr('other'))} FROM ledger_fact WHERE true"
    refused(f"INSERT INTO {over} ON CONFLICT (case_id, seq) DO UPDATE SET kind = 'other'")
    if connection.vendor == "sqlite":  # REPLACE, which no other database has, deletes without asking a trigger
        refused(f"INSERT OR REPLACE INTO {over}")
    assert Fact.objects.get().kind == "note.added"


def test_the_guards_stand_after_all_migrations(case: Case) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        else:
            cursor.execute("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal")
        names = {row[0] for row in cursor.fetchall()}
    assert {"ledger_fact_no_update"} <= names
    assert names & {"ledger_fact_no_delete", "ledger_fact_no_truncate"}


def tamper(statement: str) -> None:
    """As somebody would who owns the database itself."""
    guards.remove(connection)
    with connection.cursor() as cursor:
        cursor.execute(statement)


def test_a_whole_history_is_proved(case: Case, capsys: pytest.CaptureFixture[str]) -> None:
    chain(case, "note.added", "note.added", "note.added")
    call_command("ledger_verify")
    assert capsys.readouterr().out == "1 history holds.\n"


@pytest.mark.parametrize(
    ("statement", "place", "words"),
    [
        ("UPDATE ledger_fact SET about = '{}' WHERE seq = 2", 2, "does not say what it said"),
        ("UPDATE ledger_fact SET actor = 'person:2' WHERE seq = 1", 1, "does not say what it said"),
        (
            "UPDATE ledger_fact SET happened_at = '2021-03-01 12:00:00+00:00' WHERE seq = 3",
            3,
            "does not say what it said",
        ),
        ("DELETE FROM ledger_fact WHERE seq = 2", 2, "fact 2 is missing"),
        ("UPDATE ledger_fact SET hash = 'x' WHERE seq = 1", 1, "does not say what it said"),
    ],
)
def test_a_chain_that_was_tampered_with_breaks_where_it_was(
    case: Case, capsys: pytest.CaptureFixture[str], statement: str, place: int, words: str
) -> None:
    chain(case, "note.added", "note.added", "note.added")
    tamper(statement)
    with pytest.raises(CommandError) as caught:
        call_command("ledger_verify", "CT-000001")
    assert caught.value.returncode == 1
    said = capsys.readouterr().out
    assert f"CT-000001: breaks at fact {place}:" in said
    assert words in said


def test_a_case_that_does_not_exist_cannot_be_proved(db: None) -> None:
    with pytest.raises(CommandError, match="CT-999999") as caught:
        call_command("ledger_verify", "CT-999999")
    assert caught.value.returncode == 2


@pytest.mark.django_db(transaction=True)
def test_a_test_that_commits_can_be_emptied(django_db_setup: None) -> None:
    case = Case.objects.create(number="CT-000009", programme="diagnostic", modality="CT", opened_at=NOON)
    chain(case, "note.added")
    call_command("flush", interactive=False, verbosity=0)
    assert Fact.objects.count() == 0

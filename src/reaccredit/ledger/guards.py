"""What keeps a fact as it was written, in the database itself: no code, shell or query tool changes one by accident.

A fact is never updated, nor is the receipt of an answer, nor a revision that was published. They are deleted only while
the table `ledger_unsealed` has a row, which says why: an operator who must remove a case by law writes the reason there
first, and removes it afterwards. The table is no model, so that neither the program nor `flush` touches it; the test
suite, which empties its own database between tests, unseals that.

A migration that rebuilds one of these tables must put the guards up again (`install`); a test says so when it did not.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db.backends.base.base import BaseDatabaseWrapper

FACT, RECEIPT, PUBLISHED = "ledger_fact", "ledger_receipt", "ledger_publishedrevision"
UPDATE = "A fact of the ledger is never changed; state a later fact that corrects it."
DELETE = "A fact of the ledger is never deleted while the ledger is sealed."

UNSEALED = "CREATE TABLE IF NOT EXISTS ledger_unsealed (reason varchar(200) NOT NULL CHECK (reason <> ''))"


@dataclass(frozen=True, slots=True)
class Guard:
    """What is said of one table, and the condition under which a new row would take the place of an old one."""

    update: str
    delete: str
    replace: str
    same: str


GUARDS = {
    FACT: Guard(
        UPDATE, DELETE, "There is a fact in this place of the case already.",
        "id = NEW.id OR (case_id = NEW.case_id AND seq = NEW.seq)",
    ),
    RECEIPT: Guard(
        "A receipt is never changed: it says what was answered then.", "A receipt is never deleted while the ledger is sealed.",
        "This fact has its receipt already.", "id = NEW.id OR fact_id = NEW.fact_id",
    ),
    PUBLISHED: Guard(
        "A published revision is never changed; publish a new one.",
        "A published revision is never deleted while the ledger is sealed.", "This revision is published already.",
        "id = NEW.id OR seq = NEW.seq OR (programme = NEW.programme AND (revision = NEW.revision OR in_force = NEW.in_force))",
    ),
}  # fmt: skip


def _sqlite(table: str) -> tuple[str, ...]:
    """REPLACE deletes the row that it replaces without asking a trigger, so an insert over a row is refused as well."""
    guard = GUARDS[table]
    return (
        f"""CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table}
        BEGIN SELECT RAISE(ABORT, '{guard.update}'); END""",
        f"""CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table}
        WHEN EXISTS (SELECT 1 FROM {table} WHERE {guard.same})
        BEGIN SELECT RAISE(ABORT, '{guard.replace}'); END""",  # noqa: S608 - every word is a constant of this file
        f"""CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table}
        WHEN NOT EXISTS (SELECT 1 FROM ledger_unsealed)
        BEGIN SELECT RAISE(ABORT, '{guard.delete}'); END""",  # noqa: S608
    )


def _postgresql(table: str) -> tuple[str, ...]:
    guard = GUARDS[table]
    return (
        f"""CREATE FUNCTION {table}_guard() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP = 'UPDATE' THEN
                RAISE EXCEPTION '{guard.update}' USING ERRCODE = 'integrity_constraint_violation';
            END IF;
            IF NOT EXISTS (SELECT 1 FROM ledger_unsealed) THEN
                RAISE EXCEPTION '{guard.delete}' USING ERRCODE = 'integrity_constraint_violation';
            END IF;
            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
            RETURN NULL;
        END $$""",  # noqa: S608
        f"""CREATE TRIGGER {table}_no_update BEFORE UPDATE OR DELETE ON {table}
        FOR EACH ROW EXECUTE FUNCTION {table}_guard()""",
        f"""CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}
        FOR EACH STATEMENT EXECUTE FUNCTION {table}_guard()""",
    )


def _removal(vendor: str, table: str) -> tuple[str, ...]:
    if vendor == "sqlite":
        return tuple(f"DROP TRIGGER IF EXISTS {table}_no_{act}" for act in ("update", "replace", "delete"))
    return (
        f"DROP TRIGGER IF EXISTS {table}_no_update ON {table}",
        f"DROP TRIGGER IF EXISTS {table}_no_truncate ON {table}",
        f"DROP FUNCTION IF EXISTS {table}_guard()",
    )


def install(connection: BaseDatabaseWrapper, table: str = FACT) -> None:
    remove(connection, table)
    made = _sqlite(table) if connection.vendor == "sqlite" else _postgresql(table)
    with connection.cursor() as cursor:
        for statement in (UNSEALED, *made):
            cursor.execute(statement)


def remove(connection: BaseDatabaseWrapper, table: str = FACT) -> None:
    with connection.cursor() as cursor:
        for statement in _removal(connection.vendor, table):
            cursor.execute(statement)


def unseal(connection: BaseDatabaseWrapper, reason: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO ledger_unsealed (reason) VALUES (%s)", [reason])


def seal(connection: BaseDatabaseWrapper) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM ledger_unsealed")

"""What keeps a fact as it was written, in the database itself: no code, shell or query tool changes one by accident.

A fact is never updated. It is deleted only while the table `ledger_unsealed` has a row, which says why: an operator who
must remove a case by law writes the reason there first, and removes it afterwards. The table is no model, so that
neither the program nor `flush` touches it; the test suite, which empties its own database between tests, unseals that.

A migration that rebuilds the table of facts must put the guards up again (`install`); a test says so when it did not.
"""

from __future__ import annotations

from django.db.backends.base.base import BaseDatabaseWrapper

UPDATE = "A fact of the ledger is never changed; state a later fact that corrects it."
DELETE = "A fact of the ledger is never deleted while the ledger is sealed."

UNSEALED = "CREATE TABLE IF NOT EXISTS ledger_unsealed (reason varchar(200) NOT NULL CHECK (reason <> ''))"

# REPLACE deletes the row that it replaces without asking a trigger, so an insert over a fact is refused as well.
SQLITE = (
    f"""CREATE TRIGGER ledger_fact_no_update BEFORE UPDATE ON ledger_fact
    BEGIN SELECT RAISE(ABORT, '{UPDATE}'); END""",
    """CREATE TRIGGER ledger_fact_no_replace BEFORE INSERT ON ledger_fact
    WHEN EXISTS (SELECT 1 FROM ledger_fact WHERE id = NEW.id OR (case_id = NEW.case_id AND seq = NEW.seq))
    BEGIN SELECT RAISE(ABORT, 'There is a fact in this place of the case already.'); END""",
    f"""CREATE TRIGGER ledger_fact_no_delete BEFORE DELETE ON ledger_fact
    WHEN NOT EXISTS (SELECT 1 FROM ledger_unsealed)
    BEGIN SELECT RAISE(ABORT, '{DELETE}'); END""",  # noqa: S608 - both texts are constants of this file
)

POSTGRESQL = (
    f"""CREATE FUNCTION ledger_fact_guard() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'UPDATE' THEN
            RAISE EXCEPTION '{UPDATE}' USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        IF NOT EXISTS (SELECT 1 FROM ledger_unsealed) THEN
            RAISE EXCEPTION '{DELETE}' USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
        RETURN NULL;
    END $$""",  # noqa: S608
    """CREATE TRIGGER ledger_fact_no_update BEFORE UPDATE OR DELETE ON ledger_fact
    FOR EACH ROW EXECUTE FUNCTION ledger_fact_guard()""",
    """CREATE TRIGGER ledger_fact_no_truncate BEFORE TRUNCATE ON ledger_fact
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_fact_guard()""",
)

REMOVAL = {
    "sqlite": tuple(f"DROP TRIGGER IF EXISTS ledger_fact_no_{act}" for act in ("update", "replace", "delete")),
    "postgresql": (
        "DROP TRIGGER IF EXISTS ledger_fact_no_update ON ledger_fact",
        "DROP TRIGGER IF EXISTS ledger_fact_no_truncate ON ledger_fact",
        "DROP FUNCTION IF EXISTS ledger_fact_guard()",
    ),
}


def install(connection: BaseDatabaseWrapper) -> None:
    remove(connection)
    statements = {"sqlite": SQLITE, "postgresql": POSTGRESQL}[connection.vendor]
    with connection.cursor() as cursor:
        for statement in (UNSEALED, *statements):
            cursor.execute(statement)


def remove(connection: BaseDatabaseWrapper) -> None:
    with connection.cursor() as cursor:
        for statement in REMOVAL[connection.vendor]:
            cursor.execute(statement)


def unseal(connection: BaseDatabaseWrapper, reason: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO ledger_unsealed (reason) VALUES (%s)", [reason])


def seal(connection: BaseDatabaseWrapper) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM ledger_unsealed")

"""What the database itself holds about arbitration: nobody judges an appeal of what they have reviewed, and a determination is final.

Both ways round: an arbitrator who was a reviewer of the case is refused, and so is a reviewer of the appealed attempt who is
its arbitrator. A migration that rebuilds one of the two tables must put the guards up again (`install`); a test tells when it
was forgotten.
"""

from __future__ import annotations

from django.db.backends.base.base import BaseDatabaseWrapper

from reaccredit.reviews import guards as judging

# Conflicts, authorisations and one role in a case hold for arbitrators as they do for readers.
ARBITRATIONS = judging.Guarded(
    "appeals_arbitration", "NEW.arbitrator_id", "arbitrator",
    "(SELECT q.case_file_id FROM appeals_appeal q WHERE q.id = NEW.appeal_id)",
    "An arbitrator has no part in the initial review of the case, nor another role in it.",
)  # fmt: skip

TOOK_PART = "An arbitrator is a reviewer who took no part in the initial review of the case."
ARBITRATES = "Who arbitrates the appeal of this attempt cannot review it as well."
FINAL = "The determination of the arbitrator is final."

_GIVEN = """EXISTS (SELECT 1 FROM {table} a JOIN reviews_round r ON r.id = a.round_id
    JOIN appeals_appeal p ON p.case_file_id = r.case_file_id
    WHERE p.id = NEW.appeal_id AND a.reviewer_id = NEW.arbitrator_id)"""
_REVIEWED = " OR ".join(_GIVEN.format(table=table) for table in ("reviews_assignment", "reviews_handedback"))
_ARBITRATES = """EXISTS (SELECT 1 FROM appeals_arbitration b JOIN appeals_appeal p ON p.id = b.appeal_id
    JOIN reports_finalreport f ON f.id = p.report_id
    JOIN reviews_round r ON r.case_file_id = p.case_file_id AND r.attempt = f.attempt
    WHERE r.id = NEW.round_id AND b.arbitrator_id = NEW.reviewer_id)"""

SQLITE = (
    f"""CREATE TRIGGER appeals_arbitrator_insert BEFORE INSERT ON appeals_arbitration WHEN {_REVIEWED}
    BEGIN SELECT RAISE(ABORT, '{TOOK_PART}'); END""",
    f"""CREATE TRIGGER appeals_arbitrator_update BEFORE UPDATE ON appeals_arbitration WHEN {_REVIEWED}
    BEGIN SELECT RAISE(ABORT, '{TOOK_PART}'); END""",
    f"""CREATE TRIGGER appeals_determination_final BEFORE UPDATE ON appeals_arbitration WHEN OLD.decided_at IS NOT NULL
    BEGIN SELECT RAISE(ABORT, '{FINAL}'); END""",
    f"""CREATE TRIGGER appeals_reviewer_insert BEFORE INSERT ON reviews_assignment WHEN {_ARBITRATES}
    BEGIN SELECT RAISE(ABORT, '{ARBITRATES}'); END""",
    f"""CREATE TRIGGER appeals_reviewer_update BEFORE UPDATE ON reviews_assignment WHEN {_ARBITRATES}
    BEGIN SELECT RAISE(ABORT, '{ARBITRATES}'); END""",
)

POSTGRESQL = (
    f"""CREATE FUNCTION appeals_arbitrator_guard() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'UPDATE' THEN
            IF OLD.decided_at IS NOT NULL THEN
                RAISE EXCEPTION '{FINAL}' USING ERRCODE = 'integrity_constraint_violation';
            END IF;
        END IF;
        IF {_REVIEWED} THEN
            RAISE EXCEPTION '{TOOK_PART}' USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NEW;
    END $$""",
    f"""CREATE FUNCTION appeals_reviewer_guard() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF {_ARBITRATES} THEN
            RAISE EXCEPTION '{ARBITRATES}' USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NEW;
    END $$""",
    """CREATE TRIGGER appeals_arbitrator BEFORE INSERT OR UPDATE ON appeals_arbitration
    FOR EACH ROW EXECUTE FUNCTION appeals_arbitrator_guard()""",
    """CREATE TRIGGER appeals_reviewer BEFORE INSERT OR UPDATE ON reviews_assignment
    FOR EACH ROW EXECUTE FUNCTION appeals_reviewer_guard()""",
)

NAMES = {
    "sqlite": (
        "appeals_arbitrator_insert",
        "appeals_arbitrator_update",
        "appeals_determination_final",
        "appeals_reviewer_insert",
        "appeals_reviewer_update",
    ),
    "postgresql": ("appeals_arbitrator", "appeals_reviewer"),
}

REMOVAL = {
    "sqlite": tuple(f"DROP TRIGGER IF EXISTS {name}" for name in NAMES["sqlite"]),
    "postgresql": (
        "DROP TRIGGER IF EXISTS appeals_arbitrator ON appeals_arbitration",
        "DROP TRIGGER IF EXISTS appeals_reviewer ON reviews_assignment",
        "DROP FUNCTION IF EXISTS appeals_arbitrator_guard()",
        "DROP FUNCTION IF EXISTS appeals_reviewer_guard()",
    ),
}


def install(connection: BaseDatabaseWrapper, judges: bool = True) -> None:
    """`judges`: those of `reviews.guards` too, which name tables that the first migration of these guards did not know."""
    remove(connection)
    with connection.cursor() as cursor:
        for statement in {"sqlite": SQLITE, "postgresql": POSTGRESQL}[connection.vendor]:
            cursor.execute(statement)
    if judges:
        judging.install(connection, ARBITRATIONS)


def remove(connection: BaseDatabaseWrapper) -> None:
    with connection.cursor() as cursor:
        for statement in REMOVAL[connection.vendor]:
            cursor.execute(statement)
    judging.remove(connection, ARBITRATIONS)


def installed(connection: BaseDatabaseWrapper) -> frozenset[str]:
    """Which of the guards stand in this database."""
    asked = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal",
    }[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(asked)
        return frozenset(name for (name,) in cursor.fetchall()) & frozenset(NAMES[connection.vendor])

"""What the database itself holds about a survey team: nobody is sent to a facility to which a tie of theirs is on file.

The conditions are those of `reviews.guards`, for the day on which somebody is named; its days are lenient in the same way.
"""

from __future__ import annotations

from django.db import DatabaseError
from django.db.backends.base.base import BaseDatabaseWrapper

from reaccredit.reviews.guards import Dialect, tied

NAME = "surveys_teammember_judge"
CONFLICT = "A member of a survey team with a conflict of interest is not sent."
UNAUTHORISED = "Nobody is sent on a survey without being authorised for its modality."
SENTENCES = {
    CONFLICT: "A member of this team has a conflict of interest with the facility on file. Choose somebody else.",
    UNAUTHORISED: "A member of this team is not authorised to survey this modality. Choose somebody else.",
}
_FACILITY = """(SELECT c.facility_id FROM applications_casefile c JOIN surveys_survey s ON s.case_file_id = c.id
    WHERE s.id = NEW.survey_id)"""


def refusal(error: DatabaseError) -> str | None:
    """The sentence of the guard that has refused a row; None where it was something else."""
    return next((words for text, words in SENTENCES.items() if text in str(error)), None)


def checks(vendor: str) -> list[tuple[str, str]]:
    d = Dialect(vendor, "named_at")
    unauthorised = f"""NOT EXISTS (SELECT 1 FROM people_authorisation a JOIN surveys_survey s ON s.id = NEW.survey_id
      JOIN applications_casefile c ON c.id = s.case_file_id
      WHERE a.person_id = NEW.person_id AND a.role = 'survey-team' AND a.modality IN ('*', c.modality) AND a.module = '*'
      AND a.since <= {d.after} AND (a.until IS NULL OR a.until >= {d.before}))"""
    return [(tied(d, "NEW.person_id", _FACILITY), CONFLICT), (unauthorised, UNAUTHORISED)]


def statements(vendor: str) -> list[str]:
    if vendor == "sqlite":
        body = " ".join(f"SELECT RAISE(ABORT, '{said}') WHERE {condition};" for condition, said in checks(vendor))
        changed = "WHEN NEW.person_id <> OLD.person_id"
        return [
            f"CREATE TRIGGER {NAME}_insert BEFORE INSERT ON surveys_teammember BEGIN {body} END",
            f"CREATE TRIGGER {NAME}_update BEFORE UPDATE OF person_id ON surveys_teammember {changed} BEGIN {body} END",
        ]
    body = " ".join(
        f"IF {condition} THEN RAISE EXCEPTION '{said}' USING ERRCODE = 'integrity_constraint_violation'; END IF;"
        for condition, said in checks(vendor)
    )
    return [
        f"""CREATE FUNCTION {NAME}() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP = 'UPDATE' THEN
                IF NEW.person_id = OLD.person_id THEN RETURN NEW; END IF;
            END IF;
            {body} RETURN NEW;
        END $$""",
        f"CREATE TRIGGER {NAME} BEFORE INSERT OR UPDATE ON surveys_teammember FOR EACH ROW EXECUTE FUNCTION {NAME}()",
    ]


def install(connection: BaseDatabaseWrapper) -> None:
    remove(connection)
    with connection.cursor() as cursor:
        for statement in statements(connection.vendor):
            cursor.execute(statement)


def remove(connection: BaseDatabaseWrapper) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(f"DROP TRIGGER IF EXISTS {NAME}_insert")
            cursor.execute(f"DROP TRIGGER IF EXISTS {NAME}_update")
            return
        cursor.execute(f"DROP TRIGGER IF EXISTS {NAME} ON surveys_teammember")
        cursor.execute(f"DROP FUNCTION IF EXISTS {NAME}()")

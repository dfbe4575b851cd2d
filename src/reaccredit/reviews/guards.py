"""What the database itself holds about who judges what, whatever program writes to it.

- Nobody has two roles in one case: `reviews_part` has one row for a person and a case, written here and unique.
- Nobody is given what they are not authorised for on that day.
- Nobody is given a case of a facility to which a tie is on file: a post, an employer that runs it, a declared relation.
- Who recused is not given the case again.
- What is read for the sake of quality goes to nobody who was given the case in another reading of it (`AGAIN`).

The database knows no time zone, so a day counts from the day before to the day after; the action that assigns is exact. The
look-back years stand in the text of the triggers: a test tells when they differ from the programme's rules (`statements`).

SQLite rebuilds a table by renaming, which a trigger that names it forbids: a migration that changes a table named here takes
the guards down first (`remove`), and puts them up again at its end (`install`).
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import DatabaseError
from django.db.backends.base.base import BaseDatabaseWrapper

from reaccredit.reviews.house_rules import house_rules

ANOTHER_ROLE = "Who had another role in this case cannot review it."
RECUSED = "Who has recused from a case is not given it again."
CONFLICT = "A conflict of interest with the facility is on file."
UNAUTHORISED = "Nobody is given what they are not authorised for."
EARLIER = "Who has read a case does not read it again."
EVER = 1000


# What a guard's refusal reads like after somebody's name.
AFTER_A_NAME = {
    "nor another role in it": "had another role in this case",
    ANOTHER_ROLE: "had another role in this case",
    RECUSED: "has recused from this case",
    CONFLICT: "has a conflict of interest with this facility on file",
    UNAUTHORISED: "is not authorised for this area on this day",
    EARLIER: "has read this case before",
}


def refusal(error: DatabaseError) -> str | None:
    """The sentence of the guard that has refused a row; None where it was something else."""
    return next((words for text, words in AFTER_A_NAME.items() if text in str(error)), None)


@dataclass(frozen=True)
class Guarded:
    """A table whose rows give an area of a case to somebody. `case_file` is SQL that finds the case of the new row."""

    table: str
    person: str
    role: str
    case_file: str
    another_role: str


READINGS = Guarded(
    "reviews_assignment", "NEW.reviewer_id", "reviewer",
    "(SELECT r.case_file_id FROM reviews_round r WHERE r.id = NEW.round_id)", ANOTHER_ROLE,
)  # fmt: skip


class Dialect:
    def __init__(self, vendor: str, when: str = "assigned_at") -> None:
        self.sqlite = vendor == "sqlite"
        self.day = f"date(NEW.{when})" if self.sqlite else f"(NEW.{when} AT TIME ZONE 'UTC')::date"
        self.before = f"date({self.day}, '-1 day')" if self.sqlite else f"({self.day} - 1)"
        self.after = f"date({self.day}, '+1 day')" if self.sqlite else f"({self.day} + 1)"

    def years_after(self, column: str, years: int | None) -> str:
        number = EVER if years is None else years
        return f"date({column}, '+{number} years')" if self.sqlite else f"({column} + interval '{number} years')::date"


def checks(guarded: Guarded, vendor: str) -> list[tuple[str, str]]:
    """(condition, what is said where it holds), in the order in which they are asked."""
    case, who, d = guarded.case_file, guarded.person, Dialect(vendor)
    facility = f"(SELECT c.facility_id FROM applications_casefile c WHERE c.id = {case})"
    another = f"p.case_file_id = {case} AND p.person_id = {who} AND p.role <> '{guarded.role}'"
    gone = f"r.case_file_id = {case} AND h.reviewer_id = {who} AND h.kind = 'recused' AND (h.area_id = NEW.area_id OR h.whole_case)"
    recused = f"SELECT 1 FROM reviews_handedback h JOIN reviews_round r ON r.id = h.round_id WHERE {gone}"
    return [
        (f"EXISTS (SELECT 1 FROM reviews_part p WHERE {another})", guarded.another_role),
        (f"EXISTS ({recused})", RECUSED),
        (tied(d, who, facility), CONFLICT),
        (_unauthorised(d, guarded, case, who), UNAUTHORISED),
    ]


def tied(d: Dialect, who: str, facility: str) -> str:
    years = house_rules().rules.look_back
    kinds = " ".join(
        f"WHEN '{kind}' THEN {d.years_after('t.until', years(kind))}" for kind in house_rules().rules.look_back_years
    )
    left = d.years_after("e.until", years("employment"))
    return f"""(EXISTS (SELECT 1 FROM facilities_personnel p WHERE p.facility_id = {facility} AND p.person_id = {who})
      OR EXISTS (SELECT 1 FROM people_employment e JOIN facilities_facility f ON f.employer_id = e.employer_id
        WHERE f.id = {facility} AND e.person_id = {who} AND e.since <= {d.after} AND (e.until IS NULL OR {left} > {d.after}))
      OR EXISTS (SELECT 1 FROM reviews_tie t JOIN facilities_facility f ON f.id = {facility}
        WHERE t.person_id = {who} AND (t.facility_id = f.id OR t.employer_id = f.employer_id)
        AND (t.since IS NULL OR t.since <= {d.after}) AND (t.until IS NULL OR (CASE t.kind {kinds} END) > {d.after})))"""


def _unauthorised(d: Dialect, guarded: Guarded, case: str, who: str) -> str:
    return f"""NOT EXISTS (SELECT 1 FROM people_authorisation a JOIN applications_casefile c ON c.id = {case}
      JOIN applications_area x ON x.id = NEW.area_id
      WHERE a.person_id = {who} AND a.role = '{guarded.role}' AND a.modality IN ('*', c.modality)
      AND (a.module IN ('*', x.code) OR substr(x.code, 1, length(a.module) + 1) = a.module || '/')
      AND a.since <= {d.after} AND (a.until IS NULL OR a.until >= {d.before}))"""


def statements(guarded: Guarded, vendor: str) -> list[str]:
    name, part = guarded.table, f"{guarded.case_file}, {guarded.person}, '{guarded.role}'"
    note = f"INSERT INTO reviews_part (case_file_id, person_id, role) SELECT {part}"
    asked = checks(guarded, vendor)
    if vendor == "sqlite":
        body = " ".join(f"SELECT RAISE(ABORT, '{said}') WHERE {condition};" for condition, said in asked)
        known = f"p.case_file_id = {guarded.case_file} AND p.person_id = {guarded.person}"
        noted = f"{note} WHERE NOT EXISTS (SELECT 1 FROM reviews_part p WHERE {known});"
        column = guarded.person.removeprefix("NEW.")
        return [
            f"CREATE TRIGGER {name}_judge_insert BEFORE INSERT ON {name} BEGIN {body} {noted} END",
            f"CREATE TRIGGER {name}_judge_update BEFORE UPDATE OF {column} ON {name} WHEN NEW.{column} <> OLD.{column} BEGIN {body} {noted} END",
        ]
    body = " ".join(
        f"IF {condition} THEN RAISE EXCEPTION '{said}' USING ERRCODE = 'integrity_constraint_violation'; END IF;"
        for condition, said in asked
    )
    column = guarded.person.removeprefix("NEW.")
    # Two that give the same case at the same moment meet at the unique row: the second waits, and is asked again below.
    again = f"IF {asked[0][0]} THEN RAISE EXCEPTION '{guarded.another_role}' USING ERRCODE = 'integrity_constraint_violation'; END IF;"
    return [
        f"""CREATE FUNCTION {name}_judge() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP = 'UPDATE' THEN
                IF NEW.{column} = OLD.{column} THEN RETURN NEW; END IF;
            END IF;
            {body} {note} ON CONFLICT DO NOTHING; {again} RETURN NEW;
        END $$""",
        f"CREATE TRIGGER {name}_judge BEFORE INSERT OR UPDATE ON {name} FOR EACH ROW EXECUTE FUNCTION {name}_judge()",
    ]


_CASE = "(SELECT r.case_file_id FROM reviews_round r WHERE r.id = NEW.round_id)"
_GIVEN = " OR ".join(
    f"""EXISTS (SELECT 1 FROM {table} a JOIN reviews_round o ON o.id = a.round_id
    WHERE o.case_file_id = {_CASE} AND o.id <> NEW.round_id AND a.reviewer_id = NEW.reviewer_id)"""
    for table in ("reviews_assignment", "reviews_handedback")
)
AGAIN = f"(SELECT r.kind FROM reviews_round r WHERE r.id = NEW.round_id) <> 'review' AND ({_GIVEN})"


def install_again(connection: BaseDatabaseWrapper) -> None:
    """Apart from the others: an older database gets it when its rounds have a kind."""
    remove_again(connection)
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            for moment in ("insert", "update"):
                cursor.execute(
                    f"CREATE TRIGGER reviews_again_{moment} BEFORE {moment.upper()} ON reviews_assignment WHEN {AGAIN} "
                    f"BEGIN SELECT RAISE(ABORT, '{EARLIER}'); END"
                )
            return
        cursor.execute(
            f"""CREATE FUNCTION reviews_again() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                IF {AGAIN} THEN RAISE EXCEPTION '{EARLIER}' USING ERRCODE = 'integrity_constraint_violation'; END IF;
                RETURN NEW;
            END $$"""
        )
        cursor.execute(
            "CREATE TRIGGER reviews_again BEFORE INSERT OR UPDATE ON reviews_assignment FOR EACH ROW EXECUTE FUNCTION reviews_again()"
        )


def remove_again(connection: BaseDatabaseWrapper) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            for moment in ("insert", "update"):
                cursor.execute(f"DROP TRIGGER IF EXISTS reviews_again_{moment}")
            return
        cursor.execute("DROP TRIGGER IF EXISTS reviews_again ON reviews_assignment")
        cursor.execute("DROP FUNCTION IF EXISTS reviews_again()")


def names(guarded: Guarded, vendor: str) -> frozenset[str]:
    ends = ("_judge_insert", "_judge_update") if vendor == "sqlite" else ("_judge",)
    return frozenset(guarded.table + end for end in ends)


def install(connection: BaseDatabaseWrapper, guarded: Guarded = READINGS) -> None:
    remove(connection, guarded)
    with connection.cursor() as cursor:
        for statement in statements(guarded, connection.vendor):
            cursor.execute(statement)


def remove(connection: BaseDatabaseWrapper, guarded: Guarded = READINGS) -> None:
    table, sqlite = guarded.table, connection.vendor == "sqlite"
    with connection.cursor() as cursor:
        for name in sorted(names(guarded, connection.vendor)):
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}" + ("" if sqlite else f" ON {table}"))
        if not sqlite:
            cursor.execute(f"DROP FUNCTION IF EXISTS {table}_judge()")


def standing(connection: BaseDatabaseWrapper) -> str:
    """The text of all the triggers in this database: what a test compares with `statements`."""
    asked = {
        "sqlite": "SELECT sql FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": "SELECT prosrc FROM pg_proc WHERE proname LIKE '%\\_judge'",
    }[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(asked)
        return "\n".join(row[0] for row in cursor.fetchall())

"""What the database itself holds about calibration cases, whatever program writes to it.

- A key that was approved is never changed: results are told against it. A new version is a new row.
- A calibration case goes out with an approved key and not once it is retired; never to who made it, set its key or approved it.
- What it has opened is read by the person to whom it was sent, and by nobody else.

That a reader has not read the case before, is authorised and has no conflict is held for every reading (`guards`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.backends.base.base import BaseDatabaseWrapper

FIXED = "A key that was approved is never changed; set a new version."
NO_KEY = "A calibration case goes out with an approved key only."
RETIRED = "A calibration case that is retired goes to nobody."
KNOWS = "Who knows the key of a calibration case is not sent it."
NOT_THEIRS = "What was opened for one reader is read by nobody else."

_APPROVED_KEY = "(SELECT k.approved_at FROM reviews_key k WHERE k.id = {key}) IS NOT NULL"
_CASE = "(SELECT s.calibration_id FROM reviews_sending s WHERE s.id = NEW.sending_id)"
_KEY_OF_AREA = "(SELECT a.key_id FROM reviews_keyarea a WHERE a.id = NEW.of_id)"


@dataclass(frozen=True, slots=True)
class Guard:
    """`when`: SQL that holds where a row is refused; `says`: what is said then."""

    name: str
    table: str
    events: tuple[str, ...]
    when: str
    says: str


GUARDS = (
    Guard("reviews_key_fixed", "reviews_key", ("UPDATE",), "OLD.approved_at IS NOT NULL", FIXED),
    Guard("reviews_keyarea_fixed", "reviews_keyarea", ("INSERT", "UPDATE"), _APPROVED_KEY.format(key="NEW.key_id"), FIXED),
    Guard("reviews_keymark_fixed", "reviews_keymark", ("INSERT", "UPDATE"), _APPROVED_KEY.format(key=_KEY_OF_AREA), FIXED),
    Guard(
        "reviews_sent_key", "reviews_sent", ("INSERT", "UPDATE"),
        f"NOT EXISTS (SELECT 1 FROM reviews_key k WHERE k.calibration_id = {_CASE} AND k.approved_at IS NOT NULL)",  # noqa: S608 - every word is a constant of this file
        NO_KEY,
    ),
    Guard(
        "reviews_sent_retired", "reviews_sent", ("INSERT",),
        f"EXISTS (SELECT 1 FROM reviews_calibration c WHERE c.id = {_CASE} AND c.retired_at IS NOT NULL)",  # noqa: S608 - likewise
        RETIRED,
    ),
    Guard(
        "reviews_sent_knows", "reviews_sent", ("INSERT", "UPDATE"),
        f"EXISTS (SELECT 1 FROM reviews_calibration c WHERE c.id = {_CASE} AND c.made_by_id = NEW.reader_id)"  # noqa: S608 - likewise
        f" OR EXISTS (SELECT 1 FROM reviews_key k WHERE k.calibration_id = {_CASE}"
        " AND (k.set_by_id = NEW.reader_id OR k.approved_by_id = NEW.reader_id))", KNOWS,
    ),
    Guard(
        "reviews_sent_reader", "reviews_assignment", ("INSERT", "UPDATE"),
        "(SELECT r.kind FROM reviews_round r WHERE r.id = NEW.round_id) = 'calibration' AND NOT EXISTS"
        " (SELECT 1 FROM reviews_sent s WHERE s.round_id = NEW.round_id AND s.reader_id = NEW.reviewer_id)", NOT_THEIRS,
    ),
)  # fmt: skip


def statements(vendor: str) -> Iterator[str]:
    for guard in GUARDS:
        if vendor == "sqlite":
            for event in guard.events:
                yield (
                    f"CREATE TRIGGER {guard.name}_{event.lower()} BEFORE {event} ON {guard.table} WHEN {guard.when} "
                    f"BEGIN SELECT RAISE(ABORT, '{guard.says}'); END"
                )
            continue
        yield f"""CREATE FUNCTION {guard.name}() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                IF {guard.when} THEN RAISE EXCEPTION '{guard.says}' USING ERRCODE = 'integrity_constraint_violation'; END IF;
                RETURN NEW;
            END $$"""
        events = " OR ".join(guard.events)
        yield (
            f"CREATE TRIGGER {guard.name} BEFORE {events} ON {guard.table} FOR EACH ROW EXECUTE FUNCTION {guard.name}()"
        )


def install(connection: BaseDatabaseWrapper) -> None:
    remove(connection)
    with connection.cursor() as cursor:
        for statement in statements(connection.vendor):
            cursor.execute(statement)


def remove(connection: BaseDatabaseWrapper) -> None:
    with connection.cursor() as cursor:
        for guard in GUARDS:
            if connection.vendor == "sqlite":
                for event in guard.events:
                    cursor.execute(f"DROP TRIGGER IF EXISTS {guard.name}_{event.lower()}")
                continue
            cursor.execute(f"DROP TRIGGER IF EXISTS {guard.name} ON {guard.table}")
            cursor.execute(f"DROP FUNCTION IF EXISTS {guard.name}()")

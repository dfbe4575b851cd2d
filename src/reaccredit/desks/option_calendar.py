"""The dates of an answer as a calendar file (RFC 5545): from when something can be chosen, and until when.

Times are in UTC, so that no zone can be misread.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from icalendar import Alarm, Calendar, Event

from reaccredit.desks.answers import Answer, Row
from reaccredit.policy.counting import moment, through

PRODID = "-//Reaccredit//What are my options//EN"
SPAN = timedelta(minutes=30)  # how long the entry of an instant is drawn
DUE_ALARMS = (timedelta(days=7), timedelta(days=1))


def calendar(answer: Answer, key: str, address: str, now: datetime) -> bytes:
    """`key` names the question without its answers' dates: the same question, asked again, updates the same entries."""
    made = Calendar()
    made.add("prodid", PRODID)
    made.add("version", "2.0")
    made.add("method", "PUBLISH")
    made.add("x-wr-calname", f"{answer.revision.title}: dates")
    for event in _events(answer, key, now):
        event.add("url", address)
        made.add_component(event)
    return bytes(made.to_ical())


def _events(answer: Answer, key: str, now: datetime) -> Iterator[Event]:
    for row in answer.rows:
        option = row.option
        if option.opens and answer.at <= option.opens:
            yield _opens(answer, row, key, now)
        if option.due:
            yield _due(answer, row, key, now)


def _opens(answer: Answer, row: Row, key: str, now: datetime) -> Event:
    opens = row.option.opens
    assert opens
    event = _event(
        f"{key} {row.option.id} opens", f"“{row.option.title}” can be chosen from now", opens, opens + SPAN, now
    )
    event.add("description", _why(answer, row, f"Opens {moment(opens, answer.revision.zone)}."))
    event.add_component(_alarm(timedelta(0), str(event["summary"])))
    return event


def _due(answer: Answer, row: Row, key: str, now: datetime) -> Event:
    """The entry ends at the very instant that is too late: a term that ends at midnight stands on its last day."""
    due = row.option.due
    assert due
    event = _event(f"{key} {row.option.id} due", f"Last day to choose “{row.option.title}”", due - SPAN, due, now)
    event.add("description", _why(answer, row, f"It can be chosen {through(due, answer.revision.zone)}."))
    for before in DUE_ALARMS:
        event.add_component(_alarm(-before, str(event["summary"])))
    return event


def _event(name: str, summary: str, begins: datetime, ends: datetime, now: datetime) -> Event:
    event = Event()
    event.add("uid", f"{hashlib.sha256(name.encode()).hexdigest()[:32]}@reaccredit")
    event.add("dtstamp", now.astimezone(UTC))
    event.add("last-modified", now.astimezone(UTC))
    for key, when in (("dtstart", begins), ("dtend", ends)):
        event.add(key, when.astimezone(UTC), parameters={"VALUE": "DATE-TIME"})
    event.add("summary", summary)
    event.add("transp", "TRANSPARENT")
    return event


def _alarm(trigger: timedelta, words: str) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("trigger", trigger)
    alarm.add("description", words)
    return alarm


def _why(answer: Answer, row: Row, said: str) -> str:
    because = row.option.because
    lines = [said]
    if answer.waits_for:
        lines.append(f"Only if {' and '.join(answer.waits_for)} is recorded at once: it is not yet.")
    lines += ["; ".join(because.facts)] if because.facts else []
    lines.append(f"Clauses: {', '.join(c.at or c.id for c in because.clauses)}. Revision of {because.revision}.")
    return "\n".join(dict.fromkeys(lines))

"""Deadlines one second either side, over daylight-saving nights and leap days."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reaccredit.policy.counting import Counting, last_day, moment, through
from reaccredit.policy.spans import read_span
from tests.policy.telling import EASTERN, ask, at, fact, failed, ids

SECOND = timedelta(seconds=1)
DAYS = Counting(EASTERN)
instants = st.datetimes(datetime(2019, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("issued", "opens"),
    [
        ("2021-03-12 10:00", "2021-03-14 11:00"),  # the night that loses an hour
        ("2021-11-06 10:00", "2021-11-08 09:00"),  # the night that gains one
        ("2024-02-27 10:00", "2024-02-29 10:00"),  # a leap day
        ("2021-12-30 23:30", "2022-01-01 23:30"),
    ],
)
def test_48_hours_are_48_hours(issued, opens):
    start = at(issued)
    assert DAYS.end_after(start, read_span("PT48H")) == at(opens)
    facts = [failed(issued), fact(issued, "report.viewed")]
    if start < at("2022-11-09 00:00"):
        assert ids(ask((at(opens) - SECOND).replace(tzinfo=None).isoformat(" "), *facts)) == []
        assert "repeat" in ids(ask(opens, *facts))


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("2021-04-03 10:00", "2021-04-19 00:00"),
        ("2021-04-03 00:00", "2021-04-19 00:00"),
        ("2021-04-03 23:59:59", "2021-04-19 00:00"),
        ("2021-02-27 12:00", "2021-03-15 00:00"),  # ends in daylight time
        ("2021-10-30 12:00", "2021-11-15 00:00"),
        ("2024-02-20 12:00", "2024-03-07 00:00"),  # over a leap day
    ],
)
def test_15_days_end_at_midnight_of_the_last_day(start, end):
    assert DAYS.end_after(at(start), read_span("P15D")) == at(end)


@given(instants, st.integers(1, 400))
def test_a_term_of_days_always_ends_at_a_midnight_after_that_many_whole_days(start, days):
    due = DAYS.end_after(start, read_span(f"P{days}D"))
    local = due.astimezone(EASTERN)
    assert (local.hour, local.minute, local.second) == (0, 0, 0)
    assert last_day(due, EASTERN) == start.astimezone(EASTERN).date() + timedelta(days=days)


@given(instants, st.integers(0, 2000))
def test_hours_elapse_whatever_the_clocks_on_the_wall_do(start, hours):
    assert DAYS.end_after(start, read_span(f"PT{hours}H")) - start == timedelta(hours=hours)


def test_an_exclusive_midnight_is_said_by_its_last_day():
    assert through(at("2021-04-19 00:00"), EASTERN) == "through 18 Apr 2021, midnight EDT"
    assert through(at("2021-11-08 00:00"), EASTERN) == "through 7 Nov 2021, midnight EST"
    assert through(at("2021-11-07 00:00"), EASTERN) == "through 6 Nov 2021, midnight EDT"
    assert through(at("2021-03-14 00:00"), EASTERN) == "through 13 Mar 2021, midnight EST"
    assert moment(at("2021-03-14 03:00"), EASTERN) == "14 Mar 2021, 03:00 EDT"
    assert last_day(at("2021-04-19 00:00"), EASTERN) == date(2021, 4, 18)


def test_the_readers_zone_does_not_move_the_midnight_of_the_policy():
    tokyo = ZoneInfo("Asia/Tokyo")
    assert DAYS.end_after(at("2021-04-03 10:00").astimezone(tokyo), read_span("P15D")) == at("2021-04-19 00:00")


@pytest.mark.parametrize("text", ["P1MB", "P", "PT", "P5B2D", "PT1H30M", "15", "P15DT2H", "", "-P1D", "P1000000D"])
def test_what_is_no_span_is_refused(text):
    with pytest.raises(ValueError, match="span"):
        read_span(text)

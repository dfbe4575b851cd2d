"""How the pages write dates, deadlines and names."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.template import Context, Template
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from reaccredit.people.models import Role
from reaccredit.policy import Clause
from reaccredit.project.templatetags import words

NEW_YORK = ZoneInfo("America/New_York")
END = datetime(2021, 4, 19, 0, 0, tzinfo=NEW_YORK)  # the first instant after Sunday 18 April


@pytest.fixture(autouse=True)
def reads_in_new_york() -> Iterator[None]:
    with timezone.override(NEW_YORK):
        yield


def in_zone(name: str, text: str, **context: object) -> str:
    with timezone.override(ZoneInfo(name)):
        return Template(text).render(Context(context))


def test_a_moment_says_day_time_and_zone() -> None:
    assert words.moment(datetime(2021, 4, 3, 14, 0, tzinfo=UTC)) == "3 April 2021, 10:00 EDT"


def test_a_moment_is_written_in_the_zone_of_its_reader() -> None:
    shown = in_zone("America/Los_Angeles", "{{ at|moment }}", at=datetime(2021, 4, 3, 5, 0, tzinfo=UTC))
    assert shown == "2 April 2021, 22:00 PDT"


def test_a_zone_without_letters_is_written_as_its_distance_from_utc() -> None:
    at = datetime(2021, 4, 3, 12, 0, tzinfo=UTC)
    assert in_zone("America/Sao_Paulo", "{{ at|moment }}", at=at) == "3 April 2021, 09:00 UTC-03:00"


def test_the_two_hours_of_an_autumn_night_are_told_apart() -> None:
    first, second = datetime(2021, 11, 7, 5, 30, tzinfo=UTC), datetime(2021, 11, 7, 6, 30, tzinfo=UTC)
    assert words.moment(first) == "7 November 2021, 01:30 EDT"
    assert words.moment(second) == "7 November 2021, 01:30 EST"


def test_a_plain_date_is_not_moved_between_zones() -> None:
    assert in_zone("Pacific/Honolulu", "{{ at|day }}", at=date(2021, 3, 8)) == "8 March 2021"


def test_a_sentence_from_where_no_reader_is_known_has_its_days_in_words() -> None:
    assert words.dated("away from 2026-12-01 until 2027-02-28; not 2027-02-30") == (
        "away from 1 December 2026 until 28 February 2027; not 2027-02-30"
    )


def test_the_midnight_that_ends_a_day_is_written_as_that_day_and_never_as_the_next() -> None:
    now = datetime(2021, 4, 13, 9, 0, tzinfo=NEW_YORK)
    assert words.deadline(END, now) == "through Sunday 18 April 2021, midnight EDT (5 days left)"


def test_the_same_end_is_an_hour_of_the_day_for_a_reader_elsewhere() -> None:
    assert in_zone("America/Los_Angeles", "{{ e|deadline }}", e=END) == "until Sunday 18 April 2021, 21:00 PDT"
    assert in_zone("Europe/Berlin", "{{ e|deadline }}", e=END) == "until Monday 19 April 2021, 06:00 CEST"


@pytest.mark.parametrize(
    ("end", "written"),
    [
        (datetime(2021, 3, 14, 0, 0, tzinfo=NEW_YORK), "through Saturday 13 March 2021, midnight EST"),
        (datetime(2021, 3, 15, 0, 0, tzinfo=NEW_YORK), "through Sunday 14 March 2021, midnight EDT"),
        (datetime(2021, 11, 7, 0, 0, tzinfo=NEW_YORK), "through Saturday 6 November 2021, midnight EDT"),
        (datetime(2021, 11, 8, 0, 0, tzinfo=NEW_YORK), "through Sunday 7 November 2021, midnight EST"),
        (datetime(2024, 3, 1, 0, 0, tzinfo=NEW_YORK), "through Thursday 29 February 2024, midnight EST"),
        (datetime(2022, 1, 1, 0, 0, tzinfo=NEW_YORK), "through Friday 31 December 2021, midnight EST"),
    ],
    ids=["before spring", "spring", "before autumn", "autumn", "leap day", "new year"],
)
def test_midnight_ends_over_the_nights_that_are_not_24_hours_long(end: datetime, written: str) -> None:
    assert words.deadline(end) == written


def test_a_day_whose_midnight_does_not_exist_still_ends_at_midnight() -> None:
    zone = ZoneInfo("America/Santiago")  # on 5 September 2021 the clocks went from 24:00 to 01:00
    end = datetime(2021, 9, 5, 4, 0, tzinfo=UTC)
    assert end.astimezone(zone).hour == 1
    assert (
        in_zone("America/Santiago", "{{ e|deadline }}", e=end)
        == "through Saturday 4 September 2021, midnight UTC-04:00"
    )


@pytest.mark.parametrize(
    ("before_the_end", "said"),
    [
        (timedelta(days=5), "5 days left"),
        (timedelta(days=2), "2 days left"),
        (timedelta(hours=30), "1 day left"),
        (timedelta(hours=24), "1 day left"),
        (timedelta(hours=23, minutes=59), "23 hours left"),
        (timedelta(minutes=61), "1 hour left"),
        (timedelta(minutes=59, seconds=59), "59 minutes left"),
        (timedelta(minutes=1), "1 minute left"),
        (timedelta(seconds=1), "less than a minute left"),
        (timedelta(0), "passed today"),
        (timedelta(days=-2), "passed 2 days ago"),
    ],
)
def test_what_is_left_is_never_more_than_there_is(before_the_end: timedelta, said: str) -> None:
    noon = datetime(2021, 4, 18, 12, 0, tzinfo=NEW_YORK)
    assert words.time_left(noon, noon - before_the_end) == said


def test_one_second_before_the_end_there_is_time_and_at_the_end_there_is_none() -> None:
    assert words.urgency(END, END - timedelta(seconds=1)) == "soon"
    assert words.urgency(END, END) == "past"
    assert words.time_left(END, END) == "passed 1 day ago"


@given(
    end=st.integers(1_546_300_800, 1_893_456_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC)),
    span=st.timedeltas(timedelta(seconds=1), timedelta(days=60)),
    zone=st.sampled_from(["America/New_York", "Europe/Berlin", "Pacific/Auckland", "America/Santiago", "UTC"]),
)
def test_days_left_never_promise_more_hours_than_remain(end: datetime, span: timedelta, zone: str) -> None:
    with timezone.override(ZoneInfo(zone)):
        said = words.time_left(end, end - span)
        last, _ = words.last_moment(end)
        assert last == (end - words.INSTANT).astimezone(ZoneInfo(zone)).date() or not words.deadline(end).startswith(
            "th"
        )
    if " day" in said:
        assert timedelta(days=int(said.split()[0])) <= span


def test_what_opens_later_says_when_and_in_how_many_days() -> None:
    at, now = datetime(2021, 4, 3, 10, 0, tzinfo=NEW_YORK), datetime(2021, 4, 1, 10, 0, tzinfo=NEW_YORK)
    assert words.opening(at, now) == "Saturday 3 April 2021, 10:00 EDT (in 2 days)"
    assert words.opening(at, at - timedelta(hours=3)) == "Saturday 3 April 2021, 10:00 EDT (in 3 hours)"
    assert words.opening(at, at) == "Saturday 3 April 2021, 10:00 EDT"


def test_what_has_no_date_says_so() -> None:
    assert (words.moment(None), words.deadline(None), words.opening(None)) == ("not yet", "no date set", "no date set")


def test_codes_become_words() -> None:
    assert words.role_name("supervising-physician") == "Supervising physician"
    assert words.area_name("head-neck/adult") == "Head/neck, adult"
    assert words.area_name("msk/pediatric") == "MSK, pediatric"
    assert words.area_name("phantom") == "Phantom"
    assert words.outcome_name("not-acceptable") == "Not acceptable"


@pytest.mark.parametrize("holder", ["facility", "staff", "reviewer", "arbitrator", "survey-team", ""])
def test_every_holder_of_a_turn_has_a_name_of_its_own(holder: str) -> None:
    assert holder in words.TURNS


@pytest.mark.parametrize("role", Role.values)
def test_a_turn_can_be_named_after_every_role(role: str) -> None:
    assert words.turn_name(role).startswith("the ")


def test_a_clause_says_where_it_stands_and_whether_it_is_assumed_or_missing() -> None:
    assert words.clause(Clause("a.1", "x", at="Appeals, first paragraph")) == "Appeals, first paragraph"
    assert words.clause(Clause("a.2", "x", at="Status", assumed=True)) == "Status (assumed)"
    assert words.clause(Clause("a.3", "", silent=True)) == "the policy does not say"


def test_lists_are_joined_as_one_speaks() -> None:
    assert words.joined(["a"]) == "a"
    assert words.joined(["a", "b", "c"]) == "a, b and c"
    assert words.joined(["a", "b"], "or") == "a or b"


def test_sizes_are_told_as_file_managers_do() -> None:
    assert [words.bytes_in_words(n) for n in (0, 999, 1000, 4_200_000)] == ["0 bytes", "999 bytes", "1.0 kB", "4.2 MB"]


def test_the_disc_beside_a_name_leaves_titles_out() -> None:
    assert [words.initials(n) for n in ("Dr. Maria Sample", "Ann", "", "Lee de Boer (demo)")] == ["MS", "A", "", "LB"]


def test_a_source_is_named_as_an_article_with_its_day() -> None:
    assert words.source("AS/11000111085, 8-23-2024; AC/11000047152, 11-19-2025") == (
        "article 11000111085 of 23 August 2024; article 11000047152 of 19 November 2025"
    )
    assert words.source("a review criterion of 1-1-2024") == "a review criterion of 1-1-2024"

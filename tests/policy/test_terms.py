"""Terms of every kind, each in a policy of its own. The ends were reckoned by hand, with a calendar on the table."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from reaccredit.policy import Fact, Malformed, Policy
from reaccredit.policy.reading import read
from tests.policy.telling import at

BASE = """schema = 2
policy = "demo-term"
title = "t"
source = "s"
seen = "whole"
revision = 2024-01-01
in_force = 2020-01-01
zone = "America/New_York"
start = "a"
[governs]
by = "case"
cites = ["c"]
[days]
{days}
cites = ["c"]
[calendar.office]
weekend = ["saturday","sunday"]
yearly = ["01-01","07-04","12-25"]
weekdays = ["last monday of may","4th thursday of november"]
holidays = [2024-06-19]
observed = "nearest-weekday"
known_through = 2027-12-31
cites = ["c"]
[calendar.bare]
weekend = ["friday","saturday"]
cites = ["c"]
[season.winter]
from = "11-15"
through = "02-10"
cites = ["c"]
[season.spring]
from = "01-15"
through = "03-31"
cites = ["c"]
[date.expiry]
title = "Expiry"
told_by = ["told"]
key = "on"
cites = ["c"]
[fact.go]
title = "Go"
by = "x"
[fact.other]
title = "Other"
by = "x"
[fact.told]
title = "Told"
by = "x"
lasting = true
renews = true
[fact.ext]
title = "Ext"
by = "x"
[fact.done]
title = "Done"
by = "x"
[stage.a]
title = "A"
holder = "x"
hears = ["other","told"]
cites = ["c"]
[stage.a.moves.go]
to = "b"
cites = ["c"]
[stage.b]
title = "B"
holder = "x"
hears = ["other","told","ext","done"]
cites = ["c"]
{stage}
[stage.b.overdue]
to = "z"
cites = ["c"]
[stage.z]
title = "Z"
ends = true
cites = ["c"]
[clause.c]
at = "1"
says = "s"
"""
DAYS = """count = "exclude-first"
last = "included"
roll = "none"
month_end = "clip"
calendar = "office"
"""
CLOSING = 'cutoff = "17:00"\n'
Told = list[tuple[str, str, dict[str, Any]]]


def policy(term: str, days: str) -> Policy:
    text = BASE.format(days=days, stage=f'[stage.b.due]\n{term}\ncites = ["c"]\n')
    return Policy([read(text, "demo.toml")])


def due(term: str, begun: str, days: str, told: Told) -> datetime | None:
    """By when the stage is due that the case came to at `begun`, asked when everything was told."""
    facts = sorted(
        [*(Fact(at(when), kind, about) for when, kind, about in told), Fact(at(begun), "go")], key=lambda f: f.at
    )
    found = policy(term, days).decide(facts, facts[-1].at).term
    return found.due if found else None


# (the term, when the case came to the stage, the first instant that is too late, how days are counted, what else was told)
TERMS: list[tuple[str, str, str | None, str, Told]] = [
    ('within="P10D"\nfrom=["go"]', '2024-03-05 10:00', '2024-03-16 00:00', DAYS, []),
    ('within="P10D"\nfrom=["go"]\ncount="include-first"', '2024-03-05 10:00', '2024-03-15 00:00', DAYS, []),
    ('within="P10D"\nfrom=["go"]\nlast="excluded"', '2024-03-05 10:00', '2024-03-15 00:00', DAYS, []),
    ('within="P10D"\nfrom=["go"]\ncutoff="17:00"', '2024-03-05 10:00', '2024-03-15 17:00', DAYS, []),
    ('within="P2W"\nfrom=["go"]', '2024-03-05 10:00', '2024-03-20 00:00', DAYS, []),
    ('within="P0D"\nfrom=["go"]', '2024-03-05 10:00', '2024-03-06 00:00', DAYS, []),
    ('within="PT48H"\nfrom=["go"]', '2024-03-09 10:00', '2024-03-11 11:00', DAYS, []),
    ('within="PT90M"\nfrom=["go"]', '2024-03-05 23:00', '2024-03-06 00:30', DAYS, []),
    ('within="P11D"\nfrom=["go"]\nroll="next-business-day"', '2024-03-05 10:00', '2024-03-19 00:00', DAYS, []),
    ('within="P11D"\nfrom=["go"]\nroll="previous-business-day"', '2024-03-05 10:00', '2024-03-16 00:00', DAYS, []),
    ('within="P11D"\nfrom=["go"]\nroll="next-business-day"\ncutoff="16:30"', '2024-03-05 10:00', '2024-03-18 16:30', DAYS, []),
    ('within="P11D"\nfrom=["go"]\nroll="next-business-day"\ncalendar="bare"', '2024-03-05 10:00', '2024-03-18 00:00', DAYS, []),
    ('within="P1B"\nfrom=["go"]', '2024-06-18 10:00', '2024-06-21 00:00', DAYS, []),
    ('within="P3B"\nfrom=["go"]', '2024-07-03 10:00', '2024-07-10 00:00', DAYS, []),
    ('within="P1B"\nfrom=["go"]', '2024-06-22 10:00', '2024-06-25 00:00', DAYS, []),
    ('within="P1B"\nfrom=["go"]\ncount="include-first"', '2024-06-24 10:00', '2024-06-25 00:00', DAYS, []),
    ('within="P1B"\nfrom=["go"]\ncount="include-first"', '2024-06-22 10:00', '2024-06-25 00:00', DAYS, []),
    ('within="P5B"\nfrom=["go"]', '2021-12-22 10:00', '2021-12-31 00:00', DAYS, []),
    ('within="P6B"\nfrom=["go"]', '2021-12-22 10:00', '2022-01-04 00:00', DAYS, []),
    ('within="P1B"\nfrom=["go"]', '2022-12-23 10:00', '2022-12-28 00:00', DAYS, []),
    ('within="P1M"\nfrom=["go"]', '2024-01-31 10:00', '2024-03-01 00:00', DAYS, []),
    ('within="P1M"\nfrom=["go"]\nmonth_end="overflow"', '2024-01-31 10:00', '2024-03-03 00:00', DAYS, []),
    ('within="P1M"\nfrom=["go"]\nmonth_end="overflow"', '2023-01-31 10:00', '2023-03-04 00:00', DAYS, []),
    ('within="P1M"\nfrom=["go"]\nmonth_end="stick"', '2024-02-29 10:00', '2024-04-01 00:00', DAYS, []),
    ('within="P1M"\nfrom=["go"]\nmonth_end="stick"', '2023-02-28 10:00', '2023-04-01 00:00', DAYS, []),
    ('within="P1M"\nfrom=["go"]\nmonth_end="clip"', '2024-02-29 10:00', '2024-03-30 00:00', DAYS, []),
    ('within="P6M"\nfrom=["go"]\ncount="include-first"', '2024-03-08 10:00', '2024-09-08 00:00', DAYS, []),
    ('within="P1Y6M"\nfrom=["go"]', '2024-02-29 10:00', '2025-08-30 00:00', DAYS, []),
    ('within="P1M15D"\nfrom=["go"]', '2024-01-31 10:00', '2024-03-16 00:00', DAYS, []),
    ('within="P3Y"\nfrom=["go"]\nround="month-end"', '2024-02-10 10:00', '2027-03-01 00:00', DAYS, []),
    ('within="P3Y"\nfrom=["go"]\nround="previous-month-end"', '2024-02-10 10:00', '2027-02-01 00:00', DAYS, []),
    ('within="P0D"\nfrom=["go"]\nround="next-month-start"', '2024-12-01 10:00', '2025-01-02 00:00', DAYS, []),
    ('whichever="earlier"\nof=[{ within="P10D", from=["go"] }, { before="P5D", from=["expiry"] }]', '2024-03-05 10:00', '2024-03-16 00:00', DAYS, []),
    ('whichever="earlier"\nof=[{ within="P10D", from=["go"] }, { before="P5D", from=["expiry"] }]', '2024-03-05 10:00', '2024-03-08 00:00', DAYS, [('2024-03-01 09:00', 'told', {'on': '2024-03-12'})]),
    ('whichever="later"\nof=[{ within="P10D", from=["go"] }, { within="P10B", from=["go"] }]', '2024-03-05 10:00', '2024-03-20 00:00', DAYS, []),
    ('within="P3Y"\nfrom=["go"]\nround="previous-month-end"', '2024-01-31 10:00', '2027-02-01 00:00', DAYS, []),
    ('within="P10D"\nfrom=["go","other"]', '2024-03-05 10:00', '2024-03-21 00:00', DAYS, [('2024-03-10 09:00', 'other', {})]),
    ('within="P10D"\nfrom=["go","other"]\ntake="earliest"', '2024-03-05 10:00', '2024-03-16 00:00', DAYS, [('2024-03-10 09:00', 'other', {})]),
    ('within="P10D"\nfrom=["go","other"]\ntake="latest-of-all"', '2024-03-05 10:00', None, DAYS, []),
    ('within="P10D"\nfrom=["go","other"]\ntake="latest-of-all"', '2024-03-05 10:00', '2024-03-21 00:00', DAYS, [('2024-03-10 09:00', 'other', {})]),
    ('within="P10D"\nfrom=["go","other"]', '2024-03-05 10:00', '2024-03-16 00:00', DAYS, []),
    ('within="P10D"\nfrom=["entered"]', '2024-03-05 10:00', '2024-03-16 00:00', DAYS, []),
    ('before="P60D"\nfrom=["expiry"]', '2024-03-05 10:00', '2024-08-02 00:00', DAYS, [('2024-03-01 09:00', 'told', {'on': '2024-09-30'})]),
    ('before="P6M"\nfrom=["expiry"]', '2024-03-05 10:00', '2024-03-31 00:00', DAYS, [('2024-03-01 09:00', 'told', {'on': '2024-09-30'})]),
    ('before="P5B"\nfrom=["expiry"]', '2024-03-05 10:00', '2024-09-24 00:00', DAYS, [('2024-03-01 09:00', 'told', {'on': '2024-09-30'})]),
    ('within="P45D"\nfrom=["expiry"]', '2024-03-05 10:00', '2024-11-15 00:00', DAYS, [('2024-03-01 09:00', 'told', {'on': '2024-09-30'})]),
    ('within="P0D"\nfrom=["expiry"]', '2024-03-05 10:00', '2024-10-01 00:00', DAYS, [('2024-03-01 09:00', 'told', {'on': '2024-09-30'})]),
    ('before="P0D"\nfrom=["expiry"]', '2024-03-05 10:00', '2024-10-01 00:00', DAYS, [('2024-03-01 09:00', 'told', {'on': '2024-09-30'})]),
    ('within="P45D"\nfrom=["expiry"]', '2024-03-05 10:00', None, DAYS, []),
    ('within="P45D"\nfrom=["expiry"]', '2024-03-05 10:00', '2024-12-16 00:00', DAYS, [('2024-03-01 09:00', 'told', {'on': '2024-09-30'}), ('2024-03-06 09:00', 'told', {'on': '2024-10-31'})]),
    ('season="spring"\nfrom=["go"]', '2024-02-05 10:00', '2024-04-01 00:00', DAYS, []),
    ('season="spring"\nfrom=["go"]', '2024-04-01 00:00', '2025-04-01 00:00', DAYS, []),
    ('season="spring"\nfrom=["go"]', '2024-03-31 16:59', '2024-03-31 17:00', DAYS + CLOSING, []),
    ('season="spring"\nfrom=["go"]', '2024-03-31 17:00', '2025-03-31 17:00', DAYS + CLOSING, []),
    ('season="winter"\nfrom=["go"]', '2024-12-05 10:00', '2025-02-11 00:00', DAYS, []),
    ('season="winter"\nfrom=["go"]', '2024-01-05 10:00', '2024-02-11 00:00', DAYS, []),
    ('season="winter"\nfrom=["go"]', '2024-03-05 10:00', '2025-02-11 00:00', DAYS, []),
    ('within="P30D"\nfrom=["go"]\nextended={ by="P30D", once="ext" }', '2024-03-05 10:00', '2024-05-05 00:00', DAYS, [('2024-03-20 09:00', 'ext', {})]),
    ('within="P30D"\nfrom=["go"]\nextended={ by="P30D", once="ext", in_time={ before="P0D", from=["due"] } }', '2024-03-05 10:00', '2024-05-05 00:00', DAYS, [('2024-03-20 09:00', 'ext', {})]),
    ('within="P30D"\nfrom=["go"]\nextended={ by="P30D", once="ext", in_time={ before="P16D", from=["due"] } }', '2024-03-05 10:00', '2024-04-05 00:00', DAYS, [('2024-03-20 09:00', 'ext', {})]),
    ('within="P30D"\nfrom=["go"]\nextended={ by="P30D", once="ext", in_time={ before="P15D", from=["due"] } }', '2024-03-05 10:00', '2024-05-05 00:00', DAYS, [('2024-03-20 09:00', 'ext', {})]),
    ('within="P10B"\nfrom=["go"]\nextended={ by="P5B", once="ext" }', '2024-03-05 10:00', '2024-03-27 00:00', DAYS, [('2024-03-06 09:00', 'ext', {})]),
    ('within="P10D"\nfrom=["go"]', '2024-03-05 10:00', '2024-03-15 17:00', DAYS + CLOSING, []),
    ('within="P10D"\nfrom=["go"]\ncutoff="00:00"', '2024-03-05 10:00', '2024-03-16 00:00', DAYS + CLOSING, []),
    ('within="P10D"\nfrom=["go"]', '2024-03-05 18:00', '2024-03-15 17:00', DAYS + CLOSING, []),
]  # fmt: skip
# ruff: noqa: E501


@pytest.mark.parametrize(("term", "begun", "end", "days", "told"), TERMS)
def test_a_term_ends_as_it_was_reckoned_by_hand(term: str, begun: str, end: str | None, days: str, told: Told) -> None:
    assert due(term, begun, days, told) == (at(end) if end else None)


@pytest.mark.parametrize(
    ("term", "days", "said"),
    [
        ('within="P10D"\nbefore="P1D"\nfrom=["go"]', DAYS, "within"),
        ('witin="P10D"\nfrom=["go"]', DAYS, "within"),
        ('within="P10X"\nfrom=["go"]', DAYS, "P10X"),
        ('within="P10D"\nfrom=["goo"]', DAYS, "go"),
        (
            'within="P1M"\nfrom=["go"]',
            'count="exclude-first"\nlast="included"\nroll="none"\ncalendar="office"',
            "month_end",
        ),
        ('within="P1B"\nfrom=["go"]', 'count="exclude-first"\nlast="included"\nroll="none"', "calendar"),
        ('within="P1B"\nfrom=["go"]\ncalendar="offce"', DAYS, "office"),
        ('season="sprin"\nfrom=["go"]', DAYS, "spring"),
    ],
)
def test_a_term_that_cannot_be_read_says_what_was_expected(term: str, days: str, said: str) -> None:
    with pytest.raises(Malformed, match=said):
        policy(term, days)

"""A date on a page is followed by how it comes about: the clause and the arithmetic, from one component."""

from __future__ import annotations

import html
import re

import pytest
from django.urls import reverse

from tests.options.world import APRIL, BRAIN, DAY

FORM_OPEN = APRIL + 2 * DAY
DATED = re.compile(r'class="deadline')
REASON = re.compile(r'class="reason"')


def look(client, person, name, *args):
    client.force_login(person)
    page = client.get(reverse(name, args=args))
    assert page.status_code == 200
    return html.unescape(page.content.decode().split("<main", 1)[1])


@pytest.fixture
def report(world, clock):
    found = world.viewed([BRAIN])
    clock(FORM_OPEN + DAY)
    return found


@pytest.mark.parametrize("name", ["options:choose", "options:others", "reports:report"])
def test_the_pages_of_a_report_say_how_their_dates_come_about(client, world, report, name):
    page = look(client, world.admin, name, report.pk)
    assert DATED.search(page)
    assert REASON.search(page)
    assert "+ 48 hours =" in page


def test_the_form_of_an_option_says_why_it_is_open_and_until_when(client, world, report):
    page = look(client, world.admin, "options:form", report.pk, "appeal")
    assert "A determination may be appealed within 15 days of the final report" in page
    assert "+ 15 days = due through" in page


def test_the_page_of_a_case_names_the_clauses_of_its_date(client, world, report):
    page = look(client, world.admin, "desks:case", report.case_file.case.number)
    before_timeline = page.split("What has happened")[0]
    assert DATED.search(before_timeline)
    assert "The form is due 15 days after the date it is sent" in before_timeline


def test_staff_read_the_same_reason(client, world, report):
    page = look(client, world.staff, "options:staff", report.case_file.case.number)
    assert "+ 15 days = due through" in page

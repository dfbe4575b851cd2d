"""The lists of the programme's staff: how often they ask the database, and what their addresses keep."""

from __future__ import annotations

import re

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from reaccredit.appeals.models import Appeal
from reaccredit.facilities import actions as facilities
from reaccredit.facilities.models import Personnel
from reaccredit.people import paging
from reaccredit.people.models import Person
from tests.options.world import APRIL, BRAIN, DAY, HOUR

LISTS = (
    "/queue/?turn=all", "/queue/", "/queue/?turn=all&search=mr", "/applications/", "/reviews/", "/reports/", "/appeals/",
    "/certificates/", "/invoices/", "/facilities/", "/notices/", "/packages/?show=all", "/surveys/", "/plans/?show=all",
    "/reviews/people/", "/applications/?search=mr", "/reports/?q=mr", "/reports/?show=failed", "/invoices/?search=INV-000001",
)  # fmt: skip
MOST = 6


def asked(client, address):
    client.get(address)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


def numbers(client, address):
    page = client.get(address).content.decode()
    return re.findall(r'<th scope="row"><a href="[^"]+">([A-Z]+-\d+)', page)


def test_lists_of_staff_ask_at_most_six_times_and_their_addresses_keep_what_was_asked_for(
    client, world, clock, monkeypatch
):
    clock(APRIL + HOUR)
    three = [world.failed([BRAIN]).case_file.case.number]
    client.force_login(world.admin)
    home = asked(client, "/")
    client.force_login(world.staff)
    one = {address: asked(client, address) for address in LISTS}
    for place in (2, 3):
        world.mr = facilities.add_unit(facility=world.facility, modality="MRI", name=f"MR {place}")
        three.append(world.failed([BRAIN]).case_file.case.number)
    assert {address: asked(client, address) for address in LISTS} == one
    client.force_login(world.admin)
    assert asked(client, "/") == home
    client.force_login(world.staff)
    assert {address: many for address, many in one.items() if many > MOST} == {}

    monkeypatch.setattr(paging, "PER_PAGE", 2)
    address = "/queue/?search=mr&turn=all&modality=MRI"
    first = client.get(address).content.decode()
    following = re.search(r'<a href="(\?[^"]+)" rel="next">', first)[1].replace("&amp;", "&")
    assert numbers(client, address) == three[:2]
    assert numbers(client, f"/queue/{following}") == three[2:]
    second = client.get(f"/queue/{following}").content.decode()
    assert 'value="mr"' in second
    assert '<option value="MRI" selected>' in second
    before = re.search(r'<a href="(\?[^"]+)" rel="prev">', second)[1].replace("&amp;", "&")
    assert numbers(client, f"/queue/{before}") == three[:2]
    for wrong in ("0", "-1", "x", "9" * 30, "²"):
        assert numbers(client, f"{address}&page={wrong}") in (three[:2], three[2:])
    assert numbers(client, f"{address}&page=99") == three[2:]
    found = Person.objects.order_by("pk")
    page = paging.page_of(found, "2", 3)
    assert (page.paginator.count, list(page.object_list)) == (found.count(), list(found[3:6]))
    behind = paging.page_of(found, "999", 3)
    rest = found.count() % 3 or 3
    assert (behind.number, behind.paginator.num_pages) == (behind.paginator.num_pages, -(-found.count() // 3))
    assert list(behind.object_list) == list(found)[-rest:]
    assert paging.page_of(found.none(), None).paginator.count == 0
    assert paging.page_of(found.none(), "9").number == 1


def test_a_page_behind_the_last_one_shows_the_last_one_and_asks_once_more(client, world, clock):
    clock(APRIL + HOUR)
    world.failed([BRAIN])
    client.force_login(world.staff)
    for address in ("/queue/?turn=all", "/applications/?search=mr", "/reports/?q=mr"):
        first, behind = client.get(address).content.decode(), client.get(f"{address}&page=9").content.decode()
        assert numbers(client, f"{address}&page=9") == numbers(client, address)
        assert first.count("<tr") == behind.count("<tr") > 1
        assert asked(client, f"{address}&page=9") == asked(client, address) + 1


def test_a_list_is_counted_some_pages_ahead_and_each_page_behind_them_opens(client, world, clock, monkeypatch):
    clock(APRIL + HOUR)
    three = [world.failed([BRAIN]).case_file.case.number]
    for place in (2, 3):
        world.mr = facilities.add_unit(facility=world.facility, modality="MRI", name=f"MR {place}")
        three.append(world.failed([BRAIN]).case_file.case.number)
    monkeypatch.setattr(paging, "PER_PAGE", 1)
    monkeypatch.setattr(paging, "AHEAD", 1)
    client.force_login(world.staff)
    for address, listed in (
        ("/queue/?turn=all", three),
        ("/applications/?search=mr", three[::-1]),
        ("/applications/?", three[::-1]),
    ):
        for place, (number, of) in enumerate(zip(listed, ("more than 1", "more than 2", "3"), strict=True), start=1):
            page = client.get(f"{address}&page={place}").content.decode()
            assert re.findall(r"MRI-\d+", page.partition("<tbody>")[2])[0] == number
            assert f"Page {place} of {of}</p>" in page
        assert 'rel="next"' not in page


def test_a_post_that_ends_while_somebody_works_counts_at_once(client, world, clock):
    clock(APRIL)
    client.force_login(world.admin)
    assert client.get(reverse("applications:index")).status_code == 200
    Personnel.objects.filter(person=world.admin).delete()
    assert "Applications" not in client.get("/").content.decode()


def test_an_appeal_without_an_arbitrator_is_in_the_queue_of_staff(client, world, clock):
    report = world.viewed([BRAIN])
    world.select(report, "appeal", APRIL + 2 * DAY, areas=[BRAIN])
    case = report.case_file.case
    client.force_login(world.staff)
    clock(APRIL + 2 * DAY)
    assert case.number not in numbers(client, "/queue/")
    Appeal.objects.update(received_at=APRIL + 2 * DAY)
    case.deadlines.filter(subject="stage").update(holder="arbitrator")
    assert case.number in numbers(client, "/queue/")
    assert "An arbitrator has to be assigned" in client.get("/queue/").content.decode()

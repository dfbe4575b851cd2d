"""A certificate follows from an accredited case; the directory shows status and nothing else."""

from __future__ import annotations

from datetime import date, timedelta

import page
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from reaccredit.applications.models import CaseFile
from reaccredit.certificates import actions, queries
from reaccredit.certificates import pdf as printing
from reaccredit.certificates.models import Certificate
from reaccredit.facilities.models import Facility
from reaccredit.ledger.models import Fact
from reaccredit.packages import actions as packages
from reaccredit.people.models import Person
from tests.packages.world import APRIL, fill
from tests.reviews.world import CHEST, HEAD, World

DAY = timedelta(days=1)
GRANTED = date(2021, 4, 1)


def sign(person: Person) -> Client:
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def grant(case_file: CaseFile) -> Certificate | None:
    return actions.grant_if_accredited(case_file=case_file, now=APRIL + DAY)


def granted(world: World) -> Certificate:
    found = grant(world.reported().case_file)
    assert found
    return found


def entries(today: date = GRANTED) -> list[tuple[str, str, date | None]]:
    listed = queries.entries(list(queries.listed_facilities()), APRIL + DAY, today)
    return [(e.name, e.state, e.expires) for e in listed]


def test_an_accredited_case_gets_one_certificate_for_three_years(world: World) -> None:
    made = granted(world)
    assert (made.begins_on, made.expires_on) == (GRANTED, date(2024, 3, 31))
    assert {"status.term", "status.first-day"} <= set(made.clauses)
    assert set(made.areas) >= {HEAD, CHEST}
    assert grant(made.case_file) == made
    assert [f.actor for f in Fact.objects.filter(kind="certificate.granted")] == ["clock"]


def test_a_case_that_is_not_accredited_gets_none(world: World) -> None:
    assert grant(world.reported({HEAD: ""}).case_file) is None
    assert not Certificate.objects.exists()


def test_the_term_runs_from_the_first_area_that_passed(world: World) -> None:
    report = world.reported({HEAD: ""})
    world.state(report.case_file, "report.viewed", APRIL)
    world.state(report.case_file, "option.withdraw-module", APRIL + 3 * DAY, areas=[HEAD])
    made = actions.grant_if_accredited(case_file=report.case_file, now=APRIL + 3 * DAY)
    assert made
    assert made.begins_on == GRANTED
    assert HEAD not in made.areas


# -- the directory -----------------------------------------------------------------------------------------------------


def test_everybody_may_read_the_directory_without_signing_in(world: World) -> None:
    granted(world)
    answer = Client().get(reverse("certificates:directory"))
    assert answer.status_code == 200
    assert "Cedar Grove Imaging" in answer.text
    assert "31 March 2024" in answer.text


def test_an_accredited_facility_is_listed_with_its_last_day(world: World) -> None:
    granted(world)
    assert entries() == [("Cedar Grove Imaging", "accredited", date(2024, 3, 31))]
    assert entries(date(2024, 3, 31))[0][1] == "accredited"
    assert entries(date(2024, 4, 1))[0][1] == "expired"


def test_a_facility_that_failed_looks_like_one_that_is_being_reviewed(world: World) -> None:
    world.reported({HEAD: ""})
    assert entries() == [("Cedar Grove Imaging", "under-review", None)]
    text = Client().get(reverse("certificates:directory")).text
    assert "Under review" in text
    assert "Not passed" not in text
    assert "Not acceptable" not in text


def test_a_facility_is_accredited_when_each_of_its_units_is(world: World) -> None:
    granted(world)
    package = world.accepted(unit=world.another_unit("CT 2"))
    assert entries() == [("Cedar Grove Imaging", "in-part", None)]
    fill(package, world.admin, APRIL)
    grant(world.reported(package=packages.submit(package=package, actor=world.admin, now=APRIL)).case_file)
    assert entries() == [("Cedar Grove Imaging", "accredited", date(2024, 3, 31))]


def test_a_facility_that_has_left_or_never_applied_is_not_listed(world: World) -> None:
    report = world.reported({HEAD: ""})
    world.state(report.case_file, "report.viewed", APRIL)
    listed = queries.entries(list(queries.listed_facilities()), APRIL, GRANTED)
    assert [e.name for e in listed] == ["Cedar Grove Imaging"]
    world.state(report.case_file, "option.withdraw", APRIL + 3 * DAY)
    assert queries.entries(list(queries.listed_facilities()), APRIL + 3 * DAY, GRANTED) == []
    assert Facility.objects.count() == 2


def test_an_entry_holds_only_what_is_public() -> None:
    names = set(queries.Entry.__dataclass_fields__)
    assert names == {"name", "address", "phone", "modality", "state", "expires"}


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"q": "cedar albany"}, True),
        ({"q": "boston"}, False),
        ({"modality": "CT"}, True),
        ({"modality": "MRI"}, False),
        ({"modality": "'; --", "page": "9x"}, True),
    ],
)
def test_the_directory_is_searched(world: World, asked: dict[str, str], found: bool) -> None:
    world.submitted()
    text = Client().get(reverse("certificates:directory"), asked).text
    assert ("Cedar Grove Imaging" in text) is found


def test_the_directory_costs_the_same_for_one_and_for_three(world: World) -> None:
    costs = []
    world.accepted()
    for name in ("", "CT 2", "CT 3"):
        if name:
            world.accepted(unit=world.another_unit(name))
        with CaptureQueriesContext(connection) as caught:
            Client().get(reverse("certificates:directory"))
        costs.append(len(caught))
    assert len(set(costs)) == 1


# -- certificates of a facility ----------------------------------------------------------------------------------------


def test_a_certificate_is_shown_to_its_facility_and_to_staff(world: World) -> None:
    made = granted(world)
    one, whole = reverse("certificates:certificate", args=[made.pk]), reverse("certificates:index")
    for person in (world.admin, world.staff):
        assert made.number in sign(person).get(whole).text
        assert "31 March 2024" in sign(person).get(one).text
    assert "No certificate yet" in sign(world.stranger).get(whole).text
    for person in (world.stranger, world.radiologists[0]):
        assert sign(person).get(one).status_code == 404
        assert sign(person).get(reverse("certificates:pdf", args=[made.pk])).status_code == 404
    assert sign(world.radiologists[0]).get(whole).status_code == 404


def test_the_certificate_on_paper_is_tagged_and_the_same_each_time(world: World) -> None:
    made = granted(world)
    content = sign(world.admin).get(reverse("certificates:pdf", args=[made.pk])).content
    assert content == printing.pdf(made)
    assert page.validate_pdf_bytes(content, profile=page.ValidationProfile.PDF_UA_1).is_compliant


def test_the_list_of_certificates_costs_the_same_for_one_and_for_three(world: World) -> None:
    client, costs = sign(world.admin), []
    for name in ("", "CT 2", "CT 3"):
        package = world.accepted(unit=world.another_unit(name) if name else None)
        fill(package, world.admin, APRIL)
        grant(world.reported(package=packages.submit(package=package, actor=world.admin, now=APRIL)).case_file)
        with CaptureQueriesContext(connection) as caught:
            assert client.get(reverse("certificates:index")).status_code == 200
        costs.append(len(caught))
    assert len(set(costs)) == 1

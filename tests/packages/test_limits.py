"""Values of a data form stand beside the limits of the day on which the package was opened. Nothing is determined by them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from reaccredit.applications.models import CaseFile
from reaccredit.ledger.models import Case
from reaccredit.packages import actions, catalogue, criteria, pages
from reaccredit.packages.models import FormEntry, Item, Package
from tests.packages.world import World, answers, fill

pytestmark = pytest.mark.django_db  # a policy may have been published in the database

EARLY, LATE = datetime(2021, 4, 1, 16, tzinfo=UTC), datetime(2024, 9, 2, 16, tzinfo=UTC)
NEW_YEARS_EVE = datetime(2024, 1, 1, 4, 59, tzinfo=UTC)  # in the policy's zone
NEW_YEAR = datetime(2024, 1, 1, 5, 0, tzinfo=UTC)


def beside(modality: str, code: str, opened_at: datetime, given: dict[str, Any] | None = None) -> criteria.Advice:
    """What the page of this form shows, for a package that is not stored."""
    file = CaseFile(modality=modality, case=Case(programme="diagnostic"))
    item = Item(package=Package(case_file=file, opened_at=opened_at), code=code)
    found = catalogue.contents(modality)
    asked = found.form_of(code) if found else None
    assert asked
    advice = criteria.of_form(item, asked, None if given is None else FormEntry(item=item, answers=given))
    assert advice
    return advice


def marks(advice: criteria.Advice) -> dict[str, bool | None]:
    return {line.title: line.inside for line in advice.lines if line.value}


@pytest.mark.parametrize("code", sorted(catalogue.shipped()))
def test_every_measure_and_trait_of_a_form_is_one_of_its_criteria(code: str) -> None:
    found = catalogue.contents(code)
    assert found
    for asked in found.forms.values():
        dates = criteria.criteria(asked.criteria)
        assert bool(dates) == bool(asked.criteria)
        tables = dates.tables if dates else ()
        traits = {name: t.traits[name].words for t in tables for name in t.traits}
        assert {f.measure for f in asked.fields if f.measure} <= {m for t in tables for m in t.table.measures}
        assert {f.trait for f in asked.fields if f.trait} | ({asked.counts} - {""}) <= set(traits)
        assert all({word for word, _ in f.choices} <= set(traits[f.trait]) for f in asked.fields if f.trait)


@pytest.mark.parametrize(
    ("opened_at", "suv", "limit", "inside"),
    [(NEW_YEARS_EVE, "0.86", "from 0.85 to 1.15", True), (NEW_YEAR, "0.86", "from 0.90 to 1.10", False),
     (NEW_YEAR, "0.900", "from 0.90 to 1.10", True)],
)  # fmt: skip
def test_the_suv_stands_beside_the_range_of_the_day_in_the_policys_zone(
    opened_at: datetime, suv: str, limit: str, inside: bool
) -> None:
    (line,) = beside("PET", "data", opened_at, {"background": suv, "scanned": "2023-12-20"}).lines
    assert (line.value, line.limit, line.inside) == (suv, limit, inside)
    assert "acr.org" in line.clauses[0].at


def test_the_doses_stand_beside_the_limits_of_their_protocols() -> None:
    given = {"abdomen": "30", "head": "80.1", "child-abdomen": "12", "child-phantom": "32", "child-head": ""}
    found = beside("CT", "dosimetry", LATE, given)
    assert marks(found) == {
        "CTDIvol, adult abdomen": True,
        "CTDIvol, adult head": False,
        "CTDIvol, pediatric abdomen": False,
    }
    assert [line.limit for line in found.outside] == ["at most 80 mGy", "at most 10 mGy"]


def test_where_the_phantom_is_not_told_both_limits_stand_there_with_their_conditions() -> None:
    found = beside("CT", "dosimetry", LATE, {"abdomen": "20", "child-abdomen": "12"})
    child = [line for line in found.lines if line.measure == "ctdivol-child-abdomen"]
    assert [line.inside for line in child] == [None, None]
    assert "in cm: 32" in child[1].limit
    assert not found.outside


def test_a_limit_that_the_criteria_of_the_day_do_not_state_is_said_to_be_none() -> None:
    found = beside("CT", "dosimetry", datetime(2023, 1, 2, 16, tzinfo=UTC), {"abdomen": "31", "head": "90"})
    assert {line.title: (line.inside, line.limit) for line in found.lines} == {
        "CTDIvol, adult abdomen": (False, "at most 30 mGy"),
        "CTDIvol measured, adult head": (None, "no limit is stated"),
    }


def test_before_the_first_criteria_nothing_is_compared_and_the_page_says_so() -> None:
    found = beside("CT", "dosimetry", EARLY, {"abdomen": "300"})
    assert not found.lines
    assert "the first is in force from 2021-12-21" in found.stopped


def test_a_phantom_and_a_field_strength_lead_to_their_limits_before_anything_is_measured() -> None:
    assert not beside("MRI", "data", LATE).lines
    found = beside("MRI", "data", LATE, {"phantom": "medium", "field-strength": "3.0", "scanned": "2024-08-01"})
    assert {line.limit for line in found.lines if line.measure == "uniformity-t1"} == {"at least 85 %"}
    assert not any(line.value for line in found.lines)
    assert any(c.silent for c in found.notes)


def test_an_answer_that_is_no_number_any_more_is_left_out() -> None:
    assert beside("PET", "data", NEW_YEAR, {"background": "about one"}).lines[0].value == ""


# -- the pages ---------------------------------------------------------------------------------------------------------


def dosimetry(package: Package) -> Item:
    found = package.items.select_related("area").get(code="dosimetry")
    found.package = package
    return found


def test_the_form_shows_value_limit_and_clause_and_saving_is_not_hindered(world: World) -> None:
    package = world.accepted(datetime.now(UTC) - timedelta(hours=2))  # pages read the clock
    item = dosimetry(package)
    client = Client()
    client.force_login(world.physicist, backend="django.contrib.auth.backends.ModelBackend")
    address = reverse("packages:form", args=[package.pk, item.pk])
    assert "at most 30 mGy" in client.get(address).text
    given = answers(item) | {"abdomen": "31.5", "head": "75"}
    assert client.post(address, given).status_code == 302
    text = client.get(address).text
    assert "31.5 mGy" in text
    assert text.count("Outside the limit") == 1
    assert "AS/11000049638, 11-10-2022" in text
    assert "in force from 26 August 2024" in text
    assert "the source does not say" in text


def test_what_is_outside_is_said_once_more_before_submitting_and_does_not_stop_it(world: World) -> None:
    package = world.accepted(LATE)
    fill(package, world.admin, LATE)
    item = dosimetry(package)
    seen = item.entries.latest("pk").pk
    actions.save_form(item=item, answers=answers(item) | {"abdomen": "31.5"}, seen=seen, actor=world.admin, now=LATE)
    lines = pages.check(package, LATE)["lines"]
    assert [one.limit for line in lines for one in line.outside] == ["at most 30 mGy"]
    assert actions.submit(package=package, actor=world.admin, now=LATE).submitted_at == LATE

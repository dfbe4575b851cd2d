"""Limits of the day beside the criteria: advice on the score sheet, in the reader's note when handed in, and never a verdict."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from reaccredit.applications.models import CaseFile
from reaccredit.ledger.models import Case
from reaccredit.packages import criteria
from reaccredit.packages.models import FormEntry, Package
from reaccredit.reviews import catalogue, queries
from reaccredit.reviews.forms import measure
from reaccredit.reviews.models import Assignment
from tests.packages.world import answers
from tests.reviews.world import World

APRIL_2021 = datetime(2021, 4, 1, 16, tzinfo=UTC)


@pytest.fixture
def now() -> datetime:
    """Pages read the clock, so their cases were opened a little while ago."""
    return datetime.now(UTC) - timedelta(hours=2)


def phantom(world: World, now: datetime, **doses: str) -> Assignment:
    """The phantom area of a package whose dosimetry form says these doses, given to a physicist."""
    package = world.submitted(now)
    item = package.items.get(code="dosimetry")
    item.package = package
    given = answers(item) | {"physicist": "Dora Dosimetry", "abdomen": "25", "head": "75", **doses}
    FormEntry.objects.filter(item=item).update(answers=given)
    world.given_out(world.round(package, now), now)
    return Assignment.objects.select_related("area", "round__package__case_file__case", "reviewer").get(
        reviewer=world.physicists[0], area__kind="phantom"
    )


def page(reading: Assignment) -> tuple[Client, str]:
    client = Client()
    client.force_login(reading.reviewer, backend="django.contrib.auth.backends.ModelBackend")
    return client, reverse("reviews:reading", args=[reading.pk])


def sheet(reading: Assignment, **changes: Any) -> dict[str, Any]:
    return {f"{c.code}-verdict": "yes" for c in queries.criteria(reading)} | changes


@pytest.mark.parametrize("modality", sorted(catalogue.sheets()))
def test_every_measure_of_a_sheet_is_one_of_its_criteria_and_stands_beside_one_criterion(modality: str) -> None:
    found = catalogue.sheets()[modality]
    dates = criteria.criteria(found.dated)
    known = {m for t in dates.tables for m in t.table.measures} if dates else set()
    for criterion in found.criteria:
        assert set(criterion.measures) <= known
    today = [m for c in catalogue.criteria(modality, "phantom") for m in c.measures]
    assert len(set(today)) == len(today)
    assert set(today) == (set(dates.tables[-1].table.measures) if dates else set())


def test_what_the_data_form_says_stands_beside_the_limit_of_the_day(world: World, now: datetime) -> None:
    client, address = page(phantom(world, now, head="80.5"))
    text = client.get(address).text
    assert "The data form says 80.5 mGy." in text
    assert "CTDIvol, adult abdomen: at most 30 mGy" in text
    assert text.count("Outside the limit") == 1
    assert "CT number of water: from -7 to 7 HU" in text
    assert "in force from 26 August 2024" in text
    assert "reviewers decide. (the source does not say)" in text


def test_who_measured_is_not_told_to_the_reader(world: World, now: datetime) -> None:
    client, address = page(phantom(world, now))
    assert "Dora Dosimetry" not in client.get(address).text


def test_a_measured_value_is_kept_and_shown_beside_its_limit(world: World, now: datetime) -> None:
    reading = phantom(world, now)
    client, address = page(reading)
    client.post(address, {"ct-numbers-value-ct-number-water": "7.1", "data-form-value-minors": "2", "save": "y"})
    text = client.get(address).text
    assert "You measured CT number of water 7.1 HU: from -7 to 7 HU" in text
    assert "Minor deviations counted: 2; 5 or more fail" in text  # two protocols: two phantom data forms
    assert 'value="7.1"' in text


def test_a_measured_value_goes_with_its_limit_into_the_note_and_decides_nothing(world: World, now: datetime) -> None:
    reading = phantom(world, now)
    client, address = page(reading)
    typed = {"ct-numbers-value-ct-number-water": "50", "ct-numbers-note": "Look again", "data-form-value-minors": "9"}
    checked = client.post(address, sheet(reading, check="yes", **typed), follow=True).text
    assert "Together: acceptable" in checked
    assert "Minor deviations counted: 9; 5 or more fail" in checked
    client.post(reverse("reviews:check", args=[reading.pk]), {"password": "correct horse battery"})
    reading.refresh_from_db()
    assert reading.outcome == "acceptable"
    note = reading.marks.get(criterion="ct-numbers").note
    assert note == (
        "Look again\nMeasured: CT number of water 50 HU (from -7 to 7 HU; outside it). Criteria of 26 August 2024."
    )
    assert reading.marks.get(criterion="slice").note == ""


@pytest.mark.parametrize("wrong", ["many", "NaN", "1e999", "inf", "0.12345", "-1100.5", "6000"])
def test_a_value_that_is_no_number_or_cannot_be_is_refused_and_kept(world: World, now: datetime, wrong: str) -> None:
    reading = phantom(world, now)
    client, address = page(reading)
    answer = client.post(address, sheet(reading, check="yes", **{"uniformity-value-uniformity": wrong}))
    assert answer.status_code == 422
    assert "“Uniformity, center against edge”: " in answer.text
    assert f'value="{wrong}"' in answer.text


@pytest.mark.parametrize("modality", sorted(catalogue.sheets()))
@pytest.mark.parametrize("wrong", ["-1234567", "1234567", "0.12345", "12345678901"])
def test_what_cannot_be_measured_is_refused_with_a_sentence_whatever_its_unit(modality: str, wrong: str) -> None:
    dates = criteria.criteria(catalogue.sheets()[modality].dated)
    rows = [row for table in (dates.tables if dates else ()) for row in table.table.rows if not row.is_true]
    for row in rows:
        with pytest.raises(ValidationError) as refused:
            measure(row).clean(wrong)
        assert all(words.startswith(f"“{row.title}”: ") for words in refused.value.messages)


@pytest.mark.parametrize("modality", sorted(catalogue.sheets()))
def test_whatever_a_limit_allows_can_be_typed(modality: str) -> None:
    dates = criteria.criteria(catalogue.sheets()[modality].dated)
    rows = [row for table in (dates.tables if dates else ()) for row in table.table.rows if not row.is_true]
    for row in rows:
        bounds = [bound for bound in (row.at_least, row.at_most, row.more_than, row.less_than) if bound is not None]
        assert [measure(row).clean(str(bound)) for bound in bounds] == bounds


def test_a_percentage_that_cannot_be_is_refused_with_a_sentence_that_names_its_unit() -> None:
    dates = criteria.criteria(catalogue.sheets()["MRI"].dated)
    assert dates
    percent = next(row for row in dates.tables[-1].table.rows if row.unit == "%")
    with pytest.raises(ValidationError) as refused:
        measure(percent).clean("-4")
    said = f"“{percent.title}”: a value in % lies between 0 and 200. Check what you typed."
    assert refused.value.messages == [said]


def test_a_clinical_area_has_nothing_to_measure(world: World, now: datetime) -> None:
    phantom(world, now)
    reading = Assignment.objects.select_related("reviewer").filter(reviewer=world.radiologists[0]).first()
    assert reading
    client, address = page(reading)
    assert "-value-" not in client.get(address).text


def test_before_the_first_criteria_the_sheet_says_so_and_asks_for_no_number(world: World) -> None:
    reading = phantom(world, APRIL_2021)
    client, address = page(reading)
    text = client.get(address).text
    assert "the first is in force from 2021-12-21" in text
    assert "-value-" not in text


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("opened", "code"),
    [(datetime(2024, 1, 1, 4, 59, tzinfo=UTC), "suv"), (datetime(2024, 1, 1, 5, tzinfo=UTC), "suv-2024")],
)
def test_sheet_and_limit_go_by_the_same_day(opened: datetime, code: str) -> None:
    package = Package(opened_at=opened)
    package.case_file = CaseFile(modality="PET")
    package.case_file.case = Case(programme="diagnostic")
    day = criteria.opened_on(package)
    (criterion,) = [c for c in catalogue.criteria("PET", "phantom", on=day) if c.measures]
    advice = criteria.beside("pet-phantom", package, criteria.Told({}, {}))
    assert criterion.code == code
    assert advice
    assert advice.lines[0].limit == ("from 0.85 to 1.15" if code == "suv" else "from 0.90 to 1.10")

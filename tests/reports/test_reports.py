"""The final report: issued with recommendations, viewed by the facility, and the images returned."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from reaccredit.applications import actions as applications
from reaccredit.ledger.actions import Lost
from reaccredit.ledger.models import Fact
from reaccredit.ledger.queries import decision
from reaccredit.packages import actions as packages
from reaccredit.packages.models import Package
from reaccredit.people.models import Person
from reaccredit.reports import actions, queries
from reaccredit.reports.actions import NotComplete, NotPossible
from reaccredit.reports.models import Determination, FinalReport
from tests.packages.world import APRIL, fill
from tests.reviews.world import CHEST, HEAD, World

HOUR, DAY, MICRO = timedelta(hours=1), timedelta(days=1), timedelta(microseconds=1)


def on_cd(world: World) -> Package:
    return packages.submit(package=world.by_post(), actor=world.admin, now=APRIL)


def status(report: FinalReport, at: datetime) -> queries.Status:
    return queries.row(FinalReport.objects.select_related(*queries.RELATED).get(pk=report.pk), at).status


def view(report: FinalReport, person: Person, now: datetime) -> None:
    actions.view(report=report, person=person, now=now)


# -- issuing -----------------------------------------------------------------------------------------------------------


def test_a_report_in_which_everything_is_acceptable_is_passed_and_the_unit_accredited(world: World) -> None:
    report = world.reported()
    assert report.passed
    assert decision(report.case_file.case, APRIL).standing.stage == "granted"


def test_one_area_that_is_not_acceptable_makes_the_report_not_passed(world: World) -> None:
    report = world.reported({HEAD: "handling"})
    stands = decision(report.case_file.case, APRIL).standing
    assert (stands.stage, stands.count("deficiency"), stands.deficient) == ("deciding", 1, (HEAD,))
    assert report.fact.about["medium"] == "upload"


def test_each_area_that_is_not_acceptable_has_specific_recommendations(world: World) -> None:
    report = world.reported({HEAD: "protocol", CHEST: ""})
    said = {one.determination.area.code: one for one in queries.areas(report)}
    assert {code for code, one in said.items() if one.paragraphs} == {HEAD, CHEST}
    assert (
        said[HEAD].paragraphs[0].startswith("Anatomic coverage and required series: The exam is incomplete. Send every")
    )
    assert any("Seen on several slices." in p for p in said[HEAD].paragraphs)


def test_causes_in_equipment_or_protocol_advise_to_consult_the_physicist(world: World) -> None:
    report = world.reported({HEAD: "protocol,handling", CHEST: "handling"})
    said = {one.determination.area.code: one for one in queries.areas(report)}
    assert said[HEAD].causes == ("Choice of protocol", "Selection, labelling or handling of the exam")
    assert (said[HEAD].consult, said[CHEST].consult) == (True, False)
    assert [c.id for c in queries.notes(said.values())] == ["note.causes", "note.consult"]
    assert [c.id for c in queries.notes([said[CHEST]])] == ["note.causes"]


def test_a_first_deficiency_is_corrected_by_the_facility_on_its_own_and_any_denial_may_be_appealed(
    world: World,
) -> None:
    report = world.reported({HEAD: ""})
    told = {c.id: c.says for c in queries.clauses(report, queries.standing(report))}
    assert {"intro.own-action", "intro.appeal-any", "form.48h", "form.due"} <= told.keys()
    assert "no plan is asked for" in told["intro.own-action"]


def test_staff_put_the_recommendations_in_better_words_before_it_goes_out(world: World) -> None:
    done = world.read(world.given_out(), {HEAD: ""})
    report = actions.issue(
        round=done, actor=world.staff, now=APRIL + DAY, recommendations={HEAD: "Scan the whole head."}
    )
    assert report.determinations.get(area__code=HEAD).recommendations == "Scan the whole head."


def test_a_denial_without_a_recommendation_is_not_issued(world: World) -> None:
    done = world.read(world.given_out(), {HEAD: ""})
    with pytest.raises(NotComplete) as no:
        actions.issue(round=done, actor=world.staff, now=APRIL + DAY, recommendations={HEAD: "  "})
    assert no.value.missing.keys() == {HEAD}
    assert not Fact.objects.filter(kind__startswith="report.").exists()


def test_the_database_holds_no_denial_without_a_recommendation(world: World) -> None:
    report = world.reported({HEAD: ""})
    with pytest.raises(IntegrityError), transaction.atomic():
        Determination.objects.filter(report=report, area__code=HEAD).update(recommendations="")


def test_a_round_that_is_not_settled_has_no_report(world: World) -> None:
    opened = world.given_out()
    with pytest.raises(NotComplete, match="have not settled"):
        actions.issue(round=opened, actor=world.staff, now=APRIL)


def test_a_report_is_issued_once(world: World) -> None:
    report = world.reported()
    with pytest.raises(Lost):
        actions.issue(round=report.round, actor=world.staff, now=APRIL + DAY)


# -- viewing -----------------------------------------------------------------------------------------------------------


def test_the_first_look_of_the_facility_is_a_fact_and_every_look_is_kept(world: World) -> None:
    report = world.reported({HEAD: ""})
    for number in (1, 2):
        view(report, world.admin, APRIL + number * HOUR)
        view(report, world.admin, APRIL + number * HOUR + timedelta(minutes=4))  # the same look
    view(report, world.physicist, APRIL + 3 * HOUR)
    told = Fact.objects.filter(kind="report.viewed")
    assert [f.happened_at for f in told] == [APRIL + HOUR]
    assert [(v.person, v.at) for v in queries.viewings(report)] == [
        (world.admin, APRIL + HOUR),
        (world.admin, APRIL + 2 * HOUR),
        (world.physicist, APRIL + 3 * HOUR),
    ]


def test_a_look_of_staff_or_of_another_facility_does_not_count(world: World) -> None:
    report = world.reported({HEAD: ""})
    for person in (world.staff, world.stranger, world.radiologists[0]):
        assert actions.view(report=report, person=person, now=APRIL + HOUR) is None
    assert not report.viewings.exists()
    assert not Fact.objects.filter(kind="report.viewed").exists()


# -- images on CD or film ----------------------------------------------------------------------------------------------


def test_the_return_of_a_cd_is_entered_with_the_day_on_which_it_left(world: World) -> None:
    report = world.reported({HEAD: ""}, on_cd(world))
    actions.record_images_returned(report=report, returned_at=APRIL + DAY, actor=world.staff, now=APRIL + 5 * DAY)
    told = Fact.objects.get(kind="images.returned")
    assert (told.happened_at, told.recorded_at) == (APRIL + DAY, APRIL + 5 * DAY)
    with pytest.raises(Lost):
        actions.record_images_returned(report=report, returned_at=APRIL + DAY, actor=world.staff, now=APRIL + 5 * DAY)


@pytest.mark.parametrize(("hours", "said"), [(-1, "before the final report"), (49, "in the future")])
def test_images_do_not_go_back_before_the_report_nor_tomorrow(world: World, hours: int, said: str) -> None:
    report = world.reported({HEAD: ""}, on_cd(world))
    with pytest.raises(NotPossible, match=said):
        actions.record_images_returned(
            report=report, returned_at=APRIL + hours * HOUR, actor=world.staff, now=APRIL + 48 * HOUR
        )


def test_uploaded_images_are_not_sent_back(world: World) -> None:
    with pytest.raises(NotPossible, match="were uploaded"):
        actions.record_images_returned(report=world.reported(), returned_at=APRIL, actor=world.staff, now=APRIL + DAY)


# -- the option status -------------------------------------------------------------------------------------------------


def test_the_status_says_not_viewed_until_the_facility_has_looked(world: World) -> None:
    report = world.reported({HEAD: ""})
    found = status(report, APRIL + 3 * DAY)
    assert (found.words, found.view, found.select) == ("Not viewed yet", True, False)
    assert found.because
    assert "form.viewed" in {c.id for c in found.because.clauses}


def test_the_form_opens_48_hours_after_the_report_to_the_second(world: World) -> None:
    report = world.reported({HEAD: ""})
    view(report, world.admin, APRIL + HOUR)
    early = status(report, APRIL + 48 * HOUR - MICRO)
    assert (early.words, early.opens, early.select) == ("Not open yet", APRIL + 48 * HOUR, False)
    now = status(report, APRIL + 48 * HOUR)
    assert (now.words, now.select) == ("Select option", True)
    assert now.due == datetime(2021, 4, 19, 4, 0, tzinfo=UTC)  # the midnight after 18 April, Eastern time


def test_the_form_of_a_cd_waits_for_the_return_of_the_images(world: World) -> None:
    report = world.reported({HEAD: ""}, on_cd(world))
    view(report, world.admin, APRIL + HOUR)
    waiting = status(report, APRIL + 10 * DAY)
    assert waiting.words == "Not open yet"
    assert waiting.because
    assert "Images returned" in waiting.because.sentence
    actions.record_images_returned(report=report, returned_at=APRIL + 10 * DAY, actor=world.staff, now=APRIL + 10 * DAY)
    assert not status(report, APRIL + 12 * DAY - MICRO).select
    assert status(report, APRIL + 12 * DAY).select


def test_the_status_says_what_was_submitted(world: World) -> None:
    report = world.reported({HEAD: ""})
    view(report, world.admin, APRIL + HOUR)
    world.state(report.case_file, "option.repeat", APRIL + 3 * DAY, areas=[HEAD])
    found = status(report, APRIL + 3 * DAY)
    assert found.words == "Submitted: Repeat"
    assert found.because


def test_the_status_says_that_the_time_has_run_out(world: World) -> None:
    report = world.reported({HEAD: ""})
    view(report, world.admin, APRIL + HOUR)
    found = status(report, datetime(2021, 4, 19, 4, 0, tzinfo=UTC))
    assert (found.kind, found.words, found.select) == ("stop", "Closed", False)
    assert found.because
    assert "form.overdue" in {c.id for c in found.because.clauses}


def test_a_report_that_was_passed_has_no_form(world: World) -> None:
    assert status(world.reported(), APRIL + DAY).words.startswith("No option form")


def test_only_the_latest_report_of_a_case_has_an_open_form(world: World) -> None:
    first = world.reported({HEAD: ""})
    view(first, world.admin, APRIL + HOUR)
    chosen = APRIL + 3 * DAY
    world.state(first.case_file, "option.repeat", chosen, areas=[HEAD])
    made = applications.start_next(case_file=first.case_file, kind="repeat", actor=world.admin, now=chosen)
    package = world.through(made, chosen)
    fill(package, world.admin, chosen)
    package = packages.submit(package=package, actor=world.admin, now=chosen)
    second = world.reported({HEAD: ""}, package, chosen)
    view(second, world.admin, chosen + HOUR)
    assert [d.area.code for d in second.determinations.all()] == [HEAD]
    assert status(first, chosen + 3 * DAY).words == "Closed: a later report of this case has followed"
    assert status(second, chosen + 3 * DAY).select
    stood = queries.standing(second)
    assert stood
    assert stood.count("deficiency") == 2
    assert queries.latest(first.case_file) == second


def test_a_report_that_was_passed_after_a_repeat_is_no_deficiency(world: World, client: Client) -> None:
    first = world.reported({HEAD: ""})
    view(first, world.admin, APRIL + HOUR)
    chosen = APRIL + 3 * DAY
    world.state(first.case_file, "option.repeat", chosen, areas=[HEAD])
    package = world.through(
        applications.start_next(case_file=first.case_file, kind="repeat", actor=world.admin, now=chosen), chosen
    )
    fill(package, world.admin, chosen)
    second = world.reported({}, packages.submit(package=package, actor=world.admin, now=chosen), chosen)
    client.force_login(world.staff)
    assert "deficiency of this case" in client.get(f"/reports/{first.pk}/").text
    assert "of this case" not in client.get(f"/reports/{second.pk}/").text


# -- who sees it -------------------------------------------------------------------------------------------------------


def test_a_report_is_seen_by_its_facility_and_by_staff_only(world: World) -> None:
    report = world.reported()
    seen = {
        person.name: queries.reports_for(person, APRIL.date()).filter(pk=report.pk).exists()
        for person in (world.admin, world.physicist, world.staff, world.stranger, world.radiologists[0])
    }
    assert seen == {
        "Ada Admin": True, "Phil Physicist": True, "Stan Staff": True, "Harry Harbor": False, "Ann Radiologist": False
    }  # fmt: skip

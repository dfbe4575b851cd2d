"""The pages of the option form, as a facility sees them. What it says and whom it lets in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from reaccredit.appeals import arbitration
from reaccredit.ledger.models import Case
from reaccredit.options.models import Draft, OptionForm
from reaccredit.people.models import Person
from reaccredit.reports import actions as reports
from reaccredit.reports.models import FinalReport
from tests.appeals.test_appealing import received
from tests.options.clock import Clock
from tests.options.world import APRIL, BRAIN, DAY, PASSWORD, PHANTOM, SPINE, World

OPEN = APRIL + 2 * DAY
GOOD = {"name": "Ada Admin", "role": "administrator", "attested": "on"}


def as_(person: Person) -> Client:
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def ready(world: World, clock: Clock, areas: list[str]) -> tuple[FinalReport, Client]:
    """A report whose form is open, and the administrator's browser."""
    report = world.viewed(areas)
    clock(OPEN + timedelta(hours=1))
    return report, as_(world.admin)


def url(name: str, *args: Any) -> str:
    return reverse(f"options:{name}", args=args)


def token_of(report: FinalReport) -> str:
    return str(Draft.objects.get(report=report, person__name="Ada Admin").token)


def fill_in(client: Client, report: FinalReport, option: str, **said: Any) -> Any:
    return client.post(url("form", report.pk, option), GOOD | said)


def submit(client: Client, report: FinalReport, option: str, **said: Any) -> Any:
    return client.post(url("confirm", report.pk, option), {"token": token_of(report), "seen": "0"} | said)


def text(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def test_select_option_names_the_way_of_the_table_first_and_leads_to_the_others(world: World, clock: Clock) -> None:
    report, client = ready(world, clock, [BRAIN])
    page = text(client.get(url("choose", report.pk)))
    assert "<h1>Select Option</h1>" in page
    assert "Other Options" in page
    assert "with your supervising physician" in page
    assert "1st deficiency" in page
    assert "Do the exams and phantom tests that were found not acceptable once more." in page


def test_other_options_shows_each_with_its_own_date_and_each_closed_one_with_its_reason(
    world: World, clock: Clock
) -> None:
    report, client = ready(world, clock, [BRAIN])
    page = text(client.get(url("others", report.pk)))
    for title in ("Repeat", "Appeal", "Withdraw module or patient type", "Withdraw from accreditation"):
        assert f"<h3>{title}</h3>" in page
    assert page.count("<details") > page.count("</h3>")  # what an option needs and leads to is folded below it
    assert "Friday 16 April 2021" in page  # the appeal: 15 days from the report
    assert "Sunday 18 April 2021" in page  # the form: 15 days from its opening
    assert "“Reinstate with corrective action” is not offered at the 1st deficiency." in page
    assert "It is offered at the 2nd deficiency (= 1st failure)." in page
    assert "supervising physician" in page
    assert "no figure is published" in page or "$" in page


def test_a_form_that_is_not_open_says_when_it_opens(world: World, clock: Clock) -> None:
    report = world.viewed([BRAIN])
    clock(APRIL + DAY)
    client = as_(world.admin)
    page = text(client.get(url("choose", report.pk)))
    assert "No option can be chosen now" in page
    assert "It will be your turn" in page
    assert "the form opens 3 April 2021" in page or "3 April 2021" in page
    answer = client.get(url("form", report.pk, "repeat"))
    assert answer.status_code == 409
    assert "cannot be chosen yet" in text(answer)


def test_a_report_that_was_not_viewed_leads_to_the_report(world: World, clock: Clock) -> None:
    report = world.failed([BRAIN])
    clock(OPEN + DAY)
    page = text(as_(world.admin).get(url("choose", report.pk)))
    assert "What opens it: Final report viewed." in page


def test_a_repeat_is_submitted_in_two_steps(world: World, clock: Clock) -> None:
    report, client = ready(world, clock, [BRAIN])
    answer = fill_in(client, report, "repeat")
    assert answer.status_code == 302
    page = text(client.get(answer["Location"]))
    assert "Check your answers" in page
    assert "Nothing is withdrawn" in page
    assert "This withdraws" not in page
    done = submit(client, report, "repeat")
    assert done.status_code == 302
    page = text(client.get(done["Location"]))
    assert "Option form submitted" in page
    assert "Repeat fee" in page
    assert OptionForm.objects.get().option == "repeat"
    assert not Draft.objects.exists()
    assert "does not hold any more" not in page
    OptionForm.objects.update(areas=[])
    assert "This signature does not hold any more" in text(client.get(done["Location"]))


def test_the_tick_list_warns_and_the_check_asks_again(world: World, clock: Clock) -> None:
    report, client = ready(world, clock, [BRAIN])
    page = text(client.get(url("form", report.pk, "repeat")))
    assert "Every tick here takes a module or patient type out of the accreditation process" in page
    answer = fill_in(client, report, "repeat", withdraw=[SPINE])
    page = text(client.get(answer["Location"]))
    assert "This withdraws" in page
    assert "These will be withdrawn from the accreditation process" in page
    assert "Payers may have stricter" in page
    refused = submit(client, report, "repeat")
    assert refused.status_code == 422
    assert "Confirm the withdrawal, or change your answers." in text(refused)
    assert not OptionForm.objects.exists()
    assert submit(client, report, "repeat", sure="on").status_code == 302
    assert OptionForm.objects.get().withdraw == [SPINE]


def test_what_cannot_be_withdrawn_is_no_tick_but_a_reason(world: World, clock: Clock) -> None:
    report, client = ready(world, clock, [BRAIN])
    page = text(client.get(url("form", report.pk, "repeat")))
    assert f'value="{SPINE}"' in page
    assert f'value="{PHANTOM}"' not in page
    assert "is no module or patient type and cannot be withdrawn" in page


def test_withdrawing_from_accreditation_is_asked_about_twice(world: World, clock: Clock) -> None:
    report, client = ready(world, clock, [BRAIN])
    answer = fill_in(client, report, "withdraw")
    assert "The case ends with this" in text(client.get(answer["Location"]))
    assert submit(client, report, "withdraw").status_code == 422
    assert submit(client, report, "withdraw", sure="on").status_code == 302


BAD: dict[str, tuple[str, dict[str, Any], str]] = {
    "no attestation": ("repeat", {"attested": ""}, "Check the attestation box"),
    "no name": ("repeat", {"name": ""}, "Type your full name"),
    "somebody else's name": ("repeat", {"name": "Sue Physician"}, "Type your own name"),
    "a name of spaces": ("repeat", {"name": "   "}, "Type your full name"),
    "a name that never ends": ("repeat", {"name": "A" * 5000}, "at most 120 characters"),
    "a role that is not held": ("repeat", {"role": "supervising-physician"}, " offers"),
    "no role": ("repeat", {"role": ""}, "Choose the role"),
    "a tick of an unknown module": ("repeat", {"withdraw": ["cardiac"]}, " offers"),
    "a tick of a phantom": ("repeat", {"withdraw": [PHANTOM]}, " offers"),
    "a tick of the only deficient area": ("repeat", {"withdraw": [BRAIN]}, " offers"),
    "no answer on images": ("appeal", {}, "Say whether additional images are required"),
    "a wrong answer on images": ("appeal", {"additional_images": "perhaps"}, " offers"),
    "no module to withdraw": ("withdraw-module", {}, "Check at least one module"),
    "control characters": ("repeat", {"name": "Ada\x00Admin"}, "Null characters are not allowed"),
}


@pytest.mark.parametrize("case", BAD)
def test_a_wrong_form_says_what_helps_and_loses_nothing(world: World, clock: Clock, case: str) -> None:
    option, said, told = BAD[case]
    report, client = ready(world, clock, [BRAIN])
    answer = fill_in(client, report, option, **said)
    assert answer.status_code == 422
    assert told in text(answer)
    assert "There is a problem" in text(answer)
    assert not OptionForm.objects.exists()


def test_what_was_typed_is_there_when_somebody_comes_back(world: World, clock: Clock) -> None:
    report, client = ready(world, clock, [BRAIN])
    fill_in(client, report, "repeat", name="Somebody Else", withdraw=[SPINE])
    page = text(client.get(url("form", report.pk, "repeat")))
    assert 'value="Somebody Else"' in page
    assert "Your draft of" in page
    assert f'value="{SPINE}" id="id_withdraw_0" checked' in page or "checked" in page


def test_the_check_page_cannot_be_reached_past_the_form(world: World, clock: Clock) -> None:
    report, client = ready(world, clock, [BRAIN])
    assert client.get(url("confirm", report.pk, "repeat"))["Location"] == url("form", report.pk, "repeat")
    answer = client.post(url("confirm", report.pk, "repeat"), {"token": "nonsense", "seen": "0", "sure": "on"})
    assert answer["Location"] == url("form", report.pk, "repeat")
    fill_in(client, report, "repeat", attested="")
    assert client.get(url("confirm", report.pk, "repeat"))["Location"] == url("form", report.pk, "repeat")
    assert not OptionForm.objects.exists()


def test_a_double_click_submits_once(world: World, clock: Clock) -> None:
    report, client = ready(world, clock, [BRAIN])
    fill_in(client, report, "repeat")
    said = {"token": token_of(report), "seen": "0"}
    first = client.post(url("confirm", report.pk, "repeat"), said)
    second = client.post(url("confirm", report.pk, "repeat"), said)
    assert first["Location"] == second["Location"]
    assert OptionForm.objects.count() == 1


def test_the_second_browser_is_told_who_was_first(world: World, clock: Clock) -> None:
    report, client = ready(world, clock, [BRAIN])
    other = as_(world.physician)
    fill_in(client, report, "repeat")
    other.post(url("form", report.pk, "withdraw"), GOOD | {"name": "Sue Physician", "role": "supervising-physician"})
    late = {"token": str(Draft.objects.get(person=world.physician).token), "seen": "0", "sure": "on"}
    submit(client, report, "repeat")
    answer = other.post(url("confirm", report.pk, "withdraw"), late)
    assert answer.status_code == 409
    assert "Ada Admin, facility administrator, submitted “Repeat”" in text(answer)
    assert OptionForm.objects.count() == 1
    assert Draft.objects.filter(person=world.physician).exists()


def test_a_stale_page_is_told_what_came_between(world: World, clock: Clock) -> None:
    report, client = ready(world, clock, [BRAIN, SPINE])
    other = as_(world.physician)
    fill_in(client, report, "repeat")
    other.post(
        url("form", report.pk, "withdraw-module"),
        {"name": "Sue Physician", "role": "supervising-physician", "attested": "on", "areas": [SPINE]},
    )
    other.post(
        url("confirm", report.pk, "withdraw-module"),
        {"token": str(Draft.objects.get(person=world.physician).token), "seen": "0", "sure": "on"},
    )
    answer = submit(client, report, "repeat")
    assert answer.status_code == 409
    assert "Sue Physician, supervising physician, submitted “Withdraw module or patient type”" in text(answer)
    assert OptionForm.objects.count() == 1


@pytest.mark.parametrize("who", ["stranger", "reviewer", "arbitrator"])
def test_nobody_else_finds_the_pages(world: World, clock: Clock, who: str) -> None:
    report, _ = ready(world, clock, [BRAIN])
    client = as_(getattr(world, who))
    for name, args in (("choose", ()), ("others", ()), ("form", ("repeat",)), ("confirm", ("repeat",))):
        assert client.get(url(name, report.pk, *args)).status_code == 404
    assert client.get(url("staff", report.case_file.case.number)).status_code == 404


def test_staff_look_on_and_submit_nothing(world: World, clock: Clock) -> None:
    report, _ = ready(world, clock, [BRAIN])
    client = as_(world.staff)
    assert client.get(url("others", report.pk)).status_code == 200
    assert client.get(url("form", report.pk, "repeat")).status_code == 403
    assert client.post(url("form", report.pk, "repeat"), GOOD).status_code == 403


def test_an_option_that_does_not_exist_is_not_found(world: World, clock: Clock) -> None:
    report, client = ready(world, clock, [BRAIN])
    assert client.get(url("form", report.pk, "miracle")).status_code == 404
    assert client.get(url("choose", 999_999)).status_code == 404


def test_the_facility_needs_its_own_staff_page_for_nothing(world: World, clock: Clock) -> None:
    report, client = ready(world, clock, [BRAIN])
    assert client.get(url("staff", report.case_file.case.number)).status_code == 404


def test_staff_accept_a_late_form_with_a_reason_on_its_page(world: World, clock: Clock) -> None:
    report, client = ready(world, clock, [BRAIN])
    clock(OPEN + 20 * DAY)
    staff, number = as_(world.staff), report.case_file.case.number
    page = text(staff.get(url("staff", number)))
    assert "Accept the late form" in page
    assert staff.post(url("late", number), {"reason": ""}).status_code == 422
    assert staff.post(url("late", number), {"reason": "short"}).status_code == 422
    assert staff.post(url("direct", number), {"reason": "This is not what the policy lets them do."}).status_code == 409
    assert staff.post(url("late", number), {"reason": "The physician was in hospital."}).status_code == 302
    client = as_(world.admin)
    assert client.get(url("form", report.pk, "repeat")).status_code == 200
    assert client.post(url("late", number), {"reason": "The facility cannot do this."}).status_code == 404


@pytest.mark.parametrize("areas", [[BRAIN], [BRAIN, SPINE, PHANTOM]], ids=["1 area", "3 areas"])
def test_the_list_of_options_asks_the_database_as_often_for_one_area_as_for_three(
    world: World, clock: Clock, areas: list[str], django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    report, client = ready(world, clock, areas)
    client.get(url("others", report.pk))
    with django_assert_max_num_queries(24):
        client.get(url("others", report.pk))
    reports.view(report=report, person=world.admin, now=OPEN)


def test_staff_enter_what_came_of_a_supplemental_review(world: World, clock: Clock) -> None:
    when = datetime(2023, 2, 1, 16, 0, tzinfo=UTC)
    report = world.viewed([BRAIN, SPINE], when)
    clock(when + timedelta(hours=1))
    client, staff, number = as_(world.admin), as_(world.staff), report.case_file.case.number
    assert "Supplemental review" in text(client.get(url("others", report.pk)))
    fill_in(client, report, "supplemental-review", areas=[SPINE])
    done = submit(client, report, "supplemental-review")
    assert "Option form submitted" in text(client.get(done["Location"]))
    assert "Record the supplemental review" in text(staff.get(url("staff", number)))
    for wrong in ({}, {"area-1": "perhaps", "reason": "Good enough now."}, {"area-1": "acceptable", "reason": ""}):
        assert staff.post(url("supplemental", number), wrong).status_code == 422
    good = {"area-1": "acceptable", "reason": "The missing information came."}
    assert staff.post(url("supplemental", number), good).status_code == 302
    assert staff.post(url("supplemental", number), good).status_code in (409, 422)


def test_a_case_that_no_policy_governs_says_so(world: World, clock: Clock) -> None:
    report, client = ready(world, clock, [BRAIN])
    Case.objects.filter(file=report.case_file).update(programme="mammography")
    answer = client.get(url("choose", report.pk))
    assert answer.status_code == 200
    assert "are provided separately" in text(answer)


def test_where_the_modality_lets_no_module_go_the_withdrawal_is_not_open_and_says_why(
    world: World, clock: Clock
) -> None:
    report = world.reported({"chest/adult": ""}, now=APRIL)
    reports.view(report=report, person=world.admin, now=APRIL)
    clock(OPEN + timedelta(hours=1))
    client = as_(world.admin)
    page = text(client.get(url("others", report.pk)))
    assert "<h3>Withdraw module or patient type</h3>" not in page
    assert "The emergency-use clause names MRI, nuclear medicine, PET and ultrasound only." in page
    answer = client.get(url("form", report.pk, "withdraw-module"))
    assert answer.status_code == 409
    assert "The emergency-use clause names" in text(answer)


def test_after_a_second_form_of_a_report_the_way_on_is_that_forms_own(world: World, clock: Clock) -> None:
    appeal = received(world, [BRAIN], OPEN)
    one = arbitration.assign(
        appeal=appeal, area=appeal.areas.get(), arbitrator=world.arbitrator, actor=world.staff, now=OPEN + DAY
    )
    arbitration.decide(
        arbitration=one,
        outcome="not-acceptable",
        reasons="As the readers found.",
        password=PASSWORD,
        now=OPEN + 2 * DAY,
    )
    clock(OPEN + 3 * DAY)
    form = world.select(appeal.report, "repeat", OPEN + 3 * DAY)
    page = text(as_(world.admin).get(url("done", appeal.report.pk, form.pk)))
    assert "Go on with the repeat" in page
    assert "Go on with the appeal" not in page


def test_staff_are_offered_what_the_policy_admits_and_read_below_why_not_the_rest(world: World, clock: Clock) -> None:
    report, _ = ready(world, clock, [BRAIN])
    staff, number = as_(world.staff), report.case_file.case.number
    assert "There is nothing for staff to decide here" in text(staff.get(url("staff", number)))
    clock(OPEN + 20 * DAY)
    page = text(as_(world.staff).get(url("staff", number)))
    assert "It is your turn" in page
    offered, _, below = page.partition("What cannot be decided now, and why")
    assert "Accept the late form" in offered
    assert "Let the case go on" not in offered
    assert "Let the case go on" in below


def test_where_only_a_phantom_was_not_acceptable_a_module_has_to_be_named_and_the_page_says_what_stays(
    world: World, clock: Clock
) -> None:
    report, client = ready(world, clock, [PHANTOM])
    said = "only a phantom test was, and that belongs to no module"
    silent = "whether one that was found acceptable may be dropped here, it does not say"
    assert silent in text(client.get(url("others", report.pk)))
    assert said in text(client.get(url("others", report.pk)))
    assert said in text(client.get(url("form", report.pk, "withdraw-module")))
    refused = fill_in(client, report, "withdraw-module")
    assert refused.status_code == 422
    assert "There is a problem" in text(refused)
    assert not OptionForm.objects.exists()

"""My Final Reports, the report, and what staff do to issue one, as pages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import page
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from reaccredit.packages import actions as packages
from reaccredit.people.models import Person
from reaccredit.reports import actions
from reaccredit.reports import pdf as printing
from reaccredit.reports.models import FinalReport
from tests.packages.world import APRIL, fill
from tests.reviews.world import HEAD, World

Sign = Callable[[Person], Client]
DAY = timedelta(days=1)


@pytest.fixture
def sign() -> Sign:
    def signed(person: Person) -> Client:
        client = Client()
        client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return signed


def address(name: str, pk: int) -> str:
    return reverse(f"reports:{name}", args=[pk])


def queries_for(client: Client, url: str) -> int:
    with CaptureQueriesContext(connection) as caught:
        assert client.get(url).status_code == 200
    return len(caught)


def opened(client: Client, report: FinalReport) -> str:
    answer = client.post(address("open", report.pk), follow=True)
    assert answer.status_code == 200
    return answer.text


# -- the facility ------------------------------------------------------------------------------------------------------


def test_my_final_reports_has_a_column_option_status(world: World, sign: Sign) -> None:
    report = world.reported({HEAD: ""})
    text = sign(world.admin).get(reverse("reports:index")).text
    assert "My Final Reports" in text
    assert '<th scope="col">Option status</th>' in text
    assert f"{report.case_file.case.number}, attempt 1" in text
    assert "Not viewed yet" in text


def test_an_open_form_shows_select_option(world: World, sign: Sign) -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    report = world.reported({HEAD: ""}, world.submitted(now - 4 * DAY), now - 3 * DAY)
    actions.view(report=report, person=world.admin, now=now - 2 * DAY)
    text = sign(world.admin).get(reverse("reports:index")).text
    assert "Select Option" in text
    assert "13 days left" in text or "14 days left" in text
    assert "The form is due 15 days after" in text


def test_my_final_reports_cost_the_same_for_one_and_for_three(world: World, sign: Sign) -> None:
    client, costs = sign(world.admin), []
    world.reported({HEAD: ""})
    costs.append(queries_for(client, reverse("reports:index")))
    for name in ("CT 2", "CT 3"):
        package = world.accepted(unit=world.another_unit(name))
        fill(package, world.admin, APRIL)
        world.reported({HEAD: ""}, packages.submit(package=package, actor=world.admin, now=APRIL))
    costs.append(queries_for(client, reverse("reports:index")))
    assert costs[0] == costs[1]
    assert FinalReport.objects.count() == 3


def test_a_look_at_the_address_is_no_viewing(world: World, sign: Sign) -> None:
    report = world.reported({HEAD: ""})
    text = sign(world.admin).get(address("report", report.pk)).text
    assert "your name and the time are recorded" in text
    assert "The exam is incomplete" not in text
    assert not report.viewings.exists()
    assert sign(world.admin).get(address("pdf", report.pk)).status_code == 302
    assert sign(world.admin).get(address("open", report.pk)).status_code == 405
    assert not report.viewings.exists()


def test_the_button_opens_the_report_and_is_recorded(world: World, sign: Sign) -> None:
    report = world.reported({HEAD: "equipment"})
    text = opened(sign(world.admin), report)
    assert report.viewings.filter(person=world.admin).exists()
    assert "The exam is incomplete" in text
    assert "Consult your medical physicist or MR scientist" in text
    assert "no plan is asked for" in text
    assert "Any denial of accreditation may be appealed." in text
    assert world.admin.name in text


def test_each_person_of_the_facility_opens_it_for_themselves(world: World, sign: Sign) -> None:
    report = world.reported({HEAD: ""})
    opened(sign(world.admin), report)
    assert "You have not opened this report yet" in sign(world.physicist).get(address("report", report.pk)).text


@pytest.mark.parametrize("who", ["stranger", "reviewer"])
def test_nobody_else_reaches_a_report(world: World, sign: Sign, who: str) -> None:
    report = world.reported({HEAD: ""})
    client = sign(getattr(world, who))
    got = {client.get(address(name, report.pk)).status_code for name in ("report", "pdf", "images-returned")}
    assert got == {404}
    assert client.post(address("open", report.pk)).status_code == 404


def test_the_list_of_another_facility_is_empty_and_a_reviewer_has_none(world: World, sign: Sign) -> None:
    world.reported({HEAD: ""})
    assert "No final report yet" in sign(world.stranger).get(reverse("reports:index")).text
    assert sign(world.radiologists[0]).get(reverse("reports:index")).status_code == 404


def test_the_report_never_says_who_read(world: World, sign: Sign) -> None:
    report = world.reported({HEAD: "equipment"})
    client = sign(world.admin)
    shown = opened(client, report) + client.get(reverse("reports:index")).text + str(printing.content(report))
    assert [p.name for p in (*world.radiologists, *world.physicists) if p.name in shown] == []


# -- the paper ---------------------------------------------------------------------------------------------------------


def test_the_pdf_is_tagged_and_the_same_each_time(world: World, sign: Sign) -> None:
    report = world.reported({HEAD: "equipment"})
    client = sign(world.admin)
    opened(client, report)
    answer = client.get(address("pdf", report.pk))
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.content == client.get(address("pdf", report.pk)).content
    found = page.validate_pdf_bytes(answer.content, profile=page.ValidationProfile.PDF_UA_1)
    assert found.is_compliant, found


def test_words_of_a_facility_are_not_markup_on_paper(world: World) -> None:
    world.facility.name = '#panic("x") $ * _ @ `'
    world.facility.save()
    assert printing.pdf(world.reported({HEAD: ""})).startswith(b"%PDF")


# -- staff -------------------------------------------------------------------------------------------------------------


def completed(world: World, faults: dict[str, str] | None = None) -> Any:
    return world.read(world.given_out(), faults)


def test_staff_find_a_completed_review_and_issue_its_report(world: World, sign: Sign) -> None:
    done = completed(world, {HEAD: "protocol"})
    client = sign(world.staff)
    assert "Write the final report" in client.get(reverse("reports:index")).text
    form = client.get(address("issue", done.pk)).text
    assert "The exam is incomplete" in form
    head = next(a for a in done.case_file.areas.all() if a.code == HEAD)
    shown = client.post(
        address("issue", done.pk), {f"area-{head.pk}": "Scan it all.\r\n\r\nLabel it.", "preview": "yes"}
    )
    assert "As the facility will read it" in shown.text
    assert "<p>Scan it all.</p><p>Label it.</p>" in shown.text
    assert not FinalReport.objects.exists()
    answer = client.post(
        address("issue", done.pk), {f"area-{head.pk}": "Scan it all.\n\nLabel it.", "issue": "yes"}, follow=True
    )
    assert "is issued" in answer.text
    report = FinalReport.objects.get()
    assert report.determinations.get(area=head).recommendations == "Scan it all.\n\nLabel it."
    assert not report.viewings.exists()
    assert client.get(address("issue", done.pk)).status_code == 404


@pytest.mark.parametrize("text", ["", "   ", "x" * 8001])
def test_a_report_without_a_recommendation_comes_back_with_what_was_typed(world: World, sign: Sign, text: str) -> None:
    done = completed(world, {HEAD: ""})
    head = next(a for a in done.case_file.areas.all() if a.code == HEAD)
    answer = sign(world.staff).post(address("issue", done.pk), {f"area-{head.pk}": text, "issue": "yes"})
    assert answer.status_code == 422
    assert f'href="#id_area-{head.pk}"' in answer.text
    assert text in answer.text
    assert not FinalReport.objects.exists()


@pytest.mark.parametrize("who", ["admin", "stranger", "reviewer"])
def test_only_staff_issue_reports(world: World, sign: Sign, who: str) -> None:
    done = completed(world)
    client = sign(getattr(world, who))
    assert client.get(address("issue", done.pk)).status_code == 404
    assert client.post(address("issue", done.pk), {"issue": "yes"}).status_code == 404


@pytest.mark.parametrize(
    ("wanted", "shown"), [("failed", True), ("passed", False), ("unviewed", True), ("images-out", False), ("odd", True)]
)
def test_staff_narrow_the_list(world: World, sign: Sign, wanted: str, shown: bool) -> None:
    report = world.reported({HEAD: ""})
    text = sign(world.staff).get(reverse("reports:index"), {"show": wanted, "q": "cedar"}).text
    assert (f"{report.case_file.case.number}, attempt 1" in text) is shown
    assert "No report fits" in sign(world.staff).get(reverse("reports:index"), {"q": "nowhere"}).text


def test_staff_record_the_return_of_a_cd(world: World, sign: Sign) -> None:
    package = packages.submit(package=world.by_post(), actor=world.admin, now=APRIL)
    report = world.reported({HEAD: ""}, package)
    client = sign(world.staff)
    page_ = address("images-returned", report.pk)
    assert client.get(page_).status_code == 200
    for wrong, said in (
        ("", "Enter the day and time"),
        ("yesterday", "Enter a day and a time"),
        ("2021-03-01T10:00", "before the final report"),
        ("2999-01-01T10:00", "in the future"),
    ):
        answer = client.post(page_, {"returned_at": wrong})
        assert answer.status_code == 422
        assert said in answer.text
    assert client.post(page_, {"returned_at": "2021-04-02T10:00"}).status_code == 302
    report.refresh_from_db()
    assert report.images_returned_at
    assert report.images_returned_at.isoformat() == "2021-04-02T14:00:00+00:00"
    assert client.post(page_, {"returned_at": "2021-04-02T10:00"}).status_code == 409
    assert sign(world.admin).get(page_).status_code == 404

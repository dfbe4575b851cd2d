"""The pages of the plan: who finds them, what they say, and what becomes of a wrong input."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from reaccredit.people.models import Person
from reaccredit.reinstatements import actions, queries
from reaccredit.reinstatements.models import Plan, PlanLine
from tests.options.clock import Clock
from tests.options.world import PASSWORD
from tests.reinstatements.world import CHOSEN, HOUR, World

THEN = CHOSEN + 2 * HOUR
As = Callable[[Person], Client]


@pytest.fixture
def as_(clock: Clock) -> As:
    clock(THEN)

    def signed_in(person: Person) -> Client:
        client = Client()
        client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return signed_in


def at(world: World, name: str, *args: int) -> str:
    return reverse(f"reinstatements:{name}", args=[world.case_file.case.number, *args])


def first_line(world: World) -> PlanLine:
    found = queries.lines_of(world.plan()).first()
    assert found is not None
    return found


def typed(world: World, **changes: Any) -> dict[str, Any]:
    return {
        "cause": "Worn coil", "action": "New coil", "owner": "Tess Technologist", "due_on": "2021-05-01",
        "seen": first_line(world).saves,
    } | changes  # fmt: skip


def a_file(text: str = "Revised protocol.", name: str = "protocol.txt") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, text.encode(), content_type="text/plain")


# -- who finds what -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["plan", "papers", "check", "review", "evidence", "evidence-papers"])
def test_people_without_a_part_in_the_case_are_told_there_is_no_such_page(world: World, as_: As, name: str) -> None:
    world.approved()
    for stranger in (world.radiologists[0], world.arbitrator):
        assert as_(stranger).get(at(world, name)).status_code == 404


def test_staff_do_not_see_a_plan_that_is_still_being_written(world: World, as_: As) -> None:
    actions.save_line(
        line=first_line(world), seen=0, cause="A half-written thought.", action="", owner="", due_on=None, declared=(),
        actor=world.technologist, now=THEN,
    )  # fmt: skip
    assertNotContains(as_(world.staff).get(at(world, "plan")), "half-written")
    assert as_(world.staff).get(at(world, "line", first_line(world).pk)).status_code == 404
    assertContains(as_(world.admin).get(at(world, "check")), "half-written")


def test_a_case_without_a_plan_says_why(world: World, as_: As) -> None:
    Plan.objects.all().delete()
    assertContains(as_(world.admin).get(at(world, "plan")), "Begin a plan")
    assertContains(as_(world.staff).get(at(world, "plan")), "may begin a corrective action plan")


@pytest.mark.parametrize("show", ["", "writing", "waiting", "completing", "done", "nonsense"])
def test_the_list_knows_every_state(world: World, as_: As, show: str) -> None:
    answer = as_(world.staff).get(reverse("reinstatements:index"), {"show": show})
    shown = world.case_file.case.number in answer.content.decode()
    assert shown == (show in {"", "writing", "nonsense"})


def test_the_list_asks_the_database_as_often_for_three_plans_as_for_one(
    world: World, as_: As, django_assert_num_queries: Any, django_assert_max_num_queries: Any
) -> None:
    client = as_(world.staff)
    address = reverse("reinstatements:index") + "?show="
    client.get(address)
    with django_assert_max_num_queries(40) as one:
        client.get(address)
    plan = world.plan()
    for report in plan.case_file.reports.exclude(pk=plan.report_id):
        Plan.objects.create(case_file=plan.case_file, report=report, version=1, opened_at=THEN, opened_by=world.admin)
    with django_assert_num_queries(len(one.captured_queries)):
        client.get(address)


# -- the plan -----------------------------------------------------------------------------------------------------------


def test_the_plan_is_a_list_of_tasks_that_says_what_is_missing(world: World, as_: As) -> None:
    answer = as_(world.technologist).get(at(world, "plan"))
    assertContains(answer, "Still missing: cause, action, owner, date.", count=3)
    assertContains(answer, "3 lines above are not complete yet.")
    assertContains(answer, "Do not put protected health information")


def test_a_line_shows_what_the_report_recommended(world: World, as_: As) -> None:
    line = first_line(world)
    assert line.determination is not None
    said = line.determination.recommendations.split("\n")[0]
    assertContains(as_(world.technologist).get(at(world, "line", line.pk)), said)


def test_a_line_is_saved(world: World, as_: As) -> None:
    answer = as_(world.technologist).post(at(world, "line", first_line(world).pk), typed(world))
    assertRedirects(answer, at(world, "plan"))
    assert first_line(world).cause == "Worn coil"


WRONG = [
    ({"due_on": "31/02/2021"}, "Write the day as year-month-day"),
    ({"due_on": "0021-05-01"}, "Check the year"),
    ({"due_on": "2021-13-01"}, "Write the day as year-month-day"),
    ({"cause": "x" * 4001}, "at most 4000 characters"),
    ({"action": "x" * 5000}, "at most 4000 characters"),
    ({"owner": "x" * 121}, "at most 120 characters"),
    ({"seen": ""}, "tick anew"),
    ({"seen": "minus one"}, "tick anew"),
    ({"seen": "-1"}, "tick anew"),
    ({"declared": ["nonsense"]}, "tick anew"),
    ({"cause": "Patient name: Jane Roe"}, "this looks like a person&#x27;s name"),
    ({"action": "MRN: 4711008"}, "this looks like a medical record"),
]  # fmt: skip


@pytest.mark.parametrize(("wrong", "told"), WRONG, ids=[told + str(n) for n, (_, told) in enumerate(WRONG)])
def test_a_wrong_line_is_told_what_is_wrong_and_keeps_what_was_typed(
    world: World, as_: As, wrong: dict[str, Any], told: str
) -> None:
    answer = as_(world.technologist).post(at(world, "line", first_line(world).pk), typed(world, **wrong))
    assert answer.status_code == 422
    assertContains(answer, told, status_code=422)
    if "action" not in wrong:
        assertContains(answer, "New coil", status_code=422)
    assert first_line(world).cause == ""


def test_a_possible_identifier_is_asked_about_and_then_declared(world: World, as_: As) -> None:
    client, address = as_(world.technologist), at(world, "line", first_line(world).pk)
    said = typed(world, action="Call the maker's service, tel. 617-555-0123.")
    answer = client.post(address, said)
    assertContains(answer, "Not a patient&#x27;s: a telephone number", status_code=422)
    assertNotContains(answer, "Not a patient&#x27;s: a postal address", status_code=422)
    assertRedirects(client.post(address, said | {"declared": ["phone"]}), at(world, "plan"))
    assert first_line(world).declared == ["phone"]


def test_two_people_in_one_line_lose_nothing(world: World, as_: As) -> None:
    address, said = at(world, "line", first_line(world).pk), typed(world)
    as_(world.technologist).post(address, said)
    answer = as_(world.physician).post(address, said | {"cause": "Another cause"})
    assertContains(answer, "Tess Technologist saved this line while you were writing", status_code=409)
    assertContains(answer, "Another cause", status_code=409)
    assertContains(answer, "Worn coil", status_code=409)
    again = said | {"cause": "Another cause", "seen": 1}
    assertRedirects(as_(world.physician).post(address, again), at(world, "plan"))
    assert first_line(world).cause == "Another cause"


# -- papers -------------------------------------------------------------------------------------------------------------


def upload(**changes: Any) -> dict[str, Any]:
    found = {"title": "Protocol", "paper": a_file(), "attested": "on"} | changes
    return {name: value for name, value in found.items() if value is not None}


def test_a_paper_is_added_seen_and_taken_out(world: World, as_: As) -> None:
    client = as_(world.technologist)
    assertRedirects(client.post(at(world, "papers"), upload()), at(world, "papers"))
    plan = world.plan()
    one = plan.papers.get()
    answer = client.get(at(world, "paper", plan.pk, one.pk))
    assert answer.headers["Content-Disposition"] == 'attachment; filename="protocol.txt"'
    assert b"".join(answer.streaming_content) == b"Revised protocol."  # type: ignore[attr-defined]
    assert as_(world.staff).get(at(world, "paper", plan.pk, one.pk)).status_code == 404
    assertRedirects(client.post(at(world, "remove", one.pk)), at(world, "papers"))
    assert not plan.papers.exists()


WRONG_PAPERS: list[tuple[dict[str, Any], str]] = [
    ({"paper": None}, "Choose the document"),
    ({"paper": a_file("")}, "The file is empty"),
    ({"paper": a_file("\x00\x01\x02\x03 no text")}, "The document was not taken|can&#x27;t be|Upload it as"),
    ({"paper": SimpleUploadedFile("a.pdf", b"%PDF-1.7 broken")}, "damaged|can&#x27;t be opened"),
    ({"paper": SimpleUploadedFile("a.png", b"\x89PNG\r\n\x1a\n" + b"0" * 40)}, "damaged|Upload it as|can&#x27;t"),
    ({"paper": SimpleUploadedFile("a.zip", b"PK\x03\x04" + b"0" * 40)}, "damaged|Upload it as|can&#x27;t"),
    ({"paper": a_file("Patient name: Jane Roe")}, "protected health information"),
    ({"paper": a_file("tel. 617-555-0123")}, "may hold protected health information"),
    ({"title": ""}, "Give the document a title"),
    ({"title": "x" * 121}, "at most 120 characters"),
    ({"title": "Patient name: Jane Roe"}, "protected health information"),
    ({"attested": None}, "it may hold nothing about a patient"),
]


@pytest.mark.parametrize(
    ("wrong", "told"), WRONG_PAPERS, ids=[f"{n} {told}" for n, (_, told) in enumerate(WRONG_PAPERS)]
)
def test_a_paper_that_is_not_taken_says_why_and_leaves_nothing(
    world: World, as_: As, wrong: dict[str, Any], told: str
) -> None:
    for one in wrong.values():
        if hasattr(one, "seek"):
            one.seek(0)
    answer = as_(world.technologist).post(at(world, "papers"), upload(**wrong))
    text = answer.content.decode()
    assert answer.status_code == 422
    assert any(part in text for part in told.split("|")), text
    assert "Jane Roe" not in text.replace('value="Patient name: Jane Roe"', "")
    assert not world.plan().papers.exists()


# -- check and sign -----------------------------------------------------------------------------------------------------


def signing(world: World, **changes: Any) -> dict[str, Any]:
    return {"agreed": "on", "password": PASSWORD, "seen": queries.plan_hash(world.plan())} | changes


def test_the_plan_is_checked_signed_and_sent(world: World, as_: As) -> None:
    world.written()
    client = as_(world.physician)
    assertContains(client.get(at(world, "check")), "Sign and send the plan")
    assertRedirects(client.post(at(world, "check"), signing(world)), at(world, "plan"))
    assert world.plan().submitted_by == world.physician
    assertContains(client.get(at(world, "plan")), "Waiting for the programme&#x27;s staff")
    assertContains(client.get(at(world, "plan")), f"Signed by {world.physician.name}, supervising physician")
    assertNotContains(client.get(at(world, "plan")), "does not hold any more")
    PlanLine.objects.update(action="Something else.")
    assertContains(client.get(at(world, "plan")), "This signature does not hold any more")


@pytest.mark.parametrize(
    ("wrong", "status", "told"),
    [
        ({"agreed": ""}, 422, "Tick the box: this sentence is what is signed."),
        ({"password": ""}, 422, "it is your signature"),
        ({"password": "wrong"}, 422, "This is not your password"),
        ({"password": "x" * 2000}, 422, "at most 1000 characters"),
        ({"seen": ""}, 422, "tick anew"),
        ({"seen": "x" * 65}, 422, "tick anew"),
        ({"seen": "0" * 64}, 409, "Nothing was signed: read it again"),
    ],
)
def test_nothing_is_sent_with_a_wrong_signature(
    world: World, as_: As, wrong: dict[str, Any], status: int, told: str
) -> None:
    world.written()
    answer = as_(world.physician).post(at(world, "check"), signing(world, **wrong))
    assertContains(answer, told, status_code=status)
    assert world.plan().submitted_at is None


def test_an_incomplete_plan_shows_its_gaps_instead_of_the_signature(world: World, as_: As) -> None:
    answer = as_(world.physician).get(at(world, "check"))
    assertContains(answer, "Some lines are not complete yet")
    assertNotContains(answer, "Sign and send the plan")
    assert as_(world.physician).post(at(world, "check"), signing(world)).status_code == 422


# -- staff --------------------------------------------------------------------------------------------------------------


def answering(world: World, answer: str, **said: Any) -> dict[str, Any]:
    return {"answer": answer, "version": world.plan().pk} | {f"{answer}-{name}": text for name, text in said.items()}


def test_staff_return_the_plan_with_comments_on_its_lines(world: World, as_: As) -> None:
    sent = world.sent()
    line = queries.lines_of(sent)[0]
    said = answering(world, "return", comment="Say who was trained.", **{f"line_{line.pk}": "Which coil?"})
    assertRedirects(as_(world.staff).post(at(world, "review"), said), at(world, "plan"))
    answer = as_(world.technologist).get(at(world, "plan"))
    assertContains(answer, "Say who was trained.")
    assertContains(answer, "Which coil?")
    assertContains(as_(world.technologist).get(at(world, "version", sent.pk)), "Returned with comments")


def test_staff_direct_an_action(world: World, as_: As) -> None:
    world.sent()
    said = answering(world, "direct", text="Replace the head coil.")
    assertRedirects(as_(world.staff).post(at(world, "review"), said), at(world, "plan"))
    assertContains(as_(world.technologist).get(at(world, "plan")), "Replace the head coil.")


def test_staff_approve_the_plan(world: World, as_: As) -> None:
    world.sent()
    case = reverse("desks:case", args=[world.case_file.case.number])
    assertContains(as_(world.technologist).get(case), "<span>With the programme's staff</span>")
    assertRedirects(
        as_(world.staff).post(at(world, "review"), answering(world, "approve", comment="")), at(world, "plan")
    )
    assertContains(as_(world.technologist).get(at(world, "plan")), "Show that it is carried out")


@pytest.mark.parametrize(
    ("answer", "said", "told"),
    [
        ("return", {"comment": ""}, "Write what has to be changed"),
        ("return", {"comment": "   "}, "Write what has to be changed"),
        ("return", {"comment": "x" * 4001}, "at most 4000 characters"),
        ("direct", {"text": ""}, "Write which action is directed"),
        ("direct", {"text": "x" * 4001}, "at most 4000 characters"),
        ("approve", {"comment": "x" * 4001}, "at most 4000 characters"),
        ("", {}, "Say which answer you give"),
        ("burn", {}, "Say which answer you give"),
    ],
)
def test_a_wrong_answer_is_told_what_is_wrong(
    world: World, as_: As, answer: str, said: dict[str, str], told: str
) -> None:
    world.sent()
    assertContains(as_(world.staff).post(at(world, "review"), answering(world, answer, **said)), told, status_code=422)
    assert world.plan().answer == ""


def test_an_answer_to_a_version_that_was_answered_is_told_so(world: World, as_: As) -> None:
    world.sent()
    said = answering(world, "approve", comment="")
    as_(world.staff).post(at(world, "review"), answering(world, "return", comment="No."))
    assertContains(as_(world.staff).post(at(world, "review"), said), "A newer version", status_code=409)


def test_the_facility_has_no_page_for_answers(world: World, as_: As) -> None:
    world.sent()
    assert as_(world.admin).get(at(world, "review")).status_code == 404
    assert as_(world.admin).post(at(world, "review"), answering(world, "approve", comment="")).status_code == 404


# -- evidence -----------------------------------------------------------------------------------------------------------


def test_evidence_is_shown_line_by_line_and_handed_in(world: World, as_: As, clock: Clock) -> None:
    plan = world.approved()
    client = as_(world.technologist)
    clock(CHOSEN + 48 * HOUR)
    for line in queries.lines_of(plan):
        said = {"completed_on": "2021-04-15", "result": "Done, see the protocol."}
        assertRedirects(client.post(at(world, "completion", line.pk), said), at(world, "evidence"))
    said_ = upload(line=queries.lines_of(plan)[0].pk)
    assertRedirects(client.post(at(world, "evidence-papers"), said_), at(world, "evidence"))
    assertRedirects(client.post(at(world, "evidence"), {"agreed": "on"}), at(world, "evidence"))
    assertContains(client.get(at(world, "evidence")), "Handed in")
    assertContains(as_(world.staff).get(at(world, "evidence")), "Done, see the protocol.")


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"completed_on": ""}, "Enter the day on which the action was completed"),
        ({"completed_on": "2099-01-01"}, "lies in the future"),
        ({"completed_on": "soon"}, "Write the day as year-month-day"),
        ({"completed_on": "0001-01-01"}, "Check the year"),
        ({"result": ""}, "Write what was done"),
        ({"result": "x" * 4001}, "at most 4000 characters"),
        ({"result": "Patient name: Jane Roe"}, "this looks like a person"),
        ({"declared": "x"}, "tick anew"),
    ],
)
def test_a_wrong_completion_is_told_what_is_wrong(world: World, as_: As, said: dict[str, str], told: str) -> None:
    line = queries.lines_of(world.approved())[0]
    typed_ = {"completed_on": "2021-04-14", "result": "Done."} | said
    assertContains(as_(world.technologist).post(at(world, "completion", line.pk), typed_), told, status_code=422)


def test_evidence_with_gaps_is_not_handed_in(world: World, as_: As) -> None:
    world.approved()
    client = as_(world.technologist)
    assertContains(client.get(at(world, "evidence")), "Say when this was completed", count=3)
    assertContains(
        client.post(at(world, "evidence"), {"agreed": "on"}),
        "Add at least one paper that shows what was done.",
        status_code=422,
    )
    assert client.post(at(world, "evidence"), {}).status_code == 422

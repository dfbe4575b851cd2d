"""The pages of calibration cases: what staff do on them, what a reader learns and when, and that nobody else learns anything."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from reaccredit.notices.models import Notice
from reaccredit.packages import actions as packages
from reaccredit.people.models import Person
from reaccredit.people.queries import code
from reaccredit.reports.models import FinalReport
from reaccredit.reviews import calibration, calibration_actions, calibration_results, queries
from reaccredit.reviews.calibration_models import Calibration, Key, Sending, Sent, Talk
from reaccredit.reviews.models import Assignment, Round
from tests.options.clock import Clock, clock  # noqa: F401 - a fixture
from tests.packages.world import APRIL, fill
from tests.reviews.calibration_world import LATER, PASSWORD, keyed, made, second, sent, sheets
from tests.reviews.test_pages import Sign, queries_for, sign  # noqa: F401 - a fixture
from tests.reviews.world import HEAD, World, reader

pytestmark = pytest.mark.filterwarnings("error")


@pytest.fixture
def closed(world: World, clock: Clock) -> FinalReport:  # noqa: F811
    clock(LATER)
    return world.reported()


@pytest.fixture
def colleague(world: World) -> Person:
    return second()


def cleo(world: World) -> Person:
    return world.radiologists[2]


def key_form(one: Calibration, seen: int, **changes: str) -> dict[str, Any]:
    found: dict[str, Any] = {"seen": seen, "because": "Three experts together"}
    for area in calibration.areas(one):
        found |= {f"{area.pk}-{c.code}-verdict": "yes" for c in queries.criteria_of(one.review, area)}
    return found | changes


def hand_in(client: Client, sheet: Assignment) -> Any:
    """With the browser's own forms."""
    said = {f"{c.code}-verdict": "yes" for c in queries.criteria(sheet)}
    address = reverse("reviews:reading", args=[sheet.pk])
    token = re.search(r'name="seen" value="(\w*)"', client.get(address).text)
    assert token
    assert client.post(address, {**said, "check": "yes", "seen": token[1]}).status_code == 302
    check = reverse("reviews:check", args=[sheet.pk])
    token = re.search(r'name="seen" value="(\w*)"', client.get(check).text)
    assert token
    return client.post(check, {"password": PASSWORD, "seen": token[1]}, follow=True)


# -- from the closed review to the result ----------------------------------------------------------------------------------


def test_staff_make_key_approve_and_draw_and_the_reader_finds_the_answers_beside_the_key(
    world: World,
    closed: FinalReport,
    colleague: Person,
    sign: Sign,  # noqa: F811
) -> None:
    staff = sign(world.staff)
    assert "No calibration case yet" in staff.get("/reviews/quality/calibration/").text
    assert closed.case_file.case.number in staff.get("/reviews/quality/calibration/choose/?q=ct-").text
    assert "Nothing found" in staff.get("/reviews/quality/calibration/choose/?q=zz").text
    head = next(area for area in queries.areas_of(closed.round) if area.code == HEAD)
    address = reverse("reviews:calibration-make", args=[closed.round_id])
    refused = staff.post(address, {"areas": [], "because": "Kept"})
    assert refused.status_code == 422
    assert "Choose at least one area" in refused.text
    assert "Kept" in refused.text
    answer = staff.post(address, {"areas": [head.pk], "because": "Noise"})
    one = Calibration.objects.get()
    key = reverse("reviews:calibration-key", args=[one.pk])
    assert answer.headers["Location"] == key
    first = queries.criteria_of(one.review, head)[0]
    name = f"{head.pk}-{first.code}"
    assert f'name="{name}-verdict" value="yes"' in staff.get(key).text
    refused = staff.post(key, key_form(one, 0, **{f"{name}-verdict": "no", f"{name}-why": "Kept as well"}))
    assert refused.status_code == 422
    assert "choose the reason why it is not acceptable" in refused.text
    assert "Kept as well" in refused.text
    faulty = {f"{name}-verdict": "no", f"{name}-reason": first.reasons[0].code, f"{name}-why": "Look below"}
    assert staff.post(key, key_form(one, 0, **faulty)).status_code == 302
    late = staff.post(key, key_form(one, 0, because="Mine"))
    assert late.status_code == 409
    assert "Yours is not saved" in late.text
    assert "Mine" in late.text

    page, approve = reverse("reviews:calibration", args=[one.pk]), reverse("reviews:calibration-approve", args=[one.pk])
    shown = staff.get(page).text
    assert "The report of this case determined: acceptable" in shown
    assert f"<dt>{first.title}</dt>" in shown
    own = staff.post(approve, {"version": 1, "password": PASSWORD})
    assert own.status_code == 403
    assert "You set this version" in own.text
    other = sign(colleague)
    assert other.post(approve, {"version": 1, "password": "wrong"}).status_code == 422
    assert other.post(approve, {"version": 1, "password": PASSWORD}).status_code == 302
    assert "Signed by Second Staff" in other.get(page).text
    send = reverse("reviews:calibration-send", args=[one.pk])
    assert "All of them get it" in staff.get(send).text
    assert staff.post(send, {"draw": "yes", "seen": 0}).status_code == 302
    twice = staff.post(send, {"draw": "yes", "seen": 0})
    assert twice.status_code == 409
    assert "pressing the button twice" in twice.text

    (sheet,) = sheets()
    client = sign(cleo(world))
    assert client.get(reverse("reviews:my-calibration", args=[Sent.objects.get().pk])).status_code == 404
    done = hand_in(client, sheet)
    assert "This was a calibration case" in done.text
    result = client.get(reverse("reviews:my-calibration", args=[Sent.objects.get().pk]))
    assert "You: acceptable. The key: not acceptable." in result.text
    assert "Look below" in result.text
    assert "Article 1100" in result.text  # where the criterion stands
    assert result.text.count("Not the same") == 1
    assert f"Reading {sheet.pk}" in client.get("/reviews/me/calibration/").text
    found = staff.get("/reviews/quality/calibration/agreement/").text
    assert "0 of 1: too few for a rate" in found
    assert "other criteria were always answered as the key" in found
    assert cleo(world).name in found
    assert "All results are in" in staff.get("/reviews/quality/calibration/").text
    assert "Drawn from 1 person by lot" in staff.get(page).text


def test_every_rule_stands_on_the_page_with_its_reason(world: World, closed: FinalReport, sign: Sign) -> None:  # noqa: F811
    page = sign(world.staff).get("/reviews/quality/calibration/").text
    rules = calibration.rules_on(LATER)
    assert rules
    for why in rules.why.values():
        assert why in page
    assert "the published policy is silent" in page


def test_a_key_that_was_changed_is_told_to_its_reader_and_to_staff(
    world: World,
    closed: FinalReport,
    colleague: Person,
    sign: Sign,  # noqa: F811
) -> None:
    one = made(world)
    keyed(world, one, colleague, faults=1)
    sent(world, one, [cleo(world)])
    world.hand_in(sheets()[0], now=LATER)
    keyed(world, one, colleague, faults=0, now=LATER + timedelta(hours=1), seen=1)
    own = sign(cleo(world)).get(reverse("reviews:my-calibration", args=[Sent.objects.get().pk])).text
    assert "You are told version 1" in own
    assert "The key: not acceptable" in own
    assert "In 1 area the key was changed" in sign(world.staff).get("/reviews/quality/calibration/agreement/").text


def test_the_reader_whose_sheet_was_sent_from_two_tabs_loses_nothing_and_hands_in_once(
    world: World,
    closed: FinalReport,
    colleague: Person,
    sign: Sign,  # noqa: F811
) -> None:
    one = made(world)
    keyed(world, one, colleague)
    sent(world, one, [cleo(world)])
    (sheet,), client = sheets(), sign(cleo(world))
    hand_in(client, sheet)
    first = queries.criteria(sheet)[0].code
    again = client.post(reverse("reviews:reading", args=[sheet.pk]), {f"{first}-note": "Typed here", "check": "yes"})
    assert again.status_code == 409
    assert "Typed here" in again.text
    assert "handed in before you pressed" in again.text


def test_taking_back_and_retiring_lead_back_to_the_page_of_the_case(
    world: World,
    closed: FinalReport,
    colleague: Person,
    sign: Sign,  # noqa: F811
) -> None:
    one, staff = made(world), sign(world.staff)
    keyed(world, one, colleague)
    sent(world, one, [cleo(world)])
    page = reverse("reviews:calibration", args=[one.pk])
    take = reverse("reviews:take-back", args=[sheets()[0].pk])
    assert page in staff.get(take).text
    assert staff.post(take, {"reason": "Recognised"}).headers["Location"] == page
    assert "Taken back by staff" in staff.get(page).text
    retire = reverse("reviews:calibration-retire", args=[one.pk])
    assert staff.post(retire, {"because": ""}).status_code == 422
    assert staff.post(retire, {"because": "Known by now"}).headers["Location"] == page
    assert "Known by now" in staff.get(page).text
    assert "retired already" in staff.get(retire).text
    assert "retired" in staff.get(reverse("reviews:calibration-send", args=[one.pk])).text
    assert staff.post(retire, {"because": "Again"}).status_code == 409


def test_a_talk_is_noted_on_its_page(world: World, closed: FinalReport, sign: Sign) -> None:  # noqa: F811
    rate = {"hits": 1, "number": 5}
    talk = Talk.objects.create(
        reader=cleo(world), modality="CT", module="head-neck", due_since=LATER,
        figures={"areas": rate, "criteria": {"hits": 20, "number": 30}, "threshold": 80},
    )  # fmt: skip
    staff, address = sign(world.staff), reverse("reviews:calibration-talk", args=[talk.pk])
    assert "1 reader to talk to" in staff.get("/reviews/quality/").text
    page = staff.get(address).text
    assert "1 of 5 areas and 20 of 30 criteria" in page
    assert calibration_results.module_title("CT", "head-neck") in page
    assert staff.post(address, {"note": ""}).status_code == 422
    assert staff.post(address, {"note": "Looked together"}).status_code == 302
    again = staff.post(address, {"note": "Once more"})
    assert again.status_code == 409
    assert "Once more" in again.text
    assert "to talk to" not in staff.get("/reviews/quality/").text


# -- blind -----------------------------------------------------------------------------------------------------------------

WORDS = re.compile(r"calibrat|known answers|the key\b", re.IGNORECASE)


def words(text: str) -> str:
    """What stands in the middle of a page, without what leads to somebody's own results, which is always there."""
    main = text[text.index("<main") : text.index("</main>")]
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", main)


def test_until_the_sheet_is_in_it_is_to_its_reader_what_a_real_reading_is(
    world: World,
    closed: FinalReport,
    colleague: Person,
    sign: Sign,  # noqa: F811
) -> None:
    """A review of another facility's package and a calibration case lie with one reader: every page of either, word by word."""
    package = world.accepted(unit=world.another_unit("CT 2"))
    fill(package, world.admin, APRIL)
    real_round = world.round(packages.submit(package=package, actor=world.admin, now=LATER), LATER)
    head = next(area for area in queries.areas_of(real_round) if area.code == HEAD)
    real = queries_given(real_round, head, cleo(world), world)
    one = made(world)
    keyed(world, one, colleague)
    sent(world, one, [cleo(world)])
    (sheet,), client = sheets(), sign(cleo(world))
    listed = words(client.get("/reviews/readings/").text)
    assert not WORDS.search(listed)
    rows = [
        re.sub(r"\s+", " ", re.sub(r"\d+", "#", row))
        for row in re.findall(r"<tr>.*?</tr>", listed, re.DOTALL)
        if "Reading " in row
    ]
    assert len(rows) == 2
    assert rows[0] == rows[1]
    for page in ("", "history/", "hand-back/"):
        both = [words(client.get(f"/reviews/readings/{pk}/{page}").text) for pk in (real.pk, sheet.pk)]
        assert not any(WORDS.search(text) for text in both)
        plain = [re.sub(r"\s+", " ", re.sub(r"[0-9a-f]{16}|\d+", "#", text)) for text in both]
        assert plain[0] == plain[1], page
    home = words(client.get("/", follow=True).text)
    assert not WORDS.search(home)
    notices = [(n.subject, n.body, n.link) for n in Notice.objects.filter(recipient=code(cleo(world)))]
    assert len(set(notices)) <= 1
    assert not any(WORDS.search(f"{m.subject} {m.body}") for m in mail.outbox)
    assert "Nothing yet" in client.get("/reviews/me/calibration/").text


def queries_given(opened: Round, area: Any, who: Person, world: World) -> Assignment:
    return calibration_actions.actions.assign(round=opened, area=area, reviewer=who, actor=world.staff, now=LATER)


def test_nobody_but_staff_reaches_the_pages_and_nobody_a_result_of_somebody_else(
    world: World,
    closed: FinalReport,
    colleague: Person,
    sign: Sign,  # noqa: F811
) -> None:
    one = made(world)
    keyed(world, one, colleague)
    sent(world, one, [cleo(world)])
    world.hand_in(sheets()[0], now=LATER)
    own = reverse("reviews:my-calibration", args=[Sent.objects.get().pk])
    of_staff = [
        reverse(f"reviews:{name}") for name in ("calibrations", "calibration-choose", "calibration-agreement")
    ] + [
        reverse(f"reviews:calibration{name}", args=[one.pk])
        for name in ("", "-key", "-approve", "-send", "-retire", "-talk", "-make")
    ]
    for who in (world.admin, cleo(world), world.radiologists[0]):
        client = sign(who)
        assert {client.get(address).status_code for address in of_staff} == {404}
        assert {client.post(address).status_code for address in of_staff} <= {404, 405}
        assert client.get(own).status_code == (200 if who == cleo(world) else 404)
    assert sign(world.admin).get("/reviews/me/calibration/").status_code == 404
    assert "Nothing yet" in sign(world.radiologists[0]).get("/reviews/me/calibration/").text


def test_facility_and_first_readers_see_every_page_as_it_was(
    world: World,
    closed: FinalReport,
    colleague: Person,
    sign: Sign,  # noqa: F811
) -> None:
    number = closed.case_file.case.number
    pages = {
        world.admin: ["/", f"/cases/{number}/", "/reports/", f"/reports/{closed.pk}/", "/notices/"],
        world.radiologists[0]: ["/reviews/readings/", "/reviews/me/", "/reviews/me/readings/", "/notices/"],
    }

    def seen() -> dict[str, str]:
        return {
            f"{who} {at}": words(sign(who).get(at, follow=True).text) for who, listed in pages.items() for at in listed
        }

    before = seen()
    one = made(world)
    keyed(world, one, colleague, faults=1)
    sent(world, one, [cleo(world)])
    assert seen() == before
    world.hand_in(sheets()[0], now=LATER)
    assert seen() == before


# -- what a page costs -----------------------------------------------------------------------------------------------------


def test_the_pages_ask_the_same_whatever_their_length(
    world: World,
    closed: FinalReport,
    colleague: Person,
    sign: Sign,  # noqa: F811
) -> None:
    """One case with one reader; then three cases, the first with three readers and three versions of its key."""
    costs, staff = [], sign(world.staff)
    first = made(world)
    keyed(world, first, colleague, faults=1)
    own = cleo(world)
    for step in range(3):
        if step:
            package = world.accepted(unit=world.another_unit(f"CT {step + 1}"))
            fill(package, world.admin, APRIL)
            report = world.reported(package=packages.submit(package=package, actor=world.admin, now=APRIL))
            other = made(world, report=report)
            keyed(world, other, colleague)
            sent(world, other, [own])
            keyed(world, first, colleague, faults=1, seen=step)
        new = own if not step else reader(f"New{step} Radiologist", "radiologist")
        sent(world, first, [new], seen=step)
        for sheet in (s for s in sheets() if s.submitted_at is None):
            world.hand_in(sheet, now=LATER)
        Talk.objects.create(reader=new, modality="CT", module="chest", figures={}, due_since=LATER)
        mine = sign(own)
        costs.append(
            [
                *(queries_for(staff, reverse(f"reviews:{name}")) for name in ("calibrations", "calibration-agreement")),
                *(queries_for(staff, reverse(f"reviews:calibration{name}", args=[first.pk])) for name in ("", "-send", "-key")),
                queries_for(mine, reverse("reviews:my-calibrations")),
                queries_for(mine, reverse("reviews:my-calibration", args=[Sent.objects.filter(reader=own)[0].pk])),
            ]
        )  # fmt: skip
    assert costs[0] == costs[2]
    assert Calibration.objects.count() == Key.objects.filter(calibration=first).count() == 3
    assert Sending.objects.filter(calibration=first).count() == 3
    assert max(costs[0][:2]) <= 12
    assert max(costs[0]) <= 34  # who may be sent it is gathered as for any round


def test_the_list_of_reviews_to_choose_from_asks_the_same_for_one_and_for_three(
    world: World,
    closed: FinalReport,
    sign: Sign,  # noqa: F811
) -> None:
    staff, costs = sign(world.staff), []
    for name in ("", "CT 2", "CT 3"):
        if name:
            package = world.accepted(unit=world.another_unit(name))
            fill(package, world.admin, APRIL)
            world.reported(package=packages.submit(package=package, actor=world.admin, now=APRIL))
        costs.append(queries_for(staff, reverse("reviews:calibration-choose")))
    assert costs[0] == costs[2]
    assert costs[0] <= 8

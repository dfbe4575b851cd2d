"""A share of the closed cases is drawn by lot and read once more: by whom, who sees it, and that it changes nothing."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone

from reaccredit.ledger.actions import Lost
from reaccredit.ledger.queries import decision
from reaccredit.notices.models import Notice
from reaccredit.packages import actions as packages
from reaccredit.people.queries import code
from reaccredit.reports import actions as reports
from reaccredit.reports.models import FinalReport
from reaccredit.reviews import actions, offering, quality, quality_rules, queries, rereading
from reaccredit.reviews.conflicts import candidates, known
from reaccredit.reviews.models import Assignment, Draw, Lot, Round, RoundKind
from tests.options.clock import clock  # noqa: F401 - a fixture
from tests.packages.world import APRIL, fill
from tests.reviews.test_pages import Sign, queries_for, sign  # noqa: F401 - a fixture
from tests.reviews.world import HEAD, World

LATER = APRIL + timedelta(days=20)
RULES = quality_rules.blocks()[0].reread


@pytest.fixture
def closed(world: World) -> FinalReport:
    return world.reported()


@pytest.fixture
def again(world: World, closed: FinalReport) -> Round:
    rereading.draw(actor=world.staff, now=LATER)
    return Round.objects.select_related("package", "case_file__case").get(kind=RoundKind.REREAD)


def give_out(world: World, again: Round) -> list[Assignment]:
    offering.accept(proposal=offering.propose(round=again, actor=world.staff, now=LATER), actor=world.staff, now=LATER)
    rows = Assignment.objects.filter(round=again)
    return list(rows.select_related("area", "round__package", "round__case_file__case", "reviewer"))


def facts(world: World, again: Round) -> list[Any]:
    return list(again.case_file.case.facts.values_list("seq", "kind", "hash"))


# -- the draw ------------------------------------------------------------------------------------------------------------


def test_the_lots_depend_on_the_seed_alone_and_never_on_the_order() -> None:
    keys = [(f"CT-{number:06}", 1) for number in range(1, 96)]
    chosen = rereading.drawn(keys, RULES)
    assert len(chosen) == 10
    assert chosen == rereading.drawn(reversed(keys), RULES)
    other = rereading.Reread.read(RULES.kept() | {"seed": "another"})
    assert chosen != rereading.drawn(keys, other)
    assert len(rereading.areas_drawn(keys[0], ["a", "b", "c"], RULES)) == RULES.areas_at_most


def test_every_case_is_drawn_as_often_as_its_share_says() -> None:
    seeds = [rereading.Reread.read(RULES.kept() | {"seed": f"year {year}"}) for year in range(400)]
    keys = [(f"CT-{number:06}", 1) for number in range(20)]
    often = Counter(key for rules in seeds for key in rereading.drawn(keys, rules))
    assert all(15 <= often[key] <= 70 for key in keys)  # 40 are expected of each


def test_the_rules_that_hold_are_those_of_the_day() -> None:
    block = quality_rules.FILE.read_text(encoding="utf-8")
    later = block[block.index("[[from]]") :].replace("2020-01-01", "2026-06-01").replace("= 10 ", "= 50 ", 1)
    old, new = quality_rules.blocks(f"{block}\n{later}")
    assert (old.reread.share_percent, new.reread.share_percent) == (10, 50)
    with pytest.raises(quality_rules.BadRules, match="2026-06-01"):
        quality_rules.blocks(f"{block}\n{later.replace('= 50 ', '= 0 ', 1)}")


def test_only_closed_cases_are_drawn_each_once_and_the_draw_can_be_made_again(world: World) -> None:
    done = world.read(world.given_out())
    with pytest.raises(Lost, match="closed case"):
        rereading.draw(actor=world.staff, now=LATER)
    reports.issue(round=done, actor=world.staff, now=APRIL + timedelta(hours=3))
    made = rereading.draw(actor=world.staff, now=LATER)
    (row,) = rereading.lots(made)
    assert row.again is not None
    assert len(row.again.only) == RULES.areas_at_most
    assert rereading.same_again(made)
    Round.objects.filter(pk=row.again.pk).update(only=["somewhere else"])
    assert not rereading.same_again(made)
    with pytest.raises(Lost):
        rereading.draw(actor=world.staff, now=LATER)


# -- who reads -----------------------------------------------------------------------------------------------------------


def test_no_earlier_reader_is_proposed_nor_taken_by_the_action_nor_by_the_database(world: World, again: Round) -> None:
    given = give_out(world, again)
    assert {one.reviewer for one in given} <= {world.radiologists[2], world.physicists[2]}
    area, early = given[0].area, world.readers(given[0].area)[0]
    said = {c.person: c.why_not for c in candidates(known(again, [area], LATER.date()), area)}
    assert any("does not read it again" in sentence for sentence in said[early])
    assert given[0].reviewer.name not in " ".join(said[early])
    with pytest.raises(actions.NotEligible):
        actions.assign(round=again, area=area, reviewer=early, actor=world.staff, now=LATER)
    with pytest.raises(DatabaseError, match="does not read it again"), transaction.atomic():
        Assignment.objects.filter(pk=given[0].pk).update(reviewer=early)
    with pytest.raises(DatabaseError, match="does not read it again"), transaction.atomic():
        Assignment.objects.create(
            round=again, area=area, reviewer=early, position=2, assigned_at=LATER, assigned_by=world.staff
        )


def test_its_reader_meets_a_reading_as_any_other(world: World, again: Round, sign: Sign) -> None:  # noqa: F811
    one = give_out(world, again)[0]
    client = sign(one.reviewer)
    page, listed = client.get(reverse("reviews:reading", args=[one.pk])), client.get(reverse("reviews:reading-list"))
    assert page.status_code == listed.status_code == 200
    for text in (page.text, listed.text):
        assert "again" not in text.lower().replace("against", "").replace("sign-in-again", "")
        assert "re-read" not in text.lower()
    (told,) = Notice.objects.filter(recipient=code(one.reviewer), created_at=LATER).order_by("pk")[:1]
    assert (told.subject, told.body, told.case) == ("Something waits for your judgement", "Sign in to see it.", None)
    assert not mail.outbox


# -- it changes nothing, and nobody learns of it -------------------------------------------------------------------------


def test_a_re_read_changes_neither_the_history_nor_the_determination(world: World, again: Round) -> None:
    case, before, report = again.case_file.case, facts(world, again), FinalReport.objects.get()
    stands = decision(case, LATER).standing
    settled = list(report.determinations.values_list("area", "outcome"))
    numbers = quality.readings(LATER.date())
    for one in give_out(world, again):
        world.hand_in(one, "protocol", LATER + timedelta(days=2))
    again.refresh_from_db()
    assert again.completed_at
    assert facts(world, again) == before
    assert decision(case, LATER + timedelta(days=3)).standing == stands
    assert list(report.determinations.values_list("area", "outcome")) == settled
    assert quality.readings(LATER.date()) == numbers
    with pytest.raises(Lost, match="sake of quality"):
        reports.issue(round=again, actor=world.staff, now=LATER + timedelta(days=3))
    assert not queries.rounds(world.staff, LATER.date()).filter(pk=again.pk)
    rows = rereading.compared(rereading.lots(Draw.objects.get()))
    assert [(row.determined, row.same) for row in rows] == [("acceptable", False)] * len(rows)
    assert all(row.differ for row in rows)
    whole = rereading.agreement(Draw.objects.get())
    assert (whole.areas, whole.agreed) == (len(rows), 0.0)


def test_giving_back_taking_back_and_returning_tell_the_case_nothing_either(world: World, again: Round) -> None:
    before = facts(world, again)
    first, *_ = give_out(world, again)
    offering.hand_back(assignment=first, reason="Away", kind="declined", actor=first.reviewer, now=LATER)
    assert facts(world, again) == before
    assert again.handed_back.get().reviewer == first.reviewer


def test_facility_and_first_readers_see_every_page_as_it_was(
    world: World,
    closed: FinalReport,
    sign: Sign,  # noqa: F811
    clock: Any,  # noqa: F811
) -> None:
    """Whatever they see is the same to the letter before the draw, after it, and after the re-read is handed in."""
    clock(LATER)
    number = closed.case_file.case.number
    pages = {
        world.admin: ["/", f"/cases/{number}/", "/reports/", f"/reports/{closed.pk}/", "/notices/"],
        world.radiologists[0]: ["/reviews/readings/", "/reviews/me/", "/reviews/me/readings/", "/notices/"],
    }

    def seen() -> dict[str, Any]:
        found = {}
        for who, addresses in pages.items():
            for address in addresses:
                answer = sign(who).get(address)
                assert answer.status_code == 200, address
                found[f"{who} {address}"] = _still(answer.text)
        return found

    before = seen()
    rereading.draw(actor=world.staff, now=LATER)
    again = Round.objects.select_related("package", "case_file__case").get(kind=RoundKind.REREAD)
    given = give_out(world, again)
    assert seen() == before
    for one in given:
        world.hand_in(one, "protocol", LATER)
    assert seen() == before


def _still(text: str) -> str:
    return "\n".join(line for line in text.splitlines() if "csrf" not in line.lower())


# -- the pages of staff --------------------------------------------------------------------------------------------------


def test_staff_draw_give_out_and_read_what_came_of_it(world: World, sign: Sign) -> None:  # noqa: F811
    world.reported(now=timezone.now())
    staff = sign(world.staff)
    page = staff.get(reverse("reviews:rereads")).text
    assert "10 %" in page
    answer = staff.post(reverse("reviews:rereads"))
    made = Draw.objects.get()
    assert answer.headers["Location"] == reverse("reviews:draw", args=[made.pk])
    again = Round.objects.get(kind=RoundKind.REREAD)
    drawn = staff.get(answer.headers["Location"]).text
    assert RULES.seed in drawn
    assert "gives the same" in drawn
    assert reverse("reviews:round", args=[again.pk]) in drawn
    shown = staff.get(reverse("reviews:round", args=[again.pk])).text
    assert "determines nothing" in shown
    assert staff.post(reverse("reviews:rereads")).status_code == 409
    assert queries_for(staff, reverse("reviews:rereads")) <= 8
    for who in (world.admin, world.radiologists[0]):
        for address in (reverse("reviews:rereads"), reverse("reviews:draw", args=[made.pk])):
            assert sign(who).get(address).status_code == 404
            assert sign(who).post(address).status_code in {404, 405}


def test_the_pages_of_draws_ask_the_same_whatever_their_length(world: World, closed: FinalReport, sign: Sign) -> None:  # noqa: F811
    """One review in one draw, then three in it and two further draws; each is read again."""
    staff, costs = sign(world.staff), []
    made = rereading.draw(actor=world.staff, now=LATER)
    for name in ("", "CT 2", "CT 3"):
        if name:
            package = world.accepted(unit=world.another_unit(name))
            fill(package, world.admin, APRIL)
            review = world.reported(package=packages.submit(package=package, actor=world.admin, now=APRIL)).round
            again = Round.objects.create(
                case_file=review.case_file, package=review.package, kind=RoundKind.REREAD, only=[HEAD], attempt=1,
                submitted_at=review.submitted_at, opened_at=LATER, opened_by=world.staff,
            )  # fmt: skip
            Lot.objects.create(draw=made, round=review, again=again)
            Draw.objects.create(made_by=world.staff, made_at=LATER, seed="x", rules={})
        for again in Round.objects.filter(drawn_by__isnull=False, assignments__isnull=True).select_related("package"):
            for one in give_out(world, again):
                world.hand_in(one, "", LATER)
        costs.append(
            [queries_for(staff, reverse("reviews:rereads")), queries_for(staff, f"/reviews/quality/again/{made.pk}/")]
        )
    assert costs[0] == costs[2]
    assert max(costs[0]) <= 14
    page = staff.get(f"/reviews/quality/again/{made.pk}/").text
    assert page.count("not the same") == 2 + RULES.areas_at_most
    assert "3 reviews of closed cases were in this draw" in page

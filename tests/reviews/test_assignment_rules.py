"""Who may not judge what, and the sentence that says so."""

from __future__ import annotations

from typing import Any

import pytest

from reaccredit.reviews.assignment import reading
from reaccredit.reviews.assignment.barring import Barring
from reaccredit.reviews.assignment.explaining import Explaining
from reaccredit.reviews.assignment.solving import solve
from reaccredit.reviews.assignment.words import Problem

UNTIL = "is authorised for CT chest/adult as reviewer only until 2026-12-04, and it is due on 2026-12-05"
KIN = "has declared a personal relation to staffer, who is on the personnel list of Harbor Imaging"
SOON = {"kind": "competitor", "facility": "F1", "since": "2026-12-01"}
ALL = {"modality": "*", "module": "*", "role": "*"}
FACILITY = {
    "id": "F1", "name": "Harbor Imaging", "employer": "Harbor Group", "network": "Coast", "state": "MA", "market": "Boston",
    "personnel": ["staffer", {"person": "left", "until": "2023-11-22"}, {"person": "left lately", "until": "2023-11-23"}],
}  # fmt: skip
SISTER = {"id": "F2", "name": "Lake Imaging", "network": "coast", "personnel": ["sister"]}
ITEM = {
    "id": "i1",
    "case": "C1",
    "facility": "F1",
    "modality": "CT",
    "module": "chest/adult",
    "role": "reviewer",
    "due": "2026-12-05",
}


def problem(
    person: dict[str, Any] | None = None,
    item: dict[str, Any] | None = None,
    rules: dict[str, Any] | None = None,
    **more: Any,
) -> Problem:
    who = {"id": "ann", "name": "Ann", "roles": ["reviewer", "arbitrator"], "authorisations": [ALL]} | (person or {})
    made = {
        "schema": 1,
        "on": "2026-11-23",
        "facilities": [FACILITY, SISTER],
        "people": [who],
        "items": [ITEM | (item or {})],
    }
    return reading.read(made | ({"rules": rules} if rules else {}) | more)


def against(*args: Any, **named: Any) -> list[tuple[str, str]]:
    made = problem(*args, **named)
    return [(bar.constraint, bar.sentence) for bar in Barring(made).bars(made.items[0], made.people[0])]


def test_nothing_stands_against_somebody_who_is_authorised_free_and_a_stranger() -> None:
    assert against() == []


@pytest.mark.parametrize(
    ("person", "said"),
    [
        ({"roles": ["arbitrator"]}, "does not hold the role reviewer"),
        ({"authorisations": [ALL | {"modality": "MR"}]}, "is not authorised for CT chest/adult as reviewer on 2026-11-23"),
        ({"authorisations": [ALL | {"module": "spine"}]}, "is not authorised for CT chest/adult as reviewer on 2026-11-23"),
        ({"authorisations": [ALL | {"role": "arbitrator"}]}, "is not authorised for CT chest/adult as reviewer on 2026-11-23"),
        ({"authorisations": [ALL | {"until": "2026-11-22"}]}, "is not authorised for CT chest/adult as reviewer on 2026-11-23"),
        ({"authorisations": [ALL | {"since": "2026-11-24"}]}, "is not authorised for CT chest/adult as reviewer on 2026-11-23"),
        ({"authorisations": [ALL | {"until": "2026-12-04"}]}, UNTIL),
    ],
)  # fmt: skip
def test_nobody_judges_without_an_authorisation_that_lasts(person: dict[str, Any], said: str) -> None:
    assert against(person) == [("competence", said)]


def test_a_renewal_without_a_gap_prolongs_an_authorisation() -> None:
    first = ALL | {"until": "2026-11-30"}
    assert against({"authorisations": [first, ALL | {"since": "2026-12-01"}]}) == []
    assert against({"authorisations": [first, ALL | {"since": "2026-12-02"}]}) != []


def test_an_authorisation_for_a_module_holds_for_its_patient_types_and_no_other_word() -> None:
    assert against({"authorisations": [ALL | {"module": "chest"}]}) == []
    assert against({"authorisations": [ALL | {"module": "che"}]}) != []


def test_a_profession_that_an_item_asks_for_must_be_held() -> None:
    assert against({"professions": ["radiologist"]}, {"profession": "medical-physicist"}) == [
        ("competence", "is not a medical physicist")
    ]
    assert against({"professions": ["medical-physicist"]}, {"profession": "medical-physicist"}) == []


@pytest.mark.parametrize(
    ("person", "said"),
    [
        ({"id": "staffer"}, "is on the personnel list of Harbor Imaging"),
        ({"id": "left lately"}, "was on the personnel list of Harbor Imaging (until 2023-11-23)"),
        ({"id": "sister"}, "is on the personnel list of Lake Imaging, of the same network (Coast)"),
        ({"employers": ["F1"]}, "works for Harbor Imaging"),
        ({"employers": ["harbor  GROUP"]}, "works for Harbor Imaging"),
        ({"employers": [{"employer": "F1", "since": "2019-01-01", "until": "2024-01-31"}]}, "worked for Harbor Imaging (2019-01-01 to 2024-01-31)"),
        ({"employers": ["F2"]}, "works for F2, of the same network as Harbor Imaging (Coast)"),
        ({"employers": [{"employer": "Elsewhere", "network": "COAST"}]}, "works for Elsewhere, of the same network as Harbor Imaging (Coast)"),
        ({"relations": [{"kind": "financial", "facility": "F1"}]}, "has declared a financial relation to Harbor Imaging"),
        ({"relations": [{"kind": "bias", "network": "coast", "until": "2026-11-23"}]}, "has declared bias to coast (until 2026-11-23)"),
        ({"relations": [{"kind": "personal", "person": "staffer"}]}, KIN),
        ({"relations": [SOON]}, "has declared a competitor relation to Harbor Imaging (since 2026-12-01)"),
    ],
)  # fmt: skip
def test_a_tie_to_the_facility_is_a_conflict(person: dict[str, Any], said: str) -> None:
    assert against(person) == [("conflict", said)]


@pytest.mark.parametrize(
    "person",
    [
        {"id": "left"},
        {"employers": [{"employer": "F1", "until": "2023-11-22"}]},
        {"employers": [{"employer": "F1", "since": "2027-01-01"}]},
        {"relations": [{"kind": "personal", "facility": "F1", "until": "2026-11-22"}]},
        {"relations": [{"kind": "financial", "facility": "F2"}]},
        {"relations": [{"kind": "personal", "person": "left"}]},
        {"state": "MA", "market": "boston"},
    ],
)
def test_a_tie_that_has_run_out_or_leads_elsewhere_is_none(person: dict[str, Any]) -> None:
    assert against(person) == []


def test_how_far_back_a_former_post_counts_is_a_rule_and_may_be_for_ever() -> None:
    job = {"employers": [{"employer": "F1", "until": "1999-12-31"}]}
    assert against(job) == []
    assert len(against(job, rules={"look_back_years": {"employment": None}})) == 1
    assert against({"id": "left lately"}, rules={"look_back_years": {"employment": 2}}) == []


def test_a_look_back_from_a_leap_day_ends_on_the_first_of_march() -> None:
    job = {"employers": [{"employer": "F1", "until": "2024-02-29"}]}
    assert len(against(job, {"due": None}, on="2027-03-01")) == 1
    assert against(job, {"due": None}, on="2027-03-02") == []


def test_state_market_and_network_count_where_the_rules_say_so() -> None:
    near = {"state": "ma", "market": "boston"}
    assert against(near, rules={"same_state": True}) == [("conflict", "works in the same state as Harbor Imaging (MA)")]
    assert against(near, rules={"same_market": True}) == [
        ("conflict", "works in the same market as Harbor Imaging (Boston)")
    ]
    assert against({"employers": ["F2"]}, rules={"same_network": False}) == []


def test_who_is_away_gets_nothing_and_the_delegate_is_named() -> None:
    away = [{"from": "2026-11-20", "to": "2026-11-23", "delegate": "ann"}]
    assert against({"availability": away}) == [("availability", "is away until 2026-11-23; Ann stands in")]
    assert against({"availability": [{"from": "2026-11-20"}]}) == [("availability", "is away until further notice")]


def test_who_goes_away_before_it_can_be_done_gets_nothing() -> None:
    soon = [{"from": "2026-11-26", "to": "2026-12-20"}]
    assert against({"availability": soon, "turnaround": 3}) == []
    assert against({"availability": soon, "turnaround": 4}) == [
        ("availability", "is away from 2026-11-26 until 2026-12-20: 3 days are left until it is due, and 4 are usual")
    ]


def test_without_this_years_declaration_nobody_judges_where_the_rules_ask_for_it() -> None:
    assert against({"declared": [2025]}, rules={"declaration_required": True}) == [
        ("declaration", "has not declared conflicts of interest for 2026")
    ]
    assert against({"declared": [2026]}, rules={"declaration_required": True}) == []


@pytest.mark.parametrize(
    ("item", "constraint", "said"),
    [
        ({"role": "arbitrator", "earlier_readers": ["ann"]}, "independence", "has read case C1 before, so cannot judge the appeal"),
        ({"earlier_readers": [{"person": "ann", "role": "arbitrator"}]}, "independence", "had another role in case C1 (arbitrator)"),
        ({"assigned": ["ann"], "needs": 1}, "assigned", "has this item already"),
        ({"recused": ["ann"]}, "assigned", "has recused from this item"),
        ({"declined": ["ann"]}, "declined", "has declined this item or was taken off it; ask again to offer it once more"),
    ],
)  # fmt: skip
def test_a_part_in_the_case_stands_against_another(item: dict[str, Any], constraint: str, said: str) -> None:
    assert against(item=item) == [(constraint, said)]


def test_an_earlier_reader_may_read_the_next_attempt_and_who_declined_may_be_asked_again() -> None:
    assert against(item={"earlier_readers": ["ann", {"person": "ann", "role": "reviewer"}]}) == []
    assert against(item={"declined": ["ann"]}, rules={"ask_again": True}) == []


def test_an_arbitrator_is_no_kin_of_who_read_the_case() -> None:
    kin = {"relations": [{"kind": "personal", "person": "bob"}]}
    said = "has a declared relation to bob, who judges or judged this"
    assert against(kin, {"role": "arbitrator", "earlier_readers": ["bob"]}) == [("independence", said)]
    assert against(kin, {"assigned": ["bob"]}) == [("independence", said)]


def crowd(**of: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {"id": who, "name": who.title(), "roles": ["reviewer", "arbitrator"], "authorisations": [ALL]} | more
        for who, more in of.items()
    ]


def test_nobody_gets_two_roles_on_one_case_even_where_both_are_given_out_at_once() -> None:
    items = [
        ITEM | {"needs": 1},
        ITEM | {"id": "i2", "role": "arbitrator", "needs": 1},
        ITEM | {"id": "i3", "needs": 1},
    ]
    found = solve(problem(people=crowd(ann={"turnaround": 1}, bob={"turnaround": 9}), items=items))
    assert found.chosen["i1"] == found.chosen["i3"] != found.chosen["i2"]
    alone = solve(problem(people=crowd(ann={}), items=items)).relaxation
    assert alone is not None
    assert [(one.constraint, one.sentence) for one in alone.waivers] == [
        ("independence", "Ann would have two roles in case C1: arbitrator and reviewer")
    ]


def test_two_who_are_close_do_not_read_the_same_item() -> None:
    people = crowd(ann={"relations": [{"kind": "personal", "person": "bob"}]}, bob={}, cleo={"turnaround": 30})
    found = solve(problem(people=people))
    assert "cleo" in found.chosen["i1"]
    ann = Explaining(problem(people=people), found.chosen)
    left = next(no for no in ann.why_not(problem(people=people).items[0]))
    assert left.barred
    assert "has a declared relation to" in left.reasons[0]


def test_the_delegate_of_who_is_away_comes_first() -> None:
    people = crowd(ann={"availability": [{"from": "2026-11-01", "delegate": "cleo"}]}, bob={}, cleo={"turnaround": 12})
    made = problem(people=people, items=[ITEM | {"needs": 1, "instead_of": ["ann"]}])
    found = solve(made)
    assert found.chosen == {"i1": ("cleo",)}
    told = Explaining(made, found.chosen)
    assert told.because(made.items[0], made.people[2])[-1] == "stands in for somebody who is away"
    assert told.why_not_one(made.items[0], made.people[1]).reasons == (
        "would be possible; compared with Cleo:", "does not stand in for who is away",
    )  # fmt: skip


def test_everybody_who_was_not_chosen_is_told_why_not() -> None:
    people = crowd(
        ann={}, bob={}, cleo={"turnaround": 12}, dora={"load": 6}, emil={"employers": ["F1"]},
        fred={"recent": [{"facility": "F1", "on": "2026-11-01"}]}, gus={"load": 5},
    )  # fmt: skip
    made = problem(people=people)
    found = solve(made)
    assert found.chosen == {"i1": ("ann", "bob")}
    told = {no.person: (no.barred, no.reasons) for no in Explaining(made, found.chosen).why_not(made.items[0])}
    assert told["dora"] == (True, ("has no room: 6 of at most 6 at a time",))
    assert told["emil"] == (True, ("works for Harbor Imaging",))
    assert told["cleo"][1][1] == "is slower (12 days against 7 days)"
    assert told["fred"][1][1] == "has judged this facility more lately"
    assert told["gus"][1][1] == "has more to do (6 of 6 against 1 of 6)"
    assert Explaining(made, found.chosen).because(made.items[0], made.people[0]) == [
        "is authorised for CT chest/adult as reviewer", "has no conflict on file with Harbor Imaging",
        "will have 1 of at most 6 at a time", "usually hands in after 7 days, 12 days are left", "has not judged this facility lately",
    ]  # fmt: skip

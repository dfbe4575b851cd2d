"""An appeal: who signs its letter, what completes it, who judges it, and what its end means."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from io import BytesIO

import pytest
from django.db import DatabaseError, connection, transaction

from reaccredit.appeals import actions, arbitration, guards, judging, queries
from reaccredit.appeals.actions import NotTheSigner
from reaccredit.appeals.models import Appeal, Arbitration
from reaccredit.certificates.models import Certificate
from reaccredit.desks import timeline
from reaccredit.documents import actions as documents
from reaccredit.documents.models import Document
from reaccredit.facilities import actions as facilities
from reaccredit.facilities.models import Personnel
from reaccredit.ledger.actions import Lost
from reaccredit.ledger.queries import decision
from reaccredit.packages.actions import NotComplete
from reaccredit.people.actions import WrongPassword
from reaccredit.people.models import Person, Role, Signature
from reaccredit.people.queries import code
from reaccredit.reports import actions as reports
from reaccredit.reviews import queries as reviews
from reaccredit.reviews.models import Assignment
from tests.options.world import APRIL, BRAIN, DAY, HOUR, PASSWORD, PHANTOM, SPINE, World, mr_images
from tests.packages.world import person, send

OPEN = APRIL + 2 * DAY
LATER = OPEN + 2 * DAY


def appealed(world: World, areas: list[str], images: bool = False, now: datetime = OPEN) -> Appeal:
    report = world.viewed(areas)
    world.select(report, "appeal", now, areas=areas, images=images)
    return Appeal.objects.select_related("case_file__case").get(report=report)


def sign(appeal: Appeal, kind: str, who: Person, now: datetime = LATER) -> None:
    text = f"We disagree with the determination of the {kind} areas."
    actions.write_letter(appeal=appeal, kind=kind, text=text, actor=who, now=now)
    actions.sign_letter(
        appeal=appeal, kind=kind, password=PASSWORD, seen=queries.text_hash(appeal, kind, text), actor=who, now=now
    )


def paper(world: World, content: bytes = b"We appeal. Signed: Sue Physician\n", now: datetime = LATER) -> Document:
    return documents.store(
        stream=BytesIO(content),
        kind="appeal-letter",
        title="Letter",
        allowed=documents.LETTERS,
        actor=code(world.admin),
        now=now,
    )


def received(world: World, areas: list[str], now: datetime = LATER) -> Appeal:
    appeal = appealed(world, areas)
    sign(appeal, "clinical", world.physician, now)
    appeal.refresh_from_db()
    return appeal


def judged(world: World, appeal: Appeal, outcomes: dict[str, str], now: datetime) -> Appeal:
    for area in appeal.areas.all():
        who = world.judge_physicist if area.kind == "phantom" else world.arbitrator
        one = arbitration.assign(appeal=appeal, area=area, arbitrator=who, actor=world.staff, now=now)
        arbitration.decide(
            arbitration=one,
            outcome=outcomes[area.code],
            reasons="The contrast is as the criteria ask.",
            password=PASSWORD,
            now=now,
        )
    appeal.refresh_from_db()
    return appeal


# -- letters


def test_the_supervising_physician_signs_for_clinical_areas(world: World) -> None:
    appeal = appealed(world, [BRAIN])
    actions.write_letter(appeal=appeal, kind="clinical", text="We disagree.", actor=world.admin, now=LATER)
    seen = queries.text_hash(appeal, "clinical", "We disagree.")
    for wrong in (world.admin, world.physicist, world.technologist):
        with pytest.raises(NotTheSigner):
            actions.sign_letter(appeal=appeal, kind="clinical", password=PASSWORD, seen=seen, actor=wrong, now=LATER)
    letter = actions.sign_letter(
        appeal=appeal, kind="clinical", password=PASSWORD, seen=seen, actor=world.physician, now=LATER
    )
    assert letter.signature
    assert letter.signature.role == Role.SUPERVISING_PHYSICIAN
    assert letter.signature.sha256 == seen


def test_the_medical_physicist_signs_for_phantom_areas(world: World) -> None:
    appeal = appealed(world, [PHANTOM])
    assert [t.kind for t in queries.status(appeal, LATER).letters] == ["phantom"]
    with pytest.raises(NotTheSigner):
        sign(appeal, "phantom", world.physician)
    sign(appeal, "phantom", world.physicist)
    appeal.refresh_from_db()
    assert appeal.received_at == LATER


def test_clinical_and_phantom_areas_need_a_letter_each(world: World) -> None:
    appeal = appealed(world, [BRAIN, PHANTOM])
    sign(appeal, "clinical", world.physician)
    appeal.refresh_from_db()
    assert appeal.received_at is None
    sign(appeal, "phantom", world.physicist, LATER + DAY)
    appeal.refresh_from_db()
    assert appeal.received_at == LATER + DAY


def test_whoever_holds_the_post_on_that_date_signs(world: World) -> None:
    appeal = appealed(world, [BRAIN])
    Personnel.objects.filter(person=world.physician).update(until=OPEN.date())
    successor = _successor(world)
    with pytest.raises(NotTheSigner):
        sign(appeal, "clinical", world.physician)
    sign(appeal, "clinical", successor)
    appeal.refresh_from_db()
    assert appeal.received_at is not None


def _successor(world: World) -> Person:
    made = person("Nia Newcomer", Role.TECHNOLOGIST, world.facility)
    facilities.post(facility=world.facility, person=made, role=Role.SUPERVISING_PHYSICIAN, since=OPEN.date())
    return made


def test_a_wrong_password_signs_nothing(world: World) -> None:
    appeal = appealed(world, [BRAIN])
    actions.write_letter(appeal=appeal, kind="clinical", text="We disagree.", actor=world.admin, now=LATER)
    with pytest.raises(WrongPassword):
        actions.sign_letter(
            appeal=appeal, kind="clinical", password="wrong", seen=queries.text_hash(appeal, "clinical", "We disagree."),
            actor=world.physician, now=LATER,
        )  # fmt: skip
    assert not Signature.objects.exists()


def test_a_letter_that_was_changed_since_it_was_read_is_not_signed(world: World) -> None:
    appeal = appealed(world, [BRAIN])
    actions.write_letter(appeal=appeal, kind="clinical", text="We disagree.", actor=world.admin, now=LATER)
    seen = queries.text_hash(appeal, "clinical", "We disagree.")
    actions.write_letter(appeal=appeal, kind="clinical", text="We agree.", actor=world.admin, now=LATER, seen=seen)
    with pytest.raises(Lost):
        actions.sign_letter(
            appeal=appeal, kind="clinical", password=PASSWORD, seen=seen, actor=world.physician, now=LATER
        )


def test_a_signed_paper_is_as_good(world: World) -> None:
    appeal = appealed(world, [BRAIN])
    with pytest.raises(NotTheSigner):
        actions.upload_letter(
            appeal=appeal, kind="clinical", document=paper(world), signer=world.admin, actor=world.admin, now=LATER
        )
    letter = actions.upload_letter(
        appeal=appeal, kind="clinical", document=paper(world, b"Another copy of the letter.\n"), signer=world.physician,
        actor=world.admin, now=LATER,
    )  # fmt: skip
    assert letter.signature
    assert letter.signature.method == "paper"
    assert letter.signature.sha256 == letter.document.sha256  # type: ignore[union-attr]


def test_a_signed_letter_is_not_changed(world: World) -> None:
    appeal = appealed(world, [BRAIN, PHANTOM])
    sign(appeal, "clinical", world.physician)
    with pytest.raises(Lost):
        actions.write_letter(appeal=appeal, kind="clinical", text="On second thoughts", actor=world.admin, now=LATER)


def test_until_the_appeal_is_complete_another_signed_paper_takes_the_place_of_a_letter(world: World) -> None:
    appeal = appealed(world, [BRAIN, PHANTOM])
    sign(appeal, "clinical", world.physician)
    said = {"appeal": appeal, "kind": "clinical", "signer": world.physician, "actor": world.admin}
    letter = actions.upload_letter(document=paper(world), now=LATER + HOUR, **said)
    assert letter.document
    assert letter.signature
    assert (letter.text, letter.signature.sha256) == ("", letter.document.sha256)
    assert appeal.case_file.case.facts.filter(kind="letter.received").count() == 2
    sign(appeal, "phantom", world.physicist, LATER + 2 * HOUR)
    with pytest.raises(Lost):
        actions.upload_letter(document=paper(world, b"A third one.\n"), now=LATER + 3 * HOUR, **said)


# -- what completes it


def test_the_window_runs_from_the_day_everything_was_received(world: World) -> None:
    appeal = received(world, [BRAIN])
    term = queries.status(appeal, LATER).window
    assert term
    assert term.due == datetime(2021, 5, 21, 4, 0, tzinfo=UTC)  # 45 days after 5 April, to midnight Eastern
    assert term.opens
    assert term.opens.date() == date(2021, 5, 5)  # 30 days after 5 April


def test_the_letter_does_not_complete_an_appeal_that_waits_for_images(world: World) -> None:
    appeal = appealed(world, [BRAIN], images=True)
    sign(appeal, "clinical", world.physician)
    appeal.refresh_from_db()
    assert appeal.received_at is None
    with pytest.raises(NotComplete):
        actions.send_package(appeal=appeal, actor=world.admin, now=LATER)
    assert decision(appeal.case_file.case, LATER).holder == "facility"


def test_the_omitted_sequences_complete_it(world: World) -> None:
    appeal = appealed(world, [BRAIN], images=True)
    sign(appeal, "clinical", world.physician)
    assert appeal.package
    assert [i.area.code for i in appeal.package.items.all() if i.area] == [BRAIN]
    item = appeal.package.items.select_related("area", "collection").get()
    first = appeal.report.round.package.items.filter(area__code=BRAIN, collection__isnull=False).first()
    assert first
    new = mr_images(
        first, APRIL, number=7, seed=4242, description="DEMO DELAYED", same_study_as=mr_images(first, APRIL)[0]
    )
    sent = send(item, new, world.admin, LATER)
    assert sent.accepted, [r.problem.sentence for r in sent.refused]
    actions.send_package(appeal=appeal, actor=world.admin, now=LATER + DAY)
    appeal.refresh_from_db()
    assert appeal.received_at == LATER + DAY
    assert decision(appeal.case_file.case, LATER + DAY).holder == "arbitrator"


def test_a_new_case_is_not_taken(world: World) -> None:
    appeal = appealed(world, [BRAIN], images=True)
    assert appeal.package
    item = appeal.package.items.select_related("area", "collection").get()
    sent = send(item, mr_images(item, APRIL, patient="SOMEBODY-ELSE", seed=999), world.admin, LATER)
    assert not sent.accepted
    assert {r.problem.code for r in sent.refused} & {"other-study", "sent-before"}


def test_saying_that_no_images_are_needed_completes_an_appeal_with_its_letter(world: World) -> None:
    appeal = appealed(world, [BRAIN], images=True)
    sign(appeal, "clinical", world.physician)
    actions.say_images(appeal=appeal, needed=False, actor=world.admin, now=LATER + DAY)
    appeal.refresh_from_db()
    assert appeal.received_at == LATER + DAY


def test_a_complete_appeal_takes_nothing_more(world: World) -> None:
    appeal = received(world, [BRAIN])
    with pytest.raises(Lost):
        actions.add_support(appeal=appeal, document=paper(world), actor=world.admin, now=LATER)
    with pytest.raises(Lost):
        actions.say_images(appeal=appeal, needed=True, actor=world.admin, now=LATER)


def test_completing_twice_states_one_fact(world: World) -> None:
    appeal = received(world, [BRAIN])
    assert not actions.complete_if_ready(appeal=appeal, actor=world.admin, now=LATER + DAY)
    assert appeal.case_file.case.facts.filter(kind="appeal.received").count() == 1


# -- CD and film


def test_what_came_by_post_counts_from_the_day_it_came(world: World) -> None:
    report = world.failed([BRAIN], medium="cd")
    reports.view(report=report, person=world.admin, now=APRIL)
    reports.record_images_returned(report=report, returned_at=APRIL + HOUR, actor=world.staff, now=APRIL + HOUR)
    world.select(report, "appeal", OPEN + 2 * HOUR, images=True)
    appeal = Appeal.objects.get()
    assert appeal.medium == "cd"
    came = OPEN + 2 * DAY
    actions.record_letter(
        appeal=appeal,
        kind="clinical",
        document=paper(world),
        signer=world.physician,
        came_at=came,
        actor=world.staff,
        now=came + 3 * DAY,
    )
    actions.record_images(appeal=appeal, pieces=1, came_at=came + DAY, actor=world.staff, now=came + 3 * DAY)
    appeal.refresh_from_db()
    assert appeal.received_at == came + DAY
    assert decision(appeal.case_file.case, came + 3 * DAY).holder == "arbitrator"


# -- the arbitrator


def test_who_took_part_in_the_review_cannot_arbitrate(world: World) -> None:
    appeal = received(world, [BRAIN])
    area = appeal.areas.get()
    with pytest.raises(arbitration.NotEligible, match="took part in the review"):
        arbitration.assign(appeal=appeal, area=area, arbitrator=world.biased, actor=world.staff, now=LATER)
    why = {c.person: c.why_not for c in judging.candidates(appeal, area, LATER.date())}
    assert why[world.arbitrator] == ()
    assert why[world.biased] == ("took part in the review of this case",)
    assert why[world.judge_physicist] == ("is not a radiologist",)


def test_the_database_refuses_a_reviewer_as_arbitrator_by_itself(world: World) -> None:
    appeal = received(world, [BRAIN])
    said = {"appeal": appeal, "area": appeal.areas.get(), "assigned_at": LATER, "assigned_by": world.staff}
    with pytest.raises(DatabaseError, match="no part in the initial review"), transaction.atomic():
        Arbitration.objects.create(**said, arbitrator=world.biased)
    one = Arbitration.objects.create(**said, arbitrator=world.arbitrator)
    with pytest.raises(DatabaseError, match="no part in the initial review"), transaction.atomic():
        Arbitration.objects.filter(pk=one.pk).update(arbitrator=world.biased)


def test_the_database_refuses_the_arbitrator_as_a_reviewer_of_the_same_attempt(world: World) -> None:
    appeal = received(world, [BRAIN])
    arbitration.assign(
        appeal=appeal, area=appeal.areas.get(), arbitrator=world.arbitrator, actor=world.staff, now=LATER
    )
    with pytest.raises(DatabaseError, match="cannot review it"), transaction.atomic():
        Assignment.objects.filter(round=appeal.report.round).update(reviewer=world.arbitrator)


def test_all_guards_stand_after_all_migrations(db: None) -> None:
    assert guards.installed(connection) == set(guards.NAMES[connection.vendor])


def test_an_appeal_that_is_not_complete_goes_to_nobody(world: World) -> None:
    appeal = appealed(world, [BRAIN])
    with pytest.raises(Lost):
        arbitration.assign(
            appeal=appeal, area=appeal.areas.get(), arbitrator=world.arbitrator, actor=world.staff, now=LATER
        )


def test_an_area_can_be_given_to_somebody_else_until_it_is_decided(world: World) -> None:
    appeal = received(world, [BRAIN])
    area = appeal.areas.get()
    other = world.judge_physicist
    people_of = {"appeal": appeal, "area": area, "actor": world.staff, "now": LATER}
    one = arbitration.assign(**people_of, arbitrator=world.arbitrator)  # type: ignore[arg-type]
    with pytest.raises(arbitration.NotEligible):
        arbitration.assign(**people_of, arbitrator=other)  # type: ignore[arg-type]
    arbitration.decide(
        arbitration=one, outcome="acceptable", reasons="As the criteria ask.", password=PASSWORD, now=LATER + DAY
    )
    with pytest.raises(Lost):
        arbitration.assign(**people_of, arbitrator=world.arbitrator)  # type: ignore[arg-type]
    with pytest.raises(DatabaseError), transaction.atomic():
        Arbitration.objects.filter(pk=one.pk).update(outcome="not-acceptable")


def test_the_arbitrator_sees_letter_images_and_the_earlier_reviews_without_names(world: World) -> None:
    appeal = received(world, [BRAIN])
    one = arbitration.assign(
        appeal=appeal, area=appeal.areas.get(), arbitrator=world.arbitrator, actor=world.staff, now=LATER
    )
    assert list(queries.arbitrations(world.arbitrator, LATER)) == [one]
    assert queries.letter_for(one)
    assert sum(len(rows) for _, rows in queries.original_images(one, queries.sight(one, LATER))) == 2
    earlier = queries.earlier_reviews(one)
    assert [r.number for r in earlier] == [1, 2]
    assert isinstance(earlier[0], reviews.Review)
    assert not queries.arbitrations(world.biased, LATER).exists()


def test_a_won_appeal_makes_the_area_acceptable_and_the_unit_accredited(world: World) -> None:
    appeal = judged(world, received(world, [BRAIN]), {BRAIN: "acceptable"}, LATER + 30 * DAY)
    assert appeal.decided_at == LATER + 30 * DAY
    assert decision(appeal.case_file.case, LATER + 30 * DAY).standing.stage == "granted"
    assert set(Certificate.objects.get().areas) == {BRAIN, SPINE, PHANTOM}


def test_a_lost_appeal_leaves_repeat_and_withdrawal_and_they_can_be_chosen(world: World) -> None:
    appeal = received(world, [BRAIN])
    decided = LATER + 40 * DAY
    judged(world, appeal, {BRAIN: "not-acceptable"}, decided)
    now = decision(appeal.case_file.case, decided)
    assert [o.id for o in now.options] == ["repeat", "withdraw-module", "withdraw"]
    assert now.refused["appeal"].kind == "not-offered"
    assert world.select(appeal.report, "repeat", decided + 14 * DAY)


def test_an_appeal_won_in_part_leaves_the_other_area(world: World) -> None:
    appeal = appealed(world, [BRAIN, PHANTOM])
    sign(appeal, "clinical", world.physician)
    sign(appeal, "phantom", world.physicist)
    appeal.refresh_from_db()
    judged(world, appeal, {BRAIN: "acceptable", PHANTOM: "not-acceptable"}, LATER + 30 * DAY)
    now = decision(appeal.case_file.case, LATER + 30 * DAY)
    assert now.standing.stage == "deciding"
    assert now.standing.deficient == (PHANTOM,)
    upheld = appeal.case_file.case.facts.get(kind="appeal.upheld")
    assert timeline.title(None, upheld) == "Appeal upheld in part by the arbitrator"


def test_the_ledger_never_names_the_arbitrator(world: World) -> None:
    appeal = judged(world, received(world, [BRAIN]), {BRAIN: "acceptable"}, LATER + timedelta(days=30))
    said = [f"{f.actor} {f.about} {f.note}" for f in appeal.case_file.case.facts.all()]
    assert not any(code(world.arbitrator) in one.split() or world.arbitrator.name in one for one in said)

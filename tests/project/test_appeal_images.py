"""An appeal that waited for nothing but its images is complete once their package is submitted, wherever that was done."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from reaccredit.appeals import actions as appeals
from reaccredit.appeals import queries
from reaccredit.appeals.models import Appeal
from reaccredit.ledger.queries import decision
from reaccredit.packages import actions as packages
from tests.options.clock import clock
from tests.options.world import APRIL, BRAIN, DAY, PASSWORD, World, build, mr_images
from tests.packages.world import send

__all__ = ["clock"]

OPEN = APRIL + 2 * DAY


@pytest.fixture
def world(db: None) -> World:
    return build()


def waiting_for_images(world: World) -> Appeal:
    report = world.viewed([BRAIN])
    world.select(report, "appeal", OPEN, areas=[BRAIN], images=True)
    appeal = Appeal.objects.get(report=report)
    text = "We disagree with the determination."
    appeals.write_letter(appeal=appeal, kind="clinical", text=text, actor=world.physician, now=OPEN)
    seen = queries.text_hash(appeal, "clinical", text)
    appeals.sign_letter(appeal=appeal, kind="clinical", password=PASSWORD, seen=seen, actor=world.physician, now=OPEN)
    return appeal


def test_submitting_the_package_on_its_own_page_completes_the_appeal(
    world: World, run_tasks: Callable[..., None], clock: Callable[..., None]
) -> None:
    appeal = waiting_for_images(world)
    assert appeal.package
    item = appeal.package.items.select_related("area", "collection").get()
    first = appeal.report.round.package.items.filter(area__code=BRAIN, collection__isnull=False).first()
    assert first
    original = mr_images(first, APRIL)[0]
    missing = mr_images(first, APRIL, number=7, seed=4242, description="DEMO DELAYED", same_study_as=original)
    assert send(item, missing, world.admin, OPEN + DAY).accepted
    packages.submit(package=appeal.package, actor=world.admin, now=OPEN + DAY)
    clock(OPEN + 2 * DAY)
    run_tasks(urgent=True)
    appeal.refresh_from_db()
    assert appeal.received_at == OPEN + DAY
    assert decision(appeal.case_file.case, OPEN + 2 * DAY).holder == "arbitrator"

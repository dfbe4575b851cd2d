"""Who signs the plan is the policy's to say: here a revision that names somebody, in place of the one that names nobody."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from reaccredit.documents.actions import Unacceptable
from reaccredit.people.models import Role
from reaccredit.reinstatements import actions, queries
from reaccredit.reinstatements.actions import NotTheSigner, Upload
from reaccredit.reinstatements.models import Plan, PlanLine
from reaccredit.reports.models import Determination
from tests.options.world import HOUR, PASSWORD
from tests.reinstatements.world import CHOSEN, World, paper

LATER = CHOSEN + HOUR
NAMED_BY_KIND = 'signed_by = { clinical = "supervising-physician", phantom = "medical-physicist" }'


def rewrite(folder: Path, settings: Any, before: str, after: str) -> None:
    """The revision of March 2021, with other words in it."""
    programmes = folder / "policies"
    shutil.copytree(settings.POLICIES, programmes)
    revision = programmes / "diagnostic" / "2021-03-08.toml"
    text = revision.read_text()
    assert before in text
    revision.write_text(text.replace(before, after))
    (programmes / "diagnostic" / "SHA256SUMS").unlink()
    settings.POLICIES = programmes


@pytest.fixture
def named(tmp_path: Path, settings: Any) -> None:
    title = 'title  = "Corrective action plan"'
    rewrite(tmp_path, settings, f"{title}\nphi", f"{title}\n{NAMED_BY_KIND}\nphi")


def sign(plan: Plan, world: World, who: str) -> Plan:
    return actions.sign(
        plan=plan, password=PASSWORD, seen=queries.plan_hash(plan), actor=getattr(world, who), now=LATER
    )


def with_phantom(world: World) -> Plan:
    """The plan, as if the phantom had failed at first too."""
    plan = world.plan()
    found = Determination.objects.get(report__case_file=plan.case_file, report__attempt=1, area__kind="phantom")
    found.outcome, found.recommendations = "not-acceptable", "Scan the phantom again."
    found.save()
    PlanLine.objects.create(plan=plan, determination=found)
    return plan


def test_only_the_role_that_the_policy_names_signs(world: World, named: None) -> None:
    plan = world.written()
    assert queries.plan_terms(plan).signers == (Role.SUPERVISING_PHYSICIAN,)
    with pytest.raises(NotTheSigner) as told:
        sign(plan, world, "admin")
    assert "supervising physician" in str(told.value)
    assert sign(plan, world, "physician").submitted_by == world.physician


def test_a_plan_about_a_phantom_too_is_signed_by_both_roles_before_it_is_sent(world: World, named: None) -> None:
    plan = world.written(with_phantom(world))
    assert sign(plan, world, "physician").submitted_at is None
    with pytest.raises(NotTheSigner):
        sign(plan, world, "physician")
    assert sign(plan, world, "physicist").submitted_at == LATER


def test_a_signature_under_words_that_changed_counts_no_more(world: World, named: None) -> None:
    plan = world.written(with_phantom(world))
    sign(plan, world, "physician")
    world.written(plan, now=LATER + HOUR * 24)
    assert sign(plan, world, "physicist").submitted_at is None
    assert sign(plan, world, "physician").submitted_at == LATER


def test_where_the_policy_does_not_forbid_it_nothing_is_screened_and_the_page_says_so(
    world: World, tmp_path: Path, settings: Any
) -> None:
    rewrite(tmp_path, settings, 'phi    = "forbidden"\nmet_by = "plan.approved"', 'met_by = "plan.approved"')
    plan = world.plan()
    assert queries.plan_terms(plan).phi == ""
    text = "Patient name: Jane Roe"
    made = actions.add_paper(plan=plan, upload=Upload(paper(text).stream, "Log"), actor=world.technologist, now=LATER)
    assert (made.document.screened, made.attested) == (False, "")
    assert "protected health information" not in queries.statement(queries.plan_terms(plan))


def test_where_the_policy_forbids_it_the_same_paper_is_refused(world: World) -> None:
    with pytest.raises(Unacceptable):
        actions.add_paper(
            plan=world.plan(), upload=paper("Patient name: Jane Roe"), actor=world.technologist, now=LATER
        )

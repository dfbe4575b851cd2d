"""A draft tried on the ledger's cases: who would be treated otherwise. Nothing is written."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError

from reaccredit.ledger import actions
from reaccredit.ledger.models import Case, Fact

MORNING = datetime(2021, 4, 1, 14, 0, tzinfo=UTC)
VIEWED = datetime(2021, 4, 1, 16, 0, tzinfo=UTC)


@pytest.fixture
def draft(tmp_path: Path) -> Path:
    """The article, but the form of an upload opens after 72 hours."""
    path = tmp_path / "draft.toml"
    text = (Path(settings.POLICIES) / "diagnostic" / "2021-03-08.toml").read_text()
    path.write_text(text.replace("PT48H", "PT72H"))
    return path


@pytest.fixture
def cases(db: None) -> None:
    for number, kind in (("CT-000001", "report.failed"), ("CT-000002", "report.passed")):
        case = actions.open_case(number=number, programme="diagnostic", modality="CT", now=MORNING)
        about = {"medium": "upload", "areas": ["chest/adult"]}
        actions.state(case=case, kind=kind, actor="person:1", role="staff", now=MORNING, about=about)
        actions.state(case=case, kind="report.viewed", actor="person:2", role="facility", now=VIEWED)
    Case.objects.create(number="CT-000003", programme="mammography", modality="MAM", opened_at=MORNING)


def test_each_case_that_would_be_treated_otherwise_is_told_and_nothing_is_written(
    cases: None, draft: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = Fact.objects.count()
    call_command("policy_replay", str(draft))
    out = capsys.readouterr().out
    assert "CT-000001: otherwise after fact 1 (report.viewed), 1 Apr 2021, 12:00 EDT\n  later due: term" in out
    assert (
        "  opens later: form\n    was: opens 3 Apr 2021, 10:00 EDT [form.48h, form.viewed]\n    now: opens 4 Apr 2021, 10:00 EDT"
        in out
    )
    assert "CT-000002" not in out
    assert out.endswith("1 of 2 cases would be treated otherwise under diagnostic 2021-03-08 (draft.toml).\n")
    assert Fact.objects.count() == before


def test_a_draft_that_cannot_be_read_or_is_of_no_programme_here_is_said_so(db: None, draft: Path) -> None:
    with pytest.raises(CommandError, match=r"nothing.toml: cannot be read") as caught:
        call_command("policy_replay", str(draft.with_name("nothing.toml")))
    assert caught.value.returncode == 2
    draft.write_text(draft.read_text().replace('"diagnostic"', '"vascular"', 1))
    with pytest.raises(CommandError, match="No policy is kept here for vascular"):
        call_command("policy_replay", str(draft))

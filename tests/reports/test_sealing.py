"""The final report as it goes out: signed once with the programme's key, with its receipt inside, and anybody can check it."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import page
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader, PdfWriter

from reaccredit.documents.keys import self_signed
from reaccredit.ledger import receipts
from reaccredit.people.models import Person
from reaccredit.project import command
from reaccredit.reports import actions, marking, sealing
from reaccredit.reports import pdf as printing
from reaccredit.reports.models import Determination, FinalReport, Seal
from tests.packages.world import APRIL
from tests.reviews.world import HEAD, World

PASSWORD = "a password of the test"


def client(person: Person) -> Client:
    made = Client()
    made.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return made


@pytest.fixture(scope="session")
def key_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("keys") / "programme.p12"
    path.write_bytes(self_signed("Demo programme", PASSWORD))
    return path


@pytest.fixture
def keyed(key_file: Path, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    settings.SIGNING_KEY, settings.SIGNING_PASSWORD, settings.FILES = key_file, PASSWORD, tmp_path / "files"
    monkeypatch.setenv("REACCREDIT_SIGNING_KEY", str(key_file))
    monkeypatch.setenv("REACCREDIT_SIGNING_PASSWORD", PASSWORD)
    return key_file


def verified(path: Path, content: bytes, capsys: pytest.CaptureFixture[str], *more: str) -> tuple[int, str]:
    path.write_bytes(content)
    code = command.main(["report", "verify", str(path), *more])
    return code, capsys.readouterr().out


def downloaded(world: World, report: FinalReport) -> bytes:
    actions.view(report=report, person=world.admin, now=timezone.now())
    answer = client(world.admin).get(reverse("reports:pdf", args=[report.pk]))
    assert answer.status_code == 200
    return bytes(answer.content)


def test_a_report_is_signed_once_and_stays_accessible_and_archivable(
    world: World, keyed: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report = world.reported({HEAD: "equipment"})
    content = downloaded(world, report)
    assert content == downloaded(world, report), "a download signs nothing"
    for profile in (page.ValidationProfile.PDF_UA_1, page.ValidationProfile.PDF_A_3A):
        found = page.validate_pdf_bytes(content, profile=profile)
        assert found.is_compliant, found.failures
    seal = Seal.objects.get()
    assert (seal.kind, seal.signed_by, seal.sealed_at) == ("issued", "Demo programme", APRIL)
    kept = receipts.kept(report.fact)
    assert kept
    assert PdfReader(io.BytesIO(content)).attachments["receipt.json"][0] == kept.receipt.said.encode()
    code, said = verified(tmp_path / "r.pdf", content, capsys)
    assert code == 0
    assert "signed with the programme's key, and not changed since" in said
    assert f"revision: {kept.revised}" in said
    assert "2021-04-01" in said
    shown = client(world.admin).get(reverse("reports:report", args=[report.pk])).text
    assert "signed by Demo programme" in shown
    assert "does not hold" not in shown


def test_altered_bytes_and_altered_rows_are_seen_on_the_page_and_by_the_command(
    world: World, keyed: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report = world.reported({HEAD: "equipment"})
    before = downloaded(world, report)
    shown = reverse("reports:report", args=[report.pk])
    lies = sealing.STORE.path(Seal.objects.get().sha256)
    lies.chmod(0o600)
    lies.write_bytes(before.replace(b"/Title", b"/Tytle"))
    assert "The signature of the PDF does not hold any more" in client(world.admin).get(shown).text
    code, said = verified(tmp_path / "r.pdf", downloaded(world, report), capsys)
    assert (code, "It was changed after it was signed" in said) == (1, True)
    lies.write_bytes(before)
    Determination.objects.filter(outcome="not-acceptable").update(recommendations="All is well.")
    page = client(world.admin).get(shown).text
    assert "This report was changed after it was issued" in page
    assert "The signature of the PDF does not hold" not in page
    assert verified(tmp_path / "r.pdf", downloaded(world, report), capsys)[0] == 0


def test_what_was_changed_is_found(
    world: World, keyed: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    content = downloaded(world, world.reported({HEAD: ""}))
    bent = bytearray(content)
    bent[3000] ^= 1
    added = PdfWriter(io.BytesIO(content), incremental=True)
    added.add_blank_page(100, 100)
    more = io.BytesIO()
    added.write(more)
    for changed in (bytes(bent), more.getvalue()):
        code, said = verified(tmp_path / "r.pdf", changed, capsys)
        assert code == 1
        assert "It was changed after it was signed" in said
        assert "Receipt" not in said


def test_a_signature_of_somebody_else_is_not_the_programmes(
    world: World, keyed: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    content = downloaded(world, world.reported())
    command.main(["report", "certificate"])
    ours = tmp_path / "ours.pem"
    ours.write_text(capsys.readouterr().out)
    other = tmp_path / "other.p12"
    other.write_bytes(self_signed("Demo programme", "other"))
    monkeypatch.setenv("REACCREDIT_SIGNING_KEY", str(other))
    monkeypatch.setenv("REACCREDIT_SIGNING_PASSWORD", "other")
    code, said = verified(tmp_path / "r.pdf", content, capsys)
    assert code == 1
    assert "not known here" in said
    code, said = verified(tmp_path / "r.pdf", content, capsys, "--json", "--certificate", str(ours))
    assert (code, json.loads(said)[0]["unchanged"]) == (0, True)


def test_without_a_key_the_report_says_that_it_is_not_signed(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report = world.reported({HEAD: ""})
    content = downloaded(world, report)
    assert not Seal.objects.exists()
    assert content == printing.pdf(report)
    assert "not signed" in client(world.admin).get(reverse("reports:report", args=[report.pk])).text
    code, said = verified(tmp_path / "r.pdf", content, capsys)
    assert code == 1
    assert "It is not signed" in said
    code, said = verified(tmp_path / "r.pdf", b"%PDF-1.7 nothing", capsys)
    assert code == 2
    assert "no PDF that can be read" in said


def test_a_key_that_cannot_be_opened_issues_nothing_and_says_so(world: World, keyed: Path, settings: Any) -> None:
    settings.SIGNING_PASSWORD = "another one"
    done = world.read(world.given_out())
    answer = client(world.staff).post(reverse("reports:issue", args=[done.pk]), {"issue": "yes"})
    assert answer.status_code == 422
    assert "The report cannot be signed" in answer.text
    assert not FinalReport.objects.exists()
    assert not done.case_file.case.facts.filter(kind__startswith="report.").exists()


def test_what_happens_next_is_on_the_paper_with_its_dates(world: World) -> None:
    said = printing.content(world.reported({HEAD: ""}))["coming"]
    assert said["sentences"][0].startswith("The option form opens 3 Apr 2021, 12:00 EDT at the earliest")
    assert dict(said["options"])["Appeal"] == "through 16 Apr 2021, midnight EDT"


def test_the_foot_says_what_the_law_of_the_facilitys_state_wants(world: World, settings: Any, tmp_path: Path) -> None:
    assert marking.marking(world.facility.state) == "Confidential peer review. Not to be passed on."
    file = tmp_path / "markings.toml"
    file.write_text('default = "Confidential."\n[state]\nNY = "Confidential under the law of New York."\n')
    settings.MARKINGS = file
    report = world.reported()
    assert printing.content(report)["footer"] == "Confidential under the law of New York."
    assert marking.marking("MA") == "Confidential."


def test_a_paper_without_a_row_is_swept_and_one_that_is_named_stays(world: World, keyed: Path) -> None:
    world.reported()
    kept = Seal.objects.get().sha256
    lost = sealing.STORE.put(io.BytesIO(b"of a transaction that was undone"), limit=1000).sha256
    swept = sealing.sweep(now=timezone.now() + 3 * sealing.ORPHAN_AGE)
    assert (swept.files, swept.missing) == (1, ())
    assert (sealing.STORE.exists(kept), sealing.STORE.exists(lost)) == (True, False)

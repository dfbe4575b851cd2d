"""Each answer that was given keeps its receipt: anybody can ask again, and gets the same bytes."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from reaccredit.ledger import actions, guards, receipts
from reaccredit.ledger.models import Fact, Receipt
from reaccredit.policy.command import main
from reaccredit.policy.receipts import Differs
from tests.options.clock import clock
from tests.options.world import BRAIN, HOUR, World, build

__all__ = ["clock"]


@pytest.fixture
def world(db: None) -> World:
    return build()


@pytest.fixture
def issued(world):
    """The fact of a final report that was not passed."""
    return world.failed([BRAIN]).fact


def test_every_fact_that_the_policy_rules_on_has_a_receipt_and_no_other(issued):
    facts = Fact.objects.filter(case=issued.case).select_related("receipt")
    assert {f.kind for f in facts if hasattr(f, "receipt")} == {f.kind for f in facts if f.revision}
    assert {"report.failed", "package.submitted"} <= {f.kind for f in facts if hasattr(f, "receipt")}
    assert not any(hasattr(f, "receipt") for f in facts if f.kind == "review.assigned")


def test_the_same_answer_comes_again_although_the_case_has_gone_on(world, issued):
    then = receipts.again(issued)
    actions.state(
        case=issued.case, kind="report.viewed", actor="person:1", role="administrator", now=issued.recorded_at
    )
    assert receipts.again(issued) == then
    assert json.loads(then)["standing"]["stage"] == "deciding"
    assert hashlib.sha256(then.encode()).hexdigest() == json.loads(issued.receipt.said)["answer_sha256"]


def test_a_fact_recorded_late_changes_no_earlier_answer(world, issued):
    """A payment by post is entered days later; what was answered before knew nothing of it."""
    then = receipts.again(issued)
    early, about = Fact.objects.filter(case=issued.case, kind="package.submitted").get(), {"purpose": "other"}
    paid = {"kind": "fee.paid", "actor": "person:1", "role": "staff", "now": issued.recorded_at + HOUR, "about": about}
    actions.state(case=issued.case, happened_at=early.happened_at, **paid)
    assert receipts.again(issued) == then


def test_whoever_has_the_file_gets_the_answer_from_the_command(client, world, issued, clock, tmp_path, capsys):
    clock(issued.recorded_at)
    client.force_login(world.staff)
    answer = client.get(reverse("desks:receipt", args=[issued.case.number, issued.seq]))
    zipfile.ZipFile(io.BytesIO(answer.content)).extractall(tmp_path)
    command = ["--shelf", str(tmp_path / "policies"), "replay-receipt", str(tmp_path / "receipt.json")]
    assert main([*command, "--history", str(tmp_path / "history.json")]) == 0
    assert capsys.readouterr().out == receipts.again(issued)
    assert client.get(reverse("desks:receipt", args=[issued.case.number, issued.seq])).content == answer.content


def test_the_file_is_for_staff_alone(client, world, issued, clock):
    clock(issued.recorded_at)
    client.force_login(world.admin)
    assert client.get(reverse("desks:receipt", args=[issued.case.number, issued.seq])).status_code == 404


def test_the_case_and_the_report_show_the_receipt(client, world, issued, clock):
    clock(issued.recorded_at)
    client.force_login(world.staff)
    sha256 = json.loads(issued.receipt.said)["answer_sha256"]
    for page in (reverse("desks:case", args=[issued.case.number]), reverse("reports:report", args=[issued.report.pk])):
        shown = client.get(page).content.decode()
        assert sha256 in shown
        assert reverse("desks:receipt", args=[issued.case.number, issued.seq]) in shown


def test_the_timeline_asks_as_often_for_many_facts_as_for_few(
    client, world, issued, clock, django_assert_max_num_queries
):
    clock(issued.recorded_at)
    client.force_login(world.staff)
    page = reverse("desks:case", args=[issued.case.number])
    with django_assert_max_num_queries(60) as few:
        client.get(page)
    actions.state(
        case=issued.case, kind="report.viewed", actor="person:1", role="administrator", now=issued.recorded_at
    )
    with django_assert_max_num_queries(60) as many:
        client.get(page)
    assert len(many) == len(few)


@pytest.mark.parametrize("statement", ["UPDATE ledger_receipt SET said = '{}'", "DELETE FROM ledger_receipt"])
def test_a_receipt_is_neither_changed_nor_deleted(issued, statement):
    guards.seal(connection)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert Receipt.objects.filter(fact=issued).exists()


def test_a_receipt_that_was_tampered_with_is_found(issued, capsys):
    guards.remove(connection, guards.RECEIPT)
    Receipt.objects.filter(fact=issued).update(said=issued.receipt.said.replace("2021", "2022"))
    with pytest.raises(CommandError):
        call_command("ledger_verify")
    assert f"breaks at fact {issued.seq}: the receipt of report.failed" in capsys.readouterr().out
    with pytest.raises(Differs, match="does not say what it said"):
        receipts.again(Fact.objects.get(pk=issued.pk))


def test_all_answers_are_given_again_by_one_command(issued, capsys):
    call_command("ledger_verify", "--answers")
    assert capsys.readouterr().out == "1 history holds.\n"

"""A receipt gives the same bytes again, or says what is not the same."""

from __future__ import annotations

import hashlib
import json
import shutil

import pytest

from reaccredit.policy import receipts
from reaccredit.policy.command import main
from reaccredit.policy.jsonform import read_history
from tests.policy.telling import SHELF
from tests.policy.test_command import STORY

AT = "2021-04-03T10:00:00-04:00"


@pytest.fixture
def asked(tmp_path, capsys):
    """A question, its answer and its receipt, on a shelf of its own."""
    shelf, history, receipt = tmp_path / "shelf", tmp_path / "history.json", tmp_path / "receipt.json"
    shutil.copytree(SHELF / "diagnostic", shelf / "diagnostic")
    history.write_text(json.dumps(STORY))
    question = ["decide", "diagnostic", "--history", str(history), "--at", AT, "--json", "--receipt", str(receipt)]
    assert main(["--shelf", str(shelf), *question]) == 0
    return shelf, history, receipt, capsys.readouterr().out


def replay(shelf, receipt, history):
    return main(["--shelf", str(shelf), "replay-receipt", str(receipt), "--history", str(history)])


def altered(receipt, **values):
    receipt.write_text(json.dumps({**json.loads(receipt.read_text()), **values}))


def test_a_receipt_says_engine_revision_hashes_facts_and_instant(asked):
    shelf, _, receipt, answer = asked
    said = json.loads(receipt.read_text())
    own = hashlib.sha256((shelf / "diagnostic" / "2021-03-08.toml").read_bytes()).hexdigest()
    assert (said["engine"], said["schema"], said["policy"], said["revision"]) == (
        "reaccredit-policy/2",
        2,
        "diagnostic",
        "2021-03-08",
    )
    assert (said["sha256"], said["ruled_by"]) == (own, {"2021-03-08": own})
    assert (said["facts"], said["last_fact"], said["at"]) == (2, "2021-04-01T12:00:00-04:00", AT)
    assert said["answer_sha256"] == hashlib.sha256(answer.encode()).hexdigest()


def test_a_receipt_replayed_gives_the_same_bytes(asked, capsys):
    shelf, history, receipt, answer = asked
    assert replay(shelf, receipt, history) == 0
    assert capsys.readouterr().out == answer


def test_spaces_and_the_order_of_keys_make_no_other_history(asked, capsys):
    shelf, history, receipt, answer = asked
    history.write_text(json.dumps([dict(reversed({"about": {}, **fact}.items())) for fact in STORY], indent=4))
    assert replay(shelf, receipt, history) == 0
    assert capsys.readouterr().out == answer


def test_every_revision_that_ruled_a_fact_is_on_the_receipt(tmp_path, capsys):
    history, receipt = tmp_path / "history.json", tmp_path / "receipt.json"
    history.write_text(json.dumps([
        {"at": "2022-10-01T10:00:00-04:00", "kind": "report.failed"}, {"at": "2022-10-01T11:00:00-04:00", "kind": "report.viewed"},
        {"at": "2022-10-05T10:00:00-04:00", "kind": "option.repeat"}, {"at": "2023-01-10T10:00:00-05:00", "kind": "report.failed"},
    ]))  # fmt: skip
    assert (
        main(
            [
                "decide",
                "diagnostic",
                "--history",
                str(history),
                "--at",
                "2023-01-11T10:00:00-05:00",
                "--receipt",
                str(receipt),
            ]
        )
        == 0
    )
    said = json.loads(receipt.read_text())
    assert (said["revision"], list(said["ruled_by"])) == ("2022-11-09", ["2021-03-08", "2022-11-09"])
    capsys.readouterr()
    assert replay(SHELF, receipt, history) == 0


def test_what_is_not_the_same_is_said_and_exits_1(asked, capsys):
    shelf, history, receipt, _ = asked
    good, story = receipt.read_text(), history.read_text()

    def said():
        code, out = replay(shelf, receipt, history), capsys.readouterr()
        receipt.write_text(good)
        history.write_text(story)
        assert out.out == ""
        return code, out.err

    altered(receipt, engine="reaccredit-policy/1")
    code, why = said()
    assert (code, why.startswith("The engine is another one: the receipt is of reaccredit-policy/1")) == (1, True)
    for other in (
        STORY[:1],
        [*STORY[:1], {**STORY[1], "at": "2021-04-01T13:00:00-04:00"}],
        [{**STORY[0], "about": {"medium": "cd"}}, STORY[1]],
    ):
        history.write_text(json.dumps(other))
        code, why = said()
        assert (code, why.startswith("The history is another one: ")) == (1, True)
    altered(receipt, answer_sha256="0" * 64)
    code, why = said()
    assert (code, why.startswith("The answer is another one, although")) == (1, True)
    for key, value in (("revision", "2021-03-09"), ("policy", "vascular")):
        altered(receipt, **{key: value})
        code, why = said()
        assert (code, why.strip().endswith("is not there.")) == (1, True)
    file = shelf / "diagnostic" / "2021-03-08.toml"
    file.write_text(file.read_text() + "\n# one more line\n")
    (shelf / "diagnostic" / "SHA256SUMS").unlink()
    code, why = said()
    assert (code, why.startswith("The policy file of diagnostic, revision 2021-03-08, is another one: sha256 ")) == (
        1,
        True,
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "not JSON"),
        ("[]", "A receipt is an object"),
        ("{}", "does not say 'engine'"),
        (json.dumps({**dict.fromkeys(receipts.KEYS, "x"), "engine": 2}), "'engine' is 2; expected a text"),
        (json.dumps(dict.fromkeys(receipts.KEYS, "x")), "no table of revision = hash"),
        (
            json.dumps({**dict.fromkeys(receipts.KEYS, "x"), "policy": "diagnostic", "ruled_by": {}}),
            "the receipt's 'at' is 'x'",
        ),
    ],
)
def test_what_is_no_receipt_exits_2(asked, capsys, text, said):
    shelf, history, receipt, _ = asked
    receipt.write_text(text)
    assert replay(shelf, receipt, history) == 2
    assert said in capsys.readouterr().err


def test_a_receipt_that_cannot_be_written_or_is_of_nothing_is_said_so(asked, capsys):
    _, history, _, _ = asked
    question = ["decide", "diagnostic", "--history", str(history), "--at", AT, "--receipt", "/nowhere/receipt.json"]
    assert main(question) == 2
    assert "The receipt cannot be written" in capsys.readouterr().err
    assert main(["decide", "mammography", *question[2:]]) == 2
    assert "no answer that a receipt could be of" in capsys.readouterr().err


def test_the_hash_of_a_history_is_that_of_its_canonical_json():
    facts = read_history(json.dumps(STORY[1:]))
    canonical = '[{"about":{},"at":"2021-04-01T12:00:00-04:00","kind":"report.viewed"}]'
    assert receipts.history_hash(facts) == hashlib.sha256(canonical.encode()).hexdigest()

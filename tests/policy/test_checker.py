"""The shipped policies are sound, and the checker is guarded by planted defects: each must be caught."""

from __future__ import annotations

import re

import pytest

from reaccredit.policy import Malformed, Policy
from reaccredit.policy.checking import check
from reaccredit.policy.pinned import otherwise_published
from reaccredit.policy.reading import read, read_file, read_sums
from tests.policy.telling import DIAGNOSTIC, SHELF

TEXT = (SHELF / "diagnostic" / "2021-03-08.toml").read_text()


def block(header: str) -> str:
    found = re.search(rf"(?ms)^\[+{re.escape(header)}\]+\n.*?(?=^\[|\Z)", TEXT)
    assert found, header
    return found[0]


def offer(deficiency: int, marks: bool = False) -> str:
    rows = re.findall(r"(?ms)^\[\[offer\]\]\n.*?(?=^\[|\Z)", TEXT)
    return next(r for r in rows if f"deficiency = {deficiency}," in r and ("marks" in r) == marks)


def window(*words: str) -> str:
    parts = TEXT.split("[[window]]")[1:]
    return next("[[window]]" + p.split("[[offer]]")[0] for p in parts if all(w in p for w in words))


def swap(old: str, new: str, text: str = TEXT) -> str:
    assert old in text
    return text.replace(old, new, 1)


def rules(text: str) -> set[str]:
    return {f.rule for f in check(read(text, "mutant.toml")) if not f.note}


@pytest.mark.parametrize("revision", DIAGNOSTIC.revisions, ids=lambda r: str(r.revision))
def test_each_shipped_revision_is_proved(revision):
    assert [f for f in check(revision) if not f.note] == []


@pytest.mark.parametrize("revision", DIAGNOSTIC.revisions, ids=lambda r: str(r.revision))
def test_what_is_assumed_or_silent_is_listed(revision):
    noted = {f.what.split(":")[0] for f in check(revision) if f.rule in {"assumed", "silent"}}
    assert noted == {c.id for c in (*revision.assumptions, *revision.silences)}
    assert {"form.sent", "form.overdue", "appeal.reopens"} <= noted


def due_from(row: str, anchor: str) -> str:
    """The form of this window is due from another fact than its opening."""
    return swap(row, swap('from    = ["opens"]', f'from    = ["{anchor}"]', row))


UPLOAD = window('medium = ["upload"]')
MEDIA = window('medium = ["cd", "film"]')
AFTER_APPEAL = window('marks = ["appealed"]')

MUTANTS = {
    "a row of the matrix dropped": (swap(offer(2), ""), "one row"),
    "two rows for one deficiency": (swap(offer(1), offer(1) + offer(1)), "one row"),
    "a window dropped": (swap(AFTER_APPEAL, ""), "one window"),
    "two windows for one form": (swap(UPLOAD, UPLOAD + UPLOAD), "one window"),
    "a second appeal of one report": (swap(offer(1, marks=True), swap('"repeat",', '"repeat", "appeal",', offer(1, marks=True))), "once a round"),
    "an option that nobody is offered": (swap(offer(1), swap('"repeat", ', "", offer(1))).replace(
        offer(1, marks=True), swap('"repeat", ', "", offer(1, marks=True))), "never chosen"),
    "an appeal that is never decided": (swap(block('stage.appealing.moves."appeal.upheld"'), swap('to         = "deciding"\nsettled_to = "granted"', 'to         = "appealing"',
        block('stage.appealing.moves."appeal.upheld"'))).replace(block('stage.appealing.moves."appeal.denied"'), swap('"deciding"', '"appealing"',
        block('stage.appealing.moves."appeal.denied"'))), "no end"),
    "a survey that never ends": (swap(block('stage.surveying.moves."survey.completed"'), ""), "dead end"),
    "two stages that only lead to each other": (swap(block('stage.correcting.moves."plan.approved"'), "").replace(
        block('stage.approving.moves."plan.approved"'), ""), "no end"),
    "a due date without consequence": (swap(block("stage.deciding.overdue"), ""), "no overdue"),
    "a wait without a date and without a word about it": (swap('silent  = ["plan.term"]\n', "", TEXT).replace(
        block('clause."plan.term"'), ""), "no due date"),
    "a wait without a holder": (swap('holder  = "survey-team"\n', ""), "no holder"),
    "a wait for somebody who can do nothing": (swap('holder  = "survey-team"\n', 'holder  = "moon"\n'), "no holder"),
    "15 days from the report instead of the form's opening (hole a)": (due_from(UPLOAD, "report.failed"), "no chance"),
    "CD or film due before the images came back (hole b)": (due_from(MEDIA, "report.failed"), "no chance"),
    "back from a denied appeal after the due date (hole c)": (due_from(AFTER_APPEAL, "appeal.received"), "no chance"),
    "an appeal over before its form can open": (swap(MEDIA, swap('yields  = ["form.yields"]\n', "", MEDIA)), "no chance"),
    "a form that opens after it is due": (swap(UPLOAD, swap('within  = "P15D"\nfrom    = ["opens"]', 'within  = "P1D"\nfrom    = ["report.failed"]', UPLOAD)), "no chance"),
    "a stage that no case reaches": (swap("[stage.granted]", '[stage.lost]\ntitle = "Lost"\nends = true\ncites = ["staff.close"]\n[stage.granted]'), "never reached"),
    "a fact that is heard nowhere": (swap('[fact."case.closed"]', '[fact."moon.rose"]\ntitle = "Moon rose"\nby = "staff"\n[fact."case.closed"]'), "never heard"),
    "a letter that nobody signs for phantoms": (swap('signed_by = { clinical = "supervising-physician", phantom = "medical-physicist" }', 'signed_by = { clinical = "supervising-physician" }'), "signer"),
    "a reinstatement that retests only what failed": (swap('retest   = "all"\ncovers   = "all"', 'retest   = "not-acceptable"\ncovers   = "all"'), "retest"),
    "a clause that no rule cites": (swap('[clause."days.count"]', '[clause."nobody.cites"]\nat = "x"\nsays = "x"\n[clause."days.count"]'), "never cited"),
    "an option that does not say what it needs": (swap('needs    = ["option-form", "signage-removal"]\n', ""), "needs"),
}  # fmt: skip
# ruff: noqa: E501


@pytest.mark.parametrize("name", MUTANTS)
def test_a_planted_defect_is_found(name):
    text, rule = MUTANTS[name]
    assert rule in rules(text)


def test_each_finding_comes_with_a_dated_story():
    text, _ = MUTANTS["15 days from the report instead of the form's opening (hole a)"]
    finding = next(f for f in check(read(text, "mutant.toml")) if f.rule == "no chance")
    assert finding.story[0] == (
        "1 Jun 2021, 10:00 EDT: report.failed (medium upload, areas one/adult not-acceptable, two/adult not-acceptable)"
    )
    assert finding.story[-1].endswith("time passes")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            'title   = "Appeal"',
            'titel   = "Appeal"',
            r"mutant.toml, line 3\d\d: stage.appealing: unknown key 'titel'; did you mean 'title'\?",
        ),
        (
            'to       = "testing"',
            'to       = "tesing"',
            r"line \d+: option.repeat: 'to': there is no stage 'tesing'; did you mean 'testing'\?",
        ),
        ('within  = "P45D"', 'within  = "P6X"', "P6X.*days.*hours"),
        ('within  = "P45D"', "within  = 45", "'within' is 45; expected a text"),
        ('retest   = "all"', 'retest   = "al"', r"there is no word for what is retested 'al'; did you mean 'all'\?"),
        (
            'cites    = ["matrix.3", "survey.after',
            'cites    = ["matrix.9", "survey.after',
            "there is no clause 'matrix.9'",
        ),
        ('zone      = "America/New_York"', 'zone      = "America/Gotham"', "America/Gotham"),
        ("schema    = 2", "schema    = 9", "reads schema 2"),
        ("schema    = 2", "schema    = [", "not TOML"),
        ('count     = "exclude-first"', 'count     = "include-frist"', r"did you mean 'include-first'\?"),
        (
            'roll      = "none"',
            'roll      = "next-business-day"',
            "no 'calendar' that says which days are business days",
        ),
        ('month_end = "clip"', "", "months and years need 'month_end'"),
        ('[clause."days.count"]\nassumed = true\n', '[clause."days.count"]\n', "a clause says where it stands"),
        ('cites = ["governs.report"]', "cites = []", "every rule names the clause"),
        ("withdrawable = true", 'withdrawable = "yes"', "expected true or false"),
        ("revision  = 2021-03-08", 'revision  = "2021-03-08"', "expected a date"),
        ("deficiency = 1,", 'deficiency = "1",', "expected a whole number"),
        ("[stage.testing]", "[[stage.testing]]", r"line 2\d\d: top: stage.testing is .*single brackets"),
        ("[stage.testing]", "[stages.testing]", r"line 2\d\d: top: unknown key 'stages'; did you mean 'stage'"),
    ],
)
def test_a_malformed_file_names_file_key_and_what_was_expected(old, new, said):
    with pytest.raises(Malformed, match=said) as no:
        read(swap(old, new), "mutant.toml")
    assert str(no.value).startswith("mutant.toml")


def test_a_published_file_is_never_edited(tmp_path):
    for path in (SHELF / "diagnostic").iterdir():
        (tmp_path / path.name).write_text(path.read_text())
    Policy.load(tmp_path)
    draft = tmp_path / "2021-03-08.toml"
    draft.write_text(TEXT.replace("PT48H", "PT24H"))
    with pytest.raises(Malformed, match=r"2021-03-08.toml: was changed after it was published"):
        Policy.load(tmp_path)
    draft.unlink()
    with pytest.raises(Malformed, match="is not there"):
        Policy.load(tmp_path)


def test_an_edited_copy_of_a_published_revision_says_what_it_does_otherwise(tmp_path):
    copy = tmp_path / "draft.toml"
    copy.write_text(swap('within  = "P15D"\nfrom    = ["opens"]', 'within  = "P14D"\nfrom    = ["opens"]'))
    (found,) = otherwise_published(SHELF, read_file(copy))
    assert found.rule == "published"
    assert not found.note
    assert [line.partition(" (")[0] for line in found.story] == ["sooner due: term at deciding"]
    copy.write_text(TEXT)
    assert otherwise_published(SHELF, read_file(copy)) == []
    copy.write_text(swap('= "diagnostic"', '= "../diagnostic"'))
    assert otherwise_published(SHELF, read_file(copy)) == []


def test_every_shipped_revision_is_pinned():
    pinned = read_sums(SHELF / "diagnostic" / "SHA256SUMS")
    assert pinned == {r.place: r.sha256 for r in DIAGNOSTIC.revisions}

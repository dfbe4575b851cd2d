"""The command `reaccredit`: it says what it can do, and what to do when it cannot."""

from __future__ import annotations

import importlib
import subprocess
import sys
from pathlib import Path

import pytest

from reaccredit.project import command

SOURCES = Path(__file__).resolve().parents[2] / "src"


def test_help_names_every_word(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["--help"]) == 0
    told = capsys.readouterr().out
    assert [word for word in command.WORDS if f"  {word} " not in told] == []


def test_no_word_at_all_gets_the_help_and_a_failing_exit(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main([]) == 2
    assert "usage: reaccredit" in capsys.readouterr().out


def test_an_unknown_word_gets_the_words_that_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["dmo"]) == 2
    assert "'dmo'; the words are demo, policy, " in capsys.readouterr().err


@pytest.mark.parametrize("word", command.WORDS)
def test_every_word_has_somebody_who_answers(word: str) -> None:
    module, _, function = command.WORDS[word].answered_by.partition(":")
    assert callable(getattr(importlib.import_module(module), function))


def test_the_rules_are_asked_without_any_installed_package() -> None:
    ask = f"import sys; sys.path.insert(0, {str(SOURCES)!r}); from reaccredit.project.command import main; "
    asked = subprocess.run(
        [sys.executable, "-S", "-E", "-c", ask + "sys.exit(main(['policy', 'list']))"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (asked.returncode, asked.stderr) == (0, "")
    assert "diagnostic" in asked.stdout


def test_a_reader_who_has_seen_enough_is_no_error() -> None:
    asked = f"{sys.executable} -m reaccredit --help | true; test ${{PIPESTATUS[0]}} -eq 0"
    seen = subprocess.run(["bash", "-c", asked], capture_output=True, text=True, check=False)
    assert (seen.returncode, seen.stderr) == (0, "")


def test_ledger_without_verify_says_how_it_is_used(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["ledger"]) == 2
    assert "reaccredit ledger verify" in capsys.readouterr().err

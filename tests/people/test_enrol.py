"""The first staff of a programme come in by the command line."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from reaccredit.people.models import Person, ProgrammeRole

pytestmark = pytest.mark.django_db


def enrol(monkeypatch: pytest.MonkeyPatch, *words: str, typed: str = "", **more: Any) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(typed))
    call_command("enrol", *words, **more)


def test_a_new_person_gets_an_account_and_a_role(monkeypatch: pytest.MonkeyPatch) -> None:
    enrol(monkeypatch, "stan@programme.example", "staff", "--name", "Stan Staff", typed="correct horse battery\n")
    person = Person.objects.get()
    assert person.check_password("correct horse battery")
    assert ProgrammeRole.objects.get().role == "staff"


def test_who_has_an_account_gets_another_role_only(monkeypatch: pytest.MonkeyPatch) -> None:
    enrol(monkeypatch, "rita@programme.example", "reviewer", "--name", "Rita Reader", "--no-password",
          "--profession", "radiologist")  # fmt: skip
    enrol(monkeypatch, "Rita@programme.example", "arbitrator")
    assert not Person.objects.get().has_usable_password()
    assert set(ProgrammeRole.objects.values_list("role", "profession")) == {
        ("reviewer", "radiologist"),
        ("arbitrator", ""),
    }
    with pytest.raises(CommandError, match="has that role already"):
        enrol(monkeypatch, "rita@programme.example", "reviewer")


@pytest.mark.parametrize(
    ("words", "typed", "said"),
    [
        (("stan", "staff", "--name", "Stan"), "", "is no email address"),
        (("stan@programme.example", "staff"), "", "say the name with --name"),
        (("stan@programme.example", "king", "--name", "Stan"), "", "invalid choice: 'king'"),
        (("stan@programme.example", "staff", "--name", "Stan"), "short\n", "too short"),
        (("stan@programme.example", "staff", "--name", "Stan"), "", "too short"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_written(
    monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], typed: str, said: str
) -> None:
    with pytest.raises(CommandError, match=said):
        enrol(monkeypatch, *words, typed=typed)
    assert not Person.objects.exists()

"""Whoever signs is asked for the password by one field, whatever they sign."""

from __future__ import annotations

from pathlib import Path

from django import forms

import reaccredit
from reaccredit.people.forms import LONGEST_PASSWORD, SigningPassword

HOUSE = Path(reaccredit.__file__).parent


class Signing(forms.Form):
    password = SigningPassword(missing="Type your password: it signs the sheet.")


def test_a_signing_password_is_kept_as_it_is_typed_and_never_shown_again() -> None:
    form = Signing({"password": " with spaces "})
    assert form.is_valid()
    assert form.cleaned_data["password"] == " with spaces "
    assert "with spaces" not in str(form["password"])
    assert 'autocomplete="current-password"' in str(form["password"])


def test_a_signature_without_a_password_says_what_it_would_sign() -> None:
    assert Signing({}).errors == {"password": ["Type your password: it signs the sheet."]}
    assert not Signing({"password": "x" * (LONGEST_PASSWORD + 1)}).is_valid()


def test_no_room_has_a_field_of_its_own_for_it() -> None:
    own = [path for path in HOUSE.rglob("*.py") if "current-password" in path.read_text(encoding="utf-8")]
    assert own == [HOUSE / "people" / "forms.py"]

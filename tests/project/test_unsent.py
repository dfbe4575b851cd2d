"""What somebody typed while their sign-in ended is given back to them, and changes nothing."""

from __future__ import annotations

import pytest
from django.test import Client
from pytest_django.asserts import assertContains, assertNotContains

TYPED = {
    "reasons": "The structure is seen in both planes.",
    "outcome": "acceptable",
    "password": "secret words",
    "seen": "abcdef",
}
ADDRESS = "/appeals/arbitrations/3/"


@pytest.mark.django_db
def test_who_was_signed_out_reads_what_they_typed_and_signs_in_beside_it() -> None:
    answer = Client().post(ADDRESS, TYPED)
    assertContains(answer, "You are signed out", status_code=403)
    assertContains(answer, TYPED["reasons"], status_code=403)
    assertContains(answer, f'href="/sign-in/?next={ADDRESS}"', status_code=403)
    for hidden in ("secret words", "abcdef"):
        assertNotContains(answer, hidden, status_code=403)
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.django_db
@pytest.mark.parametrize("headers", [{"Sec-Fetch-Mode": "cors"}, {"HX-Request": "true"}, {}])
def test_nobody_else_meets_that_page(headers: dict[str, str]) -> None:
    answer = Client().post(ADDRESS, TYPED if headers else {"password": "x"}, headers=headers)
    assert "sign-in" in answer.headers.get("Location", answer.headers.get("HX-Redirect", ""))


@pytest.mark.django_db
@pytest.mark.parametrize(("origin", "shown"), [("http://testserver", True), ("https://elsewhere.example", False)])
def test_a_form_that_was_too_old_is_given_back_unless_another_site_has_sent_it(origin: str, shown: bool) -> None:
    answer = Client(enforce_csrf_checks=True).post(ADDRESS, TYPED, headers={"Origin": origin})
    assertContains(answer, "This form was too old to send", status_code=403)
    assert (TYPED["reasons"] in answer.text) is shown
    assert "secret words" not in answer.text

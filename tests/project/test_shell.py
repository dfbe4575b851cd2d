"""The frame of every page: headers, who gets in, in whose time, and how the site says no."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from reaccredit.ledger.actions import Lost, Refused
from reaccredit.people import actions
from reaccredit.people.models import Person, Role
from reaccredit.policy import Because, Clause, NotGoverned, Refusal
from reaccredit.project import middleware, views

NOW = datetime(2021, 4, 1, 12, 0, tzinfo=UTC)
PUBLIC = {
    "people:sign-in",
    "people:demo",
    "people:forgotten-password",
    "people:forgotten-password-sent",
    "people:new-password",
    "people:new-password-done",
    "healthz",
    "accessibility",
    "demo-clock",
    "styleguide",
    "styleguide-form",
    "intake:stow",  # asks for the key of a device instead of a person's sign-in
}
SAMPLES = {"int": "1", "slug": "a", "str": "a", "uuid": str(uuid.UUID(int=1)), "path": "a"}


@pytest.fixture
def person(db: None) -> Person:
    return actions.register(email="ann@demo.example", name="Ann Demo", password="a long password", now=NOW)


@pytest.fixture
def ann(person: Person) -> Client:
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def pages(resolver: URLResolver | None = None, way: str = "", rooms: str = "") -> Iterator[tuple[str, str, Any]]:
    """(name, an address, the view) of each page of the site."""
    for one in (resolver or get_resolver()).url_patterns:
        address = way + filled(one)
        if isinstance(one, URLResolver):
            yield from pages(one, address, f"{rooms}{one.namespace}:" if one.namespace else rooms)
        elif isinstance(one, URLPattern):
            yield f"{rooms}{one.name}", f"/{address}", one.callback


def filled(pattern: Any) -> str:
    route = str(pattern.pattern)
    for name, converter in pattern.pattern.converters.items():
        kind = type(converter).__name__.removesuffix("Converter").lower().replace("string", "str")
        for written in (f"<{kind}:{name}>", f"<{name}>"):
            route = route.replace(written, SAMPLES.get(kind, "1"))
    return route


def is_public(view: Any) -> bool:
    return not getattr(view, "login_required", True)


def test_the_pages_that_strangers_may_see_are_these_and_no_others() -> None:
    """Public pages of the rooms (policy, directory) are added here by hand, on purpose."""
    of_the_shell = {
        name for name, _, view in pages() if is_public(view) and not name.startswith(ROOMS_WITH_PUBLIC_PAGES)
    }
    assert of_the_shell == PUBLIC


ROOMS_WITH_PUBLIC_PAGES = ("desks:", "certificates:")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "address", [address for _, address, view in pages() if not is_public(view)], ids=lambda address: str(address)
)
def test_a_stranger_is_sent_to_the_sign_in_page(client: Client, address: str) -> None:
    for answer in (client.get(address), client.post(address)):
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith("/sign-in/?next=")


@pytest.mark.django_db
def test_a_part_of_a_page_sends_the_whole_window_to_the_sign_in_page(client: Client) -> None:
    answer = client.get("/profile/", headers={"HX-Request": "true"})
    assert answer.headers["HX-Redirect"].startswith("/sign-in/?next=")
    assert answer.content == b""


@pytest.mark.django_db
@pytest.mark.parametrize(
    "address", ["/sign-in/", "/healthz", "/no-such-page", "/profile/", "/accessibility/", "/styleguide/"]
)
def test_every_answer_carries_the_security_policy(client: Client, address: str) -> None:
    answer = client.get(address)
    policy = dict(part.split(" ", 1) for part in answer.headers["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == "'self'"
    assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "camera=()" in answer.headers["Permissions-Policy"]


def test_pages_of_somebody_signed_in_are_not_kept_by_the_browser(ann: Client) -> None:
    assert ann.get("/profile/").headers["Cache-Control"] == "no-store"


def test_a_view_that_says_how_long_its_answer_is_kept_is_heeded(person: Person) -> None:
    request = RequestFactory().get("/")
    request.user = person
    answer = middleware.SignInRequired(lambda _: HttpResponse()).process_response(
        request, HttpResponse(headers={"Cache-Control": "private, max-age=60"})
    )
    assert answer.headers["Cache-Control"] == "private, max-age=60"


@pytest.mark.parametrize(
    ("zone", "used"),
    [
        ("Asia/Tokyo", "Asia/Tokyo"),
        ("", "America/New_York"),
        ("Mars/Base", "America/New_York"),
        ("../x", "America/New_York"),
    ],
)
def test_a_page_speaks_the_time_of_its_reader(zone: str, used: str) -> None:
    seen = []

    def view(_request: HttpRequest) -> HttpResponse:
        seen.append(timezone.get_current_timezone())
        return HttpResponse()

    request = RequestFactory().get("/")
    request.user = Person(zone=zone)
    middleware.ReaderZone(view)(request)
    assert seen == [ZoneInfo(used)]


def refusal(kind: str, helps: str = "") -> Refusal:
    clause = Clause("matrix.1", "Repeat the areas that were not acceptable.", at="Facility Options")
    because = Because(
        (clause,), date(2021, 3, 8), ("report issued 1 April 2021",), "Not offered after a first deficiency."
    )
    return Refusal(kind, because, helps)


def page_for(error: Exception) -> HttpResponse:
    request = RequestFactory().get("/case/")
    request.user = AnonymousUser()
    request.session = {}
    answer = middleware.Refusals(lambda _: HttpResponse()).process_exception(request, error)
    assert answer is not None
    return answer


@pytest.mark.parametrize(
    ("kind", "status"),
    [("not-offered", 409), ("too-early", 409), ("too-late", 409), ("ended", 409), ("malformed", 422), ("areas", 422)],
)
def test_a_refusal_becomes_a_page_with_its_sentence_its_clause_and_what_helps(kind: str, status: int) -> None:
    answer = page_for(Refused(refusal(kind, "Repeat the areas instead.")))
    text = answer.content.decode()
    assert answer.status_code == status
    assert "Not offered after a first deficiency." in text
    assert "Facility Options" in text
    assert "8 March 2021" in text
    assert "Repeat the areas instead." in text


def test_who_comes_second_is_told_that_nothing_was_saved() -> None:
    answer = page_for(Lost("The case has changed while you worked."))
    assert answer.status_code == 409
    assert "The case has changed while you worked." in answer.content.decode()


def test_a_programme_without_a_policy_sends_people_to_its_staff() -> None:
    answer = page_for(NotGoverned("No policy is kept here for mammography.", Clause("scope", "x", at="Scope")))
    assert answer.status_code == 409
    assert "No policy is kept here for mammography." in answer.content.decode()


def test_any_other_error_is_left_alone() -> None:
    assert (
        middleware.Refusals(lambda _: HttpResponse()).process_exception(RequestFactory().get("/"), KeyError()) is None
    )


def test_an_address_that_leads_nowhere_says_the_same_as_one_that_is_not_yours(ann: Client) -> None:
    answer = ann.get("/no-such-page")
    assert answer.status_code == 404
    assert "There is no such page, or it is not one that you may see." in answer.content.decode()


@pytest.mark.django_db
def test_a_form_without_its_token_gets_a_page_that_says_what_to_do() -> None:
    answer = Client(enforce_csrf_checks=True).post("/sign-in/", {"username": "ann@demo.example", "password": "x"})
    assert answer.status_code == 403
    assert "This form was too old to send" in answer.content.decode()


def test_more_than_the_site_takes_in_is_answered_as_413(ann: Client, settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 3
    answer = ann.post("/profile/", {f"field{n}": "x" for n in range(5)})
    assert answer.status_code == 413
    assert "This was too much at once" in answer.content.decode()


@pytest.mark.django_db
def test_a_request_for_another_host_gets_a_page_too(client: Client) -> None:
    answer = client.get("/sign-in/", headers={"host": "elsewhere.example"})
    assert answer.status_code == 400
    assert "This request could not be read" in answer.content.decode()


@pytest.mark.django_db
def test_a_fault_of_ours_is_answered_with_a_page_and_no_trace(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_now: datetime) -> dict[str, Any]:
        raise RuntimeError("a secret detail")

    monkeypatch.setattr(views, "samples", broken)
    monkeypatch.setattr(views, "may_see_styleguide", lambda _request: None)
    client.raise_request_exception = False
    answer = client.get("/styleguide/")
    text = answer.content.decode()
    assert answer.status_code == 500
    assert "Something broke on our side" in text
    assert "secret" not in text
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_the_page_for_a_fault_of_ours_needs_no_database_and_no_request() -> None:
    assert "Something broke on our side" in render_to_string("errors/500.html")


@pytest.mark.parametrize("status", [400, 403, 404, 413, 429])
def test_every_error_page_says_what_to_do_next(ann: Client, status: int, rf: RequestFactory, person: Person) -> None:
    request = rf.get("/")
    request.user = person
    text = render_to_string(f"errors/{status}.html", request=request)
    assert text.count("<h1>") == 1
    assert "Go to the start page" in text


@pytest.mark.django_db
def test_a_load_balancer_hears_that_the_site_is_well(client: Client) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok\n")


@pytest.mark.django_db
def test_the_style_guide_is_open_in_the_demo_and_to_staff_and_to_nobody_else(
    client: Client, ann: Client, person: Person, settings: Any
) -> None:
    settings.DEMO = False
    assert client.get("/styleguide/").status_code == ann.get("/styleguide/").status_code == 404
    actions.appoint(person=person, role=Role.STAFF, since=date(2021, 1, 1))
    assert ann.get("/styleguide/").status_code == 200
    settings.DEMO = True
    assert client.get("/styleguide/").status_code == 200


def test_the_style_guide_shows_every_component() -> None:
    templates = Path(views.__file__).parent / "templates"
    text = "".join(page.read_text() for page in (templates / "project").glob("styleguide*.html"))
    components = sorted((templates / "components").glob("*.html"))
    inner = "".join(one.read_text() for one in components)
    named = {one.stem.replace("_", "-") for one in components}
    shown = {name for name in named if re.search(rf"<c-{name}[ />]", text)}
    assert {name for name in named - shown if not re.search(rf"<c-{name} ", inner)} == set()


@pytest.mark.django_db
def test_no_component_of_the_style_guide_is_left_unresolved(client: Client, settings: Any) -> None:
    """A component tag that is not turned into a template tag would be sent as it is, without an error."""
    settings.DEMO = True
    assert b"<c-" not in client.get("/styleguide/").content

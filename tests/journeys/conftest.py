"""Journeys drive the system's own Chromium against a real server. What a person would never report also fails a test:
errors in the browser's console, violations of the content security policy, requests to other hosts, answers of 5xx."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    Response,
    expect,
    sync_playwright,
)

# The browser's driver runs an event loop in this thread, and Django would take every query for one made inside it.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

HOUSE = Path(__file__).resolve().parents[2]
DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 360, "height": 740}
ARGUMENTS = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-dev-shm-usage",
    "--disable-sync",
    "--no-first-run",
]
# What a page says about a violation of its policy is turned into a console error, which fails the test.
REPORT_VIOLATIONS = """document.addEventListener("securitypolicyviolation", event => console.error(
    `content security policy: ${event.violatedDirective} ${event.blockedURI} ${event.sample}`));"""


# What is waited for comes at once on an idle machine; a busy one is given time before it is called missing.
PATIENCE = 20_000  # milliseconds
expect.set_options(timeout=PATIENCE)


class PageOf(Protocol):
    """A page in a browser of its own, signed in as the person, or as nobody."""

    def __call__(self, person: Any = None, *, phone: bool = False, javascript: bool = True) -> Page: ...


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.journey)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    arguments = [*ARGUMENTS, "--no-sandbox"] if os.geteuid() == 0 else ARGUMENTS
    with sync_playwright() as tools, tools.chromium.launch(executable_path=chromium(), args=arguments) as running:
        yield running


def chromium() -> str:
    if named := os.environ.get("REACCREDIT_CHROMIUM"):
        return named
    found = subprocess.run([HOUSE / "bin" / "chromium"], capture_output=True, text=True, check=False)
    if found.returncode != 0:
        pytest.fail(found.stderr.strip(), pytrace=False)
    return found.stdout.strip()


class Watch:
    """Collects what goes wrong behind a page."""

    def __init__(self, server: str) -> None:
        self.host = urlsplit(server).netloc
        self.problems: list[str] = []

    def over(self, context: BrowserContext) -> None:
        context.add_init_script(REPORT_VIOLATIONS)
        context.on("console", self.said)
        context.on("weberror", lambda error: self.problems.append(f"script error: {error.error}"))
        context.on("request", self.asked)
        context.on("response", self.answered)

    def said(self, message: ConsoleMessage) -> None:
        # The browser repeats every refused answer here; `answered` judges those.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            self.problems.append(f"console: {message.text} ({message.location.get('url', '')})")

    def asked(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in {"http", "https"} and parts.netloc != self.host:
            self.problems.append(f"asked another host: {request.url}")

    def answered(self, response: Response) -> None:
        part_of_a_page = response.request.resource_type not in {"document", "xhr", "fetch"}
        if response.status >= 500 or (part_of_a_page and response.status >= 400):
            self.problems.append(f"{response.status} from {response.request.method} {response.url}")


@pytest.fixture
def watch(live_server: Any) -> Watch:
    """What went wrong behind the pages of this test so far."""
    return Watch(live_server.url)


@pytest.fixture
def page_of(browser: Browser, live_server: Any, watch: Watch) -> Iterator[PageOf]:
    """`page_of(person)` opens a page with that person's session; each call is another browser to the server.

    `page_of()` is signed in as nobody. Addresses may be given without the host: `page.goto("/sign-in/")`.
    """
    contexts: list[BrowserContext] = []

    def open_page(person: Any = None, *, phone: bool = False, javascript: bool = True) -> Page:
        context = browser.new_context(
            base_url=live_server.url,
            viewport=PHONE if phone else DESKTOP,
            java_script_enabled=javascript,
            locale="en-US",
            reduced_motion="reduce",
        )
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        watch.over(context)
        if person is not None:
            context.add_cookies([{"name": "sessionid", "value": session_of(person), "url": live_server.url}])
        return context.new_page()

    yield open_page
    for context in contexts:
        context.close()
    assert not watch.problems, "\n".join(watch.problems)


def session_of(person: Any) -> str:
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client.cookies["sessionid"].value


def arrived(page: Page) -> Page:
    """The page once it has been read whole: a click comes back when the next document has begun, which may be empty yet.

    Whatever looks at a page all at once, rather than waiting for something on it, asks this first."""
    page.wait_for_load_state("load")
    return page


@pytest.fixture
def axe() -> Callable[[Page], None]:
    """`axe(page)` fails with a readable list when the page has accessibility violations."""

    def check(page: Page) -> None:
        results = Axe().run(arrived(page))
        told = [
            f"{found['id']} ({found['impact']}): {found['help']}\n"
            + "\n".join(f"    {' '.join(map(str, node['target']))}  {node['html'][:160]}" for node in found["nodes"])
            for found in results.response["violations"]
        ]
        assert not told, f"accessibility of {urlsplit(page.url).path}:\n" + "\n".join(told)

    return check


@pytest.fixture
def fits() -> Callable[[Page], None]:
    """`fits(page)` fails when the page can be scrolled sideways, and names what sticks out."""

    def check(page: Page) -> None:
        sticking_out = arrived(page).evaluate(
            """() => { const edge = document.documentElement.clientWidth;
            if (document.documentElement.scrollWidth <= edge) return [];
            return [...document.querySelectorAll("body *")]
                .filter(e => e.getBoundingClientRect().right > edge + 1)
                .map(e => e.outerHTML.slice(0, 120)).slice(0, 5).concat(["page is wider than the screen"]); }"""
        )
        assert not sticking_out, f"{urlsplit(page.url).path} at {page.viewport_size}:\n" + "\n".join(sticking_out)

    return check


@pytest.fixture
def picture(tmp_path: Path) -> Callable[..., Path]:
    """`picture(page, "options")` takes docs/pictures/options.png where REACCREDIT_PICTURES=1, else a throw-away one."""

    def take(page: Page, name: str) -> Path:
        assert re.fullmatch(r"[a-z0-9-]+", name), "a picture's name is small letters, digits and dashes"
        for_good = os.environ.get("REACCREDIT_PICTURES") == "1"
        folder = HOUSE / "docs" / "pictures" if for_good else tmp_path / "pictures"
        folder.mkdir(parents=True, exist_ok=True)
        target = folder / f"{name}.png"
        arrived(page).screenshot(path=target, full_page=True, animations="disabled", caret="hide")
        return target

    return take

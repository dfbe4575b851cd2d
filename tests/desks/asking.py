"""Asking the public page, and reading its answer: what the tests of that page share."""

from __future__ import annotations

import html
import re

from django.urls import reverse

FIRST = {
    "programme": "diagnostic", "asked": "diagnostic", "stands": "deciding.not-granted.1", "since": "nothing", "trait-medium": "upload",
    "areas": "clinical", "on-report-failed": "2021-04-01", "at-report-failed": "10:00", "on-report-viewed": "2021-04-01", "as-of": "2021-04-05",
}  # fmt: skip


def ask(client, **changed):
    asked = {name.replace("_", "-"): value for name, value in changed.items()}
    return client.get(reverse("desks:what-are-my-options"), {**FIRST, **asked})


def words(answer):
    text = answer.content.decode().split("<main", 1)[1].split("<footer", 1)[0]
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text)))


def complaint(answer, field):
    found = re.search(rf'id="id_{re.escape(field)}_error">(.*?)</p>', answer.content.decode(), re.S)
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", found[1]))).strip() if found else ""


def card(answer, option):
    """The words of one option's card."""
    found = re.search(
        rf'<section class="card" aria-labelledby="option-{option}">(.*?)</section>', answer.content.decode(), re.S
    )
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", found[1]))) if found else ""

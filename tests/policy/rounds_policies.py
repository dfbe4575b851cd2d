"""Small policies for the rules about rounds, counts and dates, put together of the parts beside this file."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from reaccredit.policy import Policy
from reaccredit.policy.reading import read

BERLIN = ZoneInfo("Europe/Berlin")


def rules(name: str) -> str:
    return (Path(__file__).parent / "rounds" / f"{name}.toml").read_text()


HEAD, FACTS = rules("head"), rules("facts")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN)


def policy(*revisions: tuple[str, str], by: str = "case", fact: str = "") -> Policy:
    """Revisions by their dates, each with its rules."""
    named = f'fact = "{fact}"' if fact else ""
    return Policy(
        read(HEAD.format(rev=day, start="a", by=by, fact=named) + body, f"{day}.toml") for day, body in revisions
    )


POLICIES = {
    "days left until a date": policy(("2020-01-01", FACTS + rules("days-left"))),
    "rounds, counts and windows": policy(("2020-01-01", FACTS + rules("rounds-and-windows"))),
    "two revisions, governed by the case": policy(
        ("2024-01-01", FACTS + rules("first")), ("2024-06-01", FACTS + rules("second"))
    ),
    "by the act": policy(("2024-01-01", FACTS + rules("first")), ("2024-06-01", FACTS + rules("second")), by="act"),
    "by the round": policy(("2024-01-01", FACTS + rules("first")), ("2024-06-01", FACTS + rules("second")), by="round"),
    "by a noted fact": policy(
        ("2024-01-01", FACTS + rules("first")), ("2024-06-01", FACTS + rules("second")), by="fact", fact="note"
    ),
    "by the fact that moves": policy(
        ("2024-01-01", FACTS + rules("first")), ("2024-06-01", FACTS + rules("second")), by="fact", fact="go"
    ),
    "two revisions of which the first comes late": policy(("2024-01-01", FACTS + rules("first"))),
    "waits, cut-offs, reissues, add-ons and grounds": policy(("2020-01-01", FACTS + rules("waits-and-add-ons"))),
    "renewal, grace and a bar after three failures": policy(("2020-01-01", rules("renewal"))),
}

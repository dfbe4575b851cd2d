"""Who and what may be named in a paper: the facility's own people and places, which no screening should hold against
it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

TITLES = frozenset({"dr", "mr", "mrs", "ms", "miss", "md", "phd", "prof", "rt"})


@dataclass(frozen=True)
class Roster:
    """Whoever may be named: the facility's staff and the programme's, and the facility's own addresses and web domains."""

    names: frozenset[str] = frozenset()
    phones: frozenset[str] = frozenset()
    emails: frozenset[str] = frozenset()
    addresses: frozenset[str] = frozenset()
    domains: frozenset[str] = frozenset()

    def knows_name(self, text: str) -> bool:
        """Every word of the written name is a word of one of these people: "Dr. Ann Lee", "Lee", "LEE, ANN"."""
        words = _name_words(text)
        return bool(words) and any(words <= _name_words(name) for name in self.names)

    def knows_phone(self, text: str) -> bool:
        return _digits(text) in {_digits(phone) for phone in self.phones}

    def knows_mail(self, text: str) -> bool:
        mail = text.casefold()
        return mail in {m.casefold() for m in self.emails} or _in_domain(mail.rpartition("@")[2], self.domains)

    def knows_host(self, host: str) -> bool:
        return _in_domain(host.casefold(), self.domains)

    def knows_address(self, text: str) -> bool:
        plain = _plain(text)
        return any(
            plain in _plain(address) or _plain(address) in plain for address in self.addresses if _plain(address)
        )


def _plain(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", " ", text.casefold()).strip()


def _name_words(text: str) -> set[str]:
    return {w for w in re.findall(r"[^\W\d_]+", text.casefold()) if len(w) > 1} - {
        "dr",
        "mr",
        "mrs",
        "ms",
        "md",
        "phd",
        "prof",
    }


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)[-10:]


def _in_domain(host: str, domains: Iterable[str]) -> bool:
    return any(host == d.casefold() or host.endswith("." + d.casefold()) for d in domains)

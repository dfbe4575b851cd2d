"""Who and what may be named in a paper: the facility's own people and places, which no screening should hold against
it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from reaccredit.phi.lexicon import fold

TITLES = frozenset(
    "dr mr mrs ms mx miss md do phd prof rt rn np pa msc bsc dabr fac frca shri sri smt thiru selvi kum sister rev fr prof jr sr ii iii".split()
)
# Where anybody has an address: sharing such a domain with a member of staff means nothing.
FREE_MAIL = frozenset(
    """gmail.com googlemail.com yahoo.com ymail.com hotmail.com outlook.com live.com msn.com aol.com icloud.com me.com
    mac.com proton.me protonmail.com gmx.com gmx.de gmx.net web.de mail.com zoho.com yandex.com yandex.ru mail.ru
    comcast.net verizon.net att.net sbcglobal.net cox.net bellsouth.net charter.net earthlink.net fastmail.com
    hushmail.com tutanota.com rocketmail.com rediffmail.com orange.fr free.fr libero.it qq.com 163.com 126.com naver.com
    daum.net yahoo.co.uk yahoo.com.mx hotmail.co.uk""".split()
)
SHORT = {
    "bob": "robert", "rob": "robert", "bill": "william", "will": "william", "jim": "james", "tom": "thomas",
    "mike": "michael", "dave": "david", "dan": "daniel", "joe": "joseph", "tony": "anthony", "chris": "christopher",
    "matt": "matthew", "steve": "steven", "ed": "edward", "liz": "elizabeth", "beth": "elizabeth", "kate": "katherine",
    "kathy": "katherine", "sue": "susan", "pat": "patricia", "jen": "jennifer", "meg": "margaret", "peggy": "margaret",
    "nick": "nicholas", "sam": "samuel", "ben": "benjamin", "alex": "alexander", "andy": "andrew", "greg": "gregory",
    "ken": "kenneth", "rich": "richard", "rick": "richard", "ron": "ronald", "tim": "timothy", "becky": "rebecca",
    "debbie": "deborah", "cindy": "cynthia", "vicky": "victoria", "don": "donald", "larry": "lawrence",
}  # fmt: skip


@dataclass(frozen=True)
class Roster:
    """Whoever may be named: the facility's staff and the programme's, and the facility's own addresses and web domains."""

    names: frozenset[str] = frozenset()
    phones: frozenset[str] = frozenset()
    emails: frozenset[str] = frozenset()
    addresses: frozenset[str] = frozenset()
    domains: frozenset[str] = frozenset()

    def knows_name(self, text: str) -> bool:
        """Every word of the written name is a word of one of these people: "Dr. Ann Lee", "Lee", "LEE, A.", not "B. Lee"."""
        words = name_words(text)
        return any(len(w) > 1 for w in words) and any(_same_person(words, name_words(name)) for name in self.names)

    def knows_phone(self, text: str) -> bool:
        digits = _digits(text)
        return len(digits) >= 7 and any(
            known == digits or (len(digits) == 7 and known.endswith(digits))
            for known in (_digits(phone) for phone in self.phones)
        )

    def knows_mail(self, text: str) -> bool:
        mail = text.casefold()
        host = mail.rpartition("@")[2]
        if mail in {m.casefold() for m in self.emails} or _in_domain(host, self.domains):
            return True
        houses = {m.casefold().rpartition("@")[2] for m in self.emails} - FREE_MAIL
        return host in houses and not self.domains

    def knows_host(self, host: str) -> bool:
        houses = {m.casefold().rpartition("@")[2] for m in self.emails} - FREE_MAIL
        return _in_domain(host.casefold(), self.domains | houses)

    def knows_address(self, text: str) -> bool:
        plain = _plain(text)
        return any(
            plain in _plain(address) or _plain(address) in plain for address in self.addresses if _plain(address)
        )


def name_words(text: str) -> frozenset[str]:
    return _name_words(text)


@lru_cache(maxsize=4096)
def _name_words(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"[^\W\d_]+", fold(text))) - TITLES


def _same_person(written: frozenset[str], known: frozenset[str]) -> bool:
    return all(_fits(word, known) for word in written)


def _fits(word: str, known: frozenset[str]) -> bool:
    if word in known or SHORT.get(word) in known:
        return True
    return len(word) == 1 and any(other.startswith(word) for other in known)


def _plain(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", " ", text.casefold()).strip()


def _digits(text: str) -> str:
    digits = re.sub(r"\D", "", re.split(r"(?i)\s*(?:ext?|x)\b", text)[0])
    return digits[-10:]


def _in_domain(host: str, domains: Iterable[str]) -> bool:
    return any(host == d.casefold() or host.endswith("." + d.casefold()) for d in domains)

"""Is this word a person's name? Lists of names and of ordinary words, folded to plain small letters.

The lists are made by benchmarks/phi/make_lexicon.py; NOTICE says where they come from.
"""

from __future__ import annotations

import gzip
import unicodedata
from functools import cache, lru_cache
from pathlib import Path

from reaccredit.phi.terms import MAKERS, ORDINARY, PARTICLES, PLACES

DATA = Path(__file__).resolve().parent / "data"
LETTERS = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ß": "ss", "ı": "i", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th", "ə": "e"}
)
KNOWN_GIVEN, OFTEN_BUT_A_WORD, GIVEN_BUT_A_WORD = 1.0, 0.7, 0.3
GIVEN_NOW = frozenset(  # words that parents have chosen since the lists were made
    """destiny harmony serenity trinity diamond precious sage willow poppy journey raven skye charity mercy patience
    prudence constance verity chance cadence aria genesis heaven miracle essence phoenix hunter""".split()
)
KNOWN_SURNAME, SURNAME_BUT_A_WORD, RARE_BUT_A_WORD = 1.0, 0.6, 0.25
OF_THE_TRADE_TOO = 0.5, 0.4  # "Mark", "Price": words of every form, and names
# The word list holds these in small letters, and yet with a capital they are always a person.
ALWAYS_GIVEN = frozenset(
    """john maria martin mike tom bob peter sally nick ken roger randy terry troy harry jimmy tony heather holly hazel
    bobby billy carol colleen derrick hector josh matt mickey patty patsy phoebe rick rob savannah sherry sue jack jay
    jasmine lea lily lee don ed eve frank glen jasper nick noel ray reed rhea rosemary ruby viola violet warren""".split()
)
STRANGE = 0.6  # in no list at all: a rare name, or a product


@lru_cache(maxsize=65536)
def fold(text: str) -> str:
    if text.isascii():
        return text.lower()
    plain = unicodedata.normalize("NFKD", text.casefold()).translate(LETTERS)
    return "".join(c for c in plain if not unicodedata.combining(c))


@cache
def words(name: str) -> frozenset[str]:
    with gzip.open(DATA / f"{name}.txt.gz", "rt", encoding="ascii") as lines:
        return frozenset(lines.read().split())


def is_word(folded: str) -> bool:
    """An ordinary word, or one of the trade, also in the plural."""
    if folded in words("words") or folded in ORDINARY:
        return True
    stem = folded[:-2] if folded.endswith("es") else folded[:-1] if folded.endswith("s") else folded
    return len(stem) > 2 and (stem in ORDINARY)


def is_nobody(folded: str) -> bool:
    """Makers, products, towns, states: capital letters that are no person's."""
    return folded in MAKERS or folded in PLACES or (folded in words("proper") and folded not in PARTICLES)


def as_given(word: str) -> float:
    return _as_given(fold(word))


@lru_cache(maxsize=8192)
def _as_given(word: str) -> float:
    if word in ALWAYS_GIVEN:
        return KNOWN_GIVEN
    if word in MAKERS or word in ORDINARY:
        return OF_THE_TRADE_TOO[0] if word in words("given-often") and word not in MAKERS else 0.0
    if word in words("given-often") or word in GIVEN_NOW:
        return OFTEN_BUT_A_WORD if is_word(word) else KNOWN_GIVEN
    if word in words("given"):
        return GIVEN_BUT_A_WORD if is_word(word) else KNOWN_GIVEN * 0.9
    return _strange(word)


def as_surname(word: str) -> float:
    return _as_surname(fold(word))


@lru_cache(maxsize=8192)
def _as_surname(word: str) -> float:
    if word in MAKERS or word in ORDINARY:
        return OF_THE_TRADE_TOO[1] if word in words("surnames-often") and word not in MAKERS else 0.0
    if word in words("surnames-often"):
        return SURNAME_BUT_A_WORD if is_word(word) else KNOWN_SURNAME
    if word in words("surnames"):
        return RARE_BUT_A_WORD if is_word(word) else KNOWN_SURNAME * 0.9
    return _strange(word)


def _strange(word: str) -> float:
    if is_word(word) or is_nobody(word) or len(word) < 3:
        return 0.0
    if "-" in word or "'" in word or "’" in word:
        parts = [p for p in word.replace("’", "-").replace("'", "-").split("-") if p]
        return max((max(_as_given(p), _as_surname(p)) for p in parts if len(p) > 1), default=0.0)
    return STRANGE if any(c in "aeiouy" for c in word) or not word.isascii() else 0.2

"""Are these words a person's name, by the lists alone?"""

from __future__ import annotations

import re

from reaccredit.phi.lexicon import as_given, as_surname, fold, is_nobody, is_word
from reaccredit.phi.lexicon import words as words_of
from reaccredit.phi.roster import TITLES
from reaccredit.phi.terms import INSTITUTIONS, MAKERS, PARTICLES


def is_person(words: list[str]) -> bool:
    if len(words) < 2 or fold(words[0].strip(".")) in TITLES:
        return False
    first, last, middle = words[0], words[-1], words[1:-1]
    if any(is_nobody(fold(w.strip("."))) for w in words[:-1]) or (is_nobody(fold(last)) and not also_a_surname(last)):
        return False
    if fold(last) in INSTITUTIONS or len(last.strip(".")) < 2 or first == "St.":
        return False
    if any(_stranger_to_names(w) for w in middle):
        return False
    surname = as_surname(last)
    if re.fullmatch(r"[^\W\d_]\.?", first):
        return surname >= 0.6 and (first.endswith(".") or not is_word(fold(last)))
    given = as_given(first)
    if words[0].isupper() and words[-1].isupper() and len(last) > 2:
        return given >= 0.6 and surname >= 0.5 and given + surname >= 1.5
    if given + surname >= 1.1 and given >= 0.3 and surname > 0:
        return not (given == 0.6 and surname == 0.6) or not _looks_made(first, last)
    return as_surname(first) >= 0.9 and as_given(last) >= 0.9  # "Nguyen Thi", family name first


def also_a_surname(word: str) -> bool:
    """ "Washington" after a given name."""
    return fold(word) not in MAKERS and fold(word) in words_of("surnames-often")


def _looks_made(first: str, last: str) -> bool:
    """Two words in no list: a product has letters that names seldom have."""
    both = fold(first + last)
    return bool(re.search(r"[xqzv]{2}|[^aeiouy]{5}", both)) or any(w.isupper() for w in (first, last))


def _stranger_to_names(word: str) -> bool:
    plain = fold(word.strip("."))
    return len(plain) > 1 and plain not in PARTICLES and max(as_given(plain), as_surname(plain)) == 0

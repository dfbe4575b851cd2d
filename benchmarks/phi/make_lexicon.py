"""Writes src/reaccredit/phi/data/: given names, surnames, ordinary words, proper words that are no person's name.

Run rarely, in an environment with `faker` (MIT) and `names` (MIT; it carries the lists of the 1990 US census, which are in
the public domain), on a machine with a word list (/usr/share/dict/american-english: SCOWL, permissive).

    python benchmarks/phi/make_lexicon.py src/reaccredit/phi/data
"""

from __future__ import annotations

import gzip
import importlib
import re
import sys
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path

import faker
import names

WORDS = Path("/usr/share/dict/american-english")
SURNAMES = 60_000  # the rarer ones of the census are mostly spelling variants
LETTERS = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ß": "ss", "ı": "i", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th", "ə": "e"}
)


def fold(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.casefold()).translate(LETTERS)
    return "".join(c for c in plain if not unicodedata.combining(c))


def words_of(values: Iterable[str]) -> Iterator[str]:
    for value in values:
        for word in re.findall(r"[^\W\d_]{2,}", fold(value)):
            if word.isascii():
                yield word


def providers() -> Iterator[type]:
    folder = Path(faker.__file__).parent / "providers" / "person"
    for path in sorted(folder.iterdir()):
        if path.is_dir() and not path.name.startswith("__"):
            yield importlib.import_module(f"faker.providers.person.{path.name}").Provider


def from_faker(part: str) -> set[str]:
    found: set[str] = set()
    for provider in providers():
        for name in dir(provider):
            if part in name and name.endswith(("names", "names_male", "names_female")) and "format" not in name:
                value = getattr(provider, name)
                if isinstance(value, dict | list | tuple | set):
                    found |= set(words_of(value))
    return found


def from_census(file: str, limit: int) -> set[str]:
    lines = (Path(names.__file__).parent / file).read_text().splitlines()
    return {line.split()[0].lower() for line in lines[:limit]}


def write(folder: Path, name: str, words: set[str]) -> None:
    with (folder / f"{name}.txt.gz").open("wb") as raw, gzip.GzipFile("", "wb", 9, raw, mtime=0) as out:
        out.write("\n".join(sorted(words)).encode())
    print(name, len(words))


def main() -> None:
    folder = Path(sys.argv[1])
    listed = [word for word in WORDS.read_text(encoding="utf-8").split() if not word.endswith("'s") and len(word) > 1]
    words = {fold(word) for word in listed if word == word.lower()}
    given = from_faker("first") | from_census("dist.female.first", 5000) | from_census("dist.male.first", 5000)
    surnames = from_faker("last") | from_census("dist.all.last", SURNAMES)
    proper = {fold(word) for word in listed if word != word.lower()} - given - surnames - words
    often = {
        "given-often": from_census("dist.female.first", 1000) | from_census("dist.male.first", 700),
        "surnames-often": from_census("dist.all.last", 3000) | {"doe", "roe"},
    }
    lists = {"given": given, "surnames": surnames, "words": words, "proper": proper, **often}
    for name, content in lists.items():
        write(folder, name, {word for word in content if word.isascii() and word.isalpha()})


if __name__ == "__main__":
    main()

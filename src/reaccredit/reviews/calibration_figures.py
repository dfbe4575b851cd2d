"""How well answers agree with a key. Pure: answers in, numbers out; no rows and no people.

Shares come with Wilson's score interval of 95 % (Wilson 1927; method 3 of Newcombe 1998), which stays between 0 and 1 and says
something of few answers, too. Criteria of one area are no independent answers: their interval is narrower than it should be, and
the page says so. Cohen's kappa of areas is that of `kappa`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt

from reaccredit.reviews import kappa
from reaccredit.reviews.kappa import Kappa, Z


@dataclass(frozen=True, slots=True)
class Rate:
    """`hits` of `number`, with its interval; no share of nothing."""

    hits: int
    number: int
    share: float | None
    low: float | None
    high: float | None

    @property
    def percent(self) -> int:
        return round(100 * (self.share or 0))

    @property
    def low_percent(self) -> int:
        return round(100 * (self.low or 0))

    @property
    def high_percent(self) -> int:
        return round(100 * (self.high or 0))


def wilson(hits: int, number: int) -> Rate:
    if not 0 <= hits <= number:
        raise ValueError("hits are a part of the number")
    if not number:
        return Rate(0, 0, None, None, None)
    share, spread = hits / number, Z * Z / number
    middle = share + spread / 2
    width = Z * sqrt(share * (1 - share) / number + spread / (4 * number))
    return Rate(
        hits, number, share, max(0.0, (middle - width) / (1 + spread)), min(1.0, (middle + width) / (1 + spread))
    )


@dataclass(frozen=True, slots=True)
class Mark:
    """One criterion: is it acceptable, by the key and by the reader?"""

    criterion: str
    key: bool
    said: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """One area that one reader has read beside its key. Outcomes are "acceptable" or anything else, which is not."""

    reader: int
    modality: str
    module: str
    kind: str
    key: str
    said: str
    marks: tuple[Mark, ...]


ACCEPTABLE = "acceptable"


@dataclass(frozen=True, slots=True)
class Agreement:
    areas: Rate
    kappa: Kappa
    false_pass: int  # accepted against the key
    false_fail: int  # not accepted against the key
    criteria: Rate
    criteria_false_pass: int
    criteria_false_fail: int


def agreement(listed: Sequence[Answer]) -> Agreement:
    marks = [mark for one in listed for mark in one.marks]
    return Agreement(
        areas=wilson(sum(one.key == one.said for one in listed), len(listed)),
        kappa=kappa.cohen([(one.key, one.said) for one in listed]),
        false_pass=sum(one.said == ACCEPTABLE != one.key for one in listed),
        false_fail=sum(one.key == ACCEPTABLE != one.said for one in listed),
        criteria=wilson(sum(mark.key == mark.said for mark in marks), len(marks)),
        criteria_false_pass=sum(mark.said and not mark.key for mark in marks),
        criteria_false_fail=sum(mark.key and not mark.said for mark in marks),
    )


Module = tuple[str, str]  # modality, module


def by_module(listed: Iterable[Answer]) -> dict[Module, list[Answer]]:
    found: dict[Module, list[Answer]] = defaultdict(list)
    for one in listed:
        found[one.modality, one.module].append(one)
    return dict(sorted(found.items()))


def by_reader(listed: Iterable[Answer]) -> dict[int, list[Answer]]:
    found: dict[int, list[Answer]] = defaultdict(list)
    for one in listed:
        found[one.reader].append(one)
    return found


@dataclass(frozen=True, slots=True)
class Missed:
    """One criterion over all readers and cases."""

    modality: str
    kind: str
    criterion: str
    missed: Rate
    false_pass: int
    false_fail: int


def missed(listed: Iterable[Answer]) -> list[Missed]:
    """Every criterion that was answered beside a key, the most often missed first."""
    found: dict[tuple[str, str, str], list[Mark]] = defaultdict(list)
    for one in listed:
        for mark in one.marks:
            found[one.modality, one.kind, mark.criterion].append(mark)
    rows = [_missed(key, marks) for key, marks in found.items()]
    return sorted(rows, key=lambda row: (-(row.missed.share or 0), -row.missed.number, row.modality, row.criterion))


def _missed(key: tuple[str, str, str], marks: Sequence[Mark]) -> Missed:
    passed = sum(mark.said and not mark.key for mark in marks)
    failed = sum(mark.key and not mark.said for mark in marks)
    return Missed(*key, wilson(passed + failed, len(marks)), passed, failed)


def below(found: Agreement, *, percent: int, least: Mapping[str, int]) -> list[str]:
    """Which of the two rates ("areas", "criteria") lies below the threshold; one that rests on too few answers is asked nothing."""
    rates = {"areas": found.areas, "criteria": found.criteria}
    return [
        name for name, rate in rates.items()
        if rate.number >= least[name] and rate.share is not None and rate.hits * 100 < percent * rate.number
    ]  # fmt: skip

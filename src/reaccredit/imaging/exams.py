"""What is asked of all images of an item together: pure questions about its series. Each is met, not met, or cannot be told from
the headers; limits and sentences are the caller's rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from itertools import pairwise
from statistics import median

STACK = 3  # fewer images are a scout or a single picture, of which no thickness is asked
ROUNDING = 0.005  # headers round
IDENTIFIED = {
    "name": "the name", "id": "the patient ID", "birth": "the date of birth or the age", "institution": "the institution",
    "date": "the date", "laterality": "the laterality",
}  # fmt: skip


@dataclass(frozen=True)
class Facts:
    """A series as its headers and the places of its images tell it."""

    title: str
    images: int = 1
    thickness: float | None = None
    positions: tuple[float, ...] = ()
    pixel: tuple[float, float] | None = None
    plane: str = ""
    after_injection: float | None = None
    identified: frozenset[str] = frozenset()

    @property
    def gap(self) -> float | None:
        """Millimetres between two neighbouring slices. One that was left out does not make all of them far apart."""
        places = sorted(set(self.positions))
        if self.thickness is None or len(places) < STACK:
            return None
        return max(0.0, round(median(b - a for a, b in pairwise(places)) - self.thickness, 2))

    @property
    def widest(self) -> float | None:
        return max(self.pixel) if self.pixel else None

    @property
    def area(self) -> float | None:
        return self.pixel[0] * self.pixel[1] if self.pixel else None

    def is_like(self, patterns: Sequence[str]) -> bool:
        return not patterns or any(fnmatchcase(self.title.lower(), pattern) for pattern in patterns)


@dataclass(frozen=True)
class Exam:
    series: tuple[Facts, ...]
    unfinished: int = 0  # files that were begun to be sent, where that has not ended
    listed: int = 0  # images that a disk lists of these studies, and how many of them are not here
    missing: int = 0


@dataclass(frozen=True)
class Limits:
    most: float | None = None
    least: float | None = None
    needs: tuple[str, ...] = ()
    like: tuple[str, ...] = ()
    named: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Answer:
    """`met` is None where the headers do not say. `series`, `found` and `wanted` go into the sentence."""

    met: bool | None
    series: str = ""
    found: str = ""
    wanted: str = ""
    applies: bool = True  # where nothing was declared, nothing is said of it


Question = Callable[[Exam, Limits], Answer]


def figure(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _and(words: Iterable[str]) -> str:
    listed = list(words)
    return " and ".join([", ".join(listed[:-1]), listed[-1]] if len(listed) > 1 else listed)


def _outside(value: float, limits: Limits) -> bool:
    above = limits.most is not None and value > limits.most + ROUNDING
    return above or (limits.least is not None and value < limits.least - ROUNDING)


def _wanted(limits: Limits) -> str:
    bound = limits.most if limits.most is not None else limits.least
    return figure(bound) if bound is not None else ""


def _each(of: Callable[[Facts], float | None]) -> Question:
    """A figure that every stack of slices has to keep; the first that does not is named."""

    def question(exam: Exam, limits: Limits) -> Answer:
        stacks = [one for one in exam.series if one.images >= STACK and one.is_like(limits.like)]
        values = [(one, of(one)) for one in stacks]
        for one, value in values:
            if value is not None and _outside(value, limits):
                return Answer(False, one.title, figure(value), _wanted(limits))
        told = bool(values) and all(value is not None for _, value in values)
        return Answer(True if told else None, wanted=_wanted(limits))

    return question


def images(exam: Exam, limits: Limits) -> Answer:
    number = sum(one.images for one in exam.series)
    return Answer(not _outside(number, limits), found=str(number), wanted=_wanted(limits))


def planes(exam: Exam, limits: Limits) -> Answer:
    there = {one.plane for one in exam.series if one.plane}
    missing = [need for need in limits.needs if need not in there]
    untold = any(not one.plane for one in exam.series)
    return Answer((None if untold else False) if missing else True, found=_and(missing), wanted=_and(limits.needs))


def series(exam: Exam, limits: Limits) -> Answer:
    missing = [name for name, like in limits.named.items() if not any(one.is_like(like) for one in exam.series)]
    return Answer(not missing, found=_and(missing), wanted=_and(limits.named))


def identified(exam: Exam, limits: Limits) -> Answer:
    wanted = _and(IDENTIFIED[need] for need in limits.needs)
    for one in exam.series:
        if missing := [need for need in limits.needs if need not in one.identified]:
            return Answer(False, one.title, _and(IDENTIFIED[need] for need in missing), wanted)
    return Answer(True, wanted=wanted)


def after_injection(exam: Exam, limits: Limits) -> Answer:
    """The first series after the injection, in minutes to its end."""
    told = [(one.after_injection / 60, one.title) for one in exam.series if one.after_injection is not None]
    if not told:
        return Answer(None, wanted=_wanted(limits))
    minutes, title = min(told)
    return Answer(not _outside(minutes, limits), title, figure(minutes), _wanted(limits))


def all_sent(exam: Exam, limits: Limits) -> Answer:
    return Answer(not exam.unfinished, found=str(exam.unfinished), applies=exam.unfinished > 0)


def disk(exam: Exam, limits: Limits) -> Answer:
    return Answer(not exam.missing, found=str(exam.missing), wanted=str(exam.listed), applies=exam.listed > 0)


QUESTIONS: Mapping[str, Question] = {
    "images": images, "thickness": _each(lambda one: one.thickness), "gap": _each(lambda one: one.gap),
    "pixel": _each(lambda one: one.widest), "pixel-area": _each(lambda one: one.area), "planes": planes, "series": series,
    "identified": identified, "after-injection": after_injection, "all-sent": all_sent, "disk": disk,
}  # fmt: skip

"""Agreement between readers beyond chance. Pure: outcomes in, numbers out; no rows, no floats hidden behind a framework.

Cohen's kappa for two readers of the same areas, with the large-sample standard error of Fleiss, Cohen and Everitt (1969);
Fleiss' kappa for areas that different readers read, the same number each, with a jackknife over the areas for its interval.
Intervals are of 95 %.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

Z = 1.959963984540054  # of 95 %, on both sides


@dataclass(frozen=True, slots=True)
class Kappa:
    """`value` and its interval. No value: nothing read, or everybody always says the same. No interval: they never differed."""

    areas: int
    agreed: float | None  # the share of pairs that say the same
    value: float | None
    low: float | None
    high: float | None

    @property
    def words(self) -> str:
        """The scale of Landis and Koch (1977): a manner of speaking, and no rule."""
        if self.value is None:
            return "not defined"
        steps = ((0.0, "none"), (0.2, "slight"), (0.4, "fair"), (0.6, "moderate"), (0.8, "substantial"))
        return next((name for top, name in steps if self.value <= top), "almost perfect")


NOTHING = Kappa(0, None, None, None, None)


def _interval(number: int, agreed: float, value: float, error: float) -> Kappa:
    if error < 1e-12:  # who never differed may still differ next time: the formula knows no spread, and there is one
        return Kappa(number, agreed, value, None, None)
    return Kappa(number, agreed, value, max(-1.0, value - Z * error), min(1.0, value + Z * error))


def cohen(pairs: Sequence[tuple[str, str]]) -> Kappa:
    """(what the one said, what the other said) of each area that both have read."""
    n = len(pairs)
    if not n:
        return NOTHING
    share = {cell: count / n for cell, count in Counter(pairs).items()}
    one, other = (Counter(side) for side in zip(*pairs, strict=True))
    row, column = ({word: count / n for word, count in side.items()} for side in (one, other))
    words = {*row, *column}
    observed = sum(share.get((w, w), 0.0) for w in words)
    chance = sum(row.get(w, 0.0) * column.get(w, 0.0) for w in words)
    if chance >= 1:
        return Kappa(n, observed, None, None, None)
    value = (observed - chance) / (1 - chance)
    kept = sum(share.get((w, w), 0.0) * (1 - (row.get(w, 0.0) + column.get(w, 0.0)) * (1 - value)) ** 2 for w in words)
    crossed = (1 - value) ** 2 * sum(
        share[a, b] * (column.get(a, 0.0) + row.get(b, 0.0)) ** 2 for a, b in share if a != b
    )
    spread = kept + crossed - (value - chance * (1 - value)) ** 2
    return _interval(n, observed, value, sqrt(max(0.0, spread) / n) / (1 - chance))


def fleiss(areas: Sequence[Sequence[str]]) -> Kappa:
    """What was said of each area, by the same number of readers each, whoever they were. ValueError where the number differs."""
    if not areas:
        return NOTHING
    if len({len(said) for said in areas}) != 1 or len(areas[0]) < 2:
        raise ValueError("each area must have been read by the same number of readers, two at least")
    counted = [Counter(said) for said in areas]
    agreed, value = _fleiss(counted)
    if value is None:
        return Kappa(len(areas), agreed, None, None, None)
    without = [_fleiss(counted[:i] + counted[i + 1 :])[1] for i in range(len(counted))]
    known = [one for one in without if one is not None]
    n = len(known)
    if n < 2 or n < len(counted):  # one area alone makes it defined: no interval can be told
        return Kappa(len(areas), agreed, value, None, None)
    mean = sum(known) / n
    return _interval(len(areas), agreed, value, sqrt((n - 1) / n * sum((one - mean) ** 2 for one in known)))


def _fleiss(counted: Sequence[Counter[str]]) -> tuple[float, float | None]:
    if not counted:
        return 0.0, None
    readers, n = counted[0].total(), len(counted)
    agreed = sum(sum(k * (k - 1) for k in one.values()) for one in counted) / (n * readers * (readers - 1))
    total: Counter[str] = sum(counted, Counter())
    chance = sum((k / (n * readers)) ** 2 for k in total.values())
    return agreed, None if chance >= 1 else (agreed - chance) / (1 - chance)

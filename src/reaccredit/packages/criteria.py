"""Values of a data form beside the limits of their day: advice to whoever fills in the form and to whoever reads it.

Nothing is determined here. What an area's outcome is, its readers say.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cache
from pathlib import Path

from django.conf import settings

from reaccredit.packages import rules
from reaccredit.packages.catalogue import DataForm, contents
from reaccredit.packages.models import FormEntry, Item, Package
from reaccredit.policy import Clause, NotGoverned
from reaccredit.policy.criteria import Criteria, DatedTable, shelf
from reaccredit.policy.measures import Row, evaluate

Values = Mapping[str, Decimal | bool]


@dataclass(frozen=True, slots=True)
class Beside:
    """A value beside its limit. `value` is empty where there is none yet; `inside` is None where nothing can be said."""

    measure: str
    title: str
    value: str
    limit: str
    inside: bool | None
    advice: bool
    clauses: tuple[Clause, ...]


@dataclass(frozen=True, slots=True)
class Advice:
    """The limits of the day. `dated` is None where no table governs it; `stopped` then says so."""

    title: str
    dated: DatedTable | None
    lines: tuple[Beside, ...]
    stopped: str = ""

    @property
    def outside(self) -> tuple[Beside, ...]:
        return tuple(line for line in self.lines if line.inside is False and not line.advice)

    @property
    def notes(self) -> tuple[Clause, ...]:
        """What the source does not say, and by which reading the day was chosen."""
        if self.dated is None:
            return ()
        return (*self.dated.cited(self.dated.governs_cites), *self.dated.silences)


@dataclass(frozen=True, slots=True)
class Told:
    """What a package's data forms tell, by the words of the criteria."""

    values: Values
    traits: Mapping[str, str]
    scanned: date | None = None


# -- which table -------------------------------------------------------------------------------------------------------


@cache
def _shelf(folder: Path) -> dict[str, Criteria]:
    return shelf(folder) if folder.is_dir() else {}


def criteria(name: str) -> Criteria | None:
    return _shelf(Path(settings.POLICIES) / "criteria").get(name)


def opened_on(package: Package) -> date:
    """The day that chooses among criteria: the one on which the package was opened, in the zone of its policy."""
    return rules.today(package.case_file.case, package.opened_at)


# -- what the forms tell -----------------------------------------------------------------------------------------------


def told(package: Package, entries: Iterable[FormEntry]) -> Told:
    """Of the newest entries of some data forms. A form that names no criteria tells nothing."""
    values: dict[str, Decimal | bool] = {}
    traits: dict[str, str] = {}
    scanned: date | None = None
    counted: Counter[str] = Counter()
    found = contents(package.case_file.modality)
    for entry in entries:
        form = found.form_of(entry.item.code) if found else None
        if form is None or not form.criteria:
            continue
        counted.update([form.counts] if form.counts else [])
        given = {asked: entry.answers.get(asked.name) for asked in form.fields}
        given = {asked: answer for asked, answer in given.items() if answer not in (None, "")}
        values |= {f.measure: number for f, a in given.items() if f.measure and (number := _number(a)) is not None}
        traits |= {f.trait: str(a) for f, a in given.items() if f.trait}
        scanned = next((date.fromisoformat(str(a)) for f, a in given.items() if f.scan), scanned)
    return Told(values, traits | {trait: str(number) for trait, number in counted.items()}, scanned)


def _number(text: object) -> Decimal | None:
    try:
        number = Decimal(str(text))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


# -- beside each other -------------------------------------------------------------------------------------------------


def of_form(item: Item, form: DataForm, entry: FormEntry | None) -> Advice | None:
    """For the form's own page: every limit that its answers lead to. None where the form has nothing to do with one."""
    measures = {asked.measure: asked.label for asked in form.fields if asked.measure}
    if not form.criteria or not (measures or any(asked.trait for asked in form.fields)):
        return None
    if entry:
        entry.item = item
    return beside(form.criteria, item.package, told(item.package, [entry] if entry else []), measures)


def beside(name: str, package: Package, found: Told, measures: Mapping[str, str] | None = None) -> Advice | None:
    """These measures (with what they are called on the form) beside the limits of the package's day; without any, all."""
    dates = criteria(name)
    if dates is None:
        return None
    try:
        dated = dates.governing(opened=opened_on(package), scanned=found.scanned)
    except NotGoverned as error:
        return Advice(dates.tables[-1].title, None, (), str(error))
    wanted = measures or {row.measure: row.title for row in dated.table.rows}
    return Advice(dated.title, dated, tuple(_lines(dated, found, wanted)))


def _lines(dated: DatedTable, found: Told, wanted: Mapping[str, str]) -> Iterator[Beside]:
    """Where a trait is not told, a limit stands beside a value only, with the condition under which it holds."""
    known = dated.words(found.traits)
    values = {name: v for name, v in found.values.items() if name in dated.table.measures}
    shown = evaluate(dated.table, values, known).lines
    for measure, label in wanted.items():
        here = [line for line in shown if line.row.measure == measure]
        for line in here:
            if line.value is not None or all(trait in known for trait in line.row.when):
                limit = f"{line.row.bounds}{_condition(line.row, dated, known)}"
                clauses, advice = dated.cited(line.row.cites), not line.row.required
                yield Beside(
                    measure, line.row.title, _said(line.value, line.row.unit), limit, line.inside, advice, clauses
                )
        if not here and measure in found.values:
            yield Beside(measure, label, _said(found.values[measure], ""), "no limit is stated", None, False, ())


def _condition(row: Row, dated: DatedTable, known: Mapping[str, str]) -> str:
    parts = [f"{dated.traits[t].title}: {' or '.join(words)}" for t, words in row.when.items() if t not in known]
    return f" ({', '.join(parts)})" if parts else ""


def _said(value: Decimal | bool | None, unit: str) -> str:
    if value is None or isinstance(value, bool):
        return {None: "", True: "yes", False: "no"}[value]
    return f"{value:f} {unit}".strip()

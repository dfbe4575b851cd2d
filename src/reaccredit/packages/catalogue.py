"""What a testing package holds, by modality, as data. Read once, checked whole: a slip in a file says which key of which file is wrong."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any

CONTENTS = Path(__file__).parent / "contents"

SCOPES = ("exam", "clinical", "phantom", "package")
KINDS = ("exam", "phantom", "protocol", "form", "document")
IMAGE_KINDS = ("exam", "phantom")
FORM_KINDS = ("protocol", "form")
FIELD_TYPES = ("text", "long-text", "number", "integer", "date", "choice")

_FILE = {"modality": str, "item": list, "form": dict}
_ITEM = {
    "for": str, "code": str, "kind": str, "title": str, "hint": str, "form": str, "areas": list, "when": list, "dicom": list,
    "source": str, "assumed": str,
}  # fmt: skip
_FORM = {"title": str, "source": str, "field": list, "criteria": str, "counts": str}
_FIELD = {
    "name": str, "label": str, "hint": str, "unit": str, "type": str, "required": bool, "min": (int, float), "max": (int, float),
    "choices": dict, "measure": str, "trait": str, "scan": bool, "person": bool,
}  # fmt: skip


class Faulty(ValueError):
    """A contents file that cannot be used."""


@dataclass(frozen=True, slots=True)
class Field:
    """One question of a data form. `min` and `max` bound a number, `max` the length of a text.

    The answer may be a `measure` or a `trait` of the form's criteria, or the day of the `scan`. One that names a `person`
    is not for those who read blind.
    """

    name: str
    label: str
    type: str
    hint: str = ""
    unit: str = ""
    required: bool = True
    min: float | None = None
    max: float | None = None
    choices: tuple[tuple[str, str], ...] = ()
    measure: str = ""
    trait: str = ""
    scan: bool = False
    person: bool = False


@dataclass(frozen=True, slots=True)
class DataForm:
    """`criteria` names the dated limits that its answers are held against; `counts` the trait that tells how many such forms there are."""

    title: str
    source: str
    fields: tuple[Field, ...]
    criteria: str = ""
    counts: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the list. `scope` says how often it comes: for each exam, for each clinical or phantom area, or once."""

    scope: str
    code: str
    kind: str
    source: str
    title: str = ""
    hint: str = ""
    form: str = ""
    areas: tuple[str, ...] = ()  # only for these areas; none: for each of its scope
    when: tuple[str, ...] = ()  # only if one of these areas is applied for; none: always
    dicom: frozenset[str] = frozenset()  # modality words of the images, where they differ from the modality's own
    assumed: str = ""

    def fits(self, area: str) -> bool:
        return not self.areas or any(fnmatchcase(area, pattern) for pattern in self.areas)

    def needed(self, applied_for: Iterable[str]) -> bool:
        return not self.when or any(fnmatchcase(area, pattern) for area in applied_for for pattern in self.when)


@dataclass(frozen=True, slots=True)
class Contents:
    modality: str
    lines: tuple[Line, ...]
    forms: Mapping[str, DataForm]

    def line(self, code: str) -> Line | None:
        """The line of an item. An item that was opened for the n-th exam carries the code "exam.n"."""
        plain = code.partition(".")[0]
        return next((line for line in self.lines if line.code == plain), None)

    def form_of(self, code: str) -> DataForm | None:
        line = self.line(code)
        return self.forms.get(line.form) if line and line.form else None

    def of(self, scope: str) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if line.scope == scope)


@cache
def contents(modality: str) -> Contents | None:
    """None for a modality of which no source tells what is sent: its staff say, and no package can be opened here."""
    return read(CONTENTS / f"{modality.lower()}.toml") if modality in shipped() else None


@cache
def shipped() -> frozenset[str]:
    return frozenset(path.stem.upper() for path in CONTENTS.glob("*.toml"))


def read(path: Path) -> Contents:
    try:
        data = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Faulty(f"{path.name}: {error}") from None
    return _contents(data, path)


def _contents(data: Mapping[str, Any], path: Path) -> Contents:
    place = path.name
    _check(place, data, _FILE, {"modality", "item"})
    if data["modality"] != path.stem.upper():
        raise Faulty(f"{place}: modality is {data['modality']!r}, but the file is named {path.stem!r}")
    forms = {name: _form(f"{place}: form.{name}", table) for name, table in data.get("form", {}).items()}
    lines = tuple(_line(f"{place}: item {n}", table, forms) for n, table in enumerate(data["item"], 1))
    codes = [line.code for line in lines]
    if twice := sorted({code for code in codes if codes.count(code) > 1}):
        raise Faulty(f"{place}: the code {twice[0]!r} stands for two items")
    if unused := sorted(set(forms) - {line.form for line in lines}):
        raise Faulty(f"{place}: no item uses form.{unused[0]}")
    return Contents(data["modality"], lines, forms)


def _line(place: str, table: Mapping[str, Any], forms: Mapping[str, DataForm]) -> Line:
    _check(place, table, _ITEM, {"for", "code", "kind", "source"})
    _one_of(place, "for", table["for"], SCOPES)
    _one_of(place, "kind", table["kind"], KINDS)
    if (table["kind"] in FORM_KINDS) != ("form" in table):
        raise Faulty(f"{place}: an item of kind protocol or form names its form, and no other item does")
    if "form" in table:
        _one_of(place, "form", table["form"], tuple(forms))
    if table["kind"] != "exam" and not table.get("title"):
        raise Faulty(f"{place}: 'title' is missing; only an exam takes its title from the application")
    if "." in table["code"]:
        raise Faulty(f"{place}: a code has no full stop; that is how exams are numbered")
    return Line(
        scope=table["for"], code=table["code"], kind=table["kind"], source=table["source"], title=table.get("title", ""),
        hint=table.get("hint", ""), form=table.get("form", ""), areas=tuple(table.get("areas", ())), when=tuple(table.get("when", ())),
        dicom=frozenset(table.get("dicom", ())), assumed=table.get("assumed", ""),
    )  # fmt: skip


def _form(place: str, table: Any) -> DataForm:
    _check(place, table, _FORM, {"title", "source", "field"})
    fields = tuple(_field(f"{place}: field {n}", field) for n, field in enumerate(table["field"], 1))
    names = [field.name for field in fields]
    if len(set(names)) != len(names):
        raise Faulty(f"{place}: two fields have the same name")
    if not table.get("criteria") and (table.get("counts") or any(f.measure or f.trait for f in fields)):
        raise Faulty(f"{place}: 'criteria' is missing; it says whose measures and traits these are")
    return DataForm(table["title"], table["source"], fields, table.get("criteria", ""), table.get("counts", ""))


def _field(place: str, table: Any) -> Field:
    _check(place, table, _FIELD, {"name", "label", "type"})
    _one_of(place, "type", table["type"], FIELD_TYPES)
    if (table["type"] == "choice") != bool(table.get("choices")):
        raise Faulty(f"{place}: a choice has 'choices', and no other field does")
    _check_tells(place, table)
    low, high = table.get("min"), table.get("max")
    if low is not None and high is not None and low >= high:
        raise Faulty(f"{place}: 'min' is not below 'max'")
    return Field(
        name=table["name"], label=table["label"], type=table["type"], hint=table.get("hint", ""), unit=table.get("unit", ""),
        required=table.get("required", True), min=low, max=high, choices=tuple(table.get("choices", {}).items()),
        measure=table.get("measure", ""), trait=table.get("trait", ""), scan=table.get("scan", False), person=table.get("person", False),
    )  # fmt: skip


def _check_tells(place: str, table: Mapping[str, Any]) -> None:
    """A measure is a number, a day of the scan a day."""
    if table.get("measure") and table["type"] not in {"number", "integer"}:
        raise Faulty(f"{place}: a 'measure' is a number")
    if table.get("scan") and table["type"] != "date":
        raise Faulty(f"{place}: the day of the 'scan' is a date")


def _check(place: str, table: Any, known: Mapping[str, Any], needed: set[str]) -> None:
    if not isinstance(table, dict):
        raise Faulty(f"{place}: expected a table")
    for key, value in table.items():
        if key not in known:
            raise Faulty(f"{place}: unknown key {key!r}; known are {', '.join(known)}")
        if not isinstance(value, known[key]) or (isinstance(value, bool) and known[key] is not bool):
            raise Faulty(f"{place}: {key!r} is {value!r}, which is of the wrong type")
    if missing := sorted(needed - set(table)):
        raise Faulty(f"{place}: {missing[0]!r} is missing")


def _one_of(place: str, key: str, value: str, known: tuple[str, ...]) -> None:
    if value not in known:
        raise Faulty(f"{place}: {key!r} is {value!r}; expected one of {', '.join(known)}")

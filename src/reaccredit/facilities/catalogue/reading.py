"""Reads the catalogue's files. A key that is not known or missing, or a value of the wrong kind, is refused."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from reaccredit.facilities.catalogue.words import (
    AllPatientTypes,
    Count,
    Emergency,
    Fee,
    Form,
    Limit,
    Modality,
    Module,
    Part,
    Phantom,
    Source,
)  # fmt: skip
from reaccredit.people.models import FACILITY_ROLES

KEYS = {
    "code", "title", "programme", "by", "dicom", "source", "exams_note", "sources", "patient_types",
    "all_patient_types", "modules", "counts", "phantoms", "forms", "limits", "fees",
}  # fmt: skip
PROGRAMMES = {"diagnostic", "mammography", "radiation-oncology"}
PURPOSES = {"application", "repeat", "reinstatement", "survey-base", "survey-travel"}
KINDS: dict[str, type] = {
    "code": str, "title": str, "of": str, "says": str, "above": str, "not_named": str, "article": str, "kind": str,
    "purpose": str, "unit": str, "parts_word": str, "exams_note": str, "revision": date, "exams": int, "modules": int,
    "parts": int, "fewer_than": int, "days": int, "months": int, "cents": int, "more": int, "only": bool,
    "required": bool, "inferred": bool,
}  # fmt: skip

T = TypeVar("T")


class Unreadable(ValueError):
    """A file of the catalogue that cannot be used: which one, where in it, and what was expected."""


def load(folder: Path) -> tuple[dict[str, Modality], tuple[str, ...]]:
    """All modalities by code, and the roles that may submit an application."""
    common = _toml(folder / "common.toml")
    known = {"submitters", "submitters_note", "sources", "emergency", "fees"}
    _known(common, known, "common.toml")
    sources = _sources(common, "common.toml")
    emergency = _build(Emergency, common["emergency"], sources, None, "common.toml: emergency")
    fees = tuple(_build(Fee, f, sources, None, "common.toml: fees") for f in common["fees"])
    strangers = set(common["submitters"]) - {str(role) for role in FACILITY_ROLES}
    if strangers:
        raise Unreadable(f"common.toml: submitters: {', '.join(sorted(strangers))} is no role at a facility")
    read = [_modality(path, emergency, fees) for path in sorted((folder / "modalities").glob("*.toml"))]
    return {m.code: m for m in read}, tuple(common["submitters"])


def _modality(path: Path, emergency: Emergency, common_fees: tuple[Fee, ...]) -> Modality:
    table, name = _toml(path), path.name
    _known(table, KEYS, name)
    _among(table, "programme", PROGRAMMES, name)
    _among(table, "by", {"unit", "facility"}, name)
    sources = _sources(table, name)
    own = _source(table, sources, None, name)

    def rows(key: str, kind: type[T]) -> tuple[T, ...]:
        return tuple(_build(kind, row, sources, own, f"{name}: {key}") for row in table.get(key, []))

    rule = table.get("all_patient_types")
    modality = Modality(
        code=table["code"], title=table["title"], programme=table["programme"], by=table["by"],
        dicom_modalities=tuple(table["dicom"]), source=own, exams_note=table.get("exams_note", ""),
        modules=tuple(_module(row, sources, own, name) for row in table["modules"]),
        patient_types=rows("patient_types", Part), counts=rows("counts", Count), forms=rows("forms", Form),
        phantoms=tuple(_phantom(row, sources, own, name) for row in table.get("phantoms", [])),
        minimum_volumes=rows("limits", Limit), fees=rows("fees", Fee) + common_fees, emergency=emergency,
        all_patient_types=_build(AllPatientTypes, rule, sources, own, f"{name}: all_patient_types") if rule else None,
    )  # fmt: skip
    _sound(modality, name)
    return modality


def _module(row: Mapping[str, Any], sources: Mapping[str, Source], own: Source, name: str) -> Module:
    where = f"{name}: module {row.get('code', '?')}"
    return _build(
        Module, row, sources, own, where,
        parts=lambda value: tuple(_build(Part, p, sources, own, f"{where}: parts") for p in value),
        counts=lambda value: tuple(_build(Count, c, sources, own, f"{where}: counts") for c in value),
        exams=lambda value: _texts(value, f"{where}: exams"),
    )  # fmt: skip


def _phantom(row: Mapping[str, Any], sources: Mapping[str, Source], own: Source, name: str) -> Phantom:
    where = f"{name}: phantom {row.get('code', '?')}"
    return _build(
        Phantom, row, sources, own, where,
        parts=lambda value: _texts(value, f"{where}: parts"),
        modules=lambda value: _texts(value, f"{where}: modules"),
    )  # fmt: skip


def _build(
    kind: type[T], row: Mapping[str, Any], sources: Mapping[str, Source], own: Source | None, where: str,
    **special: Callable[[Any], Any],
) -> T:  # fmt: skip
    """A value of this dataclass from a table with the same keys. `source` is a name of the file's sources."""
    known = {f.name: f for f in fields(kind)}  # type: ignore[arg-type]
    _known(row, set(known), where)
    values: dict[str, Any] = {}
    for key, value in row.items():
        if key in special:
            values[key] = special[key](value)
        elif key != "source":
            values[key] = _kind(value, KINDS[key], f"{where}: {key}")
    if "source" in known:
        values["source"] = _source(row, sources, own, where)
    missing = [n for n, f in known.items() if n not in values and f.default is MISSING]
    if missing:
        raise Unreadable(f"{where}: {', '.join(missing)} is missing")
    return kind(**values)


def _kind(value: Any, expected: type, where: str) -> Any:
    wrong = isinstance(value, bool) or value < 0 if expected is int and isinstance(value, int) else False
    if wrong or not isinstance(value, expected):
        raise Unreadable(f"{where}: {value!r} is no {expected.__name__}")
    return value


def _texts(value: Any, where: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
        raise Unreadable(f"{where}: a list of texts is expected")
    return tuple(value)


def _sources(table: Mapping[str, Any], name: str) -> dict[str, Source]:
    read = {}
    for key, row in table.get("sources", {}).items():
        read[key] = _build(Source, row, {}, None, f"{name}: sources.{key}")
    return read


def _source(row: Mapping[str, Any], sources: Mapping[str, Source], own: Source | None, where: str) -> Source:
    named = row.get("source")
    found = sources.get(named) if named else own
    if found is None:
        raise Unreadable(f"{where}: source {named!r} is not among the sources of this file")
    return found


def _sound(modality: Modality, name: str) -> None:
    for what, codes in (
        ("area", [a.code for a in modality.areas()]),
        ("form", [f.code for f in modality.forms]),
    ):
        if twice := {c for c in codes if codes.count(c) > 1}:
            raise Unreadable(f"{name}: the {what} {', '.join(sorted(twice))} is named twice")
    modules = {m.code for m in modality.modules}
    for phantom in modality.phantoms:
        if not phantom.code.startswith("phantom/") or set(phantom.modules) - modules:
            raise Unreadable(f"{name}: {phantom.code} must begin with phantom/ and name modules of this file")
    for fee in modality.fees:
        if fee.purpose not in PURPOSES or fee.unit not in {"", "first", "further"}:
            raise Unreadable(f"{name}: the fee {fee.title!r} has a purpose or unit that is not known")
    if any(form.kind not in {"form", "protocol"} for form in modality.forms):
        raise Unreadable(f"{name}: the kind of a form is form or protocol")


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise Unreadable(f"{path.name}: {error}") from error


def _known(table: Mapping[str, Any], known: set[str], where: str) -> None:
    if strangers := set(table) - known:
        raise Unreadable(f"{where}: {', '.join(sorted(strangers))} is not known here")


def _among(table: Mapping[str, Any], key: str, known: set[str], name: str) -> None:
    if table.get(key) not in known:
        raise Unreadable(f"{name}: {key} is {table.get(key)!r}; it must be one of {', '.join(sorted(known))}")

"""What each page of the room shows: the answers of queries and policy, put together. Nothing is written here."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby
from typing import Any

from reaccredit.applications.models import Application, CaseFile
from reaccredit.imaging.actions import Received
from reaccredit.imaging.actions import Refused as RefusedFile
from reaccredit.imaging.checks import MODALITIES, Expectation
from reaccredit.imaging.models import Series
from reaccredit.imaging.queries import images_of, unfinished
from reaccredit.ledger.queries import decision
from reaccredit.packages import actions, criteria, queries, rules
from reaccredit.packages.catalogue import DataForm, Line, contents
from reaccredit.packages.criteria import Beside
from reaccredit.packages.expectations import checked, doubts, expectation
from reaccredit.packages.models import FormEntry, Item, Package
from reaccredit.packages.preflight import expects
from reaccredit.packages.ticks import Tick, crosses, form_of
from reaccredit.policy import Clause


def heading(package: Package) -> dict[str, Any]:
    """What every page of a package has on top."""
    return {"package": package} | case_heading(package.case_file)


def case_heading(case_file: CaseFile) -> dict[str, Any]:
    parts = [str(case_file.facility), str(case_file.unit or ""), case_file.modality]
    return {"case_file": case_file, "case": case_file.case, "kicker": " · ".join(part for part in parts if part)}


def accepting(application: Application) -> dict[str, Any]:
    """What accepting would open."""
    case_file = application.case_file
    return {"application": application, "areas": case_file.areas.all()} | case_heading(case_file)


def package(package: Package, now: datetime) -> dict[str, Any]:
    found = queries.items_with_ticks(package)
    left = crosses(found)
    answer = decision(package.case_file.case, now)
    is_open = package.submitted_at is None
    return heading(package) | {
        "groups": [(area, list(ticks)) for area, ticks in groupby(found, key=lambda tick: tick.item.area)],
        "done": len(found) - len(left),
        "of": len(found),
        "complete": not left,
        "is_open": is_open,
        "decision": answer,
        "term": answer.term if is_open else None,
        "closed": actions.closed(package, now) if is_open else None,
        "returns": not is_open and not actions.not_returned(package, now),
        "comments": package.comments.select_related("returned_by") if is_open else [],
        "media": queries.media(package),
    }


def giving_back(package: Package, now: datetime) -> dict[str, Any]:
    return heading(package) | {"kept": actions.not_returned(package, now) if package.submitted_at else None}


@dataclass(frozen=True)
class Answered:
    """An item on the page where everything is checked once more."""

    tick: Tick
    answers: list[tuple[str, str]]
    outside: tuple[Beside, ...]


def check(package: Package, now: datetime) -> dict[str, Any]:
    found = queries.items_with_ticks(package)
    entries = queries.entries(package)
    return heading(package) | {
        "lines": [_answered(tick, entries.get(tick.item.pk)) for tick in found],
        "crosses": crosses(found),
        "closed": actions.closed(package, now) if package.submitted_at is None else None,
        "term": decision(package.case_file.case, now).term,
    }


def _answered(tick: Tick, entry: FormEntry | None) -> Answered:
    form = form_of(tick.item, tick.item.package)
    advice = criteria.of_form(tick.item, form, entry) if form and entry else None
    return Answered(tick, answers(tick.item, entry), advice.outside if advice else ())


def answers(item: Item, entry: FormEntry | None) -> list[tuple[str, str]]:
    """Question and answer, in the words of the form."""
    form = form_of(item, item.package)
    if form is None or entry is None:
        return []
    found = []
    for asked in form.fields:
        given = entry.answers.get(asked.name)
        if given in (None, ""):
            continue
        text = dict(asked.choices).get(str(given), str(given))
        if asked.type == "date":
            day = date.fromisoformat(text)
            text = f"{day.day} {day:%B %Y}"
        found.append((asked.label, f"{text} {asked.unit}".strip()))
    return found


# -- items -----------------------------------------------------------------------------


def _item(item: Item, now: datetime) -> dict[str, Any]:
    package = item.package
    return heading(package) | {
        "item": item,
        "line": _line(item),
        "is_open": package.submitted_at is None,
        "closed": actions.closed(package, now) if package.submitted_at is None else None,
    }


def _line(item: Item) -> Line | None:
    found = contents(item.package.case_file.modality)
    return found.line(item.code) if found else None


def images(item: Item, now: datetime) -> dict[str, Any]:
    expected, refusals = expectation(item, now), queries.refusals(item)
    clauses = rules.cited(item.package.case_file.case, now, {one.clause for one in refusals})
    return _item(item, now) | {
        "rows": [(row, doubts(row.series, expected)) for row in queries.series_of(item)],
        "refusals": [(one, clauses.get(one.clause)) for one in refusals],
        "narrow": item.package.purpose in {Package.Purpose.APPEAL, Package.Purpose.REPEAT},
        "wanted": wanted(item, expected, now),
        "arrived": item.media.order_by("-received_at"),
        "by_post": item.package.medium in actions.BY_POST,
        "checks": checked(item),
        "expects": expects(expected),
        "unfinished": unfinished(item.collection) if item.collection else None,
    }


def document(item: Item, now: datetime) -> dict[str, Any]:
    return _item(item, now) | {"papers": queries.papers(item)}


def form(item: Item, data: DataForm, newest: FormEntry | None, now: datetime) -> dict[str, Any]:
    advice = criteria.of_form(item, data, newest)
    return _item(item, now) | {"data": data, "entry": newest, "answers": answers(item, newest), "advice": advice}


def series(item: Item, series: Series, now: datetime) -> dict[str, Any]:
    found = images_of(series)
    return _item(item, now) | {
        "series": series,
        "images": found,
        "size": sum(image.size for image in found),
        "doubts": doubts(series, expectation(item, now)),
    }


@dataclass(frozen=True)
class Want:
    """One thing that each file is checked for, with the clause that asks for it."""

    sentence: str
    clause: Clause | None = None


def wanted(item: Item, expected: Expectation, now: datetime) -> list[Want]:
    """What is checked, said before anything is sent."""
    revision = rules.revision_of(item.package.case_file.case, now)
    found = [Want(f"Each file is a DICOM image: {_modalities(expected)}.")]
    if expected.serial:
        found.append(Want(f"The unit's serial number is {expected.serial}, where the image names one."))
    if expected.oldest:
        sentence = f"The study is of {expected.oldest.day} {expected.oldest:%B %Y} or later."
        found.append(Want(sentence, _clause(item, expected, "too-old")))
    if expected.one_patient and item.kind == Item.Kind.EXAM:
        found.append(Want("All images of the exam are of one patient."))
    for code in ("same-patient", "same-study", "other-study", "sent-before"):
        if name := expected.clauses.get(code):
            found.append(Want(expected.rows[code].says, rules.clause(revision, name)))
    if expected.other_patients:
        found.append(Want(expected.rows["other-exams-patient"].says))
    return found


def _clause(item: Item, expected: Expectation, code: str) -> Clause | None:
    age = rules.image_age(item.package.case_file.case, item.package.opened_at)
    return age.clauses[0] if age and age.clauses and code in expected.clauses else None


def _modalities(expected: Expectation) -> str:
    names = {word: MODALITIES.get(word, word) for word in sorted(expected.modalities)}
    return " or ".join(name if name == word else f"{name} ({word})" for word, name in names.items())


# -- what became of an upload ----------------------------------------------------------


@dataclass(frozen=True)
class FileLine:
    name: str
    why: str
    clause: Clause | None = None
    code: str = ""


@dataclass
class Outcome:
    """An upload, file by file, for the person who sent it: only on that page are the files' own names shown."""

    accepted: int = 0
    size: int = 0
    refused: list[FileLine] = field(default_factory=list)
    here_already: list[FileLine] = field(default_factory=list)
    skipped: list[FileLine] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def nothing_taken(self) -> bool:
        return bool(self.refused) and not self.accepted and not self.here_already

    def as_json(self) -> dict[str, Any]:
        def lines(found: list[FileLine]) -> list[dict[str, str]]:
            return [
                {"name": line.name, "why": line.why, "clause": quoted(line.clause), "code": line.code} for line in found
            ]

        return {
            "accepted": self.accepted, "size": self.size, "refused": lines(self.refused), "here": lines(self.here_already),
            "skipped": lines(self.skipped), "notes": self.notes,
        }  # fmt: skip


def quoted(clause: Clause | None) -> str:
    if clause is None:
        return ""
    return f"{clause.says} ({clause.at or 'assumed'})"


def outcome(item: Item, received: Received, now: datetime) -> Outcome:
    clauses = rules.cited(item.package.case_file.case, now, {one.problem.clause for one in received.refused})

    def line(one: RefusedFile) -> FileLine:
        return FileLine(one.label.shown, one.problem.sentence, clauses.get(one.problem.clause), one.problem.code)

    return Outcome(
        accepted=len(received.accepted),
        size=sum(image.size for image in received.accepted),
        refused=[line(one) for one in received.refused if one.problem.code != "duplicate"],
        here_already=[line(one) for one in received.refused if one.problem.code == "duplicate"],
        skipped=[line(one) for one in received.skipped],
        notes=[note.sentence for note in received.notes],
    )

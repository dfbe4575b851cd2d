"""What readers have answered in calibration cases, beside the key that stood when each sheet came in.

A result is told when everything of the case that lies with its reader is in or given back: before that it would tell them that
what is left is a calibration case, too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.http import Http404
from django.urls import reverse
from django.utils.timezone import localdate

from reaccredit.facilities.catalogue import modality, titles
from reaccredit.notices.actions import tell
from reaccredit.people.models import Person, Role
from reaccredit.people.queries import code, with_role
from reaccredit.reviews import calibration_figures as figures
from reaccredit.reviews import catalogue
from reaccredit.reviews.calibration_figures import Agreement, Answer
from reaccredit.reviews.calibration_models import Key, KeyArea, KeyMark, Sent, Talk
from reaccredit.reviews.catalogue import Criterion
from reaccredit.reviews.models import Assignment, Mark, Round, RoundKind
from reaccredit.reviews.quality_rules import CalibrationRules, quality_rules

TALK, SIGN_IN = (
    "Somebody is to talk to a reader",
    "Agreement with the keys fell below the threshold. Sign in to see whom it concerns.",
)


@dataclass(frozen=True, slots=True)
class Told:
    """One sheet that is in, with the key that stood then, and the one that has replaced it since."""

    reading: Assignment
    key: Key
    of: KeyArea
    newer: Key | None

    @property
    def same(self) -> bool:
        return self.reading.outcome == self.of.outcome

    @property
    def answer(self) -> Answer:
        reading, known = self.reading, {mark.criterion: mark.acceptable for mark in self.of.marks.all()}
        marks = [
            figures.Mark(mark.criterion, known[mark.criterion], mark.acceptable)
            for mark in reading.marks.all()
            if mark.criterion in known
        ]
        return Answer(
            reading.reviewer_id, reading.round.case_file.modality, catalogue.module_of(reading.area.code), reading.area.kind,
            self.of.outcome, str(reading.outcome), tuple(marks),
        )  # fmt: skip


def told(*, since: date | None = None, reader: Person | None = None, sent: Sent | None = None) -> list[Told]:
    """Every sheet whose result may be told, in a fixed number of queries."""
    rows = Assignment.objects.filter(
        round__kind=RoundKind.CALIBRATION, round__completed_at__isnull=False, submitted_at__isnull=False
    )
    rows = rows.filter(submitted_at__date__gt=since) if since else rows
    rows = rows.filter(reviewer=reader) if reader else rows
    rows = rows.filter(round=sent.round_id) if sent else rows
    listed = list(
        rows.select_related("area", "reviewer", "round__case_file", "round__package", "round__calibrates__sending")
        .prefetch_related("marks").order_by("submitted_at", "pk")
    )  # fmt: skip
    keys = _keys({row.round.calibrates.sending.calibration_id for row in listed})
    found = (_told(row, keys[row.round.calibrates.sending.calibration_id]) for row in listed)
    return [one for one in found if one]


def _keys(cases: Iterable[int]) -> Mapping[int, list[Key]]:
    """Of each case the versions that were approved, the oldest first."""
    found: dict[int, list[Key]] = defaultdict(list)
    rows = Key.objects.filter(calibration__in=cases, approved_at__isnull=False).prefetch_related("areas__marks")
    for key in rows.order_by("approved_at", "version"):
        found[key.calibration_id].append(key)
    return found


def _told(row: Assignment, keys: Sequence[Key]) -> Told | None:
    before = [key for key in keys if key.approved_at and row.submitted_at and key.approved_at <= row.submitted_at]
    of = next((one for one in before[-1].areas.all() if one.area_id == row.area_id), None) if before else None
    if of is None:  # a key that says nothing of an area: nothing is told of it
        return None
    return Told(row, before[-1], of, keys[-1] if keys[-1] != before[-1] else None)


# -- for staff -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Line:
    """One reader, or everybody, in one module."""

    title: str
    found: Agreement
    below: tuple[str, ...]


def module_title(code_: str, module: str) -> str:
    name = titles().get(code_, code_)
    known = modality(code_) if code_ in titles() else None
    title = next((one.title for one in known.modules if one.code == module), "") if known else ""
    return f"{name}: {title or module.replace('-', ' ')}"


def lines(answers: Iterable[Answer], rules: CalibrationRules) -> list[Line]:
    return [
        Line(module_title(*module), found := figures.agreement(listed), tuple(_below(found, rules)))
        for module, listed in figures.by_module(answers).items()
    ]


def _below(found: Agreement, rules: CalibrationRules) -> list[str]:
    least = {"areas": rules.areas_from, "criteria": rules.criteria_from}
    return figures.below(found, percent=rules.talk_below_percent, least=least)


@dataclass(frozen=True, slots=True)
class MissedRow:
    where: str
    criterion: Criterion | None
    code: str
    row: figures.Missed


def missed(answers: Iterable[Answer]) -> list[MissedRow]:
    return [
        MissedRow(titles().get(row.modality, row.modality), _criterion(row.modality, row.kind, row.criterion), row.criterion, row)
        for row in figures.missed(answers)
    ]  # fmt: skip


def _criterion(modality_: str, kind: str, wanted: str) -> Criterion | None:
    sheet = catalogue.sheets().get(modality_)
    found = [c for c in sheet.criteria if c.kind == kind and c.code == wanted] if sheet else []
    return found[-1] if found else None


def since(now: datetime) -> date:
    """How far back the figures look: as far as those of agreement between readers."""
    on = localdate(now)
    return on - timedelta(days=quality_rules(on).figures.look_back_days)


# -- a key as a page tells it --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Spoken:
    criterion: Criterion | None
    mark: KeyMark
    reason: str

    @property
    def title(self) -> str:
        return self.criterion.title if self.criterion else self.mark.criterion


def spoken(key: Key) -> list[tuple[KeyArea, list[Spoken]]]:
    """Area by area, with the words of the catalogue. The key comes with its areas and marks, the case with its review."""
    code_ = key.calibration.review.case_file.modality
    found = []
    for of in key.areas.all():
        words = catalogue.reasons(code_, of.area.kind)
        rows = [
            Spoken(_criterion(code_, of.area.kind, mark.criterion), mark, words[mark.reason].title if mark.reason in words else "")
            for mark in of.marks.all()
        ]  # fmt: skip
        found.append((of, rows))
    return found


def fields(area: int, criterion: str, acceptable: bool, reason: str, why: str = "") -> dict[str, str]:
    """As the form of a key names them."""
    name = f"{area}-{criterion}"
    return {f"{name}-verdict": "yes" if acceptable else "no", f"{name}-reason": reason, f"{name}-why": why}


# -- for the reader ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Beside:
    """One criterion: the reader's answer and the key's."""

    criterion: Criterion | None
    mine: Mark
    mine_reason: str
    key: KeyMark | None
    key_reason: str

    @property
    def same(self) -> bool:
        return self.key is not None and self.key.acceptable == self.mine.acceptable


def beside(one: Told) -> list[Beside]:
    code_, area = one.reading.round.case_file.modality, one.reading.area
    words = {key: reason.title for key, reason in catalogue.reasons(code_, area.kind).items()}
    known = {mark.criterion: mark for mark in one.of.marks.all()}
    return [
        Beside(
            _criterion(code_, area.kind, mark.criterion), mark, words.get(mark.reason, ""), key := known.get(mark.criterion),
            words.get(key.reason, "") if key else "",
        )
        for mark in one.reading.marks.all()
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class OwnCase:
    """One case as its reader finds it in their own list, told by its readings: whose it was they do not learn."""

    sent: Sent
    sheets: tuple[Told, ...]

    @property
    def same(self) -> int:
        return sum(one.same for one in self.sheets)


def own(person: Person) -> list[OwnCase]:
    """The newest first."""
    found: dict[int, list[Told]] = defaultdict(list)
    for one in told(reader=person):
        found[one.reading.round_id].append(one)
    return [OwnCase(listed[0].reading.round.calibrates, tuple(listed)) for listed in reversed(found.values())]


def own_case(person: Person, pk: int) -> OwnCase:
    """Raises `Http404` for one of somebody else, and for one that is not told yet: nobody learns that it is there."""
    sent = Sent.objects.filter(pk=pk, reader=person).first()
    sheets = tuple(told(reader=person, sent=sent)) if sent else ()
    if sent is None or not sheets:
        raise Http404("no such result for this person")
    return OwnCase(sent, sheets)


def result_of(reading: Assignment) -> int | None:
    """Where the reader of this sheet finds its result; None for every other sheet, and as long as nothing is told."""
    if reading.round.kind != RoundKind.CALIBRATION or reading.round.completed_at is None:
        return None
    return int(reading.round.calibrates.pk)


# -- a talk --------------------------------------------------------------------------------------------------------------


def talk_where_due(round_: Round, now: datetime) -> None:
    """When a case is in: where its reader's agreement is below the threshold now, staff have a task, once for each module."""
    rules, sent = quality_rules(localdate(now)).calibration, round_.calibrates
    if rules is None:
        return
    mine = [one.answer for one in told(since=since(now), reader=sent.reader)]
    read = {(one.modality, one.module) for one in (t.answer for t in told(sent=sent))}
    for module, listed in figures.by_module(mine).items():
        found = figures.agreement(listed)
        if module in read and _below(found, rules):
            _wants_talk(sent.reader, module, found, rules, now)


def _wants_talk(
    reader: Person, module: figures.Module, found: Agreement, rules: CalibrationRules, now: datetime
) -> None:
    kept = {"areas": asdict(found.areas), "criteria": asdict(found.criteria), "threshold": rules.talk_below_percent}
    try:
        with transaction.atomic():
            made = Talk.objects.create(reader=reader, modality=module[0], module=module[1], figures=kept, due_since=now)
    except IntegrityError:  # it waits already
        return
    staff = with_role(Role.STAFF, localdate(now)).exclude(pk=reader.pk)
    tell(
        recipients=[(code(one), one.email) for one in staff], case=None, key=f"calibration-talk:{made.pk}", subject=TALK,
        body=SIGN_IN, link=reverse("reviews:calibrations"), now=now,
    )  # fmt: skip

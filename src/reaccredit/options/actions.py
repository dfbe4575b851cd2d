"""The option form is submitted here; what it starts is opened in the same transaction, so that one is never there without the other."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from reaccredit import policy
from reaccredit.appeals import actions as appeals
from reaccredit.applications import actions as applications
from reaccredit.applications.models import Application, CaseFile
from reaccredit.certificates import actions as certificates
from reaccredit.ledger import actions as ledger
from reaccredit.ledger import queries as history
from reaccredit.ledger.models import Fact
from reaccredit.ledger.outcomes import ACCEPTABLE
from reaccredit.options import foresight, queries
from reaccredit.options.models import Draft, OptionForm
from reaccredit.people.models import Person, Role
from reaccredit.people.queries import code
from reaccredit.people.requests import storable
from reaccredit.reinstatements import actions as reinstatements
from reaccredit.repeats import actions as repeats
from reaccredit.reports import queries as reports
from reaccredit.reports.models import FinalReport
from reaccredit.surveys import actions as surveys
from reaccredit.withdrawals import actions as withdrawals
from reaccredit.withdrawals import queries as withdrawals_queries


class Overtaken(ledger.Lost):
    """A form for the same report came in between: the page that was answered shows what is no longer so."""

    def __init__(self, form: OptionForm) -> None:
        super().__init__(
            "Another option form was submitted for this report while you worked. Nothing of yours was recorded."
        )
        self.form = form


class Superseded(ledger.Lost):
    """The options of an older report are closed by the newer one."""

    def __init__(self) -> None:
        super().__init__("A newer final report has been issued for this case. Its options are what can be chosen now.")


class NotTheirs(Exception):
    """Somebody without the role that the policy names tried to submit the form."""

    def __init__(self, roles: Sequence[str]) -> None:
        super().__init__("This form is submitted by " + " or ".join(Role(r).label.lower() for r in roles) + ".")
        self.roles = tuple(roles)


@dataclass(frozen=True, slots=True)
class Attestation:
    """Who stands for the form: the name as it was typed, the role in which it was given, the sentence that was shown."""

    name: str
    role: str
    statement: str = queries.STATEMENT


@transaction.atomic
def save_draft(*, report: FinalReport, person: Person, option: str, answers: dict[str, Any], now: datetime) -> Draft:
    draft, _ = Draft.objects.update_or_create(
        report=report, person=person, option=option, defaults={"answers": storable(answers), "saved_at": now}
    )
    return draft


@transaction.atomic
def select(
    *,
    report: FinalReport,
    option: str,
    attested: Attestation,
    actor: Person,
    now: datetime,
    areas: Sequence[str] | None = None,
    withdraw: Sequence[str] = (),
    additional_images: bool = False,
    token: uuid.UUID | None = None,
    seen: int | None = None,
) -> OptionForm:
    """Submit the option form of a report. `areas` None: all that the option covers. Says the same thing once for the same token.

    Raises `Overtaken` when another form came after the page (`seen` forms) was made, `Superseded` for an older report,
    `NotTheirs` for a role that may not, and `ledger.actions.Refused` with the policy's sentence.
    """
    case = ledger.lock(report.case_file.case)
    token = token or uuid.uuid4()
    forms = queries.submitted(report)
    if same := next((f for f in forms if f.token == token), None):
        return same
    if forms and seen is not None and len(forms) != seen:
        raise Overtaken(forms[-1])
    latest = reports.latest(report.case_file)
    if latest is not None and latest.pk != report.pk:
        raise Superseded
    decision = history.decision(case, now)
    about: dict[str, list[str]] = {}
    if offered := decision.option(option):
        choice = history.rules_of(case, now).options[option]
        about = foresight.about(offered, queries.covers(choice), areas, withdraw)
        _check(report.case_file, offered, about, attested.role)
    fact = ledger.state(case=case, kind=f"option.{option}", actor=code(actor), role=attested.role, now=now, about=about)
    form = _record(report, option, about, additional_images, attested, actor, now, token, fact)
    Draft.objects.filter(report=report, person=actor, option=option).delete()
    _open(form, now)
    certificates.grant_if_accredited(case_file=report.case_file, now=now)
    return form


def _check(case_file: CaseFile, option: policy.Option, about: dict[str, list[str]], role: str) -> None:
    """What the policy's facts do not carry: who submits, and whether the modality lets a module go."""
    roles = queries.may_submit(option)
    if role not in roles:
        raise NotTheirs(roles)
    withdrawing = about.get("areas") if option.withdraws else about.get("withdraw")
    if withdrawing and (barred := withdrawals_queries.barred(case_file)):
        raise ledger.Refused(barred)


def _record(
    report: FinalReport, option: str, about: dict[str, list[str]], additional_images: bool, attested: Attestation,
    actor: Person, now: datetime, token: uuid.UUID, fact: Fact,
) -> OptionForm:  # fmt: skip
    form = OptionForm(
        report=report, option=option, areas=about.get("areas", []), withdraw=about.get("withdraw", []),
        additional_images=additional_images, statement=attested.statement, attested_name=attested.name,
        attested_role=attested.role, submitted_at=now, submitted_by=actor, token=token, fact=fact,
    )  # fmt: skip
    form.sha256 = queries.form_hash(form)
    form.save(force_insert=True)
    return form


def _open(form: OptionForm, now: datetime) -> None:
    """What the choice starts. An option without a room of its own goes where the policy says, and stays there for staff."""
    opening = OPENINGS.get(form.option)
    if opening:
        opening(form, now)
    if form.withdraw:
        _withdraw_areas(form, form.withdraw, now)


def _appeal(form: OptionForm, now: datetime) -> None:
    appeals.open(
        case_file=form.report.case_file, report=form.report, areas=form.areas, additional_images=form.additional_images,
        actor=form.submitted_by, now=now,
    )  # fmt: skip


def _repeat(form: OptionForm, now: datetime) -> None:
    repeats.open(
        case_file=form.report.case_file, report=form.report, areas=form.areas, actor=form.submitted_by, now=now
    )


def _reinstate(form: OptionForm, now: datetime) -> None:
    reinstatements.open(case_file=form.report.case_file, report=form.report, actor=form.submitted_by, now=now)


def _survey(form: OptionForm, now: datetime) -> None:
    surveys.open(case_file=form.report.case_file, report=form.report, actor=form.submitted_by, now=now)


def _withdraw_ticked(form: OptionForm, now: datetime) -> None:
    _withdraw_areas(form, form.areas, now)


def _withdraw_areas(form: OptionForm, areas: Sequence[str], now: datetime) -> None:
    withdrawals.open(
        case_file=form.report.case_file,
        report=form.report,
        scope="areas",
        areas=areas,
        actor=form.submitted_by,
        now=now,
    )


def _withdraw_unit(form: OptionForm, now: datetime) -> None:
    withdrawals.open(
        case_file=form.report.case_file, report=form.report, scope="unit", areas=(), actor=form.submitted_by, now=now
    )


def _withdraw_all(form: OptionForm, now: datetime) -> None:
    withdrawals.open(
        case_file=form.report.case_file, report=form.report, scope="all", areas=(), actor=form.submitted_by, now=now
    )


OPENINGS: dict[str, Callable[[OptionForm, datetime], None]] = {
    "appeal": _appeal, "repeat": _repeat, "reinstate": _reinstate, "survey": _survey,
    "withdraw-module": _withdraw_ticked, "withdraw-unit": _withdraw_unit, "withdraw": _withdraw_all,
}  # fmt: skip


# ------------------------------------------------------------------ what staff decide where the policy leaves it to them
def accept_late(*, case_file: CaseFile, reason: str, actor: Person, now: datetime) -> Fact:
    """Let the facility choose although its time ran out. The reason is part of the history."""
    return _decide(case_file, "form.late-accepted", reason, actor, now)


@transaction.atomic
def direct(*, case_file: CaseFile, reason: str, actor: Person, now: datetime) -> Fact:
    """Let a case go on that the policy does not define: the facility finds an application, filled in as before."""
    fact = _decide(case_file, "case.directed", reason, actor, now)
    applications.start_next(case_file=case_file, kind=Application.Kind.REINSTATEMENT, actor=actor, now=now)
    return fact


def close(*, case_file: CaseFile, reason: str, actor: Person, now: datetime) -> Fact:
    return _decide(case_file, "case.closed", reason, actor, now)


def _decide(case_file: CaseFile, kind: str, reason: str, actor: Person, now: datetime) -> Fact:
    if not reason.strip():
        raise ValueError("a decision of staff has a reason")
    return ledger.state(
        case=case_file.case, kind=kind, actor=code(actor), role=Role.STAFF, now=now, note=reason.strip()
    )


@transaction.atomic
def conclude_supplemental(
    *, case_file: CaseFile, outcomes: dict[str, str], reason: str, actor: Person, now: datetime
) -> Fact:
    """Enter what came of a supplemental review, area by area; accepted when any area is acceptable now."""
    accepted = ACCEPTABLE in outcomes.values()
    return ledger.state(
        case=case_file.case, kind="supplemental.accepted" if accepted else "supplemental.refused", actor=code(actor),
        role=Role.STAFF, now=now, about={"areas": dict(outcomes)}, note=reason.strip(),
    )  # fmt: skip

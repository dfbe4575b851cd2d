"""What the option pages ask: where the case stands, what may be chosen, what would follow. Every answer is the policy's."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from django.utils import timezone

from reaccredit import policy
from reaccredit.applications import queries as applications
from reaccredit.applications.models import CaseFile
from reaccredit.facilities import catalogue
from reaccredit.facilities.queries import roles_at
from reaccredit.ledger import queries as ledger
from reaccredit.ledger.models import Case, Fact
from reaccredit.ledger.outcomes import ACCEPTABLE, WITHDRAWN
from reaccredit.options.foresight import about, foresee, in_vain
from reaccredit.options.models import Draft, OptionForm
from reaccredit.people.models import FACILITY_ROLES, Person
from reaccredit.people.signed import Signed
from reaccredit.policy.refusing import standing_name
from reaccredit.policy.revision import Choice, Revision
from reaccredit.reports import queries as reports
from reaccredit.reports.models import FinalReport
from reaccredit.withdrawals import queries as withdrawals

FACILITY = "facility"  # the word by which the policy names the holder of a turn
PAYERS, MEDIA_CONTACT = "withdraw.payers", "appeal.media-contact"  # clauses that the form shows
SUPPLEMENTED = "supplemental.accepted"
PAID = "fee.paid"  # the fact that meets a material which is a payment
FORM = "option-form"  # the material of the policy that says who signs the form itself

STATEMENT = (
    "I attest that I submit this form for the facility, that what is chosen on it is the facility's choice, and that I "
    "understand that every module or patient type ticked on it is withdrawn from the accreditation process."
)

RETESTS = {
    "not-acceptable": "Only the areas found not acceptable",
    "all": "All areas of the original application",
    "nothing": "Nothing",
}  # the words of the policy's scopes; one without words here is shown as it is


@dataclass(frozen=True, slots=True)
class Named:
    """An area code with the title that people know it by."""

    code: str
    title: str


@dataclass(frozen=True, slots=True)
class Tick:
    """A module that may be ticked for withdrawal, or the reason why it may not."""

    area: Named
    refusal: policy.Refusal | None


@dataclass(frozen=True, slots=True)
class Paper:
    """A material of an option: owed, or one that may be added."""

    title: str
    phi: str
    optional: bool


@dataclass(frozen=True, slots=True)
class Fee:
    """What has to be paid for an option; `amount` is empty where no figure was published."""

    title: str
    amount: str
    source: str


@dataclass(frozen=True, slots=True)
class Past:
    """A form that was submitted for the report, with the title of its option."""

    form: OptionForm
    title: str


@dataclass(frozen=True, slots=True)
class Row:
    """One open option as the page shows it."""

    option: policy.Option
    covers: bool  # it is about areas: those it withdraws, or those it sends somewhere
    ticks: bool  # modules may be ticked for withdrawal beside it
    areas: tuple[Named, ...]
    materials: tuple[Paper, ...]
    signers: tuple[tuple[str, str], ...]  # (what is signed, by whom)
    fees: tuple[Fee, ...]
    next_if_failed: tuple[str, ...]

    @property
    def only_ticked(self) -> bool:
        """It withdraws what somebody ticks, and nothing of what was not acceptable can be ticked: a phantom test alone."""
        return self.option.withdraws and not self.areas

    @property
    def retest(self) -> str:
        return RETESTS.get(self.option.retest, self.option.retest)


@dataclass(frozen=True, slots=True)
class Closed:
    """One option that is not open: the very sentence of its refusal."""

    id: str
    title: str
    refusal: policy.Refusal


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything that the pages of one report's options need."""

    report: FinalReport
    decision: policy.Decision
    names: Mapping[str, str]
    rows: tuple[Row, ...]
    closed: tuple[Closed, ...]
    forms: tuple[Past, ...]
    roles: frozenset[str]  # of the reader, at the facility of the case
    latest: FinalReport | None
    payers: policy.Clause | None  # the warning before a module is dropped
    media_contact: policy.Clause | None  # what an appeal on CD or film asks for

    @property
    def case(self) -> Case:
        return self.report.case_file.case

    @property
    def superseded(self) -> bool:
        return self.latest is not None and self.latest.pk != self.report.pk

    @property
    def your_turn(self) -> bool:
        return bool(self.roles) and self.decision.holder == FACILITY

    @property
    def owed(self) -> tuple[policy.Duty, ...]:
        return tuple(duty for duty in self.decision.duties if not duty.met)

    @property
    def ordinal(self) -> str:
        standing = self.decision.standing
        return standing_name(self.decision.rev, standing) if standing.begun else ""

    @property
    def first_refusal(self) -> policy.Refusal | None:
        return self.closed[0].refusal if self.closed else None

    @property
    def not_viewed(self) -> bool:
        return any(one.refusal.kind == "waiting" for one in self.closed)

    @property
    def last(self) -> Past | None:
        return self.forms[-1] if self.forms else None

    @property
    def recommended(self) -> tuple[Row, ...]:
        """The row that the policy's matrix puts first for this report."""
        return self.rows[:1]

    @property
    def seen(self) -> int:
        """How many forms were submitted for this report when the page was made: tells a stale page from a fresh one."""
        return len(self.forms)

    def row(self, option: str) -> Row | None:
        return next((row for row in self.rows if row.option.id == option), None)

    def refusal(self, option: str) -> policy.Refusal | None:
        return next((one.refusal for one in self.closed if one.id == option), None)

    def named(self, codes: Iterable[str]) -> tuple[Named, ...]:
        return tuple(Named(code, self.names.get(code, code)) for code in codes)


def report(person: Person, pk: int, now: datetime) -> FinalReport:
    """The report if it is this person's to see. Raises `Http404`."""
    return reports.report(person, pk, timezone.localdate(now))


def desk(report: FinalReport, person: Person, now: datetime) -> Desk:
    """Raises `policy.NotGoverned` where no policy of this house rules the case."""
    case_file = report.case_file
    decision = ledger.decision(case_file.case, now)
    names = {area.code: area.title for area in applications.areas(case_file)}
    revision = ledger.rules_of(case_file.case, now)
    titles = {name: option.title for name, option in revision.options.items()}
    modality = catalogue.modality(case_file.modality)
    shut = {o.id: why for o in decision.options if (why := in_vain(o, revision.options[o.id], case_file, names, now))}
    return Desk(
        report=report,
        decision=decision,
        names=names,
        rows=tuple(_row(o, revision, modality, names, titles) for o in decision.options if o.id not in shut),
        closed=tuple(Closed(name, titles.get(name, name), why) for name, why in {**shut, **decision.refused}.items()),
        forms=tuple(Past(form, titles.get(form.option, form.option)) for form in submitted(report)),
        roles=roles_at(case_file.facility, person, timezone.localdate(now)),
        latest=reports.latest(case_file),
        payers=revision.clauses.get(PAYERS),
        media_contact=revision.clauses.get(MEDIA_CONTACT),
    )


def submitted(report: FinalReport) -> list[OptionForm]:
    return list(report.option_forms.select_related("submitted_by", "fact"))


def _row(
    option: policy.Option,
    revision: Revision,
    modality: catalogue.Modality,
    names: Mapping[str, str],
    titles: Mapping[str, str],
) -> Row:
    return Row(
        option=option,
        covers=covers(revision.options[option.id]),
        ticks=revision.options[option.id].ticks and not option.withdraws,
        areas=tuple(Named(code, names.get(code, code)) for code in option.areas),
        materials=tuple(Paper(m.title, m.phi, m.id in option.may_add) for m in option.materials),
        signers=tuple(signer for material in option.materials for signer in _signers(material)),
        fees=fees(option, revision, modality),
        next_if_failed=tuple(titles.get(name, name) for name in option.next_if_failed),
    )


def covers(choice: Choice) -> bool:
    return bool(choice.puts or choice.withdraws)


def _signers(material: policy.Material) -> list[tuple[str, str]]:
    return [(f"{material.title}, {kind} areas" if kind else material.title, role) for kind, role in material.signers]


def fees(option: policy.Option, revision: Revision, modality: catalogue.Modality) -> tuple[Fee, ...]:
    """What the option costs by the schedule of the modality: the materials that a payment meets, by their purpose."""
    papers = [revision.materials[need] for need in option.needs if revision.materials[need].met_by == PAID]
    modules = max(len(modality.modules_of(option.areas)), 1)
    found = [(paper.title, modality.fee(paper.met_when, modules=modules)) for paper in papers]
    return tuple(
        Fee(title, "" if fee.cents is None else f"${fee.cents / 100:,.2f}", str(fee.source or ""))
        for title, fee in found
    )


def may_submit(option: policy.Option) -> tuple[str, ...]:
    """The facility roles that may submit this option's form, as the policy's material says; every one where it does not."""
    form = next((m for m in option.materials if m.id == FORM), None)
    named = {role for _, role in form.signers} if form else set()
    return tuple(role.value for role in FACILITY_ROLES if role.value in named) or tuple(r.value for r in FACILITY_ROLES)


def ticks(desk: Desk, row: Row, now: datetime) -> list[Tick]:
    """Each area that is still in the process: may it be ticked for withdrawal on this option's form? The policy is asked."""
    standing = desk.decision.standing
    areas = desk.named(code for code, outcome in standing.areas.items() if outcome != WITHDRAWN)
    return [_tick(desk, row, area, now) for area in areas]


def _tick(desk: Desk, row: Row, area: Named, now: datetime) -> Tick:
    if barred := withdrawals.barred(desk.report.case_file):
        return Tick(area, barred)
    rest = [area.code] if row.option.withdraws else None
    answer = foresee(desk.case, row.option.id, about(row.option, row.covers, rest, [area.code]), now)
    return Tick(area, answer if isinstance(answer, policy.Refusal) else None)


def draft(report: FinalReport, person: Person, option: str) -> Draft | None:
    return Draft.objects.filter(report=report, person=person, option=option).first()


def form_of(report: FinalReport, pk: int) -> OptionForm | None:
    return report.option_forms.select_related("submitted_by").filter(pk=pk).first()


def signed(form: OptionForm) -> Signed:
    """The attestation, and whether the form still says what was attested."""
    role, at = form.attested_role, form.submitted_at
    return Signed(form.attested_name, role, form.statement, at, form.sha256, form_hash(form))


def by_token(report: FinalReport, token: str) -> OptionForm | None:
    try:
        return report.option_forms.filter(token=uuid.UUID(token)).first()
    except ValueError:
        return None


def form_hash(form: OptionForm) -> str:
    """SHA-256 over everything that was chosen and attested, as the row says it."""
    chosen = {"areas": form.areas, "withdraw": form.withdraw}
    said = {
        "case": form.report.case_file.case.number, "report": form.report.attempt, "option": form.option,
        "about": {key: chosen[key] for key in form.fact.about if key in chosen}, "additional_images": form.additional_images,
        "statement": form.statement, "name": form.attested_name, "role": form.attested_role,
        "at": form.submitted_at.astimezone(UTC).isoformat(),
    }  # fmt: skip
    return hashlib.sha256(json.dumps(said, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def staff_facts(case: Case) -> list[Fact]:
    """What staff have decided in this case about late forms and undefined situations, newest first."""
    return list(case.facts.filter(kind__in=["form.late-accepted", "case.directed", "case.closed"]).order_by("-seq"))


def why_not(case: Case, kind: str, now: datetime) -> policy.Refusal | None:
    """Why staff cannot state this fact now, or None. Writes nothing."""
    fact = policy.Fact(at=now, kind=kind)
    answer = ledger.policy_for(case.programme).admit(ledger.history(case), fact, known_at=now)
    return answer if isinstance(answer, policy.Refusal) else None


def title_of(desk: Desk, form: OptionForm) -> str:
    return next(past.title for past in desk.forms if past.form.pk == form.pk)


def submitted_title(report: FinalReport, form: OptionForm) -> str:
    rules = ledger.rules_of(report.case_file.case, form.submitted_at)
    return rules.options[form.option].title if form.option in rules.options else form.option


def guidance(desk: Desk) -> withdrawals.Guidance:
    return withdrawals.guidance(desk.report.case_file)


@dataclass(frozen=True, slots=True)
class Way:
    """Where the work goes on that a form has started."""

    words: str
    url_name: str
    key: int | str


def ways_on(report: FinalReport, submitted: OptionForm) -> list[Way]:
    """The pages of what this form has begun. What an earlier form of the report began is over, and leads nowhere."""
    found = []
    for name, words, url in (
        ("appeal", "Go on with the appeal", "appeals:appeal"),
        ("repeat", "Go on with the repeat", "repeats:repeat"),
    ):
        one = getattr(report, name, None)
        if one is not None and submitted.option == name:
            found.append(Way(words, url, one.pk))
    if submitted.option == "reinstate" and report.plans.exists():
        found.append(Way("Go on with the corrective action plan", "reinstatements:plan", report.case_file.case.number))
    if submitted.option == "survey" and (survey := getattr(report, "survey", None)):
        found.append(Way("See the on-site survey", "surveys:survey", survey.pk))
    begun = report.withdrawals.filter(opened_at=submitted.submitted_at)
    found += [Way("Go on with the withdrawal", "withdrawals:withdrawal", one.pk) for one in begun]
    return found


def in_supplemental_review(case_file: CaseFile, now: datetime) -> tuple[Named, ...]:
    """The areas whose supplemental review waits for its outcome; none where the policy would not take one now."""
    case, decision = case_file.case, ledger.decision(case_file.case, now)
    playing = decision.standing.having(decision.standing.play)
    fact = policy.Fact(at=now, kind=SUPPLEMENTED, about={"areas": dict.fromkeys(playing, ACCEPTABLE)})
    rules = ledger.policy_for(case.programme)
    if fact.kind not in rules.kinds or isinstance(
        rules.admit(ledger.history(case), fact, known_at=now), policy.Refusal
    ):
        return ()
    names = {area.code: area.title for area in applications.areas(case_file)}
    return tuple(Named(code, names.get(code, code)) for code in playing)

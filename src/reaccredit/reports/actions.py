"""Writes of the reports: issue, look at, send the images back. Each is one transaction and states its fact."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.timezone import localdate

from reaccredit.ledger import actions as ledger
from reaccredit.ledger import queries as ledger_queries
from reaccredit.ledger.actions import Lost, Refused
from reaccredit.packages.models import Medium
from reaccredit.people.models import Person, Role
from reaccredit.people.queries import code
from reaccredit.reports import approving, compiling, content, queries, sealing
from reaccredit.reports.compiling import Draft
from reaccredit.reports.models import Content, Determination, FinalReport, Viewing
from reaccredit.reviews.models import Round

SAME_LOOK = timedelta(minutes=5)  # turning to the paper or reloading the page is no second look
PASSED, FAILED, VIEWED, RETURNED = "report.passed", "report.failed", "report.viewed", "images.returned"


class NotComplete(Exception):
    """The report cannot be issued as it is: area code -> what is missing."""

    def __init__(self, missing: Mapping[str, str]) -> None:
        super().__init__(" ".join(missing.values()))
        self.missing = dict(missing)


class NotPossible(Exception):
    """What was entered cannot have happened; the sentence says why and what to enter."""


def worded(drafts: Sequence[Draft], recommendations: Mapping[str, str]) -> dict[str, str]:
    """area code -> what is recommended. Raises `NotComplete`: a denial without a recommendation is no help."""
    missing, texts = {}, {}
    for draft in drafts:
        text = recommendations.get(draft.area.code, draft.recommendations).strip()
        texts[draft.area.code] = text
        if not draft.outcome:
            missing[draft.area.code] = f"The readers have not settled “{draft.area.title}” yet."
        elif not draft.acceptable and not text:
            missing[draft.area.code] = f"Recommend how “{draft.area.title}” can be improved: it was not acceptable."
    if missing:
        raise NotComplete(missing)
    return texts


@transaction.atomic
def issue(
    *, round: Round, actor: Person, now: datetime, recommendations: Mapping[str, str] | None = None
) -> FinalReport:
    """Issue the final report of a completed round, signed where the programme has a key.

    Raises `NotComplete`, `Refused`, `sealing.NotSealed`, or `Lost` when somebody was faster.
    """
    if not round.counts:
        raise Lost("Nothing is reported of what was read for the sake of quality.")
    case = ledger.lock(round.case_file.case)
    before = FinalReport.objects.filter(round=round).order_by("edition").last()
    if before is not None and before.taken_back_at is None:
        raise Lost("The final report of this review has been issued already.")
    drafts = compiling.drafts(round)
    texts = worded(drafts, recommendations or {})
    if said := approving.missing(round, texts):
        raise Lost(said)
    passed = all(draft.acceptable for draft in drafts)
    areas = {d.area.code: str(d.outcome) for d in drafts}
    about = {"medium": round.package.medium, "areas": {**_others(round, now), **areas} if before else areas}
    fact = ledger.state(
        case=case, kind=PASSED if passed else FAILED, actor=code(actor), role=Role.STAFF, now=now, about=about
    )
    try:
        with transaction.atomic():
            report = FinalReport.objects.create(
                case_file=round.case_file,
                round=round,
                attempt=round.attempt,
                edition=before.edition + 1 if before else 1,
                medium=round.package.medium,
                issued_at=now,
                issued_by=actor,
                fact=fact,
                is_pass=passed,
            )
            Round.objects.filter(pk=round.pk).update(reported_at=now)
    except IntegrityError as error:
        raise Lost("The final report of this attempt has been issued already.") from error
    _determine(report, drafts, texts)
    held = approving.wording(round) if approving.needed(drafts) else None
    digest, approval = content.of_drafts(round, drafts, texts), held.signature if held else None
    Content.objects.create(report=report, sha256=digest, approval=approval)
    sealing.seal(report, now=now)
    if before and before.images_returned_at is not None:
        # The facility has its images since the report that this one replaces: it does not wait for them a second time.
        said = "They went back with the report that this one replaces."
        record_images_returned(report=report, returned_at=now, actor=actor, now=now, note=said)
    return report


def _determine(report: FinalReport, drafts: Sequence[Draft], texts: Mapping[str, str]) -> None:
    Determination.objects.bulk_create(
        Determination(
            report=report,
            area=draft.area,
            outcome=draft.outcome,
            recommendations=texts[draft.area.code],
            reasons=list(draft.reasons),
            causes=list(draft.causes),
        )
        for draft in drafts
    )


def _others(round: Round, now: datetime) -> dict[str, str]:
    """What stands of the areas that this round did not judge: a report that replaces another speaks of every area that is left."""
    case = round.case_file.case
    if ledger_queries.not_governed(case):
        return {}
    decision = ledger_queries.decision(case, now)
    words = decision.rev.words
    kept = {words.passed, words.failed} if words else set()
    return {area: word for area, word in decision.standing.areas.items() if word in kept}


@transaction.atomic
def view(*, report: FinalReport, person: Person, now: datetime) -> Viewing | None:
    """Record that somebody of the facility opened the report; the first such look opens the way to the option form.

    Nothing is recorded for anybody else: a look of the programme's staff is not the facility's.
    """
    if not queries.belongs_to_facility(report, person, localdate(now)):
        return None
    case = ledger.lock(report.case_file.case)
    if same := report.viewings.filter(person=person, at__gt=now - SAME_LOOK).last():
        return same
    first = FinalReport.objects.filter(pk=report.pk, viewed_at__isnull=True).update(viewed_at=now)
    seen = Viewing.objects.create(report=report, person=person, at=now)
    if first:
        # A report that the case has left behind can still be read; its form is gone.
        with suppress(Refused):
            ledger.state(case=case, kind=VIEWED, actor=code(person), role=_role(report, person, now), now=now)
    return seen


def _role(report: FinalReport, person: Person, now: datetime) -> str:
    return sorted(queries.roles_at(report.case_file.facility, person, localdate(now)))[0]


@transaction.atomic
def record_images_returned(
    *, report: FinalReport, returned_at: datetime, actor: Person, now: datetime, note: str = ""
) -> FinalReport:
    """Record when the CD or film went back to the facility, perhaps days ago. Raises `NotPossible`, `Refused` or `Lost`."""
    case = ledger.lock(report.case_file.case)
    held = FinalReport.objects.select_for_update().get(pk=report.pk)
    if held.medium == Medium.UPLOAD:
        raise NotPossible("These images were uploaded, so there is nothing to send back.")
    if held.images_returned_at is not None:
        raise Lost("The return of these images has been recorded already. Reload the page to see when.")
    if returned_at > now:
        raise NotPossible("This lies in the future. Record the return once the images are on their way.")
    if returned_at < held.issued_at:
        raise NotPossible("This is before the final report was issued. Enter when the images went back after it.")
    held.images_returned_at, held.images_returned_by = returned_at, actor
    held.save(update_fields=["images_returned_at", "images_returned_by"])
    ledger.state(
        case=case, kind=RETURNED, actor=code(actor), role=Role.STAFF, now=now, happened_at=returned_at, note=note
    )
    return held

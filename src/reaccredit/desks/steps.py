"""The one obvious next step of a case for whoever looks at it: its words and its page. Which step it is follows from the
stage that the policy computed; this table only knows where the rooms keep their pages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import QuerySet
from django.urls import reverse

from reaccredit.applications.models import CaseFile
from reaccredit.facilities.queries import Audience
from reaccredit.policy import Decision
from reaccredit.reviews.models import Round, RoundKind

FACILITY, STAFF, SURVEY_TEAM = "facility", "staff", "survey-team"


@dataclass(frozen=True, slots=True)
class Step:
    words: str
    url: str


@dataclass(frozen=True, slots=True)
class Look:
    """A case as somebody sees it now."""

    file: CaseFile
    decision: Decision
    who: Audience

    @property
    def number(self) -> str:
        return self.file.case.number


def _testing(look: Look) -> Step | None:
    package = look.file.packages.filter(submitted_at__isnull=True).order_by("-attempt", "-pk").first()
    if package:
        return Step("Fill the testing package", reverse("packages:package", args=[package.pk]))
    plan = look.file.plans.order_by("-pk").first()
    if plan and look.decision.owes("corrective-action-evidence"):
        return Step("Send the evidence of completed action", reverse("reinstatements:evidence", args=[look.number]))
    if look.decision.owes("repeat-application") or look.decision.owes("repeat-fee"):
        repeat = look.file.repeats.order_by("-pk").first()
        return Step("Go on with the repeat", reverse("repeats:repeat", args=[repeat.pk])) if repeat else None
    return Step("Go on with the application", reverse("applications:latest", args=[look.number]))


def _accepting(look: Look) -> Step:
    return Step("Accept or return the application", reverse("applications:latest", args=[look.number]))


def _reviewing(look: Look) -> Step | None:
    package = look.file.packages.filter(submitted_at__isnull=False, purpose__in=PURPOSES).order_by("-attempt").first()
    if package is None:
        return None
    # The reading of an earlier attempt is over: a repeat has a package, and a review, of its own.
    round_ = _reviews(look).select_related("package").filter(package=package).order_by("-pk").first()
    if round_ and not round_.superseded:
        return Step("Look after the readings", reverse("reviews:round", args=[round_.pk]))
    return Step("Open the review", reverse("reviews:open", args=[package.pk]))


PURPOSES = ("original", "repeat", "reinstatement")


def _reviews(look: Look) -> QuerySet[Round]:
    """What is read for the sake of quality is no step of a case."""
    return Round.objects.filter(case_file=look.file, kind=RoundKind.REVIEW)


def _reporting(look: Look) -> Step | None:
    round_ = _reviews(look).order_by("-pk").first()
    return Step("Issue the final report", reverse("reports:issue", args=[round_.pk])) if round_ else None


def _deciding(look: Look) -> Step | None:
    report = look.file.reports.order_by("-attempt", "-edition").first()
    if report is None:
        return None
    refused = look.decision.refused.values()
    if look.decision.holder == STAFF and look.who.is_staff:
        return Step("Record the return of the images", reverse("reports:images-returned", args=[report.pk]))
    if look.decision.holder == STAFF or any(r.kind == "waiting" for r in refused):
        return Step("Open the final report", reverse("reports:report", args=[report.pk]))
    return Step("Select Option", reverse("options:choose", args=[report.pk]))


def _appealing(look: Look) -> Step | None:
    appeal = look.file.appeals.order_by("-pk").first()
    if appeal is None:
        return None
    mine = look.decision.holder == FACILITY and not look.who.is_staff
    words = "Complete the appeal" if mine else "Follow the appeal"
    if look.who.is_staff and look.decision.holder == "arbitrator":
        words = "Look after the appeal"
    return Step(words, reverse("appeals:appeal", args=[appeal.pk]))


def _plan(look: Look) -> Step:
    return Step("Go on with the corrective action plan", reverse("reinstatements:plan", args=[look.number]))


def _approving(look: Look) -> Step:
    return Step("Review the corrective action plan", reverse("reinstatements:review", args=[look.number]))


def _surveying(look: Look) -> Step | None:
    survey = look.file.surveys.order_by("-pk").first()
    words = "Look after the on-site survey" if look.who.is_staff else "See the on-site survey"
    return Step(words, reverse("surveys:survey", args=[survey.pk])) if survey else None


def _surveyed(look: Look) -> Step | None:
    """The survey's page offers the application, and a plan first; a plan that was begun is what goes on."""
    if look.file.plans.filter(submitted_at__isnull=True).exists():
        return _plan(look)
    survey = look.file.surveys.order_by("-pk").first()
    return Step("Go on after the on-site survey", reverse("surveys:survey", args=[survey.pk])) if survey else None


def _staff(look: Look) -> Step:
    return Step("Decide how the case goes on", reverse("options:staff", args=[look.number]))


def _ended(look: Look) -> Step | None:
    if any(not duty.met for duty in look.decision.duties):
        withdrawal = look.file.withdrawals.order_by("-pk").first()
        if withdrawal:
            return Step("Finish the withdrawal", reverse("withdrawals:withdrawal", args=[withdrawal.pk]))
    return None


STEPS: dict[str, Callable[[Look], Step | None]] = {
    "testing": _testing, "accepting": _accepting, "reviewing": _reviewing, "reporting": _reporting, "reissuing": _reporting, "deciding": _deciding,
    "appealing": _appealing, "correcting": _plan, "surveyed": _surveyed, "approving": _approving, "surveying": _surveying,
    "referred": _staff, "undefined": _staff, "inactive": _staff, "supplementing": _staff, "supplemented": _staff,
    "granted": _ended, "withdrawn": _ended,
}  # fmt: skip
FOLLOWED = frozenset({"appealing", "surveying", "deciding"})  # stages whose page is worth a look while others act


def next_step(look: Look) -> Step | None:
    """Where whoever looks goes next: their own task, or the page on which they can follow somebody else's."""
    stage = look.decision.standing.stage
    step = STEPS.get(stage)
    mine = is_turn_of(look.decision, look.file, look.who) or stage in FOLLOWED or look.decision.ended
    return step(look) if step and (mine or (look.who.is_staff and stage == "reviewing")) else None


def step_outside(file: CaseFile, who: Audience) -> Step | None:
    """A case that no policy governs is taken on by staff."""
    page = reverse("applications:latest", args=[file.case.number])
    return Step("Look after the application", page) if who.is_staff else None


# Sent, and not owed any more by whoever sent it: what staff have before them in these stages.
WITH_STAFF = {"approving": "corrective-action-plan"}


def is_turn_of(decision: Decision, file: CaseFile, who: Audience) -> bool:
    if decision.ended:
        return False
    if decision.holder == FACILITY:
        return file.facility_id in who.facility_ids
    return decision.holder in who.programme

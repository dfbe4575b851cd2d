"""Reads of the workbench. It is the staff's: nobody else finds a draft here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone

from reaccredit.ledger import publishing
from reaccredit.ledger import queries as ledger
from reaccredit.ledger.models import Case, Fact, PublishedRevision
from reaccredit.people.models import Person, Role
from reaccredit.people.queries import holds
from reaccredit.policy import NotGoverned, Policy, scenarios
from reaccredit.policy.revision import Revision
from reaccredit.workbench import examining, texts
from reaccredit.workbench.models import Draft, Examination, Proposal, Version
from reaccredit.workbench.texts import Mistake


def for_staff(person: Person, now: datetime) -> None:
    """Raises `Http404` for anybody else."""
    if not holds(person, Role.STAFF, timezone.localdate(now)):
        raise Http404("the workbench is the staff's")


def drafts() -> QuerySet[Draft]:
    """What is being written, the newest first."""
    shown = Draft.objects.filter(put_aside_at__isnull=True).exclude(proposals__published__isnull=False)
    return shown.select_related("opened_by")


def draft(pk: int) -> Draft:
    """Raises `Http404`."""
    found = Draft.objects.select_related("opened_by").filter(pk=pk).first()
    if found is None:
        raise Http404("no such draft")
    return found


def newest(of: Draft) -> Version:
    return of.versions.select_related("saved_by", "examination").order_by("-number")[0]


def version(of: Draft, number: int) -> Version:
    """Raises `Http404`."""
    found = of.versions.select_related("saved_by").filter(number=number).first()
    if found is None:
        raise Http404("no such version of this draft")
    return found


def proposal(of: Draft) -> Proposal | None:
    """The one that waits for a second person, or that was published."""
    return (
        of.proposals.filter(withdrawn_at__isnull=True)
        .select_related("author", "approver", "version", "published")
        .first()
    )


def writers(of: Draft) -> list[Person]:
    return list(Person.objects.filter(pk__in=of.versions.values("saved_by")).order_by("name"))


def published() -> QuerySet[PublishedRevision]:
    return PublishedRevision.objects.order_by("-seq")


def rules(programme: str) -> Policy | None:
    """None for a programme that has no policy yet."""
    return ledger.policies().get(programme)


def shelf() -> list[Revision]:
    """Every revision that a draft can begin from, the newest of each programme first."""
    return [r for policy in ledger.policies().values() for r in reversed(policy.revisions)]


def scenarios_of(revision: Revision) -> str:
    """The scenarios that are kept beside a revision, wherever it was published; blank where there are none."""
    row = PublishedRevision.objects.filter(programme=revision.policy, revision=revision.revision).first()
    if row:
        return row.scenarios
    path = scenarios.beside(Path(settings.POLICIES) / revision.policy / f"{revision.revision}.toml")
    return path.read_text(encoding="utf-8") if path.is_file() else ""


def open_cases(programme: str) -> list[examining.Case]:
    """Each case of a programme that has not ended, with the facts that its policy rules on: two queries."""
    try:
        kinds = ledger.policy_for(programme)
    except NotGoverned:
        return []
    cases = {c.pk: c.number for c in Case.objects.filter(programme=programme, deadlines__subject="stage")}
    told: dict[int, list[Fact]] = {pk: [] for pk in cases}
    for fact in Fact.objects.filter(case__in=cases).order_by("happened_at", "seq"):
        told[fact.case_id].append(fact)
    return [(cases[pk], ledger.ruled_by(kinds, facts)) for pk, facts in told.items()]


# ------------------------------------------------------------------ may it be published?
@dataclass(frozen=True, slots=True)
class Condition:
    """One thing that must hold before a draft can be published; `why` says what is missing."""

    title: str
    holds: bool
    why: str = ""
    waits: bool = False  # it is being worked out
    part: str = ""  # where the page says more


def conditions(of: Version, read: Revision | Mistake, now: datetime) -> list[Condition]:
    """What must hold, in the order in which it is worth mending."""
    if isinstance(read, Mistake):
        return [Condition("The text can be read", False, read.said)]
    asked = texts.read_scenarios(of.scenarios)
    found = [Condition("The text can be read", True), _ahead(read, now)]
    if isinstance(asked, Mistake):
        return [*found, Condition("The scenarios can be read", False, asked.said)]
    return [*found, *_examined(Examination.objects.filter(version=of).first())]


def _ahead(read: Revision, now: datetime) -> Condition:
    """Nobody is ruled by what could not be known: it comes into force on a day that lies ahead."""
    today, title = now.astimezone(read.zone).date(), "It comes into force after the day of its publication"
    if read.in_force <= today:
        why = f"'in_force' is {read.in_force}: write a day after today ({today})."
        return Condition(title, False, why)
    if read.published < today:
        why = f"'published' says {read.published}, and it is not published yet: leave that line out, or write today or a later day."
        return Condition(title, False, why)
    return Condition(title, True)


def _examined(examination: Examination | None) -> list[Condition]:
    title = "It was examined beside the revisions in force"
    if examination is None or not (examination.found or examination.failed):
        return [Condition(title, False, "The examination has not come to its end.", waits=True)]
    if examination.failed or examination.found is None:
        return [Condition(title, False, examination.failed)]
    if examination.stamp != publishing.stamp():
        return [Condition(title, False, "Another revision was published since. Examine the draft again.")]
    found, told = examination.found, examination.found["scenarios"]
    unreadable = [one["case"] for one in (found["cases"] or {}).get("unreadable", [])]
    return [
        Condition(title, True),
        Condition("It stands among the other revisions", not found["unfit"], found["unfit"]),
        Condition("No finding", not found["findings"], _many(len(found["findings"]), "finding") + " to mend.", part="#findings"),
        Condition(
            "Every scenario comes as expected", not told["failing"],
            f"{_many(told['failing'], 'question')} of {told['asks']} answered otherwise.", part="#scenarios",
        ),
        Condition(
            "Every open case can still be read", not unreadable,
            f"Not with this draft: {', '.join(unreadable[:10])}{' and more' if len(unreadable) > 10 else ''}.", part="#cases",
        ),
    ]  # fmt: skip


def _many(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def missing(found: Sequence[Condition]) -> list[str]:
    return [one.why for one in found if not one.holds]

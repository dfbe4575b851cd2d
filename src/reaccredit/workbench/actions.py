"""Writes of the workbench. A text is never overwritten; a revision is published by two persons or not at all."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from reaccredit.ledger import publishing
from reaccredit.ledger.actions import Lost
from reaccredit.notices.actions import tell
from reaccredit.people import actions as people
from reaccredit.people.models import Person, Role
from reaccredit.people.queries import code, holds, with_role
from reaccredit.policy.revision import Revision
from reaccredit.workbench import examining, queries, tasks, texts
from reaccredit.workbench.models import Draft, Examination, Proposal, Version


class NotReady(Exception):
    """The draft can't be published as it is: each sentence says what is missing."""

    def __init__(self, missing: list[str]) -> None:
        super().__init__(" ".join(missing))
        self.missing = missing


class NotTheSecond(Exception):
    """Whoever wrote a revision does not approve it."""


@transaction.atomic
def begin(*, text: str, scenarios: str, begun_from: str, actor: Person, now: datetime) -> Draft:
    draft = Draft.objects.create(begun_from=begun_from, opened_by=actor, opened_at=now)
    _keep(draft, 1, text, scenarios, actor, now)
    return draft


@transaction.atomic
def save(*, draft: Draft, seen: int, text: str, scenarios: str, actor: Person, now: datetime) -> Version:
    """A new version, where anything has changed. Raises `Lost` where somebody saved another one meanwhile, or it is published."""
    last = _still_being_written(draft, seen)
    text, scenarios = texts.plain(text), texts.plain(scenarios)
    if (last.text, last.scenarios) == (text, scenarios):
        return last
    # What waits for approval is another text: it is called back.
    draft.proposals.filter(withdrawn_at__isnull=True).update(withdrawn_at=now, withdrawn_by=actor)
    return _keep(draft, last.number + 1, text, scenarios, actor, now)


def _still_being_written(draft: Draft, seen: int) -> Version:
    Draft.objects.select_for_update().get(pk=draft.pk)
    if draft.proposals.filter(published__isnull=False).exists():
        raise Lost("This revision is published, and is never changed. Begin a new draft from it.")
    last = queries.newest(draft)
    if last.number != seen:
        raise Lost(f"{last.saved_by} saved version {last.number} while you were writing. What you typed stands below.")
    return last


def _keep(draft: Draft, number: int, text: str, scenarios: str, actor: Person, now: datetime) -> Version:
    made = Version.objects.create(
        draft=draft,
        number=number,
        text=texts.plain(text),
        scenarios=texts.plain(scenarios),
        saved_by=actor,
        saved_at=now,
    )
    read = texts.read_policy(made.text)
    if isinstance(read, Revision):
        draft.programme, draft.revision = read.policy[:40], read.revision
        draft.save(update_fields=["programme", "revision"])
        ask(version=made, now=now)
    return made


@transaction.atomic
def ask(*, version: Version, now: datetime) -> Examination:
    """Have it examined, beside what is published today. What was found before is thrown away."""
    asked, _ = Examination.objects.update_or_create(
        version=version,
        defaults={
            "asked_at": now, "stamp": publishing.stamp(), "doing": "", "ended_at": None, "found": None, "failed": ""
        },
    )  # fmt: skip
    tasks.examine.enqueue(asked.pk)  # a row of the same transaction
    return asked


@transaction.atomic
def put_aside(*, draft: Draft, now: datetime) -> None:
    """Nothing of it is lost; it leaves the list."""
    if draft.proposals.filter(published__isnull=False).exists():
        raise Lost("This revision is published.")
    Draft.objects.filter(pk=draft.pk, put_aside_at__isnull=True).update(put_aside_at=now)


# ------------------------------------------------------------------ two persons
@transaction.atomic
def propose(*, draft: Draft, seen: int, actor: Person, now: datetime) -> Proposal:
    """Hand a version over for approval. Raises `NotReady` or `Lost`."""
    last = _still_being_written(draft, seen)
    if draft.proposals.filter(withdrawn_at__isnull=True).exists():
        raise Lost("This draft waits for approval already.")
    _ready(last, now)
    made = Proposal.objects.create(draft=draft, version=last, author=actor, proposed_at=now)
    on = timezone.localdate(now)
    others = with_role(Role.STAFF, on).exclude(pk__in=[actor.pk, *(one.pk for one in queries.writers(draft))])
    _tell(made, others, "asked", "A policy waits for approval", f"{actor} has handed over a draft: {draft}.", now)
    return made


def _tell(proposal: Proposal, persons: Iterable[Person], part: str, subject: str, body: str, now: datetime) -> None:
    page = reverse("workbench:draft", args=[proposal.draft_id])
    key = f"policy-proposal:{proposal.pk}:{part}"
    recipients = [(code(one), one.email) for one in persons]
    tell(recipients=recipients, case=None, key=key, subject=subject, body=body, link=page, now=now)


def _ready(version: Version, now: datetime) -> Revision:
    read = texts.read_policy(version.text)
    if missing := queries.missing(queries.conditions(version, read, now)):
        raise NotReady(missing)
    assert isinstance(read, Revision)
    return read


@transaction.atomic
def send_back(*, proposal: Proposal, reason: str, actor: Person, now: datetime) -> None:
    """The second person does not approve, and says why; or the author calls it back."""
    open_ = Proposal.objects.filter(pk=proposal.pk, withdrawn_at__isnull=True, approver__isnull=True)
    if not open_.update(withdrawn_at=now, withdrawn_by=actor, reason=reason):
        raise Lost("This proposal is not open any more. Reload the page to see what happened.")
    if actor.pk != proposal.author_id:
        said = f"{actor} has sent back the draft {proposal.draft}. What should be changed stands on its page."
        _tell(proposal, [proposal.author], "back", "A policy was sent back", said, now)


def barred(proposal: Proposal, person: Person) -> str:
    """Why this person can't be the second one; blank where they can."""
    if person.pk == proposal.author_id:
        return "You handed this draft over: somebody else approves it."
    if proposal.draft.versions.filter(saved_by=person).exists():
        return "You wrote on this draft: somebody who did not approves it."
    return ""


def statement(proposal: Proposal, read: Revision) -> str:
    """What the second person signs."""
    return (
        f"I have read the draft of {proposal.author} and approve its publication: {read.policy}, revision {read.revision}, "
        f"in force from {read.in_force}, SHA-256 {read.sha256}."
    )


@transaction.atomic
def approve(*, proposal: Proposal, password: str, actor: Person, now: datetime) -> Proposal:
    """Publish what was handed over. Raises `NotTheSecond`, `NotReady`, `Lost`, `people.actions.WrongPassword`."""
    draft = Draft.objects.select_for_update().get(pk=proposal.draft_id)
    held = Proposal.objects.select_related("version", "author", "draft").get(pk=proposal.pk)
    if held.withdrawn_at or held.approver_id or queries.newest(draft).pk != held.version_id:
        raise Lost("This proposal is not open any more. Reload the page to see what happened.")
    if not holds(actor, Role.STAFF, timezone.localdate(now)) or barred(held, actor):
        raise NotTheSecond(barred(held, actor) or "A revision is approved by the programme's staff.")
    read = _ready(held.version, now)
    _still_fits(read, now)
    meaning = statement(held, read)
    digest = hashlib.sha256(meaning.encode()).hexdigest()
    signature = people.sign(person=actor, password=password, role=Role.STAFF, meaning=meaning, sha256=digest, now=now)
    held.published = _publish(read, held, actor, now)
    held.approver, held.approved_at, held.signature = actor, now, signature
    held.save(update_fields=["published", "approver", "approved_at", "signature"])
    said = f"{actor} has approved {read.policy}, revision {read.revision}. It governs from {read.in_force}."
    _tell(held, [held.author], "published", "A policy is published", said, now)
    return held


def _still_fits(read: Revision, now: datetime) -> None:
    """The cases have gone on since the examination: each of them must be readable with the new revision, today."""
    together, unfit = examining.joined(queries.rules(read.policy), read)
    if together is None:
        raise NotReady([unfit])
    if torn := list(examining.unreadable(together, queries.open_cases(read.policy), now)):
        raise NotReady([f"Case {torn[0]['case']} could not be read any more: {torn[0]['said']}"])


def _publish(read: Revision, held: Proposal, actor: Person, now: datetime) -> publishing.PublishedRevision:
    try:
        return publishing.publish(
            revision=read, scenarios=held.version.scenarios, author=code(held.author), approver=code(actor), now=now
        )
    except publishing.AlreadyPublished as error:
        raise NotReady([str(error)]) from error

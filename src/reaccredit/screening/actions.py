"""Keep a document under the rule of its artefact; contest what a screening found; decide about it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.timezone import localdate

from reaccredit.applications.models import CaseFile
from reaccredit.documents import actions as documents
from reaccredit.documents.contesting import Exhibits, exhibits
from reaccredit.documents.models import Document
from reaccredit.facilities.queries import audience
from reaccredit.ledger import actions as ledger
from reaccredit.ledger.actions import Lost
from reaccredit.ledger.files import Readable
from reaccredit.people.models import FACILITY_ROLES, Person, Role
from reaccredit.people.queries import code
from reaccredit.screening import queries
from reaccredit.screening.models import Contest, Contested

RAISED, DECIDED = "phi.contested", "phi.decided"
WAITS = timedelta(days=30)


class NothingHeld(Exception):
    """There is nothing to contest: the document is not refused, or staff have released all of it."""


def store(
    *,
    case_file: CaseFile,
    artefact: str,
    stream: Readable,
    title: str,
    allowed: frozenset[str],
    actor: Person,
    now: datetime,
    governed_at: datetime | None = None,
    declared: frozenset[str] = frozenset(),
    clauses: dict[str, str] | None = None,
) -> Document:
    """As `documents.store`, under the rule that the case's policy has for this artefact. Raises `documents.Unacceptable`."""
    rule = queries.rule(case_file, artefact, governed_at or now)
    cited = {"phi": rule.clause.id} if rule.clause else {}
    return documents.store(
        stream=stream, kind=artefact, title=title, allowed=allowed, actor=code(actor), now=now,
        phi="forbidden" if rule.forbidden else "allowed", roster=queries.roster(case_file, localdate(now)) if rule.forbidden else None,
        declared=declared, clauses={**cited, **(clauses or {})}, released=queries.released_in(case_file),
    )  # fmt: skip


def contest(
    *, case_file: CaseFile, artefact: str, stream: Readable, reason: str, actor: Person, now: datetime
) -> Contest:
    """Somebody says that what was found is no patient's. Nothing is kept but the boxes of the findings and the SHA-256.

    Raises `documents.Unacceptable` where nobody can decide about it, `NothingHeld`, `Lost`.
    """
    found = exhibits(stream=stream, allowed=documents.SCANS, roster=queries.roster(case_file, localdate(now)))
    return _raise(case_file, artefact, found, reason, actor, now)


@transaction.atomic
def _raise(case_file: CaseFile, artefact: str, found: Exhibits, reason: str, actor: Person, now: datetime) -> Contest:
    ledger.lock(case_file.case)
    free = queries.released(case_file, found.sha256)
    held = [one for one in found.exhibits if one.spot not in free]
    if not held:
        raise NothingHeld("Nothing in this document has to be decided: upload it where it belongs.")
    try:
        with transaction.atomic():
            made = Contest.objects.create(
                case_file=case_file,
                artefact=artefact,
                sha256=found.sha256,
                reason=reason,
                raised_at=now,
                raised_by=actor,
            )
    except IntegrityError as error:
        raise Lost("This document is contested already, and staff will decide.") from error
    Contested.objects.bulk_create(
        Contested(
            contest=made, number=number, spot=one.spot[:300], kind=one.finding.kind, place=one.finding.place[:200],
            line=one.finding.line, picture=one.picture or None, shape=one.shape,
        )
        for number, one in enumerate(held, 1)
    )  # fmt: skip
    _state(made, RAISED, {"findings": len(held)}, actor, now)
    return made


@transaction.atomic
def decide(*, contest: Contest, released: Collection[int], note: str, actor: Person, now: datetime) -> Contest:
    """Staff release some of the findings (by number) and uphold the others; the pictures of all are let go."""
    ledger.lock(contest.case_file.case)
    held = Contest.objects.select_for_update().get(pk=contest.pk)
    if not held.is_open:
        raise Lost("This was decided by somebody else meanwhile.")
    for one in held.findings.all():
        one.released, one.picture, one.shape = one.number in released, None, ""
        one.save(update_fields=["released", "picture", "shape"])
    held.decided_at, held.decided_by, held.note = now, actor, note
    held.save(update_fields=["decided_at", "decided_by", "note"])
    upheld = held.findings.filter(released=False).count()
    _state(held, DECIDED, {"released": held.findings.filter(released=True).count(), "upheld": upheld}, actor, now)
    return held


def _state(contest: Contest, kind: str, about: dict[str, int], actor: Person, now: datetime) -> None:
    case_file = contest.case_file
    who = audience(actor, localdate(now))
    posts = who.roles_at(case_file.facility_id)
    role = Role.STAFF if who.is_staff else next((r.value for r in FACILITY_ROLES if r in posts), "")
    ledger.state(
        case=case_file.case, kind=kind, actor=code(actor), role=role, now=now, about={"contest": contest.pk, **about}
    )


@transaction.atomic
def sweep(*, now: datetime) -> int:
    """What nobody has decided in thirty days lapses: its pictures are let go, and the uploader may contest again."""
    late = Contest.objects.filter(decided_at__isnull=True, lapsed_at__isnull=True, raised_at__lt=now - WAITS)
    keys = list(late.values_list("pk", flat=True))
    Contested.objects.filter(contest__in=keys).update(picture=None, shape="")
    return Contest.objects.filter(pk__in=keys, lapsed_at__isnull=True).update(lapsed_at=now)

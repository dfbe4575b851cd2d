"""Appeals as each audience may see them: the facility its own, staff all, an arbitrator what was given to them and nothing else."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import Count, F, Manager, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import Http404
from django.utils import timezone

from reaccredit import policy
from reaccredit.appeals import judging
from reaccredit.appeals.models import IN_ORDER, Appeal, Arbitration, Letter, Recused, Support
from reaccredit.applications import queries as applications
from reaccredit.applications.models import Area, CaseFile
from reaccredit.documents import queries as documents
from reaccredit.documents.models import Document
from reaccredit.facilities.models import Personnel
from reaccredit.facilities.queries import holders
from reaccredit.imaging.looks import as_readers_see
from reaccredit.imaging.models import Instance, Series
from reaccredit.imaging.queries import SeriesRow, images_of
from reaccredit.ledger import queries as ledger
from reaccredit.packages import queries as packages
from reaccredit.packages import showing
from reaccredit.packages.models import Item
from reaccredit.packages.showing import Sight
from reaccredit.packages.ticks import Tick
from reaccredit.people.models import Person, Role
from reaccredit.people.queries import holds
from reaccredit.people.signed import Signed, signed
from reaccredit.reviews import queries as reviews
from reaccredit.reviews.visibility import NO_LONGER, Barred, NotShown

LETTER = "appeal-letter"  # the material of the policy that names the signers
RESULT, MEDIA_CONTACT = "appeal.result", "appeal.media-contact"  # clauses that the page of an appeal shows
FACILITY = "facility"  # the word by which the policy names the holder of a turn
BY_POST = frozenset({"cd", "film"})


# -- the facility and staff ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LetterTask:
    """The letter of one kind of area: who signs it, who holds that role today, and how far it is."""

    kind: str
    title: str
    role: str
    holders: tuple[Person, ...]
    letter: Letter | None

    signed: Signed | None = None

    @property
    def done(self) -> bool:
        return self.letter is not None and self.letter.signature_id is not None


@dataclass(frozen=True, slots=True)
class Status:
    """Where an appeal stands: what is in, what is missing, and whose turn it is."""

    appeal: Appeal
    decision: policy.Decision
    areas: tuple[Area, ...]
    letters: tuple[LetterTask, ...]
    supports: tuple[Support, ...]
    ticks: tuple[Tick, ...]
    arbitrations: tuple[Arbitration, ...]
    result: policy.Clause | None  # what the policy promises about the result
    media_contact: policy.Clause | None  # what it asks of an appeal on CD or film

    @property
    def window(self) -> policy.Term | None:
        """From when until when the result is expected; known once everything was received."""
        waiting = self.appeal.received_at is not None and self.appeal.decided_at is None
        return self.decision.term if waiting else None

    @property
    def with_facility(self) -> bool:
        return self.decision.holder == FACILITY

    @property
    def images_done(self) -> bool:
        return not self.appeal.additional_images or self.package_sent

    @property
    def package_sent(self) -> bool:
        return self.appeal.package is not None and self.appeal.package.submitted_at is not None

    @property
    def ready(self) -> bool:
        return all(task.done for task in self.letters) and self.images_done

    @property
    def by_post(self) -> bool:
        return self.appeal.medium in BY_POST

    @property
    def open(self) -> bool:
        """Still with the facility: nothing is changed once everything was received."""
        return self.appeal.received_at is None


def visible(person: Person, now: datetime) -> QuerySet[Appeal]:
    return applications.within(Appeal.objects.all(), person, timezone.localdate(now)).select_related(
        "case_file__case", "case_file__facility", "case_file__unit", "report", "package__case_file__case", "opened_by"
    )


def get(person: Person, pk: int, now: datetime) -> Appeal:
    found = visible(person, now).filter(pk=pk).first()
    if found is None:
        raise Http404("no such appeal for this person")
    return found


def of_case(person: Person, case_file: CaseFile, now: datetime) -> list[Appeal]:
    return list(visible(person, now).filter(case_file=case_file))


def listed(person: Person, now: datetime) -> QuerySet[Appeal]:
    """For the list: what waits for the programme first, then what waits for the facility, then what was decided."""
    given = Arbitration.objects.all()
    decided = given.filter(decided_at__isnull=False)
    return (
        applications.in_a_list(visible(person, now), "opened_at", "received_at", "decided_at")
        .annotate(area_count=_number(Appeal.areas.through.objects), assigned=_number(given), settled=_number(decided))
        .order_by(*IN_ORDER)
    )


def _number(rows: Manager[Any] | QuerySet[Any]) -> Coalesce:
    """How many rows an appeal has: counted for those of a page alone."""
    counted = rows.filter(appeal=OuterRef("pk")).order_by().values("appeal").annotate(number=Count("pk"))
    return Coalesce(Subquery(counted.values("number")), 0)


def status(appeal: Appeal, now: datetime) -> Status:
    decision = ledger.decision(appeal.case_file.case, now)
    clauses = ledger.rules_of(appeal.case_file.case, now).clauses
    areas = tuple(appeal.areas.all())
    return Status(
        appeal=appeal,
        decision=decision,
        areas=areas,
        letters=tuple(letter_tasks(appeal, areas, now)),
        supports=tuple(appeal.supports.select_related("document", "added_by")),
        ticks=tuple(packages.items_with_ticks(appeal.package)) if appeal.package else (),
        arbitrations=tuple(appeal.arbitrations.select_related("area", "arbitrator")),
        result=clauses.get(RESULT),
        media_contact=clauses.get(MEDIA_CONTACT),
    )


def letter_tasks(appeal: Appeal, areas: Iterable[Area], now: datetime) -> list[LetterTask]:
    """One for each kind of area among those appealed; the policy says who signs which."""
    paper = ledger.rules_of(appeal.case_file.case, now).materials[LETTER]
    kinds = dict.fromkeys(area.kind for area in areas)
    written = {
        letter.kind: letter for letter in appeal.letters.select_related("signature__person", "document", "written_by")
    }
    today = timezone.localdate(now)
    tasks = []
    for kind in kinds:
        role = paper.signed_by.get(kind) or paper.signed_by.get("", "")
        title = f"{paper.title} for the {Area.Kind(kind).label.lower()} areas"
        here, letter = tuple(holders(appeal.case_file.facility, role, today)), written.get(kind)
        tasks.append(LetterTask(kind, title, role, here, letter, letter_signed(appeal, letter) if letter else None))
    return tasks


def letter_task(appeal: Appeal, kind: str, now: datetime) -> LetterTask:
    found = next((t for t in letter_tasks(appeal, appeal.areas.all(), now) if t.kind == kind), None)
    if found is None:
        raise Http404("no letter of this kind belongs to the appeal")
    return found


def text_hash(appeal: Appeal, kind: str, text: str) -> str:
    """What a signature under a letter written here is bound to: the case, the report, the kind of area and every word."""
    said = f"{appeal.case_file.case.number}\n{appeal.report.attempt}\n{kind}\n{text}"
    return hashlib.sha256(said.encode()).hexdigest()


def letter_signed(appeal: Appeal, letter: Letter, *, judged: bool = False) -> Signed | None:
    """The signature under a letter, beside what the letter says now. Whoever judges it learns neither the name nor the case."""
    if letter.signature is None:
        return None
    stands = documents.stands(letter.document) if letter.document else text_hash(appeal, letter.kind, letter.text)
    found = signed(letter.signature, stands, nameless=judged)
    return replace(found, meaning="Appeal letter") if judged else found


def paper(appeal: Appeal, pk: int) -> Document:
    """A letter or a supporting document of this appeal; whoever may see the appeal may read it."""
    letters = appeal.letters.filter(document=pk).values("document")
    supports = appeal.supports.filter(document=pk).values("document")
    found = Document.objects.filter(Q(pk__in=letters) | Q(pk__in=supports)).first()
    if found is None:
        raise Http404("no such document in this appeal")
    return found


def signers_ever(status: Status) -> list[Person]:
    """Who holds or held a post that signs one of the letters: a paper that came late was signed by the holder of its day."""
    roles = {task.role for task in status.letters}
    posts = Personnel.objects.filter(facility=status.appeal.case_file.facility_id, role__in=roles)
    return list(Person.objects.filter(pk__in=posts.values("person")).order_by("name"))


# -- the arbitrator ------------------------------------------------------------------------------------------------------


def arbitrations(person: Person, now: datetime) -> QuerySet[Arbitration]:
    """What was given to this person, while the role is held: what waits first."""
    held = holds(person, Role.ARBITRATOR, timezone.localdate(now))
    return _given(person) if held else Arbitration.objects.none()


def _given(person: Person) -> QuerySet[Arbitration]:
    return (
        Arbitration.objects.filter(arbitrator=person, appeal__received_at__isnull=False)
        .select_related(
            "area", "appeal__case_file__case", "appeal__case_file__facility", "appeal__report__round", "appeal__package"
        )
        .order_by(F("decided_at").desc(nulls_first=True), "assigned_at", "pk")
    )


def given_to(person: Person, pk: int) -> Arbitration:
    """Open to them or not. Raises `Http404` for what was never given to this person, `Barred` for what they gave back."""
    found = _given(person).filter(pk=pk).first()
    if found is not None:
        return found
    if Recused.objects.filter(arbitrator=person, arbitration=pk).exists():
        raise Barred("You have given this area back. Somebody else judges it.")
    raise Http404("no such appeal was given to this person")


def arbitration(person: Person, pk: int, now: datetime) -> Arbitration:
    """As `given_to`; and raises `Barred` where they may not judge it any more."""
    found = given_to(person, pk)
    if found.decided_at is None and (said := judging.why_closed(found, person, timezone.localdate(now))):
        raise Barred(said)
    if not holds(person, Role.ARBITRATOR, timezone.localdate(now)):
        raise Barred(NO_LONGER)
    return found


def sight(one: Arbitration, now: datetime) -> Sight:
    """Which series of the area, original or added, are shown to its arbitrator, and how."""
    return showing.sight_of([one.appeal.report.round.package, one.appeal.package], one.area, now)


def original_images(one: Arbitration, seen: Sight) -> list[tuple[Item, list[SeriesRow]]]:
    return seen.dressed(packages.images_by_item(one.appeal.report.round.package, [one.area]))


def added_images(one: Arbitration, seen: Sight) -> list[tuple[Item, list[SeriesRow]]]:
    """What came with the appeal, once its package was sent."""
    package = one.appeal.package
    sent = package is not None and package.submitted_at is not None
    return seen.dressed(packages.images_by_item(package, [one.area])) if package and sent else []


def image(one: Arbitration, pk: int, seen: Sight) -> Instance:
    """An image of the area, original or added, as readers see it. Raises `Http404` for any other, `NotShown` where it is not to be seen."""
    found = _image(one, pk)
    if said := seen.why_not(found.series_id):
        raise NotShown(said)
    seen.dress(found.series)
    return as_readers_see([found])[0]


def _image(one: Arbitration, pk: int) -> Instance:
    package = one.appeal.package
    if package is not None and package.submitted_at is not None:
        try:
            return packages.instance_for(pk, package=package, areas=[one.area])
        except Http404:
            pass
    return packages.instance_for(pk, package=one.appeal.report.round.package, areas=[one.area])


def series_around(instance: Instance) -> list[Instance]:
    return images_of(instance.series)


def series_name(series: Series) -> str:
    return series.description or (f"Series {series.number}" if series.number else "Series without a number")


def with_terms(listed: Iterable[Arbitration], now: datetime) -> list[tuple[Arbitration, policy.Term | None]]:
    """Each with the window in which the facility expects the result, while it is not decided."""
    rows = list(listed)
    found = ledger.decisions([one.appeal.case_file.case for one in rows], now)
    return [(one, found[one.appeal.case_file.case_id].term if not one.decided_at else None) for one in rows]


def earlier_reviews(one: Arbitration) -> list[reviews.Review]:
    return reviews.reviews(one.appeal.report.round).get(one.area_id, [])


def letter_for(one: Arbitration) -> Letter | None:
    return one.appeal.letters.select_related("document").filter(kind=one.area.kind).first()


def letter_signed_for(one: Arbitration) -> Signed | None:
    letter = one.appeal.letters.select_related("document", "signature__person").filter(kind=one.area.kind).first()
    return letter_signed(one.appeal, letter, judged=True) if letter else None

"""Calibration cases, for staff: from what they can be made, how each stands, and to whom one may go.

What a calibration case opens is a round of one reader, kept out of every history as a re-read is (`telling`). Whether somebody may
read it is asked of the same core as for every reading; beside that, nobody is sent a case whose key they know.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet, Subquery
from django.http import Http404
from django.utils.timezone import localdate

from reaccredit.applications.models import Area
from reaccredit.ledger.queries import decisions
from reaccredit.packages.models import Medium
from reaccredit.people.models import Authorisation, Person, Role
from reaccredit.people.queries import with_role
from reaccredit.reviews import conflicts, queries
from reaccredit.reviews.calibration_models import Calibration, Key, KeyMark, Sending, Sent, Talk
from reaccredit.reviews.house_rules import house_rules
from reaccredit.reviews.judges import running
from reaccredit.reviews.models import Assignment, HandedBack, Mark, Round, RoundKind
from reaccredit.reviews.quality_rules import CalibrationRules, quality_rules

NO_RULES = "No rules for calibration cases hold today, so none is made or sent."
KNOWS = "knows the key of this case"
STAFF = "is of the programme's staff, who see every key"


def rules_on(now: datetime) -> CalibrationRules | None:
    return quality_rules(localdate(now)).calibration


# -- from what one can be made -------------------------------------------------------------------------------------------


def candidates(now: datetime, rules: CalibrationRules, search: str = "") -> QuerySet[Round]:
    """Completed reviews of uploaded images whose report stands and that are no calibration case; which are closed, `closed` says."""
    since = now - timedelta(days=rules.look_back_days)
    found = Round.objects.filter(
        ~Exists(Calibration.objects.filter(review=OuterRef("pk"), retired_at__isnull=True)), kind=RoundKind.REVIEW,
        completed_at__gt=since, completed_at__lte=now, reported_at__isnull=False, package__medium=Medium.UPLOAD,
    )  # fmt: skip
    found = found.filter(case_file__case__number__icontains=search) if search else found
    return queries.current(found).order_by("-completed_at", "-pk")


def shown(found: QuerySet[Round]) -> QuerySet[Round]:
    return found.select_related("case_file__case", "case_file__facility", "package")


def closed(listed: Iterable[Round], now: datetime, rules: CalibrationRules) -> frozenset[int]:
    """The ids of those whose cases are closed."""
    rows = list(listed)
    stands = decisions({row.case_file.case_id: row.case_file.case for row in rows}.values(), now)
    known = {case: one.standing.stage for case, one in stands.items() if one.standing}
    return frozenset(row.pk for row in rows if known.get(row.case_file.case_id) in rules.stages)


def candidate(pk: int, now: datetime, rules: CalibrationRules) -> Round:
    """Raises `Http404`, also where the case is not closed."""
    found = shown(candidates(now, rules)).filter(pk=pk).first()
    if found is None or not closed([found], now, rules):
        raise Http404("no such closed review")
    return found


# -- how each stands -----------------------------------------------------------------------------------------------------


def cases() -> QuerySet[Calibration]:
    """Each with its key's newest version, the newest that is approved, and how far its readers are."""
    keys = Key.objects.filter(calibration=OuterRef("pk")).order_by("-version")
    sent = Sent.objects.filter(sending__calibration=OuterRef("pk")).order_by().values("sending__calibration")
    number = Count("pk")
    done = sent.filter(round__completed_at__isnull=False)
    return Calibration.objects.select_related(
        "review__case_file__case", "review__case_file__facility", "review__package", "made_by", "retired_by"
    ).annotate(
        newest=Subquery(keys.values("version")[:1]),
        approved=Subquery(keys.filter(approved_at__isnull=False).values("version")[:1]),
        sent=Subquery(sent.annotate(n=number).values("n")),
        done=Subquery(done.annotate(n=number).values("n")),
    )


def case(pk: int) -> Calibration:
    found = cases().filter(pk=pk).first()
    if found is None:
        raise Http404("no such calibration case")
    return found


def areas(one: Calibration) -> list[Area]:
    return [area for area in queries.areas_of(one.review) if area.code in one.only]


def keys(one: Calibration) -> list[Key]:
    """Every version, the newest first."""
    found = one.keys.select_related("set_by", "approved_by", "signature__person")
    return list(found.prefetch_related("areas__area", "areas__marks"))


def why_not_sent(one: Calibration) -> str:
    """Why it cannot go out as it stands; "" where it can."""
    if one.retired_at is not None:
        return "This case is retired: nobody is sent it any more."
    if one.review.superseded:
        return "The package was returned to the facility meanwhile, so these images are not judged any more."
    if one.review.reported_at is None:
        return (
            "The report of this review was taken back meanwhile. Retire the case, or wait until a report stands again."
        )
    if not one.keys.filter(approved_at__isnull=False).exists():
        return "Its key is not approved yet."
    return ""


Suggested = Mapping[tuple[int, str], tuple[bool, str]]


def suggested(one: Calibration) -> Suggested:
    """(area, criterion) -> what all of the first readers said alike. Where they differ the key begins empty: somebody has to say."""
    said: dict[tuple[int, str], set[tuple[bool, str]]] = defaultdict(set)
    for mark in Mark.objects.filter(assignment__round=one.review_id).select_related("assignment"):
        said[mark.assignment.area_id, mark.criterion].add((mark.acceptable, mark.reason))
    return {where: next(iter(found)) for where, found in said.items() if len(found) == 1}


def of_key(key: Key) -> dict[tuple[int, str], KeyMark]:
    return {(one.area_id, mark.criterion): mark for one in key.areas.all() for mark in one.marks.all()}


# -- who may read it -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who reads in the programme: what of the case they would get, and for everything else why not."""

    person: Person
    areas: tuple[Area, ...]
    why_not: tuple[str, ...]
    last: datetime | None  # when they were last given a calibration case of this modality
    due: bool

    @property
    def in_the_draw(self) -> bool:
        return bool(self.areas) and self.due


def opened(one: Calibration, actor: Person, now: datetime, only: Collection[Area]) -> Round:
    """As it would be opened for a reader; not saved."""
    review = one.review
    return Round(
        case_file=review.case_file, package=review.package, kind=RoundKind.CALIBRATION, submitted_at=review.submitted_at,
        attempt=review.attempt, only=sorted(area.code for area in only), opened_at=now, opened_by=actor,
    )  # fmt: skip


def readers(one: Calibration, rules: CalibrationRules, now: datetime) -> list[Reader]:
    """Every reviewer, in a fixed number of queries."""
    listed = areas(one)
    who = conflicts.known(opened(one, one.made_by, now, listed), listed, localdate(now))
    knowing, last = _knowing(one, now), _last(one, who.people)
    since = now - timedelta(days=rules.every_days)
    return [_reader(who, one, listed, knowing.get(one.pk, ""), last.get(one.pk), since) for one in who.people]


def _reader(
    who: conflicts.Known, person: Person, listed: Collection[Area], knows: str, last: datetime | None, since: datetime
) -> Reader:
    against = {area: conflicts.why_not(who, person, area) for area in listed}
    free = () if knows else tuple(area for area in listed if not against[area])
    said = (knows,) if knows else tuple(dict.fromkeys(words for found in against.values() for words in found))
    return Reader(person, free, () if free else said, last, last is None or last <= since)


def _knowing(one: Calibration, now: datetime) -> dict[int, str]:
    """Staff, who see every key; and who made the case, set its key or approved it, staff or not by now. With what is said of them."""
    found = dict.fromkeys(with_role(Role.STAFF, localdate(now)).values_list("pk", flat=True), STAFF)
    had = {one.made_by_id}
    for pair in one.keys.values_list("set_by", "approved_by"):
        had |= {pk for pk in pair if pk}
    return found | dict.fromkeys(had, KNOWS)


def _last(one: Calibration, people: Iterable[Person]) -> dict[int, datetime]:
    given = Assignment.objects.filter(
        reviewer__in=people, round__kind=RoundKind.CALIBRATION, round__case_file__modality=one.review.case_file.modality
    )
    return dict(given.order_by().values_list("reviewer").annotate(last=Max("assigned_at")))


def was_sent(one: Calibration, person: Person) -> bool:
    return Sent.objects.filter(sending__calibration=one, reader=person).exists()


# -- how far its readers are ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class State:
    """One area with one reader: where it stands, in words for staff."""

    area: str
    kind: str  # done | wait | act | stop, as the status tags
    words: str
    reading: int | None = None  # can still be taken back
    reason: str = ""


def sendings(one: Calibration, now: datetime) -> list[tuple[Sending, list[tuple[Sent, list[State]]]]]:
    """The newest first, in a fixed number of queries."""
    found = list(one.sendings.select_related("made_by").prefetch_related("sent__reader"))
    rounds = [row.round_id for sending in found for row in sending.sent.all()]
    states: dict[int, list[State]] = defaultdict(list)
    given = Assignment.objects.filter(round__in=rounds).select_related("area").order_by("pk")
    may = _may(one, {row.reviewer_id for row in given}, now)
    for row in given:
        states[row.round_id].append(_state(row, row.reviewer_id in may and row.area.code in may[row.reviewer_id], now))
    for back in HandedBack.objects.filter(round__in=rounds).select_related("area"):
        states[back.round_id].append(
            State(back.area.title, "stop", BACK[HandedBack.Kind(back.kind)], reason=back.reason)
        )
    return [(sending, [(row, states[row.round_id]) for row in sending.sent.all()]) for sending in found]


BACK = {
    HandedBack.Kind.RECUSED: "Given back: must not read it",
    HandedBack.Kind.DECLINED: "Declined",
    HandedBack.Kind.TIMED_OUT: "Not begun in time, ended by itself",
    HandedBack.Kind.TAKEN_BACK: "Taken back by staff",
}


def _state(row: Assignment, may: bool, now: datetime) -> State:
    title = row.area.title
    if row.submitted_at is not None:
        return State(title, "done", "Handed in")
    if not may:
        return State(title, "stop", "Not authorised any more: the sheet is closed to them. Take it back", row.pk)
    if row.assigned_at < now - timedelta(days=house_rules().due_within_days):
        return State(title, "act", "Late: begun and not handed in" if row.saved_at else "Late: not begun", row.pk)
    return State(title, "wait", "Begun" if row.saved_at else "Not begun", row.pk)


def _may(one: Calibration, people: Collection[int], now: datetime) -> dict[int, set[str]]:
    """person -> the areas of the case for which they are authorised today, as reviewers that they still are."""
    on, every = localdate(now), Authorisation.EVERY
    held = Authorisation.objects.filter(
        running(on), Q(modality=every) | Q(modality=one.review.case_file.modality), role=Role.REVIEWER,
        person__in=with_role(Role.REVIEWER, on).filter(pk__in=people),
    )  # fmt: skip
    found: dict[int, set[str]] = defaultdict(set)
    for person, module in held.values_list("person", "module"):
        found[person] |= {code for code in one.only if module in {every, code} or code.startswith(f"{module}/")}
    return found


# -- whom to talk to -----------------------------------------------------------------------------------------------------


def talks() -> QuerySet[Talk]:
    """Those that wait, the longest first."""
    return Talk.objects.filter(done_at__isnull=True).select_related("reader")


def talk(pk: int) -> Talk:
    """Done or not."""
    found = Talk.objects.filter(pk=pk).select_related("reader", "done_by").first()
    if found is None:
        raise Http404("no such talk")
    return found

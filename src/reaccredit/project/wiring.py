"""Who must know. A room states a fact in the ledger and knows nothing of the others; after the commit a worker brings the
fact here. Everything is told once under a key of its own, so that being called twice does nothing twice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from reaccredit.appeals import actions as appeals
from reaccredit.appeals.models import Appeal
from reaccredit.applications.models import CaseFile
from reaccredit.certificates.actions import grant_if_accredited
from reaccredit.desks.links import page_for
from reaccredit.desks.recipients import people_of
from reaccredit.desks.steps import FACILITY, STAFF
from reaccredit.ledger import queries as ledger
from reaccredit.ledger.models import Fact
from reaccredit.notices.actions import tell
from reaccredit.packages import pictures, tasks
from reaccredit.packages.models import Package
from reaccredit.people.models import Role
from reaccredit.people.queries import person_of
from reaccredit.policy import Material
from reaccredit.reviews.telling import SIGN_IN, WAITS

BLIND = frozenset({"reviewer", "arbitrator"})  # they know a case by what they were given, not by its number


@dataclass(frozen=True, slots=True)
class News:
    """What an audience is told of a fact, whoever's turn it then is. The result of a report stays out of the mail."""

    audience: str
    subject: str
    body: str


DECIDED = (
    News(FACILITY, "Appeal decided", "Sign in to read the determination."),
    News(STAFF, "Appeal decided", "The arbitrator has decided."),
)
NEWS: dict[str, tuple[News, ...]] = {
    "application.accepted": (News(FACILITY, "Application accepted", "The testing package is open."),),
    "application.returned": (News(FACILITY, "Application returned", "The programme asks you to complete the application."),),
    "package.returned": (News(FACILITY, "Testing package returned", "The programme asks you to complete the testing package."),),
    "report.passed": (News(FACILITY, "Final report issued", "Sign in to read it."),),
    "report.failed": (
        News(FACILITY, "Final report issued", "Sign in to read it. Review it with your supervising physician before you select an option."),
    ),
    "report.withdrawn": (News(FACILITY, "Final report taken back", "Sign in to read why. Nothing is due until a new report is issued."),),
    "images.returned": (News(FACILITY, "Images returned", "Your images were sent back to you."),),
    "appeal.received": (
        News(STAFF, "Appeal complete", "Everything required is in: assign an arbitrator."),
        News(FACILITY, "Appeal complete", "Everything required was received. Sign in to see when the result is expected."),
    ),
    "phi.contested": (News(STAFF, "A refusal is contested", "Somebody says that what was found in a document is no patient's: decide."),),
    "phi.decided": (News(FACILITY, "Contested findings decided", "Sign in to read what staff released and what has to go."),),
    "fee.entered": (News(FACILITY, "A fee is to be paid", "The programme has entered the amount. Sign in to see the invoice."),),
    "appeal.upheld": DECIDED,
    "appeal.denied": DECIDED,
    "plan.approved": (News(FACILITY, "Corrective action plan approved", "Sign in to see what comes next."),),
    "plan.returned": (News(FACILITY, "Corrective action plan returned", "Sign in to read the comments."),),
    "plan.directed": (News(FACILITY, "Specific corrective action directed", "Sign in to read what the programme directs."),),
    "survey.scheduled": (News(FACILITY, "On-site survey scheduled", "Sign in to see the dates and the team."),),
    "form.late-accepted": (News(FACILITY, "Late option form accepted", "The option form is open again."),),
    "certificate.granted": (News(FACILITY, "Accredited", "The certificate is ready."),),
}  # fmt: skip


def spread(fact: Fact) -> None:
    spread_at(fact, timezone.now())  # noqa: TID251 - called by a task, which reads the clock as a view does


def spread_at(fact: Fact, now: datetime) -> None:
    """Tell the audiences of a fact, then whoever has the turn; a case that has passed gets its certificate."""
    file = CaseFile.objects.select_related("case", "facility").filter(case=fact.case).first()
    if file is None:
        return
    if fact.kind == "report.passed":
        grant_if_accredited(case_file=file, now=now)
    if fact.kind in HANDED_IN:
        _look_at_pictures(fact, now)
    if fact.kind == "images.added":
        _appeal_may_be_complete(file, fact, now)
    for place, news in enumerate(NEWS.get(fact.kind, ())):
        _tell(file, fact, f"news{place}", news, now)
    if turn := _turn(file, fact, now):
        _tell(file, fact, "turn", turn, now)
    if owed := _owed(fact, now):
        _tell(file, fact, "owed", owed, now)


HANDED_IN = frozenset({"package.submitted", "images.added"})


def _look_at_pictures(fact: Fact, now: datetime) -> None:
    """What readers will see is searched for what names a person, as far as that was not done before it was handed in."""
    package = Package.objects.filter(pk=fact.about.get("package"), case_file__case=fact.case).first()
    for series in pictures.ask_of_package(package=package, now=now) if package else ():
        tasks.look.enqueue(series)


def _appeal_may_be_complete(file: CaseFile, fact: Fact, now: datetime) -> None:
    """The missing images may be submitted on the package's own page, which knows nothing of the appeal that waits for them."""
    actor = person_of(fact.actor)
    for appeal in Appeal.objects.filter(package__case_file=file, received_at__isnull=True):
        if actor is not None:
            appeals.complete_if_ready(appeal=appeal, actor=actor, now=now)


# Who has something to judge by a fact on which the policy does not rule.
GIVEN = {"review.assigned": "reviewer", "review.returned": "reviewer", "arbitrator.assigned": "arbitrator"}


def _turn(file: CaseFile, fact: Fact, now: datetime) -> News | None:
    """Whoever's turn it has become by this fact, or whoever was given something to read."""
    if ledger.not_governed(fact.case):
        if fact.kind != "application.submitted":
            return None
        return News(STAFF, "A case waits for you", "No policy here governs it: staff decide.")
    after = ledger.decision(fact.case, now)
    given = fact.kind in GIVEN
    ruled = fact.kind in ledger.policy_for(fact.case.programme).kinds  # what no rule looks at gives nobody the turn
    if after.ended or not (given or (ruled and _changed(fact, after.holder))):
        return None
    holder = GIVEN.get(fact.kind, after.holder)
    if after.term and after.term.opens and after.term.opens > now and holder == FACILITY:
        return News(
            holder, "A case will wait for you", f"{after.stage_title}: not open yet. Sign in to see when it opens."
        )
    return News(holder, "A case waits for you", f"{after.stage_title}.")


def _owed(fact: Fact, now: datetime) -> News | None:
    """What a choice leaves to be signed is told to whoever signs: it is seldom the one who chose. A case that has ended has no turn."""
    if not fact.kind.startswith("option.") or ledger.not_governed(fact.case):
        return None
    after = ledger.decision(fact.case, now)
    owed = [
        u.material for u in after.duties if not u.met and u.holder == FACILITY and (u.material.signers or after.ended)
    ]
    if not owed:
        return None
    return News(FACILITY, "Something is owed", " ".join(_said(material) for material in owed))


def _said(material: Material) -> str:
    roles = sorted({Role(role).label.lower() for _, role in material.signers if role in Role.values})
    signed = f", signed by the {' and the '.join(roles)}" if roles else ""
    return f"{material.title}{signed}."


def _changed(fact: Fact, holder: str) -> bool:
    """Did somebody else have the turn before this fact?"""
    facts = list(fact.case.facts.filter(seq__lt=fact.seq).order_by("happened_at", "seq"))
    if not facts:
        return True
    history = ledger.ruled(fact.case.programme, facts)
    before = ledger.policy_for(fact.case.programme).decide(history, at=max(f.happened_at for f in facts))
    return before.holder != holder


def _tell(file: CaseFile, fact: Fact, part: str, news: News, now: datetime) -> None:
    people = people_of(news.audience, file, timezone.localdate(now))
    key = f"fact:{fact.pk}:{part}"
    if news.audience in BLIND:
        page = page_for(news.audience, file)
        tell(recipients=people, case=None, key=key, subject=WAITS, body=SIGN_IN, link=page, now=now)
        return
    tell(
        recipients=people, case=file.case, key=key, subject=f"{news.subject}, case {file.case.number}",
        body=f"Case {file.case.number}: {news.body}", link=page_for(news.audience, file), now=now,
    )  # fmt: skip

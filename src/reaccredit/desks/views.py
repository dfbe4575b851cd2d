"""Pages for one audience each. They read and link; what is done is done in the rooms."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from reaccredit.appeals.queries import arbitrations
from reaccredit.applications.models import CaseFile
from reaccredit.applications.queries import areas as areas_of
from reaccredit.applications.queries import get as get_case
from reaccredit.desks import asking_page, comparing_page, policy_page, queries, timeline
from reaccredit.desks.option_calendar import calendar
from reaccredit.desks.policy_views import FORMS
from reaccredit.desks.steps import Look, next_step, step_outside
from reaccredit.facilities import catalogue
from reaccredit.facilities.queries import Audience, audience
from reaccredit.ledger import queries as ledger
from reaccredit.ledger import receipts
from reaccredit.people.models import Role
from reaccredit.people.paging import page_of_keys
from reaccredit.policy import Decision, NotGoverned, Policy
from reaccredit.policy.drawing import svg
from reaccredit.policy.revision import Revision
from reaccredit.policy.walking import way
from reaccredit.reviews.catalogue import frequent
from reaccredit.reviews.queries import reading_list
from reaccredit.withdrawals import queries as withdrawals

PROGRAMME = "diagnostic"


def _who(request: HttpRequest) -> Audience:
    assert request.user.is_authenticated
    return audience(request.user, timezone.localdate())


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Where somebody starts: their own cases, or the desk of their role."""
    who, now = _who(request), timezone.now()
    if not who.posts and (desk := _desk(request, who, now)):
        return redirect(desk)
    listed = queries.by_urgency(queries.rows(queries.facility_cases(who), who, now), now)
    shown = {
        "yours": [r for r in listed if r.your_turn or r.owed],
        "others": [r for r in listed if not r.your_turn and not r.ended],
        "ended": [r for r in listed if r.ended and not r.owed], "any": listed, "may_apply": _may_apply(who),
    }  # fmt: skip
    return render(request, "desks/home.html", shown)


DESKS = {
    Role.STAFF: "desks:queue", Role.REVIEWER: "reviews:reading-list", Role.ARBITRATOR: "appeals:arbitrations",
    Role.SURVEY_TEAM: "surveys:index",
}  # fmt: skip


def _desk(request: HttpRequest, who: Audience, now: datetime) -> str:
    """The desk of the first role somebody holds; of a reviewer who arbitrates too, the one where something waits."""
    held = [page for role, page in DESKS.items() if role in who.programme]
    if held[:2] == [DESKS[Role.REVIEWER], DESKS[Role.ARBITRATOR]]:
        assert request.user.is_authenticated
        to_read = reading_list(request.user, timezone.localdate(now)).filter(submitted_at__isnull=True)
        if not to_read.exists() and arbitrations(request.user, now).filter(decided_at__isnull=True).exists():
            return held[1]
    return held[0] if held else ""


def _may_apply(who: Audience) -> bool:
    return any(Role.ADMINISTRATOR in roles for roles in who.posts.values())


@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    who, now = _who(request), timezone.now()
    if not who.is_staff:
        raise Http404("the queue is the staff's")
    asked = {key: request.GET.get(key, "").strip()[:80] for key in ("search", "turn", "modality")}
    page = page_of_keys(queries.queue(who, now, **asked), "case", request.GET.get("page"))
    listed = queries.rows(queries.queued(page.object_list, who), who, now)
    if asked["turn"] in {"", "staff"}:
        listed = [r for r in listed if r.your_turn]  # the index may be a little behind the clock
    shown = {"page": page, "rows": listed, "asked": asked, "turns": queries.TURNS, "modalities": catalogue.modalities()}
    return render(request, "desks/queue.html", shown)


@require_safe
def case(request: HttpRequest, number: str) -> HttpResponse:
    who, now = _who(request), timezone.now()
    file = get_case(who.person, number, timezone.localdate())
    row = queries.row(file, who, now)
    step = next_step(Look(file, row.decision, who)) if row.decision else step_outside(file, who)
    titles = {a.code: a.title for a in areas_of(file)}
    words = dict(row.decision.standing.areas) if row.decision else {}
    shown = {
        "file": file, "row": row, "decision": row.decision, "step": step, "entries": timeline.entries(who, file),
        "areas": [(title, words.get(code, "")) for code, title in titles.items()], "who": who,
        "packages": file.packages.order_by("-pk"), "reports": file.reports.select_related("fact").order_by("-attempt", "-edition"),
        "applications": file.applications.order_by("-attempt"), "appeals": file.appeals.order_by("-pk"),
        "surveys": file.surveys.order_by("-pk"), "has_plan": file.plans.exists(), **_way(file, row.decision),
    }  # fmt: skip
    return render(request, "desks/case.html", shown)


def _way(file: CaseFile, decision: Decision | None) -> dict[str, object]:
    """The case's own way through the policy, in words and as a picture."""
    if decision is None:
        return {}
    leaving = {name for name, choice in decision.rev.options.items() if choice.withdraws}
    walked = way(decision, leaving if withdrawals.barred(file) else ())
    return {"way": walked, "drawing": svg(decision.rev, walked)}


@require_safe
def receipt(request: HttpRequest, number: str, place: int) -> HttpResponse:
    """What was answered when a fact was recorded, with all that is needed to get the same answer again."""
    who = _who(request)
    file = get_case(who.person, number, timezone.localdate())
    found = receipts.of_case(file.case, place) if who.is_staff else None
    if found is None:
        raise Http404("no receipt of this fact for this person")
    named = {"Content-Disposition": f'attachment; filename="receipt-{file.case.number}-{place}.zip"'}
    return HttpResponse(receipts.bundle(found, file.case), content_type="application/zip", headers=named)


# ------------------------------------------------------------------ pages for everybody
def _programme(request: HttpRequest) -> tuple[str, Policy]:
    """The policy that was asked for. One that does not exist is a page that does not exist."""
    name = request.GET.get("programme") or PROGRAMME
    if name not in ledger.programmes():
        raise Http404("no policy of this programme")
    return name, ledger.published(name)


def _in_force(policy: Policy) -> Revision:
    try:
        return policy.at(timezone.now())
    except NotGoverned:
        return policy.latest


@login_not_required
@require_safe
def policy(request: HttpRequest) -> HttpResponse:
    name, rules = _programme(request)
    asked = request.GET.get("revision", "")
    try:
        revision = rules[asked] if asked else _in_force(rules)
    except KeyError:
        raise Http404("no such revision") from None
    shown = {
        "page": policy_page.page(rules, revision), "in_force": _in_force(rules), "policy": rules,
        "ahead": revision.in_force > timezone.now().astimezone(rules.zone).date(), "revision": revision, "programme": name,
        "others": [other for other in ledger.programmes() if other != name], "forms": [(f.ending, f.words) for f in FORMS],
    }  # fmt: skip
    return render(request, "desks/policy.html", shown)


@login_not_required
@require_safe
def revisions(request: HttpRequest) -> HttpResponse:
    name, rules = _programme(request)
    return render(
        request, "desks/revisions.html", {"history": policy_page.history(rules), "policy": rules, "programme": name}
    )


@login_not_required
@require_safe
def compare(request: HttpRequest) -> HttpResponse:
    name, rules = _programme(request)
    try:
        pair = comparing_page.pair(rules, request.GET.get("old", ""), request.GET.get("new", ""), _in_force(rules))
    except KeyError:
        raise Http404("no such revision") from None
    found = {} if pair.same else comparing_page.found(pair.old, pair.new)
    return render(request, "desks/compare.html", {"pair": pair, "policy": rules, "programme": name, "c": found})


@login_not_required
@require_safe
def frequent_deficiencies(request: HttpRequest) -> HttpResponse:
    groups = [(catalogue.modality(g.modality).title, g.kind, g.reasons) for g in frequent()]
    return render(request, "desks/frequent_deficiencies.html", {"groups": groups})


@login_not_required
@require_safe
def what_are_my_options(request: HttpRequest) -> HttpResponse:
    """Anybody may ask, nobody is remembered: the address holds every answer that was given."""
    page = asking_page.page(request.GET, timezone.now())
    with timezone.override(page.policy.zone if page.policy else None):
        return render(
            request,
            "desks/what_are_my_options.html",
            {"page": page, "form": page.form},
            status=422 if page.wrong else 200,
        )


@login_not_required
@require_safe
def option_dates(request: HttpRequest) -> HttpResponse:
    """The dates of the same answer for a calendar; without an answer, the page says what is missing."""
    now = timezone.now()
    page = asking_page.page(request.GET, now)
    if page.answer is None or page.policy is None:
        return redirect(f"{reverse('desks:what-are-my-options')}?{request.GET.urlencode()}")
    address = request.build_absolute_uri(f"{reverse('desks:what-are-my-options')}?{request.GET.urlencode()}")
    with timezone.override(page.policy.zone):
        made = calendar(page.answer, page.key, address, now)
    named = {"Content-Disposition": 'attachment; filename="option-dates.ics"'}
    return HttpResponse(made, content_type="text/calendar; charset=utf-8", headers=named)

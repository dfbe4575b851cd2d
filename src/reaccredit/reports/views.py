"""My Final Reports, the report itself, and what staff do to issue one."""

from __future__ import annotations

from datetime import date
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from reaccredit.facilities.queries import audience
from reaccredit.ledger import receipts
from reaccredit.ledger.outcomes import DEFICIENCY
from reaccredit.people.actions import WrongPassword
from reaccredit.people.models import Role
from reaccredit.people.paging import page_of
from reaccredit.people.queries import holds
from reaccredit.people.requests import SignedIn
from reaccredit.reports import actions, approving, compiling, content, queries, sealing, taking_back
from reaccredit.reports.coming import coming
from reaccredit.reports.forms import RecommendationsForm, ReturnForm
from reaccredit.reports.marking import marking
from reaccredit.reports.models import FinalReport
from reaccredit.reviews import catalogue
from reaccredit.reviews.models import Round

FILTERS = (
    ("", "All"),
    ("failed", "Not passed"),
    ("passed", "Passed"),
    ("unviewed", "Not viewed by the facility"),
    ("images-out", "Images to be returned"),
    ("taken-back", "Taken back"),
)


def _today() -> date:
    return timezone.localdate()


def _posted(request: SignedIn) -> QueryDict | None:
    """Of an empty form, too: it was sent."""
    return request.POST if request.method == "POST" else None


def _refused(form: Any) -> int:
    return HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound and form.errors else HTTPStatus.OK


@require_safe
def index(request: SignedIn) -> HttpResponse:
    who = audience(request.user, _today())
    if not who.is_staff and not who.facility_ids:
        raise Http404("reports are for facilities and for staff")
    search, wanted = request.GET.get("q", "").strip()[:100], request.GET.get("show", "")
    listed = queries.listed(request.user, _today(), search=search, wanted=wanted if who.is_staff else "")
    page = page_of(listed, request.GET.get("page"))
    return render(
        request,
        "reports/index.html",
        {
            "rows": queries.rows(list(page.object_list), timezone.now()),
            "page": page,
            "staff": who.is_staff,
            "search": search,
            "wanted": wanted,
            "filters": FILTERS,
            "waiting": page_of(queries.waiting_in_a_list(request.user, _today()), request.GET.get("waiting"))
            if who.is_staff
            else (),
        },
    )


@require_safe
def report(request: SignedIn, pk: int) -> HttpResponse:
    """Somebody of the facility opens a report by a button first: the first look counts, and a prefetch must not be one."""
    found = queries.report(request.user, pk, _today())
    counts = queries.belongs_to_facility(found, request.user, _today())
    if counts and not queries.has_opened(found, request.user):
        return render(request, "reports/before.html", {"report": found})
    if counts:
        actions.view(report=found, person=request.user, now=timezone.now())
    return render(request, "reports/report.html", _content(request, found))


def _content(request: SignedIn, found: FinalReport) -> dict[str, Any]:
    areas, stood = queries.areas(found), queries.standing(found)
    return {
        "report": found,
        "areas": areas,
        "deficiency": stood.count(DEFICIENCY) if stood and not found.passed else 0,
        "clauses": queries.clauses(found, stood),
        "notes": queries.notes(areas),
        "revision": stood.revision if stood else None,
        "row": queries.row(found, timezone.now()),
        "staff": holds(request.user, Role.STAFF, _today()),
        "viewings": queries.viewings(found),
        "receipt": receipts.kept(found.fact),
        "coming": coming(found),
        "marking": marking(found.case_file.facility.state),
        "seal": (seal := found.seals.last()),
        "seal_void": seal is not None and not sealing.holds(seal),
        "content": content.check(found),
        "asked": taking_back.asked(found) if found.taken_back_at is None else None,
        "may_take_back": holds(request.user, Role.STAFF, _today()) and not taking_back.refusal(found, timezone.now()),
        "instead": found.case_file.reports.filter(attempt=found.attempt, edition__gt=found.edition).first(),
    }


@require_POST
def open_report(request: SignedIn, pk: int) -> HttpResponse:
    found = queries.report(request.user, pk, _today())
    actions.view(report=found, person=request.user, now=timezone.now())
    return redirect("reports:report", pk=pk)


@require_safe
def pdf(request: SignedIn, pk: int) -> HttpResponse:
    found = queries.report(request.user, pk, _today())
    if queries.belongs_to_facility(found, request.user, _today()):
        if not queries.has_opened(found, request.user):
            return redirect("reports:report", pk=pk)
        actions.view(report=found, person=request.user, now=timezone.now())
    staff = holds(request.user, Role.STAFF, _today())
    paper = sealing.paper(found, as_issued=staff and request.GET.get("show") == "as-issued")
    name = f"final-report-{found.case_file.case.number}-{found.attempt}{'-void' if found.taken_back_at else ''}.pdf"
    return HttpResponse(
        paper, content_type="application/pdf", headers={"Content-Disposition": f'inline; filename="{name}"'}
    )


# -- staff -------------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def issue(request: SignedIn, pk: int) -> HttpResponse:
    found = queries.round_to_report(request.user, pk, _today())
    drafts, wording = compiling.drafts(found), approving.wording(found)
    form = RecommendationsForm(_posted(request), drafts=drafts, written=wording.texts if wording else None)
    second = approving.needed(drafts)
    others = second and wording is not None and wording.written_by_id != request.user.pk
    if others:
        form.ask_password("issue" in request.POST)
    if request.method == "POST" and form.is_valid() and (done := _done(request, found, form, second)):
        return done
    return render(
        request,
        "reports/issue.html",
        {
            "round": found,
            "form": form,
            "parts": _parts(form),
            "passed": all(d.acceptable for d in drafts),
            "consult": catalogue.note("consult"),
            "second": second,
            "password": form["password"] if others else None,
            "wording": wording,
            "own": wording is not None and wording.written_by_id == request.user.pk,
        },
        status=_refused(form),
    )


def _done(request: SignedIn, found: Round, form: RecommendationsForm, second: bool) -> HttpResponse | None:
    """What the pressed button does; None where the page is shown once more."""
    now = timezone.now()
    if second and "write" in request.POST:
        approving.write(round=found, texts=form.texts(), actor=request.user, now=now)
        messages.success(request, "The wording waits for a colleague, who reads and approves it on this page.")
        return redirect("reports:issue", pk=found.pk)
    if "issue" not in request.POST:
        return None
    try:
        if second:
            approving.approve(
                round=found,
                texts=form.texts(),
                password=form.cleaned_data.get("password", ""),
                actor=request.user,
                now=now,
            )
        made = actions.issue(round=found, actor=request.user, now=now, recommendations=form.texts())
    except actions.NotComplete as no:
        form.refuse(no.missing)
        return None
    except WrongPassword as no:
        form.add_error("password", str(no))
        return None
    except (approving.NotApproved, sealing.NotSealed) as no:
        form.add_error(None, str(no))
        return None
    messages.success(request, "The final report is issued. The facility is told that it can be opened.")
    return redirect("reports:report", pk=made.pk)


def _parts(form: RecommendationsForm) -> list[tuple[Any, ...]]:
    """For each area: the draft, its field, the causes in words, whether to consult, and the text as it will be read."""
    words = {code: cause.title for code, cause in catalogue.causes().items()}
    texts = form.texts() if form.is_bound and form.is_valid() else {}
    return [
        (
            draft,
            field,
            [words[c] for c in draft.causes],
            catalogue.consult(draft.causes),
            queries.paragraphs(texts.get(draft.area.code, "")),
        )
        for draft, field in form.pairs()
    ]


@require_http_methods(["GET", "POST"])
def images_returned(request: SignedIn, pk: int) -> HttpResponse:
    found = queries.report(request.user, pk, _today())
    if not holds(request.user, Role.STAFF, _today()):
        raise Http404("only staff send images back")
    form = ReturnForm(_posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            actions.record_images_returned(
                report=found, returned_at=form.cleaned_data["returned_at"], actor=request.user, now=timezone.now()
            )
        except actions.NotPossible as no:
            form.add_error("returned_at", str(no))
        else:
            messages.success(request, "The return of the images is recorded.")
            return redirect("reports:report", pk=pk)
    return render(request, "reports/images_returned.html", {"report": found, "form": form}, status=_refused(form))

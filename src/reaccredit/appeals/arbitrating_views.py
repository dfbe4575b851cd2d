"""The arbitrator's room: the letter and its papers, the original and the added images apart, both earlier sheets, the word."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from reaccredit.appeals import arbitration, determinations, queries
from reaccredit.appeals.forms import DeterminationForm, RecusalForm
from reaccredit.appeals.pages import around, download
from reaccredit.imaging.preview import preview
from reaccredit.ledger.actions import Lost
from reaccredit.people.actions import WrongPassword
from reaccredit.people.models import Role
from reaccredit.people.queries import holds
from reaccredit.people.requests import SignedIn
from reaccredit.reviews.visibility import Barred

PER_PAGE = 25
WRONG = HTTPStatus.UNPROCESSABLE_ENTITY
View = Callable[..., HttpResponseBase]


def closed_with_a_sentence(view: View) -> View:
    """Who may not judge it any more is told why, and reads once more whatever they had typed."""

    @wraps(view)
    def answer(request: SignedIn, pk: int, **more: object) -> HttpResponseBase:
        try:
            return view(request, pk, **more)
        except Barred as barred:
            shown = {"pk": pk, "sentence": barred.sentence, "typed": request.POST.get("reasons", "")}
            return render(request, "appeals/barred.html", shown, status=HTTPStatus.FORBIDDEN)

    return answer


@require_safe
def arbitrations(request: SignedIn) -> HttpResponse:
    found = queries.arbitrations(request.user, timezone.now())
    if not holds(request.user, Role.ARBITRATOR, timezone.localdate()):
        raise Http404("only for arbitrators")
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "appeals/arbitrations.html",
        {"page": page, "rows": queries.with_terms(page.object_list, timezone.now())},
    )


@require_http_methods(["GET", "POST"])
@closed_with_a_sentence
def judge(request: SignedIn, pk: int) -> HttpResponse:
    """The original and the added images, the earlier reviews, the letter: and the determination, which is final."""
    one, lost = queries.arbitration(request.user, pk, timezone.now()), ""
    form = DeterminationForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            arbitration.decide(arbitration=one, **_said(form), now=timezone.now())
        except WrongPassword as wrong:
            form.add_error("password", str(wrong))
        except Lost as late:  # what was typed is shown once more beside what is recorded
            one, lost = queries.arbitration(request.user, pk, timezone.now()), str(late)
        else:
            messages.success(request, f"Your determination of {one.area.title} is recorded.")
            return redirect("appeals:arbitrations")
    seen = queries.sight(one, timezone.now())
    context = {
        "one": one, "form": form, "lost": lost,
        "original": queries.original_images(one, seen), "added": queries.added_images(one, seen),
        "earlier": queries.earlier_reviews(one), "letter": queries.letter_for(one),
        "signed": queries.letter_signed_for(one), "own": determinations.signatures([one]).get(one.pk),
        "supports": one.appeal.supports.select_related("document"), "term": queries.with_terms([one], timezone.now())[0][1],
    }  # fmt: skip
    return render(
        request,
        "appeals/arbitration.html",
        context,
        status=HTTPStatus.CONFLICT if lost else WRONG if form.is_bound else 200,
    )


def _said(form: DeterminationForm) -> dict[str, str]:
    return {name: str(form.cleaned_data[name]) for name in ("outcome", "reasons", "password")}


@require_safe
@closed_with_a_sentence
def series(request: SignedIn, pk: int, image: int) -> HttpResponse:
    """All images of the series that an image belongs to, large enough to judge."""
    one = queries.arbitration(request.user, pk, timezone.now())
    seen = queries.sight(one, timezone.now())
    shown = queries.image(one, image, seen)
    page = Paginator(queries.series_around(shown), 24).get_page(request.GET.get("page"))
    return render(request, "appeals/series.html", {"one": one, "shown": shown, "page": page} | around(one, shown, seen))


@require_safe
@closed_with_a_sentence
def picture(request: SignedIn, pk: int, image: int, size: str) -> HttpResponse:
    one = queries.arbitration(request.user, pk, timezone.now())
    shown = queries.image(one, image, queries.sight(one, timezone.now()))
    found = preview(shown, "large" if size == "large" else "small")
    return HttpResponse(found.png, content_type="image/png", headers={"Cache-Control": "private, max-age=120"})


@require_safe
@closed_with_a_sentence
def arbitration_paper(request: SignedIn, pk: int, document: int) -> HttpResponseBase:
    one = queries.arbitration(request.user, pk, timezone.now())
    return download(queries.paper(one.appeal, document))


@require_http_methods(["GET", "POST"])
@closed_with_a_sentence
def recuse(request: SignedIn, pk: int) -> HttpResponse:
    """An arbitrator gives an area back, at any time before it is decided."""
    one = queries.given_to(request.user, pk)
    form = RecusalForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        arbitration.recuse(arbitration=one, reason=form.cleaned_data["reason"], now=timezone.now())
        messages.success(request, "The area is given back. Staff ask somebody else; your other appeals stay with you.")
        return redirect("appeals:arbitrations")
    return render(request, "appeals/recuse.html", {"one": one, "form": form}, status=WRONG if form.is_bound else 200)

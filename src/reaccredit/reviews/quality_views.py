"""Pages of how well it is read: staff see everybody and what was drawn to be read again, a reader their own numbers."""

from __future__ import annotations

from datetime import date
from http import HTTPStatus

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from reaccredit.facilities.catalogue import titles
from reaccredit.facilities.queries import audience
from reaccredit.ledger.actions import Lost
from reaccredit.people.paging import page_of
from reaccredit.people.requests import SignedIn
from reaccredit.reviews import calibration, judges, quality, rereading
from reaccredit.reviews.models import Draw
from reaccredit.reviews.quality_rules import Figures, quality_rules


def _today() -> date:
    return timezone.localdate()


def _staff_only(request: SignedIn) -> None:
    if not audience(request.user, _today()).is_staff:
        raise Http404("only staff see how well it is read")


@require_safe
def how_we_read(request: SignedIn) -> HttpResponse:
    """Agreement, drift and turnaround of every reader, for staff."""
    _staff_only(request)
    modality = request.GET.get("modality", "")
    known = titles()
    found = quality.readings(_today(), modality if modality in known else "")
    shown = {"readers": quality.by_reader(found), "everybody": quality.everybody(found), "modality": modality}
    shown["talks"] = calibration.talks().count()
    return render(request, "reviews/quality.html", shown | {"modalities": known.items(), "figures": _figures()})


def _figures() -> Figures:
    return quality_rules(_today()).figures


@require_safe
def reader(request: SignedIn, pk: int) -> HttpResponse:
    """One reader over time, for staff."""
    _staff_only(request)
    who, found = judges.judge(request.user, pk, _today()), quality.readings(_today())
    quarters = quality.over_time(who.pk, found, least=1, people=1)
    shown = {
        "who": who, "one": quality.reader([one for one in found if one.reader == who.pk]),
        "everybody": quality.everybody(found), "figures": _figures(), "quarters": quarters,
        "charts": quality.drawn(quarters, who.name),
    }  # fmt: skip
    return render(request, "reviews/how_one_reads.html", shown)


@require_safe
def how_i_read(request: SignedIn) -> HttpResponse:
    """A reader's own numbers, for nobody else beside staff; of the others only the whole, and only where they are enough."""
    who, figures = judges.judge(request.user, request.user.pk, _today()), _figures()
    found = quality.readings(_today())
    quarters = quality.over_time(who.pk, found, least=figures.quarter_from, people=figures.others_from)
    shown = {
        "one": quality.reader([one for one in found if one.reader == who.pk]),
        "others": quality.everybody_else(found, who.pk, figures), "figures": figures, "quarters": quarters,
        "charts": quality.drawn(quarters, "You"),
    }  # fmt: skip
    return render(request, "reviews/how_i_read.html", shown)


# -- what is read again --------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def rereads(request: SignedIn) -> HttpResponse:
    """Every draw, what came of it, and the next one."""
    _staff_only(request)
    refused = ""
    if request.method == "POST":
        try:
            made = rereading.draw(actor=request.user, now=timezone.now())
        except Lost as lost:
            refused = str(lost)
        else:
            return redirect("reviews:draw", pk=made.pk)
    rules = quality_rules(_today())
    waiting, more = rereading.how_many_wait(timezone.now(), rules)
    shown = {
        "draws": page_of(rereading.draws(), request.GET.get("page")), "rules": rules, "waiting": waiting, "more": more,
        "refused": refused,
    }  # fmt: skip
    return render(request, "reviews/rereads.html", shown, status=HTTPStatus.CONFLICT if refused else HTTPStatus.OK)


@require_safe
def draw(request: SignedIn, pk: int) -> HttpResponse:
    """One draw: by which seed and rules, of how many, and each area that it has read again."""
    _staff_only(request)
    found = get_object_or_404(Draw.objects.select_related("made_by"), pk=pk)
    again = page_of(rereading.read_again(found), request.GET.get("page"))
    shown = {
        "draw": found, "lots": page_of(rereading.lots(found), request.GET.get("lots")), "all": "lots" in request.GET,
        "page": again, "rows": rereading.compared(again), "same": rereading.same_again(found),
        "agreement": rereading.agreement(found),
    }  # fmt: skip
    return render(request, "reviews/draw.html", shown)

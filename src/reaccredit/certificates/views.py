"""Certificates of a facility, and the directory that everybody may read."""

from __future__ import annotations

from datetime import date

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from reaccredit.certificates import pdf as printing
from reaccredit.certificates import queries
from reaccredit.facilities.catalogue import modalities
from reaccredit.facilities.queries import audience
from reaccredit.people.paging import page_of
from reaccredit.people.requests import SignedIn

PER_PAGE = 25


def _today() -> date:
    return timezone.localdate()


@require_safe
def index(request: SignedIn) -> HttpResponse:
    who = audience(request.user, _today())
    if not who.is_staff and not who.facility_ids:
        raise Http404("certificates are for facilities and for staff")
    page = page_of(queries.certificates_of(request.user, _today()), request.GET.get("page"))
    return render(request, "certificates/index.html", {"page": page, "today": _today(), "staff": who.is_staff})


@require_safe
def certificate(request: SignedIn, pk: int) -> HttpResponse:
    found = queries.certificate(request.user, pk, _today())
    return render(
        request,
        "certificates/certificate.html",
        {
            "certificate": found,
            "areas": queries.areas(found),
            "clauses": queries.clauses(found),
            "address": queries.address(found.case_file.facility),
            "valid": found.expires_on >= _today(),
        },
    )


@require_safe
def pdf(request: SignedIn, pk: int) -> HttpResponse:
    found = queries.certificate(request.user, pk, _today())
    return HttpResponse(
        printing.pdf(found),
        content_type="application/pdf",
        headers={"Content-Disposition": f'inline; filename="certificate-{found.number}.pdf"'},
    )


@login_not_required
@require_safe
def directory(request: HttpRequest) -> HttpResponse:
    search, modality = request.GET.get("q", "").strip()[:100], request.GET.get("modality", "")[:10]
    known = [m for m in modalities() if m.governed]
    modality = modality if modality in {m.code for m in known} else ""
    page = Paginator(queries.listed_facilities(search, modality), PER_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "certificates/directory.html",
        {
            "page": page,
            "entries": queries.entries(list(page.object_list), timezone.now(), _today(), modality),
            "search": search,
            "modality": modality,
            "modalities": known,
        },
    )

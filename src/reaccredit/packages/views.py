"""Pages of the testing package: for the people of the facility whose case it is, and for staff.

Anybody else is told that there is no such page.
"""

from __future__ import annotations

from collections.abc import Iterable
from http import HTTPStatus
from typing import Any, BinaryIO, ParamSpec, TypeVar, cast

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.text import slugify
from django.views.decorators.http import require_http_methods, require_safe

from reaccredit.documents.queries import content
from reaccredit.facilities import asking
from reaccredit.imaging.preview import SIDES, preview
from reaccredit.imaging.unpacking import Part, label, parts
from reaccredit.ledger.actions import Lost, Refused
from reaccredit.packages import actions, pages, queries
from reaccredit.packages.catalogue import FORM_KINDS, IMAGE_KINDS
from reaccredit.packages.forms import (
    DocumentForm,
    MediaForm,
    MediumForm,
    ReturnForm,
    SubmitForm,
    UploadForm,
    data_form,
)  # fmt: skip
from reaccredit.packages.models import Item, Medium, Package
from reaccredit.packages.ticks import form_of

P = ParamSpec("P")
R = TypeVar("R", bound=HttpResponseBase)
REFUSED = HTTPStatus.UNPROCESSABLE_ENTITY


class Asked(asking.Asked):
    folder = "packages"

    def render(self, template: str, context: dict[str, Any], status: int = HTTPStatus.OK) -> HttpResponse:
        return super().render(template, {"mine": not self.who.is_staff, **context}, status)


page = asking.page_as(Asked)


@require_safe
@page
def index(asked: Asked) -> HttpResponse:
    """Theirs for a facility; for staff what is open first, and what waits to be accepted."""
    whole = asked.http.GET.get("show") == "all"
    found = queries.in_a_list(asked.person, asked.on)
    if asked.who.is_staff and not whole:
        found = found.filter(submitted_at__isnull=True).order_by("opened_at", "pk")  # who waits longest is due first
    listed = asked.page_of(found)
    waiting = asked.page_of(queries.waiting_in_a_list(asked.person, asked.on), "waiting") if asked.who.is_staff else []
    context = {"rows": queries.rows(list(listed), asked.now), "page": listed, "whole": whole, "waiting": waiting}
    return asked.render("index", context)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def accept(asked: Asked, pk: int) -> HttpResponse:
    asked.staff_only()
    application = queries.application(asked.person, pk, asked.on)
    if asked.http.method == "POST":
        try:
            opened = actions.accept(application=application, actor=asked.person, now=asked.now)
        except (Lost, actions.NothingKnown) as error:
            return asked.render("accept", pages.accepting(application) | {"stopped": str(error)}, HTTPStatus.CONFLICT)
        messages.success(asked.http, "The application is accepted and its testing package is open.")
        return redirect("packages:package", opened.pk)
    return asked.render("accept", pages.accepting(application))


@require_safe
@page
def package(asked: Asked, pk: int) -> HttpResponse:
    found = queries.package(asked.person, pk, asked.on)
    return asked.render("package", pages.package(found, asked.now))


@require_http_methods(["GET", "HEAD", "POST"])
@page
def check(asked: Asked, pk: int) -> HttpResponse:
    """Check your answers, then submit. Staff do it for what came by post, with the time at which it was here."""
    found = queries.package(asked.person, pk, asked.on)
    form = _submit_form(asked, found)
    if asked.http.method != "POST" or found.submitted_at is not None:
        return asked.render("check", pages.check(found, asked.now) | {"form": form})
    if form is not None and not form.is_valid():
        return asked.render("check", pages.check(found, asked.now) | {"form": form}, REFUSED)
    happened_at = form.cleaned_data["happened_at"] if form is not None else None
    try:
        actions.submit(package=found, actor=asked.person, now=asked.now, happened_at=happened_at)
    except actions.NotComplete as error:
        context = pages.check(found, asked.now) | {"form": form, "stopped": str(error)}
        return asked.render("check", context, REFUSED)
    messages.success(asked.http, "The package is submitted.")
    return redirect("packages:package", found.pk)


def _submit_form(asked: Asked, found: Package) -> SubmitForm | None:
    if not asked.who.is_staff:
        return None
    data = asked.http.POST if asked.http.method == "POST" else None
    came = found.media.order_by("-received_at").first()
    first = {"happened_at": timezone.localtime(came.received_at if came else asked.now).strftime("%Y-%m-%d %H:%M")}
    return SubmitForm(data, now=asked.now, opened_at=found.opened_at, initial=first)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def medium(asked: Asked, pk: int) -> HttpResponse:
    found = queries.package(asked.person, pk, asked.on)
    form = MediumForm(asked.http.POST if asked.http.method == "POST" else None, initial={"medium": found.medium})
    if form.is_bound and form.is_valid():
        try:
            chosen = form.cleaned_data["medium"]
            actions.choose_medium(package=found, medium=chosen, actor=asked.person, now=asked.now)
        except actions.HasImages as error:
            form.add_error("medium", str(error))
        else:
            messages.success(asked.http, f"Way of sending: {Medium(chosen).label}.")
            return redirect("packages:package", found.pk)
    return asked.render("medium", pages.heading(found) | {"form": form}, REFUSED if form.errors else HTTPStatus.OK)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def media(asked: Asked, pk: int) -> HttpResponse:
    """Staff record what came by post."""
    asked.staff_only()
    found = queries.package(asked.person, pk, asked.on)
    items = queries.image_items(found)
    data = asked.http.POST if asked.http.method == "POST" else None
    first = {"medium": found.medium if found.medium in actions.BY_POST else None}
    form = MediaForm(data, items=items, now=asked.now, opened_at=found.opened_at, initial=first)
    if form.is_bound and form.is_valid():
        actions.record_media(package=found, actor=asked.person, now=asked.now, **form.cleaned_data)
        messages.success(asked.http, "What came by post is recorded.")
        return redirect("packages:package", found.pk)
    return asked.render("media", pages.heading(found) | {"form": form}, REFUSED if form.errors else HTTPStatus.OK)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def return_(asked: Asked, pk: int) -> HttpResponse:
    asked.staff_only()
    found = queries.package(asked.person, pk, asked.on)
    form = ReturnForm(asked.http.POST if asked.http.method == "POST" else None)
    if form.is_bound and form.is_valid():
        comment = form.cleaned_data["comment"]
        actions.return_(package=found, comment=comment, actor=asked.person, now=asked.now)
        messages.success(asked.http, "The package is with the facility again.")
        return redirect("packages:package", found.pk)
    return asked.render(
        "return", pages.giving_back(found, asked.now) | {"form": form}, REFUSED if form.errors else HTTPStatus.OK
    )


# -- items -----------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@page
def item(asked: Asked, pk: int, item_pk: int) -> HttpResponse:
    found = queries.item(asked.person, pk, item_pk, asked.on)
    if found.kind in FORM_KINDS:
        return redirect("packages:form", pk, item_pk)
    if found.kind in IMAGE_KINDS:
        return _images(asked, found)
    return _document(asked, found)


def _images(asked: Asked, found: Item) -> HttpResponse:
    if asked.http.method != "POST":
        return asked.render("images", pages.images(found, asked.now) | {"form": UploadForm()})
    by_script = asked.http.headers.get("X-Upload") == "script"
    form = UploadForm(asked.http.POST, asked.http.FILES)
    if not form.is_valid():
        said = " ".join(
            str(sentence["message"]) for errors in form.errors.get_json_data().values() for sentence in errors
        )
        if by_script:
            return JsonResponse({"stop": said}, status=REFUSED)
        return asked.render("images", pages.images(found, asked.now) | {"form": form}, REFUSED)
    try:
        received = actions.take(item=found, parts=_parts(asked, form), actor=asked.person, now=asked.now)
    except (Refused, Lost, actions.SentByPost) as error:
        if by_script:
            return JsonResponse({"stop": str(error)}, status=HTTPStatus.CONFLICT)
        if isinstance(error, actions.SentByPost):
            return asked.render("images", pages.images(found, asked.now) | {"form": form}, HTTPStatus.CONFLICT)
        raise
    outcome = pages.outcome(found, received, asked.now)
    if by_script:
        return JsonResponse(outcome.as_json())
    context = pages.images(found, asked.now) | {"form": UploadForm(), "outcome": outcome}
    return asked.render("images", context, REFUSED if outcome.nothing_taken else HTTPStatus.OK)


def _parts(asked: Asked, form: UploadForm) -> Iterable[Part]:
    """A script that has opened the archives itself names each file by its SHA-256; else archives are opened here."""
    claims = asked.http.POST.getlist("sha256")
    if len(claims) != len(form.chosen):
        return parts((one.name or "", cast(BinaryIO, one)) for one in form.chosen)
    return [
        Part(label(place, one.name or ""), one, claim)
        for place, (one, claim) in enumerate(zip(form.chosen, claims, strict=True), 1)
    ]


def _document(asked: Asked, found: Item) -> HttpResponse:
    sending = asked.http.method == "POST"
    form = DocumentForm(asked.http.POST, asked.http.FILES) if sending else DocumentForm()
    if sending and form.is_valid():
        try:
            actions.store_paper(item=found, file=form.cleaned_data["paper"], actor=asked.person, now=asked.now)
        except actions.PaperRefused as error:
            form.add_error("paper", str(error))
        else:
            messages.success(asked.http, "The document is received.")
            return redirect("packages:item", found.package_id, found.pk)
    context = pages.document(found, asked.now) | {"form": form}
    return asked.render("document", context, REFUSED if form.errors else HTTPStatus.OK)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def form(asked: Asked, pk: int, item_pk: int) -> HttpResponse:
    found = queries.item(asked.person, pk, item_pk, asked.on)
    data = form_of(found, found.package)
    if found.kind not in FORM_KINDS or data is None:
        raise Http404("no data form here")
    newest = queries.entry(found)
    made = data_form(data, asked.on)
    if asked.http.method != "POST":
        first = {**(newest.answers if newest else {}), "seen": newest.pk if newest else ""}
        return asked.render("form", pages.form(found, data, newest, asked.now) | {"form": made(initial=first)})
    filled = made(asked.http.POST)
    if not filled.is_valid():
        return asked.render("form", pages.form(found, data, newest, asked.now) | {"form": filled}, REFUSED)
    try:
        actions.save_form(
            item=found, answers=filled.answers(), seen=filled.cleaned_data["seen"], actor=asked.person, now=asked.now
        )
    except actions.SavedMeanwhile as error:
        # Saving once more is then a choice made in sight of what the other has written.
        again = made({**asked.http.POST.dict(), "seen": error.newest.pk})
        context = pages.form(found, data, error.newest, asked.now) | {"form": again, "meanwhile": error.newest}
        return asked.render("form", context, HTTPStatus.CONFLICT)
    messages.success(asked.http, f"“{found.title}” is saved.")
    return redirect("packages:package", pk)


@require_safe
@page
def series(asked: Asked, pk: int, item_pk: int, series_pk: int) -> HttpResponse:
    found = queries.item(asked.person, pk, item_pk, asked.on)
    return asked.render("series", pages.series(found, queries.series_in(found, series_pk), asked.now))


@require_http_methods(["GET", "HEAD", "POST"])
@page
def remove(asked: Asked, pk: int, item_pk: int, series_pk: int) -> HttpResponse:
    found = queries.item(asked.person, pk, item_pk, asked.on)
    chosen = queries.series_in(found, series_pk)
    if asked.http.method == "POST":
        number = actions.remove_series(item=found, series=chosen, actor=asked.person, now=asked.now)
        messages.success(asked.http, f"The series is removed ({number} image{'' if number == 1 else 's'}).")
        return redirect("packages:item", pk, item_pk)
    return asked.render("remove", pages.series(found, chosen, asked.now))


@require_safe
@page
def picture(asked: Asked, pk: int, image_pk: int, size: str) -> HttpResponse:
    if size not in SIDES:
        raise Http404("no such size")
    found = queries.package(asked.person, pk, asked.on)
    image = queries.instance_for(image_pk, package=found)
    answer = HttpResponse(preview(image, size).png, content_type="image/png")
    # A stored image never changes; the cache is the reader's own, and not a shared one.
    answer.headers["Cache-Control"] = "private, max-age=3600"
    return answer


@require_safe
@page
def paper(asked: Asked, pk: int, item_pk: int, paper_pk: int) -> FileResponse:
    """A received document, as a download: what a stranger sent is not opened inside the site."""
    found = queries.paper(queries.item(asked.person, pk, item_pk, asked.on), paper_pk)
    name = f"{slugify(found.document.title)}.{found.document.format}"
    return FileResponse(
        content(found.document), as_attachment=True, filename=name, content_type=found.document.media_type
    )

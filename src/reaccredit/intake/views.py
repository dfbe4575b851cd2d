"""Pages of the doors of a package: for the people of its facility, and for staff."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from reaccredit.facilities.queries import audience
from reaccredit.intake import actions, queries
from reaccredit.intake.forms import DoorForm, PlaceForm
from reaccredit.packages import actions as packages
from reaccredit.packages import queries as package_queries
from reaccredit.packages.models import Item, Package
from reaccredit.packages.pages import heading, outcome
from reaccredit.people.models import Person

REFUSED = HTTPStatus.UNPROCESSABLE_ENTITY


def _asked(request: HttpRequest, pk: int) -> tuple[Package, Person, datetime]:
    assert isinstance(request.user, Person)
    now = timezone.now()
    return package_queries.package(request.user, pk, timezone.localdate(now)), request.user, now


def _page(
    request: HttpRequest, package: Package, now: datetime, status: int = HTTPStatus.OK, **more: Any
) -> HttpResponse:
    items = queries.image_items(package)
    is_open = package.submitted_at is None
    closed = packages.closed(package, now) if is_open else None
    assert isinstance(request.user, Person)
    # What comes by post is read in by staff alone.
    by_post = package.medium in packages.BY_POST and not audience(request.user, timezone.localdate(now)).is_staff
    context = heading(package) | {
        "doors": queries.doors(package), "is_open": is_open, "closed": closed, "form": DoorForm(items=items),
        "studies": [
            (study, _place_form(study.uid, n, items, more.get("refused")))
            for n, study in enumerate(queries.studies(package))
        ],
        "takes": is_open and not closed and not by_post, "by_post": by_post, "dicom_port": settings.DICOM_PORT,
        "address": settings.SITE_ADDRESS + reverse("intake:stow"),
    }  # fmt: skip
    return render(request, "intake/doors.html", context | more, status=status)


def _place_form(study: str, number: int, items: list[Item], refused: PlaceForm | None) -> PlaceForm:
    """The one that was refused is shown as it was filled in."""
    if refused is not None and refused.data.get("study") == study:
        return refused
    return PlaceForm(items=items, initial={"study": study}, auto_id=f"study{number}_%s")


@require_http_methods(["GET", "HEAD", "POST"])
def doors(request: HttpRequest, pk: int) -> HttpResponse:
    """The key is shown once, on the answer itself; nobody can ask for it again."""
    package, person, now = _asked(request, pk)
    if request.method != "POST":
        return _page(request, package, now)
    form = DoorForm(request.POST, items=queries.image_items(package))
    if not form.is_valid():
        return _page(request, package, now, REFUSED, form=form)
    said = form.cleaned_data
    try:
        opened = actions.open_door(package=package, item=said["item"], name=said["name"], actor=person, now=now)
    except (actions.TooMany, packages.SentByPost) as error:
        return _page(request, package, now, HTTPStatus.CONFLICT, form=form, stopped=str(error))
    return _page(request, package, now, opened=opened)


@require_POST
def close(request: HttpRequest, pk: int, door_pk: int) -> HttpResponse:
    package, person, now = _asked(request, pk)
    door = queries.door(package, door_pk)
    if door is None:
        raise Http404("no such door of this package")
    actions.close_door(door=door, actor=person, now=now)
    messages.success(request, f"The door “{door.name}” is closed. Nothing more comes in through it.")
    return redirect("intake:doors", package.pk)


@require_POST
def place(request: HttpRequest, pk: int) -> HttpResponse:
    package, person, now = _asked(request, pk)
    tray = queries.tray(package)
    if tray is None:
        raise Http404("nothing came for this package")
    form = PlaceForm(request.POST, items=queries.image_items(package))
    if not form.is_valid():
        return _page(request, package, now, REFUSED, refused=form)
    item = form.cleaned_data["item"]
    item.package = package
    received = actions.place(tray=tray, study=form.cleaned_data["study"], item=item, actor=person, now=now)
    told = outcome(item, received, now)
    if told.refused:
        return _page(request, package, now, REFUSED, outcome=told, item=item)
    messages.success(request, f"{told.accepted + len(told.here_already)} images are in “{item.title}” now.")
    return redirect("intake:doors", package.pk)

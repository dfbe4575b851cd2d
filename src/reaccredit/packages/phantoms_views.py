"""The page of the pre-check of phantom images: for the facility and for staff."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_safe

from reaccredit.packages import pages, phantom_tools, phantoms, queries, tasks
from reaccredit.packages.models import Item, Precheck, PrecheckPicture
from reaccredit.packages.views import Asked, page


@require_http_methods(["GET", "HEAD", "POST"])
@page
def precheck(asked: Asked, pk: int, item_pk: int) -> HttpResponse:
    found = _phantom(asked, pk, item_pk)
    if asked.posted:
        keys = phantoms.ask(item=found, now=asked.now)
        for key in keys:
            tasks.precheck.enqueue(key)
        said = (
            "The tools measure in the background. It takes a minute or two."
            if keys
            else "There is nothing to measure anew."
        )
        messages.success(asked.http, said)
        return redirect("packages:precheck", pk, item_pk)
    checked = phantoms.page(found)
    context = pages.heading(found.package) | {
        "item": found, "checked": checked, "tools": phantom_tools.installed(), "waits": any(one.waits for one in checked),
        "may_ask": any(not one.why_not for one in checked),
    }  # fmt: skip
    return asked.render("precheck", context)


@require_safe
@page
def region(asked: Asked, pk: int, item_pk: int, number: int) -> HttpResponse:
    """A picture of the regions that a tool looked at, by the key of its row."""
    found = _phantom(asked, pk, item_pk)
    picture = PrecheckPicture.objects.filter(pk=number, precheck__in=Precheck.objects.filter(item=found)).first()
    if picture is None:
        raise Http404("no such picture here")
    return png(picture)


def png(picture: PrecheckPicture) -> HttpResponse:
    return HttpResponse(
        bytes(picture.png), content_type="image/png", headers={"Cache-Control": "private, max-age=3600"}
    )


def _phantom(asked: Asked, pk: int, item_pk: int) -> Item:
    found = queries.item(asked.person, pk, item_pk, asked.on)
    if found.kind != Item.Kind.PHANTOM:
        raise Http404("no phantom here")
    return found

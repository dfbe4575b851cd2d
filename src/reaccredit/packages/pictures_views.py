"""The page on which a person sees what was found in the images of an item, and releases or masks it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from reaccredit.imaging.models import Look, Spotted
from reaccredit.packages import pages, pictures, queries, showing, tasks
from reaccredit.packages.catalogue import IMAGE_KINDS
from reaccredit.packages.models import Item
from reaccredit.packages.views import Asked, page

SAID = "Say of each box whether it is masked or released."


class LookForm(forms.Form):
    """Asked for with a button: nothing is typed."""


class DecisionsForm(forms.Form):
    """One choice for each box of one series; `look` is the search that the page showed."""

    look = forms.IntegerField(
        widget=forms.HiddenInput,
        error_messages={
            "required": "Read the page again, then decide.",
            "invalid": "Read the page again, then decide.",
        },
    )

    def __init__(self, data: Any, *, spotted: list[Spotted]) -> None:
        super().__init__(data)
        for one in spotted:
            self.fields[f"box-{one.pk}"] = forms.ChoiceField(
                choices=Spotted.Decision.choices, error_messages={"required": SAID, "invalid_choice": SAID}
            )

    @property
    def decisions(self) -> dict[int, str]:
        return {int(n[4:]): said for n, said in self.cleaned_data.items() if n.startswith("box-")}


@require_http_methods(["GET", "HEAD", "POST"])
@page
def pictures_page(asked: Asked, pk: int, item_pk: int) -> HttpResponse:
    """The facility while the package is open, staff always."""
    found = queries.item(asked.person, pk, item_pk, asked.on)
    if found.kind not in IMAGE_KINDS:
        raise Http404("no images here")
    if not asked.posted:
        return asked.render("pictures", _context(asked, found))
    if not _may(asked, found):
        raise Http404("the package is handed in")
    if "look" in asked.http.POST:
        return _decided(asked, found)
    if "release" in asked.http.POST:
        return _released(asked, found)
    for key in pictures.ask(item=found, now=asked.now):
        tasks.look.enqueue(key)
    messages.success(asked.http, "The images are looked at in the background. It takes some seconds for each series.")
    return redirect("packages:pictures", pk, item_pk)


def _released(asked: Asked, item: Item) -> HttpResponse:
    said = asked.http.POST["release"]
    series = queries.series_in(item, int(said) if said.isascii() and said.isdigit() and len(said) < 16 else 0)
    showing.release(item=item, series=series, actor=asked.person, now=asked.now)
    messages.success(asked.http, "Kept: you have looked at these pictures, and reviewers see them.")
    return redirect("packages:pictures", item.package_id, item.pk)


def _may(asked: Asked, item: Item) -> bool:
    return asked.who.is_staff or item.package.submitted_at is None


def _context(asked: Asked, item: Item, problem: str = "") -> dict[str, Any]:
    looked, seen = pictures.page(item), showing.sight([item], asked.now)
    return pages.heading(item.package) | {
        "item": item, "looked": [(one, seen.why_not(one.row.series.pk)) for one in looked],
        "rule": pictures.rule(item, asked.now), "may": _may(asked, item), "problem": problem,
        "waits": any(one.waits for one in looked),
        "unseen": any(one.unseen for one in looked),
    }  # fmt: skip


def _decided(asked: Asked, item: Item) -> HttpResponse:
    said = asked.http.POST.get("look", "")
    look = Look.objects.filter(
        pk=said if said.isascii() and said.isdigit() and len(said) < 16 else 0, series__collection=item.collection
    ).first()
    form = DecisionsForm(asked.http.POST, spotted=list(look.spotted.all()) if look else [])
    if look is None or not form.is_valid():
        return asked.refused("pictures", _context(asked, item, SAID if look else "Read the page again, then decide."))
    pictures.decide(item=item, look=look, decisions=form.decisions, actor=asked.person, now=asked.now)
    tasks.mask.enqueue(look.series_id)
    messages.success(asked.http, "Kept. The copies that readers see are made in the background.")
    return redirect("packages:pictures", item.package_id, item.pk)

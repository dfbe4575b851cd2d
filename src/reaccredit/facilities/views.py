"""Pages about facilities: for the people of the facility and for staff. Anybody else is told that there is no such page."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_safe

from reaccredit.facilities import actions, catalogue, queries
from reaccredit.facilities.asking import Asked, page
from reaccredit.facilities.forms import EndForm, FacilityForm, PersonForm, UnitForm
from reaccredit.facilities.models import Facility

either = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@page
def index(asked: Asked) -> HttpResponse:
    """All facilities for staff. Who belongs to a single one goes straight to it."""
    if not asked.who.is_staff and len(asked.who.facility_ids) == 1:
        return redirect("facilities:facility", queries.visible(asked.person, asked.on).get().number)
    search = asked.words("search")
    rows = asked.page_of(queries.listed(asked.person, asked.on, search))
    return asked.render("facilities/index.html", {"page": rows, "search": search})


@require_safe
@page
def facility(asked: Asked, number: str) -> HttpResponse:
    found = queries.get(asked.person, number, asked.on)
    return asked.render(
        "facilities/facility.html",
        {
            "facility": found,
            "units": queries.units(found),
            "posts": queries.personnel(found),
            "on": asked.on,
            "titles": catalogue.titles(),
            "may_manage": queries.may_manage(asked.who, found),
            "may_apply": bool(asked.who.roles_at(found.pk) & set(catalogue.submitters())),
        },
    )


@either
@page
def register(asked: Asked) -> HttpResponse:
    asked.staff_only()
    form = FacilityForm(asked.data)
    if not asked.posted:
        return asked.render("facilities/register.html", {"form": form})
    if not form.is_valid():
        return asked.refused("facilities/register.html", {"form": form})
    made = actions.register(**form.cleaned_data)
    messages.success(asked.http, f"{made.name} is registered as {made.number}.")
    return redirect("facilities:facility", made.number)


@either
@page
def add_unit(asked: Asked, number: str) -> HttpResponse:
    found = _managed(asked, number)
    form = UnitForm(asked.data, initial={"modality": asked.words("modality")})
    context = {"form": form, "facility": found}
    if not asked.posted:
        return asked.render("facilities/add_unit.html", context)
    if form.is_valid():
        try:
            unit = actions.add_unit(facility=found, **form.cleaned_data)
        except actions.AlreadyThere as error:
            form.add_error("serial" if "serial" in str(error) else "name", str(error))
        else:
            messages.success(asked.http, f"{unit.name} is added.")
            return redirect("facilities:facility", found.number)
    return asked.refused("facilities/add_unit.html", context)


@either
@page
def add_person(asked: Asked, number: str) -> HttpResponse:
    found = _managed(asked, number)
    form = PersonForm(asked.data, initial={"since": asked.on})
    context = {"form": form, "facility": found}
    if not asked.posted:
        return asked.render("facilities/add_person.html", context)
    if form.is_valid():
        try:
            made = actions.engage(facility=found, now=asked.now, **form.cleaned_data)
        except actions.AlreadyThere as error:
            form.add_error("role", str(error))
        else:
            messages.success(asked.http, f"{made.person.name} is entered as {made.get_role_display().lower()}.")
            return redirect("facilities:facility", found.number)
    return asked.refused("facilities/add_person.html", context)


@either
@page
def end_post(asked: Asked, number: str, pk: int) -> HttpResponse:
    found = _managed(asked, number)
    post = queries.running_post(found, pk, asked.on)
    form = EndForm(asked.data, since=post.since, initial={"until": asked.on})
    context = {"form": form, "facility": found, "post": post}
    if not asked.posted:
        return asked.render("facilities/end_post.html", context)
    if not form.is_valid():
        return asked.refused("facilities/end_post.html", context)
    try:
        actions.end_post(post=post, until=form.cleaned_data["until"], now=asked.now)
    except actions.LastAdministrator as error:
        form.add_error("until", str(error))
        return asked.refused("facilities/end_post.html", context)
    messages.success(asked.http, f"The role of {post.person.name} is ended.")
    return redirect("facilities:facility", found.number)


@require_safe
@page
def modalities(asked: Asked) -> HttpResponse:
    return asked.render("facilities/modalities.html", {"modalities": catalogue.modalities()})


@require_safe
@page
def modality(asked: Asked, code: str) -> HttpResponse:
    """What one modality consists of, with the source of each value."""
    try:
        found = catalogue.modality(code)
    except KeyError:
        raise Http404("no such modality") from None
    modules = [(module, found.areas_of(module)) for module in found.modules]
    return asked.render("facilities/modality.html", {"modality": found, "modules": modules})


def _managed(asked: Asked, number: str) -> Facility:
    found = queries.get(asked.person, number, asked.on)
    if not queries.may_manage(asked.who, found):
        raise PermissionDenied("Only the administrator of the facility can change its data.")
    return found

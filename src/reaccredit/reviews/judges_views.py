"""Pages of who judges: staff see all of them, a judge their own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from reaccredit.facilities.queries import audience
from reaccredit.people import actions as people
from reaccredit.people.models import Person
from reaccredit.people.paging import page_of
from reaccredit.people.requests import SignedIn
from reaccredit.reviews import judges
from reaccredit.reviews.judges_forms import (
    AbsenceForm,
    AuthorisationForm,
    DeclarationForm,
    EmploymentForm,
    EndForm,
    PracticeForm,
    TieForm,
)


def _today() -> date:
    return timezone.localdate()


def _refused(form: Any) -> int:
    return HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound and form.errors else HTTPStatus.OK


# -- what can be added, and what ends ------------------------------------------------------------------------------------


def _tie(*, person: Person, now: datetime, **said: Any) -> Any:
    return judges.tie(person=person, now=now, **said)


def _without_now(action: Callable[..., Any]) -> Callable[..., Any]:
    def act(*, person: Person, now: datetime, **said: Any) -> Any:
        return action(person=person, **said)

    return act


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that is on file of a judge: its form, what it does, and whether staff alone decide it."""

    title: str
    lead: str
    form: Callable[..., Any]
    act: Callable[..., Any]
    rows: str = ""  # where its rows hang at a person; blank: there is only one, which is changed
    staff_only: bool = False


ENTRIES = {
    "authorisation": Entry(
        "Authorise", "What may be judged, in which role, until when. It can be assigned from its first day.",
        AuthorisationForm, _without_now(people.authorise), "authorisations", staff_only=True,
    ),
    "absence": Entry(
        "Enter an absence", "Nothing new is given out for these days. What is begun stays where it is.",
        AbsenceForm, _without_now(people.be_away), "absences",
    ),
    "practice": Entry(
        "Change how much and where", "How much is given out at a time, and where the person works.",
        PracticeForm, _without_now(people.practise),
    ),
    "employment": Entry(
        "Enter an employer", "Cases of a facility that an employer runs are not given out, nor those of its network.",
        EmploymentForm, _without_now(people.employ), "employments",
    ),
    "tie": Entry(
        "Enter a tie", "Cases of that facility are not given out from now on, and open ones are closed at once.",
        TieForm, _tie, "ties",
    ),
}  # fmt: skip


def _entry(request: SignedIn, pk: int, what: str) -> tuple[Entry, Person]:
    person = judges.judge(request.user, pk, _today())
    entry = ENTRIES.get(what)
    if entry is None or (entry.staff_only and not judges.decides(request.user, person, _today())):
        raise Http404("nothing of this kind can be entered by this person")
    return entry, person


def _home(request: SignedIn, person: Person) -> HttpResponse:
    return redirect("reviews:me") if person.pk == request.user.pk else redirect("reviews:person", pk=person.pk)


# -- pages ---------------------------------------------------------------------------------------------------------------


def _staff_only(request: SignedIn) -> None:
    if not audience(request.user, _today()).is_staff:
        raise Http404("only staff see everybody who judges")


@require_safe
def index(request: SignedIn) -> HttpResponse:
    _staff_only(request)
    show, search = request.GET.get("show", ""), request.GET.get("q", "").strip()[:100].replace("\0", "")
    found = judges.listed(_today(), show=show, search=search)
    page = page_of(found, request.GET.get("page"))
    shown = {"rows": judges.rows(list(page.object_list), _today()), "page": page, "show": show, "search": search}
    return render(request, "reviews/people.html", shown | {"filters": judges.FILTERS, "year": _today().year})


@require_safe
def person(request: SignedIn, pk: int) -> HttpResponse:
    return _page(request, judges.judge(request.user, pk, _today()))


@require_safe
def me(request: SignedIn) -> HttpResponse:
    """The judge's own page."""
    return _page(request, judges.judge(request.user, request.user.pk, _today()))


def _page(request: SignedIn, who: Person) -> HttpResponse:
    shown = {"who": who, "file": judges.file_of(who, _today()), "own": who.pk == request.user.pk, "year": _today().year}
    return render(
        request,
        "reviews/person.html",
        shown | {"decides": judges.decides(request.user, who, _today()), "today": _today()},
    )


@require_http_methods(["GET", "POST"])
def add(request: SignedIn, pk: int, what: str) -> HttpResponse:
    entry, who = _entry(request, pk, what)
    own = who.pk == request.user.pk
    form = entry.form(request.POST if request.method == "POST" else None, person=who, on=_today(), own=own)
    if form.is_bound and form.is_valid():
        try:
            entry.act(person=who, now=timezone.now(), **form.said())
        except judges.NotFound as no:
            form.add_error("to", str(no))
        else:
            messages.success(request, "Saved. It counts from now on.")
            return _home(request, who)
    shown = {"who": who, "entry": entry, "form": form, "own": own}
    return render(request, "reviews/person_add.html", shown, status=_refused(form))


@require_http_methods(["GET", "POST"])
def end(request: SignedIn, pk: int, what: str, row: int) -> HttpResponse:
    """Nothing is deleted: what was on file stays on file with its last day."""
    entry, who = _entry(request, pk, what)
    found = getattr(who, entry.rows).filter(pk=row).first() if entry.rows else None
    if found is None:
        raise Http404("nothing of this kind is on file")
    form = EndForm(request.POST if request.method == "POST" else None, since=found.since, on=_today())
    if form.is_bound and form.is_valid():
        judges.end(found, until=form.cleaned_data["until"])
        messages.success(request, "Saved. What it was until then stays on file.")
        return _home(request, who)
    shown = {"who": who, "what": what, "found": found, "form": form, "own": who.pk == request.user.pk}
    return render(request, "reviews/person_end.html", shown, status=_refused(form))


@require_POST
def ask(request: SignedIn) -> HttpResponse:
    _staff_only(request)
    number = judges.ask_everybody(now=timezone.now())
    messages.success(request, f"Asked now: {number}. Who has not declared is given nothing new until they have.")
    return redirect("reviews:people")


@require_http_methods(["GET", "POST"])
def declare(request: SignedIn) -> HttpResponse:
    """The yearly word of a judge on their own conflicts of interest."""
    who, today = judges.judge(request.user, request.user.pk, _today()), _today()
    on_file = [tie for tie in judges.file_of(who, today).ties if tie.until is None or tie.until >= today]
    form = DeclarationForm(request.POST if request.method == "POST" else None, on_file=on_file)
    if form.is_bound and form.is_valid():
        said = form.cleaned_data["words"]
        judges.declare(person=who, new=form.new(), words=said, now=timezone.now())
        messages.success(request, f"Your declaration for {today.year} is made. Thank you.")
        return redirect("reviews:me")
    shown = {"form": form, "year": today.year, "made": judges.declaration(who, today.year)}
    return render(request, "reviews/declare.html", shown, status=_refused(form))

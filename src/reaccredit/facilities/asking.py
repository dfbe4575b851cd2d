"""Who asks for a page, and when: one person, one instant and one audience for the whole request."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import wraps
from http import HTTPStatus
from typing import Any, ClassVar, Concatenate, ParamSpec, TypeVar, cast

from django.core.paginator import Page
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone

from reaccredit.facilities.queries import Audience, audience
from reaccredit.people.models import Person
from reaccredit.people.paging import page_of, page_of_found

P = ParamSpec("P")
A = TypeVar("A", bound="Asked")
R = TypeVar("R", bound=HttpResponseBase)


@dataclass(frozen=True)
class Asked:
    """A room that asks for more of its own makes a kind of this; `folder` is then where its templates lie."""

    folder: ClassVar[str] = ""

    http: HttpRequest
    person: Person
    now: datetime
    who: Audience

    @property
    def on(self) -> date:
        return self.who.on

    @property
    def posted(self) -> bool:
        return self.http.method == "POST"

    @property
    def data(self) -> QueryDict | None:
        """Of an empty form, too: it was sent."""
        return self.http.POST if self.posted else None

    def render(self, template: str, context: dict[str, Any], status: int = HTTPStatus.OK) -> HttpResponse:
        name = f"{self.folder}/{template}.html" if self.folder else template
        return render(self.http, name, {"is_staff": self.who.is_staff, **context}, status=status)

    def refused(self, template: str, context: dict[str, Any]) -> HttpResponse:
        """The page again, with what was typed and what is wrong with it."""
        return self.render(template, context, HTTPStatus.UNPROCESSABLE_ENTITY)

    def page_of(self, rows: QuerySet[Any], name: str = "page") -> Page[Any]:
        return page_of(rows, self.http.GET.get(name))

    def page_of_found(self, found: QuerySet[Any], every: QuerySet[Any], name: str = "page") -> Page[Any]:
        return page_of_found(found, every, self.http.GET.get(name))

    def words(self, name: str) -> str:
        """What was asked in the address, bounded: nobody searches for more."""
        return self.http.GET.get(name, "").strip()[:100]

    def staff_only(self) -> None:
        if not self.who.is_staff:
            raise Http404("a page for staff")


def page_as(kind: type[A]) -> Callable[[Callable[Concatenate[A, P], R]], Callable[Concatenate[HttpRequest, P], R]]:
    """A view that is given this kind of `Asked` in place of the bare request."""

    def made(view: Callable[Concatenate[A, P], R]) -> Callable[Concatenate[HttpRequest, P], R]:
        @wraps(view)
        def answer(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> R:
            now = timezone.now()  # noqa: TID251 - this is where the views of these rooms read the clock
            person = cast(Person, request.user)
            return view(kind(request, person, now, audience(person, timezone.localdate(now))), *args, **kwargs)

        return answer

    return made


page = page_as(Asked)

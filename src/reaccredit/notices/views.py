"""The list of what somebody was told, and the way from there to where something has to be done."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST

from reaccredit.notices import actions, queries
from reaccredit.notices.forms import READ, UNREAD, MarkForm

PER_PAGE = 50


def me(request: HttpRequest) -> str:
    """The code of the reader. This room stands below the one that knows people, and needs no more of them than this."""
    return f"person:{request.user.pk}"


@require_http_methods(["GET", "HEAD", "POST"])
def index(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        return _mark(request)
    return _list(request)


def _list(request: HttpRequest, form: MarkForm | None = None) -> HttpResponse:
    only_unread = request.GET.get("show") == "unread"
    page = Paginator(queries.listed(me(request), only_unread=only_unread), PER_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "only_unread": only_unread, "unread": queries.unread(me(request)), "form": form}
    return render(
        request, "notices/index.html", context, status=HTTPStatus.UNPROCESSABLE_ENTITY if form else HTTPStatus.OK
    )


def _mark(request: HttpRequest) -> HttpResponse:
    form = MarkForm(request.POST)
    if not form.is_valid():
        return _list(request, form)
    what, pks = form.cleaned_data["what"], form.cleaned_data["notice"]
    if what == READ:
        number = actions.mark_read(code=me(request), pks=pks, now=timezone.now())
    elif what == UNREAD:
        number = actions.mark_unread(code=me(request), pks=pks)
    else:
        number = actions.mark_all_read(code=me(request), now=timezone.now())
    messages.success(request, f"{number} notice{'' if number == 1 else 's'} changed.")
    return redirect(request.get_full_path())


@require_POST
def follow(request: HttpRequest, pk: int) -> HttpResponse:
    """Read it, and go where it leads."""
    notice = queries.get(me(request), pk)
    actions.mark_read(code=me(request), pks=[notice.pk], now=timezone.now())
    safe = url_has_allowed_host_and_scheme(notice.link, allowed_hosts=None)
    return redirect(notice.link if safe and notice.link.startswith("/") else "notices:index")

"""What is answered where somebody knocks at a reading that is closed to them: the reason, and whatever they had typed."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from reaccredit.people.requests import SignedIn
from reaccredit.reviews import drafts
from reaccredit.reviews.models import Draft
from reaccredit.reviews.typed import gone, told
from reaccredit.reviews.visibility import Barred

View = Callable[..., HttpResponse]


def closed_with_a_sentence(view: View) -> View:
    @wraps(view)
    def answer(request: SignedIn, pk: int, **more: object) -> HttpResponse:
        try:
            return view(request, pk, **more)
        except Barred as barred:
            return _closed(request, pk, barred)

    return answer


def _closed(request: SignedIn, pk: int, barred: Barred) -> HttpResponse:
    typed = drafts.words_of(request.POST) if request.method == "POST" else {}
    if typed:
        drafts.keep(reading=pk, person=request.user, typed=typed, how=Draft.How.CLOSED, now=timezone.now())
    shown = {
        "pk": pk,
        "sentence": barred.sentence,
        "reading": barred.reading,
        "typed": told(typed, barred.reading or gone(request.user, pk)),
    }
    return render(request, "reviews/barred.html", shown, status=HTTPStatus.FORBIDDEN)

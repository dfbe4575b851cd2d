"""The page of the viewer: one slice at a time, in any window, by plain links; it needs no script, and is the frame of the one with a script."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from itertools import accumulate
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from reaccredit.imaging.picture import Window
from reaccredit.imaging.preview import preview, shown
from reaccredit.looking import marked, passes, queries, stack, windows
from reaccredit.looking.forms import MarkForm
from reaccredit.looking.fresh import fresh, png
from reaccredit.looking.marked import Marked
from reaccredit.people.requests import SignedIn
from reaccredit.reviews import hanging, viewing
from reaccredit.reviews.models import Assignment
from reaccredit.reviews.visibility import Barred, NotShown

View = Callable[..., HttpResponse]
TOOLS = (
    ("window", "Window"),
    ("pan", "Move"),
    ("zoom", "Zoom"),
    ("scroll", "Slices"),
    ("length", "Length"),
    ("point", "Point"),
)


def closed_with_a_sentence(view: View) -> View:
    """Whoever was given these images and may not judge them any more is told why."""

    @wraps(view)
    def answer(request: SignedIn, **asked: Any) -> HttpResponse:
        try:
            return view(request, **asked)
        except Barred as barred:
            said = {"sentence": barred.sentence, "not_shown": isinstance(barred, NotShown)}
            return render(request, "looking/closed.html", said, status=HTTPStatus.FORBIDDEN)

    return answer


@require_safe
@closed_with_a_sentence
def series(request: SignedIn, pk: int) -> HttpResponse:
    seen = queries.series(request.user, pk, timezone.now())
    said, problem = _asked(request), ""
    try:
        chosen = windows.window(said)
    except ValueError as sentence:
        chosen, said, problem = None, "", str(sentence)
    here = stack.slice_of(seen.images, _number(request.GET.get("slice")))
    if here is None:
        raise Http404("no such slice in this series")
    hung = _hung(seen)
    step = hung.step(_number(request.GET.get("hang")) or 0) if hung else None
    presets = windows.presets(seen.series.modality)
    sheet = _sheet(seen)
    passes.grant(request.session.session_key or "", seen)  # the script will ask for frames at once
    context = {
        "hung": hung, "step": step if step and step.left.series.pk == seen.series.pk else None,
        "seen": seen, "here": here, "window": said, "chosen": chosen, "problem": problem, "typed": request.GET,
        "steps": [(words, _query(number, said) if number else "") for words, number in here.steps],
        "presets": [(p, _query(here.number, p.said), p.said == said) for p in presets],
        "own": _query(here.number, ""), "tools": TOOLS, "stack": stack.told(seen), "finding": sheet, "marks": _marks(request, seen, sheet),
        "form": MarkForm(initial={"image": here.instance.pk, "frame": here.frame + 1}),
    }  # fmt: skip
    return render(
        request, "looking/series.html", context, status=HTTPStatus.UNPROCESSABLE_ENTITY if problem else HTTPStatus.OK
    )


def _hung(seen: queries.Seen) -> hanging.Hung | None:
    """As the protocol of the exam hangs the images of a reading; everybody else sees them as they came."""
    one = seen.door.of
    return viewing.hang(one, timezone.now()).hung if isinstance(one, Assignment) else None


def _sheet(seen: queries.Seen) -> str:
    """The score sheet that is still being filled in, to which a place can be taken."""
    open_ = isinstance(seen.door.of, Assignment) and seen.door.of.submitted_at is None
    return seen.door.address if open_ else ""


def _marks(request: SignedIn, seen: queries.Seen, sheet: str) -> list[tuple[Marked, int, str]]:
    """Each with the number of its slice, and where it leads."""
    before = dict(
        zip((i.pk for i in seen.images), accumulate((i.frames for i in seen.images), initial=0), strict=False)
    )
    told = []
    for one in marked.seen_by(seen, request.user, timezone.now()):
        column, row = (int(part) for part in one.row.points[0])
        place = f"{sheet}?image={one.image.pk}&column={column}&row={row}" if sheet else ""
        told.append((one, before[one.image.pk] + one.row.frame, place))
    return told


def _asked(request: SignedIn) -> str:
    """A window as the links say it, or as two fields do."""
    centre, width = request.GET.get("centre", ""), request.GET.get("width", "")
    return f"{centre},{width}" if centre or width else request.GET.get("window", "")


def _query(number: int, window: str) -> str:
    return "?" + urlencode({"slice": number} | ({"window": window} if window else {}), safe=",")


def _number(said: str | None) -> int | None:
    if said is None:
        return None
    if not said.isdigit() or len(said) > 6 or int(said) < 1:
        raise Http404("no such slice")
    return int(said)


@require_safe
@closed_with_a_sentence
def picture(request: SignedIn, pk: int, frame: int) -> HttpResponse:
    found = queries.image(request.user, pk, timezone.now())
    if not 1 <= frame <= found.frames:
        raise Http404("no such frame in this image")
    small, window = "small" in request.GET, _window(request)

    def made() -> HttpResponse:
        return png(preview(found, "small") if small else shown(found, frame - 1, window))

    return fresh(request, found, ("picture", frame, small, window), made)


def _window(request: SignedIn) -> Window | None:
    try:
        return windows.window(request.GET.get("window", ""))
    except ValueError:
        raise Http404("no such window") from None

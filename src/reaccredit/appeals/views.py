from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from reaccredit.appeals import actions, arbitration, determinations, queries
from reaccredit.appeals.actions import NotTheSigner
from reaccredit.appeals.forms import (
    ImagesForm,
    LetterForm,
    PostForm,
    SignedPaperForm,
    SignForm,
    SupportForm,
)  # fmt: skip
from reaccredit.appeals.models import Appeal
from reaccredit.appeals.pages import AssignRow, assign_row, download
from reaccredit.appeals.queries import LetterTask, Status
from reaccredit.documents.actions import LETTERS, SCANS, Unacceptable
from reaccredit.documents.models import Document
from reaccredit.facilities.queries import audience, roles_at
from reaccredit.ledger.actions import Lost
from reaccredit.packages.actions import NotComplete
from reaccredit.people.actions import WrongPassword
from reaccredit.people.paging import page_of
from reaccredit.people.requests import SignedIn
from reaccredit.screening import actions as screening

WRONG = HTTPStatus.UNPROCESSABLE_ENTITY


@require_safe
def index(request: SignedIn) -> HttpResponse:
    found = queries.listed(request.user, timezone.now())
    page = page_of(found, request.GET.get("page"))
    return render(request, "appeals/index.html", {"page": page, "is_staff": _is_staff(request)})


def _is_staff(request: SignedIn) -> bool:
    return audience(request.user, timezone.localdate()).is_staff


def _ours(request: SignedIn, appeal: Appeal) -> bool:
    return bool(roles_at(appeal.case_file.facility, request.user, timezone.localdate()))


def _status(request: SignedIn, pk: int) -> Status:
    now = timezone.now()
    return queries.status(queries.get(request.user, pk, now), now)


def _facility(request: SignedIn, pk: int) -> Status:
    """For what only the facility's people do: for anybody else the page is not there."""
    status = _status(request, pk)
    if not _ours(request, status.appeal):
        raise Http404("only the people of the facility do this")
    return status


def _staff(request: SignedIn, pk: int) -> Status:
    if not _is_staff(request):
        raise Http404("only for the programme's staff")
    return _status(request, pk)


@require_safe
def appeal(request: SignedIn, pk: int) -> HttpResponse:
    status = _status(request, pk)
    return _appeal_page(request, status)


def _appeal_page(request: SignedIn, status: Status, told: NotComplete | None = None) -> HttpResponse:
    staff = _is_staff(request)
    signed = determinations.signatures(status.arbitrations) if staff else {}
    context = {
        "status": status, "ours": _ours(request, status.appeal), "is_staff": staff, "told": told,
        "arbitrations": [(one, signed.get(one.pk)) for one in status.arbitrations],
        "your_turn": _ours(request, status.appeal) and status.with_facility,
    }  # fmt: skip
    return render(request, "appeals/appeal.html", context, status=WRONG if told else 200)


# -- letters -------------------------------------------------------------------------------------------------------------


def _letter_page(request: SignedIn, status: Status, task: LetterTask, **forms: Any) -> HttpResponse:
    """One letter: write it and sign it here, or hand in a signed paper. The form that was refused comes back filled."""
    text = task.letter.text if task.letter else ""
    seen = queries.text_hash(status.appeal, task.kind, text) if text else ""
    page = {
        "write": LetterForm(initial={"text": text, "seen": seen}, prefix="write"),
        "sign": SignForm(initial={"seen": seen}, prefix="sign"),
        "upload": SignedPaperForm(people=task.holders),
        "status": status,
        "task": task,
        "may_sign": request.user in task.holders,
    }
    refused = next((form for form in forms.values() if form.is_bound), None)
    return render(request, "appeals/letter.html", page | forms | {"form": refused}, status=WRONG if refused else 200)


def _task(request: SignedIn, pk: int, kind: str) -> tuple[Status, LetterTask]:
    status = _facility(request, pk)
    return status, queries.letter_task(status.appeal, kind, timezone.now())


@require_http_methods(["GET", "POST"])
def letter(request: SignedIn, pk: int, kind: str) -> HttpResponse:
    status, task = _task(request, pk, kind)
    if request.method == "GET":
        return _letter_page(request, status, task)
    form = LetterForm(request.POST, prefix="write")
    if not form.is_valid():
        return _letter_page(request, status, task, write=form)
    try:
        actions.write_letter(
            appeal=status.appeal, kind=kind, text=form.cleaned_data["text"], actor=request.user, now=timezone.now(),
            seen=form.cleaned_data["seen"] or None,
        )  # fmt: skip
    except Lost as late:
        form.add_error("text", str(late))
        answer = _letter_page(request, status, task, write=form)
        answer.status_code = HTTPStatus.CONFLICT
        return answer
    messages.success(request, "The letter is saved. It counts once it is signed.")
    return redirect("appeals:letter", pk, kind)


@require_POST
def sign(request: SignedIn, pk: int, kind: str) -> HttpResponse:
    status, task = _task(request, pk, kind)
    form = SignForm(request.POST, prefix="sign")
    if not form.is_valid():
        return _letter_page(request, status, task, sign=form)
    try:
        actions.sign_letter(
            appeal=status.appeal, kind=kind, password=form.cleaned_data["password"], seen=form.cleaned_data["seen"],
            actor=request.user, now=timezone.now(),
        )  # fmt: skip
    except (WrongPassword, NotTheSigner) as no:
        form.add_error("password", str(no))
        return _letter_page(request, status, task, sign=form)
    return _after_step(request, pk, "The letter is signed and received.")


@require_POST
def upload(request: SignedIn, pk: int, kind: str) -> HttpResponse:
    status, task = _task(request, pk, kind)
    form = SignedPaperForm(request.POST, request.FILES, people=task.holders)
    if not form.is_valid() or not (document := _store(request, status, form, "appeal-letter", task.title, LETTERS)):
        return _letter_page(request, status, task, upload=form)
    try:
        actions.upload_letter(
            appeal=status.appeal,
            kind=kind,
            document=document,
            signer=form.signed_by,
            actor=request.user,
            now=timezone.now(),
        )
    except NotTheSigner as no:
        form.add_error("signer", str(no))
        return _letter_page(request, status, task, upload=form)
    return _after_step(request, pk, "The signed letter is received.")


def _store(
    request: SignedIn, status: Status, form: Any, kind: str, title: str, allowed: frozenset[str]
) -> Document | None:
    """Keep the paper, or say in the form why it is not taken: by what it is, whatever it is called."""
    try:
        return screening.store(
            case_file=status.appeal.case_file, artefact=kind, stream=form.cleaned_data["file"], title=title, allowed=allowed,
            actor=request.user, now=timezone.now(), clauses={"format": "Appeals, electronic submissions"},
        )  # fmt: skip
    except Unacceptable as no:
        form.add_error("file", no.sentence)
        return None


def _after_step(request: SignedIn, pk: int, told: str) -> HttpResponse:
    """Where every step of the facility leads back to; the last one says that the appeal is complete."""
    complete = queries.get(request.user, pk, timezone.now()).received_at is not None
    messages.success(
        request, f"{told} Everything required is in: the appeal goes to an arbitrator." if complete else told
    )
    return redirect("appeals:appeal", pk)


# -- what supports the appeal, and what was missing ----------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def support(request: SignedIn, pk: int) -> HttpResponse:
    status = _facility(request, pk)
    posted = request.method == "POST"
    form = SupportForm(request.POST if posted else None, request.FILES if posted else None)
    document = _supporting(request, status, form) if form.is_bound and form.is_valid() else None
    if document:
        actions.add_support(appeal=status.appeal, document=document, actor=request.user, now=timezone.now())
        return _after_step(request, pk, "The document is added.")
    return render(
        request, "appeals/support.html", {"status": status, "form": form}, status=WRONG if form.is_bound else 200
    )


def _supporting(request: SignedIn, status: Status, form: SupportForm) -> Document | None:
    return _store(request, status, form, "appeal-support", form.cleaned_data["title"], SCANS)


@require_http_methods(["GET", "POST"])
def images(request: SignedIn, pk: int) -> HttpResponse:
    status = _facility(request, pk)
    initial = {"additional_images": "yes" if status.appeal.additional_images else "no"}
    form = ImagesForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_bound and form.is_valid():
        needed = form.cleaned_data["additional_images"] == "yes"
        actions.say_images(appeal=status.appeal, needed=needed, actor=request.user, now=timezone.now())
        return _after_step(request, pk, "Your answer is saved.")
    return render(
        request, "appeals/images.html", {"status": status, "form": form}, status=WRONG if form.is_bound else 200
    )


@require_POST
def send(request: SignedIn, pk: int) -> HttpResponse:
    """Submit the package of the missing images, with all that follows from it."""
    status = _facility(request, pk)
    try:
        actions.send_package(appeal=status.appeal, actor=request.user, now=timezone.now())
    except NotComplete as no:
        return _appeal_page(request, status, no)
    return _after_step(request, pk, "The additional images are submitted.")


@require_POST
def complete(request: SignedIn, pk: int) -> HttpResponse:
    """For an appeal whose last piece came another way than by this page, such as a package sent from the package's own page."""
    done = actions.complete_if_ready(appeal=_status(request, pk).appeal, actor=request.user, now=timezone.now())
    if not done and _status(request, pk).open:  # asked anew: it may have been completed in the background meanwhile
        messages.warning(request, "Something that is required is still missing: see the list.")
        return redirect("appeals:appeal", pk)
    return _after_step(request, pk, "")


@require_safe
def paper(request: SignedIn, pk: int, document: int) -> FileResponse:
    found = queries.paper(queries.get(request.user, pk, timezone.now()), document)
    return download(found)


# -- staff ---------------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def post(request: SignedIn, pk: int) -> HttpResponse:
    """What came by post for an appeal on CD or film."""
    status = _staff(request, pk)
    form = _post_form(request, status)
    if form.is_bound and form.is_valid() and _record(request, status, form):
        return _after_step(request, pk, "It is recorded.")
    return render(
        request, "appeals/post.html", {"status": status, "form": form}, status=WRONG if form.is_bound else 200
    )


def _post_form(request: SignedIn, status: Status) -> PostForm:
    posted = request.method == "POST"
    return PostForm(
        request.POST if posted else None, request.FILES if posted else None, tasks=status.letters,
        signers=queries.signers_ever(status), images=status.by_post and status.appeal.package is not None and not status.package_sent,
        opened=status.appeal.opened_at, now=timezone.now(),
    )  # fmt: skip


def _record(request: SignedIn, status: Status, form: PostForm) -> bool:
    came, now = form.cleaned_data["came_at"], timezone.now()
    if form.is_images:
        try:
            actions.record_images(
                appeal=status.appeal, pieces=form.cleaned_data["pieces"], came_at=came, actor=request.user, now=now
            )
        except NotComplete as no:
            form.add_error("what", str(no))
        return form.is_valid()
    title = form.cleaned_data["title"] or "Appeal letter"
    document = _store(request, status, form, "appeal-letter" if form.is_letter else "appeal-support", title, SCANS)
    if document is None:
        return False
    if not form.is_letter:
        actions.add_support(appeal=status.appeal, document=document, actor=request.user, now=now)
        return True
    try:
        actions.record_letter(
            appeal=status.appeal,
            kind=form.kind,
            document=document,
            signer=form.signed_by,
            came_at=came,
            actor=request.user,
            now=now,
        )
    except NotTheSigner as no:
        form.add_error("signer", str(no))
    return form.is_valid()


@require_http_methods(["GET", "POST"])
def assign(request: SignedIn, pk: int, area: int = 0) -> HttpResponse:
    """Give each appealed area to an arbitrator. Who may not is listed with the reason."""
    status = _staff(request, pk)
    posted = request.method == "POST"
    rows = [
        assign_row(status, one, timezone.localdate(), request.POST if posted and one.pk == area else None)
        for one in status.areas
    ]
    chosen = next((row for row in rows if row.area.pk == area), None)
    if posted and chosen is None:
        raise Http404("no such area in this appeal")
    if posted and chosen and chosen.form.is_valid() and _assigned(request, status, chosen):
        return redirect("appeals:assign", pk)
    context = {"status": status, "rows": rows, "form": chosen.form if chosen else None}
    return render(request, "appeals/assign.html", context, status=WRONG if posted else 200)


def _assigned(request: SignedIn, status: Status, row: AssignRow) -> bool:
    person = row.form.person
    try:
        arbitration.assign(
            appeal=status.appeal, area=row.area, arbitrator=person, actor=request.user, now=timezone.now()
        )
    except arbitration.NotEligible as no:
        row.form.add_error("arbitrator", str(no))
        return False
    messages.success(request, f"{row.area.title} is given to {person.name}.")
    return True

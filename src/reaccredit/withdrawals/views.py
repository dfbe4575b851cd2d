from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from reaccredit.documents import queries as papers
from reaccredit.documents.actions import SCANS, Unacceptable
from reaccredit.facilities.queries import roles_at
from reaccredit.people.actions import WrongPassword
from reaccredit.people.models import FACILITY_ROLES, Role
from reaccredit.people.queries import holds
from reaccredit.people.requests import SignedIn
from reaccredit.screening import actions as screening
from reaccredit.withdrawals import actions, queries
from reaccredit.withdrawals.actions import NotTheSigner
from reaccredit.withdrawals.forms import RecordForm, SignageForm, SignForm
from reaccredit.withdrawals.models import Withdrawal

WRONG = HTTPStatus.UNPROCESSABLE_ENTITY


def _context(request: SignedIn, withdrawal: Withdrawal) -> dict[str, Any]:
    now = timezone.now()
    names = queries.titles(withdrawal)
    signers = queries.form_holders(withdrawal, now)
    return {
        "withdrawal": withdrawal, "names": names, "guidance": queries.guidance(withdrawal.case_file),
        "statement": queries.statement(withdrawal, names), "signers": signers, "may_sign": request.user in signers,
        "signer_roles": queries.form_signers(withdrawal, now), "is_staff": holds(request.user, Role.STAFF, timezone.localdate(now)),
        "roles": _roles(request, withdrawal), "duties": queries.duties(withdrawal, now), "decision": queries.decision(withdrawal, now),
        "needs_form": queries.needs_form(withdrawal), "needs_signage": queries.needs_signage(withdrawal),
        "payers": queries.payers(withdrawal, now),
        "form_signed": queries.form_signed(withdrawal, names), "signage_signed": queries.signage_signed(withdrawal),
    }  # fmt: skip


def _roles(request: SignedIn, withdrawal: Withdrawal) -> list[str]:
    held = roles_at(withdrawal.case_file.facility, request.user, timezone.localdate())
    return [role.value for role in FACILITY_ROLES if role in held]


@require_safe
def withdrawal(request: SignedIn, pk: int) -> HttpResponse:
    """What was withdrawn, what is still owed for it, and by whom."""
    found = queries.get(request.user, pk, timezone.now())
    return render(request, "withdrawals/withdrawal.html", _context(request, found))


@require_http_methods(["GET", "POST"])
def sign(request: SignedIn, pk: int) -> HttpResponse:
    """The listed supervising physician signs the Withdraw Module/Patient Type Form."""
    found = queries.get(request.user, pk, timezone.now())
    context = _context(request, found)
    if not context["roles"]:
        raise Http404("only the people of the facility sign")
    form = SignForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            actions.sign_form(
                withdrawal=found, password=form.cleaned_data["password"], actor=request.user, now=timezone.now()
            )
            messages.success(request, "The form is signed and received.")
            return redirect("withdrawals:withdrawal", pk)
        except (NotTheSigner, WrongPassword) as no:
            form.add_error("password", str(no))
    return render(request, "withdrawals/sign.html", context | {"form": form}, status=WRONG if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
def record(request: SignedIn, pk: int) -> HttpResponse:
    """Staff enter a signed form that came by fax, post or mail."""
    found = queries.get(request.user, pk, timezone.now())
    context = _context(request, found)
    if not context["is_staff"]:
        raise Http404("only for the programme's staff")
    posted = request.method == "POST"
    form = RecordForm(
        request.POST if posted else None, request.FILES if posted else None,
        people=queries.signers_ever(found, timezone.now()), opened=found.opened_at, now=timezone.now(),
    )  # fmt: skip
    if form.is_bound and form.is_valid() and _recorded(request, found, form):
        messages.success(request, "The signed form is recorded.")
        return redirect("withdrawals:withdrawal", pk)
    return render(request, "withdrawals/record.html", context | {"form": form}, status=WRONG if posted else 200)


def _recorded(request: SignedIn, found: Withdrawal, form: RecordForm) -> bool:
    said, now = form.cleaned_data, timezone.now()
    try:
        document = screening.store(
            case_file=found.case_file, artefact="withdrawal-form", stream=said["file"],
            title="Withdraw Module/Patient Type Form", allowed=SCANS, actor=request.user, now=now,
        )  # fmt: skip
        actions.record_form(
            withdrawal=found, document=document, signer=form.signed_by, came_by=said["came_by"], received_at=said["received_at"],
            actor=request.user, now=now,
        )  # fmt: skip
    except Unacceptable as no:
        form.add_error("file", no.sentence)
        return False
    except NotTheSigner as no:
        form.add_error("signer", str(no))
        return False
    return True


@require_http_methods(["GET", "POST"])
def signage(request: SignedIn, pk: int) -> HttpResponse:
    """Withdrawn altogether: the signage has to go, and somebody of the facility says that it has."""
    found = queries.get(request.user, pk, timezone.now())
    context = _context(request, found)
    if not context["roles"] or found.scope == Withdrawal.Scope.AREAS:
        raise Http404("no signage goes with this withdrawal for this person")
    form = SignageForm(
        request.POST if request.method == "POST" else None,
        person=request.user,
        roles=context["roles"],
        today=timezone.localdate(),
    )
    if form.is_bound and form.is_valid():
        said = form.cleaned_data
        actions.attest_signage(
            withdrawal=found,
            name=said["name"],
            role=said["role"],
            removed_on=said["removed_on"],
            actor=request.user,
            now=timezone.now(),
        )
        messages.success(request, "The removal of the signage is attested.")
        return redirect("withdrawals:withdrawal", pk)
    return render(request, "withdrawals/signage.html", context | {"form": form}, status=WRONG if form.is_bound else 200)


@require_safe
def paper(request: SignedIn, pk: int) -> FileResponse:
    found = queries.signed_paper(queries.get(request.user, pk, timezone.now()))
    return FileResponse(
        papers.content(found),
        as_attachment=True,
        filename=f"{found.kind}-{found.pk}.{found.format}",
        content_type=found.media_type,
    )

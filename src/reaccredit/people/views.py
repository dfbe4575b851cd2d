from __future__ import annotations

from http import HTTPStatus
from typing import Any, cast

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, views
from django.contrib.auth.decorators import login_not_required
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse_lazy
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from reaccredit.people import actions, queries
from reaccredit.people.forms import ForgottenPasswordForm, SignInForm, ZoneForm
from reaccredit.people.models import Person


class SayNo:
    """A form that was not accepted comes back as 422, so that no one mistakes it for success."""

    def form_invalid(self, form: BaseForm) -> HttpResponse:
        answer: HttpResponse = super().form_invalid(form)  # type: ignore[misc]
        answer.status_code = HTTPStatus.UNPROCESSABLE_ENTITY
        return answer


class SignIn(SayNo, views.LoginView):
    template_name = "people/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def form_valid(self, form: Any) -> HttpResponse:
        login(self.request, form.get_user(), backend=settings.SIGNED_IN)
        return HttpResponseRedirect(self.get_success_url())  # an address, never the name of a page


class SignOut(views.LogoutView):
    """Only by POST: a link on another page must not end somebody's session."""


@login_not_required
@require_http_methods(["GET", "POST"])
def demo(request: HttpRequest) -> HttpResponse:
    """Sign in as one of the demo's people without a password. Outside the demo this page does not exist."""
    if not settings.DEMO:
        raise Http404
    if request.method == "GET":
        return render(request, "people/demo.html")
    key = request.POST.get("person", "")
    known = key.isascii() and key.isdigit() and len(key) < 12
    person = get_object_or_404(queries.demo_people(), pk=int(key) if known else 0)
    login(request, person, backend=settings.SIGNED_IN)
    return redirect(settings.LOGIN_REDIRECT_URL)


@require_http_methods(["GET", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    person = cast(Person, request.user)
    form = ZoneForm(request.POST if request.method == "POST" else None, initial={"zone": person.zone})
    if form.is_bound and form.is_valid():
        actions.change_zone(person=person, zone=form.cleaned_data["zone"])
        messages.success(request, "Your time zone is saved.")
        return redirect("people:profile")
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    roles = sorted(queries.roles_of(person, timezone.localdate()))
    return render(request, "people/profile.html", {"form": form, "roles": roles}, status=status)


class ChangePassword(SayNo, views.PasswordChangeView):
    template_name = "people/change_password.html"
    success_url = reverse_lazy("people:profile")

    def form_valid(self, form: Any) -> HttpResponse:
        messages.success(self.request, "Your password is changed. Use the new one from now on.")
        return super().form_valid(form)


class ForgottenPassword(SayNo, views.PasswordResetView):
    """Says the same whether there is such an account or not: it must not tell a stranger who has one."""

    form_class = ForgottenPasswordForm
    template_name = "people/forgotten_password.html"
    email_template_name = "people/forgotten_password_mail.txt"
    subject_template_name = "people/forgotten_password_subject.txt"
    success_url = reverse_lazy("people:forgotten-password-sent")
    # The link names the site's own address, never one that a request has claimed.
    extra_email_context = {"address": settings.SITE_ADDRESS.rstrip("/")}


class ForgottenPasswordSent(views.PasswordResetDoneView):
    template_name = "people/forgotten_password_sent.html"


class NewPassword(SayNo, views.PasswordResetConfirmView):
    template_name = "people/new_password.html"
    success_url = reverse_lazy("people:new-password-done")


class NewPasswordDone(views.PasswordResetCompleteView):
    template_name = "people/new_password_done.html"

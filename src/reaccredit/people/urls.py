from __future__ import annotations

from django.urls import path

from reaccredit.people import views

app_name = "people"

urlpatterns = [
    path("sign-in/", views.SignIn.as_view(), name="sign-in"),
    path("sign-out/", views.SignOut.as_view(), name="sign-out"),
    path("demo/", views.demo, name="demo"),
    path("profile/", views.profile, name="profile"),
    path("profile/password/", views.ChangePassword.as_view(), name="change-password"),
    path("forgotten-password/", views.ForgottenPassword.as_view(), name="forgotten-password"),
    path("forgotten-password/sent/", views.ForgottenPasswordSent.as_view(), name="forgotten-password-sent"),
    path("forgotten-password/<uidb64>/<token>/", views.NewPassword.as_view(), name="new-password"),
    path("forgotten-password/done/", views.NewPasswordDone.as_view(), name="new-password-done"),
]

"""The map of the site: one line for each room."""

from __future__ import annotations

from django.urls import include, path

from reaccredit.project import views

urlpatterns = [
    path("", include("reaccredit.people.urls")),
    path("facilities/", include("reaccredit.facilities.urls")),
    path("applications/", include("reaccredit.applications.urls")),
    path("invoices/", include("reaccredit.applications.invoice_urls")),
    path("screening/", include("reaccredit.screening.urls")),
    path("packages/", include("reaccredit.packages.urls")),
    path("intake/", include("reaccredit.intake.urls")),
    path("reviews/", include("reaccredit.reviews.urls")),
    path("reports/", include("reaccredit.reports.urls")),
    path("certificates/", include("reaccredit.certificates.urls")),
    path("looking/", include("reaccredit.looking.urls")),
    path("options/", include("reaccredit.options.urls")),
    path("appeals/", include("reaccredit.appeals.urls")),
    path("repeats/", include("reaccredit.repeats.urls")),
    path("withdrawals/", include("reaccredit.withdrawals.urls")),
    path("", include("reaccredit.desks.urls")),
    path("plans/", include("reaccredit.reinstatements.urls")),
    path("surveys/", include("reaccredit.surveys.urls")),
    path("workbench/", include("reaccredit.workbench.urls")),
    path("notices/", include("reaccredit.notices.urls")),
    path("healthz", views.healthz, name="healthz"),
    path("accessibility/", views.accessibility, name="accessibility"),
    path("demo/clock/", views.demo_time, name="demo-clock"),
    path("styleguide/", views.styleguide, name="styleguide"),
    path("styleguide/form/", views.styleguide_form, name="styleguide-form"),
]

handler400 = views.bad_request
handler403 = views.forbidden
handler404 = views.not_found
handler500 = views.server_error

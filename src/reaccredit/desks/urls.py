from __future__ import annotations

from django.urls import path

from reaccredit.desks import policy_views, views

app_name = "desks"
urlpatterns = [
    path("", views.home, name="home"),
    path("queue/", views.queue, name="queue"),
    path("cases/<slug:number>/", views.case, name="case"),
    path("cases/<slug:number>/receipts/<int:place>.zip", views.receipt, name="receipt"),
    path("policy/", views.policy, name="policy"),
    path("policy/compare/", views.compare, name="compare"),
    path("policy/revisions/", views.revisions, name="revisions"),
    path("policy/<slug:programme>/<slug:revision>.<slug:form>", policy_views.given, name="policy-file"),
    path("what-are-my-options/", views.what_are_my_options, name="what-are-my-options"),
    path("what-are-my-options/dates.ics", views.option_dates, name="option-dates"),
    path("help/frequent-deficiencies/", views.frequent_deficiencies, name="frequent-deficiencies"),
]

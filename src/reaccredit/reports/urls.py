from __future__ import annotations

from django.urls import path

from reaccredit.reports import taking_views, views

app_name = "reports"

urlpatterns = [
    path("", views.index, name="index"),
    path("<int:pk>/", views.report, name="report"),
    path("<int:pk>/open/", views.open_report, name="open"),
    path("<int:pk>/report.pdf", views.pdf, name="pdf"),
    path("<int:pk>/images-returned/", views.images_returned, name="images-returned"),
    path("<int:pk>/take-back/", taking_views.take_back, name="take-back"),
    path("rounds/<int:pk>/issue/", views.issue, name="issue"),
]

from __future__ import annotations

from django.urls import path

from reaccredit.certificates import views

app_name = "certificates"

urlpatterns = [
    path("", views.index, name="index"),
    path("<int:pk>/", views.certificate, name="certificate"),
    path("<int:pk>/certificate.pdf", views.pdf, name="pdf"),
    path("directory/", views.directory, name="directory"),
]

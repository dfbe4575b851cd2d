from __future__ import annotations

from django.urls import path

from reaccredit.facilities import views

app_name = "facilities"

urlpatterns = [
    path("", views.index, name="index"),
    path("new/", views.register, name="register"),
    path("modalities/", views.modalities, name="modalities"),
    path("modalities/<slug:code>/", views.modality, name="modality"),
    path("<slug:number>/", views.facility, name="facility"),
    path("<slug:number>/units/new/", views.add_unit, name="add-unit"),
    path("<slug:number>/people/new/", views.add_person, name="add-person"),
    path("<slug:number>/people/<int:pk>/end/", views.end_post, name="end-post"),
]

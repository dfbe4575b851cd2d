from __future__ import annotations

from django.urls import path

from reaccredit.applications import views

app_name = "applications"

urlpatterns = [
    path("", views.index, name="index"),
    path("new/", views.new, name="new"),
    path("new/areas/", views.new_areas, name="new-areas"),
    path("<slug:number>/", views.latest, name="latest"),
    path("<slug:number>/<int:attempt>/", views.application, name="application"),
    path("<slug:number>/<int:attempt>/areas/", views.areas, name="areas"),
    path("<slug:number>/<int:attempt>/exams/", views.exams, name="exams"),
    path("<slug:number>/<int:attempt>/check/", views.check, name="check"),
    path("<slug:number>/<int:attempt>/take-on/", views.take_on, name="take-on"),
    path("<slug:number>/<int:attempt>/return/", views.return_, name="return"),
]

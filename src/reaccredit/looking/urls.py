from __future__ import annotations

from django.urls import path

from reaccredit.looking import dicomweb_views as dicomweb
from reaccredit.looking import stack_views, views

app_name = "looking"
SERIES = "dicom-web/studies/<str:study>/series"
IMAGE = f"{SERIES}/<str:series>/instances/<str:instance>"
urlpatterns = [
    path("<int:pk>/", views.series, name="series"),
    path("images/<int:pk>/frames/<int:frame>.png", views.picture, name="picture"),
    path("<int:pk>/stack", stack_views.stack, name="stack"),
    path("<int:pk>/numbers/<int:image>/<int:number>", stack_views.frame, name="numbers"),
    path("<int:pk>/marks/", stack_views.marks, name="marks"),
    path("<int:pk>/marks/<int:mark>/take-away/", stack_views.take_away, name="take-away"),
    path(SERIES, dicomweb.series_list, name="dicom-series"),
    path(f"{SERIES}/<str:series>/instances", dicomweb.metadata, name="dicom-instances"),
    path(f"{SERIES}/<str:series>/metadata", dicomweb.metadata, name="dicom-metadata"),
    path(f"{IMAGE}/metadata", dicomweb.metadata, name="dicom-image-metadata"),
    path(f"{IMAGE}/frames/<int:number>", dicomweb.frame, name="dicom-frame"),
    path(f"{IMAGE}/frames/<int:number>/rendered", dicomweb.rendered, name="dicom-frame-rendered"),
    path(f"{IMAGE}/rendered", dicomweb.rendered, name="dicom-rendered"),
]

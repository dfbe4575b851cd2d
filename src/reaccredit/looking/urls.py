from __future__ import annotations

from django.urls import path

from reaccredit.looking import dicomweb_views as dicomweb
from reaccredit.looking import views

app_name = "looking"
SERIES = "dicom-web/studies/<str:study>/series"
IMAGE = f"{SERIES}/<str:series>/instances/<str:instance>"
urlpatterns = [
    path("<int:pk>/", views.series, name="series"),
    path("images/<int:pk>/frames/<int:frame>.png", views.picture, name="picture"),
    path(SERIES, dicomweb.series_list, name="dicom-series"),
    path(f"{SERIES}/<str:series>/instances", dicomweb.metadata, name="dicom-instances"),
    path(f"{SERIES}/<str:series>/metadata", dicomweb.metadata, name="dicom-metadata"),
    path(f"{IMAGE}/metadata", dicomweb.metadata, name="dicom-image-metadata"),
    path(f"{IMAGE}/frames/<int:number>", dicomweb.frame, name="dicom-frame"),
    path(f"{IMAGE}/frames/<int:number>/rendered", dicomweb.rendered, name="dicom-frame-rendered"),
    path(f"{IMAGE}/rendered", dicomweb.rendered, name="dicom-rendered"),
]

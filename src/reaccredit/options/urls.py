from __future__ import annotations

from django.urls import path

from reaccredit.options import views

app_name = "options"

urlpatterns = [
    path("<int:report>/", views.choose, name="choose"),
    path("<int:report>/other/", views.others, name="others"),
    path("<int:report>/submitted/<int:form>/", views.done, name="done"),
    path("<int:report>/<slug:option>/", views.form, name="form"),
    path("<int:report>/<slug:option>/check/", views.confirm, name="confirm"),
    path("staff/<str:number>/", views.staff, name="staff"),
    path("staff/<str:number>/supplemental/", views.supplemental, name="supplemental"),
    path("staff/<str:number>/late/", views.staff, {"what": "late"}, name="late"),
    path("staff/<str:number>/direct/", views.staff, {"what": "direct"}, name="direct"),
    path("staff/<str:number>/close/", views.staff, {"what": "close"}, name="close"),
]

from django.urls import path

from reaccredit.screening import views

app_name = "screening"

urlpatterns = [
    path("artefacts/", views.artefact_list, name="artefacts"),
    path("contests/", views.index, name="contests"),
    path("contests/<int:pk>/", views.contest, name="contest"),
    path("contests/<int:pk>/<int:number>.png", views.crop, name="crop"),
    path("contest/<str:number>/<slug:artefact>/", views.raise_, name="raise"),
]

from __future__ import annotations

from django.urls import path

from reaccredit.intake import stow, views

app_name = "intake"

urlpatterns = [
    path("packages/<int:pk>/", views.doors, name="doors"),
    path("packages/<int:pk>/doors/<int:door_pk>/close/", views.close, name="close"),
    path("packages/<int:pk>/place/", views.place, name="place"),
    path("dicomweb/studies", stow.store, name="stow"),
    path("dicomweb/studies/<str:study>", stow.store, name="stow"),
]

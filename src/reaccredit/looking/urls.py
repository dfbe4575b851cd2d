from __future__ import annotations

from django.urls import path

from reaccredit.looking import views

app_name = "looking"
urlpatterns = [
    path("<int:pk>/", views.series, name="series"),
    path("images/<int:pk>/frames/<int:frame>.png", views.picture, name="picture"),
]

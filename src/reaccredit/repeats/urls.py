from __future__ import annotations

from django.urls import path

from reaccredit.repeats import views

app_name = "repeats"

urlpatterns = [path("<int:pk>/", views.repeat, name="repeat")]

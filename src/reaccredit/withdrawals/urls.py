from __future__ import annotations

from django.urls import path

from reaccredit.withdrawals import views

app_name = "withdrawals"

urlpatterns = [
    path("<int:pk>/", views.withdrawal, name="withdrawal"),
    path("<int:pk>/sign/", views.sign, name="sign"),
    path("<int:pk>/record/", views.record, name="record"),
    path("<int:pk>/signage/", views.signage, name="signage"),
    path("<int:pk>/paper/", views.paper, name="paper"),
]

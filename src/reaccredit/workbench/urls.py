from __future__ import annotations

from django.urls import path

from reaccredit.workbench import views

app_name = "workbench"
urlpatterns = [
    path("", views.index, name="index"),
    path("begin/", views.begin, name="begin"),
    path("<int:pk>/", views.draft, name="draft"),
    path("<int:pk>/edit/", views.edit, name="edit"),
    path("<int:pk>/versions/<int:number>.toml", views.text, name="text"),
    path("<int:pk>/versions/<int:number>.scenarios.toml", views.scenarios, name="scenarios"),
    path("<int:pk>/examine/", views.examine, name="examine"),
    path("<int:pk>/hand-over/", views.propose, name="propose"),
    path("<int:pk>/approve/", views.approve, name="approve"),
    path("<int:pk>/send-back/", views.send_back, name="send-back"),
    path("<int:pk>/put-aside/", views.put_aside, name="put-aside"),
]

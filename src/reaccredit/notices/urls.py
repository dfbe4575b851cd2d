from django.urls import path

from reaccredit.notices import views

app_name = "notices"

urlpatterns = [
    path("", views.index, name="index"),
    path("<int:pk>/", views.follow, name="follow"),
]

from django.urls import path

from reaccredit.surveys import views

app_name = "surveys"

urlpatterns = [
    path("", views.index, name="index"),
    path("<int:pk>/", views.survey, name="survey"),
    path("<int:pk>/schedule/", views.schedule, name="schedule"),
    path("<int:pk>/travel/", views.travel, name="travel"),
    path("<int:pk>/travel/<int:cost_pk>/remove/", views.travel_remove, name="travel-remove"),
    path("<int:pk>/complete/", views.complete, name="complete"),
    path("<int:pk>/paper/", views.paper, name="paper"),
    path("<int:pk>/go-on/", views.go_on, name="go-on"),
]

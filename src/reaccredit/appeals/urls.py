from __future__ import annotations

from django.urls import path

from reaccredit.appeals import arbitrating_views, views

app_name = "appeals"

urlpatterns = [
    path("", views.index, name="index"),
    path("<int:pk>/", views.appeal, name="appeal"),
    path("<int:pk>/letter/<slug:kind>/", views.letter, name="letter"),
    path("<int:pk>/letter/<slug:kind>/sign/", views.sign, name="sign"),
    path("<int:pk>/letter/<slug:kind>/upload/", views.upload, name="upload-letter"),
    path("<int:pk>/support/", views.support, name="support"),
    path("<int:pk>/images/", views.images, name="images"),
    path("<int:pk>/send/", views.send, name="send"),
    path("<int:pk>/complete/", views.complete, name="complete"),
    path("<int:pk>/paper/<int:document>/", views.paper, name="paper"),
    path("<int:pk>/post/", views.post, name="post"),
    path("<int:pk>/assign/", views.assign, name="assign"),
    path("<int:pk>/assign/<int:area>/", views.assign, name="assign-area"),
    path("arbitrations/", arbitrating_views.arbitrations, name="arbitrations"),
    path("arbitrations/<int:pk>/", arbitrating_views.judge, name="arbitration"),
    path("arbitrations/<int:pk>/recuse/", arbitrating_views.recuse, name="recuse"),
    path("arbitrations/<int:pk>/image/<int:image>/", arbitrating_views.series, name="series"),
    path("arbitrations/<int:pk>/image/<int:image>/<slug:size>.png", arbitrating_views.picture, name="picture"),
    path("arbitrations/<int:pk>/paper/<int:document>/", arbitrating_views.arbitration_paper, name="arbitration-paper"),
]

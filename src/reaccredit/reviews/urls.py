from __future__ import annotations

from django.urls import path

from reaccredit.reviews import calibration_views, judges_views, proposing, quality_views, reading_views, views

app_name = "reviews"

urlpatterns = [
    path("", views.index, name="index"),
    path("packages/<int:pk>/open/", views.open_round, name="open"),
    path("rounds/<int:pk>/", views.round_page, name="round"),
    path("rounds/<int:pk>/propose/", proposing.propose, name="propose"),
    path("proposals/<int:pk>/", proposing.proposal, name="proposal"),
    path("readings/", reading_views.reading_list, name="reading-list"),
    path("readings/<int:pk>/", reading_views.reading, name="reading"),
    path("readings/<int:pk>/history/", reading_views.history, name="history"),
    path("readings/<int:pk>/check/", reading_views.check, name="check"),
    path("readings/<int:pk>/hand-back/", proposing.hand_back, name="hand-back"),
    path("readings/<int:pk>/precheck/<int:number>.png", reading_views.precheck_picture, name="precheck-picture"),
    path("readings/<int:pk>/images/<int:image>/<slug:size>.png", reading_views.image, name="image"),
    path("readings/<int:pk>/take-back/", proposing.take_back, name="take-back"),
    path("readings/<int:pk>/send-back/", proposing.send_back, name="send-back"),
    path("people/", judges_views.index, name="people"),
    path("people/ask/", judges_views.ask, name="ask-to-declare"),
    path("people/<int:pk>/", judges_views.person, name="person"),
    path("people/<int:pk>/add/<slug:what>/", judges_views.add, name="person-add"),
    path("people/<int:pk>/end/<slug:what>/<int:row>/", judges_views.end, name="person-end"),
    path("quality/", quality_views.how_we_read, name="quality"),
    path("quality/<int:pk>/", quality_views.reader, name="reader"),
    path("quality/again/", quality_views.rereads, name="rereads"),
    path("quality/again/<int:pk>/", quality_views.draw, name="draw"),
    path("quality/calibration/", calibration_views.index, name="calibrations"),
    path("quality/calibration/choose/", calibration_views.choose, name="calibration-choose"),
    path("quality/calibration/choose/<int:pk>/", calibration_views.make, name="calibration-make"),
    path("quality/calibration/agreement/", calibration_views.agreement, name="calibration-agreement"),
    path("quality/calibration/talks/<int:pk>/", calibration_views.talk, name="calibration-talk"),
    path("quality/calibration/<int:pk>/", calibration_views.case, name="calibration"),
    path("quality/calibration/<int:pk>/key/", calibration_views.key, name="calibration-key"),
    path("quality/calibration/<int:pk>/approve/", calibration_views.approve, name="calibration-approve"),
    path("quality/calibration/<int:pk>/send/", calibration_views.send, name="calibration-send"),
    path("quality/calibration/<int:pk>/retire/", calibration_views.retire, name="calibration-retire"),
    path("me/", judges_views.me, name="me"),
    path("me/readings/", quality_views.how_i_read, name="how-i-read"),
    path("me/calibration/", calibration_views.mine, name="my-calibrations"),
    path("me/calibration/<int:pk>/", calibration_views.my_result, name="my-calibration"),
    path("me/declaration/", judges_views.declare, name="declare"),
]

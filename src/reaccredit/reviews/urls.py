from __future__ import annotations

from django.urls import path

from reaccredit.reviews import judges_views, proposing, quality_views, reading_views, views

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
    path("me/", judges_views.me, name="me"),
    path("me/readings/", quality_views.how_i_read, name="how-i-read"),
    path("me/declaration/", judges_views.declare, name="declare"),
]

from django.urls import path

from reaccredit.packages import phantoms_views, pictures_views, sending_views, views

app_name = "packages"

urlpatterns = [
    path("", views.index, name="index"),
    path("accept/<int:pk>/", views.accept, name="accept"),
    path("<int:pk>/", views.package, name="package"),
    path("<int:pk>/check/", views.check, name="check"),
    path("<int:pk>/medium/", views.medium, name="medium"),
    path("<int:pk>/media/", views.media, name="media"),
    path("<int:pk>/return/", views.return_, name="return"),
    path("<int:pk>/items/<int:item_pk>/", views.item, name="item"),
    path("<int:pk>/items/<int:item_pk>/sending/", sending_views.sending, name="sending"),
    path("<int:pk>/items/<int:item_pk>/pictures/", pictures_views.pictures_page, name="pictures"),
    path("<int:pk>/items/<int:item_pk>/precheck/", phantoms_views.precheck, name="precheck"),
    path("<int:pk>/items/<int:item_pk>/precheck/<int:number>.png", phantoms_views.region, name="precheck-picture"),
    path("<int:pk>/items/<int:item_pk>/form/", views.form, name="form"),
    path("<int:pk>/items/<int:item_pk>/series/<int:series_pk>/", views.series, name="series"),
    path("<int:pk>/items/<int:item_pk>/series/<int:series_pk>/remove/", views.remove, name="remove"),
    path("<int:pk>/items/<int:item_pk>/papers/<int:paper_pk>/", views.paper, name="paper"),
    path("<int:pk>/pictures/<int:image_pk>/<str:size>.png", views.picture, name="picture"),
]

from django.urls import path

from allting.record import views

app_name = "record"
urlpatterns = [
    path("items/<int:item_id>/why", views.why, name="why"),
    path("items/<int:item_id>/what-came-of-it", views.what_came_of_it, name="what_came_of_it"),
    path("items/<int:item_id>/report", views.report, name="report"),
    path("moderation", views.moderation, name="moderation"),
    path("items/<int:item_id>/moderate", views.moderate, name="moderate"),
    path("events", views.events, name="events"),
]

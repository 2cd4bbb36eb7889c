from django.urls import path

from allting.processes import views

app_name = "processes"
urlpatterns = [
    path("", views.front, name="front"),
    path("processes", views.processes, name="processes"),
    path("processes/start", views.start, name="start"),
    path("processes/<int:process_id>", views.process, name="process"),
    path("processes/<int:process_id>/edit", views.edit, name="edit"),
    path("processes/<int:process_id>/workbench", views.workbench, name="workbench"),
    path("processes/<int:process_id>/announce", views.announce, name="announce"),
    path("processes/<int:process_id>/extend", views.extend, name="extend"),
    path("processes/<int:process_id>/close", views.close, name="close"),
    path("processes/<int:process_id>/poster", views.poster, name="poster"),
]

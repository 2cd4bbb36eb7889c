from django.urls import path

from allting.processes.views import looking_after, reading, rehearsing, starting

app_name = "processes"
urlpatterns = [
    path("", reading.front, name="front"),
    path("processes", reading.processes, name="processes"),
    path("processes/start", starting.start, name="start"),
    path("processes/<int:process_id>", reading.process, name="process"),
    path("processes/<int:process_id>/edit", starting.edit, name="edit"),
    path("processes/<int:process_id>/workbench", looking_after.workbench, name="workbench"),
    path("processes/<int:process_id>/announce", starting.announce, name="announce"),
    path("processes/<int:process_id>/rehearsal", rehearsing.rehearsal, name="rehearsal"),
    path("processes/<int:process_id>/rehearsal/wipe", rehearsing.wipe, name="wipe"),
    path("processes/<int:process_id>/extend", looking_after.extend, name="extend"),
    path("processes/<int:process_id>/close", looking_after.close, name="close"),
    path("processes/<int:process_id>/poster", looking_after.poster, name="poster"),
]

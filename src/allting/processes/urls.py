from django.urls import path

from allting.processes.views import about_you, balance, looking_after, reading, rehearsing, starting

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
    path("processes/<int:process_id>/you", about_you.about_you, name="about_you"),
    path("processes/<int:process_id>/you/relation", about_you.say_relation, name="say_relation"),
    path("processes/<int:process_id>/you/satisfaction", about_you.say_satisfaction, name="say_satisfaction"),
    path("processes/<int:process_id>/balance", balance.balance, name="balance"),
    path("processes/<int:process_id>/frame", balance.frame, name="frame"),
]

from django.utils.translation import gettext_lazy as _

from allting.processes import tasks, waiting, who
from allting.processes.kinds import PROCESS
from allting.web.rooms import Room, Schedule

# A moment that people read as "at midnight" may come twenty seconds late; whether something is open
# is computed from the dates and does not wait for these.
EVERY_S = 20

ROOM = Room(
    name="processes",
    title=_("Processes"),
    urls="allting.processes.urls",
    kinds=(PROCESS,),
    waiting=waiting.waiting_for,
    story=who.story,
    schedules=(
        Schedule("begin_due_processes", every_s=EVERY_S, run=tasks.begin_due),
        Schedule("open_due_activities", every_s=EVERY_S, run=tasks.open_due),
        Schedule("close_due_activities", every_s=EVERY_S, run=tasks.close_due),
        Schedule("date_late_addresses", every_s=3600, run=tasks.date_late_addresses),
    ),
)

"""The manifest of the answers room."""

from django.utils.translation import gettext_lazy as _

from allting.answers import kinds, onward, tasks, waiting
from allting.record.reactions import Reaction
from allting.web.rooms import Room, Schedule

# Nobody waits at a screen for these mails, but the one who published looks whether they go.
TELL_EVERY_S = 5
AN_HOUR_S = 3_600

ROOM = Room(
    name="answers",
    title=_("Answers"),
    prefix="answers/",
    urls="allting.answers.urls",
    kinds=(kinds.ANSWER,),
    reactions=(Reaction("answers.owe", to="processes.activity_closed", run=tasks.owe),),
    schedules=(
        Schedule("tell_what_was_published", every_s=TELL_EVERY_S, run=tasks.tell_due),
        Schedule("owe_late_answers", every_s=AN_HOUR_S, run=tasks.owe_late),
        Schedule("remind_of_due_answers", every_s=AN_HOUR_S, run=tasks.remind_due),
    ),
    waiting=waiting.waiting_for,
    ways_on=onward.ways_on,
    answered=onward.answered_in,
)

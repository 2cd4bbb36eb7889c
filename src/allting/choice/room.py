"""The manifest of the choice room."""

from django.utils.translation import gettext_lazy as _

from allting.choice import activity, commands, kinds, tasks, telling
from allting.web.rooms import Room, Schedule

ROOM = Room(
    name="choice",
    title=_("Rounds"),
    urls="allting.choice.urls",
    kinds=(kinds.ROUND, kinds.OPTION),
    activity_kinds=(activity.KIND,),
    schedules=(Schedule("finish_closed_rounds", every_s=20, run=tasks.finish_closed_rounds),),
    checks=commands.CHECKS,
    waiting=telling.waiting_for,
    story=telling.story_of,
)

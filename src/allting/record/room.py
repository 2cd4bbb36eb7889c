from django.utils.translation import gettext_lazy as _

from allting.record import commands, tasks
from allting.web.rooms import Command, Room, Schedule

ROOM = Room(
    name="record",
    title=_("Record"),
    prefix="record/",
    urls="allting.record.urls",
    schedules=(
        Schedule("seal_new_events", every_s=1, run=tasks.seal_new_events),
        Schedule("seal_late_events", every_s=3600, run=tasks.seal_late_events),
        Schedule("deliver_outbox", every_s=1, run=tasks.deliver_outbox),
    ),
    commands=(Command("audit", "Check that nobody changed the record.", fill=commands.fill_audit, run=commands.audit),),
)

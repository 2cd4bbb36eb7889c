from django.utils.translation import gettext_lazy as _

from allting.people import commands, tasks
from allting.web.rooms import Command, Room, Schedule

A_DAY_S = 24 * 60 * 60

ROOM = Room(
    name="people",
    title=_("People"),
    prefix="people/",
    urls="allting.people.urls",
    schedules=(
        Schedule("send_due", every_s=2, run=tasks.send_due),
        Schedule("forget_old_addresses", every_s=A_DAY_S, run=tasks.forget_old_addresses),
    ),
    commands=(
        Command(
            "sign-in-link",
            "Print a link that signs somebody in, for installations without mail.",
            fill=commands.fill_sign_in_link,
            run=commands.sign_in_link,
        ),
    ),
)

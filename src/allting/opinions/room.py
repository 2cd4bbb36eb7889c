"""The manifest of the opinions room."""

from django.utils.translation import gettext_lazy as _

from allting.opinions import activity, commands, kinds, tasks, telling
from allting.record.reactions import Reaction
from allting.web.rooms import Room, Schedule

# The promise is a day; a mail that comes up to ten minutes after it is early enough.
REMIND_EVERY_S = 600

ROOM = Room(
    name="opinions",
    title=_("Conversations"),
    prefix="opinions/",
    urls="allting.opinions.urls",
    kinds=(kinds.CONVERSATION, kinds.STATEMENT),
    activity_kinds=(activity.KIND,),
    story=telling.story_of,
    reactions=(
        Reaction("opinions.note_hidden", to="record.hidden", run=tasks.note_moderation),
        Reaction("opinions.note_restored", to="record.restored", run=tasks.note_moderation),
    ),
    schedules=(
        Schedule("remind_of_waiting_statements", every_s=REMIND_EVERY_S, run=tasks.remind_of_waiting),
        Schedule("redraw_maps", every_s=5, run=tasks.redraw_due),
        Schedule("prepare_pairs", every_s=5, run=tasks.prepare_pairs_due),
        Schedule("tidy_vote_files", every_s=10, run=tasks.tidy_vote_files),
        Schedule("clear_uploads", every_s=3_600, run=tasks.clear_uploads),
        Schedule("thin_out_maps", every_s=3_600, run=tasks.thin_out_maps),
    ),
    commands=commands.COMMANDS,
    checks=commands.CHECKS,
    takes_files=("opinions:upload",),
    # By numpy.quantile and numpy.unique, so by the first map that is shown.
    loaded_late=("numpy.ma",),
    in_frames="embed/",
)

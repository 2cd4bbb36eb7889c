"""The manifest of the strategy room."""

from django.utils.translation import gettext_lazy as _

from allting.record.reactions import Reaction
from allting.strategy import kinds, tasks, telling
from allting.web.rooms import Room

ROOM = Room(
    name="strategy",
    title=_("Strategy"),
    urls="allting.strategy.urls",
    kinds=(kinds.STRATEGY, kinds.PRIORITY, kinds.PROMISE),
    reactions=(
        Reaction("strategy.draft_confirmed", to="choice.outcome_confirmed", run=tasks.draft_from_outcome),
        Reaction("strategy.draft_alone", to="choice.decided_alone", run=tasks.draft_from_outcome),
        Reaction("strategy.draft_departed", to="choice.outcome_departed_from", run=tasks.draft_from_outcome),
        Reaction("strategy.take_over", to="people.invitation_accepted", run=tasks.take_over),
    ),
    waiting=telling.waiting_for,
    story=telling.story_of,
    ways_on=telling.ways_on,
)

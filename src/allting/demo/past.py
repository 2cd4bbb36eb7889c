"""The process that lies behind us: its calendar, its two activities, its people.

The calendar counts from the day of the draft, so that a demo that goes on a week later tells no other days.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum

from django.utils import timezone

from allting.choice.models import Round
from allting.demo import city, council
from allting.demo import people as cast
from allting.demo.errors import StoryBrokeOff
from allting.opinions.models import Conversation
from allting.people.models import Person
from allting.processes import actions as processes
from allting.processes.blueprints import OPEN_ROUND
from allting.processes.models import Process
from allting.record import tasks as record
from allting.record.models import OutboxEntry

INVENTED = (
    "Living example: the votes are real (Bowling Green, 2018). The council, its promises, answers and relations are "
    "invented. "
    "The ballots are what residents agreed with in 2018."
)
DRAFTED_DAYS_AGO = 125
# In the morning, when councils work; no daylight saving begins or ends then.
_HOUR = 9
_LISTENING_WEEKS = 3
_ANSWER_DAYS = 60


class Day(IntEnum):
    """What happened on which day after the draft."""

    ANNOUNCED = 2
    STARTED = 3
    MAP_DRAWN = 24  # the last day of the conversation
    CONVERSATION_CLOSED = 25
    GROUPS_NAMED = 26
    SHORTLISTED = 28
    ROUND_OPENED = 33
    BALLOTS_IN = 34
    ROUND_CLOSED = 48
    DECIDED = 52
    OWNERS_NAMED = 53
    CONFIRMED = 57
    WRITTEN = 60
    PROMISED = 64
    GROUPED = 70
    SIGNED = 78
    PUBLISHED = 79  # due on day 84
    SIGNED_LATE = 95
    PUBLISHED_LATE = 96
    CHANGED = 104
    WRITTEN_AGAIN = 106


@dataclass(frozen=True, slots=True)
class Past:
    """The process, what one took part in, and the people in it by label."""

    process: Process
    conversation: Conversation
    round: Round
    persons: Mapping[str, Person]

    def at(self, day: Day) -> datetime:
        return self.process.item.created_at + timedelta(days=day)

    def person(self, role: cast.Role) -> Person:
        return self.persons[role.label]


def find() -> Process | None:
    """Return the process that is carried through."""
    found = Process.objects.filter(item__title=council.QUESTION, is_invented=True).select_related("item")
    return found.order_by("pk").first()


def find_or_draft(*, persons: Mapping[str, Person], now: datetime) -> Past:
    """Return the process with its activities; start its draft where there is none."""
    process = find() or _draft(persons, now=now)
    return Past(
        process=process,
        conversation=Conversation.objects.select_related("item").get(item__activity__phase__process=process),
        round=Round.objects.select_related("item").get(item__activity__phase__process=process),
        persons=persons,
    )


def _draft(persons: Mapping[str, Person], *, now: datetime) -> Process:
    dana, priya = persons[cast.DANA.label], persons[cast.PRIYA.label]
    this_morning = timezone.localtime(now).replace(hour=_HOUR, minute=0, second=0, microsecond=0)
    drafted_at = this_morning - timedelta(days=DRAFTED_DAYS_AGO)
    return processes.start_process(
        template=OPEN_ROUND.name,
        choices=processes.Choices(
            question=council.QUESTION,
            audience=council.AUDIENCE,
            starts_on=timezone.localdate(drafted_at + timedelta(days=Day.STARTED)),
            weeks=_LISTENING_WEEKS,
            decider_name=dana.name,
            decider_title=dana.title,
            up_for_decision=council.UP_FOR_DECISION,
            not_up_for_decision=council.NOT_UP_FOR_DECISION,
            answer_days=_ANSWER_DAYS,
            languages=("en", "sv"),
            sponsor=dana,
        ),
        by=priya.actor,
        now=drafted_at,
        labels=processes.Labels(is_invented=True, invented_note=INVENTED, attribution=city.ATTRIBUTION),
    )


def run_reactions(*, now: datetime) -> None:
    """Run what is owed because of what happened up to a moment that is past. Raises StoryBrokeOff."""
    due = OutboxEntry.objects.filter(done_at=None, due_at__lte=now).order_by("pk").values_list("pk", flat=True)
    for entry_id in list(due):
        if not record.deliver(entry_id, now=now):
            raise StoryBrokeOff

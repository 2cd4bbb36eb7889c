"""What the worker does in this room: owe what has closed, tell those behind what is out."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone

from allting.answers import actions, queries, reminding, telling
from allting.processes import queries as processes
from allting.processes import rules as process_rules
from allting.record.models import Event

# What is restored or accepted after the closing is owed an answer, too; later than this nobody looks for more.
_STILL_LOOKED_AT = timedelta(days=90)


def owe(event: Event, now: datetime) -> None:
    """Owe answers for what was said in the activity that has closed. Run twice, the second finds nothing new."""
    assert event.item_id is not None
    actions.owe_answers(activity=processes.activity_of(event.item_id), now=now)


def owe_late() -> None:
    """Owe answers for what came to light after the closing."""
    now = timezone.now()
    for activity in queries.activities_closed_since(now - _STILL_LOOKED_AT):
        actions.owe_answers(activity=activity, now=now)


def tell_due() -> None:
    """Write to those behind what was published, some hundred people in each transaction."""
    now = timezone.now()
    for publication in queries.publications_to_tell():
        while telling.tell_some(publication_id=publication.pk, now=now):
            pass


def remind_due() -> None:
    """Write to those who sign when the day of their answers has come: once for each day of a process."""
    now = timezone.now()
    for process_id, due_on in queries.days_to_remind_of(today=process_rules.local_day(now)):
        reminding.remind(process_id=process_id, due_on=due_on, now=now)

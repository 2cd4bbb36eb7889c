"""What this room does when something happened in another one."""

from __future__ import annotations

from datetime import datetime

from allting.people.models import Person
from allting.processes import queries as processes
from allting.record.models import Event, Item
from allting.strategy import actions


def draft_from_outcome(event: Event, now: datetime) -> None:
    """Draft a priority for each option that the sponsor decided on, in their order. Run twice, it drafts none."""
    assert event.item_id is not None  # each of these events is about a round
    process = processes.activity_of(event.item_id).phase.process
    chosen = Item.objects.in_bulk(event.data["options"])
    options = [chosen[option_id] for option_id in event.data["options"] if option_id in chosen]
    actions.draft_priorities(process=process, options=options, by=event.actor, now=now)


def take_over(event: Event, now: datetime) -> None:
    """Give whoever accepted an invitation the priorities they were invited to own. Run twice, it finds none."""
    person = Person.objects.select_related("actor").filter(actor=event.actor_id, erased_at=None).first()
    if person is not None:
        actions.take_over_invited(invitation_id=event.data["invitation"], person=person, now=now)

"""Conversations: starting, closing, naming what was found in them, handing out their votes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import F

from allting.opinions.figures import FEWEST_PEOPLE
from allting.opinions.models import Conversation, GroupName, Participant, Vote
from allting.record import actions as record
from allting.record.models import Actor, Item


@transaction.atomic
def start_conversation(
    *, within: Item | None, title: str, author: Actor, now: datetime, description: str = ""
) -> Conversation:
    """Begin a conversation about a question. Its activity, if it has one, is made by `processes`."""
    item = record.make_item(kind="conversation", title=title, author=author, within=within, now=now)
    conversation = Conversation.objects.create(item=item, description=description, changed_at=now)
    record.emit(name="opinions.conversation_started", actor=author, item=item, now=now)
    return conversation


def note_changes(*, conversation_id: int, now: datetime, count: int = 1) -> None:
    """Tell the worker that the map is old.

    Called first in each transaction that touches votes or statements. On PostgreSQL the row's lock makes
    them wait for each other, one conversation at a time: a price that keeps counts right and deadlocks out.
    """
    Conversation.objects.filter(pk=conversation_id).update(changes_count=F("changes_count") + count, changed_at=now)


@transaction.atomic
def close_conversation(*, conversation: Conversation, now: datetime) -> None:
    """Say how much was said, once, when the activity closes; and have the last map drawn."""
    note_changes(conversation_id=conversation.pk, now=now)
    people_count = Participant.objects.filter(conversation=conversation).count()
    data = {"statements": conversation.statements.count()}
    if people_count >= FEWEST_PEOPLE:
        data |= {
            "people": people_count,
            "votes": Vote.objects.filter(statement__conversation=conversation).count(),
        }
    record.emit(
        name="opinions.conversation_closed", actor=record.system_actor(), item=conversation.item, data=data, now=now
    )


@transaction.atomic
def name_groups(*, conversation: Conversation, names: Mapping[str, str], by: Actor, now: datetime) -> None:
    """Call the groups of the map by these names, by letter; an empty name takes the name away."""
    for letter, name in names.items():
        if name:
            GroupName.objects.update_or_create(
                conversation=conversation, letter=letter, defaults={"name": name, "named_by": by, "named_at": now}
            )
        else:
            GroupName.objects.filter(conversation=conversation, letter=letter).delete()
    record.emit(name="opinions.groups_named", actor=by, item=conversation.item, data={"groups": len(names)}, now=now)


@transaction.atomic
def log_votes_export(*, conversation: Conversation, by: Actor, now: datetime) -> None:
    """Write down that somebody took the votes of single people out of the house."""
    votes_count = Vote.objects.filter(statement__conversation=conversation).count()
    record.emit(name="opinions.votes_exported", actor=by, item=conversation.item, data={"votes": votes_count}, now=now)

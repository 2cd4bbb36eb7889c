"""After a rehearsal: what people said goes, what the team prepared stays."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from allting.opinions.actions.conversations import note_changes
from allting.opinions.models import (
    Burst,
    CampsSaid,
    Comparison,
    Conversation,
    GroupName,
    MapKnowledge,
    MapPlace,
    MapRun,
    MapSnapshot,
    PairOrder,
    PairPool,
    Participant,
    Statement,
    Unread,
    View,
    Vote,
)
from allting.record import actions as record


@transaction.atomic
def wipe_conversation(*, conversation: Conversation, now: datetime) -> None:
    """Remove votes, comparisons, views, parts, maps, bursts, names of groups and all statements but the seeds.

    The rows of statements go, so that nothing can count or quote them; their items stand blank, because events point
    at them. Wiped twice it is wiped. One event.
    """
    note_changes(conversation_id=conversation.pk, now=now)
    of_statements = {"statement__conversation": conversation}
    Vote.objects.filter(**of_statements).delete()
    View.objects.filter(**of_statements).delete()
    MapPlace.objects.filter(conversation=conversation).delete()
    for table in (
        MapSnapshot,
        MapKnowledge,
        CampsSaid,
        MapRun,
        Participant,
        Burst,
        GroupName,
        Unread,
        Comparison,
        PairPool,
        PairOrder,
    ):
        table.objects.filter(conversation=conversation).delete()
    # Files that fit no mark are never read again, and are removed by the worker.
    Conversation.objects.filter(pk=conversation.pk).update(columns_mark="")
    said = Statement.objects.filter(conversation=conversation, is_seed=False)
    items = list(said.values_list("pk", flat=True))
    said.delete()
    record.wipe(items=items, now=now)
    Statement.objects.filter(conversation=conversation).update(views_count=0)
    record.emit(
        name="opinions.conversation_wiped",
        actor=record.system_actor(),
        item=conversation.item,
        data={"statements": len(items)},
        now=now,
    )

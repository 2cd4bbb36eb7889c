"""Bursts: many new devices from one network within minutes, set aside visibly and with a reason."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from allting.opinions import queries
from allting.opinions.actions.conversations import note_changes
from allting.opinions.errors import BurstChanged
from allting.opinions.models import Burst, Conversation, Participant
from allting.record import actions as record
from allting.record.models import Actor


@transaction.atomic
def set_aside_burst(
    *, conversation: Conversation, candidate: queries.BurstCandidate, reason: str, by: Actor, now: datetime
) -> Burst:
    """Leave the candidate's devices out of the map. Their votes stay stored. Raises BurstChanged."""
    note_changes(conversation_id=conversation.pk, now=now)
    burst = Burst.objects.create(
        conversation=conversation, reason=reason, people_count=candidate.people_count, set_aside_by=by, set_aside_at=now
    )
    people_count = Participant.objects.filter(
        conversation=conversation,
        network_tag=candidate.network_tag,
        first_vote_at__range=(candidate.starts_at, candidate.ends_at),
        burst=None,
    ).update(burst=burst)
    if people_count != candidate.people_count:
        raise BurstChanged
    record.emit(
        name="opinions.burst_set_aside",
        actor=by,
        item=conversation.item,
        data={"burst": burst.pk, "people": people_count},
        now=now,
    )
    return burst


@transaction.atomic
def restore_burst(*, burst: Burst, by: Actor, now: datetime) -> None:
    """Count the burst's devices again. Raises BurstChanged."""
    note_changes(conversation_id=burst.conversation_id, now=now)
    if not Burst.objects.filter(pk=burst.pk, restored_at=None).update(restored_at=now):
        raise BurstChanged
    Participant.objects.filter(burst=burst).update(burst=None)
    record.emit(
        name="opinions.burst_restored",
        actor=by,
        item=burst.conversation.item,
        data={"burst": burst.pk, "people": burst.people_count},
        now=now,
    )

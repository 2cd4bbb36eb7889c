"""Whose comparisons they are: erased with a person, handed over with a device, in somebody's own data."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import Exists, F, OuterRef

from allting.opinions.models import Comparison, PairPool
from allting.record.models import Actor


def forget(*, actor: Actor, now: datetime) -> None:
    """Delete what the actor compared, and have the order fitted anew."""
    _note_changes(actor, now=now)
    Comparison.objects.filter(actor=actor).delete()


def hand_over(*, giver: Actor, taker: Actor, now: datetime) -> None:
    """Move what a device compared to a person; where both compared the same two, the latest wins."""
    _note_changes(giver, now=now)
    same = {"first": OuterRef("first"), "second": OuterRef("second")}
    newer = Comparison.objects.filter(**same, actor=taker, compared_at__gt=OuterRef("compared_at"))
    Comparison.objects.filter(Exists(newer), actor=giver).delete()
    replaced = Comparison.objects.filter(**same, actor=giver)
    Comparison.objects.filter(Exists(replaced), actor=taker).delete()
    Comparison.objects.filter(actor=giver).update(actor=taker)


def _note_changes(actor: Actor, *, now: datetime) -> None:
    compared = Comparison.objects.filter(actor=actor, conversation=OuterRef("pk"))
    PairPool.objects.filter(Exists(compared)).update(changes_count=F("changes_count") + 1, changed_at=now)


def own(actor: Actor) -> list[Mapping[str, Any]]:
    """Return what an actor said about pairs, with their words, for "Download my data"."""
    rows = Comparison.objects.filter(actor=actor).order_by("compared_at", "pk").select_related("first", "second")
    return [
        {
            "conversation": row.conversation_id,
            "first": row.first.text,
            "second": row.second.text,
            "said": Comparison.Value(row.value).name.lower(),
            "at": row.compared_at,
        }
        for row in rows
    ]

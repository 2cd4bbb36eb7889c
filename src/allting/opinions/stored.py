"""Stored maps: the latest, one by its number, and which are kept for the slider and for what was quoted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import batched

from django.utils import timezone

from allting.opinions.models import MapSnapshot


def thin_out(*, now: datetime) -> int:
    """Remove maps that nobody looks up any more, and return how many: how often maps are kept says `maps_to_keep`."""
    stored: dict[int, list[tuple[int, datetime]]] = {}
    rows = MapSnapshot.objects.order_by("drawn_at", "pk").values_list("conversation", "pk", "drawn_at")
    for conversation_id, pk, drawn_at in rows:
        stored.setdefault(conversation_id, []).append((pk, drawn_at))
    kept = {pk for one in stored.values() for pk in maps_to_keep(one, now=now)}
    gone = [pk for one in stored.values() for pk, _drawn_at in one if pk not in kept]
    for some in batched(gone, 500):
        MapSnapshot.objects.filter(pk__in=some).delete()
    return len(gone)


def maps_to_keep(drawn: Sequence[tuple[int, datetime]], *, now: datetime) -> set[int]:
    """Choose of one conversation's maps, oldest first, those that stay.

    All of the last hour, the last one of each hour for a day and the last one of each day before that; always the
    first and the latest.
    """
    if not drawn:
        return set()
    last_of: dict[object, int] = {}
    for pk, drawn_at in drawn:
        last_of[_slot(pk, local=timezone.localtime(drawn_at), age=now - drawn_at)] = pk
    return {*last_of.values(), drawn[0][0], drawn[-1][0]}


def _slot(pk: int, *, local: datetime, age: timedelta) -> object:
    """Return what a map shares with those of which only the last is kept."""
    if age < timedelta(hours=1):
        return pk
    return (local.date(), local.hour) if age < timedelta(days=1) else local.date()


def latest_map(conversation_id: int) -> MapSnapshot | None:
    """Return the published map, with its figures."""
    return MapSnapshot.objects.filter(conversation=conversation_id).order_by("-drawn_at", "-pk").first()


def get_map(pk: int) -> MapSnapshot:
    """Return a stored map, with its figures."""
    return MapSnapshot.objects.get(pk=pk)

"""What a room above offers to take part in: registered in its manifest, asked by processes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from django.utils.functional import Promise

from allting.record.models import Actor, Item
from allting.web import rooms


@dataclass(frozen=True, slots=True)
class ActivityKind:
    """One thing to take part in, such as a conversation.

    create      makes the room's own row within the process and returns its Item:
                create(within=process item, title=..., author=actor, now=...)
    on_close    called in the closing transaction, once: on_close(item, now)
    address     where a participant takes part, for the item's id
    results     where its results are read
    workbench   where the facilitator prepares and looks after it
    part        template and context of the first question on the process page:
                part(item_id, viewer) -> (template name, context), or None
    """

    name: str
    title: str | Promise
    create: Callable[..., Item]
    on_close: Callable[[Item, datetime], None]
    address: Callable[[int], str]
    results: Callable[[int], str]
    workbench: Callable[[int], str]
    part: Callable[..., tuple[str, Mapping[str, object]] | None]


@cache
def registered() -> Mapping[str, ActivityKind]:
    """All kinds of activity by name, read once from the rooms' manifests."""
    return {kind.name: kind for room in rooms.every_room() for kind in room.activity_kinds}

"""What a room does when something happened in another one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from allting.record.models import Event
from allting.web import rooms


@dataclass(frozen=True, slots=True)
class Reaction:
    """`run` is called in the worker at least once per event, in a transaction, and is harmless when repeated."""

    name: str
    to: str
    run: Callable[[Event, datetime], None]


@cache
def by_event() -> Mapping[str, tuple[Reaction, ...]]:
    """Reactions by the name of the event they answer, from the rooms' manifests."""
    found: dict[str, tuple[Reaction, ...]] = {}
    for room in rooms.every_room():
        for reaction in room.reactions:
            found[reaction.to] = (*found.get(reaction.to, ()), reaction)
    return found


@cache
def by_name() -> Mapping[str, Reaction]:
    return {reaction.name: reaction for reactions in by_event().values() for reaction in reactions}

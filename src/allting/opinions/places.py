"""Where people stand on the latest map, in rows: a million of them, so that only who moved is written.

Written in short transactions before the map is published, so that votes are answered in between; for that moment a
person may see their new place on the old map.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import batched

import numpy as np
from django.db import connection, transaction
from django.db.models import BigIntegerField, F
from django.db.models.functions import Cast
from numpy.typing import NDArray

from allting.opinions.extracting import read_columns
from allting.opinions.models import Conversation, MapPlace, Participant

_ROWS_AT_ONCE = 5_000
# Places are read in whole numbers of such a part of the picture's unit, the quicker way.
_STEPS = 100_000
# Less cannot be seen in a picture 760 units wide.
_SEEN = 0.001


@dataclass(frozen=True, slots=True, eq=False)
class Places:
    """Actors, ascending, with their places in the picture, shape (people, 2), and the numbers of their groups."""

    actors: NDArray[np.int64]
    points: NDArray[np.float64]
    groups: NDArray[np.int64]


def read_places(conversation_id: int) -> Places:
    """Read everybody's place, to a hundredth of what can be seen."""
    there = MapPlace.objects.filter(conversation=conversation_id)
    steps = (Cast(F(it) * _STEPS, BigIntegerField()) for it in ("x", "y"))
    actors, x, y, groups = read_columns(there, "actor", *steps, "group")
    order = np.argsort(actors)
    return Places(actors=actors[order], points=np.column_stack([x, y])[order] / _STEPS, groups=groups[order])


def write_places(conversation_id: int, places: Places, *, before: Places) -> int:
    """Write the places of those who moved, remove those of people who are on the map no more; return how many.

    before   as read when this map's votes were read: only who is erased or handed over changes a place since
    Who was erased or handed over to a person since the votes were read takes part no more, and gets none.
    """
    moved = np.flatnonzero(~_is_where_it_was(places, before))
    gone = np.setdiff1d(before.actors, places.actors, assume_unique=True)
    for begin in range(0, len(moved), _ROWS_AT_ONCE):
        some = moved[begin : begin + _ROWS_AT_ONCE]
        with transaction.atomic():
            _lock(conversation_id)
            _write(conversation_id, places, some)
    for actors in batched(gone.tolist(), 500):
        MapPlace.objects.filter(conversation=conversation_id, actor__in=actors).delete()
    return len(moved) + len(gone)


def _is_where_it_was(places: Places, before: Places) -> NDArray[np.bool_]:
    if not len(before.actors):
        return np.zeros(len(places.actors), dtype=np.bool_)
    rows = np.minimum(np.searchsorted(before.actors, places.actors), len(before.actors) - 1)
    is_known = before.actors[rows] == places.actors
    is_near = (np.abs(before.points[rows] - places.points) < _SEEN).all(axis=1)
    return np.asarray(is_known & is_near & (before.groups[rows] == places.groups))


def _lock(conversation_id: int) -> None:
    """Wait for whoever is erasing somebody here: `note_changes` holds the same row."""
    list(Conversation.objects.select_for_update().filter(pk=conversation_id).values_list("pk"))


def _write(conversation_id: int, places: Places, some: NDArray[np.int64]) -> None:
    name = connection.ops.quote_name
    names = ("conversation_id", "actor_id", "x", "y", "group")
    changed = ", ".join(f"{name(it)} = excluded.{name(it)}" for it in names[2:])
    columns = (places.actors[some].tolist(), places.points[some].tolist(), places.groups[some].tolist())
    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO {name(MapPlace._meta.db_table)} ({', '.join(map(name, names))}) "
            f"SELECT %s, %s, %s, %s, %s WHERE EXISTS (SELECT 1 FROM {name(Participant._meta.db_table)} "
            f"WHERE {name('conversation_id')} = %s AND {name('actor_id')} = %s) "
            f"ON CONFLICT ({name('conversation_id')}, {name('actor_id')}) DO UPDATE SET {changed}",
            [
                (conversation_id, actor, x, y, group, conversation_id, actor)
                for actor, (x, y), group in zip(*columns, strict=True)
            ],
        )

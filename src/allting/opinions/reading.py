"""Votes out of the database, as the drawing process takes them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db.models import Exists, OuterRef, Q, QuerySet
from numpy.typing import NDArray

from allting.opinions import figures
from allting.opinions.figures import Turnout
from allting.opinions.models import Conversation, MapPlace, Participant, Statement, Vote
from allting.opinions.stored import latest_map
from allting.record.models import Actor

type Arrays = dict[str, NDArray[Any]]


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """The votes of a conversation as the drawing process takes them, and how many took part."""

    arrays: Arrays
    turnout: Turnout
    changes_count: int


def read_votes(conversation: Conversation) -> Reading:
    """Read the votes into arrays: who, on what, which. Those of a burst that was set aside stay out.

    Statements that do not stand (waiting, declined, hidden, words taken back) or are about the conversation itself
    are named as excluded: they teach nothing and are not shown.
    """
    # Before the votes: a vote that comes in between makes this map old, which is right.
    changes_count = Conversation.objects.values_list("changes_count", flat=True).get(pk=conversation.pk)
    statement_ids, excluded = _read_statements(conversation.pk)
    set_aside = Participant.objects.filter(conversation=conversation.pk, burst__isnull=False)
    aside_ids = np.array(list(set_aside.values_list("actor_id", flat=True)), dtype=np.int64)
    rows = (
        Vote.objects.filter(statement__conversation=conversation.pk)
        .order_by()
        .values_list("actor_id", "statement_id", "value")
    )
    columns = _columns(rows)
    columns = columns[~np.isin(columns[:, 0], aside_ids)]
    actor_ids, participants = np.unique(columns[:, 0], return_inverse=True)
    # Whoever was imported never had an account here, like a device.
    persons = Participant.objects.filter(conversation=conversation.pk, actor__kind=Actor.Kind.PERSON)
    is_device = ~np.isin(actor_ids, list(persons.values_list("actor_id", flat=True)))
    arrays: Arrays = {
        "participants": participants.astype(np.int32),
        "statements": np.searchsorted(statement_ids, columns[:, 1]).astype(np.int32),
        "values": columns[:, 2].astype(np.int8),
        "actor_ids": actor_ids,
        "statement_ids": statement_ids,
        "excluded": excluded,
        "is_device": is_device,
        **_read_previous(conversation.pk, actor_ids=actor_ids, statement_ids=statement_ids),
    }
    turnout = Turnout(
        people=len(actor_ids),
        devices=int(is_device.sum()),
        votes=len(columns),
        set_aside=len(aside_ids),
    )
    return Reading(arrays=arrays, turnout=turnout, changes_count=changes_count)


def _columns(rows: QuerySet[Vote, tuple[int, int, int]]) -> NDArray[np.int64]:
    flat = np.fromiter((cell for row in rows.iterator(chunk_size=50_000) for cell in row), dtype=np.int64)
    return flat.reshape(-1, 3)


def _read_statements(conversation_id: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    stands = Q(state=Statement.State.SHOWN, item__hidden_at=None, item__blanked_at=None)
    rows = (
        Statement.objects.filter(conversation=conversation_id)
        .order_by("pk")
        .annotate(stands=Exists(Statement.objects.filter(stands, pk=OuterRef("pk"), is_about_the_conversation=False)))
        .values_list("pk", "stands")
    )
    found = list(rows)
    ids = np.array([pk for pk, _stands in found], dtype=np.int64)
    excluded = np.flatnonzero([not stands for _pk, stands in found]).astype(np.int64)
    return ids, excluded


def _read_previous(conversation_id: int, *, actor_ids: NDArray[np.int64], statement_ids: NDArray[np.int64]) -> Arrays:
    """Return where things lay on the last map, so that the next does not flip and groups keep their letters."""
    last = latest_map(conversation_id)
    if last is None or not last.figures.get("statement_places"):
        return {}
    row_of = {int(actor): row for row, actor in enumerate(actor_ids)}
    groups = np.full(len(actor_ids), figures.NOT_PLACED, dtype=np.int32)
    for actor, group in MapPlace.objects.filter(snapshot=last).values_list("actor_id", "group"):
        if actor in row_of:
            groups[row_of[actor]] = group
    places = last.figures["statement_places"]
    nowhere = (float("nan"), float("nan"))
    statements = np.array([places.get(str(pk), nowhere) for pk in statement_ids], dtype=np.float64).reshape(-1, 2)
    return {"previous_groups": groups, "previous_statements": statements}

"""Votes out of the database, as the drawing process takes them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from django.db.models import Exists, OuterRef, Q
from numpy.typing import NDArray

from allting.opinions import places, vote_files
from allting.opinions.camps.reading import read_camps
from allting.opinions.extracting import read_ids
from allting.opinions.figures import Turnout
from allting.opinions.models import Conversation, Participant, Statement, Unread
from allting.opinions.stored import latest_map
from allting.opinions.unpacking import Arrays as Arrays
from allting.opinions.unpacking import read_rows
from allting.record.models import Actor


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """The votes of a conversation as the drawing process takes them, and how many took part.

    places    where people stood on the last map
    read_to   the row of `Unread` up to which the votes are those of the table
    """

    arrays: Arrays
    turnout: Turnout
    changes_count: int
    read_to: int
    places: places.Places


def read_votes(conversation: Conversation) -> Reading:
    """Bring the column files up to date and say what is in them: whose votes stay out, who has an account.

    Statements that do not stand (waiting, declined, hidden, words taken back) or are about the conversation itself
    are named as excluded: they teach nothing and are not shown. The votes themselves are not read here but where the
    map is drawn; `unpacking.unpack` turns what is handed over into them.
    """
    # Before the votes: a vote that comes in between makes this map old, which is right.
    changes_count = Conversation.objects.values_list("changes_count", flat=True).get(pk=conversation.pk)
    # Before the statements: a vote on one that came in between would have nothing to be about.
    files = vote_files.bring_up_to_date(conversation.pk)
    statement_ids, excluded = _read_statements(conversation.pk)
    aside = vote_files.set_aside(conversation.pk)
    votes = read_rows(files.folder, aside=np.empty(0, dtype=np.int64))
    actor_ids = votes.participant_ids()
    counted = np.setdiff1d(actor_ids, aside, assume_unique=True)
    persons = _read_persons(conversation.pk)
    stood = places.read_places(conversation.pk)
    arrays: Arrays = {
        "columns": np.array(str(files.folder)),
        "statement_ids": statement_ids,
        "excluded": excluded,
        "aside": aside,
        "persons": persons,
        "changed": _read_changed(conversation.pk, read_to=files.read_to),
        **_read_previous(conversation.pk, stood=stood, statement_ids=statement_ids),
        **read_camps(conversation),
    }
    turnout = Turnout(
        people=len(counted),
        devices=len(np.setdiff1d(counted, persons, assume_unique=True)),
        votes=len(votes) - _count_votes_of(aside, votes.participants),
        set_aside=len(aside),
    )
    return Reading(arrays=arrays, turnout=turnout, changes_count=changes_count, read_to=files.read_to, places=stood)


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


def _read_persons(conversation_id: int) -> NDArray[np.int64]:
    """Return who has an account. Whoever was imported never had one here, like a device."""
    persons = Participant.objects.filter(conversation=conversation_id, actor__kind=Actor.Kind.PERSON)
    return read_ids(persons, "actor")


def _read_changed(conversation_id: int, *, read_to: int) -> NDArray[np.int64]:
    """Return whose answers are others than on the last map: their rows are removed when a map is published."""
    unread = Unread.objects.filter(conversation=conversation_id, pk__lte=read_to)
    return read_ids(unread, "actor")


def _read_previous(conversation_id: int, *, stood: places.Places, statement_ids: NDArray[np.int64]) -> Arrays:
    """Return where things lay on the last map, so that the next does not flip and groups keep their letters."""
    last = latest_map(conversation_id)
    if last is None or not last.figures.get("statement_places"):
        return {}
    there = last.figures["statement_places"]
    nowhere = (float("nan"), float("nan"))
    statements = np.array([there.get(str(pk), nowhere) for pk in statement_ids], dtype=np.float64).reshape(-1, 2)
    return {"placed": stood.actors, "placed_groups": stood.groups, "previous_statements": statements}


def _count_votes_of(aside: NDArray[np.int64], participants: NDArray[np.int32]) -> int:
    # Of the same type, or numpy would turn all the votes into the other one first.
    asked = aside.astype(participants.dtype)
    starts, ends = (np.searchsorted(participants, asked, side=side) for side in ("left", "right"))
    return int((ends - starts).sum())

"""Votes. No event tells of a vote: opinions are personal data."""

from __future__ import annotations

from datetime import datetime
from random import Random

from django.db import transaction
from django.db.models import F

from allting.opinions import queries
from allting.opinions.actions.conversations import note_changes
from allting.opinions.errors import NothingToUndo
from allting.opinions.models import Conversation, Participant, Statement, Unread, View, Vote
from allting.record.models import Actor


# Without a savepoint: whoever calls this inside a transaction wants all of it or nothing.
@transaction.atomic(savepoint=False)
def cast_vote(
    *,
    statement: Statement,
    actor: Actor,
    value: Vote.Value,
    now: datetime,
    network_tag: str = "",
    why: View.Why = View.Why.CHOSEN,
) -> None:
    """Keep an actor's answer to a statement; the latest one wins.

    network_tag   of a device; kept at its first vote in the conversation, and never for a person
    why           why the statement was put before the actor, where no row says so yet
    """
    note_changes(conversation_id=statement.conversation_id, now=now)
    Participant.objects.bulk_create(
        [
            Participant(
                conversation_id=statement.conversation_id,
                actor=actor,
                first_vote_at=now,
                network_tag=network_tag if actor.kind == Actor.Kind.DEVICE else "",
            )
        ],
        ignore_conflicts=True,
    )
    _note_view(statement_id=statement.pk, actor=actor, why=why, now=now)
    Vote.objects.bulk_create(
        [Vote(statement=statement, actor=actor, value=value, cast_at=now)],
        update_conflicts=True,
        unique_fields=["actor", "statement"],
        update_fields=["value", "cast_at"],
    )
    Unread.objects.create(conversation_id=statement.conversation_id, actor=actor)


@transaction.atomic
def answer_and_go_on(
    *,
    statement: Statement,
    actor: Actor,
    value: Vote.Value,
    lot: Random,
    now: datetime,
    network_tag: str = "",
    why: View.Why = View.Why.CHOSEN,
) -> queries.Choice | None:
    """Cast a vote and put the next statement before the actor. None when everything is answered."""
    cast_vote(statement=statement, actor=actor, value=value, now=now, network_tag=network_tag, why=why)
    choice = queries.get_current_choice(conversation_id=statement.conversation_id, actor=actor, lot=lot)
    if choice and choice.is_new:
        _write_view(statement_id=choice.statement.pk, actor=actor, why=choice.why, now=now)
    return choice


@transaction.atomic
def undo_vote(*, conversation: Conversation, actor: Actor, now: datetime) -> Statement:
    """Take back the actor's latest answer and put its statement before them again. Raises NothingToUndo."""
    note_changes(conversation_id=conversation.pk, now=now)
    last = (
        Vote.objects.filter(actor=actor, statement__conversation=conversation)
        .select_related("statement__item")
        .order_by("-cast_at", "-pk")
        .first()
    )
    if last is None:
        raise NothingToUndo
    last.delete()
    Unread.objects.create(conversation=conversation, actor=actor)
    # The latest one shown comes first, so the statement is the current one again.
    View.objects.filter(actor=actor, statement=last.statement).update(shown_at=now)
    return last.statement


def _note_view(*, statement_id: int, actor: Actor, why: View.Why, now: datetime) -> None:
    """Write down that the actor was shown the statement, once. The conversation's row is locked by the caller."""
    if not View.objects.filter(actor=actor, statement_id=statement_id).exists():
        _write_view(statement_id=statement_id, actor=actor, why=why, now=now)


def _write_view(*, statement_id: int, actor: Actor, why: View.Why, now: datetime) -> None:
    View.objects.create(actor=actor, statement_id=statement_id, why=why, shown_at=now)
    Statement.objects.filter(pk=statement_id).update(views_count=F("views_count") + 1)

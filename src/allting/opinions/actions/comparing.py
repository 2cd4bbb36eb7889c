"""Comparing two at a time. No event tells of a comparison: opinions are personal data."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from allting.opinions import queries, rules
from allting.opinions.errors import NothingToCompare, NothingToUndo, PairNotOffered
from allting.opinions.models import Comparing, Comparison, Conversation, PairPool, Participant
from allting.record import actions as record
from allting.record.models import Actor

FEWEST_COMPARED = 3
"""Two statements are one pair, and that is a vote."""


class Said(enum.StrEnum):
    """What somebody says about a pair."""

    LEFT = "left"
    RIGHT = "right"
    EVEN = "even"
    NEITHER = "neither"


@transaction.atomic
def turn_on_comparing(
    *, conversation: Conversation, question: str, chosen: Sequence[int], by: Actor, now: datetime
) -> Comparing:
    """Let people compare two statements at a time; turned on again, the statements may be others.

    question   asked above each pair; it stays once somebody has compared, because they answered that one
    chosen     ids of the statements that are compared; empty for all that are shown
    Raises     NothingToCompare.
    """
    before = Comparing.objects.filter(pk=conversation.pk).first()
    is_answered = Comparison.objects.filter(conversation=conversation).exists()
    if before and is_answered and before.question != question:
        raise NothingToCompare(
            _("People have compared by “%(question)s” already. Keep it: their answers would not fit another question.")
            % {"question": before.question}
        )
    comparing = Comparing(conversation=conversation, question=question, is_on=True, chosen=list(chosen))
    _check_count(comparing)
    if before:
        comparing.save(force_update=True)
    else:
        comparing.save(force_insert=True)
    _note_comparison(conversation_id=conversation.pk, now=now)
    count = len(queries.compared_statements(comparing))
    record.emit(
        name="opinions.comparing_turned_on", actor=by, item=conversation.item, data={"statements": count}, now=now
    )
    return comparing


def _check_count(comparing: Comparing) -> None:
    wanted = queries.standing_statements(comparing.conversation_id).filter(is_about_the_conversation=False)
    if comparing.chosen:
        wanted = wanted.filter(pk__in=comparing.chosen)
    count = wanted.count()
    if count < FEWEST_COMPARED:
        raise NothingToCompare(_("At least three statements are needed. Write the first ones, then turn it on."))
    if count > rules.MOST_COMPARED:
        raise NothingToCompare(
            _("Nobody can compare %(count)d statements two at a time. Take those that the map found.")
            % {"count": count}
        )


@transaction.atomic
def turn_off_comparing(*, comparing: Comparing, by: Actor, now: datetime) -> bool:
    """Let nobody compare any more; what was compared stays. False when it was off already."""
    is_changed = Comparing.objects.filter(pk=comparing.pk, is_on=True).update(is_on=False)
    if is_changed:
        record.emit(name="opinions.comparing_turned_off", actor=by, item=comparing.conversation.item, now=now)
    return bool(is_changed)


@transaction.atomic
def compare(
    *, comparing: Comparing, left: int, right: int, said: Said, actor: Actor, now: datetime, network_tag: str = ""
) -> None:
    """Keep what an actor says about two statements; the latest one wins. Raises PairNotOffered.

    network_tag   of a device; kept at its first answer in the conversation, and never for a person
    """
    _note_comparison(conversation_id=comparing.pk, now=now)
    if left == right or not queries.is_compared(comparing, (left, right)):
        raise PairNotOffered
    Participant.objects.bulk_create(
        [
            Participant(
                conversation_id=comparing.pk,
                actor=actor,
                first_vote_at=now,
                network_tag=network_tag if actor.kind == Actor.Kind.DEVICE else "",
            )
        ],
        ignore_conflicts=True,
    )
    Comparison.objects.bulk_create(
        [
            Comparison(
                conversation_id=comparing.pk,
                actor=actor,
                first_id=min(left, right),
                second_id=max(left, right),
                value=_value_of(said, left=left, right=right),
                compared_at=now,
            )
        ],
        update_conflicts=True,
        unique_fields=["actor", "first", "second"],
        update_fields=["value", "compared_at"],
    )


def _value_of(said: Said, *, left: int, right: int) -> Comparison.Value:
    if said is Said.EVEN:
        return Comparison.Value.EVEN
    if said is Said.NEITHER:
        return Comparison.Value.NEITHER
    return Comparison.Value.FIRST if (said is Said.LEFT) == (left < right) else Comparison.Value.SECOND


@transaction.atomic
def undo_comparison(*, comparing: Comparing, actor: Actor, now: datetime) -> Comparison:
    """Take back what the actor compared last, and return it. Raises NothingToUndo."""
    _note_comparison(conversation_id=comparing.pk, now=now)
    last = queries.get_last_comparison(conversation_id=comparing.pk, actor=actor)
    if last is None:
        raise NothingToUndo(_("Your last choice was taken back already, or there never was one."))
    last.delete()
    return last


def _note_comparison(*, conversation_id: int, now: datetime) -> None:
    """Tell the worker that the pairs are old. First in each transaction, so that two wait for each other."""
    pool = PairPool.objects.filter(pk=conversation_id)
    if not pool.update(changes_count=F("changes_count") + 1, changed_at=now):
        PairPool.objects.bulk_create(
            [PairPool(conversation_id=conversation_id, changes_count=1, changed_at=now)], ignore_conflicts=True
        )

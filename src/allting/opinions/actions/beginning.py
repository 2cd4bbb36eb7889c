"""What everybody begins with: up to three statements that the facilitator puts first."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from allting.opinions import rules
from allting.opinions.errors import CannotPutFirst
from allting.opinions.models import Conversation, Statement
from allting.record import actions as record
from allting.record.models import Actor
from allting.record.rules import YES


@transaction.atomic
def put_first(*, statement: Statement, by: Actor, now: datetime) -> None:
    """Let everybody begin with a statement, after those put first before it. Twice is once. Raises CannotPutFirst."""
    placed = _lock_placed(statement.conversation_id)
    standing = [it for it in placed if rules.is_standing(it)]
    if statement.pk in [it.pk for it in standing]:
        return
    fresh = Statement.objects.select_related("item").get(pk=statement.pk)
    if not rules.may_put_first(fresh, first_count=len(standing), may_facilitate=YES):
        raise CannotPutFirst
    _place(placed, [*standing, fresh])
    record.emit(name="opinions.statement_put_first", actor=by, item=fresh.item, now=now)


@transaction.atomic
def put_back(*, statement: Statement, by: Actor, now: datetime) -> None:
    """Let a statement take its turn among the others again. Twice is once."""
    placed = _lock_placed(statement.conversation_id)
    if statement.pk not in [it.pk for it in placed]:
        return
    _place(placed, [it for it in placed if rules.is_standing(it) and it.pk != statement.pk])
    record.emit(name="opinions.statement_put_back", actor=by, item=statement.item, now=now)


def _lock_placed(conversation_id: int) -> list[Statement]:
    """Return the statements with a place in their order, also those that were hidden or merged since."""
    Conversation.objects.select_for_update().get(pk=conversation_id)
    placed = Statement.objects.filter(conversation=conversation_id, place_at_start__isnull=False)
    return list(placed.select_related("item").order_by("place_at_start"))


def _place(before: list[Statement], after: list[Statement]) -> None:
    """Number the places anew. All are given back first, so that no two ever have the same."""
    Statement.objects.filter(pk__in=[it.pk for it in before]).update(place_at_start=None)
    for place, statement in enumerate(after, start=1):
        Statement.objects.filter(pk=statement.pk).update(place_at_start=place)

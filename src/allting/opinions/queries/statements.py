"""Statements and the answers to them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q, QuerySet

from allting.opinions import wording
from allting.opinions.models import Statement, Vote
from allting.record.models import Actor, Link, ModerationDecision

# Comparing costs a few microseconds each; beyond this many the oldest are not compared.
COMPARED_AT_MOST = 2_000
SIMILAR_SHOWN = 3


def standing_statements(conversation_id: int) -> QuerySet[Statement]:
    """The statements that everybody sees who may look: approved, not hidden, words not taken back."""
    return Statement.objects.filter(
        conversation=conversation_id,
        state=Statement.State.SHOWN,
        item__hidden_at=None,
        item__blanked_at=None,
    )


def list_standing_statements(*, conversation_id: int) -> list[Statement]:
    """Return the statements that are shown, in the order they came."""
    return list(standing_statements(conversation_id).only("pk", "text", "language", "conversation").order_by("pk"))


def list_standing_texts(*, conversation_id: int) -> list[str]:
    """The words of all statements that stand or wait: what new seeds are compared with."""
    return list(
        Statement.objects.filter(conversation=conversation_id, item__blanked_at=None)
        .exclude(state=Statement.State.DECLINED)
        .values_list("text", flat=True)
    )


def get_merged_into(statement: Statement) -> Statement | None:
    """Return what is answered instead of a statement that was merged."""
    if statement.state != Statement.State.MERGED:
        return None
    links = Link.objects.filter(younger=statement.item, relation=Link.Relation.MERGED_INTO)
    return Statement.objects.select_related("item").filter(item__links_up__in=links).order_by("-pk").first()


def find_twin(*, conversation_id: int, text: str, actor: Actor | None) -> Statement | None:
    """Return the statement with the same words that the actor may see, if there is one."""
    key = wording.bare(text) or text
    for statement in _comparable(conversation_id, actor):
        if (wording.bare(statement.text) or statement.text) == key:
            return statement
    return None


def find_similar(*, conversation_id: int, text: str, actor: Actor | None) -> list[Statement]:
    """Return up to three statements that read like this one, the most alike first."""
    liked = [(wording.likeness(text, statement.text), statement) for statement in _comparable(conversation_id, actor)]
    close = [(likeness, statement) for likeness, statement in liked if likeness >= wording.LIKE_ENOUGH]
    close.sort(key=lambda pair: (-pair[0], pair[1].pk))
    return [statement for _likeness, statement in close[:SIMILAR_SHOWN]]


def _comparable(conversation_id: int, actor: Actor | None) -> Iterable[Statement]:
    own = Q(item__author=actor, item__blanked_at=None) if actor is not None else Q(pk=None)
    return (
        Statement.objects.filter(Q(pk__in=standing_statements(conversation_id).values("pk")) | own)
        .filter(conversation=conversation_id)
        .select_related("item")
        .order_by("-pk")[:COMPARED_AT_MOST]
    )


def count_statements_by(*, conversation_id: int, actor: Actor, since: datetime) -> int:
    """Count what somebody wrote themselves since a moment; a facilitator's seeds do not count."""
    return Statement.objects.filter(
        conversation=conversation_id, item__author=actor, is_seed=False, submitted_at__gt=since
    ).count()


def get_last_decision(*, statement: Statement) -> ModerationDecision | None:
    """Return why the statement was hidden or restored last, if ever."""
    return ModerationDecision.objects.filter(item=statement.item).order_by("-created_at", "-pk").first()


def list_statements_by(*, conversation_id: int, actor: Actor | None) -> list[Statement]:
    """What somebody wrote here, the latest first."""
    if actor is None:
        return []
    return list(
        Statement.objects.filter(conversation=conversation_id, item__author=actor, is_seed=False)
        .select_related("item")
        .order_by("-submitted_at", "-pk")
    )


def get_vote(*, statement_id: int, actor: Actor | None) -> Vote | None:
    """Return an actor's answer to a statement, if there is one."""
    return Vote.objects.filter(actor=actor, statement=statement_id).first() if actor else None


def votes_by(*, conversation_id: int, actor: Actor | None) -> QuerySet[Vote]:
    """Somebody's answers to statements that still stand, the latest first."""
    if actor is None:
        return Vote.objects.none()
    return (
        Vote.objects.filter(actor=actor, statement__in=standing_statements(conversation_id))
        .select_related("statement__item")
        .order_by("-cast_at", "-pk")
    )

"""What is put before somebody next, and how far they have come."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

from django.db.models import Exists, OuterRef

from allting.opinions import rules
from allting.opinions.models import Statement, View, Vote
from allting.opinions.queries.statements import standing_statements
from allting.record.models import Actor


@dataclass(frozen=True, slots=True)
class Choice:
    """The statement to put before somebody, and why this one.

    is_new   it was never shown to them; otherwise it is the one that waits for their answer
    """

    statement: Statement
    why: View.Why
    is_new: bool = field(default=True, compare=False)


def get_current_choice(*, conversation_id: int, actor: Actor | None, lot: Random) -> Choice | None:
    """Return what is before the actor now: the latest shown and unanswered, otherwise a new one."""
    return _get_pending_choice(conversation_id, actor) or choose_next(
        conversation_id=conversation_id, actor=actor, lot=lot
    )


def get_standing_choice(*, conversation_id: int, actor: Actor | None) -> Choice | None:
    """Return the same as long as nothing happens: for pages that are only read, and write no View."""
    seed = f"{conversation_id} {actor.pk if actor else ''}"
    return get_current_choice(conversation_id=conversation_id, actor=actor, lot=Random(seed))


def _get_pending_choice(conversation_id: int, actor: Actor | None) -> Choice | None:
    if actor is None:
        return None
    answered = Vote.objects.filter(actor=actor, statement=OuterRef("statement"))
    pending = (
        View.objects.filter(~Exists(answered), actor=actor, statement__in=standing_statements(conversation_id))
        .order_by("-shown_at", "-pk")
        .values_list("statement", "why")
        .first()
    )
    # After an answer there is none, which is the most frequent case by far: so the statement is a second query.
    if pending is None:
        return None
    statement_id, why = pending
    return Choice(statement=_statement_of_choice(statement_id), why=View.Why(why), is_new=False)


def choose_next(*, conversation_id: int, actor: Actor | None, lot: Random) -> Choice | None:
    """Choose a statement that the actor has not seen: fewest views first, ties by lot, their own ones last."""
    unseen = standing_statements(conversation_id)
    if actor is not None:
        seen = View.objects.filter(actor=actor, statement=OuterRef("pk"))
        unseen = unseen.exclude(Exists(seen))
    # A thousand rows of three numbers cost less than asking the database twice more.
    candidates = list(unseen.order_by("pk").values_list("pk", "views_count", "item__author"))
    by_others = [row for row in candidates if actor is None or row[2] != actor.pk]
    pool = by_others or candidates
    if not pool:
        return None
    fewest = min(views_count for _pk, views_count, _author in pool)
    tied = [pk for pk, views_count, _author in pool if views_count == fewest]
    why = View.Why.LOT if len(tied) > 1 else View.Why.FEWEST_VIEWS
    return Choice(statement=_statement_of_choice(lot.choice(tied)), why=why)


def _statement_of_choice(statement_id: int) -> Statement:
    return Statement.objects.select_related("item__author").get(pk=statement_id)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far somebody has come.

    goal     answers in a good round: fifteen, or all there are
    """

    answered_count: int
    goal: int

    @property
    def left(self) -> int:
        return max(0, self.goal - self.answered_count)

    @property
    def shown_count(self) -> int:
        return min(self.answered_count, self.goal)


def get_progress(*, conversation_id: int, actor: Actor | None) -> Progress:
    """Count an actor's answers in a conversation."""
    answerable_count = standing_statements(conversation_id).count()
    answered = Vote.objects.filter(actor=actor, statement__conversation=conversation_id).count() if actor else 0
    return Progress(answered_count=answered, goal=rules.goal_of(max(answerable_count, min(answered, 1))))

"""What is put before somebody next, and how far they have come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random
from typing import NamedTuple

from django.db.models import Exists, OuterRef

from allting.opinions import asking, knowing, rules
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
    pending = _get_pending_choice(conversation_id, actor)
    if pending:
        return pending
    unseen = _read_unseen(conversation_id, actor)
    # With how often each was shown in it, not everybody who comes for the first time begins with the same one.
    seed = f"{conversation_id} {actor.pk if actor else ''} {sum(it.views for it in unseen)}"
    return _choose(unseen, conversation_id=conversation_id, actor=actor, lot=Random(seed))


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
    """Choose a statement that the actor has not seen, their own ones last.

    First what the facilitator lets everybody begin with. Then by what the last map knows: mostly the one whose answer
    tells the most about the actor, sometimes a new one or one by lot. Before there is a map, the one with the fewest
    views; ties by lot.
    """
    unseen = _read_unseen(conversation_id, actor)
    return _choose(unseen, conversation_id=conversation_id, actor=actor, lot=lot)


class _Unseen(NamedTuple):
    """A statement that the actor has not seen. `digest` is that of what the last map knows, None where it knows none.

    A tuple, because there may be thousands in each request.
    """

    statement: int
    views: int
    author: int
    place_at_start: int | None
    digest: str | None


def _read_unseen(conversation_id: int, actor: Actor | None) -> list[_Unseen]:
    unseen = standing_statements(conversation_id)
    if actor is not None:
        seen = View.objects.filter(actor=actor, statement=OuterRef("pk"))
        unseen = unseen.exclude(Exists(seen))
    # A thousand rows of five short values cost less than asking the database twice more.
    columns = ("pk", "views_count", "item__author", "place_at_start", "conversation__knowledge__digest")
    rows = unseen.order_by("pk").values_list(*columns)
    return [_Unseen._make(row) for row in rows]


def _choose(unseen: Sequence[_Unseen], *, conversation_id: int, actor: Actor | None, lot: Random) -> Choice | None:
    by_others = [it for it in unseen if actor is None or it.author != actor.pk]
    pool = by_others or unseen
    if not pool:
        return None
    placed = [(it.place_at_start, it.statement) for it in pool if it.place_at_start]
    if placed:
        return Choice(statement=_statement_of_choice(min(placed)[1]), why=View.Why.FIRST)
    known = knowing.known_of(conversation_id=conversation_id, digest=pool[0].digest)
    own = _read_own_votes(conversation_id, actor) if known else ()
    views = [it.views for it in pool]
    chosen = asking.choose([it.statement for it in pool], views=views, known=known, own=own, lot=lot)
    if chosen is None:
        return None
    why = View.Why(chosen.why)
    if why == View.Why.FEWEST_VIEWS and views.count(min(views)) > 1:
        why = View.Why.LOT
    return Choice(statement=_statement_of_choice(chosen.statement), why=why)


def _read_own_votes(conversation_id: int, actor: Actor | None) -> Sequence[tuple[int, int]]:
    """Return what the actor answered, also to statements that were hidden or merged since: it still tells of them."""
    if actor is None:
        return ()
    votes = Vote.objects.filter(actor=actor, statement__conversation=conversation_id)
    return list(votes.values_list("statement", "value"))


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

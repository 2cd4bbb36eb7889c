"""Which two are put before somebody next, what they compared before, and what was published of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations
from random import Random
from typing import Literal

from django.db.models import Exists, OuterRef, QuerySet

from allting.opinions import rules
from allting.opinions.models import Comparing, Comparison, PairOrder, PairPool, Statement
from allting.opinions.queries.choosing import Progress
from allting.opinions.queries.standings import Standing, get_conversation_for
from allting.opinions.queries.statements import standing_statements
from allting.record.errors import NotFound, Refused
from allting.record.models import Actor, Link
from allting.record.rules import Answer
from allting.record.viewers import Viewer

# So many pairs are drawn before all that are left are counted: with 500 statements nearly any pair is new.
_DRAWS = 50


@dataclass(frozen=True, slots=True)
class ComparingStanding:
    """How statements of a conversation are compared, and what the viewer may do there."""

    comparing: Comparing
    there: Standing
    may_compare: Answer


@dataclass(frozen=True, slots=True)
class Pair:
    """Two statements side by side."""

    left: Statement
    right: Statement


@dataclass(frozen=True, slots=True)
class Turn:
    """Whose turn it is in comparing: the pair to show, None where there is none left, and how far somebody has come."""

    pair: Pair | None
    progress: Progress


def list_carried_on(*, conversation_id: int) -> list[int]:
    """Return the shown statements on which something younger rests: a proposal of a round, a priority.

    The links between items tell it, so that no other room has to be asked (ADR 60).
    """
    onward = Link.objects.filter(
        older=OuterRef("item"), relation=Link.Relation.RESTS_ON, younger__hidden_at=None, younger__blanked_at=None
    )
    found = standing_statements(conversation_id).filter(Exists(onward))
    return list(found.order_by("pk").values_list("pk", flat=True))


def get_comparing_for(
    viewer: Viewer, conversation_id: int, *, to: Literal["look", "compare"] = "look", now: datetime
) -> ComparingStanding:
    """Load how a conversation's statements are compared. Raises NotFound where they never were, Refused."""
    standing = get_conversation_for(viewer, conversation_id, now=now)
    comparing = get_comparing(conversation_id=conversation_id)
    if comparing is None:
        raise NotFound
    may_compare = rules.may_compare(comparing, may_take_part=standing.may_take_part)
    if to == "compare" and not may_compare:
        raise Refused(may_compare)
    return ComparingStanding(comparing=comparing, there=standing, may_compare=may_compare)


def get_comparing(*, conversation_id: int) -> Comparing | None:
    """Return how statements of a conversation are compared, if it was ever turned on."""
    return Comparing.objects.filter(conversation=conversation_id).first()


def compared_statements(comparing: Comparing) -> QuerySet[Statement]:
    """The statements that are put side by side: those that stand, and of these the chosen ones."""
    standing = standing_statements(comparing.conversation_id).filter(is_about_the_conversation=False)
    if comparing.chosen:
        standing = standing.filter(pk__in=comparing.chosen)
    return standing.order_by("pk")[: rules.MOST_COMPARED]


def get_turn(*, comparing: Comparing, actor: Actor | None, lot: Random) -> Turn:
    """Choose the next pair: one that was prepared and that the actor has not compared, their own statements last.

    lot   for those who have not acted yet. For everybody else the same pair comes until they have answered it.
    """
    authors = dict(compared_statements(comparing).values_list("pk", "item__author"))
    done = _compared_by(comparing, actor)
    if actor is not None:
        lot = Random(f"{comparing.pk} {actor.pk} {len(done)}")
    own = {pk for pk, author in authors.items() if actor is not None and author == actor.pk}
    prepared = PairPool.objects.filter(pk=comparing.pk).values_list("pairs", flat=True).first() or []
    ids = _choose(prepared, sorted(authors), done=done, own=own, lot=lot)
    possible = len(authors) * (len(authors) - 1) // 2
    progress = Progress(answered_count=len(done), goal=min(rules.COMPARISONS_A_ROUND, max(possible, len(done))))
    return Turn(pair=get_pair(ids) if ids else None, progress=progress)


def _compared_by(comparing: Comparing, actor: Actor | None) -> set[tuple[int, int]]:
    if actor is None:
        return set()
    rows = Comparison.objects.filter(conversation=comparing.pk, actor=actor)
    return {(first, second) for first, second in rows.values_list("first_id", "second_id")}


def _choose(
    prepared: list[list[int]], ids: list[int], *, done: set[tuple[int, int]], own: set[int], lot: Random
) -> tuple[int, int] | None:
    standing = set(ids)

    def is_new(one: int, other: int) -> bool:
        return (min(one, other), max(one, other)) not in done

    ready = [(one, other) for one, other in prepared if {one, other} <= standing and is_new(one, other)]
    of_others = [pair for pair in ready if own.isdisjoint(pair)]
    if of_others:
        return _turned(lot.choice(of_others), lot)
    # None is prepared (just turned on, or this person has seen them all): any two that are new to them.
    strangers = [pk for pk in ids if pk not in own]
    for some in (strangers, ids):
        found = _draw_two(some, is_new=is_new, lot=lot)
        if found:
            return _turned(found, lot)
    return None


def _draw_two(ids: list[int], *, is_new: Callable[[int, int], bool], lot: Random) -> tuple[int, int] | None:
    if len(ids) < 2:
        return None
    for _draw in range(_DRAWS):
        one, other = lot.sample(ids, 2)
        if is_new(one, other):
            return one, other
    left = [pair for pair in combinations(ids, 2) if is_new(*pair)]
    return lot.choice(left) if left else None


def _turned(pair: tuple[int, int], lot: Random) -> tuple[int, int]:
    """Give left and right by lot, for each person anew: many press what stands first."""
    return pair if lot.random() < 0.5 else (pair[1], pair[0])


def get_pair(ids: tuple[int, int]) -> Pair:
    """Return two statements with their words, the left one first."""
    found = {one.pk: one for one in Statement.objects.filter(pk__in=ids).only("pk", "text", "language", "conversation")}
    return Pair(left=found[ids[0]], right=found[ids[1]])


def is_compared(comparing: Comparing, ids: tuple[int, int]) -> bool:
    """Say whether both statements are among those that are put side by side now."""
    return set(ids) <= set(compared_statements(comparing).values_list("pk", flat=True))


def get_last_comparison(*, conversation_id: int, actor: Actor | None) -> Comparison | None:
    """Return what an actor compared last, with the words of both."""
    if actor is None:
        return None
    mine = Comparison.objects.filter(conversation=conversation_id, actor=actor).select_related("first", "second")
    return mine.order_by("-compared_at", "-pk").first()


def has_compared(*, conversation_id: int, actor: Actor) -> bool:
    """Say whether an actor has compared anything here."""
    return Comparison.objects.filter(conversation=conversation_id, actor=actor).exists()


def get_latest_order(*, conversation_id: int) -> PairOrder | None:
    """Return the published order, with its figures; None while it is too early."""
    return PairOrder.objects.filter(conversation=conversation_id).order_by("-published_at", "-pk").first()


def has_order(*, conversation_id: int) -> bool:
    """Say whether an order was published, for the pages that lead to it."""
    return PairOrder.objects.filter(conversation=conversation_id).exists()

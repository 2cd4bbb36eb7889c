"""Comparing two of one's hand at a time, to find out what to tick. It travels in the form and is stored nowhere.

What somebody would rather see go on is as secret as their ballot. So the server keeps none of it: each page carries
what was answered on the pages before, and casting takes only what is ticked. Nothing is sealed, because whoever
changes it changes their own ticks; it is read like anything that comes from outside.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from allting.choice.models import Option
from allting.engine import comparing as engine
from allting.engine.comparing import Said

# As many as a list of proposals is begun with before attention goes: what one can look over and draw a line in.
TICKED = 5
# Of fewer, the list is shorter than comparing.
FEWEST_COMPARED = 4
_WRITTEN = re.compile(r"(?P<left>\d{1,18})-(?P<right>\d{1,18})-(?P<said>left|right|even|neither)", re.ASCII)
_MEANT = {"left": Said.FIRST, "right": Said.SECOND, "even": Said.EVEN, "neither": Said.NEITHER}


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer as a form carries it: the ids of two options, and `left`, `right`, `even` or `neither`."""

    left: int
    right: int
    said: str

    def __str__(self) -> str:
        return f"{self.left}-{self.right}-{self.said}"


@dataclass(frozen=True, slots=True)
class Read:
    """What a form brought: answers about the hand, each pair once; and whether something in it is no answer at all."""

    answers: Sequence[Answer]
    is_understood: bool


@dataclass(frozen=True, slots=True)
class Place:
    """An option in its owner's order.

    asked_count   how many times it was asked about      wins   how often it was put first; half for "can't decide"
    is_first      whether it is among those that the answers put first       is_ticked   that, or ticked by hand before
    """

    option: Option
    asked_count: int
    wins: float
    is_set_aside: bool
    is_first: bool
    is_ticked: bool


@dataclass(frozen=True, slots=True)
class Comparing:
    """How far somebody is.

    answers   what was answered so far, the last one last     pair   the two to show, left and right; none when all was
    places    the hand from first to last                     enough_count   answers after which the top is known well
    is_just_enough   whether the last answer was the one that made it enough
    """

    answers: Sequence[Answer]
    pair: tuple[Option, Option] | None
    places: Sequence[Place]
    enough_count: int
    is_just_enough: bool

    @property
    def first(self) -> set[int]:
        return {place.option.pk for place in self.places if place.is_first}

    @property
    def ticked(self) -> set[int]:
        return {place.option.pk for place in self.places if place.is_ticked}


def can_compare(hand: Sequence[Option]) -> bool:
    """Say whether there are enough to compare."""
    return len(hand) >= FEWEST_COMPARED


def read_answers(written: Sequence[str], *, hand: Iterable[Option]) -> Read:
    """Read what a form carries. Of a pair that stands there twice the later answer counts, in its place.

    What is about options that are not in the hand (any more) is left out.
    """
    held = {option.pk for option in hand}
    found: dict[frozenset[int], Answer] = {}
    is_understood = True
    for one in written:
        match = _WRITTEN.fullmatch(one)
        if match is None or match["left"] == match["right"]:
            is_understood = False
            continue
        answer = Answer(int(match["left"]), int(match["right"]), match["said"])
        pair = frozenset((answer.left, answer.right))
        if pair <= held:
            found.pop(pair, None)
            found[pair] = answer
    return Read(answers=tuple(found.values()), is_understood=is_understood)


def compare(answers: Sequence[Answer], *, hand: Sequence[Option], ticked: Collection[int] = ()) -> Comparing:
    """Say where somebody stands after these answers about their hand, and what to ask next.

    ticked   ids that were ticked before comparing: they stay so, unless neither of two was wanted
    """
    index = {option.pk: place for place, option in enumerate(hand)}
    said = [engine.Answer(index[one.left], index[one.right], _MEANT[one.said]) for one in answers]
    order = engine.order_items(answers=said, item_count=len(hand))
    pair = engine.next_pair(order, top=TICKED)
    # What was asked about stands before what was not: a proposal nobody compared is neither liked nor disliked.
    ranked = sorted(order.ranked.tolist(), key=lambda at: (order.is_set_aside[at], not order.asked_count[at]))
    first = {at for at in ranked[:TICKED] if order.wins[at] > 0 and not order.is_set_aside[at]}
    return Comparing(
        answers=answers,
        pair=(hand[pair[0]], hand[pair[1]]) if pair else None,
        places=[
            Place(
                option=hand[at],
                asked_count=int(order.asked_count[at]),
                wins=float(order.wins[at]),
                is_set_aside=bool(order.is_set_aside[at]),
                is_first=at in first,
                is_ticked=at in first or (hand[at].pk in ticked and not order.is_set_aside[at]),
            )
            for at in ranked
        ],
        enough_count=engine.count_enough(order),
        is_just_enough=_is_enough(said, item_count=len(hand)) and not _is_enough(said[:-1], item_count=len(hand)),
    )


def _is_enough(said: Sequence[engine.Answer], *, item_count: int) -> bool:
    return len(said) >= engine.count_enough(engine.order_items(answers=said, item_count=item_count))

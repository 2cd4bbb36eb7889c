"""One person's own order from a few comparisons of two: which come first, and which two to put side by side next.

Needs numpy only, because it is asked in the request: the answers of one person leave with the page (ADR 60). For many
people's comparisons together, with groups and how sure they are, see `allting.engine.ranking.pairwise`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from allting.engine import errors

type FloatArray = NDArray[np.float64]

# One person means what they say: a wider spread than that of many people who disagree (1 logit in `pairwise`).
SPREAD = 2.0
_MOST_STEPS = 40
_SETTLED = 1e-9
_LARGEST_STEP = 2.0


class Said(StrEnum):
    """What somebody said of two."""

    FIRST = "first"
    SECOND = "second"
    EVEN = "even"  # half a win for each
    NEITHER = "neither"  # both are set aside and not asked about any more


@dataclass(frozen=True, slots=True)
class Answer:
    """What was said of the items `first` and `second`, indices from 0."""

    first: int
    second: int
    said: Said


@dataclass(frozen=True, slots=True, eq=False)
class Order:
    """What is known after some answers; of each item, shape (items,).

    ranked         items from first to last: the strongest first, ties to the lower index, those set aside at the end
    strengths      logits around 0                     covariance   (items, items) of the strengths
    wins           how often it was put first; half for even
    asked_count    how often it was asked about and not set aside with that
    is_set_aside   whether it was among two of which neither was wanted
    is_asked       (items, items) whether the two were put side by side
    """

    ranked: NDArray[np.int64]
    strengths: FloatArray
    covariance: FloatArray
    wins: FloatArray
    asked_count: NDArray[np.int64]
    is_set_aside: NDArray[np.bool_]
    is_asked: NDArray[np.bool_]


def order_items(*, answers: Sequence[Answer], item_count: int) -> Order:
    """Put items in order by one person's answers, each pair asked about once.

    answers      in any order; nothing at all is fine, then the order is that of the indices
    item_count   at least 0
    Returns      the order with what it rests on.
    Raises       IndexOutOfRange, PairTwice; InputError for an item against itself.
    Cost         O(items³) a step, five to ten steps: a millisecond for 15 items.
    Guarantee    relabelling only relabels, but for ties; the order of the answers does not matter.
    Source       Bradley and Terry 1952, Biometrika, "Rank analysis of incomplete block designs", with a Gaussian prior.
                 Winning against a strong one lifts more; counting wins would be unfair to what was asked about at the
                 top only.
    """
    won = np.zeros((item_count, item_count))
    is_asked = np.zeros((item_count, item_count), dtype=np.bool_)
    is_set_aside = np.zeros(item_count, dtype=np.bool_)
    for row, answer in enumerate(answers):
        _insist(answer, row=row, is_asked=is_asked)
        one, other = answer.first, answer.second
        is_asked[one, other] = is_asked[other, one] = True
        match answer.said:
            case Said.FIRST:
                won[one, other] = 1
            case Said.SECOND:
                won[other, one] = 1
            case Said.EVEN:
                won[one, other] = won[other, one] = 0.5
            case Said.NEITHER:
                is_set_aside[[one, other]] = True
    strengths, covariance = _fit(won)
    return Order(
        ranked=np.lexsort((np.arange(item_count), -np.round(strengths, 9), is_set_aside)),
        strengths=strengths,
        covariance=covariance,
        wins=won.sum(axis=1),
        asked_count=(won + won.T).sum(axis=1).round().astype(np.int64),
        is_set_aside=is_set_aside,
        is_asked=is_asked,
    )


def next_pair(order: Order, *, top: int) -> tuple[int, int] | None:
    """Return the two to put side by side next, or nothing where no pair is left.

    top       how many places matter, at least 1: the two are asked about whose answer tells most about who has them
    Returns   indices; which comes first changes from pair to pair, so that no item keeps to one side.
    Cost      O(items²).                Guarantee   the same answers, the same pair; never one that was asked about.
    Source    as the choice of most information in `pairwise`, weighed by how near both are to the last of the places.
    """
    active = np.flatnonzero(~order.is_set_aside)
    if len(active) < 2:
        return None
    strengths, variance = order.strengths[active], np.diagonal(order.covariance)[active]
    places = min(top, len(active) - 1)
    by_strength = np.sort(strengths)[::-1]
    line = (by_strength[places - 1] + by_strength[places]) / 2
    nearness = np.exp(-((strengths - line) ** 2) / (2 * variance))
    spread = variance[:, None] + variance[None, :] - 2 * order.covariance[np.ix_(active, active)]
    chance = _expit((strengths[:, None] - strengths[None, :]) / np.sqrt(1 + np.pi * spread / 8))
    tells = chance * (1 - chance) * spread * nearness[:, None] * nearness[None, :]
    is_open = np.triu(~order.is_asked[np.ix_(active, active)], k=1)
    if not is_open.any():
        return None
    # Rounded, so that what differs by the last bit only is a tie on every machine.
    best = int(np.argmax(np.where(is_open, np.round(tells, 9), -1.0)))
    one, other = (int(active[place]) for place in divmod(best, len(active)))
    is_turned = bool(np.triu(order.is_asked, k=1).sum() % 2)
    return (other, one) if is_turned else (one, other)


def count_enough(order: Order) -> int:
    """Say after how many answers the first places are known well: four for every three items that were not set aside.

    A person who never errs then has 4.4 of their first five of 15 right, by pairs at random 3.7 (ADR 60).
    """
    left = int((~order.is_set_aside).sum())
    pairs_left = left * (left - 1) // 2
    set_aside_with = int(np.triu(order.is_asked & (order.is_set_aside[:, None] | order.is_set_aside[None, :]), 1).sum())
    return set_aside_with + min(left * 4 // 3, pairs_left)


def _insist(answer: Answer, *, row: int, is_asked: NDArray[np.bool_]) -> None:
    count = len(is_asked)
    for index in (answer.first, answer.second):
        if not 0 <= index < count:
            raise errors.IndexOutOfRange(what="item", row=row, index=index, count=count)
    if answer.first == answer.second:
        raise errors.InputError(what="item", row=row, index=answer.first)
    if is_asked[answer.first, answer.second]:
        raise errors.PairTwice(row=row, first=answer.first, second=answer.second)


def _fit(won: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the most probable strengths and their covariance there, by Newton's method."""
    played = won + won.T
    strengths = np.zeros(len(won))
    for _ in range(_MOST_STEPS):
        chances = _expit(strengths[:, None] - strengths[None, :])
        slope = (won - played * chances).sum(axis=1) - strengths / SPREAD**2
        step = np.linalg.solve(_curvature(played, chances), slope)
        strengths = strengths + np.clip(step, -_LARGEST_STEP, _LARGEST_STEP)
        if np.abs(step).max(initial=0) < _SETTLED:
            break
    chances = _expit(strengths[:, None] - strengths[None, :])
    return strengths, np.linalg.inv(_curvature(played, chances))


def _curvature(played: FloatArray, chances: FloatArray) -> FloatArray:
    information = played * chances * (1 - chances)
    matrix = -information
    matrix[np.diag_indices_from(matrix)] += information.sum(axis=1) + 1 / SPREAD**2
    return matrix


def _expit(logits: FloatArray) -> FloatArray:
    return np.asarray(1 / (1 + np.exp(-logits)))

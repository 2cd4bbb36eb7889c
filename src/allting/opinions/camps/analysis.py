"""Counting camps where the map is drawn. What leaves here is coarse; how a camp answered stays."""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil
from typing import Any

import numpy as np
from numpy.typing import NDArray

from allting.engine import disclosure, opinion
from allting.engine.ranking import bridging
from allting.opinions.camps import FEWEST_IN_A_CAMP, STEPS
from allting.opinions.figures import FEWEST_PEOPLE

type IntArray = NDArray[np.int64]

NO_CAMP = -1


def read_off_camps(
    votes: opinion.Votes,
    *,
    arrays: Mapping[str, NDArray[Any]],
    set_of: IntArray,
    shown: IntArray,
) -> dict[str, Any]:
    """Say of each statement where it stands in the camp that supports it the least. Empty where nobody has a camp.

    set_of   by person, the set of people in whose published figures they are, from 0; negative for none
    shown    statements that stand, in the order in which `rows` names them

    Returns  camps: numbers of those with twenty people; rows: for each statement, how many of each camp answered, and
             what may be said: None (too few voices of some camp), [] (nothing), or [at least, below] in percent
    """
    if "camp_actors" not in arrays:
        return {}
    camp_of = _camp_of(arrays["actor_ids"], arrays["camp_actors"], arrays["camps"])
    camp_of[set_of < 0] = NO_CAMP
    people = np.bincount(camp_of[camp_of >= 0], minlength=1)
    camps = np.flatnonzero(people >= FEWEST_IN_A_CAMP)
    if len(camps) < 2:
        return {"camps": camps.tolist(), "rows": []}
    # The last row is of those without a camp, or of one that is too small.
    row_of = np.full(len(people) + 1, len(camps))
    row_of[camps] = np.arange(len(camps))
    answered, agreeing = _count(
        votes, rows=row_of[camp_of], row_count=len(camps) + 1, set_of=set_of, is_device=arrays["is_device"]
    )
    answered, agreeing = answered[..., shown], agreeing[..., shown]
    # Sets of fewer than five are not published, and so not in any total: nor are they here.
    is_shown = answered.sum(axis=(0, 2), keepdims=True) >= FEWEST_PEOPLE
    answered, agreeing = answered * is_shown, agreeing * is_shown
    asked, approvals = answered[:-1].sum(axis=(1, 2)), agreeing[:-1].sum(axis=(1, 2))
    found = bridging.bridge(approvals=approvals, asked=asked, fewest=FEWEST_IN_A_CAMP)
    # The rates are drawn towards the camp's own by so many who agree.
    lent: NDArray[np.float64] = found.rates * (asked + bridging.PSEUDO_VOTES) - approvals
    rows = [
        [
            asked[:, at].tolist(),
            _say(answered[..., at], agreeing[..., at], lent=lent[:, at]) if found.is_heard[:, at].all() else None,
        ]
        for at in range(len(shown))
    ]
    return {"camps": camps.tolist(), "rows": rows}


def _camp_of(actor_ids: IntArray, camp_actors: IntArray, camps: IntArray) -> IntArray:
    found = np.full(len(actor_ids), NO_CAMP, dtype=np.int64)
    rows = np.minimum(np.searchsorted(camp_actors, actor_ids), len(camp_actors) - 1)
    is_there = camp_actors[rows] == actor_ids
    found[is_there] = camps[rows[is_there]]
    return found


def _count(
    votes: opinion.Votes, *, rows: IntArray, row_count: int, set_of: IntArray, is_device: NDArray[np.bool_]
) -> tuple[IntArray, IntArray]:
    """Count who answered and who agrees, each of shape (camps and none, sets, with and without account, statements)."""
    shape = (row_count, int(set_of.max()) + 1, 2, votes.statement_count)
    is_counted = set_of[votes.participants] >= 0
    people, statements = votes.participants[is_counted], votes.statements[is_counted]
    cell = ((rows[people] * shape[1] + set_of[people]) * 2 + is_device[people]) * shape[3] + statements
    size = int(np.prod(shape))
    agrees = votes.values[is_counted] == 1
    answered, agreeing = np.bincount(cell, minlength=size), np.bincount(cell[agrees], minlength=size)
    return answered.reshape(shape), agreeing.reshape(shape)


def _say(answered: IntArray, agreeing: IntArray, *, lent: NDArray[np.float64]) -> list[int]:
    """Return the step of one statement, as fine as may be told: [] where nothing may."""
    asked, approvals = answered.sum(axis=(1, 2)), agreeing.sum(axis=(1, 2))
    parts = [
        disclosure.Part(people=int(people), fewest=fewest, most=most)
        for people, (fewest, most) in zip(asked, _bounds(answered, agreeing), strict=True)
    ]
    needed = {
        step: [
            max(0, ceil(step / 100 * (people + bridging.PSEUDO_VOTES) - own - 1e-9))
            for people, own in zip(asked[:-1].tolist(), lent.tolist(), strict=True)
        ]
        for step in STEPS
    }
    told = disclosure.steps_to_tell(parts, agreeing=int(approvals.sum()), needed=needed)
    if not told:
        return []
    reached = [step for step in told if all(map(int.__ge__, approvals[:-1].tolist(), needed[step]))]
    at_least = max(reached, default=0)
    return [at_least, min((step for step in told if step > at_least), default=100)]


def _bounds(answered: IntArray, agreeing: IntArray) -> list[tuple[int, int]]:
    """Return between which counts those of each camp who agree must be, by the published figures of sets of people.

    Of a set one knows how many agree; here also how many of it are in each camp, which nobody knows.
    """
    bounds = [(0, int(people)) for people in answered.sum(axis=(1, 2))]
    for axis in (2, 1):  # over the sets of the map, then over those with and without account
        in_set, agree_in_set = answered.sum(axis=axis), agreeing.sum(axis=axis).sum(axis=0)
        sizes = in_set.sum(axis=0)
        if axis == 1 and (sizes < FEWEST_PEOPLE).any():
            continue  # hidden, and nothing to go by
        fewest = np.maximum(0, agree_in_set - (sizes - in_set)).sum(axis=1)
        most = np.minimum(in_set, agree_in_set).sum(axis=1)
        bounds = [
            (max(low, int(first)), min(top, int(last)))
            for (low, top), first, last in zip(bounds, fewest, most, strict=True)
        ]
    return bounds

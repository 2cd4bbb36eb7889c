"""Counting camps where the map is drawn, read by somebody who knows every group's figures and who is in which."""

from __future__ import annotations

from collections import defaultdict
from itertools import product

import numpy as np
import pytest
from numpy.typing import NDArray

from allting.engine import disclosure, opinion
from allting.opinions.camps import analysis

# Employees are nearly group A, customers nearly group B: how many of each, by group; nobody is in no camp.
NEARLY_THE_GROUPS = np.array([[11, 3], [2, 12], [0, 0]])


def count_what_can_be_worked_out(people: NDArray[np.int64]) -> int:
    """Try every way in which camps in groups may have answered; count what a step tells too well of a camp."""
    answered = np.stack([people, np.zeros_like(people)], axis=-1)
    none_lent = np.zeros(len(people) - 1)
    known, told = defaultdict(set), defaultdict(set)
    said: dict[tuple[tuple[int, ...], ...], tuple[int, ...]] = {}
    for way in product(*(range(count + 1) for count in people.ravel())):
        agreeing = np.zeros_like(answered)
        agreeing[..., 0] = np.reshape(way, people.shape)
        groups, counts = (tuple(agreeing.sum(axis=axes).tolist()) for axes in ((0, 2), (1, 2)))
        if (groups, counts) not in said:
            said[groups, counts] = tuple(analysis._say(answered, agreeing, lent=none_lent))
        known[groups].add(counts)
        told[groups, said[groups, counts]].add(counts)
    found = 0
    for (groups, _step), ways in told.items():
        for camp, size in enumerate(people.sum(axis=1)):
            now = {counts[camp] for counts in ways}
            is_narrow = len(now) < 5 or max(now) < 5 or min(now) > size - 5
            found += is_narrow and now != {counts[camp] for counts in known[groups]}
    return found


def test_where_camps_are_nearly_the_groups_nothing_is_told_of_the_few_who_make_the_difference() -> None:
    assert count_what_can_be_worked_out(NEARLY_THE_GROUPS) == 0


def test_without_the_guard_it_would_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(disclosure, "steps_to_tell", lambda _parts, *, agreeing, needed: sorted(needed))

    assert count_what_can_be_worked_out(NEARLY_THE_GROUPS) > 100


def test_people_in_no_published_set_are_in_no_count_and_small_camps_are_among_the_rest() -> None:
    # Thirty employees, thirty customers, and three owners; two of the employees are not on the map.
    camps = np.repeat([0, 1, 2], [30, 30, 3])
    votes = opinion.pack_votes(
        participants=np.arange(63),
        statements=np.zeros(63, dtype=np.int64),
        values=np.ones(63, dtype=np.int8),
        participant_count=63,
        statement_count=1,
        excluded=np.empty(0, dtype=np.int64),
    )
    arrays = {"actor_ids": np.arange(63), "camp_actors": np.arange(63), "camps": camps, "is_device": np.ones(63, bool)}
    set_of = np.where(np.arange(63) < 2, -1, 0)

    found = analysis.read_off_camps(votes, arrays=arrays, set_of=set_of, shown=np.array([0]))

    assert found["camps"] == [0, 1]
    assert found["rows"][0][0] == [28, 30]


def test_nobody_has_a_camp_where_nobody_said_so() -> None:
    votes = opinion.pack_votes(
        participants=np.arange(3),
        statements=np.zeros(3, dtype=np.int64),
        values=np.ones(3, dtype=np.int8),
        participant_count=3,
        statement_count=1,
        excluded=np.empty(0, dtype=np.int64),
    )

    assert analysis.read_off_camps(votes, arrays={}, set_of=np.zeros(3, dtype=np.int64), shown=np.array([0])) == {}

"""Somebody who knows every published figure and the rule tries to work out how a camp answered."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from itertools import product
from math import ceil

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from allting.engine.disclosure import Part, possible_counts, steps_to_tell

STEPS = (50, 60, 70, 80)

type Rule = Callable[..., list[int]]


def needed_of(sizes: Sequence[int]) -> dict[int, list[int]]:
    return {step: [ceil(step * size / 100) for size in sizes] for step in STEPS}


def step_of(counts: Sequence[int], told: Sequence[int], needed: Mapping[int, Sequence[int]]) -> int:
    reached = [step for step in told if all(map(int.__ge__, counts, needed[step]))]
    return max(reached, default=0)


def count_what_can_be_worked_out(sizes: Sequence[int], *, of_none: int, rule: Rule) -> int:
    """Try every way in which the camps may have answered, and count what a reader of the step would know too well."""
    needed = needed_of(sizes)
    parts = [Part(size, 0, size) for size in (*sizes, of_none)]
    worlds = defaultdict(list)
    for counts in product(*(range(part.people + 1) for part in parts)):
        worlds[sum(counts)].append(counts)
    found = 0
    for agreeing, possible in worlds.items():
        told = rule(parts, agreeing=agreeing, needed=needed)
        read = defaultdict(list)
        for counts in possible:
            read[step_of(counts[:-1], told, needed)].append(counts)
        for left in read.values():
            for part, size in enumerate((*sizes, of_none)):
                known, now = {it[part] for it in possible}, {it[part] for it in left}
                is_narrow = len(now) < 5 or max(now) < 5 or min(now) > size - 5
                found += is_narrow and now != known
    return found


def every_step(parts: Sequence[Part], *, agreeing: int, needed: Mapping[int, Sequence[int]]) -> list[int]:
    """Return every step, as without the guard."""
    return sorted(needed)


@pytest.mark.parametrize(("sizes", "of_none"), [((20, 20), 0), ((20, 31), 3), ((20, 55), 8), ((14, 11, 12), 2)])
def test_no_count_of_a_camp_can_be_worked_out_from_a_step_and_the_total(sizes: Sequence[int], of_none: int) -> None:
    assert count_what_can_be_worked_out(sizes, of_none=of_none, rule=steps_to_tell) == 0


def test_without_the_guard_many_can() -> None:
    assert count_what_can_be_worked_out((20, 55), of_none=8, rule=every_step) > 50


def test_a_score_to_five_points_would_tell_a_small_camp_s_count_to_within_one() -> None:
    """Why the score itself is not published: two camps, the total, and a rounded geometric mean."""
    customers, employees, agreeing = 100, 20, 70
    left = defaultdict(list)
    for of_employees in range(employees + 1):
        score = ((agreeing - of_employees) / customers * of_employees / employees) ** 0.5
        left[round(20 * score)].append(of_employees)

    assert max(map(len, left.values())) <= 5
    assert sum(len(one) < 4 for one in left.values()) > len(left) / 2


def test_large_camps_are_told_in_all_steps_and_small_ones_in_one() -> None:
    large, small = (150, 400), (20, 400)

    told = [
        steps_to_tell([*(Part(it, 0, it) for it in sizes), Part(0, 0, 0)], agreeing=340, needed=needed_of(sizes))
        for sizes in (large, small)
    ]

    assert told == [[50, 60, 70, 80], [50]]


def test_where_a_camp_nearly_is_a_group_nothing_is_told_about_the_few_who_make_the_difference() -> None:
    # 40 of the 42 employees are group A, of whom 30 agree: between 30 and 32 employees do.
    parts = [Part(42, 30, 32), Part(60, 20, 22), Part(0, 0, 0)]

    assert steps_to_tell(parts, agreeing=52, needed={76: [32, 46]}) == [76]
    assert steps_to_tell(parts, agreeing=52, needed={50: [31, 20]}) == []


sizes_of_camps = some.lists(some.integers(1, 6), min_size=2, max_size=3)


@given(sizes_of_camps, some.data())
@settings(max_examples=150, deadline=None)
def test_what_is_possible_is_what_trying_all_ways_finds(sizes: list[int], data: some.DataObject) -> None:
    people = [*sizes, data.draw(some.integers(0, 4))]
    spans = [sorted(data.draw(some.tuples(some.integers(0, it), some.integers(0, it)))) for it in people]
    parts = [Part(size, first, last) for size, (first, last) in zip(people, spans, strict=True)]
    least = [data.draw(some.integers(0, it)) for it in sizes]
    below = data.draw(some.none() | some.tuples(*(some.integers(0, it + 1) for it in sizes)))
    agreeing = data.draw(some.integers(0, sum(people)))

    found = possible_counts(parts, agreeing=agreeing, least=least, below=below)

    ways = [
        way
        for way in product(*(range(first, last + 1) for first, last in spans))
        if sum(way) == agreeing
        and all(map(int.__ge__, way, least))
        and (below is None or any(map(int.__lt__, way, below)))
    ]
    listed = [{it for first, last in spans for it in range(first, last + 1)} for spans in found]
    assert listed == [{way[part] for way in ways} for part in range(len(people))]

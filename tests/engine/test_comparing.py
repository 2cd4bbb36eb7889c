"""One person's order from a few answers: by its properties, and with pairs that are worth asking."""

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allting.engine import errors
from allting.engine.comparing import Answer, Order, Said, count_enough, next_pair, order_items
from tests.engine.ranking.twin import fit_slowly

ITEMS = 6
PAIRS = [(one, other) for one in range(ITEMS) for other in range(one)]
some_answers = st.lists(
    st.builds(lambda pair, said: Answer(pair[0], pair[1], said), st.sampled_from(PAIRS), st.sampled_from(Said)),
    max_size=len(PAIRS),
    unique_by=lambda answer: (answer.first, answer.second),
)


def order_of(*answers: Answer, items: int = ITEMS) -> Order:
    return order_items(answers=answers, item_count=items)


def ask(likes: np.ndarray, *, count: int, top: int = 5, seed: int | None = None) -> Order:
    """Let a person who never errs answer so many pairs: those that are asked next, or with a seed any."""
    items = len(likes)
    by_lot = [] if seed is None else np.random.default_rng(seed).permutation([*np.ndindex(items, items)]).tolist()
    any_pair = iter([(one, other) for one, other in by_lot if one < other])
    answers: list[Answer] = []
    for _ in range(count):
        pair = next(any_pair) if by_lot else next_pair(order_of(*answers, items=items), top=top)
        if pair is None:
            break
        answers.append(Answer(pair[0], pair[1], Said.FIRST if likes[pair[0]] > likes[pair[1]] else Said.SECOND))
    return order_of(*answers, items=items)


@given(answers=some_answers)
@settings(max_examples=25, deadline=None)
def test_strengths_equal_the_slow_twin(answers: list[Answer]) -> None:
    wins = [answer for answer in answers if answer.said in (Said.FIRST, Said.SECOND)]
    pairs = [(a.first, a.second) if a.said is Said.FIRST else (a.second, a.first) for a in wins]

    assert order_of(*wins).strengths == pytest.approx(fit_slowly(pairs, item_count=ITEMS, spread=2.0), abs=1e-3)


@given(answers=some_answers, seed=st.integers(0, 99))
@settings(max_examples=25, deadline=None)
def test_neither_names_nor_the_order_of_answers_matter(answers: list[Answer], seed: int) -> None:
    random = np.random.default_rng(seed)
    name = random.permutation(ITEMS)
    renamed = [Answer(int(name[one.first]), int(name[one.second]), one.said) for one in answers]
    random.shuffle(renamed)

    found, again = order_of(*answers), order_of(*renamed)

    assert again.strengths[name] == pytest.approx(found.strengths, abs=1e-6)
    assert (again.is_set_aside[name] == found.is_set_aside).all()


@given(answers=some_answers)
@settings(max_examples=40, deadline=None)
def test_the_next_pair_was_never_asked_and_nothing_that_was_set_aside(answers: list[Answer]) -> None:
    order = order_of(*answers)
    pair = next_pair(order, top=2)

    asked = {frozenset((one.first, one.second)) for one in answers}
    active = [item for item in range(ITEMS) if not order.is_set_aside[item]]
    still_open = {frozenset((one, other)) for one in active for other in active if one != other} - asked
    assert (pair is None) == (not still_open)
    assert pair is None or frozenset(pair) in still_open
    assert pair == next_pair(order_of(*answers), top=2)


def test_even_is_half_a_win_each_and_neither_sets_both_aside() -> None:
    order = order_of(Answer(0, 1, Said.FIRST), Answer(2, 3, Said.EVEN), Answer(4, 5, Said.NEITHER))

    assert order.wins.tolist() == [1, 0, 0.5, 0.5, 0, 0]
    assert order.asked_count.tolist() == [1, 1, 1, 1, 0, 0]
    assert order.ranked.tolist() == [0, 2, 3, 1, 4, 5]
    assert order.strengths[2] == order.strengths[3] == pytest.approx(0)


def test_to_come_before_a_strong_one_counts_for_more() -> None:
    chain = [Answer(0, 1, Said.FIRST), Answer(1, 2, Said.FIRST), Answer(2, 3, Said.FIRST)]

    order = order_of(*chain, Answer(4, 0, Said.FIRST), Answer(5, 3, Said.FIRST))

    assert order.ranked[0] == 4
    assert order.strengths[4] > order.strengths[5]


def test_sides_change_from_pair_to_pair() -> None:
    likes = np.arange(8.0)
    lefts = [pair[0] < pair[1] for count in range(6) if (pair := next_pair(ask(likes, count=count), top=3)) is not None]

    assert lefts == [True, False] * 3


def test_four_answers_for_three_items_find_the_first_five_better_than_pairs_by_lot() -> None:
    worlds = [np.random.default_rng(seed).normal(size=15) for seed in range(60)]
    best = [set(np.argsort(-likes)[:5].tolist()) for likes in worlds]
    count = count_enough(order_of(items=15))

    chosen = [len(best[at] & set(ask(likes, count=count).ranked[:5].tolist())) for at, likes in enumerate(worlds)]
    by_lot = [
        len(best[at] & set(ask(likes, count=count, seed=at).ranked[:5].tolist())) for at, likes in enumerate(worlds)
    ]

    assert count == 20
    assert np.mean(chosen) > 4.2
    assert np.mean(chosen) > np.mean(by_lot) + 0.4


@pytest.mark.parametrize(
    ("items", "answers", "enough"),
    [
        (0, [], 0),
        (1, [], 0),
        (2, [], 1),
        (4, [], 5),
        (15, [], 20),
        (15, [Answer(0, 1, Said.NEITHER)], 18),  # the one answer, and four for three of the 13 that are left
        (4, [Answer(0, 1, Said.NEITHER), Answer(2, 3, Said.NEITHER)], 2),
    ],
)
def test_how_many_answers_are_enough(items: int, answers: list[Answer], enough: int) -> None:
    assert count_enough(order_of(*answers, items=items)) == enough


@pytest.mark.parametrize("items", [0, 1])
def test_where_there_is_no_pair_none_is_asked(items: int) -> None:
    assert next_pair(order_of(items=items), top=5) is None
    assert len(order_of(items=items).ranked) == items


@pytest.mark.parametrize(
    ("answers", "code"),
    [
        ([Answer(0, 6, Said.FIRST)], "index_out_of_range"),
        ([Answer(-1, 2, Said.FIRST)], "index_out_of_range"),
        ([Answer(3, 3, Said.EVEN)], "input_error"),
        ([Answer(0, 1, Said.FIRST), Answer(1, 0, Said.FIRST)], "pair_twice"),
    ],
)
def test_what_cannot_be_meant_is_refused(answers: list[Answer], code: str) -> None:
    with pytest.raises(errors.InputError) as refused:
        order_of(*answers)

    assert refused.value.code == code


def test_it_loads_nothing_heavy() -> None:
    program = (
        "import sys, allting.engine.comparing; print([n for n in ('scipy', 'sklearn', 'numba') if n in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert found.stdout.strip() == "[]"

from __future__ import annotations

import itertools
import json
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as some

from allting.opinions import figures, hiding
from allting.opinions.figures import Drawing, Figures, Turnout
from allting.opinions.hiding import hidden_parts

SETS = ("0", "1", "between")
sizes = some.lists(some.integers(0, 12), min_size=2, max_size=6)
# People who saw one statement: by set on the map, those without account and those with one.
seen = some.lists(some.tuples(some.integers(0, 9), some.integers(0, 9)), min_size=len(SETS), max_size=len(SETS))


def columns(counts: list[int]) -> dict[str, list[float]]:
    rates = {f"{side}_{end}": [0.5] * len(counts) for side in ("agree", "disagree") for end in ("rate", "low", "high")}
    return {"seen": counts, "agree": counts, "disagree": [0] * len(counts), "passed": [0] * len(counts), **rates}


def make_drawing(*worlds: list[tuple[int, int]], **others: Any) -> Drawing:
    """Two groups that hold up, and statements seen by so many (devices, others) of each set."""
    by_set = {name: [sum(world[row]) for world in worlds] for row, name in enumerate(SETS)}
    tallies = {name: columns(counts) for name, counts in by_set.items()}
    tallies["devices"] = columns([sum(devices for devices, _others in world) for world in worlds])
    tallies["others"] = columns([sum(others for _devices, others in world) for world in worlds])
    everyone = [sum(sum(pair) for pair in world) for world in worlds]
    plain: dict[str, Any] = {
        "outcome": "groups",
        "method": "m",
        "version": "1",
        "digest": "d",
        "statements": list(range(100, 100 + len(worlds))),
        "everyone": columns(everyone),
        "tallies": tallies,
        "group_sizes": {"0": 40, "1": 30},
        "in_between_count": 20,
        "not_placed_count": 10,
    }
    return Drawing(**{**plain, **others})


def publish(drawing: Drawing, *, people: int = 100, devices: int = 0, set_aside: int = 0) -> Figures:
    return hiding.publish(drawing, Turnout(people=people, devices=devices, votes=1, set_aside=set_aside), stones=[])


@given(sizes)
def test_every_part_of_fewer_than_five_is_hidden(parts: list[int]) -> None:
    hidden = hidden_parts(parts)

    assert all(parts[part] >= 5 for part in range(len(parts)) if part not in hidden)


@given(sizes)
def test_what_is_hidden_is_nobody_or_at_least_five_or_everything(parts: list[int]) -> None:
    hidden = hidden_parts(parts)

    together = sum(parts[part] for part in hidden)
    assert together == 0 or together >= 5 or len(hidden) == len(parts)


@given(sizes)
def test_nothing_is_hidden_without_need(parts: list[int]) -> None:
    if all(part >= 5 for part in parts):
        assert not hidden_parts(parts)


def test_the_next_smallest_is_hidden_where_subtraction_would_reveal_the_first() -> None:
    assert hidden_parts([40, 3, 20]) == {1, 2}
    assert hidden_parts([40, 3, 20], hide_last=[2]) == {0, 1}
    assert hidden_parts([40, 3, 2, 20]) == {1, 2}
    assert hidden_parts([40, 0, 20]) == {1}


@given(seen)
def test_no_figure_about_fewer_than_five_can_be_found_by_subtraction(world: list[tuple[int, int]]) -> None:
    """Whatever is a sum or difference of published counts of a statement is about nobody or about five people."""
    published = publish(make_drawing(world)).statements[100]

    shown = [vector for vector, cell in published_vectors(published) if cell]
    truth = np.array(world).ravel()
    for partition in partitions():
        for size in range(1, len(partition) + 1):
            for parts in itertools.combinations(partition, size):
                wanted = np.sum(parts, axis=0)
                if 0 < wanted @ truth < 5:
                    assert not is_in_span(wanted, shown)


def vector_of(rows: Any, columns: Any) -> np.ndarray:
    vector = np.zeros((len(SETS), 2))
    vector[rows, columns] = 1
    return vector.ravel()


def partitions() -> list[list[np.ndarray]]:
    every = slice(None)
    return [
        [vector_of(row, every) for row in range(len(SETS))],
        [vector_of(every, column) for column in range(2)],
    ]


def test_a_total_of_groups_counts_only_those_that_are_shown() -> None:
    published = publish(make_drawing([(10, 10), (1, 2), (5, 5)])).statements[100]

    assert published.everyone
    assert published.everyone.count == 30
    assert set(published.groups) == {"A"}


def published_vectors(published: figures.StatementFigures) -> list[tuple[np.ndarray, figures.Cell | None]]:
    every = slice(None)
    # The total adds nothing to what can be computed: it is the sum of the sets that are shown.
    return [
        (vector_of(0, every), published.groups.get("A")),
        (vector_of(1, every), published.groups.get("B")),
        (vector_of(2, every), published.between),
        (vector_of(every, 0), published.devices),
    ]


def is_in_span(wanted: np.ndarray, shown: list[np.ndarray]) -> bool:
    if not shown:
        return False
    rank = np.linalg.matrix_rank(np.array(shown))
    return bool(np.linalg.matrix_rank(np.array([*shown, wanted])) == rank)


def test_a_statement_whose_groups_are_not_all_shown_is_in_no_ranking() -> None:
    ranked = {
        "unites": [[0, 1, 0.8, 0.7, True], [1, 1, 0.7, 0.6, True]],
        "divides": [[0, 2.0, 0.1, 0.9, 20], [1, 1.0, 0.1, 0.9, 20]],
        "distinctive": {"0": [[0, 1, 0.9, 0.2], [1, 1, 0.8, 0.2]]},
    }

    published = publish(make_drawing([(9, 9), (0, 3), (9, 9)], [(9, 9), (9, 9), (9, 9)], **ranked))

    assert [it.statement for it in published.unites] == [101]
    assert [it.statement for it in published.divides] == [101]
    assert [it.statement for it in published.distinctive["A"]] == [101]


def test_how_many_are_in_no_group_is_hidden_with_a_second_one_when_they_are_few() -> None:
    few = make_drawing([(9, 9)] * 3, group_sizes={"0": 50, "1": 40}, in_between_count=2, not_placed_count=8)

    published = publish(few)

    assert (published.in_between, published.not_placed) == (None, None)
    assert [group.people for group in published.groups] == [50, 40]


def test_few_devices_are_not_counted_apart_and_neither_are_the_others() -> None:
    assert publish(make_drawing([(9, 9)] * 3), devices=4).devices is None
    assert publish(make_drawing([(9, 9)] * 3), devices=4).with_account is None
    assert publish(make_drawing([(9, 9)] * 3), devices=97).with_account is None
    shown = publish(make_drawing([(9, 9)] * 3), devices=30)
    assert (shown.devices, shown.with_account) == (30, 70)


def test_whether_groups_hold_without_devices_is_said_only_where_devices_are_counted() -> None:
    drawing = make_drawing([(9, 9)] * 3, without_devices={"is_enough": True, "k": 2, "is_same": True})

    assert publish(drawing, devices=4).without_devices is None
    assert publish(drawing, devices=30).without_devices == {"is_enough": True, "k": 2, "is_same": True}


def test_ends_are_shown_only_where_each_third_is_five_people() -> None:
    line = {"outcome": "no_groups", "group_sizes": {}, "tallies": {}}

    few = publish(make_drawing([(5, 5), (0, 0), (0, 0)], divides=[[0, 2.0, 0.1, 0.9, 3]], **line))
    enough = publish(make_drawing([(9, 9), (0, 0), (0, 0)], divides=[[0, 2.0, 0.1, 0.9, 6]], **line))

    assert few.far_near == {}
    assert enough.far_near == {100: (0.1, 0.9)}


def test_figures_survive_their_column() -> None:
    drawing = make_drawing(
        [(9, 9)] * 3, [(0, 1), (9, 9), (9, 9)], unites=[[0, 1, 0.8, 0.7, True]], told_share=0.714, told_share_then=0.719
    )
    published = publish(drawing, devices=30, set_aside=12)

    assert (published.told_share, published.told_share_then) == (0.71, 0.72)
    assert figures.from_data(json.loads(json.dumps(figures.as_data(published)))) == published


def test_a_map_stored_before_something_was_reckoned_is_still_read() -> None:
    published = publish(make_drawing([(9, 9)] * 3))
    data = {name: value for name, value in figures.as_data(published).items() if not name.startswith("told_")}

    assert figures.from_data(data) == published

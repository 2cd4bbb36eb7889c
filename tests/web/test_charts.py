from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from allting.web.charts import bars, opinion_map, strip
from allting.web.charts.opinion_map import bin_people

GROUPS = st.one_of(st.none(), st.integers(0, 5))


@st.composite
def crowds(draw: st.DrawFn) -> tuple[np.ndarray, list[int | None]]:
    groups = draw(st.lists(GROUPS, max_size=120))
    places = draw(arrays.arrays(np.float64, (len(groups), 2), elements=st.floats(-1e3, 1e3)))
    return places, groups


@given(crowds())
@settings(max_examples=60, deadline=None)
def test_every_stone_is_at_least_five_people_and_nobody_is_counted_twice_or_lost(
    crowd: tuple[np.ndarray, list[int | None]],
) -> None:
    places, groups = crowd

    stones = bin_people(places, groups)

    drawn = Counter[int | None]()
    for stone in stones:
        assert stone.people >= opinion_map.FEWEST_PEOPLE
        drawn[stone.group] += stone.people
    assert drawn == {group: count for group, count in Counter(groups).items() if count >= opinion_map.FEWEST_PEOPLE}


@given(crowds(), st.randoms(use_true_random=False))
@settings(max_examples=30, deadline=None)
def test_the_order_of_people_does_not_matter(crowd: tuple[np.ndarray, list[int | None]], chance: object) -> None:
    places, groups = crowd
    order = list(range(len(groups)))
    chance.shuffle(order)  # type: ignore[attr-defined]

    first = bin_people(places, groups)
    second = bin_people(places[order], [groups[index] for index in order])

    assert [(stone.people, stone.group) for stone in first] == [(stone.people, stone.group) for stone in second]


def test_people_and_their_input_are_left_as_they_were() -> None:
    places = np.array([[0.0, 0.0], [1.0, 2.0], [3.0, 1.0], [2.0, 2.0], [9.0, 9.0]])
    before = places.copy()

    bin_people(places, [0] * 5)

    assert np.array_equal(places, before)


def test_one_far_point_does_not_squeeze_the_others() -> None:
    chance = np.random.default_rng(1)
    places = np.vstack([chance.normal(0, 1, (400, 2)), [[1e6, 1e6]]])

    stones = bin_people(places, [0] * 401)

    assert max(stone.x for stone in stones) - min(stone.x for stone in stones) > 1
    assert len(stones) > 20


def test_positions_without_groups_are_refused() -> None:
    with pytest.raises(ValueError, match="do not belong together"):
        bin_people(np.zeros((3, 2)), [0])


def a_map(**changes: object) -> opinion_map.OpinionMap:
    chance = np.random.default_rng(7)
    places = np.vstack(
        [chance.normal(-2, 0.6, (80, 2)), chance.normal(2, 0.6, (60, 2)), chance.normal(0, 0.4, (40, 2))]
    )
    stones = bin_people(places, [0] * 80 + [1] * 60 + [None] * 40)
    labels = opinion_map.labels_of(stones, {0: ("Walk and care", 80), 1: ("Basics first", 60)})
    given_values = {"title": "Two groups.", "stones": stones, "labels": labels, **changes}
    return opinion_map.OpinionMap(**given_values)  # type: ignore[arg-type]


def test_the_map_is_drawn_for_a_phone_and_for_a_wide_screen_without_inline_styles() -> None:
    drawing = opinion_map.opinion_map(a_map())

    assert 'viewBox="0 0 350 300"' in drawing
    assert 'viewBox="0 0 760 450"' in drawing
    assert drawing.count('role="img"') == 2
    assert "<title>Two groups.</title>" in drawing
    assert "style=" not in drawing
    assert "Walk and care" in drawing
    assert "80 people" in drawing


def test_groups_differ_by_shape_and_those_in_between_are_hollow() -> None:
    drawing = opinion_map.opinion_map(a_map())

    assert "#pebble-" in drawing
    assert "#shape-b" in drawing
    assert "map-between" in drawing


def test_without_separate_groups_one_cloud_is_drawn_with_its_two_ends() -> None:
    stones = bin_people(np.random.default_rng(3).normal(0, 1, (200, 2)), [None] * 200)

    drawing = opinion_map.opinion_map(a_map(stones=stones, labels=[], ends=("Fewer stops", "A stop near every door")))

    assert "map-axis" in drawing
    assert "Fewer stops" in drawing
    assert "map-between" not in drawing
    assert "map-ground" not in drawing


def test_only_the_person_who_looks_is_marked() -> None:
    assert "map-you" not in opinion_map.opinion_map(a_map())
    assert "You</text>" in opinion_map.opinion_map(a_map(you=(0.1, 0.2)))


@pytest.mark.parametrize("count", range(7))
def test_labels_never_share_a_column(count: int) -> None:
    labels = [
        opinion_map.GroupLabel(letter="ABCDEF"[n], name=f"Name {n}", people=50, x=0.3, y=n / 6) for n in range(count)
    ]

    above, below = opinion_map._label_rows(labels)

    for row in (above, below):
        taken: list[int] = []
        for part in str(row or "").split("from-")[1:]:
            start, span = int(part.split()[0]), int(part.split("span-")[1].split()[0])
            taken += range(start, start + span)
        assert len(taken) == len(set(taken))
        assert all(1 <= column <= 12 for column in taken)


def test_a_bar_says_in_words_what_it_shows() -> None:
    bar = bars.GroupBar(group=0, name="Group A", agree=0.86, disagree=0.03, low=0.83, high=0.88)

    words = bars.describe(bar)

    assert words.replace("\u00a0", " ") == (
        "Group A: 86 % agree, 3 % disagree, 11 % pass; the true share of agree likely lies between 83 % and 88 %"
    )


def test_a_thin_bar_has_no_colour_of_a_group_but_keeps_its_whisker() -> None:
    drawing = bars.group_bars(
        [bars.GroupBar(group=0, name="A", agree=0.5, disagree=0.2, low=0.2, high=0.8, is_thin=True)]
    )

    assert "bars-row group-between" in drawing
    assert "url(#stripes-between)" in drawing
    assert "whisker" in drawing


def test_names_are_escaped() -> None:
    drawing = bars.group_bars([bars.GroupBar(group=0, name="<b>", agree=0.5, disagree=0.2)])

    assert "<b>" not in drawing


def test_a_strip_holds_each_mark_and_its_figure() -> None:
    drawing = strip.strip(
        [strip.StripMark(group=0, share=0.74, name="Walk"), strip.StripMark(group=None, share=0.4, name="In between")]
    )

    assert 'x="74.0%"' in drawing
    assert "mark-ring" in drawing
    assert "style=" not in drawing

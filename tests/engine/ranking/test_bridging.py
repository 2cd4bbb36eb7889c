"""Bridging: what every camp supports, whatever the camps' sizes."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from allting.engine.ranking import bridge, errors
from tests.engine.worlds import plant_world


def test_what_both_camps_support_comes_before_what_the_large_one_loves() -> None:
    found = bridge(approvals=np.array([[900, 700], [10, 70]]), asked=np.array([[1_000, 1_000], [100, 100]]))

    assert found.order.tolist() == [1, 0]
    assert found.score == pytest.approx([np.sqrt(0.9 * 0.1), np.sqrt(0.7 * 0.7)], abs=0.03)


def test_a_camp_with_too_few_voices_is_named_instead_of_counted() -> None:
    found = bridge(approvals=np.array([[50, 50], [4, 5]]), asked=np.array([[60, 60], [4, 5]]))

    assert found.is_heard.tolist() == [[True, True], [False, True]]
    assert np.isnan(found.score[0])
    assert np.isnan(found.low[0])
    assert found.order.tolist() == [1]


def test_the_interval_is_that_of_the_shares() -> None:
    approvals, asked = np.array([[30], [12]]), np.array([[40], [30]])
    found = bridge(approvals=approvals, asked=asked)

    own = ((approvals + 1) / (asked + 2)).ravel()
    draws = [
        stats.beta(approvals[camp, 0] + 4 * own[camp], asked[camp, 0] - approvals[camp, 0] + 4 * (1 - own[camp])).rvs(
            40_000, random_state=camp
        )
        for camp in range(2)
    ]
    low, high = np.quantile(np.sqrt(draws[0] * draws[1]), (0.1, 0.9))
    assert (found.low[0], found.high[0]) == pytest.approx((low, high), abs=0.01)
    assert found.low[0] < found.score[0] < found.high[0]


@given(seed=st.integers(0, 999), camps=st.integers(1, 4))
@settings(max_examples=30, deadline=None)
def test_neither_the_order_of_camps_nor_of_items_matters(seed: int, camps: int) -> None:
    random = np.random.default_rng(seed)
    asked = random.integers(0, 50, (camps, 8))
    approvals = random.binomial(asked, 0.5)
    camp, item = random.permutation(camps), random.permutation(8)

    found = bridge(approvals=approvals, asked=asked)
    renamed = bridge(approvals=approvals[camp][:, item], asked=asked[camp][:, item])

    assert renamed.score == pytest.approx(found.score[item], nan_ok=True)
    assert np.all((found.rates > 0) & (found.rates < 1))
    has_score = np.isfinite(found.score)
    assert np.array_equal(has_score, (asked >= 5).all(axis=0))
    assert sorted(found.order.tolist()) == np.flatnonzero(has_score).tolist()


def test_it_finds_what_both_camps_like_where_one_is_nine_times_the_other() -> None:
    by_bridge, by_mean = [], []
    for seed in range(6):
        random = np.random.default_rng(seed)
        of_camp = np.repeat([0, 1], [1_800, 200])
        likes = random.normal(0, 1.5, (2, 100))
        both = set(np.argsort(-likes.min(axis=0))[:9].tolist())
        seen = np.argsort(random.random((2_000, 100)), axis=1)[:, :30]
        approves = random.random(seen.shape) < 1 / (1 + np.exp(-np.take_along_axis(likes[of_camp], seen, axis=1)))
        cell = of_camp[:, None] * 100 + seen
        asked = np.bincount(cell.ravel(), minlength=200).reshape(2, 100)
        approvals = np.bincount(cell[approves], minlength=200).reshape(2, 100)
        by_bridge.append(len(both & set(bridge(approvals=approvals, asked=asked).order[:9].tolist())) / 9)
        mean = approvals.sum(axis=0) / asked.sum(axis=0)
        by_mean.append(len(both & set(np.argsort(-mean)[:9].tolist())) / 9)

    assert np.mean(by_bridge) >= 0.8
    assert np.mean(by_mean) <= 0.6


@given(seed=st.integers(0, 999), times=st.integers(2, 50))
@settings(max_examples=40, deadline=None)
def test_what_a_small_camp_supports_does_not_hang_on_how_many_the_other_are(seed: int, times: int) -> None:
    random = np.random.default_rng(seed)
    asked = random.integers(200, 400, (2, 10))
    approvals = random.binomial(asked, random.uniform(0.1, 0.9, (2, 10)))
    large = np.array([[times], [1]])

    found = bridge(approvals=approvals, asked=asked)
    grown = bridge(approvals=approvals * large, asked=asked * large)

    assert grown.rates[1] == pytest.approx(found.rates[1])
    # What is left of the difference is the pull of four votes, which the large camp no longer feels.
    assert grown.score == pytest.approx(found.score, abs=0.05)


@given(camp=st.integers(20, 400), other=st.integers(20, 400), loved=st.floats(0.85, 1), refused=st.floats(0, 0.2))
@settings(deadline=None)
def test_what_divides_stays_behind_what_both_support_a_little(
    camp: int, other: int, loved: float, refused: float
) -> None:
    asked = np.array([[camp, camp, camp], [other, other, other]])
    shares = np.array([[loved, refused, 0.62], [refused, loved, 0.62]])

    found = bridge(approvals=np.round(asked * shares).astype(int), asked=asked)

    assert found.order[0] == 2


@pytest.mark.parametrize(("posing", "is_first"), [(0, False), (10, False), (25, False), (150, True)])
def test_some_who_pose_as_the_other_camp_do_not_carry_what_divides(posing: int, is_first: bool) -> None:
    """With more of them than of the camp itself they do: who may take part is checked elsewhere."""
    asked = np.array([[400, 400], [100 + posing, 100 + posing]])
    approvals = np.array([[380, 240], [10 + posing, 60]])

    found = bridge(approvals=approvals, asked=asked)

    assert bool(found.order[0] == 0) == is_first


def test_groups_of_a_map_are_camps_too() -> None:
    world = plant_world(seed=1, shares=(0.9, 0.1), people=1_000, statements=40, votes_each=30, spread=1.5)
    counts = world.votes.count_by(world.groups, count=2)  # of disagrees, passes and agrees

    found = bridge(approvals=counts[:, :, 2], asked=counts.sum(axis=2))

    both = np.argsort(-world.opinions.min(axis=0))[:9]
    assert len(set(both.tolist()) & set(found.order[:9].tolist())) >= 7


def test_counts_that_cannot_be_meant_are_refused() -> None:
    with pytest.raises(errors.CountsImpossible):
        bridge(approvals=np.array([[3]]), asked=np.array([[2]]))
    with pytest.raises(errors.CountsImpossible):
        bridge(approvals=np.array([[-1]]), asked=np.array([[2]]))

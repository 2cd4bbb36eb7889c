"""Strengths from pairs: against a slow twin, by their properties, and with pairs that are worth asking."""

import csv
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allting.engine.ranking import Strengths, count_wins, errors, fit_strengths, prepare_pairs
from tests.engine.ranking.twin import fit_slowly

comparisons = st.lists(
    st.tuples(st.integers(0, 5), st.integers(0, 5)).filter(lambda pair: pair[0] != pair[1]), min_size=1, max_size=30
)


def fitted(pairs: list[tuple[int, int]], *, items: int = 6, **more: object) -> Strengths:
    winners, losers = np.array(pairs).T
    wins = count_wins(winners=winners, losers=losers, item_count=items)
    return fit_strengths(wins=wins, **more)  # type: ignore[arg-type]


@given(pairs=comparisons)
@settings(max_examples=25, deadline=None)
def test_strengths_equal_the_slow_twin(pairs: list[tuple[int, int]]) -> None:
    assert fitted(pairs).mean == pytest.approx(fit_slowly(pairs, item_count=6, spread=1.0), abs=1e-4)


@given(pairs=comparisons, seed=st.integers(0, 99))
@settings(max_examples=25, deadline=None)
def test_relabelling_only_relabels_and_swapping_winners_mirrors(pairs: list[tuple[int, int]], seed: int) -> None:
    name = np.random.default_rng(seed).permutation(6)
    found = fitted(pairs)

    renamed = fitted([(int(name[winner]), int(name[loser])) for winner, loser in pairs])
    mirrored = fitted([(loser, winner) for winner, loser in pairs])

    assert renamed.mean[name] == pytest.approx(found.mean, abs=1e-7)
    assert mirrored.mean == pytest.approx(-found.mean, abs=1e-7)


def test_a_winner_is_stronger_and_what_nobody_compared_stays_unsure() -> None:
    found = fitted([(0, 1)] * 3 + [(1, 2)] * 3)

    assert found.order[:1].tolist() == [0]
    assert found.mean[0] > found.mean[1] > found.mean[2]
    assert found.mean[3:] == pytest.approx(np.zeros(3))
    assert found.standard_errors[3:] == pytest.approx(np.ones(3))
    assert np.all(found.standard_errors[:3] < 1)
    assert found.comparisons.tolist() == [3, 6, 3, 0, 0, 0]


def test_more_comparisons_make_it_surer_and_the_chance_bolder() -> None:
    few, many = fitted([(0, 1)] * 3 + [(1, 0)]), fitted([(0, 1)] * 300 + [(1, 0)] * 100)

    assert many.standard_errors[0] < few.standard_errors[0]
    assert 0.5 < few.chance(0, 1) < many.chance(0, 1)
    assert many.chance([0], [1])[0] == pytest.approx(0.75, abs=0.01)
    assert few.chance(0, 1) + few.chance(1, 0) == pytest.approx(1)


def test_a_group_with_few_comparisons_says_what_everybody_says() -> None:
    everybody = fitted([(0, 1)] * 40 + [(1, 2)] * 40)

    group = fitted([(2, 0)], towards=everybody.mean, spread=0.5)

    assert group.order[0] == 0
    assert group.mean[2] > everybody.mean[2]


def test_a_refit_from_earlier_strengths_ends_at_the_same_place() -> None:
    pairs = [(0, 1)] * 5 + [(1, 2)] * 4 + [(2, 0)] * 2
    cold = fitted(pairs)

    assert fitted(pairs, start=cold.mean + 0.3).mean == pytest.approx(cold.mean, abs=1e-8)


def test_error_bars_are_honest() -> None:
    off = []
    for seed in range(20):
        random = np.random.default_rng(seed)
        truth = random.normal(0, 1, 20)
        found = _answered(truth, _any_pairs(20, 400, random), random)
        off.append((found.mean - truth) / found.standard_errors)

    assert np.std(off) == pytest.approx(1, abs=0.1)


def test_counts_that_cannot_be_meant_are_refused() -> None:
    with pytest.raises(errors.SelfCompared):
        count_wins(winners=[0, 1], losers=[1, 1], item_count=2)
    with pytest.raises(errors.IndexOutOfRange):
        count_wins(winners=[0], losers=[2], item_count=2)
    with pytest.raises(errors.RowsUneven):
        count_wins(winners=[0], losers=[], item_count=2)
    with pytest.raises(errors.NotSquare):
        fit_strengths(wins=np.zeros((2, 3)))
    with pytest.raises(errors.SelfCompared):
        fit_strengths(wins=np.eye(2))


@pytest.mark.parametrize("items", [2, 3, 30])
def test_prepared_pairs_are_of_two_and_the_same_for_one_seed(items: int) -> None:
    found = fitted([(0, 1)], items=items)

    pairs = prepare_pairs(found, top=9, count=50, seed=0)

    assert pairs.shape == (50, 2)
    assert np.all(pairs[:, 0] != pairs[:, 1])
    assert pairs.min() >= 0
    assert pairs.max() < items
    assert np.array_equal(pairs, prepare_pairs(found, top=9, count=50, seed=0))
    assert not np.array_equal(pairs, prepare_pairs(found, top=9, count=50, seed=1))


def test_one_item_has_no_pair() -> None:
    assert prepare_pairs(fit_strengths(wins=np.zeros((1, 1))), top=1, count=5, seed=0).shape == (0, 2)


def test_chosen_pairs_find_the_top_with_fewer_questions_than_any_pairs() -> None:
    chosen, by_lot = [], []
    for seed in range(6):
        random = np.random.default_rng(seed)
        truth = random.normal(0, 1, 60)
        top = set(np.argsort(-truth)[:9].tolist())
        wins, found = np.zeros((60, 60)), fit_strengths(wins=np.zeros((60, 60)))
        for block in range(8):
            wins += _wins(truth, prepare_pairs(found, top=9, count=100, seed=block), random)
            found = fit_strengths(wins=wins, start=found.mean)
        chosen.append(len(top & set(found.order[:9].tolist())))
        by_lot.append(len(top & set(_answered(truth, _any_pairs(60, 800, random), random).order[:9].tolist())))

    assert np.mean(chosen) >= np.mean(by_lot) + 0.4


def _any_pairs(items: int, count: int, random: np.random.Generator) -> np.ndarray:
    first = random.integers(0, items, count)
    return np.stack((first, (first + random.integers(1, items, count)) % items), axis=1)


def _wins(truth: np.ndarray, pairs: np.ndarray, random: np.random.Generator) -> np.ndarray:
    first, second = pairs.T
    is_first = random.random(len(pairs)) < 1 / (1 + np.exp(truth[second] - truth[first]))
    winners, losers = np.where(is_first, first, second), np.where(is_first, second, first)
    return count_wins(winners=winners, losers=losers, item_count=len(truth))


def _answered(truth: np.ndarray, pairs: np.ndarray, random: np.random.Generator) -> Strengths:
    return fit_strengths(wins=_wins(truth, pairs, random))


SURVEY = Path(__file__).resolve().parents[4] / "shared" / "data" / "pairwise" / "mercator_kodaqs_data.csv"


@pytest.mark.skipif(not SURVEY.is_file(), reason="The real wiki survey is not beside the project (../shared/data).")
def test_real_comparisons_are_predicted_better_than_by_a_coin() -> None:
    losses, coin = [], []
    for pairs in _read_survey().values():
        fold = np.random.default_rng(3).integers(0, 5, len(pairs))
        items = int(pairs.max()) + 1
        for out in range(5):
            winners, losers = pairs[fold != out].T
            found = fit_strengths(wins=count_wins(winners=winners, losers=losers, item_count=items))
            losses.append(-np.log(found.chance(*pairs[fold == out].T)))
            coin.append(np.full(np.count_nonzero(fold == out), np.log(2)))

    assert sum(len(loss) for loss in losses) == 1_172
    assert np.concatenate(losses).mean() < np.concatenate(coin).mean() - 0.02


def _read_survey() -> dict[str, np.ndarray]:
    """Data of the WZB Berlin (Mercator wiki survey), MIT; winners and losers by question."""
    found: dict[str, list[tuple[int, int]]] = {}
    with SURVEY.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            for place in range(1, 11):
                winner, pair = row[f"wiki_{place}"], row[f"wiki_pair_{place}"]
                if winner not in {"", "NA"} and pair not in {"", "NA"}:
                    one, other = (int(item) for item in pair.split(","))
                    loser = other if int(winner) == one else one
                    found.setdefault(row["question"], []).append((int(winner), loser))
    return {question: np.array(pairs) for question, pairs in found.items()}

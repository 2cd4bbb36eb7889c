"""The voting model against plain arithmetic and against its slow twin."""

import numpy as np
import pytest
from scipy import sparse

from allting.engine.opinion import fit_positions, sweeps, untangling
from allting.engine.opinion.estimates import Change, Estimates, PeopleSums
from allting.engine.opinion.model import fit_voting_model
from tests.engine.twin import fit_slowly
from tests.engine.worlds import plant_world


def some_estimates(count: int, *, dimensions: int) -> Estimates:
    random = np.random.default_rng(count)
    root = random.normal(size=(count, 1 + dimensions, 1 + dimensions)) / 3
    return Estimates(mean=random.normal(size=(count, 1 + dimensions)), covariance=root @ root.mT)


def test_the_expected_square_counts_both_uncertainties_and_their_product() -> None:
    people, statements = some_estimates(3, dimensions=2), some_estimates(4, dimensions=2)
    pairs = np.array([[0, 1], [2, 3], [1, 1]], dtype=np.int32)

    computed = sweeps.expected_squares(
        sweeps.moments_of(people, constant=sweeps.PERSON_CONSTANT)[1],
        sweeps.moments_of(statements, constant=sweeps.STATEMENT_CONSTANT)[1],
        pairs[:, 0],
        pairs[:, 1],
    )

    for (person, statement), square in zip(pairs, computed, strict=True):
        a, x = people.mean[person, 0], people.mean[person, 1:]
        b, y = statements.mean[statement, 0], statements.mean[statement, 1:]
        person_factor, statement_factor = np.array([1, *y]), np.array([1, *x])
        of_x, of_y = people.covariance[person], statements.covariance[statement]
        variance = (
            person_factor @ of_x @ person_factor
            + statement_factor @ of_y @ statement_factor
            + np.trace(of_x[1:, 1:] @ of_y[1:, 1:])
        )
        assert square == pytest.approx((a + b + x @ y) ** 2 + variance)


def test_a_sweep_is_the_formula_of_the_bound_for_each_person() -> None:
    statements = some_estimates(5, dimensions=2)
    weights = np.array([[0.1, 0, 0.2, 0, 0.12], [0, 0.2, 0, 0, 0]])
    signs = np.array([[1, 0, -1, 0, 1], [0, -1, 0, 0, 0]])
    prior = np.diag([2.0, 1.0, 1.0])

    evidence = sweeps._evidence(
        weights=sparse.csr_array(weights),
        half_signs=sparse.csr_array(signs / 2),
        other_side=sweeps.moments_of(statements, constant=sweeps.STATEMENT_CONSTANT)[1],
        constant=sweeps.STATEMENT_CONSTANT,
    )
    swept = sweeps._posterior(
        evidence,
        intercept=sweeps.STATEMENT_INTERCEPT,
        prior_precision=prior,
        prior_pull=np.zeros(3),
    )

    for person in range(2):
        precision, pull = prior.copy(), np.zeros(3)
        for statement in np.flatnonzero(signs[person]):
            mean, covariance = statements.mean[statement], statements.covariance[statement]
            factor = np.array([1, *mean[1:]])
            spread = np.zeros((3, 3))
            spread[1:, 1:] = covariance[1:, 1:]
            with_intercept = factor * mean[0] + np.array([0, *covariance[0, 1:]])
            precision += 2 * weights[person, statement] * (np.outer(factor, factor) + spread)
            pull += signs[person, statement] / 2 * factor - 2 * weights[person, statement] * with_intercept
        assert swept.covariance[person] == pytest.approx(np.linalg.inv(precision))
        assert swept.mean[person] == pytest.approx(np.linalg.solve(precision, pull))


def test_the_weight_of_the_bound_is_an_eighth_at_zero_and_falls() -> None:
    weights = sweeps.bound_weight(np.array([0.0, 1.0, 4.0]))

    assert weights == pytest.approx([1 / 8, np.tanh(0.5) / 4, np.tanh(2) / 16])


def test_rescaling_keeps_every_logit_and_brings_people_to_one() -> None:
    people, statements = some_estimates(50, dimensions=3), some_estimates(7, dimensions=3)

    _, change, scaled_statements = untangling.rescale(_sums(people), statements)

    scaled_people = change.of(people)
    variances = np.diagonal(scaled_people.covariance, axis1=1, axis2=2)[:, 1:]
    assert (scaled_people.mean[:, 1:] ** 2 + variances).mean(axis=0) == pytest.approx(np.ones(3))
    assert scaled_people.mean[:, 1:] @ scaled_statements.mean[:, 1:].T == pytest.approx(
        people.mean[:, 1:] @ statements.mean[:, 1:].T
    )


def test_untangling_keeps_every_logit_and_leaves_nobody_leaning() -> None:
    people, statements = some_estimates(50, dimensions=3), some_estimates(7, dimensions=3)

    sums, change, straight = untangling.untangle(
        _sums(people),
        statements,
        voted_on=np.ones(7, dtype=np.bool_),
        tendency_precision=2.0,
        popularity_precision=1.0,
        popularity_mean=0.3,
    )

    moved = change.of(people)
    assert _logits(moved, straight) == pytest.approx(_logits(people, statements))
    assert sums.means == pytest.approx(moved.mean.sum(axis=0))
    assert sums.squares == pytest.approx(_sums(moved).squares)


def test_two_changes_after_each_other_are_one() -> None:
    people, random = some_estimates(20, dimensions=2), np.random.default_rng(1)
    first, second = (Change(turn=random.normal(size=(3, 3)), move=random.normal(size=3)) for _ in range(2))

    at_once, one_by_one = first.then(second).of(people), second.of(first.of(people))

    assert at_once.mean == pytest.approx(one_by_one.mean)
    assert at_once.covariance == pytest.approx(one_by_one.covariance)


def _sums(people: Estimates) -> PeopleSums:
    return PeopleSums.of(people, counted=np.ones(len(people.mean), dtype=np.bool_))


def _logits(people: Estimates, statements: Estimates) -> np.ndarray:
    return np.asarray(people.mean[:, :1] + statements.mean[:, 0] + people.mean[:, 1:] @ statements.mean[:, 1:].T)


def test_the_slow_twin_puts_people_in_the_same_places() -> None:
    world = plant_world(seed=2, shares=(1 / 3, 1 / 3, 1 / 3), people=200, statements=60, votes_each=50)
    signs = np.zeros((200, 60))
    signs[world.votes.participants, world.votes.statements] = world.votes.values

    slow_people, slow_statements = fit_slowly(signs=signs, dimensions=2, rounds=20)
    positions = fit_positions(world.votes)

    for axis in range(2):
        place = positions.people[:, axis] - positions.people[:, axis].mean()
        slow = slow_people[:, 1:] - slow_people[:, 1:].mean(axis=0)
        along = slow @ np.linalg.lstsq(slow, place)[0]
        assert np.corrcoef(place, along)[0, 1] >= 0.98
    assert np.corrcoef(positions.model.people.mean[:, 0], slow_people[:, 0])[0, 1] >= 0.98
    assert np.corrcoef(positions.model.statements.mean[:, 0], slow_statements[:, 0])[0, 1] >= 0.98


def test_the_priors_are_learned_from_a_planted_world() -> None:
    world = plant_world(seed=3, people=1_000, statements=80, votes_each=40, tendency=0.6)

    model = fit_positions(world.votes).model

    assert model.is_settled
    assert model.tendency_precision**-0.5 == pytest.approx(0.6, abs=0.1)
    assert model.popularity_mean == pytest.approx(world.opinions.mean(), abs=0.15)


def test_left_out_answers_are_predicted_nearly_as_well_as_the_truth_would() -> None:
    world = plant_world(seed=4, people=1_000, statements=80, votes_each=60)
    votes = world.votes
    is_out = np.random.default_rng(4).random(len(votes.values)) < 0.2
    pairs = {"participants": votes.participants[is_out], "statements": votes.statements[is_out]}
    is_agree = votes.values[is_out] == 1

    kept = fit_voting_model(
        participants=votes.participants[~is_out],
        statements=votes.statements[~is_out],
        signs=votes.values[~is_out],
        participant_count=votes.participant_count,
        statement_count=votes.statement_count,
    )

    truth = 1 / (1 + np.exp(-world.opinions[world.groups[pairs["participants"]], pairs["statements"]]))
    losses = [-np.log(np.where(is_agree, p, 1 - p)).mean() for p in (kept.agreement(**pairs), truth)]
    # The truth of the group without the personal tendency: what a perfect grouping could reach.
    assert losses[0] < losses[1] + 0.005

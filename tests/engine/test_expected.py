"""What the models expect a set of people to answer, and who passes."""

from collections.abc import Sequence

import numpy as np
import pytest

from allting.engine.opinion import (
    Expected,
    Positions,
    Tally,
    expect_answers,
    fit_passing,
    fit_positions,
    pack_votes,
    tally_votes,
)
from allting.engine.opinion.model import VotingModel
from allting.engine.opinion.refits import log_losses
from allting.engine.opinion.votes import keep_rows
from tests.engine.worlds import World, plant_world

STATEMENTS = 30


@pytest.fixture(scope="module")
def world() -> World:
    return plant_world(seed=8, people=400, statements=STATEMENTS, votes_each=20, spread=1.5, pass_share=0.2)


@pytest.fixture(scope="module")
def positions(world: World) -> Positions:
    return fit_positions(world.votes)


@pytest.fixture(scope="module")
def passing(world: World, positions: Positions) -> VotingModel:
    return fit_passing(world.votes, positions=positions)


def test_a_set_is_expected_to_answer_as_its_people_do_on_average(
    world: World, positions: Positions, passing: VotingModel
) -> None:
    sets = np.where(np.arange(400) % 5 == 0, -1, world.groups)
    of_sets = expect_answers(positions, passing, sets=sets, count=2)

    for members, expected in zip((sets == 0, sets == 1, sets >= 0), of_sets, strict=True):
        people = np.repeat(np.flatnonzero(members), STATEMENTS)
        what = np.tile(np.arange(STATEMENTS), np.count_nonzero(members))
        agrees, passes = (
            model.agreement(participants=people, statements=what).reshape(-1, STATEMENTS)
            for model in (positions.model, passing)
        )
        assert expected.agree_rate == pytest.approx(((1 - passes) * agrees).mean(axis=0), abs=1e-5)
        assert expected.disagree_rate == pytest.approx(((1 - passes) * (1 - agrees)).mean(axis=0), abs=1e-5)


def test_who_teaches_stands_for_the_others(world: World, positions: Positions, passing: VotingModel) -> None:
    sampled = fit_positions(world.votes, most_learners=300)
    assert sampled.learners is not None
    sets = world.groups.copy()
    sets[0], others = 2, np.setdiff1d(np.arange(400), sampled.learners)
    sets[others] = np.where(sets[others] == 0, 3, sets[others])

    found = expect_answers(sampled, fit_passing(world.votes, positions=sampled), sets=sets, count=4)

    everybody = expect_answers(positions, passing, sets=world.groups, count=2)
    assert found[1].agree_rate == pytest.approx(everybody[1].agree_rate, abs=0.06)
    # The last set has nobody who teaches.
    assert np.array_equal(found[3].agree_rate, found[4].agree_rate)


def test_left_out_votes_are_predicted_better_by_rates_drawn_to_what_is_expected(world: World) -> None:
    """Sixty of 400 people in four sets, each of one planted group; half of their votes are kept: five a statement."""
    votes, sets = world.votes, np.where(np.arange(400) < 60, np.arange(400) // 30 + 2 * world.groups, -1)
    is_out = (np.random.default_rng(2).random(len(votes.values)) < 0.5) & (sets[votes.participants] >= 0)
    kept = keep_rows(votes, rows=~is_out)
    positions = fit_positions(kept)
    expected = expect_answers(positions, fit_passing(kept, positions=positions), sets=sets, count=4)
    everybody = tally_votes(kept, members=np.ones(400, dtype=np.bool_))

    def loss(towards: Sequence[Expected | Tally]) -> float:
        rates = np.array([tally_votes(kept, members=sets == it, towards=towards[it]).agree_rate for it in range(4)])
        predicted = rates[sets[votes.participants[is_out]], votes.statements[is_out]]
        return float(log_losses(predicted, votes.values[is_out] == 1).mean())

    assert loss(expected) < loss([everybody] * 4) - 0.005


@pytest.mark.parametrize("value", [0, 1], ids=["everybody passes", "nobody passes"])
def test_where_all_do_the_same_that_is_expected(value: int) -> None:
    people, statements = 40, 20
    grid = np.where(np.arange(people)[:, None] % 2 == 0, value, -value) * np.ones((people, statements), dtype=int)
    grid[0, 0] = 1  # without a single answer nobody has a place
    votes = pack_votes(
        participants=np.repeat(np.arange(people), statements),
        statements=np.tile(np.arange(statements), people),
        values=grid.ravel(),
        participant_count=people,
        statement_count=statements,
    )
    positions = fit_positions(votes)

    passing = fit_passing(votes, positions=positions)
    of_even, _, everybody = expect_answers(positions, passing, sets=np.arange(people) % 2, count=2)

    passes = 1 - everybody.agree_rate - everybody.disagree_rate
    assert passes[1:] == pytest.approx(np.full(statements - 1, 1.0 - value), abs=0.05)
    assert np.all(of_even.agree_rate[1:] > 0.9 * value)

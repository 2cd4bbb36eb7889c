"""Many people: the statements are taught by some, everybody is placed, and a redraw moves only who voted."""

import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score

from allting.engine.opinion import (
    Basis,
    Groups,
    Positions,
    Votes,
    find_groups,
    fit_positions,
    follow_votes,
    keep_groups,
    pack_votes,
    regroup,
    sweeps,
)
from allting.engine.opinion.model import place
from allting.engine.opinion.votes import keep_people
from tests.engine.worlds import World, plant_world

LEARNERS = 700


@pytest.fixture(scope="module")
def world() -> World:
    return plant_world(seed=9, people=2_000, statements=60, votes_each=30)


@pytest.fixture(scope="module")
def sampled(world: World) -> Positions:
    return fit_positions(world.votes, most_learners=LEARNERS)


@pytest.fixture(scope="module")
def groups(world: World, sampled: Positions) -> Groups:
    return find_groups(world.votes, sampled, most_groups=3)


def test_some_teach_and_everybody_is_placed_as_if_all_had_taught(world: World, sampled: Positions) -> None:
    everybody = fit_positions(world.votes)

    assert sampled.learners is not None
    assert len(sampled.learners) == LEARNERS
    assert np.all(np.diff(sampled.learners) > 0)
    assert sampled.people.shape == everybody.people.shape
    assert abs(np.corrcoef(sampled.people[:, 0], everybody.people[:, 0])[0, 1]) > 0.97


def test_groups_reach_people_who_did_not_teach(world: World, sampled: Positions, groups: Groups) -> None:
    others = np.setdiff1d(np.arange(2_000), sampled.learners)

    ceiling = adjusted_rand_score(world.groups[others], world.best_guess()[others])
    assert groups.k == 2
    likely = groups.posterior[others].argmax(axis=1)
    assert adjusted_rand_score(world.groups[others], likely) >= ceiling - 0.05


def test_the_same_people_teach_again_under_other_indices(world: World, sampled: Positions) -> None:
    votes = world.votes
    person = np.random.default_rng(1).permutation(2_000)
    renamed = pack_votes(
        participants=person[votes.participants],
        statements=votes.statements,
        values=votes.values,
        participant_count=2_000,
        statement_count=60,
    )

    keys = np.argsort(person)  # the key of whoever has an index now is the index they had
    again = fit_positions(renamed, most_learners=LEARNERS, keys=keys)

    assert again.learners is not None
    assert sampled.learners is not None
    assert sorted(keys[again.learners]) == sampled.learners.tolist()
    assert again.people[person] == pytest.approx(sampled.people, abs=1e-3)


def test_who_hardly_answered_does_not_teach() -> None:
    votes = plant_world(seed=2, people=60, statements=20, votes_each=4).votes

    with_more = fit_positions(votes, most_learners=10)

    assert with_more.learners is None


def test_placing_people_equals_the_last_sweeps_of_a_fit(world: World) -> None:
    fitted = fit_positions(world.votes)

    placed = place(world.votes, fitted.model)

    off = np.abs(placed.mean - fitted.model.people.mean)
    assert off.mean() < 0.02
    few = place(world.votes, fitted.model, people=np.array([4, 5, 900]))
    assert few.mean == pytest.approx(placed.mean[[4, 5, 900]], abs=1e-5)


def test_all_pairs_at_once_give_what_votes_one_by_one_give(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    fitted = fit_positions(world.votes).model
    votes = sweeps.half_signs_of(world.votes, people=np.arange(2_000))
    people = sweeps.moments_of(fitted.people, constant=sweeps.PERSON_CONSTANT)[1]
    statements = sweeps.moments_of(fitted.statements, constant=sweeps.STATEMENT_CONSTANT)[1]

    at_once = sweeps.bound_weights(people, statements, votes)
    monkeypatch.setattr(sweeps, "_PAIRS_WORTH_A_VOTE", 0)
    one_by_one = sweeps.bound_weights(people, statements, votes)

    assert at_once.data == pytest.approx(one_by_one.data, abs=1e-12)


def test_a_redraw_moves_only_who_voted(world: World, sampled: Positions, groups: Groups) -> None:
    later, changed = _with_changed_minds(world.votes, people=np.array([3, 50, 1_999]))

    positions = follow_votes(later, sampled, changed=changed)
    kept = keep_groups(later, positions, last=groups, changed=changed)

    others = np.setdiff1d(np.arange(2_000), changed)
    assert np.array_equal(positions.people[others], sampled.people[others])
    assert np.all(np.abs(positions.people[changed, 0] - sampled.people[changed, 0]) > 0.1)
    assert np.array_equal(kept.labels[others], groups.labels[others])
    assert kept.numbers == groups.numbers
    assert kept.posterior[changed].sum(axis=1) == pytest.approx(np.ones(3))


def test_without_a_change_a_redraw_is_the_same_map(world: World, sampled: Positions, groups: Groups) -> None:
    everybody = np.arange(2_000, dtype=np.int32)

    positions = follow_votes(world.votes, sampled, changed=everybody)

    assert positions.people == pytest.approx(sampled.people, abs=1e-4)
    assert np.array_equal(keep_groups(world.votes, positions, last=groups, changed=everybody).labels, groups.labels)


def test_people_and_statements_that_came_since_have_a_place(world: World, sampled: Positions, groups: Groups) -> None:
    votes = world.votes
    guest = keep_people(votes, people=np.array([17]))  # votes as person 17 did, and on a new statement
    later = pack_votes(
        participants=np.concatenate((votes.participants, np.full(31, 2_000), np.arange(100))),
        statements=np.concatenate((votes.statements, guest.statements, [60], np.full(100, 60))),
        values=np.concatenate((votes.values, guest.values, [1], np.where(world.groups[:100] == 0, 1, -1))),
        participant_count=2_001,
        statement_count=61,
    )
    changed = np.array([*range(100), 2_000], dtype=np.int32)

    positions = follow_votes(later, sampled, changed=changed)
    kept = keep_groups(later, positions, last=groups, changed=changed)

    assert positions.people[2_000] == pytest.approx(sampled.people[17], abs=0.2)
    assert positions.is_known[60]
    assert np.linalg.norm(positions.statements[60]) > 0.3
    assert kept.labels[2_000] == kept.labels[17]


@pytest.mark.parametrize("basis", [Basis.VOTES, Basis.POSITIONS])
def test_regrouping_draws_as_many_groups_as_were_found(
    world: World, sampled: Positions, groups: Groups, basis: Basis
) -> None:
    last = groups if basis is Basis.VOTES else _found_in_positions(groups)

    again = regroup(world.votes, sampled, last=last, previous=groups.numbered_labels())

    assert again.k == 2
    assert again.numbers == groups.numbers
    assert again.attempts == groups.attempts
    both = (again.labels >= 0) & (groups.labels >= 0)
    assert np.mean(again.labels[both] == groups.labels[both]) > 0.97


def _found_in_positions(groups: Groups) -> Groups:
    names = [field for field in groups.__dataclass_fields__ if field != "basis"]
    return Groups(basis=Basis.POSITIONS, **{name: getattr(groups, name) for name in names})


def _with_changed_minds(votes: Votes, *, people: np.ndarray) -> tuple[Votes, np.ndarray]:
    values = votes.values.copy()
    values[np.isin(votes.participants, people)] *= -1
    later = pack_votes(
        participants=votes.participants,
        statements=votes.statements,
        values=values,
        participant_count=votes.participant_count,
        statement_count=votes.statement_count,
    )
    return later, people.astype(np.int32)

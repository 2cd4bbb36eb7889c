"""Groups: planted ones are found as many as they are, none where there are none, and names that last."""

import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score

from allting.engine.opinion import (
    IN_BETWEEN,
    NOT_PLACED,
    Basis,
    Condition,
    Groups,
    Votes,
    find_groups,
    fit_positions,
    pack_votes,
)
from allting.engine.opinion.attempts import predicts_better
from allting.engine.opinion.refits import fold_of, group_rates
from benchmarks.opinion_worlds import best_f1
from tests.engine.worlds import World, plant_world


def groups_of(world: World, *, most_groups: int = 4, previous: np.ndarray | None = None) -> Groups:
    return find_groups(world.votes, fit_positions(world.votes), most_groups=most_groups, previous=previous)


@pytest.fixture(scope="module")
def two() -> World:
    """Two clear groups."""
    return plant_world(seed=11, people=300, statements=40, votes_each=25)


@pytest.fixture(scope="module")
def groups_of_two(two: World) -> Groups:
    return groups_of(two)


@pytest.mark.parametrize(
    ("seed", "shares"),
    [(1, (1.0,)), (1, (0.5, 0.5)), (2, (0.7, 0.3)), (1, (1 / 3, 1 / 3, 1 / 3))],
    ids=["one", "two", "two unequal", "three"],
)
def test_planted_groups_are_found_as_many_as_they_are(seed: int, shares: tuple[float, ...]) -> None:
    world = plant_world(seed=seed, shares=shares, people=500, statements=60, votes_each=30)

    groups = groups_of(world)

    likely = groups.posterior.argmax(axis=1)
    ceiling = adjusted_rand_score(world.groups, world.best_guess())
    assert groups.k == len(shares)
    assert adjusted_rand_score(world.groups, likely) >= ceiling - 0.1


def test_a_cloud_without_edges_is_looked_at_by_its_positions() -> None:
    votes = spread_out(people=300, statements=40, votes_each=25)

    groups = find_groups(votes, fit_positions(votes), most_groups=3)

    assert groups.basis == Basis.POSITIONS


def spread_out(*, people: int, statements: int, votes_each: int) -> Votes:
    """People along one line, as many at its ends as between."""
    random = np.random.default_rng(3)
    place, pull, liked = random.uniform(-2, 2, people), random.normal(0, 1, statements), random.normal(0, 1, statements)
    who = np.repeat(np.arange(people), votes_each)
    what = np.concatenate([random.permutation(statements)[:votes_each] for _ in range(people)])
    agreement = 1 / (1 + np.exp(-(liked[what] + place[who] * pull[what])))
    return pack_votes(
        participants=who,
        statements=what,
        values=np.where(random.random(len(who)) < agreement, 1, -1),
        participant_count=people,
        statement_count=statements,
    )


def test_one_group_more_has_to_predict_better_by_more_than_luck() -> None:
    losses = np.random.default_rng(5).random(1_000)
    noise = np.random.default_rng(6).normal(0, 0.1, 1_000)

    # A gain of one standard error is luck, of three is not.
    assert not predicts_better(losses - noise + noise.mean() - 0.1 / np.sqrt(1_000), losses)
    assert predicts_better(losses - noise + noise.mean() - 0.3 / np.sqrt(1_000), losses)


def test_skewed_exposure_and_passes_do_not_make_groups() -> None:
    world = plant_world(
        seed=6, shares=(1.0,), people=300, statements=50, votes_each=20, pass_share=0.2, skew=1.0, tendency=1.0
    )

    groups = groups_of(world)

    assert not groups.hold_up
    assert all(Condition.STABLE in attempt.failed for attempt in groups.attempts[1:])


@pytest.mark.slow
@pytest.mark.parametrize(
    ("shares", "votes_each", "most_groups"),
    [((1 / 3,) * 3, 20, 4), ((0.2,) * 5, 40, 6), ((0.55, 0.30, 0.10, 0.05), 40, 5)],
    ids=["three with few votes", "five", "very unequal"],
)
def test_the_worlds_of_the_specification_are_found_nearly_as_well_as_anybody_could(
    shares: tuple[float, ...], votes_each: int, most_groups: int
) -> None:
    """With two fifths of the people and half of the statements; `benchmarks/opinion.py --worlds` has them whole."""
    world = plant_world(seed=1, shares=shares, people=2_000, statements=100, votes_each=votes_each)

    groups = groups_of(world, most_groups=most_groups)

    likely, guess = groups.posterior.argmax(axis=1), world.best_guess()
    smallest = world.groups == len(shares) - 1
    assert groups.k == len(shares)
    assert adjusted_rand_score(world.groups, likely) >= adjusted_rand_score(world.groups, guess) - 0.06
    assert best_f1(smallest, likely) >= best_f1(smallest, guess) - 0.05


def test_a_group_needs_a_clear_majority_of_the_posterior(groups_of_two: Groups) -> None:
    posterior, labels = groups_of_two.posterior, groups_of_two.labels

    assert np.array_equal(labels >= 0, posterior.max(axis=1) >= 0.8)
    assert posterior.sum(axis=1) == pytest.approx(np.ones(len(labels)))
    assert groups_of_two.in_between_count == np.count_nonzero(labels == IN_BETWEEN)
    assert sum(groups_of_two.sizes) + groups_of_two.in_between_count == len(labels)


def test_who_voted_too_little_is_not_placed(two: World) -> None:
    votes = two.votes
    with_a_guest = pack_votes(
        participants=[*votes.participants, *[300] * 6],
        statements=[*votes.statements, *range(6)],
        values=[*votes.values, *[1] * 6],
        participant_count=301,
        statement_count=votes.statement_count,
    )

    groups = find_groups(with_a_guest, fit_positions(with_a_guest), most_groups=2)

    assert groups.labels[300] == NOT_PLACED
    assert groups.not_placed_count == 1
    assert groups.posterior[300].tolist() == [0, 0]


def test_each_number_tried_says_what_decided(groups_of_two: Groups) -> None:
    attempts = groups_of_two.attempts

    assert groups_of_two.basis == Basis.VOTES
    assert [attempt.k for attempt in attempts] == [1, 2, 3]
    assert groups_of_two.chosen is attempts[1]
    assert attempts[1].holds
    assert attempts[1].refits_same == groups_of_two.refits_same == 5
    assert attempts[1].stability == pytest.approx(np.mean(attempts[1].refit_agreements))
    assert attempts[1].loss < attempts[1].loss_of_fewer == attempts[0].loss
    assert all(attempt.failed for attempt in attempts[2:])


def test_neither_order_nor_names_change_the_groups(two: World, groups_of_two: Groups) -> None:
    random = np.random.default_rng(2)
    person, statement = random.permutation(300), random.permutation(40)
    renamed = pack_votes(
        participants=person[two.votes.participants],
        statements=statement[two.votes.statements],
        values=two.votes.values,
        participant_count=300,
        statement_count=40,
    )

    groups = find_groups(renamed, fit_positions(renamed), most_groups=4)

    assert np.array_equal(groups.labels[person], groups_of_two.labels)
    assert [attempt.loss for attempt in groups.attempts] == pytest.approx(
        [attempt.loss for attempt in groups_of_two.attempts]
    )


def test_a_statement_nobody_saw_and_a_silent_visitor_change_no_group(two: World, groups_of_two: Groups) -> None:
    votes = two.votes
    wider = pack_votes(
        participants=votes.participants + 1,  # the visitor is the first
        statements=votes.statements + 1,
        values=votes.values,
        participant_count=301,
        statement_count=41,
    )

    groups = find_groups(wider, fit_positions(wider), most_groups=4)

    assert np.array_equal(groups.labels[1:], groups_of_two.labels)
    assert groups.stability == pytest.approx(groups_of_two.stability)


def test_groups_keep_their_numbers_from_map_to_map(two: World, groups_of_two: Groups) -> None:
    swapped = np.array([7, 3])  # the left group was number 7 in the last map, the right one number 3
    previous = np.where(groups_of_two.labels >= 0, swapped[groups_of_two.labels], groups_of_two.labels)

    groups = groups_of(two, most_groups=2, previous=previous.astype(np.int32))

    assert groups.numbers == (3, 7)
    assert np.array_equal(groups.numbered_labels(), previous)
    assert groups.sizes == groups_of_two.sizes[::-1]
    assert np.array_equal(groups.centres, groups_of_two.centres[::-1])
    assert np.array_equal(groups.posterior, groups_of_two.posterior[:, ::-1])


def test_the_last_map_turns_the_picture_but_decides_nothing(two: World, groups_of_two: Groups) -> None:
    positions = fit_positions(two.votes, previous=-fit_positions(two.votes).statements)

    groups = find_groups(two.votes, positions, most_groups=4)

    assert np.array_equal(groups.labels, groups_of_two.labels)
    assert groups.attempts == groups_of_two.attempts
    assert groups.centres[:, :2] == pytest.approx(-groups_of_two.centres[:, :2])


def test_a_new_group_gets_a_number_that_the_last_map_did_not_use(two: World, groups_of_two: Groups) -> None:
    previous = np.where(groups_of_two.labels == 0, 1, IN_BETWEEN).astype(np.int32)

    groups = groups_of(two, most_groups=2, previous=previous)

    assert groups.numbers == (0, 1)
    assert np.array_equal(groups.numbered_labels() == 1, groups_of_two.labels == 0)


def test_group_rates_are_drawn_to_everybody_by_eight_votes() -> None:
    votes = pack_votes(
        participants=[0, 1, 2, 3, 0, 1],
        statements=[0, 0, 0, 0, 1, 1],
        values=[1, 1, -1, -1, 0, 1],
        participant_count=4,
        statement_count=2,
    )

    rates = group_rates(votes, labels=np.array([0, 0, 1, -1]), k=2)

    # Everybody: 2 of 4 and 1 of 1 agree, so (2+1)/(4+2) and (1+1)/(1+2).
    assert rates[:, 0] == pytest.approx([(2 + 8 * 0.5) / (2 + 8), (0 + 8 * 0.5) / (1 + 8)])
    assert rates[:, 1] == pytest.approx([(1 + 8 * 2 / 3) / (1 + 8), 2 / 3])


def test_folds_deal_every_vote_once_and_evenly() -> None:
    people, statements = np.divmod(np.arange(20_000, dtype=np.uint64), np.uint64(100))

    counts = np.bincount(fold_of(people, statements).astype(np.int64))

    assert len(counts) == 5
    assert np.all(np.abs(counts - 4_000) < 250)

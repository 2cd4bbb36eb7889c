"""Groups in the votes themselves: as near the truth as anybody could come, and prediction that says when to stop."""

import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score

from allting.engine.opinion import Votes, pack_votes
from allting.engine.opinion.profiles import Profiles, fit_profiles
from allting.engine.opinion.refits import log_losses
from allting.engine.opinion.votes import keep_rows
from tests.engine.worlds import World, plant_world

FOUR = {"shares": (0.55, 0.25, 0.12, 0.08), "people": 800, "statements": 60, "votes_each": 30, "spread": 1.5}


@pytest.fixture(scope="module")
def world() -> World:
    """Four groups, the smallest of about sixty people."""
    return plant_world(seed=3, **FOUR)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def accounts(world: World) -> tuple[Profiles, ...]:
    return fit_profiles(world.votes, most_groups=5)


def test_the_planted_groups_are_found_as_well_as_with_the_truth_in_hand(
    world: World, accounts: tuple[Profiles, ...]
) -> None:
    found = accounts[3]

    ceiling = adjusted_rand_score(world.groups, world.best_guess())
    assert adjusted_rand_score(world.groups, found.membership.argmax(axis=1)) >= ceiling - 0.03
    assert np.sort(found.shares) == pytest.approx(np.sort(FOUR["shares"]), abs=0.04)
    assert found.tendency == pytest.approx(0.6, abs=0.15)


def test_every_further_group_explains_more(accounts: tuple[Profiles, ...]) -> None:
    assert [len(account.logits) for account in accounts] == [1, 2, 3, 4, 5]
    assert np.all(np.diff([account.likelihood for account in accounts][:4]) > 0)


def test_left_out_votes_are_predicted_best_with_as_many_groups_as_there_are(world: World) -> None:
    votes = world.votes
    is_out = np.random.default_rng(1).random(len(votes.values)) < 0.2
    accounts = fit_profiles(keep_rows(votes, rows=~is_out), most_groups=5)

    losses = [
        log_losses(
            account.agreement(participants=votes.participants[is_out], statements=votes.statements[is_out]),
            votes.values[is_out] == 1,
        ).mean()
        for account in accounts
    ]

    assert int(np.argmin(losses)) + 1 == 4


def test_probabilities_are_probabilities(world: World, accounts: tuple[Profiles, ...]) -> None:
    for account in accounts:
        predicted = account.agreement(participants=world.votes.participants, statements=world.votes.statements)
        assert account.membership.sum(axis=1) == pytest.approx(np.ones(800))
        assert account.shares.sum() == pytest.approx(1)
        assert np.all((predicted > 0) & (predicted < 1))


def test_neither_order_nor_names_matter(world: World, accounts: tuple[Profiles, ...]) -> None:
    random = np.random.default_rng(4)
    person, statement = random.permutation(800), random.permutation(60)
    renamed = pack_votes(
        participants=person[world.votes.participants],
        statements=statement[world.votes.statements],
        values=world.votes.values,
        participant_count=800,
        statement_count=60,
    )

    again = fit_profiles(renamed, most_groups=4)

    assert again[3].membership[person] == pytest.approx(accounts[3].membership, abs=1e-6)


def test_passes_and_excluded_statements_teach_nothing() -> None:
    votes = plant_world(seed=1, people=80, statements=12, votes_each=8).votes
    fewer = [account.logits[:, :12] for account in fit_profiles(votes, most_groups=2)]

    more = [account.logits[:, :12] for account in fit_profiles(_with_noise(votes), most_groups=2)]

    assert more[1] == pytest.approx(fewer[1], abs=1e-6)


def test_a_handful_of_people_is_not_split() -> None:
    votes = plant_world(seed=1, people=9, statements=8, votes_each=7).votes

    assert len(fit_profiles(votes, most_groups=4)) == 1


def _with_noise(votes: Votes) -> Votes:
    """Everybody passes on one further statement and votes on an excluded one."""
    people = np.arange(votes.participant_count)
    return pack_votes(
        participants=np.concatenate((votes.participants, people, people)),
        statements=np.concatenate((votes.statements, np.full(len(people), 12), np.full(len(people), 13))),
        values=np.concatenate((votes.values, np.zeros(len(people)), np.where(people % 2, 1, -1))).astype(int),
        participant_count=votes.participant_count,
        statement_count=14,
        excluded=[13],
    )

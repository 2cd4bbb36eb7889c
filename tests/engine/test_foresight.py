"""What more answers would tell of where people stand, held against what they do tell in planted worlds."""

import numpy as np
import pytest

from allting.engine.opinion import Foresight, Votes, fit_passing, fit_positions, foresee, pack_votes
from allting.engine.opinion.votes import keep_rows
from tests.engine.worlds import plant_world

PEOPLE = 300


def foreseen(votes: Votes, *, more: int, most_learners: int = 20_000) -> Foresight:
    positions = fit_positions(votes, most_learners=most_learners)
    return foresee(votes, positions, fit_passing(votes, positions=positions), more=more)


def first_votes(votes: Votes, *, each: int) -> Votes:
    """Keep so many votes of each person, chosen by lot."""
    in_turn = np.lexsort((np.random.default_rng(1).random(len(votes.values)), votes.participants))
    turn = np.empty(len(in_turn), dtype=np.int64)
    turn[in_turn] = np.arange(len(in_turn)) - votes.participant_starts[votes.participants[in_turn]]
    return keep_rows(votes, rows=turn < each)


def test_what_is_foreseen_comes_about() -> None:
    missed, gained = [], []
    for seed, shares in ((1, (0.5, 0.5)), (2, (0.5, 0.3, 0.2)), (3, (1.0,))):
        world = plant_world(seed=seed, people=PEOPLE, statements=60, votes_each=45, shares=shares, pass_share=0.1)
        for each, more in ((8, 2), (20, 4)):
            now = foreseen(first_votes(world.votes, each=each), more=more * PEOPLE)
            then = foreseen(first_votes(world.votes, each=each + more), more=0)
            missed.append(now.told_share_then - then.told_share)
            gained.append(then.told_share - now.told_share)
            assert 0 < now.told_share < now.told_share_then < 1

    assert np.abs(missed).max() < 0.05
    assert np.abs(missed).mean() < np.mean(gained) / 2


def test_no_answer_more_tells_nothing_more_and_neither_does_a_million_where_nothing_is_left_to_see() -> None:
    votes = plant_world(seed=5, people=100, statements=12, votes_each=12).votes

    for more in (0, 1_000_000):
        found = foreseen(votes, more=more)
        assert found.told_share_then == pytest.approx(found.told_share)


def test_neither_the_order_of_people_nor_a_sample_of_them_changes_it() -> None:
    votes = plant_world(seed=4, people=PEOPLE, statements=40, votes_each=15).votes
    order = np.random.default_rng(2).permutation(PEOPLE)
    shuffled = pack_votes(
        participants=order[votes.participants],
        statements=votes.statements,
        values=votes.values,
        participant_count=PEOPLE,
        statement_count=votes.statement_count,
    )

    found, again, by_some = (
        foreseen(votes, more=100),
        foreseen(shuffled, more=100),
        foreseen(votes, more=100, most_learners=200),
    )

    assert (again.told_share, again.told_share_then) == pytest.approx(
        (found.told_share, found.told_share_then), abs=1e-6
    )
    assert by_some.told_share_then == pytest.approx(found.told_share_then, abs=0.05)

"""The method of Polis, as far as the comparison needs it."""

import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score

from allting.engine import errors
from allting.engine.opinion import pack_votes
from allting.engine.opinion.reference import UNPLACED, find_reference_groups
from tests.engine.worlds import plant_world


def test_two_clear_camps_are_found() -> None:
    world = plant_world(seed=1, people=400, statements=60, votes_each=40, tendency=0.0, spread=1.5)

    found = find_reference_groups(world.votes)

    assert found.k == 2
    assert adjusted_rand_score(world.groups, found.labels) > 0.9


def test_it_never_finds_one_group() -> None:
    world = plant_world(seed=2, shares=(1.0,), people=300)

    assert find_reference_groups(world.votes).k > 1


def test_who_has_fewer_than_seven_votes_is_unplaced_unless_few_would_be_left() -> None:
    rows = [(person, statement) for person in range(30) for statement in range(8 if person < 20 else 6)]
    participants, statements = np.array(rows).T
    values = np.where((participants + statements) % 3 == 0, -1, 1)
    everybody, few = (
        find_reference_groups(
            pack_votes(
                participants=participants[chosen],
                statements=statements[chosen],
                values=values[chosen],
                participant_count=30,
                statement_count=8,
            )
        )
        for chosen in (participants >= 0, participants >= 12)
    )

    assert np.array_equal(everybody.labels == UNPLACED, np.arange(30) >= 20)
    assert np.count_nonzero(few.labels != UNPLACED) >= 15


def test_a_rejected_statement_counts_as_seen_by_everybody() -> None:
    world = plant_world(seed=5, people=60, statements=20, votes_each=10)
    with_rejected = pack_votes(
        participants=world.votes.participants,
        statements=world.votes.statements,
        values=world.votes.values,
        participant_count=60,
        statement_count=30,
        excluded=range(20, 30),
    )

    people, people_with_rejected = (find_reference_groups(votes).people for votes in (world.votes, with_rejected))

    # Everybody voted on ten: stretched by the root of 20 / 10 without, and of 30 / 20 with ten rejected ones.
    assert np.abs(people_with_rejected) == pytest.approx(np.abs(people) * np.sqrt((30 / 20) / (20 / 10)))


def test_nothing_shown_is_refused() -> None:
    votes = pack_votes(
        participants=[0], statements=[0], values=[1], participant_count=1, statement_count=1, excluded=[0]
    )

    with pytest.raises(errors.NoVotes):
        find_reference_groups(votes)

"""The method of Polis, as far as the comparison needs it."""

from collections.abc import Sequence

import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score

from allting.engine import errors
from allting.engine.opinion import AGREE, DISAGREE, Votes, pack_votes
from allting.engine.opinion.reference import UNPLACED, ReferenceGroups, find_priorities, find_reference_groups
from allting.engine.opinion.reference_statements import describe_as_polis
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


# Ten people in two groups vote on four statements: agreed by all; by the first; by the second; by nobody.
VOTES = np.array([[1, 1, -1, -1]] * 5 + [[1, -1, 1, -1]] * 5)
TWO = ReferenceGroups(k=2, labels=np.repeat([0, 1], 5).astype(np.int32), people=np.zeros((10, 2)))


def test_what_represents_a_group_is_what_it_says_and_the_others_do_not() -> None:
    found = describe_as_polis(_grid(VOTES), TWO)

    first, second = found.representative
    assert [(it.statement, it.side) for it in first] == [(1, AGREE), (2, DISAGREE)]
    assert [(it.statement, it.side) for it in second] == [(2, AGREE), (1, DISAGREE)]
    # By hand: (5 + 1) / (5 + 2), and that over (0 + 1) / (5 + 2).
    assert (first[0].share, first[0].times) == pytest.approx((6 / 7, 6))
    assert first[0].is_clear


def test_consensus_is_what_more_than_half_say_beyond_chance() -> None:
    found = describe_as_polis(_grid(VOTES), TWO)

    assert [(it.statement, it.side) for it in found.consensus] == [(0, AGREE), (3, DISAGREE)]
    assert found.consensus[0].share == pytest.approx(11 / 12)
    assert found.group_aware == pytest.approx([(6 / 7) ** 2, 6 / 49, 6 / 49, 1 / 49])


def test_the_best_agreement_is_kept_even_if_it_is_not_clear() -> None:
    found = describe_as_polis(_grid(np.tile([1, -1], (10, 2))), TWO)

    assert [(it.side, it.is_clear) for it in found.representative[0]] == [(AGREE, False)]


def test_what_is_excluded_is_in_no_list() -> None:
    found = describe_as_polis(_grid(VOTES, excluded=[0, 1]), TWO)

    listed = {it.statement for group in found.representative for it in group} | {it.statement for it in found.consensus}
    assert listed == {2, 3}
    assert found.group_aware[:2].tolist() == [0, 0]
    assert find_priorities(_grid(VOTES, excluded=[0, 1]))[:2].tolist() == [0, 0]


def test_priority_falls_with_passes_and_with_views() -> None:
    values = np.where(np.arange(60)[:, None] % 2 == 0, 1, -1) * np.ones((60, 4), dtype=int)
    values[:30, 1] = 0
    rows, columns = np.nonzero(np.ones((60, 4)))
    is_seen = (columns != 3) | (rows < 4)
    votes = pack_votes(
        participants=rows[is_seen],
        statements=columns[is_seen],
        values=values[rows, columns][is_seen],
        participant_count=60,
        statement_count=4,
    )

    priorities = find_priorities(votes)

    assert priorities[1] < priorities[0] == pytest.approx(priorities[2])
    assert priorities[3] > 3 * priorities[0]


def _grid(values: np.ndarray, *, excluded: Sequence[int] = ()) -> Votes:
    people, statements = np.nonzero(np.ones_like(values))
    return pack_votes(
        participants=people,
        statements=statements,
        values=values.ravel(),
        participant_count=len(values),
        statement_count=values.shape[1],
        excluded=excluded,
    )

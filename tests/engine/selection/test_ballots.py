import numpy as np
import pytest
from hypothesis import given, settings

from allting.engine.selection import errors
from allting.engine.selection.ballots import pack_approvals, pack_ballots
from tests.engine.selection.rounds import small_rounds


def test_equal_ballots_are_kept_once_and_counted():
    ballots = pack_ballots(approvals=[[0, 1], [1, 0], [], [0, 1], [2]], options="abc")

    assert sorted(ballots.people.tolist()) == [1, 1, 3]
    assert ballots.supporters.tolist() == [3, 3, 1]
    assert ballots.is_merged


@given(small_rounds())
@settings(max_examples=50, deadline=None)
def test_packing_loses_nobody_and_nothing(case):
    votes, names = case

    ballots = pack_ballots(approvals=votes, options=names)

    assert ballots.people.sum() == ballots.person_count == len(votes)
    unpacked = [ballots.approved_by(ballot).tolist() for ballot in ballots.ballot_of_person]
    assert unpacked == [sorted(vote) for vote in votes]
    for option in range(len(names)):
        behind = ballots.ballots_for(option)
        assert ballots.supporters[option] == ballots.people[behind].sum() == sum(option in vote for vote in votes)


def test_rows_in_any_order_give_the_same_ballots():
    persons, approved = np.array([2, 0, 0, 1]), np.array([1, 2, 0, 1])
    before = persons.copy(), approved.copy()

    shuffled = pack_approvals(persons=persons, approved=approved, person_count=4, options="abc")

    straight = pack_ballots(approvals=[[0, 2], [1], [1], []], options="abc")
    assert shuffled.approved.tolist() == straight.approved.tolist()
    assert shuffled.ballot_of_person.tolist() == straight.ballot_of_person.tolist()
    assert np.array_equal(persons, before[0])
    assert np.array_equal(approved, before[1])


def test_packed_arrays_cannot_be_written_to():
    ballots = pack_ballots(approvals=[[0], [1]], options="ab")

    for array in (ballots.people, ballots.approved, ballots.supporting, ballots.supporters, ballots.ballot_of_person):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0


@pytest.mark.parametrize(
    ("approvals", "options", "refusal"),
    [
        ([], "a", errors.NoBallots),
        ([[0]], "", errors.NoOptions),
        ([[0]], "aa", errors.OptionTwice),
        ([[0, 0]], "ab", errors.ApprovalTwice),
        ([[2]], "ab", errors.UnknownOption),
        ([[-1]], "ab", errors.UnknownOption),
    ],
)
def test_what_cannot_be_meant_is_refused(approvals, options, refusal):
    with pytest.raises(refusal):
        pack_ballots(approvals=approvals, options=options)


def test_rows_of_nobody_are_refused():
    with pytest.raises(errors.UnknownPerson):
        pack_approvals(persons=[3], approved=[0], person_count=3, options="a")
    with pytest.raises(errors.ColumnsUneven):
        pack_approvals(persons=[0, 1], approved=[0], person_count=3, options="a")

"""Packing: what is refused, and that the order of the rows never matters."""

import hashlib
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from allting.engine import errors
from allting.engine.opinion import Votes, input_digest, pack_votes
from allting.engine.opinion.votes import keep_people, keep_rows

type Rows = list[tuple[int, int, int]]


def pack(rows: Rows, *, participant_count: int = 4, statement_count: int = 3, excluded: tuple[int, ...] = ()) -> Votes:
    participants, statements, values = zip(*rows, strict=True) if rows else ((), (), ())
    return pack_votes(
        participants=participants,
        statements=statements,
        values=values,
        participant_count=participant_count,
        statement_count=statement_count,
        excluded=excluded,
    )


ROWS: Rows = [(2, 0, 1), (0, 2, -1), (0, 0, 0), (2, 1, -1)]


def test_both_orders_are_packed() -> None:
    votes = pack(ROWS)

    assert votes.participants.tolist() == [0, 0, 2, 2]
    assert votes.statements.tolist() == [0, 2, 0, 1]
    assert votes.values.tolist() == [0, -1, 1, -1]
    assert votes.participant_starts.tolist() == [0, 2, 2, 4, 4]
    rows, starts = votes.rows_by_statement()
    assert rows.tolist() == [0, 2, 3, 1]
    assert starts.tolist() == [0, 2, 3, 4]


@pytest.mark.parametrize(
    ("refusal", "data", "make"),
    [
        (errors.NoVotes, {}, lambda: pack([])),
        (
            errors.IndexOutOfRange,
            {"what": "participant", "row": 1, "index": 4, "count": 4},
            lambda: pack([(0, 0, 1), (4, 0, 1)]),
        ),
        (
            errors.IndexOutOfRange,
            {"what": "statement", "row": 0, "index": -1, "count": 3},
            lambda: pack([(0, -1, 1)]),
        ),
        (
            errors.IndexOutOfRange,
            {"what": "excluded", "row": 0, "index": 3, "count": 3},
            lambda: pack(ROWS, excluded=(3,)),
        ),
        (errors.UnknownVote, {"row": 1, "value": 7}, lambda: pack([(0, 0, 1), (0, 1, 7)])),
        (errors.PairTwice, {"participant": 0, "statement": 1}, lambda: pack([(0, 1, 1), (0, 0, 1), (0, 1, 1)])),
        (
            errors.RowsUneven,
            {"participants": 1, "statements": 2, "values": 1},
            lambda: pack_votes(participants=[0], statements=[0, 1], values=[1], participant_count=1, statement_count=2),
        ),
    ],
)
def test_rows_that_cannot_be_meant_are_refused(
    refusal: type[errors.InputError], data: dict[str, int | str], make: Callable[[], Votes]
) -> None:
    with pytest.raises(refusal) as refused:
        make()

    assert refused.value.data == data


@given(order=st.permutations(range(len(ROWS))))
def test_the_order_of_the_rows_changes_nothing(order: list[int]) -> None:
    votes, shuffled = pack(ROWS), pack([ROWS[row] for row in order])

    for column in ("participants", "statements", "values", "participant_starts"):
        assert np.array_equal(getattr(votes, column), getattr(shuffled, column))
    assert input_digest(votes) == input_digest(shuffled)


@pytest.mark.parametrize(
    "other",
    [
        pack([*ROWS[:3], (2, 1, 1)]),
        pack([*ROWS[:3], (3, 1, -1)]),
        pack(ROWS[:3]),
        pack(ROWS, excluded=(1,)),
        pack(ROWS, participant_count=5),
    ],
    ids=["vote", "person", "row", "excluded", "count"],
)
def test_the_digest_changes_with_anything_that_counts(other: Votes) -> None:
    assert input_digest(other) != input_digest(pack(ROWS))


def test_the_digest_is_the_same_on_every_machine_and_in_every_version() -> None:
    by_hand = b"allting votes 1\n" + bytes([2, *[0] * 7, 2, *[0] * 7]) + bytes([1, 0, 0, 0]) + b"\n"
    by_hand += bytes([0, 0, 0, 0, 1, 0, 0, 0]) + bytes([1, 0, 0, 0, 0, 0, 0, 0]) + bytes([1, 255])

    votes = pack([(1, 0, -1), (0, 1, 1)], participant_count=2, statement_count=2, excluded=(1,))

    assert input_digest(votes) == hashlib.sha256(by_hand).hexdigest()


def test_packed_votes_cannot_be_changed_and_the_input_is_not() -> None:
    participants = np.array([1, 0], dtype=np.int64)

    votes = pack_votes(
        participants=participants, statements=[0, 0], values=[1, -1], participant_count=2, statement_count=1
    )

    assert participants.tolist() == [1, 0]
    with pytest.raises(ValueError, match="read-only"):
        votes.values[0] = 1


def test_votes_on_excluded_statements_do_not_make_anybody_placeable() -> None:
    rows = [(0, statement, 1) for statement in range(8)] + [(1, statement, 0) for statement in range(7)]

    votes = pack(rows, statement_count=9, excluded=(0,))

    assert votes.shown_votes_by_participant().tolist() == [7, 6, 0, 0]
    assert votes.is_placeable().tolist() == [True, False, False, False]


def test_with_fewer_statements_than_seven_all_of_them_place_a_person() -> None:
    votes = pack([(0, 0, 1), (0, 1, 0), (0, 2, -1), (1, 0, 1), (1, 1, 1)])

    assert votes.is_placeable().tolist() == [True, False, False, False]


def test_sorted_rows_that_cannot_change_are_taken_as_they_are() -> None:
    participants = np.array([0, 1, 1], dtype=np.int32)
    participants.setflags(write=False)

    votes = pack_votes(
        participants=participants, statements=[0, 0, 1], values=[1, -1, 0], participant_count=2, statement_count=2
    )

    assert votes.participants is participants


def test_keeping_people_renumbers_them() -> None:
    kept = keep_people(pack(ROWS, participant_count=5), people=np.array([0, 2, 4]))

    assert kept.participant_count == 3
    expected = {0: 0, 2: 1}
    assert [*zip(kept.participants.tolist(), kept.statements.tolist(), kept.values.tolist(), strict=True)] == sorted(
        (expected[person], statement, value) for person, statement, value in ROWS if person in expected
    )


def test_votes_of_sets_are_counted_by_what_they_are() -> None:
    votes = pack([(0, 0, 1), (1, 0, -1), (1, 1, 0), (2, 1, 1)])

    counts = votes.count_by(np.array([0, 1, -1, -1]), count=2)

    assert counts[0].tolist() == [[0, 0, 1], [0, 0, 0], [0, 0, 0]]
    assert counts[1].tolist() == [[1, 0, 0], [0, 1, 0], [0, 0, 0]]


def test_keeping_rows_packs_the_rest() -> None:
    kept = keep_rows(pack(ROWS, excluded=(2,)), rows=np.array([True, False, True, True]))

    assert input_digest(kept) == input_digest(pack([(0, 0, 0), (2, 0, 1), (2, 1, -1)], excluded=(2,)))
    assert kept.rows_by_statement()[0].tolist() == [0, 1, 2]

"""Votes, checked and packed once in the two orders that every later step reads."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from allting.engine import errors

type IntArray = NDArray[np.int32]
type FloatArray = NDArray[np.float64]
type BoolArray = NDArray[np.bool_]

AGREE, DISAGREE, PASS = 1, -1, 0

# Seven answers are the fewest that place anybody: what Polis asks for too, so that its users know the rule.
ENOUGH_VOTES = 7


@dataclass(frozen=True, slots=True, eq=False)
class Votes:
    """All votes of a conversation; what was not seen is absent. Made by `pack_votes`, never by hand.

    The three columns are sorted by participant, then statement; `rows_by_statement` reads them by statement.
    Votes on excluded statements are kept, but teach nothing.
    """

    participant_count: int
    statement_count: int
    is_excluded: BoolArray  # (statements,)
    participants: IntArray  # (votes,)
    statements: IntArray  # (votes,)
    values: NDArray[np.int8]  # (votes,) 1 agree, -1 disagree, 0 pass
    participant_starts: NDArray[np.int64]  # (participants + 1,) where each participant's rows begin
    rows_by_statement: NDArray[np.int64]  # (votes,) row numbers, sorted by statement, then participant
    statement_starts: NDArray[np.int64]  # (statements + 1,) where each statement begins in rows_by_statement

    def rows_on(self, statement: int) -> NDArray[np.int64]:
        """Return the rows with a vote on this statement, in order of participant."""
        return self.rows_by_statement[self.statement_starts[statement] : self.statement_starts[statement + 1]]

    def shown_statement_count(self) -> int:
        """Count the statements that are not excluded."""
        return int(np.count_nonzero(~self.is_excluded))

    def is_shown(self) -> BoolArray:
        """Return for each vote whether its statement is not excluded, shape (votes,)."""
        return ~self.is_excluded[self.statements]

    def shown_votes_by_participant(self) -> NDArray[np.int64]:
        """Count each participant's votes, passes included, on statements that are not excluded."""
        return np.bincount(self.participants[self.is_shown()], minlength=self.participant_count)

    def is_placeable(self) -> BoolArray:
        """Return for each participant whether the votes suffice for a place on the map, shape (participants,)."""
        return self.shown_votes_by_participant() >= max(1, min(ENOUGH_VOTES, self.shown_statement_count()))


def pack_votes(
    *,
    participants: ArrayLike,
    statements: ArrayLike,
    values: ArrayLike,
    participant_count: int,
    statement_count: int,
    excluded: Iterable[int] = (),
) -> Votes:
    """Check rows of votes and pack them in both orders.

    participants  index of who voted, shape (votes,), whole numbers from 0 below participant_count
    statements    index of what was voted on, shape (votes,), from 0 below statement_count
    values        1 agree, -1 disagree, 0 pass, shape (votes,); not seen is not a row
    excluded      indices of statements that were moderated out: kept in the digest, but they teach nothing
    Returns   the packed votes; their arrays cannot be written to. The order of the rows does not matter.
    Raises    NoVotes, RowsUneven, IndexOutOfRange, UnknownVote, PairTwice (the caller keeps the last vote of a pair).
    Cost      O(votes · log votes), 30 bytes a vote.
    Guarantee the input is not changed; rows in another order give equal arrays.
    """
    who, what, vote = (np.asarray(column, dtype=np.int64) for column in (participants, statements, values))
    if not len(who) == len(what) == len(vote):
        raise errors.RowsUneven(participants=len(who), statements=len(what), values=len(vote))
    if not len(who):
        raise errors.NoVotes
    _check_range(who, what="participant", count=participant_count)
    _check_range(what, what="statement", count=statement_count)
    hidden = np.fromiter(excluded, dtype=np.int64)
    _check_range(hidden, what="excluded", count=statement_count)
    if (odd := np.flatnonzero(np.abs(vote) > 1)).size:
        raise errors.UnknownVote(row=int(odd[0]), value=int(vote[odd[0]]))

    pair = who * statement_count + what
    order = np.argsort(pair, kind="stable")
    if (again := np.flatnonzero(np.diff(pair[order]) == 0)).size:
        twice = order[again[0]]
        raise errors.PairTwice(participant=int(who[twice]), statement=int(what[twice]))

    is_excluded = np.zeros(statement_count, dtype=np.bool_)
    is_excluded[hidden] = True
    return _packed(
        participants=who[order].astype(np.int32),
        statements=what[order].astype(np.int32),
        values=vote[order].astype(np.int8),
        participant_count=participant_count,
        is_excluded=is_excluded,
    )


def keep_rows(votes: Votes, *, rows: BoolArray) -> Votes:
    """Return the same conversation with only some of its votes; `rows` is True for those to keep, shape (votes,)."""
    return _packed(
        participants=votes.participants[rows],
        statements=votes.statements[rows],
        values=votes.values[rows],
        participant_count=votes.participant_count,
        is_excluded=votes.is_excluded.copy(),
    )


def input_digest(votes: Votes) -> str:
    """Return the SHA-256 (hex) of the votes and of what is excluded, the same for any order of the rows.

    Fixed-width little-endian numbers in the packed order, so that every machine and every later version agree.
    """
    digest = hashlib.sha256(b"allting votes 1\n")
    digest.update(np.array([votes.participant_count, votes.statement_count], dtype="<i8").tobytes())
    digest.update(np.flatnonzero(votes.is_excluded).astype("<i4").tobytes() + b"\n")
    for column, width in ((votes.participants, "<i4"), (votes.statements, "<i4"), (votes.values, "i1")):
        digest.update(column.astype(width).tobytes())
    return digest.hexdigest()


def _check_range(indices: NDArray[np.int64], *, what: str, count: int) -> None:
    outside = np.flatnonzero((indices < 0) | (indices >= count))
    if outside.size:
        row = int(outside[0])
        raise errors.IndexOutOfRange(what=what, row=row, index=int(indices[row]), count=count)


def _packed(
    *,
    participants: IntArray,
    statements: IntArray,
    values: NDArray[np.int8],
    participant_count: int,
    is_excluded: BoolArray,
) -> Votes:
    """Build the second order and the starts; the columns are already sorted by participant and statement."""
    statement_count = len(is_excluded)
    votes = Votes(
        participant_count=participant_count,
        statement_count=statement_count,
        is_excluded=is_excluded,
        participants=participants,
        statements=statements,
        values=values,
        participant_starts=_starts(participants, count=participant_count),
        rows_by_statement=np.argsort(statements, kind="stable"),
        statement_starts=_starts(statements, count=statement_count),
    )
    for array in (is_excluded, participants, statements, values, votes.participant_starts):
        array.setflags(write=False)
    votes.rows_by_statement.setflags(write=False)
    votes.statement_starts.setflags(write=False)
    return votes


def _starts(indices: IntArray, *, count: int) -> NDArray[np.int64]:
    return np.concatenate(([0], np.cumsum(np.bincount(indices, minlength=count)))).astype(np.int64)

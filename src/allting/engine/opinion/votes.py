"""Votes, checked and packed once in the order that every later step reads."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse

from allting.engine import errors

type IntArray = NDArray[np.int32]
type FloatArray = NDArray[np.floating[Any]]
type BoolArray = NDArray[np.bool_]

AGREE, DISAGREE, PASS = 1, -1, 0

# Seven answers are the fewest that place anybody: what Polis asks for too, so that its users know the rule.
ENOUGH_VOTES = 7

# Rows that are looked at together: fifty million rows at once would each time fill memory with what they turn into.
_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True, eq=False)
class Votes:
    """All votes of a conversation; what was not seen is absent. Made by `pack_votes`, never by hand.

    The three columns are sorted by participant, then statement. Votes on excluded statements are kept, but teach
    nothing.
    """

    participant_count: int
    statement_count: int
    is_excluded: BoolArray  # (statements,)
    participants: IntArray  # (votes,)
    statements: IntArray  # (votes,)
    values: NDArray[np.int8]  # (votes,) 1 agree, -1 disagree, 0 pass
    participant_starts: NDArray[np.int64]  # (participants + 1,) where each participant's rows begin

    def rows_by_statement(self) -> tuple[IntArray, IntArray]:
        """Return row numbers sorted by statement, then participant, and where each statement begins in them.

        Shapes (votes,) and (statements + 1,). Not kept, since few steps need it and it is as large as a column.
        """
        by_statement = sparse.csr_array(
            (np.arange(len(self.statements), dtype=np.int32), self.statements, self.participant_starts),
            shape=(self.participant_count, self.statement_count),
        ).tocsc()
        return by_statement.data, by_statement.indptr

    def shown_statement_count(self) -> int:
        """Count the statements that are not excluded."""
        return int(np.count_nonzero(~self.is_excluded))

    def is_shown(self) -> BoolArray:
        """Return for each vote whether its statement is not excluded, shape (votes,)."""
        return ~self.is_excluded[self.statements]

    def shown_votes_by_participant(self) -> NDArray[np.int64]:
        """Count each participant's votes, passes included, on statements that are not excluded."""
        counts = np.diff(self.participant_starts)
        if self.is_excluded.any():
            counts = counts - np.bincount(self.participants[~self.is_shown()], minlength=self.participant_count)
        return np.asarray(counts)

    def answers_by_participant(self) -> NDArray[np.int64]:
        """Count each participant's agrees and disagrees on statements that are not excluded."""
        says_nothing = (self.values == PASS) | ~self.is_shown()
        silent = np.bincount(self.participants[says_nothing], minlength=self.participant_count)
        return np.diff(self.participant_starts) - silent

    def count_by(self, labels: NDArray[np.integer[Any]], *, count: int) -> NDArray[np.int64]:
        """Count disagrees, passes and agrees of each set of participants, shape (count, statements, 3).

        labels   (participants,) the set of each, from 0 below count; negative for none
        """
        size = self.statement_count * 3
        cells = np.zeros(count * size, dtype=np.int64)
        start_of = np.where(labels >= 0, labels, count).astype(np.int64) * size
        for begin in range(0, len(self.values), _BLOCK):
            rows = slice(begin, begin + _BLOCK)
            cell = start_of[self.participants[rows]] + self.statements[rows] * np.int64(3) + (self.values[rows] + 1)
            cells += np.bincount(cell, minlength=(count + 1) * size)[: count * size]
        return cells.reshape(count, self.statement_count, 3)

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
    """Check rows of votes and pack them.

    participants  index of who voted, shape (votes,), whole numbers from 0 below participant_count
    statements    index of what was voted on, shape (votes,), from 0 below statement_count
    values        1 agree, -1 disagree, 0 pass, shape (votes,); not seen is not a row
    excluded      indices of statements that were moderated out: kept in the digest, but they teach nothing
    Returns   the packed votes; their arrays cannot be written to. The order of the rows does not matter.
    Raises    NoVotes, RowsUneven, IndexOutOfRange, UnknownVote, PairTwice (the caller keeps the last vote of a pair).
    Cost      O(votes · log votes), linear where the rows are sorted already; 9 bytes a vote, 17 while sorting.
    Guarantee the input is not changed; rows in another order give equal arrays.
    """
    who, what, vote = (_whole(column) for column in (participants, statements, values))
    if not len(who) == len(what) == len(vote):
        raise errors.RowsUneven(participants=len(who), statements=len(what), values=len(vote))
    if not len(who):
        raise errors.NoVotes
    _check_range(who, what="participant", count=participant_count)
    _check_range(what, what="statement", count=statement_count)
    hidden = np.fromiter(excluded, dtype=np.int64)
    _check_range(hidden, what="excluded", count=statement_count)
    if vote.min() < DISAGREE or vote.max() > AGREE:
        row = int(np.flatnonzero((vote < DISAGREE) | (vote > AGREE))[0])
        raise errors.UnknownVote(row=row, value=int(vote[row]))

    if not _is_in_order(who, what, statement_count=statement_count):
        who, what, vote = _in_order(who, what, vote, statement_count=statement_count)
    is_excluded = np.zeros(statement_count, dtype=np.bool_)
    is_excluded[hidden] = True
    return _packed(
        participants=_own(who, np.int32),
        statements=_own(what, np.int32),
        values=_own(vote, np.int8),
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


def keep_people(votes: Votes, *, people: NDArray[np.integer[Any]]) -> Votes:
    """Return the conversation of some of its participants, renumbered in the order given; `people` is ascending."""
    counts = np.diff(votes.participant_starts)[people]
    starts = np.concatenate(([0], np.cumsum(counts)))
    rows = np.repeat(votes.participant_starts[people] - starts[:-1], counts) + np.arange(starts[-1])
    return _packed(
        participants=np.repeat(np.arange(len(people), dtype=np.int32), counts),
        statements=votes.statements[rows],
        values=votes.values[rows],
        participant_count=len(people),
        is_excluded=votes.is_excluded.copy(),
    )


def mixed(numbers: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Return a hash of each number that looks random and is the same on every machine (the finisher of SplitMix64)."""
    mixed = (numbers ^ (numbers >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray(mixed ^ (mixed >> np.uint64(31)))


def input_digest(votes: Votes) -> str:
    """Return the SHA-256 (hex) of the votes and of what is excluded, the same for any order of the rows.

    Fixed-width little-endian numbers in the packed order, so that every machine and every later version agree.
    """
    digest = hashlib.sha256(b"allting votes 1\n")
    digest.update(np.array([votes.participant_count, votes.statement_count], dtype="<i8").tobytes())
    digest.update(np.flatnonzero(votes.is_excluded).astype("<i4").tobytes() + b"\n")
    for column, width in ((votes.participants, "<i4"), (votes.statements, "<i4"), (votes.values, "i1")):
        digest.update(np.ascontiguousarray(column, dtype=width).data)
    return digest.hexdigest()


def _whole(column: ArrayLike) -> NDArray[np.integer[Any]]:
    array = np.asarray(column)
    return array if array.dtype.kind == "i" else array.astype(np.int64)


def _own[Number: np.integer[Any]](column: NDArray[np.integer[Any]], dtype: type[Number]) -> NDArray[Number]:
    """Copy what the caller could still write to; what is read-only already is taken as it is, as it may be large."""
    return np.array(column, dtype=dtype, copy=None if not column.flags.writeable else True)


def _check_range(indices: NDArray[np.integer[Any]], *, what: str, count: int) -> None:
    if indices.size and (indices.min() < 0 or indices.max() >= count):
        row = int(np.flatnonzero((indices < 0) | (indices >= count))[0])
        raise errors.IndexOutOfRange(what=what, row=row, index=int(indices[row]), count=count)


def _is_in_order(who: NDArray[np.integer[Any]], what: NDArray[np.integer[Any]], *, statement_count: int) -> bool:
    """Whether the rows are sorted already, and no pair stands in two of them."""
    last = -1
    for begin in range(0, len(who), _BLOCK):
        pair = who[begin : begin + _BLOCK].astype(np.int64) * statement_count + what[begin : begin + _BLOCK]
        if pair[0] <= last or (np.diff(pair) <= 0).any():
            return False
        last = int(pair[-1])
    return True


def _in_order(
    who: NDArray[np.integer[Any]],
    what: NDArray[np.integer[Any]],
    vote: NDArray[np.integer[Any]],
    *,
    statement_count: int,
) -> tuple[IntArray, IntArray, NDArray[np.int8]]:
    """Sort the rows by pair, all three columns in one number: sorting that is quicker than sorting an index."""
    rows = who.astype(np.int64)
    rows *= statement_count
    rows += what
    rows *= 3
    rows += vote
    rows += 1
    rows.sort()
    sorted_vote = (rows % 3 - 1).astype(np.int8)
    rows //= 3
    if (again := np.flatnonzero(rows[1:] == rows[:-1])).size:
        participant, statement = divmod(int(rows[again[0]]), statement_count)
        raise errors.PairTwice(participant=participant, statement=statement)
    return (rows // statement_count).astype(np.int32), (rows % statement_count).astype(np.int32), sorted_vote


def _packed(
    *,
    participants: IntArray,
    statements: IntArray,
    values: NDArray[np.int8],
    participant_count: int,
    is_excluded: BoolArray,
) -> Votes:
    """Put together what is checked; the columns are already sorted by participant and statement."""
    votes = Votes(
        participant_count=participant_count,
        statement_count=len(is_excluded),
        is_excluded=is_excluded,
        participants=participants,
        statements=statements,
        values=values,
        # They are sorted, so that nothing has to be counted.
        participant_starts=np.searchsorted(participants, np.arange(participant_count + 1, dtype=np.int32)),
    )
    for array in (is_excluded, participants, statements, values, votes.participant_starts):
        array.setflags(write=False)
    return votes

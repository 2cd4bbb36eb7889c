"""The whole picture of a conversation from its votes, or why it is too early for one."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from allting.engine.opinion.groups import Groups, find_groups
from allting.engine.opinion.model import VotingModel
from allting.engine.opinion.passing import fit_passing
from allting.engine.opinion.positions import SHOWN_AXES, Positions, fit_positions
from allting.engine.opinion.statements import StatementFigures, describe_statements
from allting.engine.opinion.votes import ENOUGH_VOTES, FloatArray, IntArray, Votes, input_digest
from allting.engine.progress import Progress, Silence

METHOD = "allting-opinion"
VERSION = "3"

FEWEST_PARTICIPANTS = 20
FEWEST_STATEMENTS = 7
END_LENGTH = 5  # statements named at each end of an axis


class Reason(StrEnum):
    """Why there is too little to say."""

    STATEMENTS = "too_few_statements"
    ALL_PASSED = "every_vote_is_a_pass"
    PARTICIPANTS = "too_few_participants"
    NOBODY_DISAGREES = "nobody_disagrees"


@dataclass(frozen=True, slots=True)
class TooLittle:
    """There is too little to say; the figures say what is missing.

    participant_count     with votes enough for a place, of `participants_needed`
    statement_count       not excluded, of `statements_needed`
    votes_each            on shown statements that a participant needs
    """

    reason: Reason
    participant_count: int
    participants_needed: int
    statement_count: int
    statements_needed: int
    votes_each: int
    vote_count: int


@dataclass(frozen=True, slots=True, eq=False)
class PreviousMap:
    """What the next map follows, so that it does not flip and a group keeps its colour and name.

    statements   coordinates in the last map, shape (statements, 2 or more), NaN where there were none
    groups       `Groups.numbered_labels` of the last map, shape (participants,), negative where there was none
    """

    statements: FloatArray
    groups: IntArray


@dataclass(frozen=True, slots=True)
class AxisEnds:
    """Statements at the two ends of an axis, the outermost first; people at an end agree with those there."""

    low: tuple[int, ...]
    high: tuple[int, ...]


@dataclass(frozen=True, slots=True, eq=False)
class OpinionMap:
    """Positions, groups and statements of one conversation, with how they were made and from what.

    passing   who passes on what; with `positions`, what choosing the next statement needs (`knowledge_of`)
    """

    method: str
    version: str
    digest: str
    positions: Positions
    passing: VotingModel
    groups: Groups
    statements: StatementFigures
    shown_share: float  # of the variance, carried by the two axes of the picture
    axis_ends: tuple[AxisEnds, ...]  # for each of the two axes


def draw_map(
    votes: Votes,
    *,
    previous: PreviousMap | None = None,
    keys: NDArray[np.integer[Any]] | None = None,
    progress: Progress | None = None,
) -> OpinionMap | TooLittle:
    """Place people and statements, find the groups that hold up, and describe every statement.

    votes      packed votes           previous   the last map of the same conversation, with today's indices
    keys       (participants,) numbers that people keep from redraw to redraw; needed above 20,000 people only
    progress   told of eight steps: positions, five refits, statements, finished; may raise Cancelled at each
    Returns    the map, or TooLittle: fewer than 7 shown statements, only passes, fewer than 20 participants with 7
               votes on shown statements, or no statement that some agree and some disagree with (first that applies).
    Raises     Cancelled, by the listener's wish.
    Cost       seven fits of the voting model; about ten seconds for 225,000 votes on one core, memory O(votes).
    Guarantee  deterministic; neither the order of the votes nor the names of people and statements matter (above
               20,000 people, the keys do); the input is not changed. No clock, no global random state.
    Source     see `fit_positions`, `find_groups`, `describe_statements`.
    """
    listener = progress or Silence()
    if missing := say_too_little(votes):
        return missing
    listener.reached(step="positions", done=0, total=8)
    positions = fit_positions(votes, previous=None if previous is None else previous.statements, keys=keys)
    groups = find_groups(
        votes, positions, previous=None if previous is None else previous.groups, progress=_Inner(listener)
    )
    listener.reached(step="statements", done=7, total=8)
    picture = put_together(votes, positions, groups, passing=fit_passing(votes, positions=positions))
    listener.reached(step="finished", done=8, total=8)
    return picture


def put_together(votes: Votes, positions: Positions, groups: Groups, *, passing: VotingModel) -> OpinionMap:
    """Describe every statement and return the whole map, however its parts were found.

    votes, positions, groups, passing   of one conversation, as fitted
    Cost       as `describe_statements`.
    """
    return OpinionMap(
        method=METHOD,
        version=VERSION,
        digest=input_digest(votes),
        positions=positions,
        passing=passing,
        groups=groups,
        statements=describe_statements(votes, positions, groups, passing),
        shown_share=positions.shown_share,
        axis_ends=tuple(_axis_ends(positions, axis=axis) for axis in range(SHOWN_AXES)),
    )


@dataclass(frozen=True, slots=True)
class _Inner:
    """Counts the refits among the steps of the whole map."""

    listener: Progress

    def reached(self, *, step: str, done: int, total: int) -> None:
        if done < total:
            self.listener.reached(step=step, done=1 + done, total=8)
        else:
            self.listener.reached(step="groups", done=1 + done, total=8)


def say_too_little(votes: Votes) -> TooLittle | None:
    """Say what is missing for a map, the first reason that applies; None where nothing is.

    votes      packed votes of everybody          Cost   O(votes).
    """
    statement_count = votes.shown_statement_count()
    participant_count = int(np.count_nonzero(votes.shown_votes_by_participant() >= ENOUGH_VOTES))
    counts = votes.count_by(np.zeros(votes.participant_count, dtype=np.int8), count=1)[0]
    disagrees, passes, agrees = counts[~votes.is_excluded].T
    vote_count = int(disagrees.sum() + passes.sum() + agrees.sum())
    reasons = {
        Reason.STATEMENTS: statement_count < FEWEST_STATEMENTS,
        Reason.ALL_PASSED: vote_count == int(passes.sum()),
        Reason.PARTICIPANTS: participant_count < FEWEST_PARTICIPANTS,
        Reason.NOBODY_DISAGREES: not np.any((agrees > 0) & (disagrees > 0)),
    }
    reason = next((reason for reason, applies in reasons.items() if applies), None)
    if reason is None:
        return None
    return TooLittle(
        reason=reason,
        participant_count=participant_count,
        participants_needed=FEWEST_PARTICIPANTS,
        statement_count=statement_count,
        statements_needed=FEWEST_STATEMENTS,
        votes_each=ENOUGH_VOTES,
        vote_count=vote_count,
    )


def _axis_ends(positions: Positions, *, axis: int) -> AxisEnds:
    known = np.flatnonzero(positions.is_known)
    along = positions.statements[known, axis]
    outward = known[np.argsort(along, kind="stable")]
    half = min(END_LENGTH, len(known) // 2)
    return AxisEnds(
        low=tuple(int(statement) for statement in outward[:half]),
        high=tuple(int(statement) for statement in outward[::-1][:half]),
    )

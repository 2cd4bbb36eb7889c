"""The voting model: who agrees with what, learned from sparse votes, with honest uncertainty.

logit P(agree) of person i with statement s = a_i + b_s + x_i · y_s, with Gaussian priors. `starting` says where it
begins; a round is a sweep over the people and one over the statements (`sweeps`), and between them `untangling`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from allting.engine.opinion.estimates import Change, Counts, Estimates, Evidence, PeopleSums
from allting.engine.opinion.starting import begin_statements, count_answers, leading_directions, unexplained
from allting.engine.opinion.sweeps import (
    PERSON_CONSTANT,
    STATEMENT_CONSTANT,
    bound_weight,
    covariance_of_prior,
    expected_squares,
    gather_evidence,
    half_signs_of,
    moments_of,
    packed_moments,
    place_anew,
    sigmoid,
    sweep_people,
    taught_by,
)
from allting.engine.opinion.untangling import rescale, untangle
from allting.engine.opinion.votes import FloatArray, IntArray, Votes
from allting.engine.progress import Progress, Silence

DIMENSIONS = 4
MOST_ROUNDS = 60
FEWEST_ROUNDS = 7
SETTLED = 0.002  # mean change of a statement's numbers in a round, logits
SMALLEST_VARIANCE = 0.01  # of the learned priors: a prior that closes cannot open again

_PEOPLE_AT_ONCE = 4_096
PLACING_SWEEPS = 2


@dataclass(frozen=True, slots=True, eq=False)
class VotingModel:
    """A fitted model. Who has no votes has the prior's mean and covariance."""

    people: Estimates
    statements: Estimates
    tendency_precision: float  # α, of a
    popularity_mean: float  # β, of b
    popularity_precision: float  # γ, of b
    rounds: int
    is_settled: bool

    def agreement(self, *, participants: IntArray, statements: IntArray) -> FloatArray:
        """Return P(agree | not pass) for pairs of participant and statement, shape (pairs,), strictly in (0, 1)."""
        q_mean, q_moments = moments_of(self.statements, constant=STATEMENT_CONSTANT)
        p_mean, p_moments = moments_of(self.people, constant=PERSON_CONSTANT)
        logit = np.einsum("vk,vk->v", p_mean[participants], q_mean[statements])
        variance = expected_squares(p_moments, q_moments, participants, statements) - logit**2
        return np.asarray(sigmoid(logit / np.sqrt(1 + np.pi * np.maximum(variance, 0) / 8)))

    def predict(self, people: NDArray[np.integer[Any]], *, at_once: int) -> Iterator[FloatArray]:
        """Yield P(agree | not pass) of some people, so many at once, with every statement, single precision.

        people   indices          Yields   shape (at most `at_once`, statements)
        """
        q_mean, q_moments = moments_of(self.statements, constant=STATEMENT_CONSTANT)
        for begin in range(0, len(people), at_once):
            block = people[begin : begin + at_once]
            some = Estimates(mean=self.people.mean[block], covariance=self.people.covariance[block])
            p_mean, p_moments = moments_of(some, constant=PERSON_CONSTANT)
            packed = packed_moments(p_moments.astype(np.float32), q_moments.astype(np.float32))
            logit = p_mean.astype(np.float32) @ q_mean.astype(np.float32).T
            squares = packed[0] @ packed[1].T
            yield sigmoid(logit / np.sqrt(1 + np.float32(np.pi / 8) * np.maximum(squares - logit**2, 0)))


class Crowd(Protocol):
    """The people's side of a model that is being fitted: whole and in memory, or in blocks that add up."""

    def count(self) -> Counts:
        """Count what each statement has."""

    def directions(self, counts: Counts, *, dimensions: int) -> FloatArray:
        """Return the leading directions of what rates leave unexplained, shape (statements, dimensions)."""

    def place(self, statements: FloatArray, *, tendency_precision: float) -> PeopleSums:
        """Place everybody anew by the statements' moments, and sum up where they are."""

    def teach(self, change: Change, statements: FloatArray) -> Evidence:
        """Change everybody's numbers, and sum up what their votes then say of the statements."""

    def estimates(self) -> Estimates:
        """Return where everybody is."""


class _Whole:
    """Everybody at once, in memory."""

    def __init__(self, half_signs: sparse.csr_array) -> None:
        self._half_signs = half_signs
        self._has_votes = np.diff(half_signs.indptr) > 0
        self._people: Estimates | None = None

    def count(self) -> Counts:
        return count_answers(self._half_signs)

    def directions(self, counts: Counts, *, dimensions: int) -> FloatArray:
        return leading_directions(unexplained(self._half_signs, counts), dimensions)

    def place(self, statements: FloatArray, *, tendency_precision: float) -> PeopleSums:
        self._people = place_anew(
            self._people, statements, half_signs=self._half_signs, tendency_precision=tendency_precision
        )
        return PeopleSums.of(self._people, counted=self._has_votes)

    def teach(self, change: Change, statements: FloatArray) -> Evidence:
        self._people = change.of(self.estimates())
        return gather_evidence(self._people, statements, half_signs=self._half_signs)

    def estimates(self) -> Estimates:
        assert self._people is not None, "Nobody has been placed yet."
        return self._people


def fit_voting_model(
    *,
    participants: IntArray,
    statements: IntArray,
    signs: NDArray[np.int8],
    participant_count: int,
    statement_count: int,
    dimensions: int = DIMENSIONS,
    most_rounds: int = MOST_ROUNDS,
) -> VotingModel:
    """Estimate tendencies, popularities and positions from answers of two kinds.

    participants, statements   indices, shape (votes,), sorted by participant, then statement; at least one
    signs      1 or -1, shape (votes,)
    Returns    the model; it says whether it settled before `most_rounds`.
    Cost       O(votes · dimensions²) a round, 10 to 40 rounds; memory O(votes + (people + statements) · dimensions²).
    Guarantee  no random numbers: the same votes give the same numbers, whatever their order on arrival.
    Source     Jaakkola and Jordan 2000, Statistics and Computing, "Bayesian parameter estimation via variational
               methods"; mean-field between the two sides.
    """
    starts = np.concatenate(([0], np.cumsum(np.bincount(participants, minlength=participant_count))))
    half_signs = sparse.csr_array((signs / 2.0, statements, starts), shape=(participant_count, statement_count))
    return fit_crowd(_Whole(half_signs), dimensions=dimensions, most_rounds=most_rounds)


def fit_crowd(
    crowd: Crowd, *, dimensions: int, most_rounds: int = MOST_ROUNDS, progress: Progress | None = None
) -> VotingModel:
    """Estimate the model with the people's side wherever it is kept; see `fit_voting_model`.

    progress   told of every round of the most that there may be
    """
    listener = progress or Silence()
    counts = crowd.count()
    is_voted_on = counts.answers > 0
    tendency_precision, popularity_precision = 2.0, 1.0
    statements = begin_statements(counts, crowd.directions(counts, dimensions=dimensions))
    popularity_mean = float(statements.mean[is_voted_on, 0].mean())

    def place_people(statements: Estimates) -> PeopleSums:
        moments = moments_of(statements, constant=STATEMENT_CONSTANT)[1]
        return crowd.place(moments, tendency_precision=tendency_precision)

    place_people(statements)
    is_settled = False
    rounds = 0
    while rounds < most_rounds and not is_settled:
        listener.reached(step="round", done=rounds, total=most_rounds)
        rounds += 1
        before = statements.mean
        people, rescaling, statements = rescale(place_people(statements), statements)
        people, untangling, statements = untangle(
            people,
            statements,
            voted_on=is_voted_on,
            tendency_precision=tendency_precision,
            popularity_precision=popularity_precision,
            popularity_mean=popularity_mean,
        )
        evidence = crowd.teach(rescaling.then(untangling), moments_of(statements, constant=STATEMENT_CONSTANT)[1])
        statements = taught_by(evidence, popularity_precision=popularity_precision, popularity_mean=popularity_mean)
        tendency_precision = 1 / max(float(people.squares[0, 0]) / people.count, SMALLEST_VARIANCE)
        popularity = statements.mean[is_voted_on, 0]
        popularity_mean = float(popularity.mean())
        spread = (popularity - popularity_mean) ** 2 + statements.covariance[is_voted_on, 0, 0]
        popularity_precision = 1 / max(float(spread.mean()), SMALLEST_VARIANCE)
        change = float(np.abs(statements.mean - before)[is_voted_on].mean())
        is_settled = rounds >= FEWEST_ROUNDS and change < SETTLED

    place_people(statements)
    listener.reached(step="finished", done=most_rounds, total=most_rounds)
    return VotingModel(
        people=crowd.estimates(),
        statements=statements,
        tendency_precision=tendency_precision,
        popularity_mean=popularity_mean,
        popularity_precision=popularity_precision,
        rounds=rounds,
        is_settled=is_settled,
    )


def place(votes: Votes, model: VotingModel, *, people: NDArray[np.integer[Any]] | None = None) -> Estimates:
    """Place people by what they voted, the statements being known.

    votes    packed votes of the conversation whose statements the model knows
    people   indices, ascending; without them everybody
    Returns  their means and covariances, single precision; who has not answered has the prior's.
    Cost     two sweeps, O(votes · dimensions²), in blocks of people: memory O(people · dimensions²).
    """
    chosen = np.arange(votes.participant_count) if people is None else people
    others = moments_of(model.statements, constant=STATEMENT_CONSTANT)[1].astype(np.float32)
    size = others.shape[1] - 1
    mean = np.empty((len(chosen), size), dtype=np.float32)
    covariance = np.empty((len(chosen), size, size), dtype=np.float32)
    prior = covariance_of_prior(size, model.tendency_precision).astype(np.float32)
    nobody = Estimates(mean=np.zeros((1, size), dtype=np.float32), covariance=prior[None])
    alike = bound_weight(np.sqrt(np.einsum("ij,sij->s", moments_of(nobody, constant=PERSON_CONSTANT)[1][0], others)))
    for begin in range(0, len(chosen), _PEOPLE_AT_ONCE):
        block = slice(begin, begin + _PEOPLE_AT_ONCE)
        half_signs = half_signs_of(votes, people=chosen[block])
        placed = Estimates(
            mean=np.zeros((half_signs.shape[0], size), dtype=np.float32),
            covariance=np.tile(prior, (half_signs.shape[0], 1, 1)),
        )
        # Before the first sweep everybody is alike, so that a vote's weight is that of its statement.
        first = sparse.csr_array((alike[half_signs.indices], half_signs.indices, half_signs.indptr), half_signs.shape)
        for weights in (first, *[None] * (PLACING_SWEEPS - 1)):
            placed = sweep_people(
                placed,
                others,
                half_signs=half_signs,
                tendency_precision=model.tendency_precision,
                weights=weights,
            )
        mean[block], covariance[block] = placed.mean, placed.covariance
    return Estimates(mean=mean, covariance=covariance)


def reconsider_statements(votes: Votes, model: VotingModel, *, people: Estimates) -> Estimates:
    """Estimate the statements once more from the votes of some people, who are placed.

    votes    of these people, numbered as in `people`          Cost   one sweep.
    """
    evidence = gather_evidence(
        Estimates(mean=people.mean.astype(np.float64), covariance=people.covariance.astype(np.float64)),
        moments_of(model.statements, constant=STATEMENT_CONSTANT)[1],
        half_signs=half_signs_of(votes, people=np.arange(votes.participant_count)),
    )
    return taught_by(evidence, popularity_precision=model.popularity_precision, popularity_mean=model.popularity_mean)

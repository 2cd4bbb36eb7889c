"""The voting model: who agrees with what, learned from sparse votes, with honest uncertainty.

logit P(agree) of person i with statement s = a_i + b_s + x_i · y_s. Both sides carry a constant in each other's
place, p = (a, 1, x) and q = (1, b, y), so that the logit is the plain product p·q. Its expected square is then
the sum over E[p pᵀ] ∘ E[q qᵀ], and what one side needs from the other in a sweep is a weighted sum of those
moments: two sparse products. That is why this file has no loop over votes and needs no compiled code.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.linalg import eigh
from scipy.sparse.linalg import svds

from allting.engine.opinion.votes import PASS, BoolArray, FloatArray, IntArray, Votes, keep_people
from allting.engine.progress import Progress, Silence

DIMENSIONS = 4
MOST_ROUNDS = 60
FEWEST_ROUNDS = 7
SETTLED = 0.002  # mean change of a statement's numbers in a round, logits
NOTHING_LEFT = 1e-9  # largest residual from which on everybody's rates explain every vote
SMALLEST_VARIANCE = 0.01  # of the learned priors: a prior that closes cannot open again

# Where the own numbers and the other side's intercept stand in p = (a, 1, x) and q = (1, b, y).
_PERSON_CONSTANT, _PERSON_INTERCEPT = 1, 0
_STATEMENT_CONSTANT, _STATEMENT_INTERCEPT = 0, 1

# Votes whose expected square is worked out at once: the gathered moments then stay in the processor's cache.
_BLOCK = 8_192
# All pairs of a block of people and all statements are multiplied at once, and those with a vote picked out: eighteen
# times quicker than gathering moments for each vote where a person voted on a fifth, and even where they voted on few.
_PAIRS_AT_ONCE = 1 << 18
_PAIRS_WORTH_A_VOTE = 200
_PEOPLE_AT_ONCE = 4_096
PLACING_SWEEPS = 2


@dataclass(frozen=True, slots=True, eq=False)
class Estimates:
    """Gaussians of one side: the intercept (tendency or popularity) first, then the position.

    mean (n, 1 + dimensions) · covariance (n, 1 + dimensions, 1 + dimensions)
    """

    mean: FloatArray
    covariance: FloatArray


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
        q_mean, q_moments = _moments(self.statements, constant=_STATEMENT_CONSTANT)
        p_mean, p_moments = _moments(self.people, constant=_PERSON_CONSTANT)
        logit = np.einsum("vk,vk->v", p_mean[participants], q_mean[statements])
        variance = _expected_squares(p_moments, q_moments, participants, statements) - logit**2
        return np.asarray(_sigmoid(logit / np.sqrt(1 + np.pi * np.maximum(variance, 0) / 8)))

    def predict(self, people: NDArray[np.integer[Any]], *, at_once: int) -> Iterator[FloatArray]:
        """Yield P(agree | not pass) of some people, so many at once, with every statement, single precision.

        people   indices          Yields   shape (at most `at_once`, statements)
        """
        q_mean, q_moments = _moments(self.statements, constant=_STATEMENT_CONSTANT)
        for begin in range(0, len(people), at_once):
            block = people[begin : begin + at_once]
            some = Estimates(mean=self.people.mean[block], covariance=self.people.covariance[block])
            p_mean, p_moments = _moments(some, constant=_PERSON_CONSTANT)
            packed = _packed_moments(p_moments.astype(np.float32), q_moments.astype(np.float32))
            logit = p_mean.astype(np.float32) @ q_mean.astype(np.float32).T
            squares = packed[0] @ packed[1].T
            yield _sigmoid(logit / np.sqrt(1 + np.float32(np.pi / 8) * np.maximum(squares - logit**2, 0)))


@dataclass(frozen=True, slots=True, eq=False)
class Counts:
    """Answers and agrees that each statement has, shape (statements,)."""

    answers: NDArray[np.int64]
    agrees: NDArray[np.int64]

    @property
    def rates(self) -> FloatArray:
        """Share of agrees, 0 where there is no answer."""
        return np.asarray(self.agrees / np.maximum(self.answers, 1))

    def __add__(self, other: Counts) -> Counts:
        return Counts(answers=self.answers + other.answers, agrees=self.agrees + other.agrees)


@dataclass(frozen=True, slots=True, eq=False)
class PeopleSums:
    """How many people have answered, and over them: Σ mean (D,), and Σ (mean meanᵀ + covariance) (D, D)."""

    count: int
    means: FloatArray
    squares: FloatArray

    def __add__(self, other: PeopleSums) -> PeopleSums:
        return PeopleSums(
            count=self.count + other.count, means=self.means + other.means, squares=self.squares + other.squares
        )

    @classmethod
    def of(cls, people: Estimates, *, counted: BoolArray) -> PeopleSums:
        """Sum over the people counted."""
        mean = people.mean[counted]
        return cls(
            count=len(mean), means=mean.sum(axis=0), squares=mean.T @ mean + people.covariance[counted].sum(axis=0)
        )


@dataclass(frozen=True, slots=True, eq=False)
class Change:
    """An affine change of one side's numbers: `turn` (D, D) first, then `move` (D,)."""

    turn: FloatArray
    move: FloatArray

    def of(self, side: Estimates) -> Estimates:
        """Return the estimates as they are after the change."""
        return Estimates(mean=side.mean @ self.turn.T + self.move, covariance=self.turn @ side.covariance @ self.turn.T)

    def of_sums(self, sums: PeopleSums) -> PeopleSums:
        """Return the sums as they are after the change."""
        turned = self.turn @ sums.means
        squares = self.turn @ sums.squares @ self.turn.T
        crossed = np.outer(turned, self.move)
        return PeopleSums(
            count=sums.count,
            means=turned + sums.count * self.move,
            squares=squares + crossed + crossed.T + sums.count * np.outer(self.move, self.move),
        )

    def then(self, later: Change) -> Change:
        """Return both as one."""
        return Change(turn=later.turn @ self.turn, move=later.turn @ self.move + later.move)


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """What the people's votes say of each statement: Σ λ E[p pᵀ], shape (statements, D + 1, D + 1), and Σ ±½ E[p]."""

    weighted: FloatArray
    signed: FloatArray

    def __add__(self, other: Evidence) -> Evidence:
        return Evidence(weighted=self.weighted + other.weighted, signed=self.signed + other.signed)


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
        return _leading_directions(unexplained(self._half_signs, counts), dimensions)

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


def place_anew(
    people: Estimates | None, statements: FloatArray, *, half_signs: sparse.csr_array, tendency_precision: float
) -> Estimates:
    """Place people by the statements' moments, from where they were, or from where the prior puts them."""
    if people is None:
        size = statements.shape[1] - 1
        prior = _prior(np.eye(size), tendency_precision, inverse=True)
        people = Estimates(
            mean=np.zeros((half_signs.shape[0], size)), covariance=np.tile(prior, (half_signs.shape[0], 1, 1))
        )
    return _sweep_people(people, statements, half_signs=half_signs, tendency_precision=tendency_precision)


def gather_evidence(people: Estimates, statements: FloatArray, *, half_signs: sparse.csr_array) -> Evidence:
    """Sum up what the votes of some people say of each statement, both sides being where they are."""
    moments = _moments(people, constant=_PERSON_CONSTANT)[1]
    weights = _bound_weights(moments, statements, half_signs)
    return _evidence(weights=weights.T, half_signs=half_signs.T, other_side=moments, constant=_PERSON_CONSTANT)


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
    statements = _beginning(counts, crowd.directions(counts, dimensions=dimensions))
    popularity_mean = float(statements.mean[is_voted_on, 0].mean())

    def place_people(statements: Estimates) -> PeopleSums:
        moments = _moments(statements, constant=_STATEMENT_CONSTANT)[1]
        return crowd.place(moments, tendency_precision=tendency_precision)

    place_people(statements)
    is_settled = False
    rounds = 0
    while rounds < most_rounds and not is_settled:
        listener.reached(step="round", done=rounds, total=most_rounds)
        rounds += 1
        before = statements.mean
        people, rescaling, statements = _rescale(place_people(statements), statements)
        people, untangling, statements = _untangle(
            people,
            statements,
            voted_on=is_voted_on,
            tendency_precision=tendency_precision,
            popularity_precision=popularity_precision,
            popularity_mean=popularity_mean,
        )
        evidence = crowd.teach(rescaling.then(untangling), _moments(statements, constant=_STATEMENT_CONSTANT)[1])
        statements = _taught(evidence, popularity_precision=popularity_precision, popularity_mean=popularity_mean)
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
    others = _moments(model.statements, constant=_STATEMENT_CONSTANT)[1].astype(np.float32)
    size = others.shape[1] - 1
    mean = np.empty((len(chosen), size), dtype=np.float32)
    covariance = np.empty((len(chosen), size, size), dtype=np.float32)
    prior = _prior(np.eye(size), model.tendency_precision, inverse=True).astype(np.float32)
    nobody = Estimates(mean=np.zeros((1, size), dtype=np.float32), covariance=prior[None])
    alike = _bound_weight(np.sqrt(np.einsum("ij,sij->s", _moments(nobody, constant=_PERSON_CONSTANT)[1][0], others)))
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
            placed = _sweep_people(
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
        _moments(model.statements, constant=_STATEMENT_CONSTANT)[1],
        half_signs=half_signs_of(votes, people=np.arange(votes.participant_count)),
    )
    return _taught(evidence, popularity_precision=model.popularity_precision, popularity_mean=model.popularity_mean)


def _taught(evidence: Evidence, *, popularity_precision: float, popularity_mean: float) -> Estimates:
    """Re-estimate the statements from what people's votes say of them."""
    identity = np.eye(evidence.weighted.shape[1] - 1)
    return _posterior(
        evidence,
        intercept=_PERSON_INTERCEPT,
        prior_precision=_prior(identity, popularity_precision),
        prior_pull=popularity_precision * popularity_mean * identity[0],
    )


def half_signs_of(votes: Votes, *, people: NDArray[np.integer[Any]]) -> sparse.csr_array:
    """Return agrees and disagrees of some people as ½ and -½, people by statements, single precision."""
    is_run = bool(len(people)) and int(people[-1]) - int(people[0]) + 1 == len(people)
    if is_run:
        begin, end = votes.participant_starts[people[0]], votes.participant_starts[people[-1] + 1]
        starts = votes.participant_starts[people[0] : people[-1] + 2] - begin
        statements, values = votes.statements[begin:end], votes.values[begin:end]
    else:
        few = keep_people(votes, people=people)
        starts, statements, values = few.participant_starts, few.statements, few.values
    teaches = (values != PASS) & ~votes.is_excluded[statements]
    if not teaches.all():
        starts = np.concatenate(([0], np.cumsum(teaches)))[starts]
        statements, values = statements[teaches], values[teaches]
    return sparse.csr_array(
        (values.astype(np.float32) / 2, statements, starts.astype(np.int32)),
        shape=(len(people), votes.statement_count),
    )


def _sweep_people(
    people: Estimates,
    others: FloatArray,
    *,
    half_signs: sparse.csr_array,
    tendency_precision: float,
    weights: sparse.csr_array | None = None,
) -> Estimates:
    """Re-estimate people from the statements' moments `others`; `weights` are λ of each vote where they are known."""
    size = people.mean.shape[1]
    dtype = others.dtype
    if weights is None:
        weights = _bound_weights(_moments(people, constant=_PERSON_CONSTANT)[1], others, half_signs)
    return _posterior(
        _evidence(weights=weights, half_signs=half_signs, other_side=others, constant=_STATEMENT_CONSTANT),
        intercept=_STATEMENT_INTERCEPT,
        prior_precision=_prior(np.eye(size), tendency_precision).astype(dtype),
        prior_pull=np.zeros(size, dtype=dtype),
    )


def count_answers(half_signs: sparse.csr_array) -> Counts:
    """Count the answers and the agrees of each statement."""
    statement_count = half_signs.shape[1]
    return Counts(
        answers=np.bincount(half_signs.indices, minlength=statement_count),
        agrees=np.bincount(half_signs.indices[half_signs.data > 0], minlength=statement_count),
    )


def unexplained(half_signs: sparse.csr_array, counts: Counts) -> sparse.csr_array:
    """Return what the statements' rates and the people's means leave of each vote, scaled down where votes are few."""
    own = np.diff(half_signs.indptr)
    rows = np.repeat(np.arange(half_signs.shape[0]), own)
    residuals = half_signs.data + 0.5 - counts.rates[half_signs.indices]
    person_mean = np.bincount(rows, weights=residuals, minlength=half_signs.shape[0]) / np.maximum(own, 1)
    residuals = residuals - person_mean[rows]
    scaled = residuals / np.sqrt((own[rows] + 5) * (counts.answers[half_signs.indices] + 5))
    return sparse.csr_array((scaled, half_signs.indices, half_signs.indptr), shape=half_signs.shape)


def _beginning(counts: Counts, directions: FloatArray) -> Estimates:
    """Start the statements from their rates and from the leading directions of what the rates leave unexplained."""
    popularity = np.log((counts.agrees + 1) / (counts.answers - counts.agrees + 1))
    statement_count, dimensions = directions.shape
    covariance = np.tile(0.05 * np.eye(1 + dimensions), (statement_count, 1, 1))
    is_silent = counts.answers == 0
    covariance[is_silent] = np.eye(1 + dimensions)
    # The length is that of the statements that have votes: one that nobody saw must not stretch the start.
    positions = 0.5 * np.sqrt(statement_count - np.count_nonzero(is_silent)) * directions
    return Estimates(mean=np.column_stack([popularity, positions]), covariance=covariance)


def _leading_directions(matrix: sparse.csr_array, dimensions: int) -> FloatArray:
    """Return the leading right singular vectors, shape (columns, dimensions), largest entry of each positive.

    Zeros where nothing is left to explain: where nobody ever passes, say.
    """
    if not np.abs(matrix.data).max(initial=0) > NOTHING_LEFT:
        return np.zeros((matrix.shape[1], dimensions))
    if min(matrix.shape) <= 4 * dimensions:
        vectors = np.linalg.svd(matrix.toarray(), full_matrices=False)[2][:dimensions].T
    else:
        start = np.ones(min(matrix.shape)) / np.sqrt(min(matrix.shape))
        _, values, rows = svds(matrix, k=dimensions, v0=start, tol=1e-10)
        vectors = rows[np.argsort(-values, kind="stable")].T
    return _as_many(vectors, dimensions)


def directions_of_products(products: FloatArray, dimensions: int) -> FloatArray:
    """Return what `_leading_directions` does of a matrix whose Mᵀ M is given, shape (columns, columns)."""
    if not np.diagonal(products).max(initial=0) > NOTHING_LEFT**2:
        return np.zeros((len(products), dimensions))
    last = len(products) - 1
    _, vectors = eigh(products, subset_by_index=[max(0, last + 1 - dimensions), last])
    return _as_many(vectors[:, ::-1], dimensions)


def _as_many(vectors: FloatArray, dimensions: int) -> FloatArray:
    missing = dimensions - vectors.shape[1]
    return with_positive_peaks(np.pad(vectors, ((0, 0), (0, missing))))


def with_positive_peaks(columns: FloatArray) -> FloatArray:
    """Turn the sign of each column so that its entry of largest size is positive; shape (n, columns)."""
    return columns * peak_signs(columns)


def peak_signs(columns: FloatArray) -> FloatArray:
    """Return 1 or -1 for each column: the sign of its entry of largest size (1 for a column of zeros)."""
    peaks = np.take_along_axis(columns, np.abs(columns).argmax(axis=0)[None, :], axis=0)[0]
    return np.where(peaks < 0, -1.0, 1.0)


def _prior(identity: FloatArray, intercept_precision: float, *, inverse: bool = False) -> FloatArray:
    prior = identity.copy()
    prior[0, 0] = 1 / intercept_precision if inverse else intercept_precision
    return prior


def _bound_weight(xi: FloatArray) -> FloatArray:
    """λ(ξ) = tanh(ξ/2) / 4ξ of the logistic bound, 1/8 at zero."""
    safe = np.maximum(xi, 1e-6)
    return np.asarray(np.tanh(safe / 2) / (4 * safe))


def _sigmoid(logit: FloatArray) -> FloatArray:
    return np.asarray(0.5 * (1 + np.tanh(logit / 2)))


def _moments(side: Estimates, *, constant: int) -> tuple[FloatArray, FloatArray]:
    """Return mean and second moments with the constant 1 put in its place: shapes (n, D) and (n, D, D)."""
    mean = np.insert(side.mean, constant, 1.0, axis=1)
    moments = mean[:, :, None] * mean[:, None, :]
    own = _own(constant, mean.shape[1])
    moments[:, own[:, None], own] += side.covariance
    return mean, moments


def _own(constant: int, size: int) -> NDArray[np.int64]:
    return np.delete(np.arange(size), constant)


def _packed_moments(people: FloatArray, statements: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Upper triangles of both sides' moments, counted twice off the diagonal: their product is E[logit²]."""
    upper = np.triu_indices(people.shape[1])
    twice = np.where(upper[0] == upper[1], 1.0, 2.0).astype(people.dtype)
    return people[:, upper[0], upper[1]] * twice, statements[:, upper[0], upper[1]]


def _expected_squares(
    people: FloatArray, statements: FloatArray, participant_of: IntArray, statement_of: IntArray
) -> FloatArray:
    """E[logit²] of each vote, in any order of the votes."""
    packed_people, packed_statements = _packed_moments(people, statements)
    squares = np.empty(len(participant_of), dtype=people.dtype)
    for begin in range(0, len(squares), _BLOCK):
        block = slice(begin, begin + _BLOCK)
        np.einsum(
            "vk,vk->v", packed_people[participant_of[block]], packed_statements[statement_of[block]], out=squares[block]
        )
    return np.maximum(squares, 0)


def _bound_weights(people: FloatArray, statements: FloatArray, votes: sparse.csr_array) -> sparse.csr_array:
    """λ(ξ) of each stored vote, as a matrix of people by statements, from both sides' moments."""
    people_count, statement_count = votes.shape
    starts, statement_of = votes.indptr, votes.indices
    if people_count * statement_count > _PAIRS_WORTH_A_VOTE * max(len(statement_of), 1):
        participant_of = np.repeat(np.arange(people_count, dtype=np.int32), np.diff(starts))
        squares = _expected_squares(people, statements, participant_of, statement_of)
    else:
        packed_people, packed_statements = _packed_moments(people, statements)
        packed_statements = np.ascontiguousarray(packed_statements.T)
        squares = np.empty(len(statement_of), dtype=people.dtype)
        step = max(1, _PAIRS_AT_ONCE // statement_count)
        for begin in range(0, people_count, step):
            end = min(begin + step, people_count)
            rows = slice(starts[begin], starts[end])
            pairs = packed_people[begin:end] @ packed_statements
            first_of = np.arange(end - begin, dtype=np.int32) * np.int32(statement_count)
            place_of = np.repeat(first_of, np.diff(starts[begin : end + 1])) + statement_of[rows]
            np.take(pairs.ravel(), place_of, out=squares[rows])
        np.maximum(squares, 0, out=squares)
    return sparse.csr_array((_bound_weight(np.sqrt(squares)), statement_of, starts), shape=votes.shape)


def _evidence(
    *, weights: sparse.sparray, half_signs: sparse.sparray, other_side: FloatArray, constant: int
) -> Evidence:
    """Sum the other side's moments over each one's votes: weighted by λ, and by ±½ in the constant's column."""
    size = other_side.shape[1]
    upper = np.triu_indices(size)
    summed = np.empty((weights.shape[0], size, size), dtype=other_side.dtype)
    summed[:, upper[0], upper[1]] = weights @ other_side[:, upper[0], upper[1]]
    summed[:, upper[1], upper[0]] = summed[:, upper[0], upper[1]]
    return Evidence(weighted=summed, signed=half_signs @ other_side[:, :, constant])


def _posterior(evidence: Evidence, *, intercept: int, prior_precision: FloatArray, prior_pull: FloatArray) -> Estimates:
    """Re-estimate one side from the other's moments.

    For a person: precision = prior + 2 Σ λ E[f fᵀ] and precision · mean = pull + Σ (½u E[f] - 2λ E[f b]),
    with f the statement's (1, y). The mirror image for a statement.
    """
    factor = _own(intercept, evidence.weighted.shape[1])
    precision = prior_precision + 2 * evidence.weighted[:, factor[:, None], factor]
    pull = prior_pull + evidence.signed[:, factor] - 2 * evidence.weighted[:, factor, intercept]
    covariance = np.linalg.inv(precision)
    return Estimates(mean=np.einsum("nij,nj->ni", covariance, pull), covariance=covariance)


def _rescale(people: PeopleSums, statements: Estimates) -> tuple[PeopleSums, Change, Estimates]:
    """Bring each axis to a mean square of 1 among the people, and let the statements take the opposite factor.

    Returns the sums after it, the change of the people, and the statements.
    """
    scale = np.clip(np.sqrt(np.diagonal(people.squares)[1:] / people.count), 0.2, 5)
    change = Change(turn=np.diag(np.insert(1 / scale, 0, 1.0)), move=np.zeros(1 + len(scale)))
    return change.of_sums(people), change, _scaled(statements, np.insert(scale, 0, 1.0))


def _untangle(
    people: PeopleSums,
    statements: Estimates,
    *,
    voted_on: NDArray[np.bool_],
    tendency_precision: float,
    popularity_precision: float,
    popularity_mean: float,
) -> tuple[PeopleSums, Change, Estimates]:
    """Move what two parts of the logit can both explain to where the priors want it; every logit stays as it is.

    a_i + b_s + x_i·y_s does not change when y gains c and a loses c·x, when x loses t and b gains t·y, or when b gains
    what every a loses. Sweeps of one side at a time crawl along these directions (90 rounds in the Austrian
    conversation); the best c and t are two small least-squares problems, and the mean of b is free anyway.
    Returns as `_rescale`.
    Source: Qi and Jaakkola 2006, NIPS, "Parameter expanded variational Bayesian methods".
    """
    y = statements.mean[voted_on, 1:]
    identity = np.eye(y.shape[1])

    shear = np.linalg.solve(
        tendency_precision * people.squares[1:, 1:] + len(y) * identity,
        tendency_precision * people.squares[0, 1:] - y.sum(axis=0),
    )
    turn = np.eye(1 + len(shear))
    turn[0, 1:] = -shear
    lean = float(turn[0] @ people.means) / people.count
    statements = _moved(statements, np.insert(shear, 0, lean))

    centred = statements.mean[voted_on] - np.insert(np.zeros_like(shear), 0, popularity_mean + lean)
    moments = (centred[:, :, None] * centred[:, None, :] + statements.covariance[voted_on]).sum(axis=0)
    shift = np.linalg.solve(
        popularity_precision * moments[1:, 1:] + people.count * identity,
        people.means[1:] - popularity_precision * moments[0, 1:],
    )
    change = Change(turn=turn, move=np.insert(-shift, 0, -lean))
    return change.of_sums(people), change, _sheared(statements, shift)


def _sheared(side: Estimates, by: FloatArray) -> Estimates:
    """Add by · position to the intercept."""
    shear = np.eye(1 + len(by))
    shear[0, 1:] = by
    return Estimates(mean=side.mean @ shear.T, covariance=shear @ side.covariance @ shear.T)


def _moved(side: Estimates, by: FloatArray) -> Estimates:
    return Estimates(mean=side.mean + by, covariance=side.covariance)


def _scaled(side: Estimates, factors: FloatArray) -> Estimates:
    return Estimates(mean=side.mean * factors, covariance=side.covariance * factors[:, None] * factors)

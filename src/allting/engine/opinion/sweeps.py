"""The two sparse products behind every sweep: what one side of the voting model takes from the other.

Both sides carry a constant in each other's place, p = (a, 1, x) and q = (1, b, y), so that the logit is the plain
product p·q, its expected square the sum over E[p pᵀ] ∘ E[q qᵀ], and what one side needs from the other a weighted sum
of those moments. That is why there is no loop over votes here, and nothing that needs compiling.

Shapes: a side's own numbers have 1 + dimensions entries, moments with the constant D = 2 + dimensions. Votes are sparse
matrices of people by statements. Nothing is raised; every array is new. One sweep costs O(votes · D²).
Source: Jaakkola and Jordan 2000, Statistics and Computing, "Bayesian parameter estimation via variational methods".
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from allting.engine.opinion.estimates import Estimates, Evidence
from allting.engine.opinion.votes import PASS, FloatArray, IntArray, Votes, keep_people

# Where the own numbers and the other side's intercept stand in p = (a, 1, x) and q = (1, b, y).
PERSON_CONSTANT, PERSON_INTERCEPT = 1, 0
STATEMENT_CONSTANT, STATEMENT_INTERCEPT = 0, 1

# Votes whose expected square is worked out at once: the gathered moments then stay in the processor's cache.
_BLOCK = 8_192
# All pairs of a block of people and all statements are multiplied at once, and those with a vote picked out: eighteen
# times quicker than gathering moments for each vote where a person voted on a fifth, and even where they voted on few.
_PAIRS_AT_ONCE = 1 << 18
_PAIRS_WORTH_A_VOTE = 200


def half_signs_of(votes: Votes, *, people: NDArray[np.integer[Any]]) -> sparse.csr_array:
    """Return agrees and disagrees of some people as ½ and -½, what the model learns from, single precision.

    people    indices, in the order of the rows returned; a run of neighbours is cut out without copying all votes
    Returns   shape (people, statements); passes and votes on excluded statements are left out.
    """
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


def place_anew(
    people: Estimates | None, statements: FloatArray, *, half_signs: sparse.csr_array, tendency_precision: float
) -> Estimates:
    """Place people by the statements' moments, from where they were, or from where the prior puts them.

    people, statements   the people so far, or None; the statements' moments, shape (statements, D, D)
    half_signs           votes of these people, as `half_signs_of` gives them
    tendency_precision   α, of the prior of a person's tendency to agree
    """
    if people is None:
        size = statements.shape[1] - 1
        prior = covariance_of_prior(size, tendency_precision)
        people = Estimates(
            mean=np.zeros((half_signs.shape[0], size)), covariance=np.tile(prior, (half_signs.shape[0], 1, 1))
        )
    return sweep_people(people, statements, half_signs=half_signs, tendency_precision=tendency_precision)


def sweep_people(
    people: Estimates,
    others: FloatArray,
    *,
    half_signs: sparse.csr_array,
    tendency_precision: float,
    weights: sparse.csr_array | None = None,
) -> Estimates:
    """Re-estimate people from the statements' moments.

    people    where they are now: it decides the weights of their votes, where these are not given
    others    the statements' moments, shape (statements, D, D); their precision is that of the result
    weights   λ of each vote, people by statements, where it is known already
    """
    size = people.mean.shape[1]
    dtype = others.dtype
    if weights is None:
        weights = bound_weights(moments_of(people, constant=PERSON_CONSTANT)[1], others, half_signs)
    return _posterior(
        _evidence(weights=weights, half_signs=half_signs, other_side=others, constant=STATEMENT_CONSTANT),
        intercept=STATEMENT_INTERCEPT,
        prior_precision=precision_of_prior(size, tendency_precision).astype(dtype),
        prior_pull=np.zeros(size, dtype=dtype),
    )


def gather_evidence(people: Estimates, statements: FloatArray, *, half_signs: sparse.csr_array) -> Evidence:
    """Sum up what the votes of some people say of each statement, both sides being where they are.

    people, statements   the people, and the statements' moments, shape (statements, D, D)
    half_signs           votes of these people, as `half_signs_of` gives them
    Returns              sums over these people; those over others can be added.
    """
    moments = moments_of(people, constant=PERSON_CONSTANT)[1]
    weights = bound_weights(moments, statements, half_signs)
    return _evidence(weights=weights.T, half_signs=half_signs.T, other_side=moments, constant=PERSON_CONSTANT)


def taught_by(evidence: Evidence, *, popularity_precision: float, popularity_mean: float) -> Estimates:
    """Re-estimate the statements from what people's votes say of them, under the prior of their popularity."""
    size = evidence.weighted.shape[1] - 1
    return _posterior(
        evidence,
        intercept=PERSON_INTERCEPT,
        prior_precision=precision_of_prior(size, popularity_precision),
        prior_pull=popularity_precision * popularity_mean * np.eye(size)[0],
    )


def precision_of_prior(size: int, intercept_precision: float) -> FloatArray:
    """Return how sure the prior is of a person or a statement, shape (size, size): 1 for each axis.

    size   1 + dimensions                 intercept_precision   of the tendency to agree, or of the popularity
    """
    precision = np.eye(size)
    precision[0, 0] = intercept_precision
    return precision


def covariance_of_prior(size: int, intercept_precision: float) -> FloatArray:
    """Return `precision_of_prior` as a covariance: how unsure anybody without votes is."""
    return precision_of_prior(size, 1 / intercept_precision)


def moments_of(side: Estimates, *, constant: int) -> tuple[FloatArray, FloatArray]:
    """Return mean and expected products E[p pᵀ] with the constant 1 put in its place: shapes (n, D) and (n, D, D).

    constant   PERSON_CONSTANT or STATEMENT_CONSTANT, by which side it is
    """
    mean = np.insert(side.mean, constant, 1.0, axis=1)
    moments = mean[:, :, None] * mean[:, None, :]
    own = _own(constant, mean.shape[1])
    moments[:, own[:, None], own] += side.covariance
    return mean, moments


def _own(constant: int, size: int) -> NDArray[np.int64]:
    return np.delete(np.arange(size), constant)


def packed_moments(people: FloatArray, statements: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the upper triangles of both sides' moments; the product of two rows is E[logit²] of that pair.

    Off the diagonal, the people's are counted twice.     Shapes (people, D(D+1)/2) and (statements, D(D+1)/2).
    """
    upper = np.triu_indices(people.shape[1])
    twice = np.where(upper[0] == upper[1], 1.0, 2.0).astype(people.dtype)
    return people[:, upper[0], upper[1]] * twice, statements[:, upper[0], upper[1]]


def expected_squares(
    people: FloatArray, statements: FloatArray, participant_of: IntArray, statement_of: IntArray
) -> FloatArray:
    """Return E[logit²] of each pair of person and statement, in any order, shape (pairs,), at least 0.

    people, statements             both sides' moments          participant_of, statement_of   shape (pairs,)
    """
    packed_people, packed_statements = packed_moments(people, statements)
    squares = np.empty(len(participant_of), dtype=people.dtype)
    for begin in range(0, len(squares), _BLOCK):
        block = slice(begin, begin + _BLOCK)
        np.einsum(
            "vk,vk->v", packed_people[participant_of[block]], packed_statements[statement_of[block]], out=squares[block]
        )
    return np.maximum(squares, 0)


def bound_weights(people: FloatArray, statements: FloatArray, votes: sparse.csr_array) -> sparse.csr_array:
    """Return λ(ξ) of each stored vote, in the places of `votes`, from both sides' moments; ξ² = E[logit²]."""
    people_count, statement_count = votes.shape
    starts, statement_of = votes.indptr, votes.indices
    if people_count * statement_count > _PAIRS_WORTH_A_VOTE * max(len(statement_of), 1):
        participant_of = np.repeat(np.arange(people_count, dtype=np.int32), np.diff(starts))
        squares = expected_squares(people, statements, participant_of, statement_of)
    else:
        packed_people, packed_statements = packed_moments(people, statements)
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
    return sparse.csr_array((bound_weight(np.sqrt(squares)), statement_of, starts), shape=votes.shape)


def bound_weight(xi: FloatArray) -> FloatArray:
    """Return λ(ξ) = tanh(ξ/2) / 4ξ of the logistic bound, 1/8 at zero, of any shape."""
    safe = np.maximum(xi, 1e-6)
    return np.asarray(np.tanh(safe / 2) / (4 * safe))


def sigmoid(logit: FloatArray) -> FloatArray:
    """Return the probability that belongs to a logit, in the precision given."""
    return np.asarray(0.5 * (1 + np.tanh(logit / 2)))


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

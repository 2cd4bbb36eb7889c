"""Which statement to show a person next, from what the last map knows; a few small products, done in the request.

Needs numpy only: the process that answers pages loads neither scipy nor scikit-learn. The worker makes `Knowledge`
(`allting.engine.opinion.knowledge_of`) and stores it with the map; `choose_statement` says what to show and why.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

type FloatArray = NDArray[np.floating[Any]]
type IntArray = NDArray[np.integer[Any]]

NEW_VIEWS = 20  # a statement with fewer views is new
NEW_SHARE = 0.30  # of the choices, for new statements while there are any: otherwise new voices drown
RANDOM_SHARE = 0.10  # of the choices, for honest estimates
_SWEEPS = 3


class Why(StrEnum):
    """Why a statement was chosen."""

    NEW = "new"  # hardly anybody has seen it
    RANDOM = "random"  # by lot, so that estimates stay honest
    TELLS_MOST = "tells_most"  # the answer tells most about the person's other answers
    FEWEST_VIEWS = "fewest_views"  # no map yet


@dataclass(frozen=True, slots=True, eq=False)
class Side:
    """What one model knows of the statements: popularity first, then what they divide on.

    means        (statements, 1 + dimensions)          covariances   (statements, 1 + dimensions, 1 + dimensions)
    tendency_precision   of a person's general tendency, before any answer
    factors      made of the means: what 1, a person's tendency and position are multiplied by, (statements, size)
    moments      second moments of the factors, flat, (statements, size²): the same for every person who is asked
    """

    means: FloatArray
    covariances: FloatArray
    tendency_precision: float
    factors: FloatArray = field(init=False, repr=False)
    moments: FloatArray = field(init=False, repr=False)

    def __post_init__(self) -> None:
        factors = _factors(self.means)
        object.__setattr__(self, "factors", factors)
        object.__setattr__(self, "moments", _moments(factors, self.covariances))


@dataclass(frozen=True, slots=True, eq=False)
class Knowledge:
    """What the last map knows: of agreeing, of passing, and which statements (statements,) it has votes on."""

    agreeing: Side
    passing: Side
    is_known: NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Standing:
    """Where a person stands after some answers: a Gaussian over tendency and position."""

    mean: FloatArray
    covariance: FloatArray


@dataclass(frozen=True, slots=True)
class Chosen:
    """A statement to show, and why; `score` is what it tells, 0 where that did not decide."""

    statement: int
    why: Why
    score: float = 0.0


def choose_statement(
    *,
    knowledge: Knowledge | None,
    own_statements: IntArray,
    own_votes: IntArray,
    candidates: IntArray,
    views: IntArray,
    lots: tuple[float, float],
) -> Chosen | None:
    """Choose what to show a person next, or None where nothing is left.

    knowledge       of the last map; None before the first one. It may know fewer statements than there are.
    own_statements, own_votes   what the person saw, and 1 agree, -1 disagree, 0 pass; same shape (own votes,)
    candidates      statements that may be shown: not seen, not their own first ones, not excluded; ascending
    views           (statements,) how often each was shown to anybody
    lots            two numbers in [0, 1): one draws the kind of choice, one the statement where that is by lot
    Returns         30 % of the choices a new statement while there are any, 10 % one at random, else the one whose
                    answer tells most about the person's other answers, times the chance that they do not pass.
    Cost            O(own votes + statements · dimensions²); half a millisecond for 1,000 statements.
    Guarantee       the same lots choose the same statement.
    """
    if not len(candidates):
        return None
    kind, which = lots
    if knowledge is None:
        return Chosen(statement=_fewest_views(candidates, views, which=which), why=Why.FEWEST_VIEWS)
    new = candidates[views[candidates] < NEW_VIEWS]
    if kind < NEW_SHARE and len(new):
        return Chosen(statement=_fewest_views(new, views, which=which), why=Why.NEW)
    known = candidates[candidates < len(knowledge.is_known)]
    known = known[knowledge.is_known[known]]
    if NEW_SHARE <= kind < NEW_SHARE + RANDOM_SHARE or not len(known):
        return Chosen(statement=int(candidates[int(which * len(candidates))]), why=Why.RANDOM)
    scores = score_statements(knowledge, own_statements=own_statements, own_votes=own_votes, candidates=known)
    best = int(np.argmax(scores))
    return Chosen(statement=int(known[best]), why=Why.TELLS_MOST, score=float(scores[best]))


def score_statements(
    knowledge: Knowledge, *, own_statements: IntArray, own_votes: IntArray, candidates: IntArray
) -> FloatArray:
    """Return for each candidate by how much its answer is expected to reduce the uncertainty of the others.

    The uncertainty is the mean variance, over the known statements, of the predicted share of agrees. A pass tells
    nothing, so the expectation is multiplied by the chance of an answer.
    """
    own_statements, own_votes = _known_votes(knowledge, own_statements, own_votes)
    has_answered = own_votes != 0
    standing = stand(knowledge.agreeing, own_statements[has_answered], own_votes[has_answered])
    # Of all statements and not only of those that are asked for: looking rows up costs more than the products.
    factors = knowledge.agreeing.factors[:, 1:]
    rates = agreement(knowledge.agreeing, standing)
    weights = rates * (1 - rates) * knowledge.is_known
    spread = (factors * weights[:, None]).T @ factors / np.count_nonzero(knowledge.is_known)

    pulls = factors @ standing.covariance
    gained = ((pulls @ spread) * pulls).sum(axis=1) * weights
    surprise = 1 + weights * (pulls * factors).sum(axis=1)
    passing = stand(knowledge.passing, own_statements, np.where(has_answered, -1, 1))
    scores = gained / surprise * (1 - agreement(knowledge.passing, passing))
    return np.asarray(scores[candidates])


def stand(side: Side, statements: IntArray, signs: IntArray) -> Standing:
    """Say where a person stands by what they said to known statements: 1 yes, -1 no, same shape.

    The update of a person in the voting model, with the logistic function bounded by a parabola.
    """
    size = side.means.shape[1]
    prior = np.ones(size)
    prior[0] = side.tendency_precision
    standing = Standing(mean=np.zeros(size), covariance=np.diag(1 / prior))
    if not len(statements):
        return standing
    flat = side.moments[statements]
    answered = (signs / 2) @ side.factors[statements, 1:]
    for _ in range(_SWEEPS):
        bound = np.sqrt(np.maximum(flat @ _person_moments(standing).ravel(), 1e-12))
        summed = ((np.tanh(bound / 2) / (4 * bound)) @ flat).reshape(size + 1, size + 1)
        covariance = np.linalg.inv(np.diag(prior) + 2 * summed[1:, 1:])
        standing = Standing(mean=covariance @ (answered - 2 * summed[1:, 0]), covariance=covariance)
    return standing


def agreement(side: Side, standing: Standing) -> FloatArray:
    """Return for each statement the chance that the person says yes (agrees, or passes, by the side)."""
    logit = side.factors[:, 0] + side.factors[:, 1:] @ standing.mean
    variance = np.maximum(side.moments @ _person_moments(standing).ravel() - logit**2, 0)
    return np.asarray(0.5 * (1 + np.tanh(logit / np.sqrt(1 + np.pi * variance / 8) / 2)))


def _fewest_views(candidates: IntArray, views: IntArray, *, which: float) -> int:
    fewest = candidates[views[candidates] == views[candidates].min()]
    return int(fewest[int(which * len(fewest))])


def _known_votes(knowledge: Knowledge, statements: IntArray, votes: IntArray) -> tuple[IntArray, IntArray]:
    """Leave out statements that the last map did not know."""
    is_old = statements < len(knowledge.is_known)
    statements, votes = statements[is_old], votes[is_old]
    is_known = knowledge.is_known[statements]
    return statements[is_known], votes[is_known]


def _factors(means: FloatArray) -> FloatArray:
    """What 1, a person's tendency and position are multiplied by: popularity, 1, and what the statement divides on."""
    factors = np.empty((len(means), means.shape[1] + 1))
    factors[:, 0], factors[:, 1], factors[:, 2:] = means[:, 0], 1, means[:, 1:]
    return factors


def _moments(factors: FloatArray, covariances: FloatArray) -> FloatArray:
    """Second moments of the factors of each statement, a row each."""
    moments = factors[:, :, None] * factors[:, None, :]
    moments[:, 0, 0] += covariances[:, 0, 0]
    moments[:, 2:, 0] += covariances[:, 1:, 0]
    moments[:, 0, 2:] += covariances[:, 0, 1:]
    moments[:, 2:, 2:] += covariances[:, 1:, 1:]
    return np.asarray(moments.reshape(len(factors), -1))


def _person_moments(standing: Standing) -> FloatArray:
    """Second moments of 1, tendency and position of a person."""
    full = np.concatenate(([1.0], standing.mean))
    moments = full[:, None] * full[None, :]
    moments[1:, 1:] += standing.covariance
    return np.asarray(moments)

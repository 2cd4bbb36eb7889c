"""Strengths from comparisons of two: who would win, how sure that is, and which two to compare next."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.linalg import cho_factor, cho_solve, cholesky
from scipy.special import expit

from allting.engine.ranking import errors

type FloatArray = NDArray[np.float64]
type Pairs = NDArray[np.int64]

PRIOR_SPREAD = 1.0  # standard deviation of strengths, logits
MOST_STEPS = 50
SETTLED = 1e-9
LARGEST_STEP = 2.0
# How the next pairs are mixed: those that decide who is at the top, those that tell most, and any at all, so that
# newcomers are seen and the error bars stay honest.
TOP_SHARE, INFORMATION_SHARE = 0.7, 0.2


@dataclass(frozen=True, slots=True, eq=False)
class Strengths:
    """How strong each item is against the others, in logits around 0.

    mean         (items,)          covariance   (items, items)          comparisons   (items,) it took part in
    """

    mean: FloatArray
    covariance: FloatArray
    comparisons: FloatArray

    @property
    def standard_errors(self) -> FloatArray:
        """How sure each strength is."""
        return np.asarray(np.sqrt(np.diagonal(self.covariance)))

    @property
    def order(self) -> Pairs:
        """Items, the strongest first; ties to the lower index."""
        return np.argsort(-self.mean, kind="stable")

    def chance(self, first: ArrayLike, second: ArrayLike) -> FloatArray:
        """Return the chance that the first wins against the second, for pairs; what is unsure is nearer to one half."""
        one, other = np.asarray(first), np.asarray(second)
        variance = self.covariance[one, one] + self.covariance[other, other] - 2 * self.covariance[one, other]
        return np.asarray(expit((self.mean[one] - self.mean[other]) / np.sqrt(1 + np.pi * variance / 8)))


def count_wins(*, winners: ArrayLike, losers: ArrayLike, item_count: int) -> FloatArray:
    """Return how often each item won against each other one, shape (items, items), winners as rows.

    winners, losers   indices, shape (comparisons,)
    Raises   RowsUneven, IndexOutOfRange, SelfCompared.
    """
    won, lost = np.asarray(winners, dtype=np.int64), np.asarray(losers, dtype=np.int64)
    if len(won) != len(lost):
        raise errors.RowsUneven(winners=len(won), losers=len(lost))
    for what, indices in (("winner", won), ("loser", lost)):
        outside = np.flatnonzero((indices < 0) | (indices >= item_count))
        if outside.size:
            row = int(outside[0])
            raise errors.IndexOutOfRange(what=what, row=row, index=int(indices[row]), count=item_count)
    if (same := np.flatnonzero(won == lost)).size:
        raise errors.SelfCompared(item=int(won[same[0]]))
    counts = np.bincount(won * item_count + lost, minlength=item_count**2)
    return counts.reshape(item_count, item_count).astype(np.float64)


def fit_strengths(
    *,
    wins: FloatArray,
    towards: FloatArray | None = None,
    spread: float = PRIOR_SPREAD,
    start: FloatArray | None = None,
) -> Strengths:
    """Estimate strengths so that the chance of i against j is σ(strength_i - strength_j).

    wins      how often the row won against the column, shape (items, items), at least 0, diagonal 0
    towards   (items,) where few comparisons are drawn to: 0, or everybody's strengths for those of one group
    spread    standard deviation of strengths around that, logits
    start     (items,) earlier strengths, from which a refit needs a step or two
    Returns   the most probable strengths and their covariance there.
    Raises    NotSquare, SelfCompared.
    Cost      O(items³) a step, five to ten steps; how many comparisons there were does not matter.
    Guarantee relabelling only relabels; an item nobody compared lies where it is drawn to.
    Source    Bradley and Terry 1952, Biometrika, "Rank analysis of incomplete block designs", with a Gaussian prior;
              Newton's method. How often an item won is no measure once pairs are chosen by what is known.
    """
    counts = np.asarray(wins, dtype=np.float64)
    if counts.ndim != 2 or counts.shape[0] != counts.shape[1]:
        raise errors.NotSquare(rows=len(counts), columns=counts.shape[-1])
    if (same := np.flatnonzero(np.diagonal(counts))).size:
        raise errors.SelfCompared(item=int(same[0]))
    centre = np.zeros(len(counts)) if towards is None else np.asarray(towards, dtype=np.float64)
    strengths = centre.copy() if start is None else np.array(start, dtype=np.float64)
    played = counts + counts.T
    precision = 1 / spread**2
    for _ in range(MOST_STEPS):
        chances = expit(strengths[:, None] - strengths[None, :])
        slope = (counts - played * chances).sum(axis=1) - precision * (strengths - centre)
        step = cho_solve(_curvature(played, chances, precision=precision), slope)
        strengths = strengths + np.clip(step, -LARGEST_STEP, LARGEST_STEP)
        if np.abs(step).max(initial=0) < SETTLED:
            break
    chances = expit(strengths[:, None] - strengths[None, :])
    covariance = cho_solve(_curvature(played, chances, precision=precision), np.eye(len(counts)))
    return Strengths(mean=strengths, covariance=(covariance + covariance.T) / 2, comparisons=played.sum(axis=1))


def _curvature(played: FloatArray, chances: FloatArray, *, precision: float) -> tuple[FloatArray, bool]:
    information = played * chances * (1 - chances)
    matrix = -information
    matrix[np.diag_indices_from(matrix)] += information.sum(axis=1) + precision
    factor, lower = cho_factor(matrix, lower=True, overwrite_a=True, check_finite=False)
    return np.asarray(factor), bool(lower)


def prepare_pairs(strengths: Strengths, *, top: int, count: int, seed: int) -> Pairs:
    """Prepare the pairs to be shown next, shape (count, 2), in the order they are to be shown.

    top       how many places matter, at least 1
    count     pairs to prepare; prepare anew when they are used up or after a refit
    seed      of the lots
    Returns   seven in ten that decide who is at the top, two that tell most about all strengths, one at random; the
              left of a pair is by lot, and items are different.
    Cost      O(items² · count); a hundred pairs of 500 items take some milliseconds.
    Guarantee one seed, one answer.
    Source    as top-two sampling (Russo 2016, COLT, "Simple Bayesian algorithms for best arm identification"), with
              the first `top` places for the first: two draws of the strengths are compared where they disagree.
    """
    random = np.random.default_rng(seed)
    items = len(strengths.mean)
    if items < 2 or count < 1:
        return np.empty((0, 2), dtype=np.int64)
    kinds = random.choice(3, size=count, p=(TOP_SHARE, INFORMATION_SHARE, 1 - TOP_SHARE - INFORMATION_SHARE))
    pairs = np.empty((count, 2), dtype=np.int64)
    for_top, informative, any_two = (np.flatnonzero(kinds == kind) for kind in range(3))
    pairs[for_top] = _deciding_pairs(strengths, top=min(top, items - 1), count=len(for_top), random=random)
    pairs[informative] = _telling_pairs(strengths, count=len(informative))
    first = random.integers(0, items, len(any_two))
    pairs[any_two] = np.stack((first, (first + random.integers(1, items, len(any_two))) % items), axis=1)
    is_turned = random.random(count) < 0.5
    pairs[is_turned] = pairs[is_turned, ::-1]
    return pairs


def _deciding_pairs(strengths: Strengths, *, top: int, count: int, random: np.random.Generator) -> Pairs:
    """Draw the strengths twice for each pair, and take one who is at the top only in either draw."""
    root = cholesky(strengths.covariance + 1e-9 * np.eye(len(strengths.mean)), lower=True)
    draws = strengths.mean + random.normal(size=(2, count, len(strengths.mean))) @ root.T
    order = np.argsort(-draws, axis=2)
    pairs = np.empty((count, 2), dtype=np.int64)
    for pair, (one, other) in enumerate(zip(order[0], order[1], strict=True)):
        only_one, only_other = np.setdiff1d(one[:top], other[:top]), np.setdiff1d(other[:top], one[:top])
        if len(only_one):
            pairs[pair] = random.choice(only_one), random.choice(only_other)
        else:  # both draws agree: the last at the top against the first below
            pairs[pair] = one[top - 1], one[top]
    return pairs


def _telling_pairs(strengths: Strengths, *, count: int) -> Pairs:
    """Take the pairs whose outcome is least known, times how unsure their difference is; each item at most twice."""
    variance = np.diagonal(strengths.covariance)
    differences = variance[:, None] + variance[None, :] - 2 * strengths.covariance
    chances = expit(strengths.mean[:, None] - strengths.mean[None, :])
    first, second = np.triu_indices(len(strengths.mean), k=1)
    score = (chances * (1 - chances) * differences)[first, second]
    taken = np.zeros(len(strengths.mean), dtype=np.int64)
    pairs: list[tuple[int, int]] = []
    best = np.argsort(-score, kind="stable")
    for place in best:
        one, other = int(first[place]), int(second[place])
        if len(pairs) < count and taken[one] < 2 and taken[other] < 2:
            pairs.append((one, other))
            taken[one] += 1
            taken[other] += 1
        if len(pairs) == count:
            break
    while len(pairs) < count:  # few items: begin again with the best
        place = best[len(pairs) % len(best)]
        pairs.append((int(first[place]), int(second[place])))
    return np.array(pairs, dtype=np.int64).reshape(count, 2)

"""Between two sweeps: what two parts of the logit can both explain goes to where the priors want it.

Nothing here changes any logit; it is what makes ten rounds enough.
"""

from __future__ import annotations

import numpy as np

from allting.engine.opinion.estimates import Change, Estimates, PeopleSums
from allting.engine.opinion.votes import BoolArray, FloatArray


def rescale(people: PeopleSums, statements: Estimates) -> tuple[PeopleSums, Change, Estimates]:
    """Bring each axis to a mean square of 1 among the people, and let the statements take the opposite factor.

    people     sums over those who have answered           statements   where they are; neither is changed
    Returns    the sums after it, the change that brings the people there, and the statements. A factor is at least
               0.2 and at most 5, so that an axis that nobody uses yet is not blown up.
    """
    scale = np.clip(np.sqrt(np.diagonal(people.squares)[1:] / people.count), 0.2, 5)
    change = Change(turn=np.diag(np.insert(1 / scale, 0, 1.0)), move=np.zeros(1 + len(scale)))
    return change.of_sums(people), change, _scaled(statements, np.insert(scale, 0, 1.0))


def untangle(
    people: PeopleSums,
    statements: Estimates,
    *,
    voted_on: BoolArray,
    tendency_precision: float,
    popularity_precision: float,
    popularity_mean: float,
) -> tuple[PeopleSums, Change, Estimates]:
    """Move what two parts of the logit can both explain to where the priors want it; every logit stays as it is.

    a_i + b_s + x_i·y_s does not change when y gains c and a loses c·x, when x loses t and b gains t·y, or when b gains
    what every a loses. Sweeps of one side at a time crawl along these directions (90 rounds in the Austrian
    conversation); the best c and t are two small least-squares problems, and the mean of b is free anyway.
    voted_on   (statements,) of which there is any vote; the others have nothing to untangle, and follow
    The precisions and the mean are those of the priors.          Returns as `rescale`.
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

"""The voting model once more, slow and plain: Newton and Laplace, one person and one statement at a time.

An oracle for at most a few hundred people. It shares no line with the engine: no bound on the logistic function, no
moments, no sparse matrices; each side is a logistic regression on the means of the other.
"""

import numpy as np
from numpy.typing import NDArray

type Array = NDArray[np.float64]


def fit_slowly(*, signs: Array, dimensions: int, rounds: int = 40) -> tuple[Array, Array]:
    """Return people (participants, 1 + dimensions) and statements (statements, 1 + dimensions), intercept first.

    signs   (participants, statements): 1 agree, -1 disagree, 0 no answer
    """
    people_count, statement_count = signs.shape
    people = np.zeros((people_count, 1 + dimensions))
    people_variances = np.ones_like(people)
    answered = signs != 0
    rate = (np.sum(signs > 0, axis=0) + 1) / (answered.sum(axis=0) + 2)
    residuals = np.where(answered, (signs > 0) - rate, 0.0)
    residuals -= np.where(answered, residuals.sum(axis=1, keepdims=True) / answered.sum(axis=1, keepdims=True), 0.0)
    directions = np.linalg.svd(residuals, full_matrices=False)[2][:dimensions].T
    statements = np.column_stack([np.log(rate / (1 - rate)), 0.5 * np.sqrt(statement_count) * directions])
    statement_variances = np.zeros_like(statements)
    tendency_precision, popularity_precision, popularity_mean = 2.0, 1.0, float(statements[:, 0].mean())

    for _ in range(rounds):
        precision = np.diag([tendency_precision, *np.ones(dimensions)])
        for person in range(people_count):
            seen = answered[person]
            factors = np.column_stack([np.ones(seen.sum()), statements[seen, 1:]])
            people[person], people_variances[person] = _regress(
                factors,
                signs[person, seen],
                offset=statements[seen, 0],
                precision=precision,
                centre=np.zeros(1 + dimensions),
            )
        scale = np.sqrt((people[:, 1:] ** 2 + people_variances[:, 1:]).mean(axis=0))
        people[:, 1:] /= scale
        statements[:, 1:] *= scale
        precision = np.diag([popularity_precision, *np.ones(dimensions)])
        centre = np.array([popularity_mean, *np.zeros(dimensions)])
        for statement in range(statement_count):
            seen = answered[:, statement]
            factors = np.column_stack([np.ones(seen.sum()), people[seen, 1:]])
            statements[statement], statement_variances[statement] = _regress(
                factors, signs[seen, statement], offset=people[seen, 0], precision=precision, centre=centre
            )
        tendency_precision = 1 / max(float((people[:, 0] ** 2 + people_variances[:, 0]).mean()), 0.01)
        popularity_mean = float(statements[:, 0].mean())
        spread = (statements[:, 0] - popularity_mean) ** 2 + statement_variances[:, 0]
        popularity_precision = 1 / max(float(spread.mean()), 0.01)
    return people, statements


def _regress(factors: Array, signs: Array, *, offset: Array, precision: Array, centre: Array) -> tuple[Array, Array]:
    """Logistic regression with a Gaussian prior by Newton's method; return the mode and Laplace's variances."""
    mode = centre.copy()
    for _ in range(50):
        agreement = 1 / (1 + np.exp(-(offset + factors @ mode)))
        gradient = factors.T @ ((signs > 0) - agreement) - precision @ (mode - centre)
        curvature = (factors * (agreement * (1 - agreement))[:, None]).T @ factors + precision
        step = np.linalg.solve(curvature, gradient)
        mode = mode + step
        if np.abs(step).max() < 1e-9:
            break
    return mode, np.diagonal(np.linalg.inv(curvature))

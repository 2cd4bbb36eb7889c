"""Bradley and Terry once more, slow and plain: one comparison at a time, by a general optimiser."""

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

type Array = NDArray[np.float64]


def fit_slowly(comparisons: list[tuple[int, int]], *, item_count: int, spread: float) -> Array:
    """Return the most probable strengths; a comparison is (winner, loser)."""

    def surprise(strengths: Array) -> float:
        total = float(strengths @ strengths) / (2 * spread**2)
        for winner, loser in comparisons:
            total += float(np.log1p(np.exp(strengths[loser] - strengths[winner])))
        return total

    return np.asarray(minimize(surprise, np.zeros(item_count), method="BFGS", options={"gtol": 1e-8}).x)

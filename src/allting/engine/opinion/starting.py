"""Where estimating the voting model begins: at the statements' rates, and along what these leave unexplained.

No random numbers, and no sign left to the library: the same votes begin, and so end, in the same place.
"""

from __future__ import annotations

import numpy as np
from scipy import sparse
from scipy.linalg import eigh
from scipy.sparse.linalg import svds

from allting.engine.opinion.estimates import Counts, Estimates
from allting.engine.opinion.votes import FloatArray

NOTHING_LEFT = 1e-9  # largest residual from which on everybody's rates explain every vote


def count_answers(half_signs: sparse.csr_array) -> Counts:
    """Count the answers and the agrees of each statement; `half_signs` are votes as ½ and -½, people by statements."""
    statement_count = half_signs.shape[1]
    return Counts(
        answers=np.bincount(half_signs.indices, minlength=statement_count),
        agrees=np.bincount(half_signs.indices[half_signs.data > 0], minlength=statement_count),
    )


def unexplained(half_signs: sparse.csr_array, counts: Counts) -> sparse.csr_array:
    """Return what the statements' rates and the people's means leave of each vote, scaled down where votes are few.

    half_signs   votes as ½ and -½, people by statements      counts   of everybody, also where these are some people
    """
    own = np.diff(half_signs.indptr)
    rows = np.repeat(np.arange(half_signs.shape[0]), own)
    residuals = half_signs.data + 0.5 - counts.rates[half_signs.indices]
    person_mean = np.bincount(rows, weights=residuals, minlength=half_signs.shape[0]) / np.maximum(own, 1)
    residuals = residuals - person_mean[rows]
    scaled = residuals / np.sqrt((own[rows] + 5) * (counts.answers[half_signs.indices] + 5))
    return sparse.csr_array((scaled, half_signs.indices, half_signs.indptr), shape=half_signs.shape)


def begin_statements(counts: Counts, directions: FloatArray) -> Estimates:
    """Start the statements from their rates and from the leading directions of what the rates leave unexplained.

    directions   (statements, dimensions), of length 1 each
    """
    popularity = np.log((counts.agrees + 1) / (counts.answers - counts.agrees + 1))
    statement_count, dimensions = directions.shape
    covariance = np.tile(0.05 * np.eye(1 + dimensions), (statement_count, 1, 1))
    is_silent = counts.answers == 0
    covariance[is_silent] = np.eye(1 + dimensions)
    # The length is that of the statements that have votes: one that nobody saw must not stretch the start.
    positions = 0.5 * np.sqrt(statement_count - np.count_nonzero(is_silent)) * directions
    return Estimates(mean=np.column_stack([popularity, positions]), covariance=covariance)


def leading_directions(matrix: sparse.csr_array, dimensions: int) -> FloatArray:
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
    """Return what `leading_directions` does of a matrix whose Mᵀ M is given, shape (columns, columns)."""
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

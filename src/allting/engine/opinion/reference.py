"""The method of Polis, as far as comparing with it needs: two principal components, then k-means twice.

Kept because users of Polis know its map, and because it is what the method of this room must beat. Its result depends
on the order of participants, which stands for the order in which they first voted, and it never finds one group.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.linalg import svds
from sklearn.cluster import KMeans
from sklearn.metrics import silhouette_score

from allting.engine import errors
from allting.engine.opinion.votes import ENOUGH_VOTES, FloatArray, IntArray, Votes

MOST_BASE_CLUSTERS = 100
MOST_GROUPS = 5
FEWEST_PLACED = 15
ROUNDS = 20
UNPLACED = -1


@dataclass(frozen=True, slots=True, eq=False)
class ReferenceGroups:
    """Groups as Polis finds them: labels (participants,) from 0, or UNPLACED; people (participants, 2) on its map."""

    k: int
    labels: IntArray
    people: FloatArray


def find_reference_groups(votes: Votes) -> ReferenceGroups:
    """Find groups the way Polis does.

    votes      packed votes; participants in order of their first vote; excluded statements teach nothing, but a vote
               on them counts towards the seven that place somebody
    Returns    two to five groups; who has fewer than seven votes is unplaced, unless fewer than 15 would be placed.
    Raises     NoVotes where nothing is shown.
    Cost       O(votes) and k-means of at most 100 clusters. Unseen votes are the statement's mean, so that the centred
               matrix is zero there and stays sparse.
    Guarantee  deterministic for one order of participants; another order may give other groups.
    Source     Small, Bjorkegren, Erkkilä, Shaw, Megill 2021, Recerca, "Polis: Scaling deliberation by mapping high
               dimensional opinion spaces"; constants from its published exports.
    """
    if not votes.is_shown().any():
        raise errors.NoVotes
    people = _projected(votes)
    counts = np.diff(votes.participant_starts)
    fewest = min(FEWEST_PLACED, int(np.count_nonzero(counts)))
    placed = np.flatnonzero(counts >= min(ENOUGH_VOTES, np.sort(counts)[-fewest]))
    base = _base_clusters(people[placed])
    weights = np.bincount(base)
    centres = np.array([people[placed][base == cluster].mean(axis=0) for cluster in range(len(weights))])
    group_of_base = _groups_of(centres, weights=weights)
    labels = np.full(votes.participant_count, UNPLACED, dtype=np.int32)
    labels[placed] = group_of_base[base]
    return ReferenceGroups(k=int(group_of_base.max()) + 1, labels=labels, people=people)


def find_priorities(votes: Votes) -> FloatArray:
    """Return how much Polis would want each statement to be shown next, shape (statements,); 0 where it is excluded.

    ((1 - P(pass)) · (E + 1) · P(agree) · (1 + 8 · 2^(-n/5)))², with E the length of what one agree alone moves on the
    map, and n the votes so far. Statements are drawn in proportion; questions about the conversation have 49 there.

    Raises     NoVotes where nothing is shown.
    """
    if not votes.is_shown().any():
        raise errors.NoVotes
    disagree, passed, agree = votes.count_by(np.zeros(votes.participant_count, dtype=np.int8), count=1)[0].T
    seen = disagree + passed + agree
    components = _components(votes)
    length = np.linalg.norm(components.axes, axis=1) * np.abs(1 - components.mean) * np.sqrt(len(seen))
    new = 1 + 8 * 2.0 ** (-seen / 5)
    priority = (1 - (passed + 1) / (seen + 2)) * (length + 1) * (agree + 1) / (seen + 2) * new
    return np.where(votes.is_excluded, 0.0, priority**2)


@dataclass(frozen=True, slots=True, eq=False)
class _Components:
    """Two principal components of the votes: axes (statements, 2), and what they were centred by."""

    axes: FloatArray
    mean: FloatArray  # (statements,)
    centred: sparse.csr_array  # (participants, statements)


def _components(votes: Votes) -> _Components:
    rows = votes.is_shown()
    who, what, value = votes.participants[rows], votes.statements[rows], votes.values[rows].astype(np.float64)
    seen = np.bincount(what, minlength=votes.statement_count)
    mean = np.bincount(what, weights=value, minlength=votes.statement_count) / np.maximum(seen, 1)
    shape = (votes.participant_count, votes.statement_count)
    centred = sparse.csr_array((value - mean[what], (who, what)), shape=shape)
    if min(shape) <= 3:
        axes = np.linalg.svd(centred.toarray(), full_matrices=False)[2][:2].T
        axes = np.pad(axes, ((0, 0), (0, 2 - axes.shape[1])))
    else:
        axes = svds(centred, k=2, v0=np.ones(min(shape)))[2][::-1].T
    return _Components(axes=axes, mean=mean, centred=centred)


def _projected(votes: Votes) -> FloatArray:
    """Place people on two principal components, stretched by the share of the statements that they saw.

    Polis does not take a rejected statement out: it gives everybody the same vote on it. Such a column has no pull,
    but counts as seen by all, which stretches people with few votes far less. Leaving the column out instead loses a
    fifth of the agreement with the published groups of the Austrian conversation, where half was rejected.
    """
    components = _components(votes)
    excluded_count = int(np.count_nonzero(votes.is_excluded))
    seen_by_each = votes.shown_votes_by_participant() + excluded_count
    seen_by_any = len(np.unique(components.centred.indices))
    stretch = np.sqrt((seen_by_any + excluded_count) / np.maximum(seen_by_each, 1))
    return np.asarray((components.centred @ components.axes) * stretch[:, None])


def _base_clusters(people: FloatArray) -> NDArray[np.int64]:
    """Cluster people finely, started at the first distinct places; numbered without gaps."""
    _, first = np.unique(people.round(12), axis=0, return_index=True)
    starts = people[np.sort(first)[:MOST_BASE_CLUSTERS]]
    clusters = KMeans(n_clusters=len(starts), init=starts, n_init=1, max_iter=ROUNDS).fit_predict(people)
    return np.asarray(np.unique(clusters, return_inverse=True)[1])


def _groups_of(centres: FloatArray, *, weights: NDArray[np.int64]) -> NDArray[np.int64]:
    """Group the base clusters with the number of groups whose silhouette is best."""
    if len(centres) < 3:
        return np.zeros(len(centres), dtype=np.int64)
    best, best_score = np.zeros(len(centres), dtype=np.int64), -np.inf
    for k in range(2, min(MOST_GROUPS, 2 + len(centres) // 12, len(centres) - 1) + 1):
        means = KMeans(n_clusters=k, init=centres[:k], n_init=1, max_iter=ROUNDS)
        labels = means.fit_predict(centres, sample_weight=weights)
        score = silhouette_score(centres, labels) if len(np.unique(labels)) > 1 else -np.inf
        if score > best_score:
            best, best_score = np.unique(labels, return_inverse=True)[1], score
    return np.asarray(best)

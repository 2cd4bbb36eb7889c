"""What Polis says of statements: what represents a group, and what there is consensus on. See `reference`."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from allting.engine.opinion.reference import ReferenceGroups
from allting.engine.opinion.votes import AGREE, DISAGREE, FloatArray, Votes

CLEAR = 1.2816  # one-sided, nine in ten
LISTED = 5


@dataclass(frozen=True, slots=True)
class Representative:
    """A statement by which a group differs from all others: `share` give this answer, `times` as often as the others.

    side   AGREE or DISAGREE          is_clear   both scores are above 1.28; the best agreement is kept even if not
    """

    statement: int
    side: int
    share: float
    times: float
    is_clear: bool


@dataclass(frozen=True, slots=True)
class Consensus:
    """A statement that more than half of everybody answer alike, beyond chance."""

    statement: int
    side: int
    share: float


@dataclass(frozen=True, slots=True, eq=False)
class ReferenceStatements:
    """What Polis lists.

    representative   for each group at most five, agreements first
    consensus        at most five agreements, then at most five disagreements
    group_aware      (statements,) product over the groups of the share that agrees; 0 where excluded
    """

    representative: tuple[tuple[Representative, ...], ...]
    consensus: tuple[Consensus, ...]
    group_aware: FloatArray


def describe_as_polis(votes: Votes, groups: ReferenceGroups) -> ReferenceStatements:
    """List what Polis would list.

    votes, groups   of one conversation
    Returns    statements that are not excluded; who is unplaced counts towards consensus only.
    Cost       O(votes + statements · groups).         Guarantee   ties go to the lower statement index.
    Source     as `find_reference_groups`; one- and two-proportion scores with one added to every count.
    """
    counts = votes.count_by(groups.labels, count=groups.k)
    everybody = votes.count_by(np.zeros(votes.participant_count, dtype=np.int8), count=1)[0]
    shown = ~votes.is_excluded
    seen = counts.sum(axis=2)
    return ReferenceStatements(
        representative=tuple(_represents(counts, group=group, shown=shown) for group in range(groups.k)),
        consensus=(
            *_consensus(everybody, side=AGREE, shown=shown),
            *_consensus(everybody, side=DISAGREE, shown=shown),
        ),
        group_aware=np.where(shown, ((counts[:, :, 2] + 1) / (seen + 2)).prod(axis=0), 0.0),
    )


def _represents(counts: NDArray[np.int64], *, group: int, shown: NDArray[np.bool_]) -> tuple[Representative, ...]:
    others = counts.sum(axis=0) - counts[group]
    found = {}
    for side in (AGREE, DISAGREE):
        own, seen = counts[group][:, side + 1], counts[group].sum(axis=1)
        other, other_seen = others[:, side + 1], others.sum(axis=1)
        share = (own + 1) / (seen + 2)
        times = share / ((other + 1) / (other_seen + 2))
        alone, against = _one_proportion(own, seen), _two_proportions(own, seen, other, other_seen)
        is_clear = shown & (alone > CLEAR) & (against > CLEAR)
        found[side] = (share, times, is_clear, times * against * share * alone)

    agreed, disagreed = found[AGREE], found[DISAGREE]
    is_agreed = np.where(agreed[2] == disagreed[2], agreed[3] >= disagreed[3], agreed[2])
    metric = np.where(is_agreed, agreed[3], disagreed[3])
    clear = np.flatnonzero(agreed[2] | disagreed[2])
    listed = clear[np.argsort(-metric[clear], kind="stable")][:LISTED].tolist()
    sides = {statement: AGREE if is_agreed[statement] else DISAGREE for statement in listed}
    best = _best(agreed[3], among=agreed[2] if agreed[2].any() else shown)
    if best is not None and sides.get(best) != AGREE:
        listed = [best, *(statement for statement in listed if statement != best)][:LISTED]
        sides[best] = AGREE
    listed.sort(key=lambda statement: sides[statement] != AGREE)
    return tuple(
        Representative(
            statement=statement,
            side=sides[statement],
            share=float(found[sides[statement]][0][statement]),
            times=float(found[sides[statement]][1][statement]),
            is_clear=bool(found[sides[statement]][2][statement]),
        )
        for statement in listed
    )


def _best(metric: FloatArray, *, among: NDArray[np.bool_]) -> int | None:
    candidates = np.flatnonzero(among)
    return int(candidates[np.argmax(metric[candidates])]) if len(candidates) else None


def _consensus(counts: NDArray[np.int64], *, side: int, shown: NDArray[np.bool_]) -> tuple[Consensus, ...]:
    own, seen = counts[:, side + 1], counts.sum(axis=1)
    share, score = (own + 1) / (seen + 2), _one_proportion(own, seen)
    clear = np.flatnonzero(shown & (share > 0.5) & (score > CLEAR))
    listed = clear[np.argsort(-(share * score)[clear], kind="stable")][:LISTED]
    return tuple(Consensus(statement=int(it), side=side, share=float(share[it])) for it in listed)


def _one_proportion(own: NDArray[np.int64], seen: NDArray[np.int64]) -> FloatArray:
    """How far a share is above one half, in standard errors."""
    return np.asarray(2 * np.sqrt(seen + 1) * ((own + 1) / (seen + 1) - 0.5))


def _two_proportions(
    own: NDArray[np.int64], seen: NDArray[np.int64], other: NDArray[np.int64], other_seen: NDArray[np.int64]
) -> FloatArray:
    """How far a share is above that of the others, in standard errors of the pooled share."""
    pooled = (own + other + 2) / (seen + other_seen + 2)
    error = np.sqrt(np.maximum(pooled * (1 - pooled), 0) * (1 / (seen + 1) + 1 / (other_seen + 1)))
    difference = (own + 1) / (seen + 1) - (other + 1) / (other_seen + 1)
    return np.asarray(np.divide(difference, error, out=np.zeros(len(own)), where=error > 0))

"""What a number of groups has to pass before it is said to hold up, and how each number tried did."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from sklearn.metrics import adjusted_rand_score

from allting.engine.opinion.votes import FloatArray

BELONGS = 0.8  # posterior from which a person is said to belong to a group
STABLE = 0.85  # adjusted Rand index from which two groupings are called the same
SMALLEST_SHARE = 0.05
SMALLEST_COUNT = 5
CLEAR_GAIN = 2.0  # standard errors


class Basis(StrEnum):
    """What groups were looked for in."""

    POSITIONS = "positions"
    VOTES = "votes"


# Of the placeable, who must belong to a group. Groups found in the votes are sharp, and who is unsure has few votes.
PLACED_SHARE = {Basis.POSITIONS: 0.6, Basis.VOTES: 0.5}


class Condition(StrEnum):
    """What a number of groups has to pass."""

    STABLE = "stable"  # (a) refits on 80 % of the votes find the same groups
    PLACED = "placed"  # (b) most people clearly belong to one
    PREDICTS = "predicts"  # (c) left-out votes are predicted better than with one group fewer
    LARGE = "large"  # (d) no group is tiny


@dataclass(frozen=True, slots=True)
class Attempt:
    """What was found with one number of groups; for k = 1 only `loss` has a meaning and nothing can fail.

    refit_agreements  adjusted Rand index of each refit with the full fit, over people who belong to a group
    stability         their mean                  placed_share   of placeable people, who belong to a group
    loss              logarithmic loss of left-out agrees and disagrees, and loss_of_fewer the same with k - 1
    smallest_share    of placeable people, most likely in the smallest group; smallest_count those who belong to it
    failed            the conditions that were not met, in the order a to d
    """

    k: int
    refit_agreements: tuple[float, ...]
    stability: float
    placed_share: float
    loss: float
    loss_of_fewer: float
    smallest_share: float
    smallest_count: int
    failed: tuple[Condition, ...]

    @property
    def holds(self) -> bool:
        """Whether this number of groups passed every condition."""
        return not self.failed

    @property
    def refits_same(self) -> int:
        """In how many of the refits the groups came out the same."""
        return sum(agreement >= STABLE for agreement in self.refit_agreements)


def judge_attempt(
    *,
    k: int,
    basis: Basis,
    posterior: FloatArray,
    refit_posteriors: list[FloatArray],
    losses: FloatArray,
    losses_of_fewer: FloatArray | None,
) -> Attempt:
    """Judge one number of groups by the four conditions; with k = 1 nothing can fail.

    basis              what the groups were looked for in
    posterior          of the full fit, shape (placeable people, k), each row adding up to 1
    refit_posteriors   the same people by each refit, as many groups, in any order
    losses             of each left-out answer, predicted by these groups; losses_of_fewer by one group fewer
    """
    likely = posterior.argmax(axis=1)
    belongs = posterior.max(axis=1) >= BELONGS
    agreements = tuple(
        float(adjusted_rand_score(likely[belongs], other.argmax(axis=1)[belongs])) if belongs.any() else 0.0
        for other in refit_posteriors
    )
    sizes = np.bincount(likely, minlength=k)
    certain = np.bincount(likely[belongs], minlength=k)
    stability = float(np.mean(agreements))
    placed_share = float(belongs.mean())
    smallest_share = float(sizes.min() / len(likely))
    smallest_count = int(certain.min())
    met = {
        Condition.STABLE: stability >= STABLE,
        Condition.PLACED: placed_share >= PLACED_SHARE[basis],
        Condition.PREDICTS: losses_of_fewer is None or predicts_better(losses, losses_of_fewer),
        Condition.LARGE: smallest_share >= SMALLEST_SHARE and smallest_count >= SMALLEST_COUNT,
    }
    return Attempt(
        k=k,
        refit_agreements=agreements,
        stability=stability,
        placed_share=placed_share,
        loss=float(losses.mean()),
        loss_of_fewer=np.inf if losses_of_fewer is None else float(losses_of_fewer.mean()),
        smallest_share=smallest_share,
        smallest_count=smallest_count,
        failed=() if k == 1 else tuple(condition for condition, is_met in met.items() if not is_met),
    )


def predicts_better(losses: FloatArray, of_fewer: FloatArray) -> bool:
    """Whether the same votes are predicted better by more than luck: twice the standard error of the mean gain.

    Without this margin a fourth group of the taxes conversation, which gains nothing, is found with every other deal
    of the votes, and comes and goes from one map to the next.
    """
    gain = of_fewer - losses
    return bool(gain.mean() > CLEAR_GAIN * gain.std() / np.sqrt(len(gain)))

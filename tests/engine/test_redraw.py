"""A hundredth more votes: where groups hold up, nobody changes sides, and nobody moves further than was uncertain."""

import numpy as np
import pytest

from allting.engine.opinion import OpinionMap, Positions, PreviousMap, draw_map
from allting.engine.opinion.votes import keep_rows
from tests.engine.worlds import plant_world

EIGHTY_PERCENT = 1.2816  # standard deviations on either side


@pytest.mark.parametrize(("seed", "shares"), [(2, (0.6, 0.4)), (3, (0.4, 0.35, 0.25))], ids=["two", "three"])
def test_a_redraw_after_a_hundredth_more_votes_keeps_everybody_within_the_interval(
    seed: int, shares: tuple[float, ...]
) -> None:
    votes = plant_world(seed=seed, shares=shares, people=200, statements=40, votes_each=30, spread=1.5).votes
    came_before = np.random.default_rng(seed).random(len(votes.values)) >= 0.01
    earlier = draw_map(keep_rows(votes, rows=came_before))
    assert isinstance(earlier, OpinionMap)

    later = draw_map(
        votes,
        previous=PreviousMap(statements=earlier.positions.statements, groups=earlier.groups.numbered_labels()),
    )

    assert isinstance(later, OpinionMap)
    assert later.groups.k == earlier.groups.k == len(shares)
    moved = np.abs(later.positions.people - earlier.positions.people)[:, :2]
    assert np.all(moved < EIGHTY_PERCENT * deviations(earlier.positions)[:, :2])
    before, after = earlier.groups.numbered_labels(), later.groups.numbered_labels()
    both = (before >= 0) & (after >= 0)
    assert np.array_equal(before[both], after[both])
    # No more people leave a group than its own probabilities say do not belong to it.
    belonged = before >= 0
    doubtful = (1 - earlier.groups.posterior[belonged].max(axis=1)).sum()
    assert np.count_nonzero(belonged & (after < 0)) <= doubtful


def deviations(positions: Positions) -> np.ndarray:
    """Return the standard deviation of each person's coordinates, shape (participants, axes)."""
    covariance = positions.model.people.covariance[:, 1:, 1:]
    return np.sqrt(np.einsum("da,nde,ea->na", positions.frame, covariance, positions.frame))

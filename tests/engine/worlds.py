"""Conversations whose truth is known: people in groups, each with a tendency to agree, who see some statements."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from allting.engine.opinion import Votes, pack_votes


@dataclass(frozen=True, slots=True, eq=False)
class World:
    """Planted votes, and the group (participants,) that each person was planted in."""

    votes: Votes
    groups: NDArray[np.int64]
    opinions: NDArray[np.float64]  # (groups, statements) logits, without the personal tendency
    tendency: float

    def best_guess(self) -> NDArray[np.int64]:
        """Return the group under which each person's answers are likeliest, given the true opinions: the ceiling.

        The unknown tendency is averaged over a grid; the group sizes are not used.
        """
        votes = self.votes
        grid = np.linspace(-3, 3, 25)
        weight = -(grid**2) / 2
        likelihood = np.zeros((len(self.opinions), len(grid), votes.participant_count))
        for group, opinion in enumerate(self.opinions):
            for point, lean in enumerate(grid * self.tendency):
                each = -np.logaddexp(0, -votes.values * (opinion[votes.statements] + lean))
                likelihood[group, point] = np.bincount(
                    votes.participants,
                    weights=np.where(votes.values == 0, 0.0, each),
                    minlength=votes.participant_count,
                )
        return np.asarray(np.logaddexp.reduce(likelihood + weight[None, :, None], axis=1).argmax(axis=0))


def plant_world(
    *,
    seed: int,
    shares: tuple[float, ...] = (0.5, 0.5),
    people: int = 600,
    statements: int = 60,
    votes_each: int = 30,
    tendency: float = 0.6,
    spread: float = 1.0,
    divided_share: float = 1.0,
    pass_share: float = 0.0,
    skew: float = 0.0,
) -> World:
    """Plant groups of the given shares, each with its own rates on every statement.

    tendency    standard deviation of a person's general tendency to agree, logits
    spread      standard deviation of what a group thinks of a statement around what all think, logits
    divided_share  share of the statements on which a group thinks otherwise at all
    pass_share  share of answers that become a pass
    skew        0: all statements are seen equally often; 1: the last a tenth as often as the first
    """
    random = np.random.default_rng(seed)
    groups = random.choice(len(shares), size=people, p=shares)
    everybody = random.normal(0.5, 1.0, statements)
    differs = random.random((len(shares), statements)) < divided_share
    opinions = everybody + differs * random.normal(0, spread, (len(shares), statements))
    lean = random.normal(0, tendency, people)
    exposure = 10.0 ** -(skew * np.arange(statements) / statements)
    exposure /= exposure.sum()

    who = np.repeat(np.arange(people), votes_each)
    what = np.concatenate(
        [random.choice(statements, size=votes_each, replace=False, p=exposure) for _ in range(people)]
    )
    agreement = 1 / (1 + np.exp(-(opinions[groups[who], what] + lean[who])))
    values = np.where(random.random(len(who)) < agreement, 1, -1)
    values[random.random(len(who)) < pass_share] = 0
    votes = pack_votes(
        participants=who, statements=what, values=values, participant_count=people, statement_count=statements
    )
    return World(votes=votes, groups=groups, opinions=opinions, tendency=tendency)

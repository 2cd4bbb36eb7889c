"""What estimating the voting model hands from step to step; what is over people adds up, block by block."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from allting.engine.opinion.votes import BoolArray, FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Estimates:
    """Gaussians of one side: the intercept (tendency or popularity) first, then the position.

    mean (n, 1 + dimensions) · covariance (n, 1 + dimensions, 1 + dimensions)
    """

    mean: FloatArray
    covariance: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Counts:
    """Answers and agrees that each statement has, shape (statements,)."""

    answers: NDArray[np.int64]
    agrees: NDArray[np.int64]

    @property
    def rates(self) -> FloatArray:
        """Share of agrees, 0 where there is no answer."""
        return np.asarray(self.agrees / np.maximum(self.answers, 1))

    def __add__(self, other: Counts) -> Counts:
        return Counts(answers=self.answers + other.answers, agrees=self.agrees + other.agrees)


@dataclass(frozen=True, slots=True, eq=False)
class PeopleSums:
    """How many people have answered, and over them: Σ mean (D,), and Σ (mean meanᵀ + covariance) (D, D)."""

    count: int
    means: FloatArray
    squares: FloatArray

    def __add__(self, other: PeopleSums) -> PeopleSums:
        return PeopleSums(
            count=self.count + other.count, means=self.means + other.means, squares=self.squares + other.squares
        )

    @classmethod
    def of(cls, people: Estimates, *, counted: BoolArray) -> PeopleSums:
        """Sum over the people counted."""
        mean = people.mean[counted]
        return cls(
            count=len(mean), means=mean.sum(axis=0), squares=mean.T @ mean + people.covariance[counted].sum(axis=0)
        )


@dataclass(frozen=True, slots=True, eq=False)
class Change:
    """An affine change of one side's numbers: `turn` (D, D) first, then `move` (D,)."""

    turn: FloatArray
    move: FloatArray

    def of(self, side: Estimates) -> Estimates:
        """Return the estimates as they are after the change."""
        return Estimates(mean=side.mean @ self.turn.T + self.move, covariance=self.turn @ side.covariance @ self.turn.T)

    def of_sums(self, sums: PeopleSums) -> PeopleSums:
        """Return the sums as they are after the change."""
        turned = self.turn @ sums.means
        squares = self.turn @ sums.squares @ self.turn.T
        crossed = np.outer(turned, self.move)
        return PeopleSums(
            count=sums.count,
            means=turned + sums.count * self.move,
            squares=squares + crossed + crossed.T + sums.count * np.outer(self.move, self.move),
        )

    def then(self, later: Change) -> Change:
        """Return both as one."""
        return Change(turn=later.turn @ self.turn, move=later.turn @ self.move + later.move)


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """What the people's votes say of each statement: Σ λ E[p pᵀ], shape (statements, D + 1, D + 1), and Σ ±½ E[p]."""

    weighted: FloatArray
    signed: FloatArray

    def __add__(self, other: Evidence) -> Evidence:
        return Evidence(weighted=self.weighted + other.weighted, signed=self.signed + other.signed)

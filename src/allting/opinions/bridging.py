"""What unlike people both support: each group weighs the same, however many are in it.

A lens for reading and for wording compromises, not a rule of decision: it is blind to what matters to few.
Pure, from published figures.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from allting.opinions.figures import Cell, Figures

FEWEST_VOICES = 10
"""With fewer answers from a group, one friend of a proposal would pass for the group."""


@dataclass(frozen=True, slots=True)
class Bridge:
    """How far a statement reaches over all groups.

    score      geometric mean of the groups' shares that agree: one group that refuses pulls it down for all
    low, high  the same of the ends of the groups' likely ranges
    missing    letters of the groups of which too few have answered; then there is no score
    """

    statement: int
    score: float
    low: float
    high: float
    missing: tuple[str, ...] = ()


def find_bridges(figures: Figures) -> list[Bridge]:
    """Return every statement with figures, those that reach the furthest first, those with missing voices last.

    Nothing where no groups hold up: then there is nothing to reach over.
    """
    letters = [group.letter for group in figures.groups]
    if len(letters) < 2:
        return []
    bridges = [_bridge(statement, shown.groups, letters) for statement, shown in figures.statements.items()]
    return sorted(bridges, key=lambda it: (bool(it.missing), -it.score, -it.low, it.statement))


def _bridge(statement: int, groups: Mapping[str, Cell], letters: list[str]) -> Bridge:
    cells = {letter: groups[letter] for letter in letters if letter in groups}
    missing = tuple(it for it in letters if it not in cells or cells[it].count < FEWEST_VOICES)
    if missing:
        return Bridge(statement, 0.0, 0.0, 0.0, missing)
    return Bridge(
        statement,
        score=_geometric_mean(cell.rate for cell in cells.values()),
        low=_geometric_mean(cell.low or 0.0 for cell in cells.values()),
        high=_geometric_mean(cell.high or 0.0 for cell in cells.values()),
    )


def _geometric_mean(shares: Iterable[float]) -> float:
    taken = list(shares)
    return round(math.prod(taken) ** (1 / len(taken)), 4)

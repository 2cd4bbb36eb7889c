"""What is not known well enough, what more answers would tell, and which statements read alike. Pure.

From published figures, so that those who look after a conversation learn nothing about fewer than five people either.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from allting.opinions import wording
from allting.opinions.figures import MORE_ANSWERS, Cell, Figures

WIDE = 0.30
"""A likely range this wide leaves open which side most are on; from here on the map says "too little known"."""

# The engine draws a rate towards what its model expects as if eight more had answered.
_PRIOR = 8
# 80 % of a Beta distribution at one half lie within so many of its square roots of 1 / (N + 1).
_WIDEST = 2 * 1.2816 * 0.5

# Half of their letter triples in common: the same sentence in other words, more often than not.
ALIKE = 0.5
COMPARED_AT_MOST = 500
PAIRS_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Need:
    """A set of people of whom too few have answered a statement.

    letter     the group, or nothing for everybody where no groups hold up
    count      answers so far; None where fewer than five have answered, of whom nothing is said
    width      of the likely range, as a share; 1.0 where nothing is known
    width_then      what is to be expected of it with a hundred more answers; the most it can be where nothing is known
    answers_needed  so many more make the range narrow enough
    """

    statement: int
    letter: str
    count: int | None
    width: float
    width_then: float
    answers_needed: int


def rank_by_range(figures: Figures) -> list[Need]:
    """Return every statement and group, what is known the least first."""
    letters = [group.letter for group in figures.groups]
    needs = []
    for statement, shown in figures.statements.items():
        cells: Mapping[str, Cell | None] = (
            {letter: shown.groups.get(letter) for letter in letters} if letters else {"": shown.everyone}
        )
        needs += [_need(statement, letter, cell) for letter, cell in cells.items()]
    return sorted(needs, key=lambda need: (-need.width, need.statement, need.letter))


def find_needs(figures: Figures) -> list[Need]:
    """Return every statement and group with too wide a range, the widest first."""
    return [need for need in rank_by_range(figures) if need.width > WIDE]


def _need(statement: int, letter: str, cell: Cell | None) -> Need:
    if cell is None or cell.low is None or cell.high is None:
        # As if nobody had answered and the model knew nothing: what it expects would tell about those few.
        needed = math.ceil((_WIDEST / WIDE) ** 2 - _PRIOR - 1)
        return Need(statement, letter, None, 1.0, round(_WIDEST / math.sqrt(_PRIOR + MORE_ANSWERS + 1), 2), needed)
    width = cell.high - cell.low
    then = expected_width(width, answers=cell.count, more=MORE_ANSWERS)
    needed = math.ceil((cell.count + _PRIOR) * ((width / WIDE) ** 2 - 1))
    return Need(statement, letter, cell.count, round(width, 2), round(then, 2), max(0, needed))


def expected_width(width: float, *, answers: int, more: int) -> float:
    """Return how wide a likely range is to be expected after more answers of the same people.

    A rate is a Beta distribution of the answers and of eight pseudo-votes at what the model expects of the group: N
    together. Whatever the next answers say, its variance is on average N / (N + more) of what it is now, because what
    they are expected to say follows from the same distribution (the law of total variance); a range is as wide as its
    root. In planted worlds this is right within a point on average, and within three for a single statement; where
    people have given one answer each, so that the model expects little of them, it is a point too small.
    """
    known = answers + _PRIOR
    return width * math.sqrt(known / (known + more))


def count_settled(needs: Sequence[Need], *, more: int) -> int:
    """Return in how many places more answers would be enough, given first where the least is missing."""
    given, count = 0, 0
    for need in sorted(needs, key=lambda need: need.answers_needed):
        given += need.answers_needed
        if given > more:
            break
        count += 1
    return count


def answers_needed_by_group(needs: Sequence[Need]) -> list[tuple[str, int]]:
    """Add up from whom answers are missing, the most first."""
    sums: dict[str, int] = {}
    for need in needs:
        sums[need.letter] = sums.get(need.letter, 0) + need.answers_needed
    return sorted(sums.items(), key=lambda pair: (-pair[1], pair[0]))


@dataclass(frozen=True, slots=True)
class Pair:
    """Two statements that read alike, by their places in the list."""

    one: int
    other: int
    likeness: float


def find_alike(texts: Sequence[str]) -> list[Pair]:
    """Return the pairs of texts that read alike, the most alike first, as `wording.likeness` compares them.

    Words are compared, not meanings; of more than five hundred texts, the last ones. Cost: about 50 ms then, for a
    table of texts and letter triples; pair by pair it would be seconds.
    """
    first = max(0, len(texts) - COMPARED_AT_MOST)
    triples = [wording.triples_of(text) for text in texts[first:]]
    columns = {triple: column for column, triple in enumerate(sorted(frozenset().union(*triples)))}
    has_triple = np.zeros((len(triples), len(columns)), dtype=np.float32)
    for row, own in enumerate(triples):
        has_triple[row, [columns[triple] for triple in own]] = 1
    sizes = has_triple.sum(axis=1)
    likeness = 2 * (has_triple @ has_triple.T) / np.maximum(sizes[:, None] + sizes[None, :], 1)
    found = np.argwhere(np.triu(likeness, k=1) >= ALIKE)
    pairs = [Pair(first + int(one), first + int(other), round(float(likeness[one, other]), 3)) for one, other in found]
    return sorted(pairs, key=lambda pair: (-pair.likeness, pair.one, pair.other))[:PAIRS_SHOWN]

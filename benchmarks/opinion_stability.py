"""Would the same people be in the same groups, had a fifth of the votes not been cast?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import adjusted_rand_score

from allting.engine.opinion import Votes, find_groups, fit_positions
from allting.engine.opinion.reference import find_reference_groups
from benchmarks.opinion_peers import Grouping


@dataclass(frozen=True, slots=True)
class Stability:
    """Mean adjusted Rand index of the groups of one part of the votes and of another, over who is placed in both.

    model_placed, model   over who clearly belongs to a group in both parts, and over everybody's most likely group
    *_ks                  how many groups each part has
    red_dwarf             not a number where it is absent, with no ks
    """

    name: str
    model_ks: tuple[int, ...]
    model_placed: float
    model: float
    reference_ks: tuple[int, ...]
    reference: float
    red_dwarf_ks: tuple[int, ...]
    red_dwarf: float


def measure_stability(name: str, parts: Sequence[Votes], peers: Sequence[Grouping] | None) -> Stability:
    """Group each part of the votes by every method. One group and one group agree in everything."""
    found = [find_groups(votes, fit_positions(votes)) for votes in parts]
    likely = [np.where(it.posterior.any(axis=1), it.posterior.argmax(axis=1), -1) for it in found]
    references = [find_reference_groups(votes) for votes in parts]
    return Stability(
        name=name,
        model_ks=tuple(it.k for it in found),
        model_placed=_agreement([it.labels for it in found]),
        model=_agreement(likely),
        reference_ks=tuple(it.k for it in references),
        reference=_agreement([it.labels for it in references]),
        red_dwarf_ks=tuple(it.k for it in peers or ()),
        red_dwarf=_agreement([it.labels for it in peers]) if peers else float("nan"),
    )


def print_stability(rows: Sequence[Stability]) -> None:
    """Print how alike the groups of the parts are."""
    print(f"\n{'a fifth of the votes left out: k, alike':44}{'ours: clear, all':>22}{'Polis':>16}{'red-dwarf':>16}")
    for row in rows:
        print(
            f"{row.name:44}{_ks(row.model_ks):>10}{row.model_placed:6.2f}{row.model:6.2f}"
            f"{_ks(row.reference_ks):>10}{row.reference:6.2f}"
            f"{_ks(row.red_dwarf_ks) or 'absent':>10}{row.red_dwarf:6.2f}"
        )


def _agreement(groupings: Sequence[NDArray[np.integer]]) -> float:
    pairs = []
    for one, other in combinations(groupings, 2):
        both = (one >= 0) & (other >= 0)
        pairs.append(float(adjusted_rand_score(one[both], other[both])))
    return float(np.mean(pairs))


def _ks(ks: Sequence[int]) -> str:
    return " ".join(map(str, ks))

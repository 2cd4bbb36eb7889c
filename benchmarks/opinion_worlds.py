"""Groups that were planted: how many are found, and how well, beside the best that anybody could do."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import adjusted_rand_score, f1_score

from allting.engine.opinion import find_groups, fit_positions
from allting.engine.opinion.reference import find_reference_groups
from benchmarks.opinion_peers import Absent, Grouping, group_by_red_dwarf
from tests.engine.worlds import World, plant_world

# Shares of the groups, people, statements, votes each, tendency to agree; as in section 5 of the specification.
WORLDS: dict[str, tuple[tuple[float, ...], int, int, int, float]] = {
    "one group": ((1.0,), 5_000, 200, 40, 0.6),
    "2 groups": ((0.5, 0.5), 2_000, 100, 40, 0.6),
    "3 groups": ((1 / 3,) * 3, 5_000, 200, 40, 0.6),
    "3 groups, no tendency": ((1 / 3,) * 3, 5_000, 200, 40, 0.0),
    "3 groups, 20 votes each": ((1 / 3,) * 3, 5_000, 200, 20, 0.6),
    "3 groups, 80 votes each": ((1 / 3,) * 3, 5_000, 200, 80, 0.6),
    "5 groups": ((0.2,) * 5, 5_000, 200, 40, 0.6),
    "55, 30, 10, 5 %": ((0.55, 0.30, 0.10, 0.05), 5_000, 200, 40, 0.6),
}


@dataclass(frozen=True, slots=True)
class Found:
    """One planted world: adjusted Rand index and F1 of the smallest group, of the engine and of the ceiling.

    The ceiling knows what every group thinks, but not the sizes; so it can be beaten a little.
    """

    world: str
    seed: int
    planted: int
    found: int
    basis: str
    ceiling: float
    agreement: float
    smallest_f1: float
    ceiling_f1: float
    reference_groups: int
    reference: float
    red_dwarf_groups: int | None  # None where it is absent
    red_dwarf: float | None
    cpu_seconds: float


def measure_worlds(*, seeds: int) -> list[Found]:
    """Find the groups of every world, planted with as many seeds."""
    asked = [(name, seed) for name in WORLDS for seed in range(1, seeds + 1)]
    worlds = [_plant(name, seed=seed) for name, seed in asked]
    peers = group_by_red_dwarf([world.votes for world in worlds])
    if isinstance(peers, Absent):
        print(f"red-dwarf is absent: {peers.why}")
    return [
        _find(name, seed=seed, world=world, peer=None if isinstance(peers, Absent) else peers[number])
        for number, ((name, seed), world) in enumerate(zip(asked, worlds, strict=True))
    ]


def _plant(name: str, *, seed: int) -> World:
    shares, people, statements, votes_each, tendency = WORLDS[name]
    return plant_world(
        seed=seed, shares=shares, people=people, statements=statements, votes_each=votes_each, tendency=tendency
    )


def _find(name: str, *, seed: int, world: World, peer: Grouping | None) -> Found:
    shares = WORLDS[name][0]
    began = time.process_time()
    groups = find_groups(world.votes, fit_positions(world.votes))
    cpu_seconds = time.process_time() - began
    likely, guess = groups.posterior.argmax(axis=1), world.best_guess()
    reference = find_reference_groups(world.votes)
    smallest = int(np.argmin(shares))
    return Found(
        world=name,
        seed=seed,
        planted=len(shares),
        found=groups.k,
        basis=str(groups.basis),
        ceiling=float(adjusted_rand_score(world.groups, guess)),
        agreement=float(adjusted_rand_score(world.groups, likely)),
        smallest_f1=best_f1(world.groups == smallest, likely),
        ceiling_f1=best_f1(world.groups == smallest, guess),
        reference_groups=reference.k,
        reference=float(adjusted_rand_score(world.groups, reference.labels)),
        red_dwarf_groups=peer.k if peer else None,
        red_dwarf=float(adjusted_rand_score(world.groups, peer.labels)) if peer else None,
        cpu_seconds=cpu_seconds,
    )


def best_f1(is_member: NDArray[np.bool_], labels: NDArray[np.int64]) -> float:
    """Return the F1 of the found group that fits a planted one best."""
    return max(float(f1_score(is_member, labels == label)) for label in np.unique(labels))


def print_worlds(found: list[Found]) -> None:
    """Print section 5's table of planted groups."""
    print(
        f"\n{'planted':26}{'seed':>5}  k (of)  by         ARI  ceiling  F1 smallest  ceiling"
        "  Polis k  ARI  red-dwarf k  ARI   CPU s"
    )
    for row in found:
        peer = "       absent     " if row.red_dwarf is None else f"{row.red_dwarf_groups:12}{row.red_dwarf:6.2f}"
        print(
            f"{row.world:26}{row.seed:5}  {row.found} ({row.planted})   {row.basis:9}{row.agreement:5.2f}"
            f"{row.ceiling:9.2f}{row.smallest_f1:13.2f}{row.ceiling_f1:9.2f}{row.reference_groups:9}"
            f"{row.reference:5.2f}{peer}{row.cpu_seconds:8.1f}"
        )

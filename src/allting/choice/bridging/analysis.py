"""Counting, where ballots are counted, which proposals every kind of people took more than most. Once, at closing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from allting.engine import disclosure
from allting.engine.selection.ballots import Ballots

# As for a mark on the outcome's page (choice.rules.FEWEST_FOR_A_SHARE).
FEWEST_OF_A_KIND = 20

type Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class _Known:
    """A set of ballots that everybody can find in the certificate, and how many of each kind it is known to hold."""

    members: Mask
    of_kind: NDArray[np.int64]


def find_bridges(
    ballots: Ballots, *, ids: Sequence[int], kinds: Sequence[str], chosen: Sequence[int], plain: Sequence[int]
) -> dict[str, Any]:
    """Say of each option whether every kind of people took it at least as often as people take an option on average.

    kinds          of each person, empty where it is not known          chosen, plain   places of options
    Returns        kinds of which there are twenty ballots; the average share in percent; by option, True, False, or
                   None where it may not be told; or nothing, where there are no two such kinds

    Every ballot stands in the certificate without its kind, and of what is chosen the share of each kind is shown.
    Of the others it is told only where that leaves open how many of each kind took it.
    """
    names = [kind for kind in sorted(set(kinds)) if kind and kinds.count(kind) >= FEWEST_OF_A_KIND]
    if len(names) < 2:
        return {}
    # The last row is of all others.
    row_of = {kind: row for row, kind in enumerate(names)}
    rows = np.array([row_of.get(kind, len(names)) for kind in kinds])
    people = np.bincount(rows, minlength=len(names) + 1)
    approves = [_approving(ballots, option) for option in range(len(ids))]
    percent = -(-100 * sum(map(np.count_nonzero, approves)) // (len(rows) * len(ids)))
    needed = {int(percent): [-(-int(percent) * int(count) // 100) for count in people[:-1]]}
    known = [_known(approves[option], rows, people) for option in chosen]
    known += [_known(~np.any([approves[it] for it in listed], axis=0), rows, people) for listed in (chosen, plain)]
    return {
        "kinds": names,
        "percent": int(percent),
        "options": {
            str(ids[option]): _is_bridge(mine, rows=rows, people=people, known=known, needed=needed)
            for option, mine in enumerate(approves)
        },
    }


def _approving(ballots: Ballots, option: int) -> Mask:
    approves = np.zeros(len(ballots.people), dtype=np.bool_)
    approves[ballots.ballots_for(option)] = True
    return approves[ballots.ballot_of_person]


def _known(members: Mask, rows: NDArray[np.int64], people: NDArray[np.int64]) -> _Known:
    return _Known(members, np.bincount(rows[members], minlength=len(people)))


def _is_bridge(
    mine: Mask,
    *,
    rows: NDArray[np.int64],
    people: NDArray[np.int64],
    known: Sequence[_Known],
    needed: dict[int, list[int]],
) -> bool | None:
    fewest, most = np.zeros_like(people), people.copy()
    for one in known:
        low, top = _bounds(mine, one, people)
        fewest, most = np.maximum(fewest, low), np.minimum(most, top)
    parts = [disclosure.Part(*map(int, part)) for part in zip(people, fewest, most, strict=True)]
    told = disclosure.steps_to_tell(parts, agreeing=int(np.count_nonzero(mine)), needed=needed)
    if not told:
        return None
    counts = np.bincount(rows[mine], minlength=len(people))[:-1]
    return bool((counts >= needed[told[0]]).all())


def _bounds(mine: Mask, known: _Known, people: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return between which counts the kinds of these ballots must be, going by those of a set that is known."""
    size, inside = int(np.count_nonzero(known.members)), int(np.count_nonzero(mine & known.members))
    outside, beyond = int(np.count_nonzero(mine)) - inside, len(mine) - size
    others = people - known.of_kind
    fewest = np.maximum(0, known.of_kind - (size - inside)) + np.maximum(0, outside - (beyond - others))
    return fewest, np.minimum(known.of_kind, inside) + np.minimum(others, outside)

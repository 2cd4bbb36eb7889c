"""Plain approval count: what the same ballots would have given without proportionality. Shown beside the outcome."""

from collections.abc import Sequence
from dataclasses import dataclass

from allting.engine.selection import errors
from allting.engine.selection.ballots import Ballots
from allting.engine.selection.shares import check_money
from allting.engine.selection.ties import draw


@dataclass(frozen=True, slots=True)
class Count:
    """The options with the most supporters."""

    options: tuple[int, ...]  # most supporters first
    tied_at_the_edge: tuple[int, ...]  # chosen and not chosen ones with equally many supporters, ascending; often empty


@dataclass(frozen=True, slots=True)
class Difference:
    """What two choices do not share, each in its own order."""

    only_in_first: tuple[int, ...]
    only_in_second: tuple[int, ...]


def approval_count(ballots: Ballots, *, seats: int, seed: str) -> Count:
    """Take the options with the most supporters. Who is in the majority may get all of them.

    seats     at least 1; fewer options come back if fewer have a supporter
    Raises    SeatsTooFew, NoSeed.     Ties: `draw`.     Cost: O(options · log options).
    """
    if seats < 1:
        raise errors.SeatsTooFew(seats=seats)
    order = _by_supporters(ballots, seed=seed)
    chosen = order[:seats]
    edge = {int(ballots.supporters[option]) for option in (*chosen[-1:], *order[seats : seats + 1])}
    tied = [option for option in order if int(ballots.supporters[option]) in edge]
    return Count(
        options=tuple(chosen), tied_at_the_edge=tuple(sorted(tied)) if len(edge) == 1 and len(order) > seats else ()
    )


def approval_count_of_budget(ballots: Ballots, *, costs: Sequence[int], budget: int, seed: str) -> Count:
    """Take options by supporters as long as they fit into the rest of the budget, passing over those that do not.

    costs     whole currency units, shape (options,), all from 1 to the budget       budget   same unit, at least 1
    Raises    BudgetTooSmall, CostTooSmall, CostAboveBudget, ColumnsUneven, NoSeed.     Ties: `draw`.
    """
    check_money(ballots, costs=costs, budget=budget)
    chosen, rest = list[int](), budget
    for option in _by_supporters(ballots, seed=seed):
        if costs[option] <= rest:
            chosen.append(option)
            rest -= int(costs[option])
    return Count(options=tuple(chosen), tied_at_the_edge=())


def differ(first: Sequence[int], second: Sequence[int]) -> Difference:
    """Say which options one choice has and the other has not."""
    return Difference(
        only_in_first=tuple(option for option in first if option not in set(second)),
        only_in_second=tuple(option for option in second if option not in set(first)),
    )


def _by_supporters(ballots: Ballots, *, seed: str) -> list[int]:
    if not seed:
        raise errors.NoSeed
    supported = [option for option, count in enumerate(ballots.supporters.tolist()) if count]
    return sorted(
        supported, key=lambda option: (-int(ballots.supporters[option]), draw(seed=seed, name=ballots.options[option]))
    )

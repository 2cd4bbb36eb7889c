"""What an order says in numbers that everybody may see, and what may move from one published order to the next. Pure.

A statement has figures only where five people have compared it, and they move only when five people have compared it
since: whoever keeps yesterday's order and lays it beside today's must not read from it what one person chose.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from allting.opinions.figures import FEWEST_PEOPLE, LETTERS

type Columns = Mapping[str, Sequence[float]]


@dataclass(frozen=True, slots=True)
class Row:
    """One statement: its chance to win against a typical one, and the range in which that likely lies.

    people        how many have compared it, skipped pairs left out        comparisons   how often
    since         when these figures were fresh, seconds of the epoch
    """

    statement: int
    chance: float
    low: float
    high: float
    people: int
    comparisons: int
    since: float


@dataclass(frozen=True, slots=True)
class GroupRows:
    """What the people of one group of the map say, by comparisons of their own and drawn to what everybody says."""

    number: int
    letter: str
    rows: Sequence[Row]


@dataclass(frozen=True, slots=True)
class Order:
    """A published order, the strongest first; what fewer than five people compared is not in it."""

    people: int
    comparisons: int
    rows: Sequence[Row]
    groups: Sequence[GroupRows] = ()


@dataclass(frozen=True, slots=True)
class Counted:
    """How many people stand behind each statement, in one set of people.

    people, comparisons   by statement, in the order of the columns
    active_since          how many have compared a statement after a moment: index, seconds of the epoch
    """

    people: Sequence[int]
    comparisons: Sequence[int]
    active_since: Callable[[int, float], int]


def order_of(
    *,
    statements: Sequence[int],
    everyone: tuple[Columns, Counted],
    groups: Mapping[int, tuple[Columns, Counted]],
    people: int,
    comparisons: int,
    earlier: Order | None,
    at: float,
) -> Order:
    """Return what may be published of freshly fitted columns, after an earlier order if there is one.

    statements   ids in the order of all columns        groups   by their number on the map
    """
    kept_groups = {group.letter: group.rows for group in earlier.groups} if earlier else {}
    listed = [
        GroupRows(number=number, letter=LETTERS[number], rows=rows)
        for number, (columns, counted) in sorted(groups.items())
        if (rows := _rows(statements, columns, counted, kept_groups.get(LETTERS[number], ()), at=at))
    ]
    rows = _rows(statements, *everyone, earlier.rows if earlier else (), at=at)
    return Order(people=people, comparisons=comparisons, rows=rows, groups=listed)


def _rows(
    statements: Sequence[int], columns: Columns, counted: Counted, earlier: Sequence[Row], *, at: float
) -> list[Row]:
    before = {row.statement: row for row in earlier}
    rows = []
    for index, statement in enumerate(statements):
        fresh = Row(
            statement=statement,
            chance=columns["chance"][index],
            low=columns["low"][index],
            high=columns["high"][index],
            people=counted.people[index],
            comparisons=counted.comparisons[index],
            since=at,
        )
        row = _held(fresh, before.get(statement), counted, index)
        if row is not None:
            rows.append(row)
    return sorted(rows, key=lambda row: (-row.chance, row.statement))


def _held(fresh: Row, before: Row | None, counted: Counted, index: int) -> Row | None:
    """Return the fresh figures, those of before where only a few people moved them, or none about fewer than five."""
    if fresh.people < FEWEST_PEOPLE:
        return None
    if before is None:
        return fresh
    moved = max(abs(fresh.people - before.people), counted.active_since(index, before.since))
    return fresh if moved >= FEWEST_PEOPLE else before


def only(order: Order, standing: Mapping[int, object]) -> Order:
    """Leave out what does not stand any more: hidden, merged or taken back since it was published."""
    return replace(
        order,
        rows=[row for row in order.rows if row.statement in standing],
        groups=[
            replace(group, rows=[row for row in group.rows if row.statement in standing]) for group in order.groups
        ],
    )


def as_data(order: Order) -> dict[str, Any]:
    return asdict(order)


def from_data(data: Mapping[str, Any]) -> Order:
    groups = [GroupRows(**{**group, "rows": [Row(**row) for row in group["rows"]]}) for group in data["groups"]]
    return Order(**{**data, "rows": [Row(**row) for row in data["rows"]], "groups": groups})

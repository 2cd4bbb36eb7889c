"""What may move from one published map to the next: no figure by fewer than five people.

Two maps are both public, so whoever kept the first can subtract it from the second. None is therefore published that
differs from an earlier one by a few people only, and neither is an order of statements (`comparing`). On a map, a set
of people about one statement keeps its old figures until they differ by at least five people from every stored map, or
not at all. Pure, like `figures`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from allting.opinions.figures import (
    FEWEST_PEOPLE,
    Cell,
    Figures,
    GroupFigures,
    Ranked,
    StatementFigures,
    sum_of,
)


@dataclass(frozen=True, slots=True)
class Earlier:
    """A map or an order that was published before: of how many people, and when."""

    people: int
    at: datetime


def may_publish(
    *, people: int, earlier: Sequence[Earlier], is_closed: bool, active_since: Callable[[datetime], int]
) -> bool:
    """Say whether public figures may move: by five people more or fewer, or, after closing, when five were active.

    people         who is counted now                  earlier   what was published before, the last at the end
    is_closed      whether nobody can answer any more, so that what comes now is the last
    active_since   asked, as seldom as possible, how many have answered anything after a moment
    """
    if people < FEWEST_PEOPLE:
        return False
    if not earlier:
        return True
    *before, last = earlier
    if abs(people - last.people) < FEWEST_PEOPLE and not (is_closed and active_since(last.at) >= FEWEST_PEOPLE):
        return False
    return not any(_tells_the_difference(it, people=people, active_since=active_since) for it in before)


def _tells_the_difference(earlier: Earlier, *, people: int, active_since: Callable[[datetime], int]) -> bool:
    """Say whether what would be published now differs by a few people only from one before the last.

    Counts come back near to an old one when a burst is set aside and restored; who answered in between would be told.
    Where nobody joined, left or answered since, it is the same again, and tells nothing.
    """
    if abs(people - earlier.people) >= FEWEST_PEOPLE:
        return False
    active = active_since(earlier.at)
    is_same = active == 0 and people == earlier.people
    return active < FEWEST_PEOPLE and not is_same


def people_told(one: Cell | None, other: Cell | None) -> int:
    """Return about how few people the difference of two cells tells: 0 when they are the same.

    Each answer more or less is a person who came, left or answered otherwise; somebody who changed their answer is
    one more here and one less there, so the larger of the two sums counts.
    """
    if one is None or other is None:
        return 0
    moves = [one.agree - other.agree, one.disagree - other.disagree, one.passed - other.passed]
    return max(sum(it for it in moves if it > 0), -sum(it for it in moves if it < 0))


def tells_too_much(one: Cell | None, other: Cell | None) -> bool:
    """Say whether subtracting one from the other would tell about one to four people."""
    return 0 < people_told(one, other) < FEWEST_PEOPLE


def hold_back(drawn: Figures, *, earlier: Sequence[Figures]) -> Figures:
    """Return what may be published after the earlier maps, the last of them at the end.

    Cells that moved by one to four people against any earlier map keep what the last one said, and so do the figures
    of such a statement in the rankings.
    """
    if not earlier:
        return drawn
    last = earlier[-1]
    statements = {
        statement: _hold_statement(new, [it.statements[statement] for it in earlier if statement in it.statements])
        for statement, new in drawn.statements.items()
    }

    def is_held(statement: int) -> bool:
        return statements[statement] != drawn.statements[statement]

    return replace(
        drawn,
        **_hold_sizes(drawn, earlier),
        statements=statements,
        unites=sorted(_listed(drawn.unites, last.unites, is_held=is_held), key=lambda it: -it.value),
        divides=sorted(_listed(drawn.divides, last.divides, is_held=is_held), key=lambda it: -it.value),
        distinctive={
            letter: _listed(ranked, last.distinctive.get(letter, ()), is_held=is_held)
            for letter, ranked in drawn.distinctive.items()
        },
        far_near={
            it: last.far_near[it] if is_held(it) else shares
            for it, shares in drawn.far_near.items()
            if not is_held(it) or it in last.far_near
        },
    )


def _hold_statement(new: StatementFigures, earlier: Sequence[StatementFigures]) -> StatementFigures:
    """Hold each set back by itself, and all of them where their total would still tell."""
    if not earlier:
        return new
    last = earlier[-1]
    groups = {}
    for letter, cell in new.groups.items():
        held = _hold(cell, [it.groups.get(letter) for it in earlier])
        if held is not None:
            groups[letter] = held
    between = _hold(new.between, [it.between for it in earlier])
    parts = [cell for cell in (*groups.values(), between) if cell is not None]
    everyone = sum_of(parts) if parts or new.groups else _hold(new.everyone, [it.everyone for it in earlier])
    if any(tells_too_much(everyone, it.everyone) for it in earlier):
        kept = {letter: cell for letter, cell in last.groups.items() if letter in new.groups}
        return replace(last, groups=kept)
    return StatementFigures(
        everyone=everyone, groups=groups, between=between, devices=_hold_devices(new, everyone, earlier)
    )


def _hold(new: Cell | None, earlier: Sequence[Cell | None]) -> Cell | None:
    """Return the new cell, or the last one where the new one would tell; nothing where the last showed nothing."""
    if any(tells_too_much(new, it) for it in earlier):
        return earlier[-1]
    return new


def _hold_devices(new: StatementFigures, everyone: Cell | None, earlier: Sequence[StatementFigures]) -> Cell | None:
    """Hold those without an account back, also where the others would be told by subtracting."""
    others = _without(everyone, new.devices)
    tells = any(
        tells_too_much(new.devices, it.devices) or tells_too_much(others, _without(it.everyone, it.devices))
        for it in earlier
    )
    return earlier[-1].devices if tells else new.devices


def _without(whole: Cell | None, part: Cell | None) -> Cell | None:
    if whole is None or part is None:
        return None
    return replace(
        whole,
        count=whole.count - part.count,
        agree=whole.agree - part.agree,
        disagree=whole.disagree - part.disagree,
        passed=whole.passed - part.passed,
    )


# --- how many are where ---------------------------------------------------------------------------------------


def _hold_sizes(drawn: Figures, earlier: Sequence[Figures]) -> dict[str, Any]:
    """Hold the sizes of groups and of those with and without account back, so that no difference is of a few."""
    names = [*(group.letter for group in drawn.groups), "between", "unplaced"]
    sizes = _held_parts([_part(drawn, name) for name in names], [[_part(it, name) for name in names] for it in earlier])
    *of_groups, in_between, not_placed = sizes
    devices, with_account = _held_parts(
        [drawn.devices, drawn.with_account], [[it.devices, it.with_account] for it in earlier]
    )
    groups: list[GroupFigures] = [
        replace(group, people=people) for group, people in zip(drawn.groups, of_groups, strict=True)
    ]
    return {
        "groups": groups,
        "in_between": in_between,
        "not_placed": not_placed,
        "devices": devices,
        "with_account": with_account,
    }


def _part(shown: Figures, name: str) -> int | None:
    if name == "between":
        return shown.in_between
    if name == "unplaced":
        return shown.not_placed
    return next((group.people for group in shown.groups if group.letter == name), None)


def _held_parts(new: Sequence[int | None], earlier: Sequence[Sequence[int | None]]) -> list[int | None]:
    """Keep the last size of each part that moved by one to four.

    What is kept can be had by subtracting the others from the total. Where that would differ by so few, another part
    is kept as well: the one that moved least.
    """
    last = earlier[-1]
    moved = [_moved(now, before) for now, before in zip(new, last, strict=True)]
    kept = {
        part
        for part, now in enumerate(new)
        if any(0 < abs(_moved(now, before[part])) < FEWEST_PEOPLE for before in earlier)
    }
    rest = {part for part, move in enumerate(moved) if move} - kept
    for part in sorted(rest, key=lambda it: (abs(moved[it]), it)):
        if not 0 < abs(sum(moved[it] for it in kept)) < FEWEST_PEOPLE:
            break
        kept.add(part)
    return [last[part] if part in kept else size for part, size in enumerate(new)]


def _moved(now: int | None, before: int | None) -> int:
    return now - before if now is not None and before is not None else 0


# --- rankings -------------------------------------------------------------------------------------------------


def _listed(new: Sequence[Ranked], last: Sequence[Ranked], *, is_held: Callable[[int], bool]) -> list[Ranked]:
    """Say of a statement that was held back what the last map said, and nothing where that did not list it."""
    before = {it.statement: it for it in last}
    entries = [before.get(it.statement) if is_held(it.statement) else it for it in new]
    return [it for it in entries if it is not None]

"""What may be said of camps after what was said before. Pure.

Two dates are both public, so a row says something else only when of every camp that it is about at least five more
people have answered the statement. Who looks twice learns what came of five at least, never of one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from allting.opinions.camps import FEWEST_IN_A_CAMP
from allting.opinions.figures import FEWEST_PEOPLE

type People = Mapping[int, Mapping[str, int]]


@dataclass(frozen=True, slots=True)
class Row:
    """Where a statement stands in the camp that supports it the least.

    at_least, below   percent of it who agree; both None where nothing may be said of it
    camps             those it is about
    missing           those of which too few have answered; then nothing is said
    """

    at_least: int | None
    below: int | None
    camps: tuple[str, ...]
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Said:
    """What is published of camps: which have people enough at all, and a row a statement."""

    camps: tuple[str, ...]
    rows: Mapping[int, Row] = field(default_factory=dict)


def drawn_rows(camps: Sequence[str], rows: Sequence[Sequence[Any]], *, statements: Sequence[int]) -> Said:
    """Return what a drawing found, as it could be said if nothing had been said before."""
    said = {}
    for statement, (people, told) in zip(statements, rows, strict=False):
        missing = tuple(camp for camp, count in zip(camps, people, strict=True) if count < FEWEST_IN_A_CAMP)
        at_least, below = told or (None, None)
        said[statement] = Row(at_least, below, tuple(camps), missing)
    return Said(tuple(camps), said)


def follow(drawn: Said, *, people: People, last: Said, people_then: People) -> tuple[Said, dict[int, dict[str, int]]]:
    """Return what may be published now, and how many people of each camp it is about, to be kept for the next time.

    people        how many of each camp have answered each statement, now       people_then   what was kept
    Camps that have people enough no more keep what was said of them, and so does everything that may not move.
    """
    rows, kept = dict(last.rows), {statement: dict(counts) for statement, counts in people_then.items()}
    for statement, row in drawn.rows.items():
        before, then = last.rows.get(statement), kept.get(statement, {})
        rows[statement] = _follow_row(row, before, people[statement], then) if before else row
        if rows[statement] != before:
            kept[statement] = _kept(rows[statement], before, people[statement], then)
    camps = tuple(dict.fromkeys((*last.camps, *drawn.camps)))
    return Said(camps, rows), kept


def _follow_row(row: Row, before: Row, people: Mapping[str, int], then: Mapping[str, int]) -> Row:
    camps = tuple(dict.fromkeys((*before.camps, *row.camps)))
    is_whole = not row.missing and len(row.camps) == len(camps)
    if not before.missing:
        return row if is_whole and all(has_grown(people, then, camp) for camp in camps) else before
    missing = tuple(camp for camp in camps if not _is_heard(camp, before, people, then))
    if missing:
        return Row(None, None, camps, missing)
    return row if is_whole else before


def _is_heard(camp: str, before: Row, people: Mapping[str, int], then: Mapping[str, int]) -> bool:
    """Say whether a camp counts as heard, where some camp was not: once heard, always heard."""
    if camp in before.camps and camp not in before.missing:
        return True
    is_enough = people.get(camp, 0) >= FEWEST_IN_A_CAMP
    return is_enough and (camp not in before.missing or has_grown(people, then, camp))


def has_grown(people: Mapping[str, int], then: Mapping[str, int], camp: str) -> bool:
    """Say whether at least five more people of a camp have answered than when something was last said of it."""
    return people.get(camp, 0) >= then.get(camp, 0) + FEWEST_PEOPLE


def _kept(row: Row, before: Row | None, people: Mapping[str, int], then: Mapping[str, int]) -> dict[str, int]:
    """Return the counts that the next change is measured against: a camp still missing keeps the one it had."""
    still = [camp for camp in row.missing if before and camp in before.missing and camp in then]
    now = {camp: _in_fives(people.get(camp, 0)) for camp in row.camps}
    return {**now, **{camp: then[camp] for camp in still}}


def _in_fives(count: int) -> int:
    """Round up to whole fives: what is kept beside the answers says nothing finer, and lets nothing move earlier."""
    return -(-count // FEWEST_PEOPLE) * FEWEST_PEOPLE


# --- to JSON and back ---------------------------------------------------------------------------------------


def as_data(said: Said) -> dict[str, Any]:
    """Return plain data for a JSON column."""
    return {
        "camps": list(said.camps),
        "rows": {
            str(statement): [row.at_least, row.below, list(row.camps), list(row.missing)]
            for statement, row in said.rows.items()
        },
    }


def from_data(data: Mapping[str, Any]) -> Said:
    """Return what `as_data` wrote."""
    return Said(
        camps=tuple(data["camps"]),
        rows={
            int(statement): Row(at_least, below, tuple(camps), tuple(missing))
            for statement, (at_least, below, camps, missing) in data["rows"].items()
        },
    )

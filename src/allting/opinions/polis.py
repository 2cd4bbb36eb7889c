"""The same votes as Polis would group them, and what of it may be published. Pure, like `figures`.

Beside our own figures, figures about other groupings of the same people tell: where a group of Polis and one of ours
differ by one person, so do their answers. So nothing is counted in the groups of Polis. Published are their number,
their sizes to the nearest five, stones of fives, which statements are listed, and two words for how alike groupings
are (ADR 56).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from allting.opinions.figures import FEWEST_PEOPLE, LETTERS, Drawing, Figures
from allting.web.charts.opinion_map import bin_people

type Listed = tuple[int, int]
"""A statement and the answer to it: `figures.AGREE` or `figures.DISAGREE`."""

SAME, LIKE, PARTLY, OTHER = "same", "like", "partly", "other"
# Adjusted Rand index: 0 is chance, 1 the same. What counts as the same is what counts as a group that came back.
_FROM = ((SAME, 0.85), (LIKE, 0.6), (PARTLY, 0.25))


@dataclass(frozen=True, slots=True)
class PolisGroup:
    """A group of Polis, under the number of our group that it shares most people with.

    people       to the nearest five
    represents   the statements that Polis says set it apart
    """

    number: int
    people: int
    represents: Sequence[Listed]


@dataclass(frozen=True, slots=True)
class AsPolis:
    """What may be seen of the grouping of Polis.

    count               how many groups it finds; `groups` has only those of at least five people
    agreement           how alike its groups and ours are, in a word; empty where we draw none
    turned_count        how many groups it finds in the opposite order of people
    turned_agreement    how alike those are to `groups`
    """

    count: int
    groups: Sequence[PolisGroup]
    consensus: Sequence[Listed]
    agreement: str
    turned_count: int
    turned_agreement: str
    stones: Sequence[tuple[float, float, int, int | None]]


def publish(drawing: Drawing, *, last: Figures | None, held: Collection[int]) -> dict[str, Any] | None:
    """Return plain data of what may be published; None where there is no map.

    drawing.as_polis   x, y, groups of the people it places; represents, by group, and consensus as rows of
                       `drawing.statements` and sides; or is_too_large
    last               the last published figures
    held               statements whose figures stay as they were: so does whether they are listed
    """
    raw = drawing.as_polis
    if raw is None:
        return None
    if raw.get("is_too_large"):
        return {"is_too_large": True}
    numbers = sorted(set(raw["groups"]))
    sizes = {number: size for number in numbers if (size := raw["groups"].count(number)) >= FEWEST_PEOPLE}
    before = read(last.as_polis) if last else None
    of_before = {it.number: it for it in before.groups} if before else {}
    # Other groups are lists about other people, of which nothing can be kept.
    are_same = list(of_before) == list(sizes)
    groups = [
        PolisGroup(
            number=number,
            people=_near(size, before=of_before[number].people if number in of_before else 0),
            represents=_listed(
                raw["represents"][str(number)],
                drawing.statements,
                before=of_before[number].represents if are_same else (),
                held=held,
            ),
        )
        for number, size in sizes.items()
    ]
    shown = AsPolis(
        count=len(numbers),
        groups=groups,
        consensus=_listed(raw["consensus"], drawing.statements, before=before.consensus if before else (), held=held),
        agreement="" if raw["agreement"] is None else _in_a_word(raw["agreement"]),
        turned_count=raw["turned_count"],
        turned_agreement=_in_a_word(raw["turned_agreement"]),
        stones=_stones(raw),
    )
    return asdict(shown)


def _near(size: int, *, before: int) -> int:
    """Round to five, and keep what was said before until it is wrong by five people."""
    if before and abs(size - before) < FEWEST_PEOPLE:
        return before
    return max(FEWEST_PEOPLE, FEWEST_PEOPLE * round(size / FEWEST_PEOPLE))


def _listed(
    rows: Sequence[Sequence[int]], statements: Sequence[int], *, before: Sequence[Listed], held: Collection[int]
) -> list[Listed]:
    """Name the statements; of one that is held back, say what was said before."""
    new = [(statements[row], side) for row, side in rows if statements[row] not in held]
    return [*new, *(it for it in before if it[0] in held)]


def _stones(raw: Mapping[str, Any]) -> list[tuple[float, float, int, int | None]]:
    stones = bin_people(np.column_stack([raw["x"], raw["y"]]), raw["groups"])
    return [(round(it.x, 2), round(it.y, 2), _near(it.people, before=0), it.group) for it in stones]


def _in_a_word(agreement: float) -> str:
    return next((word for word, least in _FROM if agreement >= least), OTHER)


def read(data: Mapping[str, Any] | None) -> AsPolis | None:
    """Return what `publish` wrote; None where there is nothing, or it was too large."""
    if data is None or data.get("is_too_large"):
        return None
    plain = dict(data)
    plain["groups"] = [
        PolisGroup(it["number"], it["people"], [(row[0], row[1]) for row in it["represents"]]) for it in data["groups"]
    ]
    plain["consensus"] = [(row[0], row[1]) for row in data["consensus"]]
    plain["stones"] = [(it[0], it[1], it[2], it[3]) for it in data["stones"]]
    return AsPolis(**plain)


def for_download(data: Mapping[str, Any] | None, *, standing: Collection[int]) -> dict[str, Any] | None:
    """Return it without how the picture is drawn, and with the statements that stand today."""
    shown = read(data)
    if shown is None:
        return None if data is None else dict(data)
    plain = asdict(shown)
    plain.pop("stones")
    plain["consensus"] = [it for it in shown.consensus if it[0] in standing]
    plain["groups"] = [
        {
            "letter": LETTERS[it.number],
            "people": it.people,
            "represents": [each for each in it.represents if each[0] in standing],
        }
        for it in shown.groups
    ]
    return plain

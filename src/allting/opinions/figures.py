"""What a map says in numbers that everybody may see, and the engine's plain result that it is made of.

Pure: the words of it, and to JSON and back. From a `Drawing` to `Figures` by `hiding`: nothing in `Figures` is about
fewer than five people.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from numpy.typing import NDArray

FEWEST_PEOPLE = 5
"""Figures about fewer would be about persons."""
FEWEST_FOR_A_RESULT = 30
"""Below this many people the whole is too early to say."""

MORE_ANSWERS = 100
"""What so many more answers would tell is said to those who look after a conversation: a number one can imagine."""

LETTERS = "ABCDEF"
IN_BETWEEN, NOT_PLACED = -1, -2
AGREE, DISAGREE = 1, -1

# What a drawing says of single people, a column each.
PEOPLE = ("actors", "x", "y", "groups")

type Columns = Mapping[str, Sequence[float]]


@dataclass(frozen=True, slots=True)
class Drawing:
    """What the map's own process found, before anything is hidden. Plain lists, and arrays where they are of people.

    statements     ids, in the order of every column of the tallies and of the rankings' indices
    actors, x, y, groups   the placeable people: groups are letters' numbers, IN_BETWEEN or NOT_PLACED
    told_share     of what sets people apart on the picture, how much their answers tell; None without a picture
    told_share_then  the same with a hundred more answers
    is_complete    False where it started from the last map and moved only who answered since
    everyone       votes of all who are counted
    tallies        the same by group number, plus "between", "unplaced", "devices", "others"
    unites         [statement index, side, lowest rate, lower bound, is common ground]
    divides        [statement index, variance, rate far, rate near, people at each end]
    distinctive    by group number: [statement index, side, rate, next rate]
    little_known   statement indices
    as_polis       see `polis.publish`
    knowledge      what choosing the next statement needs, packed by `asking.pack` and in letters; not published
    camps          see `camps.analysis.read_off_camps`; published only after `camps.following`
    """

    outcome: str
    method: str
    version: str
    digest: str
    statements: Sequence[int]
    everyone: Columns
    reason: str = ""
    needs: Mapping[str, int] = field(default_factory=dict)
    actors: Sequence[int] | NDArray[Any] = ()
    x: Sequence[float] | NDArray[Any] = ()
    y: Sequence[float] | NDArray[Any] = ()
    groups: Sequence[int] | NDArray[Any] = ()
    group_sizes: Mapping[str, int] = field(default_factory=dict)
    in_between_count: int = 0
    not_placed_count: int = 0
    stability: float = 0.0
    refits_same: int = 0
    shown_share: float = 0.0
    told_share: float | None = None
    told_share_then: float | None = None
    tallies: Mapping[str, Columns] = field(default_factory=dict)
    unites: Sequence[Sequence[Any]] = ()
    divides: Sequence[Sequence[Any]] = ()
    distinctive: Mapping[str, Sequence[Sequence[Any]]] = field(default_factory=dict)
    little_known: Sequence[int] = ()
    ends: tuple[Sequence[int], Sequence[int]] = ((), ())
    statement_places: Sequence[Sequence[float] | None] = ()
    without_devices: Mapping[str, Any] | None = None
    as_polis: Mapping[str, Any] | None = None
    knowledge: str = ""
    camps: Mapping[str, Any] = field(default_factory=dict)
    is_complete: bool = True


@dataclass(frozen=True, slots=True)
class Turnout:
    """How many took part, as the database says."""

    people: int
    devices: int
    votes: int
    set_aside: int = 0


@dataclass(frozen=True, slots=True)
class Cell:
    """What one set of people said about one statement. Rates are shares of those who saw it.

    count    how many of them answered, passes included
    rate     share that agrees, drawn a little towards what the model expects where few answered
    low, high   its likely range; None for a total of groups
    """

    count: int
    agree: int
    disagree: int
    passed: int
    rate: float
    low: float | None
    high: float | None
    disagree_rate: float


@dataclass(frozen=True, slots=True)
class GroupFigures:
    """A group that holds up. `people` is None where the number would tell how few are in none."""

    number: int
    letter: str
    people: int | None
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class StatementFigures:
    """Published figures of one statement; a set that is missing is hidden, or nobody in it answered.

    everyone   all who answered, or, where groups hold up, those in the sets that are shown
    """

    everyone: Cell | None
    groups: Mapping[str, Cell]
    between: Cell | None
    devices: Cell | None


@dataclass(frozen=True, slots=True)
class Ranked:
    """A statement in a ranking. `value` and `other` mean what the ranking says."""

    statement: int
    side: int
    value: float
    other: float = 0.0
    is_sure: bool = False


@dataclass(frozen=True, slots=True)
class Figures:
    """Everything that a results page, a table or a download may show.

    people, votes     how many took part; devices, with_account are None where one of them is too small
    unites            value: at least this share in every group; other: lower bound; is_sure: common ground
    divides           value: variance of opinion; other: 0
    far, near         by statement, where there are no groups: share that agrees at either end of the line
    ends              statements that lie outermost at the left and at the right
    told_share, told_share_then   of what sets people apart on the picture, how much their answers tell, now and with
                      a hundred more; None without a picture, and on maps of before this was reckoned
    as_polis          what `polis.AsPolis` reads
    camps             what `camps.following.Said` reads
    """

    outcome: str
    reason: str
    needs: Mapping[str, int]
    people: int
    votes: int
    devices: int | None
    with_account: int | None
    set_aside: int | None
    groups: Sequence[GroupFigures]
    in_between: int | None
    not_placed: int | None
    stability: float
    refits_same: int
    shown_share: float
    stones: Sequence[tuple[float, float, int, int | None]]
    statements: Mapping[int, StatementFigures]
    unites: Sequence[Ranked]
    divides: Sequence[Ranked]
    distinctive: Mapping[str, Sequence[Ranked]]
    little_known: Sequence[int]
    far_near: Mapping[int, tuple[float, float]]
    ends: tuple[Sequence[int], Sequence[int]]
    statement_places: Mapping[int, tuple[float, float]]
    without_devices: Mapping[str, Any] | None
    told_share: float | None = None
    told_share_then: float | None = None
    as_polis: Mapping[str, Any] | None = None
    camps: Mapping[str, Any] | None = None


def sum_of(cells: Sequence[Cell]) -> Cell | None:
    """Add the sets that are shown up to everyone who is counted; None where none is shown."""
    if not cells:
        return None
    count = sum(cell.count for cell in cells)
    agree, disagree = sum(cell.agree for cell in cells), sum(cell.disagree for cell in cells)
    return Cell(
        count=count,
        agree=agree,
        disagree=disagree,
        passed=sum(cell.passed for cell in cells),
        rate=round(agree / count, 2),
        low=None,
        high=None,
        disagree_rate=round(disagree / count, 2),
    )


# --- to JSON and back ---------------------------------------------------------------------------------------


def as_data(figures: Figures) -> dict[str, Any]:
    """Return plain data for a JSON column. Cells are lists: a thousand statements stay a small column."""
    data = {name: getattr(figures, name) for name in Figures.__slots__}
    data["groups"] = [asdict(group) for group in figures.groups]
    data["statements"] = {
        str(statement): {
            "everyone": _cell_data(it.everyone),
            "groups": {letter: _cell_data(cell) for letter, cell in it.groups.items()},
            "between": _cell_data(it.between),
            "devices": _cell_data(it.devices),
        }
        for statement, it in figures.statements.items()
    }
    for name in ("unites", "divides"):
        data[name] = [_ranked_data(it) for it in getattr(figures, name)]
    data["distinctive"] = {
        letter: [_ranked_data(it) for it in ranking] for letter, ranking in figures.distinctive.items()
    }
    data["far_near"] = {str(statement): list(shares) for statement, shares in figures.far_near.items()}
    data["statement_places"] = {str(it): list(place) for it, place in figures.statement_places.items()}
    data["stones"] = [list(stone) for stone in figures.stones]
    data["ends"] = [list(end) for end in figures.ends]
    return data


def from_data(data: Mapping[str, Any]) -> Figures:
    """Return the figures that `as_data` wrote."""
    plain = dict(data)
    plain["groups"] = [GroupFigures(**group) for group in data["groups"]]
    plain["statements"] = {
        int(statement): StatementFigures(
            everyone=_cell_from(it["everyone"]),
            groups={letter: Cell(*cell) for letter, cell in it["groups"].items()},
            between=_cell_from(it["between"]),
            devices=_cell_from(it["devices"]),
        )
        for statement, it in data["statements"].items()
    }
    for name in ("unites", "divides"):
        plain[name] = [Ranked(*it) for it in data[name]]
    plain["distinctive"] = {letter: [Ranked(*it) for it in ranking] for letter, ranking in data["distinctive"].items()}
    plain["far_near"] = {int(it): (shares[0], shares[1]) for it, shares in data["far_near"].items()}
    plain["statement_places"] = {int(it): (place[0], place[1]) for it, place in data["statement_places"].items()}
    plain["stones"] = [(stone[0], stone[1], stone[2], stone[3]) for stone in data["stones"]]
    plain["ends"] = (data["ends"][0], data["ends"][1])
    return Figures(**plain)


def _cell_data(cell: Cell | None) -> list[float | None] | None:
    return None if cell is None else [getattr(cell, name) for name in Cell.__slots__]


def _cell_from(data: Sequence[Any] | None) -> Cell | None:
    return None if data is None else Cell(*data)


def _ranked_data(ranked: Ranked) -> list[Any]:
    return [getattr(ranked, name) for name in Ranked.__slots__]

"""The map: who answers alike stands close. A stone is at least five people, so that nobody stands alone.

Drawn twice, 350 and 760 units wide, so that nothing shrinks on a phone; CSS shows one of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from numpy.typing import NDArray

from allting.web import numbers
from allting.web.charts.definitions import PEBBLES
from allting.web.components import draw
from allting.web.html import element, join

FEWEST_PEOPLE = 5
"""A stone of fewer would point at persons."""

_PEOPLE_A_CELL = 6.5
_FEWEST_CELLS, _MOST_CELLS = 5, 17
_WIDE_BY_HIGH = 1.45
_EDGE_SHARE = 0.9
_SPREADING_ROUNDS = 60
_SMALLEST_RADIUS_SHARE = 0.62
_LABEL_COLUMNS = 12

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Stone:
    """So many people of one group (0 to 5, None: in between) around a place; x and y are about -1 to 1."""

    x: float
    y: float
    people: int
    group: int | None


@dataclass(frozen=True, slots=True)
class GroupLabel:
    """The name of a group, how many are in it (None: not said), and the middle of its stones."""

    letter: str
    name: str
    people: int | None
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class OpinionMap:
    """All that is drawn.

    title     what the picture shows, in a sentence, for those who do not see it
    ends      when there are no separate groups: what lies at the left and at the right end
    you       the place of the person who looks, seen by nobody else
    shares    who agrees with something: by group the share (0 to 1) that fills its stones; missing where not known
    picked    the one group that is looked at; the others step back
    """

    title: str
    stones: Sequence[Stone]
    labels: Sequence[GroupLabel] = ()
    ends: tuple[str, str] | None = None
    you: tuple[float, float] | None = None
    shares: Mapping[int | None, float] | None = None
    picked: int | None = None


@dataclass(frozen=True, slots=True)
class Sheet:
    """A drawing ground in units of the screen."""

    name: str
    width: int
    height: int
    margin: int
    largest_radius: float
    halo: float


_SHEETS = (Sheet("narrow", 350, 300, 22, 13.0, 6.5), Sheet("wide", 760, 450, 36, 21.0, 12.0))


def opinion_map(drawing: OpinionMap) -> SafeString:
    """Draw the map for a phone and for a wide screen, with the labels in HTML above and below."""
    above, below = _label_rows(drawing.labels)
    sheets = [_sheet(drawing, sheet) for sheet in _SHEETS]
    ends = _ends(drawing.ends) if drawing.ends else None
    return element("div", {"class": "map", "dir": "ltr"}, above, *sheets, below, ends)


def bin_people(positions: FloatArray, groups: Sequence[int | None]) -> list[Stone]:
    """Turn people into stones of at least five.

    positions  shape (people, 2), any unit; far outliers are drawn in, because one far point would squeeze all others
    groups     a group from 0 to 5 per person, None for those in between
    Returns    stones ordered from top to bottom. People of each group are counted in full, except in groups
               of fewer than five people, which are not drawn at all.
    Cost       O(people + stones²).     Guarantee: every stone has at least five people; same input, same stones.
    """
    places = np.asarray(positions, dtype=np.float64).reshape(-1, 2)
    if len(places) != len(groups):
        message = f"{len(places)} positions and {len(groups)} groups do not belong together."
        raise ValueError(message)
    if not len(places):
        return []
    drawn_in = draw_in(places)
    cells_across = int(np.clip(np.sqrt(len(places) / _PEOPLE_A_CELL * _WIDE_BY_HIGH), _FEWEST_CELLS, _MOST_CELLS))
    step = 2 / cells_across
    stones: list[Stone] = []
    codes = np.array([-1 if group is None else group for group in groups], dtype=np.int64)
    for code in np.unique(codes):
        inside = drawn_in[codes == code]
        if len(inside) >= FEWEST_PEOPLE:
            stones += _stones_of_group(inside, None if code < 0 else int(code), step)
    return sorted(_spread(stones, step), key=lambda stone: (-stone.y, stone.x))


def labels_of(stones: Sequence[Stone], names: Mapping[int, tuple[str, int]]) -> list[GroupLabel]:
    """Give each drawn group its label: the middle of its stones, with its name and how many people are in it."""
    labels = []
    for group, (name, people) in sorted(names.items()):
        own = [stone for stone in stones if stone.group == group]
        if own:
            x = sum(stone.x for stone in own) / len(own)
            y = sum(stone.y for stone in own) / len(own)
            labels.append(GroupLabel(letter=draw.GROUP_LETTERS[group], name=name, people=people, x=x, y=y))
    return labels


def draw_in(places: FloatArray) -> FloatArray:
    """Scale nine tenths of the people into the box and press the rest against its edge, shape (people, 2).

    The coordinates of the drawing: a person's own place is shown in these, too.
    """
    centred = places - np.median(places, axis=0)
    reach = np.quantile(np.abs(centred), _EDGE_SHARE, axis=0)
    scaled = centred / np.where(reach > 0, reach, 1)
    pressed: FloatArray = np.tanh(0.75 * scaled)
    return pressed


def _stones_of_group(places: FloatArray, group: int | None, step: float) -> list[Stone]:
    """Count people in cells of a honeycomb, then let cells that are too small join their nearest neighbour."""
    row_height = step * _WIDE_BY_HIGH * 0.87
    rows = np.round(places[:, 1] / row_height).astype(np.int64)
    shift = (rows % 2) / 2
    columns = np.round(places[:, 0] / step - shift).astype(np.int64)
    # As one number each: sorting pairs of a million people takes twenty times as long.
    first_row, first_column = int(rows.min()), int(columns.min())
    width = int(columns.max()) - first_column + 1
    numbers, counts = np.unique((rows - first_row) * width + columns - first_column, return_counts=True)
    cells = np.column_stack([numbers // width + first_row, numbers % width + first_column])
    centres = np.column_stack([(cells[:, 1] + (cells[:, 0] % 2) / 2) * step, cells[:, 0] * row_height])
    people = _join_small(centres, counts.astype(np.int64))
    return [
        Stone(x=float(x), y=float(y), people=int(count), group=group)
        for (x, y), count in zip(centres, people, strict=True)
        if count
    ]


def _join_small(centres: FloatArray, counts: IntArray) -> IntArray:
    """Move the people of too small cells, smallest first, into the nearest cell that has people."""
    people = counts.copy()
    while True:
        small = np.flatnonzero((people > 0) & (people < FEWEST_PEOPLE))
        if not len(small) or np.count_nonzero(people) == 1:
            return people
        leaving = small[np.argmin(people[small])]
        distances = np.linalg.norm(centres - centres[leaving], axis=1)
        distances[(people == 0) | (np.arange(len(people)) == leaving)] = np.inf
        people[np.argmin(distances)] += people[leaving]
        people[leaving] = 0


def _spread(stones: list[Stone], step: float) -> list[Stone]:
    """Push stones that lie on each other apart; everybody moves a little, nobody far."""
    if len(stones) < 2:
        return stones
    # In the wide drawing a unit up is shorter than a unit across; distances are taken as they will be seen.
    places = np.array([(stone.x * _WIDE_BY_HIGH, stone.y) for stone in stones])
    # Two groups in one cell start on the same point: each gets its own direction.
    turn = np.array([0.0 if stone.group is None else 1.0 + stone.group for stone in stones])
    places += 0.01 * np.column_stack([np.cos(turn), np.sin(turn)])
    room = 0.92 * step * _WIDE_BY_HIGH
    for _round in range(_SPREADING_ROUNDS):
        away = places[:, None, :] - places[None, :, :]
        distance = np.linalg.norm(away, axis=2)
        np.fill_diagonal(distance, np.inf)
        push = np.clip(room - distance, 0, None) / 2
        places = places + (away / distance[:, :, None] * push[:, :, None]).sum(axis=1) * 0.5
    return [
        Stone(x=float(x / _WIDE_BY_HIGH), y=float(y), people=stone.people, group=stone.group)
        for stone, (x, y) in zip(stones, places, strict=True)
    ]


def _sheet(drawing: OpinionMap, sheet: Sheet) -> SafeString:
    """Draw one of the two pictures."""
    is_one_cloud = drawing.ends is not None
    height = round(sheet.height * 0.62) if is_one_cloud else sheet.height
    place = Placing(drawing, sheet, height)
    radii = place.radii()
    grounds = join(*(_ground(drawing.stones, place, radii, group, sheet.halo) for group in range(6)))
    stones = [
        _stone(stone, place.of(stone.x, stone.y), radius, number, is_one_cloud, _state(drawing, stone.group))
        for number, (stone, radius) in enumerate(zip(drawing.stones, radii, strict=True))
    ]
    words = drawing.title
    return element(
        "svg",
        {
            "class": f"map-drawing map-{sheet.name}",
            "viewBox": f"0 0 {sheet.width} {height}",
            "role": "img",
            "aria-label": words,
        },
        element("title", {}, words),
        None if is_one_cloud else element("g", {"class": "map-grounds"}, grounds),
        *stones,
        _you(place.of(*drawing.you), sheet) if drawing.you else None,
        _axis(sheet, height) if is_one_cloud else None,
    )


class Placing:
    """Where a place of the map lies on a sheet."""

    def __init__(self, drawing: OpinionMap, sheet: Sheet, height: int) -> None:
        self._stones, self._sheet = drawing.stones, sheet
        self._left = min((stone.x for stone in drawing.stones), default=-1.0)
        self._right = max((stone.x for stone in drawing.stones), default=1.0)
        self._bottom = min((stone.y for stone in drawing.stones), default=-1.0)
        self._top = max((stone.y for stone in drawing.stones), default=1.0)
        self._width = sheet.width - 2 * sheet.margin
        self._height = height - 2 * sheet.margin - (40 if drawing.ends else 0)

    def of(self, x: float, y: float) -> tuple[float, float]:
        """Return the point on the sheet; a place outside the stones goes to their edge."""
        across = (min(max(x, self._left), self._right) - self._left) / ((self._right - self._left) or 1)
        up = (min(max(y, self._bottom), self._top) - self._bottom) / ((self._top - self._bottom) or 1)
        margin = self._sheet.margin
        return margin + across * self._width, margin + (1 - up) * self._height

    def radii(self) -> list[float]:
        """Return a radius per stone: more people are bigger, and hardly any two stones touch."""
        if not self._stones:
            return []
        points = np.array([self.of(stone.x, stone.y) for stone in self._stones])
        largest = self._sheet.largest_radius
        if len(points) > 1:
            distance = np.linalg.norm(points[:, None, :] - points[None, :, :], axis=2)
            np.fill_diagonal(distance, np.inf)
            largest = min(largest, float(np.quantile(distance.min(axis=1), 0.25)) * 0.5)
        people = np.array([stone.people for stone in self._stones], dtype=np.float64)
        most = max(float(np.quantile(people, 0.97)), FEWEST_PEOPLE + 1)
        share = np.sqrt(np.clip((people - FEWEST_PEOPLE) / (most - FEWEST_PEOPLE), 0, 1))
        return [float(radius) for radius in largest * (_SMALLEST_RADIUS_SHARE + (1 - _SMALLEST_RADIUS_SHARE) * share)]


def _ground(stones: Sequence[Stone], place: Placing, radii: list[float], group: int, halo: float) -> SafeString | None:
    """Draw the soft ground that ties a group together."""
    circles = [
        element("circle", {"cx": f"{x:.0f}", "cy": f"{y:.0f}", "r": f"{radius + halo:.0f}"})
        for stone, radius in zip(stones, radii, strict=True)
        if stone.group == group
        for x, y in [place.of(stone.x, stone.y)]
    ]
    return element("g", {"class": f"map-ground {draw.group_class(group)}"}, *circles) if circles else None


def _state(drawing: OpinionMap, group: int | None) -> str:
    """Return the classes that fill a stone by who agrees, or let it step back."""
    if drawing.shares is not None:
        share = drawing.shares.get(group)
        return " map-unknown" if share is None else f" map-share map-share-{round(share * 10)}"
    return " map-away" if drawing.picked is not None and group != drawing.picked else ""


def _stone(
    stone: Stone, point: tuple[float, float], radius: float, number: int, is_one_cloud: bool, state: str
) -> SafeString:
    x, y = point
    if stone.group is None and not is_one_cloud:
        ring = {
            "class": f"map-between group-between{state}",
            "cx": f"{x:.1f}",
            "cy": f"{y:.1f}",
            "r": f"{radius * 0.82:.1f}",
        }
        return element("circle", ring)
    is_round = is_one_cloud or not stone.group
    shape = f"#pebble-{number % PEBBLES}" if is_round else f"#shape-{draw.group_letter(stone.group).lower()}"
    colour = "group-between" if is_one_cloud else draw.group_class(stone.group)
    transform = f"translate({x:.1f} {y:.1f}) scale({radius / 10:.2f})"
    return element("use", {"class": f"map-stone {colour}{state}", "href": shape, "transform": transform})


def _you(point: tuple[float, float], sheet: Sheet) -> SafeString:
    """Mark the place of the person who looks: a cloudberry stone, and a flag with the word."""
    x, y = point
    words = gettext("You")
    width = 24 + 9.5 * len(words)
    left = min(max(x - width / 2, 2), sheet.width - width - 2)
    # The flag stands above the stone, or below it when there is no room.
    top = y - 62 if y > 70 else y + 26
    stem_end = top + 34 if top < y else top
    flag = {"class": "map-flag", "x": f"{left:.1f}", "y": f"{top:.1f}", "width": f"{width:.1f}", "height": 34, "rx": 6}
    stem = {"class": "map-stem", "x1": f"{x:.1f}", "x2": f"{x:.1f}", "y1": f"{y:.1f}", "y2": f"{stem_end:.1f}"}
    text = {"class": "map-you-words", "x": f"{left + width / 2:.1f}", "y": f"{top + 23:.1f}", "text-anchor": "middle"}
    return element(
        "g",
        {"class": "map-you"},
        element("line", stem),
        element("circle", {"class": "map-you-ring", "cx": f"{x:.1f}", "cy": f"{y:.1f}", "r": 19}),
        element("use", {"href": "#pebble-1", "transform": f"translate({x:.1f} {y:.1f})"}),
        element("rect", flag),
        element("text", text, words),
    )


def _axis(sheet: Sheet, height: int) -> SafeString:
    """Draw the arrow from one end to the other."""
    left, right, y = sheet.margin / 2, sheet.width - sheet.margin / 2, height - 14
    path = f"M{left + 8} {y - 6}L{left} {y}l8 6M{left} {y}H{right}M{right - 8} {y - 6}L{right} {y}l-8 6"
    return element("path", {"class": "map-axis", "d": path})


def _ends(ends: tuple[str, str]) -> SafeString:
    heading = element("strong", {}, gettext("At this end"))
    return element("div", {"class": "map-ends"}, *(element("p", {}, heading, " ", words) for words in ends))


def _label_rows(labels: Sequence[GroupLabel]) -> tuple[SafeString | None, SafeString | None]:
    """Put the names above or below the drawing, near their group, never on stones and never on each other."""
    if len(labels) <= 3:
        return _label_row(sorted(labels, key=lambda label: label.x), "above"), None
    by_height = sorted(labels, key=lambda label: -label.y)
    half = (len(labels) + 1) // 2
    upper, lower = by_height[:half], by_height[half:]
    return (
        _label_row(sorted(upper, key=lambda label: label.x), "above"),
        _label_row(sorted(lower, key=lambda label: label.x), "below"),
    )


def _label_row(labels: list[GroupLabel], where: str) -> SafeString | None:
    if not labels:
        return None
    span = min(6, _LABEL_COLUMNS // len(labels))
    columns: list[int] = []
    for index, label in enumerate(labels):
        wished = round((label.x + 1) / 2 * _LABEL_COLUMNS - span / 2) + 1
        earliest = columns[-1] + span if columns else 1
        latest = _LABEL_COLUMNS + 1 - span * (len(labels) - index)
        columns.append(min(max(wished, earliest), latest))
    cells = [_label(label, column, span) for label, column in zip(labels, columns, strict=True)]
    return element("div", {"class": f"map-labels map-labels-{where}"}, *cells)


def _label(label: GroupLabel, column: int, span: int) -> SafeString:
    group = draw.GROUP_LETTERS.index(label.letter)
    count = None
    if label.people is not None:
        words = ngettext("%(people)s person", "%(people)s people", label.people)
        count = element("span", {}, words % {"people": numbers.number(label.people)})
    name = element("strong", {"class": "map-label-name"}, draw.mark_drawing(group, size="small"), " ", label.name)
    place = f"map-label from-{column} span-{span} {draw.group_class(group)}"
    return element("p", {"class": place}, name, count)

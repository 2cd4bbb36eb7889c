"""Shares over dates: one line a group, its shape at every date, its letter and figure at the end.

Drawn in units of the screen and as wide as a phone; several stand beside each other on a desk.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.safestring import SafeString
from django.utils.translation import gettext

from allting.web import numbers
from allting.web.components import draw
from allting.web.html import element, join

_WIDTH, _HEIGHT = 340, 200
_LEFT, _RIGHT, _TOP, _BOTTOM = 44, 262, 14, 164
# Figures at the ends of lines are pushed apart to this, so that each can be read.
_END_STEP = 22
_MARK, _END_MARK = 10, 18


@dataclass(frozen=True, slots=True)
class Line:
    """The share (0 to 1) of a group at each date of the chart; None where it is not known."""

    group: int | None
    name: str
    shares: Sequence[float | None]


@dataclass(frozen=True, slots=True)
class LineChart:
    """Lines over the same dates, oldest first; at least two dates."""

    title: str
    dates: Sequence[datetime]
    lines: Sequence[Line]


def line_chart(chart: LineChart) -> SafeString:
    """Draw the lines. The words say where each began and where it is now; the rest is in the table twin."""
    lines = [line for line in chart.lines if any(share is not None for share in line.shares)]
    words = " ".join([chart.title, *(_in_words(line) for line in lines)])
    across = _places(chart.dates)
    return element(
        "svg",
        {"class": "lines", "viewBox": f"0 0 {_WIDTH} {_HEIGHT}", "role": "img", "aria-label": words},
        element("title", {}, words),
        *(_level(share) for share in (0, 0.5, 1)),
        *(_date(chart.dates[end], across[end], end) for end in (0, -1)),
        *(_line(line, across) for line in lines),
        *_ends(lines),
    )


def _in_words(line: Line) -> str:
    known = [share for share in line.shares if share is not None]
    return gettext("%(name)s: from %(first)s to %(last)s.") % {
        "name": line.name,
        "first": numbers.percent(known[0]),
        "last": numbers.percent(known[-1]),
    }


def _places(dates: Sequence[datetime]) -> list[float]:
    """Place the dates by how much time lies between them."""
    first, span = dates[0], (dates[-1] - dates[0]).total_seconds() or 1
    return [_LEFT + (_RIGHT - _LEFT) * (each - first).total_seconds() / span for each in dates]


def _height(share: float) -> float:
    return _BOTTOM - (_BOTTOM - _TOP) * min(max(share, 0), 1)


def _level(share: float) -> SafeString:
    y = _height(share)
    line = {"class": "lines-half" if share == 0.5 else "lines-level", "x1": _LEFT, "x2": _RIGHT, "y1": y, "y2": y}
    words = {"class": "lines-words", "x": _LEFT - 8, "y": y + 5, "text-anchor": "end"}
    return join(element("line", line), element("text", words, numbers.percent(share)))


def _date(moment: datetime, x: float, end: int) -> SafeString:
    place = {"x": _LEFT - 8 if end == 0 else x, "y": _BOTTOM + 26, "text-anchor": "start" if end == 0 else "end"}
    return element("text", {"class": "lines-words", **place}, numbers.day(moment))


def _line(line: Line, across: Sequence[float]) -> SafeString:
    """Draw the line, broken where nothing is known, with a shape at each date."""
    points = [None if share is None else (x, _height(share)) for x, share in zip(across, line.shares, strict=True)]
    path, is_drawing = [], False
    for point in points:
        if point:
            path.append(f"{'L' if is_drawing else 'M'}{point[0]:.1f} {point[1]:.1f}")
        is_drawing = point is not None
    marks = [_mark(line.group, x, y, _MARK) for point in points if point for x, y in [point]]
    return element(
        "g",
        {"class": draw.group_class(line.group)},
        element("path", {"class": "lines-line", "d": "".join(path)}),
        *marks,
    )


def _mark(group: int | None, x: float, y: float, size: float) -> SafeString:
    if group is None:
        return element("circle", {"class": "lines-dot", "cx": f"{x:.1f}", "cy": f"{y:.1f}", "r": size / 2 - 1})
    transform = f"translate({x - size / 2:.1f} {y - size / 2:.1f}) scale({size / 24:.3f})"
    return element("path", {"class": "lines-dot", "d": draw.shape_of(group), "transform": transform})


def _ends(lines: Sequence[Line]) -> list[SafeString]:
    """Write the last figure of each line behind it, never on another one."""
    lasts = [(line, next(share for share in reversed(line.shares) if share is not None)) for line in lines]
    lasts.sort(key=lambda pair: -pair[1])
    return [
        _end(line, share, y) for (line, share), y in zip(lasts, _apart([_height(it) for _, it in lasts]), strict=True)
    ]


def _apart(heights: Sequence[float]) -> list[float]:
    """Push heights, from the top down, apart to a step, and back up where they would leave the ground."""
    found: list[float] = []
    for height in heights:
        found.append(max(height, found[-1] + _END_STEP) if found else height)
    lowest = float(_BOTTOM + 6)
    for index in reversed(range(len(found))):
        found[index] = min(found[index], lowest)
        lowest = found[index] - _END_STEP
    return found


def _end(line: Line, share: float, y: float) -> SafeString:
    x = _RIGHT + 10
    mark = None
    if line.group is not None:
        place = f"translate({x} {y - _END_MARK / 2:.1f}) scale({_END_MARK / 24:.3f})"
        mark = element("g", {"transform": place}, draw.mark_shapes(line.group))
        x += _END_MARK + 6
    figure = element("text", {"class": "lines-figure", "x": x, "y": f"{y + 5:.1f}"}, numbers.percent(share))
    return element("g", {"class": draw.group_class(line.group)}, mark, figure)

"""One line from none to all with a mark per group: close together unites, far apart divides."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.safestring import SafeString
from django.utils.translation import gettext

from allting.web import numbers
from allting.web.components import draw
from allting.web.html import element

_LINE_Y = 24
_MARK = 16
# The first group above the line, those in between on it, the others below, so that equal shares stay readable.
_FIRST_Y, _BETWEEN_Y, _OTHER_Y = _LINE_Y - _MARK - 3, _LINE_Y - _MARK / 2, _LINE_Y + 3


@dataclass(frozen=True, slots=True)
class StripMark:
    """A group and the share of it (0 to 1) that said yes."""

    group: int | None
    share: float
    name: str


def strip(marks: Iterable[StripMark]) -> SafeString:
    """Draw the line, and under it the same figures as words."""
    marks = list(marks)
    words = ", ".join(f"{mark.name} {numbers.percent(mark.share)}" for mark in marks)
    shares = [mark.share for mark in marks]
    shapes = [
        element("title", {}, words),
        element("line", {"class": "strip-line", "x1": "0", "x2": "100%", "y1": _LINE_Y, "y2": _LINE_Y}),
        element("line", {"class": "strip-half", "x1": "50%", "x2": "50%", "y1": _LINE_Y - 6, "y2": _LINE_Y + 6}),
    ]
    if shares:
        ends = {"x1": _percent(min(shares)), "x2": _percent(max(shares)), "y1": _LINE_Y, "y2": _LINE_Y}
        shapes.append(element("line", {"class": "strip-span", **ends}))
    shapes += [_mark(mark) for mark in marks]
    drawing = element(
        "svg", {"class": "strip-drawing", "role": "img", "aria-label": words, "height": 2 * _LINE_Y}, *shapes
    )
    figures = [
        element("span", {"class": draw.group_class(mark.group)}, _short(mark), " ", numbers.percent(mark.share))
        for mark in marks
    ]
    return element(
        "div", {"class": "strip"}, drawing, element("p", {"class": "strip-figures", "aria-hidden": "true"}, *figures)
    )


def _short(mark: StripMark) -> SafeString:
    return element("b", {}, draw.group_letter(mark.group) or gettext("between"))


def _mark(mark: StripMark) -> SafeString:
    y = _BETWEEN_Y if mark.group is None else _FIRST_Y if mark.group == 0 else _OTHER_Y
    shape = element(
        "g", {"transform": f"translate({-_MARK / 2} 0) scale({_MARK / 24:.3f})"}, draw.mark_shapes(mark.group)
    )
    place = {"x": _percent(mark.share), "y": y, "overflow": "visible", "width": _MARK, "height": _MARK}
    return element("svg", {"class": draw.group_class(mark.group), **place}, shape)


def _percent(share: float) -> str:
    return f"{min(max(share, 0), 1) * 100:.1f}%"

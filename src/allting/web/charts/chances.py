"""One bar per row: how likely it wins against a typical one, with the likely range and a line at one half."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.safestring import SafeString
from django.utils.translation import gettext

from allting.web import numbers
from allting.web.charts.bars import whisker
from allting.web.components import draw
from allting.web.html import element


@dataclass(frozen=True, slots=True)
class ChanceBar:
    """A chance, 0 to 1, with the bounds of its likely range. Without a group it is about everybody.

    is_lone   the name stands above already and is only said to those who do not see it
    """

    name: str
    chance: float
    low: float
    high: float
    group: int | None = None
    is_lone: bool = False


def chance_bars(rows: Iterable[ChanceBar]) -> SafeString:
    """Draw the bars under each other, each with name and figure."""
    return element("ul", {"class": "bars", "role": "list"}, *(_row(bar) for bar in rows))


def describe(bar: ChanceBar) -> str:
    """Say in words what the bar shows."""
    return gettext("%(name)s: wins %(chance)s of the time, likely between %(low)s and %(high)s") % {
        "name": bar.name,
        "chance": numbers.percent(bar.chance),
        "low": numbers.percent(bar.low),
        "high": numbers.percent(bar.high),
    }


def _row(bar: ChanceBar) -> SafeString:
    colour = "share-bar" if bar.group is None else draw.group_class(bar.group)
    mark = None if bar.group is None else draw.mark_drawing(bar.group, size="small")
    name = element("span", {"class": "bars-name"}, mark, element("span", {}, bar.name))
    return element(
        "li",
        {"class": f"bars-row {colour}{' bars-lone' if bar.is_lone else ''}"},
        None if bar.is_lone else name,
        _bar(bar),
        element("span", {"class": "bars-figure"}, numbers.percent(bar.chance)),
    )


def _bar(bar: ChanceBar) -> SafeString:
    words = describe(bar)
    shapes = [
        element("title", {}, words),
        element("rect", {"class": "bar-ground", "width": "100%", "height": 20, "rx": 3}),
        element("rect", {"class": "bar-agree", "width": f"{bar.chance * 100:.1f}%", "height": 20, "rx": 3}),
        element("line", {"class": "strip-half", "x1": "50%", "x2": "50%", "y1": -3, "y2": 23}),
        whisker(bar.low, bar.high),
    ]
    return element("svg", {"class": "bar", "role": "img", "aria-label": words, "height": 20}, *shapes)

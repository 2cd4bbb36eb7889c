"""One bar per group: solid for agree, empty for pass, striped for disagree, a whisker for the likely range."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.safestring import SafeString
from django.utils.translation import gettext

from allting.web import numbers
from allting.web.charts.definitions import stripes_url
from allting.web.components import draw
from allting.web.html import element


@dataclass(frozen=True, slots=True)
class GroupBar:
    """What one group said. Shares are 0 to 1; `low` and `high` bound the likely share of agree.

    is_thin     too few answers to call it a result: the bar has no colour, the whisker stays
    has_mark    False for a bar about everybody
    """

    group: int | None
    name: str
    agree: float
    disagree: float
    low: float | None = None
    high: float | None = None
    is_thin: bool = False
    has_mark: bool = True


def group_bars(rows: Iterable[GroupBar]) -> SafeString:
    """Draw the bars under each other, each with mark, name and figure."""
    return element("ul", {"class": "bars", "role": "list"}, *(_row(bar) for bar in rows))


def describe(bar: GroupBar) -> str:
    """Say in words what the bar shows."""
    words = gettext("%(name)s: %(agree)s agree, %(disagree)s disagree, %(passed)s pass") % {
        "name": bar.name,
        "agree": numbers.percent(bar.agree),
        "disagree": numbers.percent(bar.disagree),
        "passed": numbers.percent(max(0, 1 - bar.agree - bar.disagree)),
    }
    if bar.low is None or bar.high is None:
        return words
    return gettext("%(words)s; the true share of agree likely lies between %(low)s and %(high)s") % {
        "words": words,
        "low": numbers.percent(bar.low),
        "high": numbers.percent(bar.high),
    }


def _row(bar: GroupBar) -> SafeString:
    colour = "group-between" if bar.is_thin else draw.group_class(bar.group)
    mark = draw.mark_drawing(bar.group, size="small") if bar.has_mark else None
    return element(
        "li",
        {"class": f"bars-row {colour}"},
        element("span", {"class": "bars-name"}, mark, element("span", {}, bar.name)),
        _bar(bar),
        element("span", {"class": "bars-figure"}, numbers.percent(bar.agree)),
    )


def _bar(bar: GroupBar) -> SafeString:
    words = describe(bar)
    fill = stripes_url(None if bar.is_thin else bar.group)
    shapes = [
        element("title", {}, words),
        element("rect", {"class": "bar-ground", "width": "100%", "height": 20, "rx": 3}),
        element("rect", {"class": "bar-agree", "width": _percent(bar.agree), "height": 20, "rx": 3}),
        element(
            "rect",
            {"fill": fill, "x": _percent(1 - bar.disagree), "width": _percent(bar.disagree), "height": 20},
        ),
    ]
    if bar.low is not None and bar.high is not None:
        shapes.append(whisker(bar.low, bar.high))
    return element("svg", {"class": "bar", "role": "img", "aria-label": words, "height": 20}, *shapes)


def whisker(low: float, high: float) -> SafeString:
    """Draw the likely range across a bar."""
    ends = [element("line", {"x1": _percent(end), "x2": _percent(end), "y1": 5, "y2": 15}) for end in (low, high)]
    line = element("line", {"x1": _percent(low), "x2": _percent(high), "y1": 10, "y2": 10})
    edge = element("g", {"class": "whisker-edge"}, line, *ends)
    return element("g", {"class": "whisker"}, edge, line, *ends)


def _percent(share: float) -> str:
    return f"{min(max(share, 0), 1) * 100:.1f}%"

"""One bar per group: how large its share is, with a line where it should be."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.safestring import SafeString
from django.utils.translation import gettext

from allting.web import numbers
from allting.web.html import element


@dataclass(frozen=True, slots=True)
class ShareBar:
    """A share, 0 to 1, and the share that it should be, if that is known. None: too few to show."""

    name: str
    share: float | None
    should_be: float | None = None


def share_bars(rows: Iterable[ShareBar]) -> SafeString:
    """Draw the bars under each other, each with name and figure."""
    return element("ul", {"class": "bars", "role": "list"}, *(_row(bar) for bar in rows))


def describe(bar: ShareBar) -> str:
    """Say in words what the bar shows."""
    words = {"name": bar.name, "share": numbers.percent(bar.share), "should_be": numbers.percent(bar.should_be)}
    if bar.share is None and bar.should_be is None:
        return gettext("%(name)s: too few to show") % words
    if bar.share is None:
        return gettext("%(name)s: too few to show, should be %(should_be)s") % words
    if bar.should_be is None:
        return gettext("%(name)s: %(share)s") % words
    return gettext("%(name)s: %(share)s, should be %(should_be)s") % words


def _row(bar: ShareBar) -> SafeString:
    return element(
        "li",
        {"class": "bars-row share-bar"},
        element("span", {"class": "bars-name"}, bar.name),
        _bar(bar),
        element("span", {"class": "bars-figure"}, numbers.percent(bar.share) or "–"),
    )


def _bar(bar: ShareBar) -> SafeString:
    words = describe(bar)
    shapes = [
        element("title", {}, words),
        element("rect", {"class": "bar-ground", "width": "100%", "height": 20, "rx": 3}),
    ]
    if bar.share is not None:
        shapes.append(element("rect", {"class": "bar-agree", "width": _percent(bar.share), "height": 20, "rx": 3}))
    if bar.should_be is not None:
        shapes.append(_line(_percent(bar.should_be)))
    return element("svg", {"class": "bar", "role": "img", "aria-label": words, "height": 20}, *shapes)


def _line(at: str) -> SafeString:
    """Draw where the share should be: like a whisker's end, with a light edge on dark bars."""
    line = element("line", {"x1": at, "x2": at, "y1": -3, "y2": 23})
    return element("g", {"class": "whisker"}, element("g", {"class": "whisker-edge"}, line), line)


def _percent(share: float) -> str:
    return f"{min(max(share, 0), 1) * 100:.1f}%"

"""Patterns and shapes that all drawings of a page share."""

from __future__ import annotations

from functools import lru_cache

from django.utils.safestring import SafeString

from allting.web import stones
from allting.web.components import draw
from allting.web.html import element, join

PEBBLES = 6
"""So many forms of stones, enough that no two neighbours look alike."""

GROUPS: tuple[int | None, ...] = (0, 1, 2, 3, 4, 5, None)


@lru_cache(maxsize=1)
def definitions() -> SafeString:
    """Draw the hidden element that holds stripes (one per group), pebbles and group shapes, all of radius 10."""
    shapes = [
        element("g", {"id": f"shape-{draw.group_letter(group).lower()}"}, _centred(draw.shape_of(group)))
        for group in range(1, 6)
    ]
    pebbles = [
        element("path", {"id": f"pebble-{number}", "d": stones.outline(0, 0, 10, seed=number + 1)})
        for number in range(PEBBLES)
    ]
    held = element("defs", {}, *(_stripes(group) for group in GROUPS), *pebbles, *shapes)
    return element("svg", {"class": "chart-definitions", "width": 0, "height": 0, "aria-hidden": "true"}, held)


def stripes_url(group: int | None) -> str:
    """Return the fill that stripes a bar in a group's colour."""
    return f"url(#{_stripes_id(group)})"


def _stripes_id(group: int | None) -> str:
    return f"stripes-{draw.group_letter(group).lower() or 'between'}"


def _stripes(group: int | None) -> SafeString:
    look = {
        "id": _stripes_id(group),
        "class": draw.group_class(group),
        "width": 6,
        "height": 6,
        "patternUnits": "userSpaceOnUse",
        "patternTransform": "rotate(45)",
    }
    return element("pattern", look, element("rect", {"class": "stripe", "width": 2.4, "height": 6}))


def _centred(path: str) -> SafeString:
    return join(element("path", {"transform": "scale(.86) translate(-12 -12)", "d": path}))

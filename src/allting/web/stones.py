"""Stones: the one motif. Slightly uneven, drawn from a fixed seed, so that a stone keeps its form between pages."""

from __future__ import annotations

import math
import random
from functools import lru_cache

from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext

from allting.web.html import element

RING_STONES = 9
_CORNERS = 8
_UNEVENNESS = 0.07

STATES = {"done": "stone-done", "here": "stone-here", "coming": "stone-coming"}


@lru_cache(maxsize=4096)
def outline(x: float, y: float, radius: float, *, seed: int, flatness: float = 0.87) -> str:
    """Return the path of one stone around (x, y): a rounded, slightly flat and turned pebble."""
    return _smooth(corners_of(x, y, radius, seed=seed, flatness=flatness))


def corners_of(x: float, y: float, radius: float, *, seed: int, flatness: float = 0.87) -> list[tuple[float, float]]:
    """Return the corners of that stone, before they are rounded."""
    # A private generator: a stone must not depend on what was drawn before it. Not for secrets.
    chance = random.Random(seed)
    turn = chance.uniform(-0.55, 0.55)
    corners = []
    for corner in range(_CORNERS):
        angle = 2 * math.pi * corner / _CORNERS
        reach = radius * (1 + chance.uniform(-_UNEVENNESS, _UNEVENNESS))
        wide, high = reach * math.cos(angle), reach * flatness * math.sin(angle)
        corners.append(
            (x + wide * math.cos(turn) - high * math.sin(turn), y + wide * math.sin(turn) + high * math.cos(turn))
        )
    return corners


def _smooth(corners: list[tuple[float, float]]) -> str:
    """Close the corners with a Catmull-Rom curve, written as Bézier curves."""
    count = len(corners)
    steps = [f"M{corners[0][0]:.1f} {corners[0][1]:.1f}"]
    for index in range(count):
        before, start = corners[index - 1], corners[index]
        end, after = corners[(index + 1) % count], corners[(index + 2) % count]
        first = (start[0] + (end[0] - before[0]) / 6, start[1] + (end[1] - before[1]) / 6)
        second = (end[0] - (after[0] - start[0]) / 6, end[1] - (after[1] - start[1]) / 6)
        steps.append(f"C{first[0]:.1f} {first[1]:.1f} {second[0]:.1f} {second[1]:.1f} {end[0]:.1f} {end[1]:.1f}")
    return "".join(steps) + "Z"


def ring(*, filled: int = RING_STONES, here: int = 0, class_name: str = "ring") -> SafeString:
    """Draw the ring of nine: `filled` stones in ink clockwise from the top, the stone numbered `here` in cloudberry."""
    stones = []
    for number in range(1, RING_STONES + 1):
        angle = 2 * math.pi * (number - 1) / RING_STONES - math.pi / 2
        look = "stone-here" if number == here else "stone-ink" if number <= filled else "stone-faint"
        path = outline(60 + 45 * math.cos(angle), 60 + 45 * math.sin(angle), 11.2, seed=number)
        stones.append(element("path", {"class": look, "d": path}))
    return element("svg", {"class": class_name, "viewBox": "0 0 120 120", "aria-hidden": "true"}, *stones)


def stone(number: int | None = None, *, state: str = "done", seed: int | None = None) -> SafeString:
    """Draw one stone, with its number on it when it has one."""
    path = outline(20, 20, 17, seed=seed if seed is not None else (number or 0) + 40)
    drawing = element(
        "svg",
        {"class": "stone-shape", "viewBox": "0 0 40 40", "aria-hidden": "true"},
        element("path", {"d": path}),
    )
    label = element("span", {"class": "stone-number"}, number) if number is not None else None
    return element("span", {"class": f"stone {STATES[state]}"}, drawing, label)


def row(value: int, *, of: int) -> SafeString:
    """Draw progress: the stones before `value` are done, that one is here, the rest still to come."""
    stones = []
    for number in range(1, of + 1):
        state = "here" if number == value else "done" if number < value else "coming"
        path = outline(7 + 13 * (number - 1), 8, 5.6, seed=number + 60)
        stones.append(element("path", {"class": STATES[state], "d": path}))
    drawing = element(
        "svg", {"class": "progress-stones", "viewBox": f"0 0 {13 * of + 1} 16", "aria-hidden": "true"}, *stones
    )
    words = gettext("%(value)d of %(of)d") % {"value": value, "of": of}
    return element("span", {"class": "progress"}, drawing, element("span", {"class": "progress-words"}, words))


def sureness(held: int, *, of: int = 5) -> SafeString:
    """Draw one dot per redrawing, filled where it found the same."""
    dots = [
        element("circle", {"class": "dot-held" if n < held else "dot-lost", "cx": 8 + 18 * n, "cy": 8, "r": 6.5})
        for n in range(of)
    ]
    drawing = element(
        "svg", {"class": "sureness-dots", "viewBox": f"0 0 {18 * of - 2} 16", "aria-hidden": "true"}, *dots
    )
    words = ngettext("%(held)d of %(of)d redrawing found the same", "%(held)d of %(of)d redrawings found the same", of)
    spoken = element("span", {"class": "visually-hidden"}, words % {"held": held, "of": of})
    return element("span", {"class": "sureness"}, drawing, spoken)

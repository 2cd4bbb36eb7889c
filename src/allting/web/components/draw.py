"""Marks and icons."""

from __future__ import annotations

from functools import lru_cache

from django.templatetags.static import static
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from allting.web.html import element, join

GROUP_LETTERS = "ABCDEF"

# Each shape sits in a box of 24 and weighs about the same; the fourth number is the letter's baseline.
_SHAPES = {
    "a": "M12 1.5a10.5 10.5 0 1 0 0 21a10.5 10.5 0 1 0 0-21Z",
    "b": "M3.5 2h17q1.5 0 1.5 1.5v17q0 1.5-1.5 1.5h-17q-1.5 0-1.5-1.5v-17q0-1.5 1.5-1.5Z",
    "c": "M12 .8L24 22.5H0Z",
    "d": "M12 0L24 12L12 24L0 12Z",
    "e": "M6.2 1.6h11.6L23.6 12l-5.8 10.4H6.2L.4 12Z",
    "f": "M7.6 .8h8.8v6.8h6.8v8.8h-6.8v6.8H7.6v-6.8H.8V7.6h6.8Z",
}
_BASELINES = {"c": 20.2}


def icon(name: str, *, label: object = None, size: str = "") -> SafeString:
    """Draw an icon of the sprite; without a label it is decoration."""
    meaning: dict[str, object] = {"role": "img", "aria_label": label} if label else {"aria_hidden": "true"}
    use = element("use", {"href": f"{static('web/icons.svg')}#{name}"})
    return element("svg", {"class": f"icon icon-{size}" if size else "icon", **meaning}, use)


def group_letter(group: int | None) -> str:
    """Return the letter of a group, or nothing for those in between."""
    return "" if group is None else GROUP_LETTERS[group]


def group_class(group: int | None) -> str:
    """Return the class that carries a group's colour."""
    return "group-between" if group is None else f"group-{group_letter(group).lower()}"


def shape_of(group: int) -> str:
    """Return the path of a group's shape in a box of 24."""
    return _SHAPES[group_letter(group).lower()]


def group_mark(group: int | str | None, *, name: object = "", size: str = "") -> SafeString:
    """Draw a group's shape with its letter, and its name in ink beside it."""
    number = GROUP_LETTERS.index(group.upper()) if isinstance(group, str) and group else group
    number = None if number == "" else number
    drawing = mark_drawing(number if isinstance(number, int) else None, size=size)
    words = element("span", {"class": "group-name"}, name) if name else None
    return element(
        "span", {"class": f"group-mark {group_class(number if isinstance(number, int) else None)}"}, drawing, words
    )


def mark_drawing(group: int | None, *, size: str = "") -> SafeString:
    """Draw only the shape: a hollow ring for those in between."""
    look = {"class": f"mark mark-{size}" if size else "mark", "viewBox": "0 0 24 24", "aria-hidden": "true"}
    return element("svg", look, mark_shapes(group))


@lru_cache(maxsize=16)
def mark_shapes(group: int | None) -> SafeString:
    """Return what is in a mark, in a box of 24."""
    if group is None:
        return element("circle", {"class": "mark-ring", "cx": 12, "cy": 12, "r": 8.5})
    letter = group_letter(group)
    baseline = _BASELINES.get(letter.lower(), 16.6)
    shape = element("path", {"class": "mark-shape", "d": shape_of(group)})
    return join(
        shape, element("text", {"class": "mark-letter", "x": 12, "y": baseline, "text-anchor": "middle"}, letter)
    )


def group_title(group: int | None) -> str:
    """Say which group, for those who do not see the mark."""
    if group is None:
        return gettext("In between")
    return gettext("Group %(letter)s") % {"letter": group_letter(group)}

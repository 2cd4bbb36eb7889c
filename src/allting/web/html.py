"""Small pieces of HTML made in Python. Everything is escaped; only `mark_safe` results pass through."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

Attributes = Mapping[str, object]

_EMPTY_ELEMENTS = frozenset({"input", "img", "link", "path", "rect", "circle", "line", "use"})


def attributes(values: Attributes) -> SafeString:
    """Write attributes: `_` in a name becomes `-`, True is a bare attribute, False and None are left out."""
    written = []
    for name, value in values.items():
        if value is None or value is False:
            continue
        name = name.strip("_").replace("_", "-")
        written.append(format_html(" {}", name) if value is True else format_html(' {}="{}"', name, value))
    return mark_safe("".join(written))


def element(name: str, values: Attributes | None = None, *children: object) -> SafeString:
    """Write one element with its attributes and children (children that are None or False are left out)."""
    if name in _EMPTY_ELEMENTS and not children:
        # The slash matters inside SVG: without it the parser would nest what follows.
        return format_html("<{}{}/>", name, attributes(values or {}))
    return format_html("<{}{}>{}</{}>", name, attributes(values or {}), join(*children), name)


def join(*parts: Any) -> SafeString:
    """Put parts one after the other, escaped unless marked safe."""
    return format_html_join(
        "", "{}", ((conditional_escape(part),) for part in parts if part is not None and part is not False)
    )


def classes(*names: object) -> str | None:
    """Join class names, leaving out the empty ones; None when nothing is left."""
    return " ".join(str(name) for name in names if name) or None


def with_class(own: str, values: Attributes) -> dict[str, object]:
    """Add a caller's `class` to a component's own, first in the order of attributes."""
    rest = {name: value for name, value in values.items() if name != "class"}
    return {"class": classes(own, values.get("class")), **rest}

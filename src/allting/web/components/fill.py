"""Forms: fields, their errors, choices."""

from __future__ import annotations

from typing import Any

from django.forms import BaseForm, BoundField, CheckboxInput, CheckboxSelectMultiple, RadioSelect, Textarea
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext

from allting.web import numbers, stones
from allting.web.components.draw import icon as draw_icon
from allting.web.html import classes, element, join, with_class


def field(bound: BoundField, *, look: str = "rows", number: int | None = None, state: str = "coming") -> SafeString:
    """Draw a field of a Django form: label, help, control, counter, error."""
    drawing = render_to_string("web/field.html", {"field": bound, "look": look})
    if number is None:
        return drawing
    numbered = stones.stone(number, state=state)
    return element("div", {"class": "numbered"}, numbered, element("div", {"class": "numbered-body"}, drawing))


def control(bound: BoundField, *, look: str = "rows") -> SafeString:
    """Draw the control alone, with the words that belong to it.

    A text with a limit has no `maxlength`: the browser would cut a pasted text off without a word.
    The counter says how much is too much, and the form refuses kindly.
    """
    attributes: dict[str, Any] = {}
    if counter_limit(bound):
        attributes["maxlength"] = False
        attributes["aria-describedby"] = classes(bound.aria_describedby, f"{bound.auto_id}_counter")
    if isinstance(bound.field.widget, RadioSelect | CheckboxSelectMultiple):
        attributes["class"] = "chips" if look == "chips" else "choices"
    return bound.as_widget(attrs=attributes)


def counter_limit(bound: BoundField) -> int | None:
    """Return how many characters a longer text may have, None for other fields."""
    limit = getattr(bound.field, "max_length", None)
    return limit if isinstance(bound.field.widget, Textarea) else None


def counter(bound: BoundField) -> SafeString:
    """Draw “25 of 200”; a script keeps it right while writing."""
    limit = counter_limit(bound)
    if not limit:
        return join()
    written = len(str(bound.value() or ""))
    words = gettext("%(count)d of %(limit)d") % {"count": written, "limit": limit}
    return element(
        "p",
        {
            "class": "counter",
            "id": f"{bound.auto_id}_counter",
            "data_counts": bound.id_for_label,
            "data_limit": limit,
            "data_words": gettext("{count} of {limit}"),
            "data_over": gettext("{count} of {limit}, {over} too many"),
        },
        words,
    )


def is_single_choice(bound: BoundField) -> bool:
    """Say whether the field is one box to tick, whose label stands beside it."""
    return isinstance(bound.field.widget, CheckboxInput)


def error_summary(form: BaseForm, *, title: object = "", still: object = "") -> SafeString:
    """Draw what is to put right, with links to the fields; nothing when all is well."""
    count = sum(len(errors) for errors in form.errors.values())
    if not count:
        return join()
    heading = title or ngettext("One thing to put right.", "%(count)s things to put right.", count) % {
        "count": numbers.in_words(count).capitalize()
    }
    safe = still or gettext("What you wrote is still here.")
    lines = [element("li", {}, error) for error in form.non_field_errors()]
    for bound in form:
        lines += [
            element("li", {}, element("a", {"href": f"#{_first_control(bound)}"}, error)) for error in bound.errors
        ]
    body = element(
        "div",
        {"class": "notice-body"},
        element("p", {}, element("strong", {}, heading), " ", safe),
        element("ul", {"role": "list", "class": "error-links"}, *lines),
    )
    look = {"class": "notice notice-error error-summary", "role": "alert", "tabindex": "-1", "data_takes_focus": True}
    return element("div", look, draw_icon("triangle-alert"), body)


def _first_control(bound: BoundField) -> str:
    """Return the id to jump to; a group of choices has its first one."""
    return bound.id_for_label or f"{bound.auto_id}_0"


def choice(
    *,
    name: str,
    value: object,
    label: object,
    help: object = "",  # noqa: A002
    checked: bool = False,
    type: str = "checkbox",  # noqa: A002
    dashed: bool = False,
    **attributes: object,
) -> SafeString:
    """Draw one choice: the whole row is the label. Dashed: taking it needs another one to go first."""
    box = {"type": type, "name": name, "value": value, "checked": checked, **attributes, "class": "choice-box"}
    words = element(
        "span",
        {"class": "choice-words"},
        element("span", {"class": "choice-label"}, label),
        element("span", {"class": "choice-help"}, help) if help else None,
    )
    return element(
        "label", with_class(classes("choice", dashed and "choice-dashed") or "", {}), element("input", box), words
    )

"""Things one presses."""

from __future__ import annotations

from django.utils.safestring import SafeString
from django.utils.translation import gettext

from allting.web.components.draw import icon as draw_icon
from allting.web.html import classes, element, with_class

_KINDS = {"filled", "outlined", "text", "danger"}


def button(
    words: object,
    *,
    kind: str = "filled",
    icon: str = "",
    small: bool = False,
    wide: bool = False,
    busy: object = None,
    opens: str = "",
    closes: bool = False,
    **attributes: object,
) -> SafeString:
    """Draw a button; it sends its form unless it opens or closes a dialog."""
    behaviour: dict[str, object] = {"type": "button" if opens or closes else "submit"}
    if opens:
        behaviour |= {"command": "show-modal", "commandfor": opens, "data_opens": opens}
    if closes:
        behaviour |= {"data_closes": True}
    given = with_class(_button_class(kind, small=small, wide=wide), attributes)
    return element("button", {**behaviour, **given}, *_button_body(words, icon, busy))


def link_button(
    words: object,
    url: object,
    *,
    kind: str = "outlined",
    icon: str = "",
    small: bool = False,
    wide: bool = False,
    **attributes: object,
) -> SafeString:
    """Draw a link that looks like a button."""
    given = with_class(_button_class(kind, small=small, wide=wide), attributes)
    return element("a", {"href": url, **given}, *_button_body(words, icon, None))


def _button_class(kind: str, *, small: bool, wide: bool) -> str:
    if kind not in _KINDS:
        message = f"A button is one of {sorted(_KINDS)}, not {kind!r}."
        raise ValueError(message)
    return classes("button", f"button-{kind}", small and "button-small", wide and "button-wide") or ""


def _button_body(words: object, icon: str, busy: object) -> list[object]:
    drawing = draw_icon(icon) if icon else None
    label = element("span", {"class": "button-words"}, words)
    working = element("span", {"class": "button-busy", "aria-live": "off"}, busy) if busy else None
    return [drawing, label, working]


def answers(content: SafeString, *, across: bool = False, **attributes: object) -> SafeString:
    """Hold big buttons of equal weight: stacked in the thumb zone, or three columns across."""
    given = with_class(classes("answers", across and "answers-across") or "", attributes)
    return element("div", {"role": "group", **given}, content)


def answer(
    words: object,
    *,
    name: str = "answer",
    value: object = "",
    icon: str = "",
    key: str = "",
    chosen: bool = False,
    **attributes: object,
) -> SafeString:
    """Draw one big button; `key` is the letter that presses it."""
    given = with_class("answer", attributes)
    behaviour = {
        "type": "submit",
        "name": name,
        "value": value,
        "data_key": key or None,
        "aria_keyshortcuts": key.upper() or None,
        "aria_pressed": "true" if chosen else None,
    }
    return element("button", {**behaviour, **given}, draw_icon(icon) if icon else None, element("span", {}, words))


def copy_link(url: object, *, label: object = None, **attributes: object) -> SafeString:
    """Draw an address to select, with a button that copies it where scripts run."""
    label = label or gettext("Copy the link")
    field = element(
        "input",
        {"class": "input", "type": "text", "readonly": True, "value": url, "aria_label": gettext("Address to pass on")},
    )
    press = element(
        "button",
        {
            "class": "button button-outlined",
            "type": "button",
            "data_copy": url,
            "data_copied": gettext("Copied"),
            "hidden": True,
        },
        draw_icon("copy"),
        element("span", {"class": "button-words"}, label),
    )
    return element("div", with_class("copy-link", attributes), field, press)


def dialog(content: SafeString, name: str, *, title: object, **attributes: object) -> SafeString:
    """Draw a dialog whose title is the question; a button that `opens` it shows it."""
    heading = element("h2", {"class": "dialog-title", "id": f"{name}-title"}, title)
    given = with_class("dialog", attributes)
    return element(
        "dialog",
        {"id": name, "aria_labelledby": f"{name}-title", "closedby": "any", **given},
        heading,
        element("div", {"class": "dialog-body"}, content),
    )

"""Things one reads."""

from __future__ import annotations

from django.utils.safestring import SafeString
from django.utils.translation import gettext

from allting.web import numbers, stones
from allting.web.components.draw import icon as draw_icon
from allting.web.html import classes, element, join, with_class

_NOTICE_ICONS = {"info": "info", "turn": "map-pin", "error": "triangle-alert", "done": "circle-check"}
_TAG_KINDS = {"plain", "good", "here", "late"}


def notice(
    content: SafeString, title: object = "", *, kind: str = "info", icon: str | None = None, **attributes: object
) -> SafeString:
    """Draw a notice; errors interrupt, the others wait until the reader comes by.

    icon   that of its kind when not given; "" for none, where the words begin with a drawing of their own
    """
    bold = element("strong", {}, title) if title else None
    body = element("div", {"class": "notice-body"}, bold, " " if title else None, content)
    role = "alert" if kind == "error" else None
    name = _NOTICE_ICONS[kind] if icon is None else icon
    drawing = draw_icon(name) if name else None
    given = with_class(f"notice notice-{kind}", attributes)
    return element("div", {"role": role, **given}, drawing, body)


def tag(words: object, *, kind: str = "plain", icon: str = "", **attributes: object) -> SafeString:
    """Draw a small round tag."""
    if kind not in _TAG_KINDS:
        message = f"A tag is one of {sorted(_TAG_KINDS)}, not {kind!r}."
        raise ValueError(message)
    drawing = draw_icon(icon or "clock") if icon or kind == "late" else None
    return element("span", with_class(f"tag tag-{kind}", attributes), drawing, words)


def live(words: object) -> SafeString:
    """Send a polite message to the live region of the page, from inside an htmx part."""
    return element("div", {"id": "live", "hx-swap-oob": "innerHTML"}, words)


def card(content: SafeString, *, tone: str = "raised", element_name: str = "div", **attributes: object) -> SafeString:
    """Draw a card, for something one answers."""
    return element(element_name, with_class(f"card card-{tone}", attributes), content)


def item(
    content: SafeString,
    title: object,
    *,
    url: object = "",
    kicker: object = "",
    level: int = 3,
    **attributes: object,
) -> SafeString:
    """Draw an item: a thin line, words, evidence, a meta line."""
    words = element("a", {"href": url}, title) if url else title
    above = element("p", {"class": "kicker"}, kicker) if kicker else None
    heading = element(f"h{level}", {"class": "item-title"}, words)
    return element("article", with_class("item", attributes), above, heading, content)


def empty(
    content: SafeString,
    title: object,
    *,
    filled: int = 0,
    here: bool = False,
    level: int = 2,
    large: bool = False,
    **attributes: object,
) -> SafeString:
    """Draw an empty place: the ring, one sentence, one button."""
    ring = stones.ring(filled=filled, here=1 if here else 0, class_name="ring ring-large")
    heading = element(f"h{level}", {"class": "empty-title"}, title)
    look = classes("empty", large and "empty-page") or ""
    return element("div", with_class(look, attributes), ring, heading, element("div", {"class": "empty-body"}, content))


def person(name: str, *, role: object = "", owes: object = "", photo: str = "", **attributes: object) -> SafeString:
    """Draw a person: face or initials, name, role, and what they owe and when."""
    if photo:
        face = element("img", {"class": "person-face", "src": photo, "alt": "", "width": 48, "height": 48})
    else:
        face = element("span", {"class": "person-face", "aria-hidden": "true"}, initials(name))
    words = " · ".join(str(part) for part in (role, owes) if part)
    lines = element(
        "span",
        {"class": "person-words"},
        element("strong", {"class": "person-name"}, name),
        element("span", {"class": "person-role"}, words) if words else None,
    )
    return element("div", with_class("person", attributes), face, lines)


def initials(name: str) -> str:
    """Return the first letters of the first and the last name."""
    names = [part for part in name.split() if part[0].isalpha()]
    return "".join(part[0] for part in [*names[:1], *names[1:][-1:]]).upper()


def facts(content: SafeString, **attributes: object) -> SafeString:
    """Hold lines that begin with an icon."""
    return element("ul", {"role": "list", **with_class("facts", attributes)}, content)


def fact(content: SafeString, icon: str) -> SafeString:
    """Draw one line with its icon."""
    return element("li", {"class": "fact"}, draw_icon(icon), element("span", {}, content))


def stat(figure: object, words: object, *, url: object = "", **attributes: object) -> SafeString:
    """Draw a figure over its words; the whole is a link when it leads somewhere."""
    written = numbers.number(figure) if isinstance(figure, int | float) else figure
    inside = join(
        element("span", {"class": "stat-figure"}, written), " ", element("span", {"class": "stat-words"}, words)
    )
    given = with_class("stat", attributes)
    return element("a", {"href": url, **given}, inside) if url else element("p", given, inside)


def more(content: SafeString, words: object, *, open: bool = False, **attributes: object) -> SafeString:  # noqa: A002
    """Draw words that open in place."""
    summary = element("summary", {"class": "more-words"}, draw_icon("chevron-right"), words)
    given = with_class("more", attributes)
    return element("details", {"open": open, **given}, summary, element("div", {"class": "more-body"}, content))


def page_links(page: object) -> SafeString:
    """Draw the way through a long list; nothing when it fits one page."""
    if getattr(page, "page_count", 1) < 2:
        return join()
    previous, following = getattr(page, "previous_url", ""), getattr(page, "next_url", "")
    words = gettext("Page %(number)s of %(count)s") % {
        "number": numbers.number(getattr(page, "number", 1)),
        "count": numbers.number(getattr(page, "page_count", 1)),
    }
    earlier = element(
        "a", {"class": "button button-outlined button-small", "href": previous, "rel": "prev"}, gettext("Earlier")
    )
    later = element(
        "a", {"class": "button button-outlined button-small", "href": following, "rel": "next"}, gettext("More")
    )
    return element(
        "nav",
        {"class": "page-links", "aria_label": gettext("Pages")},
        earlier if previous else None,
        element("span", {"class": "quiet"}, words),
        later if following else None,
    )

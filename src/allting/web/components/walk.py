"""Ways through a page and through time."""

from __future__ import annotations

from django.utils.safestring import SafeString
from django.utils.translation import gettext, pgettext

from allting.web import numbers, stones
from allting.web.components.draw import icon as draw_icon
from allting.web.html import classes, element, with_class


def tabs(content: SafeString, *, label: object, **attributes: object) -> SafeString:
    """Hold tabs; they are links, and scroll sideways on a phone."""
    return element("nav", {"aria_label": label, **with_class("tabs", attributes)}, content)


def tab(
    words: object, url: object, *, icon: str = "", current: bool = False, count: int | None = None, **attributes: object
) -> SafeString:
    """Draw one tab."""
    drawing = draw_icon(icon) if icon else None
    figure = element("span", {"class": "tab-count"}, numbers.number(count)) if count is not None else None
    given = with_class("tab", attributes)
    return element("a", {"href": url, "aria_current": "page" if current else None, **given}, drawing, words, figure)


def stepper(content: SafeString, *, label: object, **attributes: object) -> SafeString:
    """Hold steps: across from 900 px, down below."""
    return element("ol", {"role": "list", "aria_label": label, **with_class("stepper", attributes)}, content)


def step(
    content: SafeString, number: int, title: object, *, state: str = "coming", when: object = "", **attributes: object
) -> SafeString:
    """Draw one step; its words say the state too."""
    said = {"done": pgettext("a step", "done"), "here": gettext("here now"), "coming": gettext("still to come")}[state]
    spoken = element("span", {"class": "visually-hidden"}, f" ({said})")
    heading = element("h3", {"class": "step-title"}, title, spoken)
    moment = None
    if when:
        moment = element("p", {"class": "tag tag-here" if state == "here" else "step-when"}, when)
    body = element("div", {"class": "step-body"}, heading, moment, element("div", {"class": "step-words"}, content))
    given = with_class(f"step step-{state}", attributes)
    now = "step" if state == "here" else None
    return element("li", {"aria_current": now, **given}, stones.stone(number, state=state), body)


def job(
    content: SafeString, done: int, *, of: int | None = None, label: object = "", **attributes: object
) -> SafeString:
    """Draw work in progress: a bar, a count, and what happens meanwhile (the body)."""
    bar = element(
        "progress", {"class": "job-bar", "value": done if of else None, "max": of or None, "aria_label": label}
    )
    if of:
        count = gettext("%(done)s of %(of)s") % {"done": numbers.number(done), "of": numbers.number(of)}
    else:
        count = numbers.number(done) if done else ""
    head = element(
        "p", {"class": "job-head"}, element("strong", {}, label), " ", element("span", {"class": "job-count"}, count)
    )
    return element("div", with_class("job", attributes), head, bar, element("div", {"class": "job-body"}, content))


def tree(content: SafeString, **attributes: object) -> SafeString:
    """Hold what rests on what: a vertical line of stones."""
    return element("ol", {"role": "list", **with_class("tree", attributes)}, content)


def branch(
    content: SafeString,
    relation: object = "",
    *,
    title: object = "",
    url: object = "",
    state: str = "done",
    level: int = 3,
    **attributes: object,
) -> SafeString:
    """Draw one stone of the tree with its relation in words."""
    words = element("a", {"href": url}, title) if url else title
    body = element(
        "div",
        {"class": "branch-body"},
        element("p", {"class": "branch-relation"}, relation) if relation else None,
        element(f"h{level}", {"class": "branch-title"}, words) if title else None,
        content,
    )
    look = classes("branch", f"branch-{state}") or ""
    seed = sum(map(ord, str(title))) % 97
    return element("li", with_class(look, attributes), stones.stone(state=state, seed=seed), body)


def refresh(content: SafeString, url: object, *, every: int = 5, **attributes: object) -> SafeString:
    """Ask again by itself; the answer replaces this element, and ends the asking when it no longer contains it."""
    asking = {"hx_get": url, "hx_trigger": f"every {every}s", "hx_swap": "outerHTML", "hx_target": "this"}
    return element("div", {**asking, **with_class("refresh", attributes)}, content)

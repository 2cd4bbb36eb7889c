"""Every page that somebody may open: no barrier, nothing too wide or too small, and all of it in their language.

Which pages there are, and for whom, the permission table says.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from html.parser import HTMLParser
from typing import Any

import pytest
from django.apps import apps
from django.core.cache import cache
from django.db.models import CharField, TextField
from django.urls import reverse
from playwright.sync_api import Browser, Page

from allting.answers.models import Answer
from allting.opinions import exchange
from allting.opinions.models import Comparing
from allting.processes.models import DecisionRight, Process
from allting.record.models import Item
from tests.architecture import world as worlds
from tests.architecture.table import TABLE
from tests.architecture.world import WHO, World
from tests.browsing import complaints_about

SMALLEST = {"width": 320, "height": 640}
# English words that Swedish does not have, nor names, addresses and the words of the world's own people.
ENGLISH = frozenset(
    {"the", "and", "you", "your", "with", "this", "what", "when", "have", "been", "nobody", "sign", "save"}
)
# A page shows others of the table nothing that it does not show one of these.
READERS = ("stranger", "voter", "deputy", "keeper")


@dataclass(frozen=True)
class Opened:
    """A page as somebody got it."""

    url: str
    who: str
    html: str


@pytest.fixture
def world(transactional_db: None, now: datetime) -> World:
    return worlds.build(now=now)


@pytest.mark.django_db(transaction=True)
def test_no_page_has_a_barrier_or_is_wider_than_a_small_phone(
    live_server: Any, browser: Browser, browser_context_args: dict[str, Any], world: World
) -> None:
    found: dict[str, object] = {}

    for who, pages in _by_reader(_unlike_pages(world)).items():
        # axe brings its own script, which our policy for contents would refuse; and what still fades in is pale.
        context = browser.new_context(**browser_context_args, bypass_csp=True, reduced_motion="reduce")
        context.add_cookies(
            [
                {"name": name, "value": morsel.value, "url": live_server.url}
                for name, morsel in world.cookies[who].items()
            ]
        )
        tab = context.new_page()
        for opened in pages:
            if complaints := _complaints_about(tab, live_server.url + opened.url):
                found[f"{opened.url} as {who}"] = complaints
        context.close()

    assert _listed(found) == ""


@pytest.mark.django_db
def test_no_page_has_english_left_in_swedish(now: datetime, db: None) -> None:
    world = worlds.build(now=now)
    said_by_people = _words_of_people()
    found = {}

    for opened in _pages(world, language="sv"):
        text = _text_of(opened.html)
        for words in said_by_people:
            text = text.replace(words, " ")
        if left := ENGLISH & set(re.findall(r"[a-zåäö]+", text.lower())):
            found[f"{opened.url} as {opened.who}"] = (left, [line for line in text.split("\n") if _is_english(line)])

    assert _listed(found) == ""


def _listed(found: Mapping[str, object]) -> str:
    return "\n".join(f"{page}: {complaints}" for page, complaints in found.items())


def _complaints_about(tab: Page, url: str) -> list[object]:
    tab.goto(url)
    complaints: list[object] = list(complaints_about(tab).items())
    size = tab.viewport_size
    tab.set_viewport_size(SMALLEST)
    if tab.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
        complaints.append("wider than 320 pixels")
    if size:
        tab.set_viewport_size(size)
    return complaints


def _pages(world: World, *, language: str = "en") -> Iterator[Opened]:
    """Yield each page of the table that answers somebody with HTML, refusals included."""
    for row in TABLE:
        for state in {"any", "draft", "running", "closed"} & set(row.answers) if row.method == "GET" else ():
            url = reverse(row.name, args=[world.thing(name, state=state) for name in row.about])
            url += row.query.format(process=world.thing("process", state=state))
            for who, letter in zip(WHO, row.answers[state], strict=True):
                if letter not in "ofn" or who not in READERS:
                    continue
                cache.clear()
                client = world.client_of(who)
                client.cookies["language"] = language
                # A page in a frame of another site has no cookie, and goes by what the browser asks for.
                answer = client.get(url, headers={"accept-language": language})
                if answer["Content-Type"].startswith("text/html"):
                    yield Opened(url, who, answer.content.decode())


def _unlike_pages(world: World) -> Iterator[Opened]:
    """Leave out what is built like a page before, with other words: opened by a browser, it says nothing new."""
    seen = set()
    for opened in _pages(world):
        shape = hashlib.sha256(" ".join(_Shape.of(opened.html)).encode()).digest()
        if shape not in seen:
            seen.add(shape)
            yield opened


def _by_reader(pages: Iterator[Opened]) -> dict[str, list[Opened]]:
    sorted_pages: dict[str, list[Opened]] = {}
    for opened in pages:
        sorted_pages.setdefault(opened.who, []).append(opened)
    return sorted_pages


class _Shape(HTMLParser):
    """The elements in the middle of a page, with their classes; those of a list count once."""

    def __init__(self) -> None:
        super().__init__()
        self.elements: list[str] = []
        self.is_in_the_middle = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.is_in_the_middle |= tag == "main"
        element = f"{tag}.{dict(attrs).get('class') or ''}"
        if self.is_in_the_middle and element not in self.elements[-12:]:
            self.elements.append(element)

    def handle_endtag(self, tag: str) -> None:
        self.is_in_the_middle &= tag != "main"

    @classmethod
    def of(cls, html: str) -> list[str]:
        shape = cls()
        shape.feed(html)
        return shape.elements


class _Text(HTMLParser):
    """What is read of a page: text and the labels that screen readers say."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self.silent = 0
        self.foreign: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        # A mail shown in another language says so, and is read in that one.
        if tag in self.foreign or (("lang", "en") in attrs and tag != "html"):
            self.foreign.append(tag)
        self.silent += tag in {"script", "style"}
        self.said += [words for name, words in attrs if name in {"aria-label", "alt", "placeholder", "title"} and words]

    def handle_endtag(self, tag: str) -> None:
        self.silent -= tag in {"script", "style"}
        if self.foreign and self.foreign[-1] == tag:
            self.foreign.pop()

    def handle_data(self, data: str) -> None:
        if not self.silent and not self.foreign:
            self.said.append(" ".join(data.split()))


def _text_of(html: str) -> str:
    text = _Text()
    text.feed(html)
    return "\n".join(text.said)


def _words_of_people() -> list[str]:
    """Return what people wrote in the world, which stays in their language; the longest first."""
    written = {*Item.objects.values_list("title", flat=True), *DecisionRight.objects.values_list("what", flat=True)}
    written |= set(Comparing.objects.values_list("question", flat=True))
    for answer in Answer.objects.all():
        written |= {answer.headline, answer.reason, answer.what_next}
    for process in Process.objects.all():
        written |= {process.audience, process.up_for_decision, process.not_up_for_decision}
    for model in apps.get_app_config("strategy").get_models():
        for field in model._meta.fields:
            if isinstance(field, CharField | TextField):
                written |= {
                    words for words in model._default_manager.values_list(field.name, flat=True) if " " in words
                }
    written |= {"It names a neighbour.", "One room, one finger.", exchange.ATTRIBUTION}
    # Quoted inside a sentence it has no full stop, and a title of a page holds its beginning.
    written |= {words.rstrip(".") for words in written} | {words[:58] for words in written}
    return sorted((words for words in written if words), key=len, reverse=True)


def _is_english(line: str) -> bool:
    return bool(ENGLISH & set(re.findall(r"[a-zåäö]+", line.lower())))

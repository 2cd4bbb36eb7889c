"""From a public promise down to the statement that somebody wrote and the votes it got, and back up again.

The world is the living example's own, told by its own code of a small part of the city.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, Locator, Page, expect

from allting.choice.models import Option
from allting.demo import past, story
from allting.opinions.models import Statement
from allting.strategy.models import Promise
from tests.browsing import look
from tests.journeys.conftest import SCREENS
from tests.make import demo as make_demo

pytestmark = pytest.mark.django_db(transaction=True)

type Press = Callable[[Locator], None]


def click(target: Locator) -> None:
    target.click()


def press_enter(target: Locator) -> None:
    """Reach it by keyboard and press it: a link that takes no focus fails here."""
    target.focus()
    expect(target).to_be_focused()
    target.press("Enter")


def test_a_visitor_walks_from_a_promise_to_the_votes_and_back(
    live_server: Any, browser: Browser, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    make_demo.tell_of_a_small_city(monkeypatch, tmp_path / "export")
    story.tell(progress=lambda words, share: None)

    for name, screen in SCREENS.items():
        context = browser.new_context(**screen, bypass_csp=True, locale="en-GB")
        _walk(context.new_page(), live_server.url, press=click, name=name)
        _walk(context.new_page(), live_server.url, press=press_enter)
        context.close()
    context = browser.new_context(**SCREENS["phone in the light"], locale="sv-SE")
    _read_in_swedish(context.new_page(), live_server.url)
    context.close()


def _walk(page: Page, url: str, *, press: Press, name: str = "") -> None:
    """Walk down and up; with a name, each page on the way is looked at."""
    promise, statement = _of_the_story()

    def see(what: str) -> None:
        expect(page.get_by_text("are invented").first).to_be_visible()
        if name:
            look(page, f"chain {name} {what}")

    page.goto(url + reverse("strategy:promises", args=[promise.process_id]))
    expect(page.get_by_role("heading", level=1)).to_contain_text("you can hold us to")
    see("1 promises")

    press(page.get_by_role("main").get_by_role("link", name=promise.wording))
    expect(page.get_by_role("heading", level=1, name=promise.wording)).to_be_visible()
    see("2 promise")

    # The proposal above it bears the same words: it is the residents' own.
    press(page.locator("#why").get_by_role("link", name="Statement, word for word").first)
    expect(page.get_by_role("heading", level=1, name=statement.text)).to_be_visible()
    votes = page.get_by_role("region", name="How people answered").get_by_role("img", name="agree")
    expect(votes.first).to_be_visible()
    assert votes.count() >= 2, "Each group has its own bar."
    see("3 statement with its votes")

    press(page.get_by_role("link", name="What came of it"))
    expect(page.get_by_role("heading", level=1, name="This is what came of it")).to_be_visible()
    see("4 what came of it")

    press(page.get_by_role("main").get_by_role("link", name=promise.wording))
    expect(page.get_by_role("heading", level=1, name=promise.wording)).to_be_visible()


def _read_in_swedish(page: Page, url: str) -> None:
    promise, _statement = _of_the_story()

    page.goto(url + reverse("strategy:promises", args=[promise.process_id]))
    expect(page.get_by_role("heading", level=1)).to_contain_text("löften du kan hålla oss till")
    page.get_by_role("main").get_by_role("link", name=promise.wording).click()
    expect(page.get_by_role("link", name="Därför lovade vi det här")).to_be_visible()
    page.locator("#why").get_by_role("link", name="Påstående, ordagrant").first.click()
    expect(page.get_by_role("heading", level=2, name="Så svarade folk")).to_be_visible()
    page.get_by_role("link", name="Vad det blev av det").click()
    expect(page.get_by_role("link", name=promise.wording)).to_be_visible()


def _of_the_story() -> tuple[Promise, Statement]:
    """Return the first promise that goes back to words that stand whole on the ballot, and those words."""
    process = past.find()
    for promise in Promise.objects.filter(process=process).select_related("item", "priority").order_by("number"):
        source = Statement.objects.get(item__in=Option.objects.filter(item=promise.priority.source).values("source"))
        if len(source.text) < 120:
            return promise, source
    raise AssertionError("No promise goes back to a short statement.")

"""Comparing two at a time in a real browser: on a phone by keyboard alone, and how the pages look."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from allting.opinions.actions import Said
from allting.opinions.models import Comparing, Comparison
from tests.browsing import look
from tests.make.comparing import prepare, say, turn_on
from tests.make.maps import make_map, make_voted_conversation
from tests.make.people import sign_in
from tests.make.processes import make_facilitator

pytestmark = pytest.mark.django_db(transaction=True)

SCREENS: dict[str, dict[str, Any]] = {
    "phone": {"viewport": {"width": 390, "height": 844}, "color_scheme": "light"},
    "desk in the dark": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "dark"},
}


@pytest.fixture
def comparing() -> Comparing:
    """Two groups of the map that compared, and an order."""
    now = timezone.now() - timedelta(minutes=5)
    conversation = make_voted_conversation(people=40, camps=2, now=now)
    make_map(conversation, now=now)
    comparing = turn_on(conversation, now=now)
    for place in conversation.places.select_related("actor").order_by("pk"):
        for other in (4, 5, 7):
            winner, loser = (3, other) if place.group == 0 else (other, 3)
            say(comparing, winner, loser, actor=place.actor, now=now)
        for better, worse in ((0, 1), (1, 2), (0, 6), (2, 8)):
            say(comparing, better, worse, Said.LEFT, actor=place.actor, now=now)
    prepare(comparing, now=now)
    return comparing


def url_of(live_server: Any, name: str, comparing: Comparing) -> str:
    return f"{live_server.url}{reverse(f'opinions:{name}', args=[comparing.pk])}"


def press(page: Page, key: str) -> None:
    """Press a key on the page of a pair and wait for the next one: what comes before it is there is dropped."""
    pair = page.locator("#pair input[name=pair]")
    before = pair.input_value()
    page.keyboard.press(key)
    expect(pair).not_to_have_value(before)


def test_somebody_compares_on_a_phone_by_keyboard_alone_and_sees_the_order(
    live_server: Any, browser: Browser, comparing: Comparing
) -> None:
    before = Comparison.objects.count()
    context = browser.new_context(**SCREENS["phone"], bypass_csp=True, reduced_motion="reduce")
    page = context.new_page()
    page.goto(url_of(live_server, "pairs", comparing))
    sides = page.locator(".pair-side")
    for side in (sides.first, sides.last):
        box = side.bounding_box()
        assert box
        assert box["y"] + box["height"] <= 844, "both must be seen without scrolling"

    press(page, "ArrowLeft")
    expect(page.locator(".pair-chosen")).to_contain_text("You chose")
    press(page, "ArrowRight")
    press(page, "Space")
    expect(page.locator(".pair-chosen")).to_contain_text("Undecided is an answer, too.")
    press(page, "u")
    expect(page.locator(".pair-chosen")).to_contain_text("Taken back. Here it is again.")
    expect(page.locator("#pair-question")).to_be_focused()
    look(page, "phone pairs undone")
    sides.first.focus()
    press(page, "Space")  # presses what has the focus
    expect(page.locator(".pair-chosen")).to_contain_text("You chose")
    look(page, "phone pairs chosen")
    page.get_by_role("link", name="Stop here").press("Enter")
    expect(page.get_by_role("heading", name="Thank you. You compared 3 pairs.")).to_be_visible()
    look(page, "phone compared")

    assert Comparison.objects.count() == before + 3
    context.close()


@pytest.mark.parametrize("screen", SCREENS)
def test_pairs_order_and_settings_look_right(
    live_server: Any, browser: Browser, comparing: Comparing, screen: str
) -> None:
    assert comparing.conversation.item.within
    facilitator = make_facilitator(within=comparing.conversation.item.within, now=timezone.now())
    client = sign_in(Client(), facilitator)
    context = browser.new_context(**SCREENS[screen], bypass_csp=True)
    context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}])
    page = context.new_page()

    for name in ("pairs", "order", "comparing"):
        page.goto(url_of(live_server, name, comparing))
        look(page, f"{screen} {name}")

    context.close()

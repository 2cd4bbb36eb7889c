"""Whoever finds fifteen too many takes them two at a time: with a thumb, with the arrow keys, and without script."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Page, expect

from allting.choice import actions
from allting.choice.models import Ballot, Round
from allting.people.models import Person
from tests.browsing import look
from tests.make import choice as make
from tests.make.people import make_person, sign_in

pytestmark = pytest.mark.django_db(transaction=True)

SCREENS = {
    "phone": {"viewport": {"width": 390, "height": 844}, "color_scheme": "light"},
    "phone in the dark": {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark"},
    "desk": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "light"},
    "desk in the dark": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "dark"},
    "small phone": {"viewport": {"width": 320, "height": 700}, "color_scheme": "light"},
}
QUESTION = "Which of the two would you rather see go on?"


def a_hand(*, shown: int = 15) -> tuple[Round, Person]:
    now = timezone.now()
    shortlist = make.shorten(make.make_round(options=24, state="preparing", now=now), shown_each=shown, now=now)
    person = make_person()
    actions.deal_hand(round_=shortlist, actor=person.actor, now=now)
    return shortlist, person


def open_as(browser: Browser, person: Person, url: str, **options: Any) -> tuple[BrowserContext, Page]:
    context = browser.new_context(bypass_csp=True, **options)
    name = settings.SESSION_COOKIE_NAME
    context.add_cookies([{"name": name, "value": sign_in(Client(), person).cookies[name].value, "url": url}])
    return context, context.new_page()


@pytest.mark.parametrize("screen", SCREENS)
def test_a_hand_is_compared_looked_over_and_cast(live_server: Any, browser: Browser, screen: str) -> None:
    shortlist, person = a_hand()
    _context, page = open_as(browser, person, live_server.url, **SCREENS[screen])

    page.goto(live_server.url + reverse("choice:ballot", args=[shortlist.pk]))
    look(page, f"{screen} 1 list")
    page.get_by_role("button", name="Take them two at a time").click()
    expect(page.get_by_role("heading", name=QUESTION)).to_be_visible()
    look(page, f"{screen} 2 first pair")
    page.locator(".pair-right").click()
    expect(page.get_by_text("You chose “")).to_be_visible()
    page.get_by_role("button", name="Neither of them").click()
    expect(page.get_by_text("Both are left out.")).to_be_visible()
    look(page, f"{screen} 3 third pair")
    for _ in range(16):
        page.locator(".pair-left").click()
    expect(page.get_by_role("heading", name="Your order, from 18 comparisons")).to_be_visible()
    expect(page.get_by_role("checkbox", checked=True)).to_have_count(5)
    look(page, f"{screen} 4 order")
    page.get_by_role("button", name="Review").click()
    expect(page.get_by_role("heading", name="Your ballot: 5 of up to 15")).to_be_visible()
    page.get_by_role("button", name="Cast my ballot").click()
    expect(page.get_by_role("heading", name="Your ballot is in.")).to_be_visible()
    assert len(Ballot.objects.get().approvals) == 5


def test_arrow_keys_choose_and_going_back_takes_it_back(live_server: Any, browser: Browser) -> None:
    shortlist, person = a_hand()
    _context, page = open_as(browser, person, live_server.url, **SCREENS["desk"])
    page.goto(live_server.url + reverse("choice:ballot", args=[shortlist.pk]))
    page.get_by_role("button", name="Take them two at a time").click()
    left, right = page.locator(".pair-left").inner_text(), page.locator(".pair-right").inner_text()

    page.keyboard.press("ArrowRight")
    expect(page.get_by_text(f"You chose “{right}”.")).to_be_visible()
    page.keyboard.press("u")
    expect(page.get_by_text("Taken back. Here it is again.")).to_be_visible()
    expect(page.locator(".pair-left")).to_have_text(left)
    page.keyboard.press(" ")
    expect(page.get_by_text("Undecided is an answer, too.")).to_be_visible()
    page.keyboard.press("n")
    expect(page.get_by_text("Both are left out.")).to_be_visible()


def test_without_script_all_of_it_works(live_server: Any, browser: Browser) -> None:
    shortlist, person = a_hand(shown=6)
    _context, page = open_as(browser, person, live_server.url, java_script_enabled=False)
    page.goto(live_server.url + reverse("choice:ballot", args=[shortlist.pk]))
    kept = page.locator(".ballot-option").nth(5).inner_text().splitlines()[0]
    page.get_by_role("checkbox", name=kept).check()
    page.get_by_role("button", name="Take them two at a time").click()

    page.locator(".pair-left").click()
    page.locator(".pair-right").click()
    page.get_by_role("button", name="Undo last").click()
    page.get_by_role("button", name="Stop here").click()

    expect(page.get_by_role("heading", name="Your order, from one comparison")).to_be_visible()
    expect(page.get_by_role("checkbox", name=kept)).to_be_checked()
    page.get_by_role("button", name="Back to the list").click()
    expect(page.get_by_role("checkbox", name=kept)).to_be_checked()

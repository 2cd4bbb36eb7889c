"""A lead confirms and promises on a phone; a visitor walks from the promise down to what was said, and back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Page, expect

from allting.people.models import Person
from allting.strategy import actions
from tests.browsing import look
from tests.make import maps, opinions, processes
from tests.make import strategy as make
from tests.make.people import sign_in

pytestmark = pytest.mark.django_db(transaction=True)

SCREENS = {
    "phone": {"viewport": {"width": 390, "height": 844}, "color_scheme": "light"},
    "desk in the dark": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "dark"},
}


def let_in(context: BrowserContext, person: Person, url: str) -> None:
    """Give a browser the session of somebody who has signed in."""
    name = settings.SESSION_COOKIE_NAME
    context.add_cookies([{"name": name, "value": sign_in(Client(), person).cookies[name].value, "url": url}])


def press(page: Page, words: str, *, role: Any = "link") -> None:
    """Reach a link or button by keyboard and press it."""
    page.get_by_role(role, name=words, exact=True).focus()
    page.keyboard.press("Enter")


@pytest.mark.parametrize("screen", SCREENS)
def test_a_lead_promises_and_a_visitor_finds_what_it_rests_on(live_server: Any, browser: Browser, screen: str) -> None:
    now = timezone.now()
    process = processes.make_process(state="closed", now=now)
    conversation = opinions.conversation_in(process, statements=0, now=now)
    maps.add_votes(conversation, maps.make_export(people=60, seed=1), now=now)
    maps.make_map(conversation, now=now)
    statement = opinions.statements_of(conversation)[0]
    (priority,) = actions.draft_priorities(process=process, options=[statement.item], by=process.item.author, now=now)
    lead = make.make_lead(process, now=now)
    actions.name_owner(priority=priority, owner=lead, by=process.item.author, now=now)
    context = browser.new_context(**SCREENS[screen], bypass_csp=True)
    let_in(context, lead, live_server.url)
    page = context.new_page()

    page.goto(live_server.url + reverse("strategy:priorities", args=[process.pk]))
    expect(page.get_by_text("One priority waits for you to confirm it.")).to_be_visible()
    look(page, f"{screen} 1 priorities")
    press(page, statement.text)
    press(page, "Look through and confirm")
    page.get_by_label("How people will see that it succeeded").fill("Nobody waits at more than one red light.")
    press(page, "Confirm in public", role="button")
    expect(page.get_by_role("link", name="Write what is not done, so that nobody waits for it.")).to_be_visible()
    expect(page.get_by_label("How people will see that it succeeded")).to_have_value(
        "Nobody waits at more than one red light."
    )
    look(page, f"{screen} 2 something is missing")
    page.get_by_label("What is not done").fill("No new lanes.")
    press(page, "Confirm in public", role="button")
    expect(page.get_by_text("Confirmed. It is public, with your name.")).to_be_visible()
    look(page, f"{screen} 3 priority")

    press(page, "Promise something")
    page.get_by_label("The promise, in one sentence").fill("Nine of ten drives meet at most one red light.")
    page.get_by_label("From when on it is kept").fill("nine of ten drives")
    page.get_by_label("By when").fill((now + timedelta(days=500)).date().isoformat())
    page.get_by_label("To whom").fill("Everyone who drives there.")
    look(page, f"{screen} 4 promising")
    press(page, "Save the draft", role="button")
    press(page, "Look through and publish")
    press(page, "Publish with my name", role="button")
    expect(page.get_by_text("It is a promise now")).to_be_visible()
    promise = page.url
    context.close()

    visitor = browser.new_context(**SCREENS[screen], bypass_csp=True)
    page = visitor.new_page()
    page.goto(promise)
    expect(page.get_by_role("heading", level=1)).to_have_text("Nine of ten drives meet at most one red light.")
    look(page, f"{screen} 5 promise")
    page.locator("#why").get_by_role("link", name="Statement, word for word").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text(statement.text)
    expect(page.get_by_text("Group A").first).to_be_visible()
    look(page, f"{screen} 6 statement")
    page.goto(live_server.url + reverse("record:what_came_of_it", args=[statement.pk]))
    press(page, "Nine of ten drives meet at most one red light.")
    expect(page).to_have_url(promise)
    page.goto(live_server.url + reverse("strategy:promises", args=[process.pk]))
    look(page, f"{screen} 7 promises")
    visitor.close()

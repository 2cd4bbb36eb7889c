"""The pages that are read, in a real browser: on a phone, on a desk, in the dark and on paper."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from allting.opinions import actions
from allting.opinions.models import Conversation, Statement
from allting.record import actions as record
from tests.browsing import look
from tests.make.maps import add_votes, make_export, make_map, make_voted_conversation
from tests.make.opinions import make_statement, statements_of
from tests.make.people import sign_in
from tests.make.processes import make_facilitator

pytestmark = pytest.mark.django_db(transaction=True)

SCREENS: dict[str, dict[str, Any]] = {
    "phone": {"viewport": {"width": 390, "height": 844}, "color_scheme": "light"},
    "desk in the dark": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "dark"},
    "desk": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "light"},
}


@pytest.fixture
def conversation() -> Conversation:
    """Two maps a day apart, with names for the groups."""
    now = timezone.now()
    conversation = make_voted_conversation(people=90, camps=3, now=now - timedelta(days=1))
    make_map(conversation, now=now - timedelta(days=1))
    add_votes(conversation, make_export(people=180, camps=3, seed=2), now=now - timedelta(hours=2))
    make_map(conversation, now=now)
    by = record.system_actor()
    actions.name_groups(conversation=conversation, names={"A": "Walk and care"}, by=by, now=now)
    return conversation


@pytest.mark.parametrize("screen", SCREENS)
def test_what_can_be_read_can_be_read_everywhere(
    live_server: Any, browser: Browser, conversation: Conversation, screen: str
) -> None:
    context = browser.new_context(**SCREENS[screen], bypass_csp=True)
    page = context.new_page()

    statement = statements_of(conversation)[3].pk
    for name, query in [
        ("report", ""),
        ("over_time", ""),
        ("map_page", ""),
        ("map_page", f"?statement={statement}"),
        ("map_page", "?group=a"),
        ("map_page", "?wall=on"),
    ]:
        page.goto(f"{live_server.url}{reverse(f'opinions:{name}', args=[conversation.pk])}{query}")
        look(page, f"{screen} {name} {query.partition('=')[0].lstrip('?')}")

    context.close()


@pytest.mark.parametrize("screen", ["phone", "desk in the dark"])
def test_those_who_look_after_it_see_where_answers_are_missing(
    live_server: Any, browser: Browser, conversation: Conversation, screen: str
) -> None:
    twin = make_statement(conversation, text="More buses in the evenings.", now=timezone.now())
    assert conversation.item.within
    client = sign_in(Client(), make_facilitator(within=conversation.item.within, now=timezone.now()))
    context = browser.new_context(**SCREENS[screen], bypass_csp=True)
    context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}])
    page = context.new_page()

    page.goto(f"{live_server.url}{reverse('opinions:needs', args=[conversation.pk])}")
    look(page, f"{screen} needs")
    page.get_by_role("link", name="Keep this one").first.click()
    expect(page.get_by_role("heading", name="Do these say the same?")).to_be_visible()
    look(page, f"{screen} merge")
    page.get_by_role("button", name="Merge them").click()
    expect(page.get_by_text("Merged. Both keep their words")).to_be_visible()

    context.close()
    twin.refresh_from_db()
    assert twin.state == Statement.State.MERGED


def test_the_slider_moves_the_map_by_keyboard_and_keeps_its_place(
    live_server: Any, page: Page, conversation: Conversation
) -> None:
    page.goto(f"{live_server.url}{reverse('opinions:over_time', args=[conversation.pk])}")
    expect(page.get_by_text("From then to the latest map")).to_be_visible()

    page.get_by_label("Date of the map").press("End")

    expect(page.get_by_text("From then to the latest map")).to_be_hidden()
    expect(page.get_by_label("Date of the map")).to_be_focused()
    assert "step=2" in page.url


def test_the_report_on_paper_is_the_report_alone(live_server: Any, page: Page, conversation: Conversation) -> None:
    page.set_viewport_size({"width": 720, "height": 1000})
    page.goto(f"{live_server.url}{reverse('opinions:report', args=[conversation.pk])}")

    page.emulate_media(media="print")

    expect(page.get_by_role("heading", name="Common ground")).to_be_visible()
    expect(page.locator(".header")).to_be_hidden()
    expect(page.get_by_text("To keep it as a file")).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")

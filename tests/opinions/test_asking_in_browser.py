"""What everybody begins with and why a statement is shown, in a real browser."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, expect

from tests.browsing import look
from tests.make.knowledge import know_statements
from tests.make.opinions import make_conversation
from tests.make.people import sign_in
from tests.make.processes import make_facilitator
from tests.opinions.test_reading_in_browser import SCREENS

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("screen", ["phone", "desk in the dark"])
def test_the_facilitator_chooses_the_beginning_and_whoever_answers_reads_why(
    live_server: Any, browser: Browser, screen: str
) -> None:
    now = timezone.now()
    conversation = make_conversation(statements=8, now=now)
    know_statements(conversation)
    assert conversation.item.within
    client = sign_in(Client(), make_facilitator(within=conversation.item.within, now=now))
    context = browser.new_context(**SCREENS[screen], bypass_csp=True)
    context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}])
    page = context.new_page()

    page.goto(live_server.url + reverse("opinions:beginning", args=[conversation.pk]))
    look(page, f"{screen} beginning none")
    for count in (1, 2, 3):
        page.get_by_role("button", name="Put it first").first.click()
        expect(page.get_by_role("button", name="Let it go back")).to_have_count(count)
    look(page, f"{screen} beginning")

    visitor = browser.new_context(**SCREENS[screen], bypass_csp=True).new_page()
    visitor.goto(live_server.url + reverse("opinions:conversation", args=[conversation.pk]))
    visitor.get_by_role("button", name="Agree", exact=True).click()
    visitor.get_by_text("Why this one?").click()
    expect(visitor.get_by_text("The facilitator lets everybody begin with it.")).to_be_visible()
    look(visitor, f"{screen} why")

    visitor.context.close()
    context.close()

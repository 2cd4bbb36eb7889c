"""A facilitator starts a process and sees it run."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Page, expect

from allting.people.models import Person, QueuedMail
from allting.processes import actions as processes
from tests.make.opinions import SEEDS
from tests.make.processes import make_facilitator

pytestmark = pytest.mark.django_db(transaction=True)

QUESTION = "What should we do first for those who ride the bus?"


def test_a_facilitator_starts_a_process_with_seven_choices_and_sees_it_run(
    visit: Callable[[str], None],
    page: Page,
    context: BrowserContext,
    browser: Browser,
    live_server: Any,
    sign_in: Callable[[BrowserContext, Person], None],
    now: datetime,
) -> None:
    sign_in(context, make_facilitator(now=now))
    visit("/")
    page.get_by_role("link", name="Start with a question").click()

    _make_the_seven_choices(page)
    page.get_by_role("button", name="Save for later").click()
    expect(page.get_by_text("Saved. Nobody else sees it until you announce it.")).to_be_visible()
    workbench = page.url

    _paste_the_first_statements(page)
    page.goto(workbench)
    _invite_a_deputy(page)
    page.goto(workbench)

    page.get_by_role("link", name="Announce", exact=True).click()
    expect(page.get_by_role("heading", name="Ready to announce")).to_be_visible()
    expect(page.get_by_text("Your deputy is invited.")).to_be_visible()
    page.get_by_role("button", name="Announce", exact=True).click()
    expect(page.get_by_text("Announced. Now people need to hear of it.")).to_be_visible()

    # The minute task opens it; a stranger can answer at once.
    processes.begin_due(now=timezone.now())
    stranger = browser.new_page()
    stranger.goto(live_server.url)
    expect(stranger.get_by_role("heading", name=QUESTION)).to_be_visible()
    expect(stranger.get_by_text("Dana Whitlock, mayor,")).to_be_visible()
    stranger.get_by_role("button", name="Agree", exact=True).click()
    expect(stranger.get_by_text("You agreed.")).to_be_visible()
    stranger.close()

    page.goto(workbench)
    expect(page.get_by_text("never about fewer than five")).to_be_visible()
    page.get_by_role("link", name="See it as a visitor").click()
    expect(page.get_by_role("heading", name=QUESTION)).to_be_visible()
    expect(page.get_by_text("Open until")).to_be_visible()


def _make_the_seven_choices(page: Page) -> None:
    expect(page.get_by_role("heading", name="Seven choices, and you are ready")).to_be_visible()
    page.get_by_label("Your question").fill(QUESTION)
    page.get_by_label("Anyone with the link").check()
    page.get_by_label("In your own words").fill("Everyone who lives or works here")
    page.get_by_label("First day").fill(timezone.localdate().isoformat())
    page.get_by_label("Open for").select_option("5")
    page.get_by_label("Name", exact=True).fill("Dana Whitlock")
    page.get_by_label("Title, such as mayor").fill("mayor")
    page.get_by_label("What this person decides with it").fill("Which lines run later in the evening.")
    page.get_by_label("What is not up for decision").fill("The contract with the operator until 2028.")
    page.get_by_label("30", exact=True).check()
    page.get_by_label("Svenska").check()


def _paste_the_first_statements(page: Page) -> None:
    page.get_by_role("link", name="Statements and groups").click()
    page.get_by_role("link", name="First statements").click()
    page.get_by_label("Statements, one on each line").fill("\n".join((*SEEDS, SEEDS[0])))
    page.get_by_role("button", name="Look at them first").click()
    expect(page.get_by_text("same as line 1, left out")).to_be_visible()
    page.get_by_role("button", name=f"Add {len(SEEDS)} statements").click()
    expect(page.get_by_text(f"{len(SEEDS)} statements are there now.")).to_be_visible()


def _invite_a_deputy(page: Page) -> None:
    page.get_by_role("link", name="People", exact=True).click()
    expect(page.get_by_text(QUESTION)).to_be_visible()
    page.get_by_label("Mail address").fill("tom@example.org")
    page.get_by_label("Deputy: stands in when the facilitator is away").check()
    page.get_by_role("button", name="Send the invitation").click()
    expect(page.get_by_text("The invitation to tom@example.org is on its way.")).to_be_visible()
    assert QUESTION in QueuedMail.objects.get(address="tom@example.org").text

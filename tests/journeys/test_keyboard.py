"""Nobody needs a mouse, and nobody needs a script."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect

from allting.opinions.models import Conversation, Vote
from tests.make.opinions import conversation_in
from tests.make.processes import make_process

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def conversation(live_server: Any, now: datetime) -> Conversation:
    return conversation_in(make_process(now=now), statements=6, now=now)


def test_somebody_votes_with_four_keys_and_takes_one_back(
    visit: Callable[[str], None], page: Page, conversation: Conversation
) -> None:
    visit(reverse("opinions:conversation", args=[conversation.pk]))
    turn, how_far = page.locator("#next-statement"), page.locator("#how-far")

    page.keyboard.press("a")
    expect(turn).to_contain_text("You agreed.")
    page.keyboard.press("d")
    expect(turn).to_contain_text("You disagreed.")
    expect(how_far).to_contain_text("2 of 6")
    taken_back = page.locator("#statement-words").inner_text()
    page.keyboard.press("p")
    expect(turn).to_contain_text("You passed.")

    page.keyboard.press("u")
    expect(turn).to_contain_text("Taken back.")
    expect(page.locator("#statement-words")).to_have_text(taken_back)
    expect(how_far).to_contain_text("2 of 6")
    # The words that are to be read next have the focus; a screen reader goes on from there.
    expect(page.locator("#statement-words")).to_be_focused()
    assert sorted(Vote.objects.values_list("value", flat=True)) == [Vote.Value.DISAGREE, Vote.Value.AGREE]


def test_somebody_walks_through_the_voting_page_with_tab_and_sees_where_they_are(
    visit: Callable[[str], None], page: Page, conversation: Conversation
) -> None:
    visit(reverse("opinions:conversation", args=[conversation.pk]))
    page.keyboard.press("a")
    expect(page.locator("#next-statement")).to_contain_text("You agreed.")

    met = _walk(page, "Stop here", "Say it your way")

    assert [name for name in met if name in EXPECTED] == list(EXPECTED)
    page.get_by_role("button", name="Disagree", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page.locator("#next-statement")).to_contain_text("You disagreed.")


EXPECTED = ("Undo", "Report", "Why this one?", "Agree", "Disagree", "Pass", "Undo last", "Say it your way")


def _walk(page: Page, first: str, last: str) -> list[str]:
    """Press Tab from one control to another, and return the names of all that were met, each with a visible focus."""
    page.get_by_role("link", name=first).focus()
    met: list[str] = []
    for _step in range(30):
        page.keyboard.press("Tab")
        name, outline = page.evaluate(
            """() => {
              const here = document.activeElement, look = getComputedStyle(here);
              const words = here.querySelector('.answer-words, .button-words') ?? here;
              return [words.textContent.trim().replace(/\\s+/g, ' '), parseFloat(look.outlineWidth)];
            }"""
        )
        assert outline >= 2, f"The focus on “{name}” cannot be seen."
        met.append(name)
        if name == last:
            return met
    raise AssertionError(f"“{last}” was not met: {met}")


def test_somebody_votes_writes_and_stops_without_any_script(
    browser: Browser, browser_context_args: dict[str, Any], live_server: Any, conversation: Conversation
) -> None:
    context = browser.new_context(**browser_context_args, java_script_enabled=False)
    page = context.new_page()
    page.goto(live_server.url)

    page.get_by_role("button", name="Agree", exact=True).click()
    expect(page.get_by_text("You agreed.")).to_be_visible()
    page.get_by_role("button", name="Disagree", exact=True).click()
    expect(page.get_by_text("You disagreed.")).to_be_visible()
    page.get_by_role("button", name="Undo", exact=True).click()
    expect(page.get_by_text("Here it is again.")).to_be_visible()
    page.get_by_role("link", name="Say it your way").click()
    page.get_by_label("Your statement").fill("A bench at each bus stop.")
    page.get_by_role("button", name="Let others answer it").click()
    expect(page.get_by_text("Thank you. Someone reads it within 24 hours")).to_be_visible()
    page.get_by_role("link", name="Back to answering").click()
    page.get_by_role("link", name="Stop here").click()
    expect(page.get_by_role("heading", name="Thank you.")).to_be_visible()

    context.close()
    assert Vote.objects.count() == 1

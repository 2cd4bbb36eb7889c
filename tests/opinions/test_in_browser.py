"""The voting page in a real browser: by keyboard only, offline, and while writing."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from allting.opinions.models import Conversation, Vote
from tests.browsing import complaints_about, press_and_wait
from tests.make.opinions import make_conversation, make_statement

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def conversation() -> Conversation:
    return make_conversation(statements=8, now=timezone.now())


def url_of(live_server: Any, name: str, conversation: Conversation) -> str:
    return f"{live_server.url}{reverse(f'opinions:{name}', args=[conversation.pk])}"


@pytest.mark.parametrize(("width", "scheme"), [(390, "light"), (1280, "dark")])
def test_a_citizen_answers_everything_by_keyboard(
    live_server: Any, conversation: Conversation, browser: Browser, width: int, scheme: Any
) -> None:
    # axe brings its own script, which our policy for contents would refuse.
    context = browser.new_context(viewport={"width": width, "height": 844}, color_scheme=scheme, bypass_csp=True)
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.goto(url_of(live_server, "conversation", conversation))
    words = page.locator("#statement-words")

    press_and_wait(page, "a")
    first_again = words.inner_text()
    for key in "dpa":
        press_and_wait(page, key)
    expect(page.locator("#live")).to_have_text("You agreed. Four more and you are on the map.")
    expect(page.get_by_text("4 of 8")).to_be_visible()
    expect(words).to_be_focused()
    found = complaints_about(page)
    for _undo in range(3):
        press_and_wait(page, "u")
    expect(words).to_have_text(first_again)
    expect(page.get_by_text("1 of 8")).to_be_visible()
    for _answer in range(6):
        press_and_wait(page, "p")
    page.keyboard.press("p")
    expect(page.get_by_text("You have answered everything there is.")).to_be_visible()

    context.close()
    assert found == {}
    assert complaints == []
    assert Vote.objects.count() == 8


def test_a_second_press_in_the_same_moment_never_changes_the_answer_before(
    live_server: Any, conversation: Conversation, page: Page
) -> None:
    page.goto(url_of(live_server, "conversation", conversation))
    press_and_wait(page, "p")
    words = page.locator("#statement-words").inner_text()

    page.keyboard.press("a")
    page.keyboard.press("d")
    expect(page.locator("#statement-words")).not_to_have_text(words)

    assert Vote.objects.get(statement__text=words).value == Vote.Value.AGREE


def test_what_could_not_be_sent_says_so_and_can_be_sent_again(
    live_server: Any, conversation: Conversation, page: Page
) -> None:
    page.goto(url_of(live_server, "conversation", conversation))
    page.keyboard.press("a")
    expect(page.get_by_text("1 of 8")).to_be_visible()
    statement = page.locator("#statement-words").inner_text()

    page.context.set_offline(True)
    page.get_by_role("button", name="Disagree").click()
    expect(page.get_by_text("Not sent.")).to_be_visible()
    expect(page.locator("#statement-words")).to_have_text(statement)
    page.context.set_offline(False)
    page.get_by_role("button", name="Disagree").click()

    expect(page.get_by_text("2 of 8")).to_be_visible()


def test_similar_statements_appear_while_writing(live_server: Any, conversation: Conversation, page: Page) -> None:
    make_statement(conversation, text="The library should open on Sundays.")
    page.goto(url_of(live_server, "say", conversation))

    page.get_by_label("Your statement").fill("Please open the library on Sundays")

    expect(page.get_by_role("link", name="The library should open on Sundays.")).to_be_visible()

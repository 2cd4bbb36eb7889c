"""The kit page in a real browser: nothing overflows, everything can be hit, read and operated."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import override_settings
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect

from tests.browsing import complaints_about

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def kit(live_server: Any) -> Iterator[str]:
    with override_settings(IS_DEMO=True):
        yield f"{live_server.url}{reverse('web:kit')}"


@pytest.mark.parametrize("width", [320, 390, 640, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_component_fits_can_be_hit_and_can_be_read(kit: str, browser: Browser, width: int, scheme: Any) -> None:
    # axe brings its own script, which our policy for contents would refuse.
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, bypass_csp=True)
    page = context.new_page()
    page.goto(kit)

    found = complaints_about(page)

    context.close()
    assert found == {}


def test_nothing_on_the_page_breaks_the_policy_for_contents(kit: str, page: Page) -> None:
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)

    page.goto(kit)

    expect(page.get_by_role("heading", name="Too early to say")).to_be_visible()
    assert complaints == []


def test_a_letter_presses_its_button_but_not_while_somebody_writes(kit: str, page: Page) -> None:
    page.goto(kit)
    button = page.locator("[data-key=d]")

    page.get_by_label("Greeting").fill("")
    page.keyboard.press("d")
    expect(button).not_to_have_class("answer is-pressed")

    page.get_by_label("Greeting").blur()
    page.keyboard.press("d")
    expect(button).to_have_class("answer is-pressed")


def test_the_counter_follows_the_writing_and_cuts_nothing_off(kit: str, page: Page) -> None:
    page.goto(kit)

    page.get_by_label("Your statement").fill("x" * 214)

    expect(page.locator("#id_statement_counter")).to_have_text("214 of 200, 14 too many")
    expect(page.get_by_label("Your statement")).to_have_value("x" * 214)


def test_a_dialog_asks_its_question_and_goes_away_by_keyboard(kit: str, page: Page) -> None:
    page.goto(kit)

    page.get_by_role("button", name="Wipe rehearsal").press("Enter")
    dialog = page.get_by_role("dialog", name="Let “Parking downtown” go?")
    expect(dialog).to_be_visible()
    page.get_by_role("button", name="Keep it").press("Enter")

    expect(dialog).to_be_hidden()


def test_what_was_written_stays_when_the_line_is_down(kit: str, page: Page) -> None:
    page.goto(kit)
    page.get_by_label("Greeting").fill("Hello from the bus")
    page.route("**/web/kit", lambda route: route.abort())

    page.get_by_role("button", name="Go on").click()

    expect(page.locator("#notices").get_by_role("alert")).to_have_text("Not sent. What you wrote is still here.")
    expect(page.get_by_label("Greeting")).to_have_value("Hello from the bus")
    page.unroute("**/web/kit")
    page.goto(kit)
    expect(page.get_by_label("Greeting")).to_have_value("Hello from the bus")


def test_a_refusal_lies_on_top_of_the_page_and_leaves_the_rest_alone(kit: str, page: Page) -> None:
    page.goto(kit)
    page.get_by_label("Greeting").fill("Hello")

    page.get_by_role("button", name="Go on").click()

    expect(page.locator("#notices").get_by_role("alert")).to_contain_text("This address only takes a button.")
    expect(page.get_by_label("Greeting")).to_have_value("Hello")


def test_the_menu_of_a_phone_works_without_script(kit: str, browser: Browser) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 800}, java_script_enabled=False)
    page = context.new_page()
    page.goto(kit)

    page.get_by_text("Menu").click()
    page.get_by_role("button", name="Svenska").click()

    expect(page.locator("html")).to_have_attribute("lang", "sv")
    context.close()


def test_the_skip_link_is_first_and_leads_to_the_content(live_server: Any, page: Page) -> None:
    page.goto(f"{live_server.url}/nowhere")

    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="To the content")).to_be_focused()
    page.keyboard.press("Enter")

    expect(page.locator("main")).to_be_focused()

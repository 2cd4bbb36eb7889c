"""What voters are asked about themselves: after the tenth answer, at the end, and never in the way."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from allting.opinions.models import Conversation, Vote
from allting.processes.models import Participation
from tests.browsing import look, press_and_wait
from tests.make import participation as make_participation
from tests.make.opinions import make_conversation, statements_of
from tests.make.people import sign_in
from tests.make.processes import make_facilitator

QUESTION = "mostly?"


@pytest.fixture
def conversation(transactional_db: None) -> Conversation:
    return make_conversation(statements=14, now=timezone.now())


def url_of(name: str, conversation: Conversation) -> str:
    return reverse(f"opinions:{name}", args=[conversation.pk])


def vote(client: Client, conversation: Conversation, *, times: int, **headers: Any) -> str:
    """Answer so many of the statements that are left, and return the last page."""
    answered = set(Vote.objects.filter(statement__conversation=conversation).values_list("statement", flat=True))
    left = [one for one in statements_of(conversation) if one.pk not in answered]
    page = ""
    for statement in left[:times]:
        url = reverse("opinions:vote", args=[statement.pk])
        page = client.post(url, {"answer": "agree"}, follow=not headers, **headers).content.decode()
    return page


def test_the_tenth_answer_asks_and_the_eleventh_does_not(client: Client, conversation: Conversation) -> None:
    assert QUESTION not in vote(client, conversation, times=9)
    assert QUESTION in vote(client, conversation, times=1)
    assert QUESTION not in vote(client, conversation, times=1)


def test_it_comes_with_the_next_statement_and_not_instead(client: Client, conversation: Conversation) -> None:
    vote(client, conversation, times=9)

    part = vote(client, conversation, times=1, HTTP_HX_REQUEST="true")

    assert QUESTION in part
    assert 'id="statement-words"' in part


def test_who_said_it_is_not_asked_again_at_the_end(client: Client, conversation: Conversation) -> None:
    vote(client, conversation, times=10)
    process = conversation.item.within
    assert process
    assert QUESTION in client.get(url_of("enough", conversation)).content.decode()

    client.post(reverse("processes:say_relation", args=[process.pk]), {"relation": ""})

    page = client.get(url_of("enough", conversation)).content.decode()
    assert QUESTION not in page
    assert "How satisfied are you" in page


def test_who_has_answered_nothing_is_asked_nothing(client: Client, conversation: Conversation) -> None:
    page = client.get(url_of("enough", conversation)).content.decode()

    assert QUESTION not in page
    assert "How satisfied are you" not in page


@pytest.mark.parametrize(("width", "scheme"), [(390, "light"), (1280, "dark")])
def test_a_voter_says_by_keyboard_what_they_are_and_goes_on(
    live_server: Any, conversation: Conversation, browser: Browser, width: int, scheme: Any
) -> None:
    context = browser.new_context(viewport={"width": width, "height": 844}, color_scheme=scheme, bypass_csp=True)
    page = context.new_page()
    page.goto(live_server.url + url_of("conversation", conversation))
    for _answer in range(10):
        press_and_wait(page, "a")
    expect(page.get_by_role("heading", name=QUESTION)).to_be_visible()
    expect(page.locator("#statement-words")).to_be_focused()
    look(page, f"about-you-{width}")

    # From the statement that has the focus, the question lies just before it.
    page.keyboard.press("Shift+Tab")
    expect(page.get_by_role("button", name="rather not say")).to_be_focused()
    page.get_by_role("button", name="Citizen").press("Enter")
    expect(page.get_by_text("Noted: Citizen.")).to_be_focused()
    press_and_wait(page, "d")
    expect(page.get_by_text("Noted: Citizen.")).to_be_hidden()

    page.goto(live_server.url + url_of("enough", conversation))
    look(page, f"about-you-enough-{width}")
    page.get_by_role("button", name="8", exact=True).press("Enter")
    expect(page.get_by_text("Noted: 8 of 10.")).to_be_focused()
    page.get_by_role("link", name="Change it or take it back").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("What you are to us")
    look(page, f"about-you-page-{width}")
    part = Participation.objects.get()
    context.close()
    assert (part.relation, part.satisfaction) == ("citizen", 8)
    assert Vote.objects.count() == 11


def test_a_voter_skips_by_keyboard_and_goes_on(live_server: Any, conversation: Conversation, page: Page) -> None:
    page.goto(live_server.url + url_of("conversation", conversation))
    for _answer in range(10):
        press_and_wait(page, "p")

    page.get_by_role("button", name="rather not say").press("Enter")
    expect(page.get_by_text("We do not ask again.")).to_be_focused()
    press_and_wait(page, "p")

    assert Participation.objects.get().relation == ""


@pytest.mark.parametrize(("width", "scheme"), [(390, "dark"), (1280, "light")])
def test_the_facilitator_sees_who_is_missing(
    live_server: Any, conversation: Conversation, browser: Browser, width: int, scheme: Any
) -> None:
    now = timezone.now()
    facilitator = make_facilitator(now=now)
    process = conversation.item.within.process  # type: ignore[union-attr]
    key = sign_in(Client(), facilitator).cookies["sessionid"].value
    context = browser.new_context(viewport={"width": width, "height": 844}, color_scheme=scheme, bypass_csp=True)
    context.add_cookies([{"name": "sessionid", "value": key, "url": live_server.url}])
    page = context.new_page()
    page.goto(live_server.url + reverse("processes:balance", args=[process.pk]))
    look(page, f"balance-empty-{width}")
    make_participation.say(process, {"citizen": 80, "customer": 12, "employee": 25, "supplier": 3}, now=now)
    make_participation.rate(process, [9] * 26 + [7] * 10 + [2] * 4, now=now)

    page.get_by_role("link", name="Who is concerned?").click()
    page.get_by_role("spinbutton", name="Customer", exact=True).fill("18")
    page.get_by_role("spinbutton", name="Citizen").fill("70")
    page.get_by_role("spinbutton", name="Supplier").fill("12")
    look(page, f"frame-{width}")
    page.get_by_role("button", name="Save who is concerned").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Critical voices are missing.")
    page.get_by_text("The same in figures").click()
    look(page, f"balance-{width}")
    page.goto(live_server.url + reverse("answers:story", args=[process.pk]))
    look(page, f"story-{width}")
    context.close()

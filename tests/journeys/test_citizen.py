"""A citizen who has no account is heard."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from allting.opinions.models import Participant, Statement, Vote
from allting.people import actions as people
from allting.people.models import LeftAddress, Person
from tests.journeys.conftest import press_answer
from tests.make.opinions import conversation_in
from tests.make.processes import QUESTION, make_facilitator, make_process

pytestmark = pytest.mark.django_db(transaction=True)

ADDRESS = "alex@example.org"
ANSWERS = ("Agree", "Disagree", "Pass", "Agree")


def test_a_citizen_votes_leaves_an_address_and_later_finds_the_votes_again(
    visit: Callable[[str], None], page: Page, code_mailed_to: Callable[[str], str], now: datetime
) -> None:
    process = make_process(now=now, open_to="invited")
    conversation_in(process, statements=24, now=now)
    link = people.make_entry_link(item=process.item, by=make_facilitator(now=now).actor, now=now)

    # The code on the wall leads to the question, with a first statement to answer right there.
    visit(reverse("people:enter", args=[link.token]))
    expect(page.get_by_role("heading", name=QUESTION)).to_be_visible()
    expect(page.get_by_text("Start here. No account")).to_be_visible()
    page.get_by_role("button", name="Agree", exact=True).click()
    expect(page.get_by_text("You agreed. Fourteen more and you are on the map.")).to_be_visible()

    for number in range(1, 20):
        press_answer(page, ANSWERS[number % 4])
    expect(page.locator("#how-far")).to_contain_text("20 answers")

    # In their own words: somebody reads it first, and the author sees that it waits.
    page.get_by_role("link", name="Say it your way").click()
    page.get_by_label("Your statement").fill("The library should open on Sundays.")
    page.get_by_role("button", name="Let others answer it").click()
    expect(page.get_by_text("Thank you. Someone reads it within 24 hours")).to_be_visible()

    page.get_by_role("link", name="Back to answering").click()
    page.get_by_role("link", name="Stop here").click()
    expect(page.get_by_role("heading", name="Thank you.")).to_be_visible()
    page.get_by_label("Mail address").fill(ADDRESS)
    page.get_by_role("button", name="Tell me what comes of it").click()
    expect(page.get_by_text(f"We sent six digits to {ADDRESS}.")).to_be_visible()
    page.get_by_label("Code").fill(code_mailed_to(ADDRESS))
    page.get_by_role("button", name="That is my address").click()
    expect(page.get_by_text("We will write when something comes of it.")).to_be_visible()

    # Another day, on the same phone: the account is made by itself, and what was done here comes along.
    visit(reverse("people:sign_in"))
    page.get_by_label("Mail address").fill(ADDRESS)
    page.get_by_role("button", name="Send me a code").click()
    expect(page.get_by_role("heading", name="Six digits are on their way")).to_be_visible()
    page.get_by_label("Code").fill(code_mailed_to(ADDRESS))
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name="Yes, bring it along").click()
    expect(page.get_by_text("What was done on this device is now yours.")).to_be_visible()

    conversation = Statement.objects.earliest("pk").conversation_id
    visit(reverse("opinions:mine", args=[conversation]))
    expect(page.get_by_role("heading", name="You have given 20 answers.")).to_be_visible()
    expect(page.get_by_text("The library should open on Sundays.")).to_be_visible()
    person = Person.objects.get(address=ADDRESS)
    assert Vote.objects.filter(actor=person.actor).count() == 20
    assert LeftAddress.objects.get().actor == person.actor
    assert Participant.objects.get().actor == person.actor


def test_words_survive_a_line_that_breaks_and_are_gone_once_they_arrived(
    visit: Callable[[str], None], page: Page, now: datetime
) -> None:
    conversation = conversation_in(make_process(now=now), statements=3, now=now)
    say = reverse("opinions:say", args=[conversation.pk])
    visit(say)
    page.get_by_label("Your statement").fill("The library should open on Sundays.")

    page.route("**/*", lambda route: route.abort("internetdisconnected"))
    page.get_by_role("button", name="Let others answer it").click()
    page.unroute("**/*")

    visit(say)
    expect(page.get_by_label("Your statement")).to_have_value("The library should open on Sundays.")

    page.get_by_role("button", name="Let others answer it").click()
    expect(page.get_by_text("Thank you. Someone reads it within 24 hours")).to_be_visible()
    visit(say)
    expect(page.get_by_label("Your statement")).to_have_value("")

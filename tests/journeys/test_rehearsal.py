"""A facilitator rehearses with a guest and wipes it, and starts again from last year's process."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, BrowserContext, Page, expect

from allting.opinions.models import Statement, Vote
from allting.people.models import Person
from allting.processes import actions, forms, queries, rules
from allting.processes.models import Process
from allting.record.viewers import Viewer
from tests.browsing import look
from tests.make.opinions import conversation_in
from tests.make.processes import CHOICES, QUESTION, make_deputy, make_facilitator, make_process

pytestmark = pytest.mark.django_db(transaction=True)

SCREEN_OF = {390: "phone", 1280: "desk"}


@pytest.fixture
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    return {**browser_context_args, "bypass_csp": True}


def see(page: Page, name: str) -> None:
    assert page.viewport_size
    look(page, f"steps-{name}-{SCREEN_OF[page.viewport_size['width']]}")


def press(page: Page, role: Any, name: str) -> None:
    """Activate something by keyboard: it takes the focus and hears the return key."""
    target = page.get_by_role(role, name=name, exact=True).first
    target.focus()
    expect(target).to_be_focused()
    page.keyboard.press("Enter")


def test_a_team_rehearses_with_a_guest_and_wipes_it(
    visit: Callable[[str], None],
    page: Page,
    context: BrowserContext,
    browser: Browser,
    browser_context_args: dict[str, Any],
    live_server: Any,
    settings: Any,
    sign_in: Callable[[BrowserContext, Person], None],
    now: datetime,
) -> None:
    settings.PUBLIC_URL = live_server.url
    process = make_process(state="draft", now=now)
    conversation_in(process, statements=3, now=now)
    sign_in(context, make_facilitator(now=now))

    visit(reverse("processes:workbench", args=[process.pk]))
    page.get_by_role("link", name="Rehearsal", exact=True).click()
    see(page, "before")
    press(page, "button", "Begin the rehearsal")
    expect(page.get_by_role("heading", name="The rehearsal is on")).to_be_visible()
    expect(page.get_by_text("This is a rehearsal. Try everything out")).to_be_visible()
    see(page, "on")

    others = browser.new_context(**browser_context_args)
    guest = others.new_page()
    guest.goto(page.get_by_label("Address").or_(page.locator("input[readonly]")).first.input_value())
    expect(guest.get_by_role("heading", name=QUESTION)).to_be_visible()
    expect(guest.get_by_text("This is a rehearsal. Try everything out")).to_be_visible()
    see(guest, "guest")
    guest.get_by_role("button", name="Agree", exact=True).click()
    expect(guest.get_by_text("You agreed.")).to_be_visible()
    expect(guest.get_by_text("This is a rehearsal. Try everything out")).to_be_visible()
    assert Vote.objects.count() == 1

    visit(reverse("processes:workbench", args=[process.pk]))
    see(page, "workbench")
    visit(reverse("processes:announce", args=[process.pk]))
    expect(page.get_by_text("The rehearsal is still on.")).to_be_visible()
    see(page, "announce")
    press(page, "link", "Wipe the rehearsal")
    expect(page.get_by_role("heading", name="Wipe the rehearsal?")).to_be_visible()
    see(page, "wipe")
    press(page, "button", "Wipe it now")
    expect(page.get_by_text("Wiped. It is a draft again, as you prepared it.")).to_be_visible()
    assert not Vote.objects.exists()
    assert Statement.objects.count() == 3

    guest.reload()
    expect(guest.get_by_role("heading", name=QUESTION)).to_be_hidden()
    others.close()


def make_last_years_round(now: datetime) -> Process:
    """Make an open strategy round that is listening, with later steps longer than the template's."""
    by = make_facilitator(now=now).actor
    make_deputy(now=now)
    starts_on = rules.local_day(now) - timedelta(days=7)
    choices = replace(CHOICES, starts_on=starts_on, weeks_after=(2, 3))
    made = actions.start_process(template="open_round", choices=choices, by=by, now=now - timedelta(days=20))
    actions.announce(process=made, by=by, now=now - timedelta(days=10))
    actions.begin_due(now=now)
    return queries.processes_by_id([made.pk])[made.pk]


def test_a_facilitator_starts_from_last_years_process(
    visit: Callable[[str], None],
    page: Page,
    context: BrowserContext,
    sign_in: Callable[[BrowserContext, Person], None],
    now: datetime,
) -> None:
    earlier = make_last_years_round(now)
    sign_in(context, make_facilitator(now=now))

    visit(reverse("processes:start"))
    page.get_by_text("Begin with an earlier one").click()
    see(page, "offered")
    page.get_by_role("link", name=QUESTION).click()
    expect(page.get_by_text("Your choices from last time.")).to_be_visible()
    expect(page.get_by_label("Then choosing for")).to_have_value("3")
    see(page, "again")
    page.get_by_label("Your question").fill("What should change this year?")
    press(page, "button", "Save for later")
    expect(page.get_by_text("Saved. Nobody else sees it until you announce it.")).to_be_visible()

    made = Process.objects.get(item__title="What should change this year?")
    assert forms.choices_of(queries.processes_by_id([made.pk])[made.pk]).weeks_after == (2, 3, None)
    visit(reverse("processes:process", args=[made.pk]))
    page.get_by_role("link", name="Where this comes from").click()
    expect(page.get_by_role("link", name=QUESTION).first).to_be_visible()
    see(page, "why")
    assert queries.earlier_of(made, Viewer()) == earlier
    visit(reverse("processes:processes"))
    see(page, "list")


def test_more_time_for_one_step_moves_the_others_and_everybody_reads_why(
    visit: Callable[[str], None],
    page: Page,
    context: BrowserContext,
    sign_in: Callable[[BrowserContext, Person], None],
    now: datetime,
) -> None:
    process = make_last_years_round(now)
    talk, _ballot = rules.activities_of(process)
    assert talk.closes_at
    sign_in(context, make_facilitator(now=now))

    visit(reverse("processes:extend", args=[process.pk]))
    see(page, "extend")
    until = rules.local_day(talk.closes_at) + timedelta(days=7)
    page.get_by_label("New last day").fill(until.isoformat())
    page.get_by_label("Why").fill("The buses were full.")
    press(page, "button", "Move the last day")
    expect(page.get_by_text("The new last day and your note are on the page.")).to_be_visible()

    visit(reverse("processes:process", args=[process.pk]))
    expect(page.get_by_text("The buses were full.")).to_be_visible()
    expect(page.get_by_text("What comes after it moves along.")).to_be_visible()
    expect(page.get_by_text("Too few have answered to show anything yet")).to_be_visible()
    see(page, "extended")
    visit(reverse("processes:workbench", args=[process.pk]))
    see(page, "few")


def test_a_process_to_which_nobody_came_says_what_to_do(
    visit: Callable[[str], None],
    page: Page,
    context: BrowserContext,
    sign_in: Callable[[BrowserContext, Person], None],
    now: datetime,
) -> None:
    process = make_process(state="closed", now=now)
    sign_in(context, make_facilitator(now=now))

    visit(reverse("processes:process", args=[process.pk]))
    expect(page.get_by_text("Too few took part to show anything")).to_be_visible()
    see(page, "nobody")
    visit(reverse("processes:workbench", args=[process.pk]))
    press(page, "link", "Ask again, and find those who did not come")
    expect(page.get_by_text("Your choices from last time.")).to_be_visible()

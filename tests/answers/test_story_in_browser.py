"""A long story on a phone and on paper: folded there, whole here."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, expect

from allting.strategy import actions as strategy
from tests.browsing import look
from tests.make import choice as make_choice
from tests.make import story
from tests.make.processes import NOW

pytestmark = pytest.mark.django_db(transaction=True)


def test_what_is_folded_on_a_phone_is_whole_on_paper(live_server: Any, browser: Browser) -> None:
    told = story.make_chosen()
    options = [one.item for one in make_choice.options_of(told.outcome.round)]
    for priority in strategy.draft_priorities(process=told.process, options=options, by=told.sponsor.actor, now=NOW):
        promise = story.promise(told, priority)
    context = browser.new_context(viewport={"width": 390, "height": 844}, bypass_csp=True)
    page = context.new_page()
    page.goto(live_server.url + reverse("answers:story", args=[told.process.pk]))
    last = page.locator(f'a[href$="/promises/{promise.pk}"]')

    expect(last).to_be_hidden()
    look(page, "story folded")
    page.emulate_media(media="print")
    expect(last).to_be_visible()
    page.emulate_media(media="screen")
    page.get_by_text("The other three").press("Enter")

    expect(last).to_be_visible()
    look(page, "story unfolded")
    context.close()

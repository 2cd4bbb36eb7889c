"""Six groups: the map, its legend, the wall and the report, with the same means as two.

Letters and shapes tell them apart for whoever does not see the colours.
"""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Browser

from tests.browsing import look
from tests.make.maps import make_map, make_voted_conversation
from tests.make.opinions import statements_of
from tests.opinions.test_reading_in_browser import SCREENS
from tests.opinions.test_results import read

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("screen", ["phone", "desk in the dark"])
def test_six_groups_can_be_told_apart_everywhere(live_server: Any, browser: Browser, screen: str) -> None:
    conversation = make_voted_conversation(people=240, camps=6, statements=30, votes_each=30)
    make_map(conversation)
    assert len(read(conversation).groups) == 6
    disputed = statements_of(conversation)[4].pk
    context = browser.new_context(**SCREENS[screen], bypass_csp=True)
    page = context.new_page()

    for name, query in [
        ("results", ""),
        ("map_page", f"?statement={disputed}"),
        ("map_page", "?group=f"),
        ("map_page", "?wall=on"),
        ("report", ""),
    ]:
        page.goto(f"{live_server.url}{reverse(f'opinions:{name}', args=[conversation.pk])}{query}")
        look(page, f"six {screen} {name} {query.partition('=')[0].lstrip('?')}")
        if name != "report":
            drawing = page.locator(".map-drawing:visible")
            letters = {(each.text_content() or "").strip() for each in page.locator(".map-label .mark-letter").all()}
            assert letters == set("ABCDEF")
            shapes = {each.get_attribute("href") for each in drawing.locator("use.map-stone").all()}
            assert {f"#shape-{letter}" for letter in "bcdef"} <= shapes

    context.close()

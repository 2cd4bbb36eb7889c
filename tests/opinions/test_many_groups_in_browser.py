"""Three to six groups: the map, its legend, the wall and the report, with the same means as two."""

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


@pytest.mark.parametrize("camps", [3, 4, 5, 6])
def test_many_groups_can_be_told_apart_everywhere(live_server: Any, browser: Browser, camps: int) -> None:
    conversation = make_voted_conversation(people=60 * camps, camps=camps, statements=5 * camps, votes_each=5 * camps)
    make_map(conversation)
    assert len(read(conversation).groups) == camps
    disputed = statements_of(conversation)[4].pk

    for screen, options in SCREENS.items():
        context = browser.new_context(**options, bypass_csp=True)
        page = context.new_page()
        for name, query in [
            ("results", ""),
            ("map_page", ""),
            ("map_page", f"?statement={disputed}"),
            ("map_page", "?group=c"),
            ("map_page", "?wall=on"),
            ("report", ""),
        ]:
            page.goto(f"{live_server.url}{reverse(f'opinions:{name}', args=[conversation.pk])}{query}")
            look(page, f"{camps} {screen} {name} {query.partition('=')[0].lstrip('?')}")
        context.close()

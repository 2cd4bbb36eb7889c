"""What unlike people both chose, beside the outcome, in a real browser."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, expect

from tests.browsing import look
from tests.make import choice as make

pytestmark = pytest.mark.django_db(transaction=True)

SCREENS: dict[str, dict[str, Any]] = {
    "phone": {"viewport": {"width": 390, "height": 844}, "color_scheme": "light", "locale": "sv-SE"},
    "desk in the dark": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "dark"},
    "desk": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "light"},
}


def test_beside_the_outcome_stands_what_unlike_people_both_chose(live_server: Any, browser: Browser) -> None:
    round_ = make.make_round(options=8, seats=3, limit=4, now=timezone.now())
    make.cast(round_, [[0, 1, 2]] * 30 + [[0, 1, 4]] * 15, kind="citizen")
    make.cast(round_, [[0, 3, 4]] * 16 + [[3, 4]] * 8, kind="employee")
    make.cast(round_, [[5]] * 6, kind="owner")
    make.close(round_, now=timezone.now())
    make.count(round_)

    for screen, wishes in SCREENS.items():
        context = browser.new_context(**wishes, bypass_csp=True)
        page = context.new_page()
        page.goto(f"{live_server.url}{reverse('choice:outcome', args=[round_.pk])}")
        expect(page.locator("#bridging")).to_be_visible()
        look(page, f"{screen} outcome with bridges")
        context.close()

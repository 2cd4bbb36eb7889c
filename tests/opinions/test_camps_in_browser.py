"""What unlike people both support, in a real browser: on a phone, on a desk, in the dark, and with too few voices."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, expect

from tests.browsing import look
from tests.make.camps import CITIZENS, CUSTOMERS, EMPLOYEES, join, make_camps
from tests.make.maps import make_map

pytestmark = pytest.mark.django_db(transaction=True)

SCREENS: dict[str, dict[str, Any]] = {
    "phone": {"viewport": {"width": 390, "height": 844}, "color_scheme": "light", "locale": "sv-SE"},
    "phone in the dark": {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark"},
    "desk": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "light"},
    "desk in the dark": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "dark"},
}


def test_somebody_reads_what_customers_and_employees_both_support(live_server: Any, browser: Browser) -> None:
    now = timezone.now()
    conversation = make_camps({CUSTOMERS: 150, EMPLOYEES: 60}, now=now)
    join(conversation, {CITIZENS: 30}, on=range(7), now=now)
    make_map(conversation, now=now)
    few = make_camps({CUSTOMERS: 40}, now=now)
    make_map(few, now=now)
    nobody = make_camps({"": 40}, now=now)
    make_map(nobody, now=now)

    for screen, wishes in SCREENS.items():
        context = browser.new_context(**wishes, bypass_csp=True)
        page = context.new_page()
        page.goto(f"{live_server.url}{reverse('opinions:results', args=[conversation.pk])}")
        link = page.locator(f'a[href="{reverse("opinions:ranking", args=[conversation.pk, "bridges"])}"]')
        link.first.click()
        look(page, f"{screen} bridges by groups")
        page.locator(f'a[href="{reverse("opinions:camps", args=[conversation.pk])}"]').click()
        expect(page.locator(".finding")).to_have_count(8)
        look(page, f"{screen} bridges by camps")
        for name, there in [("few", few), ("nobody", nobody)]:
            page.goto(f"{live_server.url}{reverse('opinions:camps', args=[there.pk])}")
            look(page, f"{screen} camps {name}")
        page.goto(f"{live_server.url}{reverse('opinions:report', args=[conversation.pk])}")
        look(page, f"{screen} report with camps")
        context.close()

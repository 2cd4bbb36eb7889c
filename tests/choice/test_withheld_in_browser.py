"""A round in which too few voted, for everybody's eyes: the page, the decision, the ballot by its receipt."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser

from tests.browsing import look
from tests.make import choice as make
from tests.make import processes
from tests.make.people import sign_in

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize(("width", "scheme", "language"), [(390, "light", "sv"), (1280, "dark", "en")])
def test_the_pages_of_a_withheld_round_fit_and_can_be_read(
    live_server: Any, browser: Browser, width: int, scheme: Any, language: str
) -> None:
    now = timezone.now()
    round_ = make.make_round(now=now)
    [(_person, receipt)] = make.cast(round_, [[0, 1]])
    make.close(round_, now=now)
    make.count(round_, now=now)
    sponsor = processes.make_sponsor(now=now)
    type(sponsor).objects.filter(pk=sponsor.pk).update(language=language)
    cookie = sign_in(Client(), sponsor).cookies[settings.SESSION_COOKIE_NAME].value
    context = browser.new_context(
        viewport={"width": width, "height": 844}, color_scheme=scheme, locale=language, bypass_csp=True
    )
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])
    page = context.new_page()

    for name in ("outcome", "decide"):
        page.goto(live_server.url + reverse(f"choice:{name}", args=[round_.pk]))
        look(page, f"withheld {width} {name}")
    page.locator("input[type=checkbox]").first.check()
    page.locator("textarea").fill("The state asks for it.")
    page.locator("button[value=decide]").press("Enter")
    page.wait_for_url("**/outcome")
    look(page, f"withheld {width} decided")
    page.goto(live_server.url + reverse("choice:receipt"))
    page.locator("#id_words").fill(receipt)
    page.locator("main button[type=submit]").press("Enter")
    page.locator(".review-list").wait_for()
    look(page, f"withheld {width} ballot")
    context.close()

"""A process that is over: the facilitator's header, its page and its workbench, at a desk and on a phone."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Page, expect

from allting.people.models import Person
from allting.processes.models import Process
from tests.browsing import look
from tests.make import story as stories
from tests.make.people import make_organisation, sign_in
from tests.make.processes import make_facilitator

pytestmark = pytest.mark.django_db(transaction=True)

# Where each link of the header ends, and how high the organisation's name is.
_HEADER = """() => {
  const links = [...document.querySelectorAll('.header-wide > .header-link, .header-wide > .header-own')];
  const boxes = links.map((link) => link.getBoundingClientRect());
  const sign = document.querySelector('.sign').getBoundingClientRect();
  return {
    rows: new Set(boxes.map((box) => Math.round(box.top + box.height / 2))).size,
    overlaps: boxes.some((box) => box.left < sign.right),
    nameLines: Math.round(document.querySelector('.sign-name').offsetHeight / 20),
  };
}"""


@pytest.fixture
def process() -> Process:
    make_organisation(name="Bowling Green & Warren County")
    return stories.make_whole(now=timezone.now()).process


def enter(context: BrowserContext, person: Person, url: str) -> Page:
    name = settings.SESSION_COOKIE_NAME
    context.add_cookies([{"name": name, "value": sign_in(Client(), person).cookies[name].value, "url": url}])
    return context.new_page()


@pytest.mark.parametrize("language", ["en", "sv"])
def test_every_link_of_the_facilitators_header_is_on_one_line(
    live_server: Any, browser: Browser, process: Process, language: str
) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.add_cookies([{"name": settings.LANGUAGE_COOKIE_NAME, "value": language, "url": live_server.url}])
    page = enter(context, make_facilitator(), live_server.url)
    page.goto(live_server.url + reverse("processes:process", args=[process.pk]))
    expect(page.locator(".header-wide > .header-link")).to_have_count(7)

    for width in (1200, 1280, 1440):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate(_HEADER) == {"rows": 1, "overlaps": False, "nameLines": 2}, width
    page.set_viewport_size({"width": 1100, "height": 900})
    expect(page.locator(".header-menu > summary")).to_be_visible()
    expect(page.locator(".header-wide")).to_be_hidden()
    context.close()


@pytest.mark.parametrize(("width", "scheme"), [(390, "light"), (1280, "dark")])
def test_what_is_not_about_the_process_stands_behind_ones_name(
    live_server: Any, browser: Browser, process: Process, width: int, scheme: Any
) -> None:
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, bypass_csp=True)
    page = enter(context, make_facilitator(), live_server.url)
    for name in ("process", "workbench"):
        page.goto(live_server.url + reverse(f"processes:{name}", args=[process.pk]))
        look(page, f"{width} {name}")

    page.locator("summary:visible", has_text="Menu" if width == 390 else "Priya Raman").click()
    look(page, f"{width} menu")
    page.locator(".header").get_by_role("link", name="Questions").click()

    expect(page).to_have_url(live_server.url + reverse("processes:processes"))
    context.close()

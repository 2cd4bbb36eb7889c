"""Journeys in a real browser, on a phone in the light and on a desk in the dark."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, expect

from allting.people.models import Person, QueuedMail
from tests.make import people as make_people

SCREENS = {
    "phone in the light": {"viewport": {"width": 390, "height": 844}, "color_scheme": "light"},
    "desk in the dark": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "dark"},
}


@pytest.fixture(params=SCREENS)
def browser_context_args(browser_context_args: dict[str, Any], request: pytest.FixtureRequest) -> dict[str, Any]:
    return {**browser_context_args, **SCREENS[request.param]}


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture(autouse=True)
def mail_is_set_up(settings: Any) -> None:
    """Codes and invitations wait in the queue, where a journey reads them."""
    settings.MAIL_URL = "smtp://localhost:1"


@pytest.fixture
def visit(live_server: Any, page: Page) -> Callable[[str], None]:
    """Open a path of this server."""
    return lambda path: page.goto(live_server.url + path) and None


@pytest.fixture
def sign_in(live_server: Any) -> Callable[[BrowserContext, Person], None]:
    """Give a browser the session of somebody who signed in before."""

    def give(context: BrowserContext, person: Person) -> None:
        session = make_people.sign_in(Client(), person).cookies[settings.SESSION_COOKIE_NAME]
        context.add_cookies([{"name": session.key, "value": session.value, "url": live_server.url}])

    return give


@pytest.fixture
def code_mailed_to() -> Callable[[str], str]:
    """Read the six digits of the latest mail to an address."""

    def read(address: str) -> str:
        mail = QueuedMail.objects.filter(address=address, key__startswith="code-").latest("pk")
        found = re.search(r"\b(\d{3} ?\d{3})\b", mail.text)
        assert found, mail.text
        return found[1]

    return read


def press_answer(page: Page, answer: str) -> None:
    """Press one of the three buttons, and wait for what comes next."""
    before = page.get_by_role("heading", level=2).and_(page.locator("#statement-words")).inner_text()
    page.get_by_role("button", name=answer, exact=True).click()
    expect(page.locator("#next-statement")).not_to_contain_text(before)

"""The pages of answers in a real browser, told as stories: on a phone, by keyboard, and for every eye."""

from __future__ import annotations

import functools
import socket
from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes, policy
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from django.conf import settings as django_settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext
from playwright.sync_api import Browser, BrowserContext, Page, expect

from allting.answers import actions, tasks
from allting.people import cookies, post
from allting.people.models import Person
from allting.strategy import actions as strategy
from tests.browsing import complaints_about, look
from tests.make import answers as make
from tests.make import maps, opinions, people, story
from tests.make import processes as making

pytestmark = pytest.mark.django_db(transaction=True)

PHONE = {"width": 390, "height": 844}


@pytest.fixture(autouse=True)
def _after_the_day(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    settings.SESSION_COOKIE_AGE = 10**8
    monkeypatch.setattr(timezone, "now", lambda: make.PUBLICLY_LATE)


def signed_in(browser: Browser, person: Person, url: str, **options: Any) -> BrowserContext:
    client = people.sign_in(Client(), person)
    name = django_settings.SESSION_COOKIE_NAME
    context = browser.new_context(bypass_csp=True, **options)
    context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": url}])
    return context


def press_until(page: Page, name: str, *, most: int = 60) -> None:
    """Walk with Tab to what has this name, and press Enter: nobody needs a mouse."""
    for _step in range(most):
        page.keyboard.press("Tab")
        words = page.evaluate("() => document.activeElement.ariaLabel || document.activeElement.innerText.trim()")
        if words == name:
            page.keyboard.press("Enter")
            return
    pytest.fail(f"Nothing called {name!r} can be reached with the Tab key.")


def said(sentence: str, *, language: str, **values: object) -> str:
    """Return a sentence as a page says it in a language."""
    with translation.override(language):
        return gettext(sentence) % values if values else gettext(sentence)


@pytest.mark.parametrize(("language", "width"), [("en", 390), ("sv", 1280)])
def test_a_citizen_without_account_gets_the_answer_by_mail(
    live_server: Any, browser: Browser, letterbox: list[Any], language: str, width: int
) -> None:
    screen: dict[str, Any] = {"viewport": {"width": width, "height": 844}}
    words = functools.partial(said, language=language)
    device = people.make_device_client()
    (statement,) = make.make_statements("The library should open on Sundays.", authors=[device.actor])
    make.leave_address(device.actor, statement.conversation.item, address="anna@example.org", language=language)
    process = make.close(statement)
    sponsor = making.make_sponsor()
    Person.objects.update(language=language)
    context = signed_in(browser, sponsor, live_server.url, **screen)
    page = context.new_page()

    # It is late: everybody reads that, and the sponsor finds it first; writes, signs and publishes by keyboard alone.
    page.goto(live_server.url + reverse("answers:waiting"))
    expect(page.get_by_text({"en": "16 days late, public since 26 April", "sv": "16 dagar"}[language])).to_be_visible()
    look(page, f"citizen {language} 1 late")
    press_until(page, words("“%(words)s”", words=statement.text))
    expect(page.get_by_text(words("One answer to fewer than five people."))).to_be_visible()
    page.get_by_label(words("Yes"), exact=True).focus()
    page.keyboard.press("Space")
    for label, typed in [
        ("The decision in one line", "Yes. From August."),
        ("What happens next", "We hire two people."),
    ]:
        page.get_by_label(words(label)).focus()
        page.keyboard.type(typed)
    look(page, f"citizen {language} 2 written")
    press_until(page, words("Sign"))
    expect(page.get_by_text(words("Signed. It goes out when it is published."))).to_be_visible()
    press_until(page, {"en": "Publish 1 signed answer", "sv": "Skicka ut 1 undertecknat svar"}[language])
    expect(page.get_by_text(words("Fewer than five of them get one mail each."))).to_be_visible()
    look(page, f"citizen {language} 3 before it goes")
    press_until(page, words("Publish and tell everybody"))
    expect(page.get_by_role("heading", name=words("Everyone who wrote has an answer."))).to_be_visible()
    context.close()

    tasks.tell_due()
    post.send_waiting(now=make.PUBLICLY_LATE)

    (mail,) = letterbox
    text = mail.get_body(("plain",)).get_content()
    assert mail["To"] == "anna@example.org"
    assert text.startswith("Yes. From August.")

    # The one button of the mail leads to the whole answer; the device shows it under “My part”.
    (path,) = [line for line in text.splitlines() if line.startswith("http://localhost:8000/answers/")]
    citizen = browser.new_context(**screen, locale=language, bypass_csp=True)
    citizen.add_cookies(
        [{"name": cookies.DEVICE, "value": device.cookies[cookies.DEVICE].value, "url": live_server.url}]
    )
    page = citizen.new_page()
    page.goto(path.replace("http://localhost:8000", live_server.url))
    expect(page.get_by_role("heading", name="Yes. From August.")).to_be_visible()
    expect(page.get_by_text(statement.text)).to_be_visible()
    look(page, f"citizen {language} 4 answer")
    page.goto(live_server.url + reverse("answers:mine"))
    expect(page.get_by_text("Yes. From August.")).to_be_visible()
    look(page, f"citizen {language} 5 my part")
    citizen.close()
    assert process.pk


@pytest.mark.parametrize("language", ["en", "sv"])
def test_a_late_answer_stands_in_public_and_in_the_story(live_server: Any, browser: Browser, language: str) -> None:
    process = make.make_owed("The library should open on Sundays.")
    context = browser.new_context(viewport=PHONE, locale=language, bypass_csp=True)
    page = context.new_page()

    page.goto(live_server.url + reverse("answers:story", args=[process.pk]))
    press_until(page, said("All answers, and which are late", language=language))

    heading = {"en": "One answer is late", "sv": "Ett svar är försenat"}[language]
    expect(page.get_by_role("heading", name=heading)).to_be_visible()
    expect(page.get_by_text("skulle ha kommit 11 april" if language == "sv" else "was due on 11 April")).to_be_visible()
    look(page, f"late in public {language}")
    context.close()


SCREENS = [(390, "light", "sv"), (1280, "light", "en"), (1280, "dark", "en")]


@pytest.mark.parametrize(("width", "scheme", "language"), SCREENS)
def test_a_strategy_is_seen_from_its_story_down_to_the_votes_and_by_each_role(
    live_server: Any, browser: Browser, width: int, scheme: Any, language: str
) -> None:
    told = story.make_chosen()
    Person.objects.update(language=language)
    screen: dict[str, Any] = {"viewport": {"width": width, "height": 900}, "color_scheme": scheme}
    name = f"{width} {scheme}"

    def seen_by(person: Person, title: str, *addresses: str) -> None:
        context = signed_in(browser, person, live_server.url, **screen)
        page = context.new_page()
        for number, address in enumerate(addresses):
            page.goto(live_server.url + address)
            look(page, f"{name} {title} {number}")
        context.close()

    undecided = reverse("answers:story", args=[told.process.pk])
    story.owe(told, now=make.PUBLICLY_LATE - timedelta(days=50))
    seen_by(told.sponsor, "sponsor waits", reverse("answers:waiting"), undecided)
    priorities = story.decide(told, reason="It costs more than the others together.")
    promise = story.promise(told, priorities[0])
    by = told.sponsor.actor
    strategy.name_owner(priority=priorities[1], owner=told.lead, by=by, now=make.LATE)
    make.make_signed(make.group_of(told.written[0]), by=told.sponsor)
    actions.publish(process=told.process, by=by, now=make.IN_TIME)
    seen_by(told.lead, "lead waits", reverse("answers:waiting"))
    seen_by(making.make_facilitator(), "facilitator waits", reverse("answers:waiting"))

    visitor = browser.new_context(**screen, locale=language, bypass_csp=True)
    page = visitor.new_page()
    page.goto(live_server.url + undecided)
    look(page, f"{name} story")
    page.get_by_role("link", name=promise.wording).first.focus()
    page.keyboard.press("Enter")
    # On the promise stand the statement it rests on and its votes per group; one more press opens the statement.
    expect(page.locator("#why .bars").first).to_be_visible()
    look(page, f"{name} promise")
    page.locator("#why").get_by_role("link", name=told.statements[0].text).last.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".bars").first).to_be_visible()
    page.goto(live_server.url + reverse("record:what_came_of_it", args=[told.written[0].pk]))
    expect(page.get_by_text("Yes, we will. By June 2028.")).to_be_visible()
    look(page, f"{name} what came of it")
    page.goto(live_server.url + reverse("record:why", args=[promise.pk]))
    look(page, f"{name} why")
    visitor.close()


@pytest.mark.parametrize(("width", "scheme"), [(390, "light"), (1280, "dark")])
def test_every_page_fits_can_be_hit_and_can_be_read(
    live_server: Any, browser: Browser, width: int, scheme: Any
) -> None:
    sponsor = making.make_sponsor()
    addresses = _world(sponsor)
    context = signed_in(
        browser, sponsor, live_server.url, viewport={"width": width, "height": 900}, color_scheme=scheme
    )
    page = context.new_page()
    complaints: dict[str, Any] = {}

    for address in addresses:
        page.goto(live_server.url + address)
        if found := complaints_about(page):
            complaints[address] = found

    context.close()
    assert complaints == {}


def _world(sponsor: Person) -> list[str]:
    """Make one process with something of everything, and return every page of this room."""
    conversation = maps.make_voted_conversation(people=40)
    maps.make_map(conversation)
    texts = ("Open the library on Sundays.", "Mend the road.", "Plant trees.", "More buses.", "Fewer cars.")
    said = [opinions.make_statement(conversation, text=text) for text in texts]
    opinions.make_statement(conversation, text="A bench at each stop.", author=sponsor.actor)
    process = make.close(said[0])
    out = make.make_signed(make.group_of(said[0]), by=sponsor)
    actions.publish(process=process, by=sponsor.actor, now=make.IN_TIME)
    by = sponsor.actor
    actions.join_groups(
        groups=[make.group_of(said[2]), make.group_of(said[3])], title="Green streets", by=by, now=make.IN_TIME
    )
    actions.write_answer(group=make.group_of(said[2]), draft=make.NO, by=by, now=make.IN_TIME)
    make.make_signed(make.group_of(said[1]), by=sponsor, draft=make.NO)
    return [
        reverse("answers:waiting"),
        reverse("answers:mine"),
        reverse("answers:prepare", args=[process.pk]),
        reverse("answers:write", args=[make.group_of(said[2]).pk]),
        reverse("answers:write", args=[make.group_of(said[1]).pk]),
        reverse("answers:publish", args=[process.pk]),
        reverse("answers:answers", args=[process.pk]),
        reverse("answers:answer", args=[out.pk]),
        reverse("answers:story", args=[process.pk]),
    ]


@pytest.fixture
def letterbox(settings: Any) -> Iterator[list[Any]]:
    """A real mail server; gives the mails that came."""
    mails: list[Any] = []

    class Hands:
        async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
            mails.append(message_from_bytes(envelope.content, policy=policy.default))
            return "250 OK"

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(Hands(), hostname="127.0.0.1", port=port)
    controller.start()
    settings.MAIL_URL = f"smtp://127.0.0.1:{port}"
    yield mails
    controller.stop()

"""A conversation in a frame on another site, in a browser that blocks the cookies of third parties."""

from __future__ import annotations

import contextlib
import json
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, FrameLocator, Page, Playwright, expect

from allting.opinions import embedding
from allting.opinions.models import Conversation, Statement, Vote
from allting.people.models import Device, RoleName
from tests import browsing
from tests.conftest import CHROMIUM
from tests.make.embedding import make_host_site
from tests.make.opinions import make_conversation
from tests.make.people import make_organisation, make_person, sign_in

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]

SCREENS = {
    "phone in the light": {"viewport": {"width": 390, "height": 844}, "color_scheme": "light"},
    "desk in the dark": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "dark"},
}
# As strict as a municipality's: no inline script, no inline style, and of others only our frame and our script.
POLICY = "default-src 'none'; style-src 'self'; {lines}"
PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>The municipality</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="stylesheet" href="/look.css"></head>
<body><main><h1>The municipality asks</h1><p>What you answer here counts like everywhere.</p>{line}</main>
</body></html>"""
READS_STORAGE = "() => { try { return localStorage.length + '' } catch (refused) { return refused.name } }"
HEIGHT = "document.querySelector('iframe').getBoundingClientRect().height"
IS_BLOCKED = "SecurityError"
LIGHT_LOOK = "body{font-family:sans-serif;margin:0;padding:16px;max-width:60rem;background:#fff;color:#000}"
PAPER = "rgb(251, 250, 246)"
LOOK = "html{color-scheme:light dark}body{font-family:sans-serif;margin:0;padding:16px;max-width:60rem}"


@dataclass
class Host:
    """A site of others: its page, on an origin that is not ours, and the policy that it sends along."""

    url: str
    line: str = ""
    policy: str = ""
    look: str = LOOK


@pytest.fixture
def host() -> Iterator[Host]:
    """Serve the page of a municipality on 127.0.0.1; ours answers on localhost, which is another site to browsers."""
    site = Host(url="")

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            is_look = self.path == "/look.css"
            body = site.look if is_look else PAGE.format(line=site.line)
            self.send_response(200)
            self.send_header("Content-Type", "text/css" if is_look else "text/html; charset=utf-8")
            self.send_header("Content-Security-Policy", site.policy)
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    site.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield site
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def conversation(host: Host, live_server: Any, monkeypatch: pytest.MonkeyPatch) -> Conversation:
    """Give an open conversation whose line stands on the host's page; the host is not named yet."""
    monkeypatch.setattr(settings, "PUBLIC_URL", live_server.url)
    make_organisation(name="Bowling Green")
    conversation = make_conversation(statements=8, now=timezone.now())
    lines = embedding.lines_for(conversation.pk, title=conversation.item.title)
    host.line, host.policy = str(lines.whole), POLICY.format(lines=lines.policy)
    return conversation


@pytest.fixture(params=SCREENS)
def strict(playwright: Playwright, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[BrowserContext]:
    """Start a browser whose owner blocks what third parties keep: cookies, and storage with them."""
    with _own_browser(playwright, tmp_path, blocks=True, **SCREENS[request.param]) as browser:
        yield browser


@pytest.fixture
def lenient(playwright: Playwright, tmp_path: Path) -> Iterator[BrowserContext]:
    """Start a browser as most people have it. Playwright's usual one is a private window, which blocks."""
    with _own_browser(playwright, tmp_path, blocks=False, **SCREENS["desk in the dark"]) as browser:
        yield browser


@pytest.fixture
def strict_without_script(playwright: Playwright, tmp_path: Path) -> Iterator[BrowserContext]:
    how: dict[str, Any] = {"viewport": {"width": 320, "height": 700}, "java_script_enabled": False}
    with _own_browser(playwright, tmp_path, blocks=True, **how) as browser:
        yield browser


@contextlib.contextmanager
def _own_browser(playwright: Playwright, folder: Path, *, blocks: bool, **how: Any) -> Iterator[BrowserContext]:
    """Start a browser with a profile of its own: what it does with third parties is a setting of the profile."""
    profile = folder / "profile"
    (profile / "Default").mkdir(parents=True)
    wishes = {"profile": {"cookie_controls_mode": int(blocks), "block_third_party_cookies": blocks}}
    (profile / "Default" / "Preferences").write_text(json.dumps(wishes))
    browser = playwright.chromium.launch_persistent_context(
        str(profile), executable_path=str(CHROMIUM) if CHROMIUM.exists() else None, **how
    )
    yield browser
    browser.close()


@pytest.fixture
def look_closely(browser: Browser) -> Iterator[BrowserContext]:
    """Open the framed page by itself, where axe can look at it, in the narrowest frame that there is."""
    context = browser.new_context(viewport={"width": 320, "height": 700}, color_scheme="dark", bypass_csp=True)
    yield context
    context.close()


def frame_of(page: Page) -> FrameLocator:
    return page.frame_locator("iframe")


def height_of(page: Page) -> float:
    return float(page.evaluate(HEIGHT))


def picture(page: Page, name: str) -> None:
    """Take a picture of the host's page where pictures are wanted."""
    if browsing.PICTURES:
        page.wait_for_timeout(800)  # what rises in has arrived
        width = page.evaluate("window.innerWidth")
        page.screenshot(path=Path(browsing.PICTURES) / f"{name}-{width}.png", full_page=True, caret="initial")


def test_a_reader_of_another_site_answers_there_though_third_party_cookies_are_blocked(
    strict: BrowserContext, host: Host, conversation: Conversation
) -> None:
    make_host_site(conversation, origin=host.url)
    page = strict.pages[0]
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.goto(host.url)
    frame = frame_of(page)
    words = frame.locator("#statement-words")
    first = words.inner_text()
    picture(page, "embed-first")

    frame.get_by_role("button", name="Agree", exact=True).click()
    expect(frame.get_by_text("You agreed.")).to_be_visible()
    expect(words).not_to_have_text(first)
    expect(words).to_be_focused()
    page.keyboard.press("p")
    expect(frame.get_by_text("2 of 8")).to_be_visible()
    before = height_of(page)
    frame.get_by_text("Say it your way").click()
    page.wait_for_function(f"(before) => {HEIGHT} > before", arg=before)
    picture(page, "embed-say")
    inside = page.frames[1].evaluate("[document.documentElement.scrollHeight, window.innerHeight]")
    frame.get_by_role("button", name="Stop here").click()
    expect(frame.get_by_role("heading", name="Thank you.")).to_be_visible()
    picture(page, "embed-thanks")

    assert IS_BLOCKED in page.frames[1].evaluate(READS_STORAGE)
    assert inside[0] <= inside[1], "The frame is lower than its page."
    assert Vote.objects.get(statement__text=first).value == Vote.Value.AGREE
    assert (Vote.objects.count(), Device.objects.count()) == (2, 1)
    assert strict.cookies() == []
    assert complaints == []


def test_a_frame_that_is_opened_again_goes_on_where_one_was_and_on_in_full_from_there(
    lenient: BrowserContext, host: Host, conversation: Conversation
) -> None:
    make_host_site(conversation, origin=host.url)
    host.look = LIGHT_LOOK
    page = lenient.pages[0]
    page.goto(host.url)
    frame_of(page).get_by_role("button", name="Agree", exact=True).click()
    expect(frame_of(page).get_by_text("1 of 8")).to_be_visible()

    page.reload()
    expect(frame_of(page).get_by_text("1 of 8")).to_be_visible()
    # In the dark, but on a page that stays light.
    expect(frame_of(page).locator("body")).to_have_css("background-color", PAPER)
    picture(page, "embed-on-a-light-page")
    frame_of(page).get_by_role("button", name="Pass", exact=True).click()
    expect(frame_of(page).get_by_text("2 of 8")).to_be_visible()

    assert Device.objects.count() == 1
    assert lenient.cookies() == []

    frame_of(page).get_by_role("button", name="Stop here").click()
    with page.expect_popup() as opened:
        frame_of(page).get_by_role("button", name="Go on in full with these answers").click()
    site = opened.value
    expect(site.get_by_role("heading", name="Go on here with the 2 answers")).to_be_visible()
    picture(site, "embed-carry-on")
    site.get_by_role("button", name="Go on with them").click()
    expect(site.get_by_text("2 answers are here now.")).to_be_visible()
    expect(site.get_by_text("2 of 8")).to_be_visible()
    assert Vote.objects.values("actor").distinct().count() == 1


def test_a_site_that_was_not_named_shows_nothing(page: Page, host: Host, conversation: Conversation) -> None:
    make_host_site(conversation, origin="https://www.kommun.se")
    refused: list[str] = []
    page.on("console", lambda message: refused.append(message.text) if "frame-ancestors" in message.text else None)

    page.goto(host.url)

    expect(page.get_by_text("The municipality asks")).to_be_visible()
    page.wait_for_function("document.readyState === 'complete'")
    expect(frame_of(page).get_by_role("button")).to_have_count(0)
    assert refused


def test_without_any_script_the_frame_works_from_form_to_form(
    strict_without_script: BrowserContext, host: Host, conversation: Conversation
) -> None:
    make_host_site(conversation, origin=host.url)
    page = strict_without_script.pages[0]
    page.goto(host.url)
    frame = frame_of(page)

    for _answer in range(2):
        frame.get_by_role("button", name="Agree", exact=True).click()
    expect(frame.get_by_text("2 of 8")).to_be_visible()
    frame.get_by_role("button", name="Undo").click()
    expect(frame.get_by_text("Taken back.")).to_be_visible()
    frame.get_by_role("button", name="Svenska").click()
    expect(frame.get_by_role("button", name="Håller med")).to_be_visible()
    frame.get_by_text("Säg det med egna ord").click()
    frame.get_by_label("Ditt påstående").fill("En bänk vid varje hållplats.")
    frame.get_by_role("button", name="Låt andra svara på det").click()
    expect(frame.get_by_text("Någon läser det inom ett dygn").first).to_be_visible()
    picture(page, "embed-bare")

    assert (Vote.objects.count(), Device.objects.count()) == (1, 1)
    assert Statement.objects.filter(text="En bänk vid varje hållplats.", state=Statement.State.WAITING).exists()


def test_every_page_of_the_frame_can_be_read_and_hit_in_the_narrowest_place(
    look_closely: BrowserContext, live_server: Any, conversation: Conversation
) -> None:
    make_host_site(conversation)
    page = look_closely.new_page()
    page.goto(live_server.url + reverse("opinions:embedded", args=[conversation.pk]))

    browsing.look(page, "embed-narrow-first")
    page.get_by_role("button", name="Disagree", exact=True).click()
    # Not the words for those who listen, which come a moment before the next statement.
    expect(page.locator("#embedded").get_by_text("You disagreed.")).to_be_visible()
    page.get_by_text("Say it your way").click()
    page.get_by_role("button", name="Let others answer it").click()
    expect(page.get_by_role("link", name="Write what you think first.")).to_be_visible()
    browsing.look(page, "embed-narrow-error")
    page.get_by_role("button", name="Stop here").click()
    expect(page.get_by_role("heading", name="Thank you.")).to_be_focused()
    page.get_by_text("Forget me, or take my answers back").click()
    browsing.look(page, "embed-narrow-thanks")
    page.get_by_label("Take my answers back. My statements stay").check()
    page.get_by_role("button", name="Do this").click()
    expect(page.get_by_text("Your answers are taken back.")).to_be_visible()
    browsing.look(page, "embed-narrow-left")

    assert page.evaluate("Object.keys(localStorage)") == []
    assert not Vote.objects.exists()


@pytest.mark.parametrize(("width", "scheme"), [(390, "light"), (1280, "dark")])
def test_a_facilitator_finds_the_line_and_copies_it(
    browser: Browser, live_server: Any, conversation: Conversation, width: int, scheme: Any
) -> None:
    context = browser.new_context(viewport={"width": width, "height": 844}, color_scheme=scheme, bypass_csp=True)
    session = sign_in(Client(), make_person(role=RoleName.FACILITATOR)).cookies[settings.SESSION_COOKIE_NAME]
    context.add_cookies([{"name": session.key, "value": session.value, "url": live_server.url}])
    page = context.new_page()
    page.goto(live_server.url + reverse("opinions:hosts", args=[conversation.pk]))

    browsing.look(page, f"hosts-none-{width}")
    page.get_by_label("Address of the site").fill("http://www.kommun.se")
    page.get_by_role("button", name="Name this site").click()
    expect(page.get_by_role("link", name="Write it as it stands in the address bar")).to_be_visible()
    page.get_by_label("Address of the site").fill("https://www.kommun.se/start")
    page.get_by_role("button", name="Name this site").click()
    line = page.get_by_label("Line for the page")
    expect(line).to_have_value(
        re.compile(rf"^<iframe src=\"{live_server.url}/opinions/embed/{conversation.pk}\".*</script>$")
    )
    page.get_by_text("If the line does not work there").click()
    browsing.look(page, f"hosts-named-{width}")

    context.close()

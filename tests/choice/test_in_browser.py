"""A customer with an invitation link chooses on a phone, changes it with the receipt, and finds it counted."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from allting.choice import actions
from allting.choice.models import Ballot, Round
from allting.people import actions as people
from allting.people.models import Person, RoleName
from tests.browsing import PICTURES, look
from tests.choice.test_big_rounds import fill
from tests.make import choice as make
from tests.make import processes
from tests.make.people import sign_in

pytestmark = pytest.mark.django_db(transaction=True)

SCREENS = {
    "phone": {"viewport": {"width": 390, "height": 844}, "color_scheme": "light"},
    "phone in the dark": {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark"},
    "desk": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "light"},
    "small phone": {"viewport": {"width": 320, "height": 700}, "color_scheme": "light"},
}


def invited_link(round_: Round) -> str:
    """Return the personal link of an invitation to the process."""
    process = make.process_of(round_)
    invited = people.invite(
        address="karin@customer.example",
        role=RoleName.PARTICIPANT,
        item=process.item,
        by=round_.item.author,
        now=timezone.now(),
    )
    return invited.path


def finish(round_: Round) -> None:
    """Let others choose, too, and the round close and be counted."""
    make.cast(round_, [[0, 1]] * 6, kind="citizen")
    make.cast(round_, [[3]] * 5, kind="customer")
    make.close(round_, now=timezone.now())
    make.count(round_)


@pytest.mark.parametrize("screen", SCREENS)
def test_a_customer_chooses_changes_it_with_the_receipt_and_finds_it_counted(
    live_server: Any, browser: Browser, screen: str
) -> None:
    round_ = make.make_round(options=8, limit=3, now=timezone.now(), open_to="invited")
    titles = [option.title for option in make.options_of(round_)]
    context = browser.new_context(**SCREENS[screen], bypass_csp=True)
    page = context.new_page()

    page.goto(live_server.url + invited_link(round_))
    with page.expect_navigation():
        page.get_by_role("button", name="Accept").click()
    page.goto(live_server.url + reverse("choice:ballot", args=[round_.pk]))
    look(page, f"{screen} 1 ballot")
    for title in titles[:3]:
        page.get_by_role("checkbox", name=title).check()
    expect(page.locator("[data-count]")).to_have_text("3 chosen all used")
    page.get_by_role("checkbox", name=titles[3]).click()
    expect(page.get_by_text("That makes 3. To take another, let one go first. Nothing is lost.")).to_be_visible()
    expect(page.get_by_role("checkbox", name=titles[3])).not_to_be_checked()
    look(page, f"{screen} 2 full")
    page.get_by_role("button", name="Review").click()
    expect(page.get_by_role("heading", name="Your ballot: 3 of up to 3")).to_be_visible()
    page.get_by_role("button", name=f"Let go: {titles[2]}").click()
    page.get_by_role("radio", name="Customer or user").check()
    look(page, f"{screen} 3 review")
    page.get_by_role("button", name="Cast my ballot").click()
    expect(page.get_by_role("heading", name="Your ballot is in.")).to_be_visible()
    look(page, f"{screen} 4 receipt")
    receipt = page.locator("#receipt-words").inner_text()

    stranger = browser.new_context(**SCREENS[screen], bypass_csp=True).new_page()
    stranger.goto(live_server.url + reverse("choice:receipt"))
    stranger.get_by_label("The words of your receipt").fill(receipt)
    look(stranger, f"{screen} 5 open")
    stranger.get_by_role("button", name="Open").click()
    stranger.get_by_role("checkbox", name=titles[1]).uncheck()
    stranger.get_by_role("checkbox", name=titles[3]).check()
    look(stranger, f"{screen} 6 change")
    stranger.get_by_role("button", name="Save the change").click()
    expect(stranger.get_by_role("heading", name="Changed. This counts now.")).to_be_visible()

    finish(round_)
    stranger.goto(live_server.url + reverse("choice:receipt"))
    stranger.get_by_label("The words of your receipt").fill(receipt)
    stranger.get_by_role("button", name="Open").click()
    expect(stranger.get_by_role("heading", name="Of your 2, 2 were chosen.")).to_be_visible()
    look(stranger, f"{screen} 7 helped")
    page.goto(live_server.url + reverse("choice:outcome", args=[round_.pk]))
    look(page, f"{screen} 8 outcome")
    context.close()


@pytest.mark.parametrize("screen", ["phone", "desk"])
def test_the_sponsor_departs_with_a_reason_and_both_stand_in_public(
    live_server: Any, browser: Browser, screen: str
) -> None:
    round_ = make.make_round(now=timezone.now())
    finish(round_)
    context = browser.new_context(**SCREENS[screen], bypass_csp=True)
    session = sign_in(Client(), processes.make_sponsor(now=timezone.now())).cookies["sessionid"]
    context.add_cookies([{"name": session.key, "value": session.value, "url": live_server.url}])
    page = context.new_page()

    page.goto(live_server.url + reverse("choice:outcome", args=[round_.pk]))
    page.get_by_role("link", name="Decide on it").click()
    look(page, f"{screen} 9 decide")
    page.get_by_role("checkbox", name=make.TITLES[3]).uncheck()
    page.get_by_label("Your reason, which everybody reads").fill("The state sets the terms.")
    page.get_by_role("button", name="See how many it leaves with nothing").click()
    expect(page.get_by_text("With your list: It leaves 5 people with none of their choices.")).to_be_visible()
    look(page, f"{screen} 10 before departing")
    page.get_by_role("button", name="Depart with this reason").click()

    expect(page.get_by_text("The state sets the terms.", exact=True)).to_be_visible()
    expect(page.get_by_role("heading", name="Chosen, and not decided on")).to_be_visible()
    look(page, f"{screen} 11 departed")
    page.goto(live_server.url + reverse("answers:story", args=[make.process_of(round_).pk]))
    chosen = page.get_by_role("region", name="What was chosen, and why")
    expect(chosen.get_by_text("The state sets the terms.")).to_be_visible()
    expect(chosen.get_by_text(make.TITLES[3]).first).to_be_visible()
    look(page, f"{screen} 12 story of the departure")
    context.close()


@pytest.mark.parametrize("screen", ["phone", "desk"])
def test_a_long_list_is_shortened_first_and_what_goes_on_is_voted_on(
    live_server: Any, browser: Browser, screen: str
) -> None:
    now = timezone.now()
    round_ = make.make_round(options=0, state="preparing", now=now, open_to="invited")
    fill(round_)
    context = browser.new_context(**SCREENS[screen], bypass_csp=True)
    session = sign_in(Client(), processes.make_facilitator(now=now)).cookies["sessionid"]
    context.add_cookies([{"name": session.key, "value": session.value, "url": live_server.url}])
    page = context.new_page()
    page.goto(live_server.url + reverse("choice:workbench", args=[round_.pk]))
    look(page, f"{screen} 20 workbench of 896")
    page.get_by_role("button", name="Freeze the proposals and open the shortlist").click()
    expect(page.get_by_role("heading", name="The shortlist is set. The proposals are frozen.")).to_be_visible()
    look(page, f"{screen} 21 shortlist set")
    context.close()

    context = browser.new_context(**SCREENS[screen], bypass_csp=True)
    page = context.new_page()
    page.goto(live_server.url + invited_link(round_))
    with page.expect_navigation():
        page.get_by_role("button", name="Accept").click()
    page.goto(live_server.url + reverse("choice:ballot", args=[round_.pk]))
    expect(page.get_by_role("heading", name="First the list is shortened.")).to_be_visible()
    look(page, f"{screen} 22 deal")
    page.get_by_role("button", name="Show me mine").click()
    expect(page.get_by_role("checkbox")).to_have_count(15)
    look(page, f"{screen} 23 hand")
    page.get_by_role("checkbox").first.check()
    page.get_by_role("button", name="Review").click()
    look(page, f"{screen} 24 review")
    page.get_by_role("button", name="Cast my ballot").click()
    expect(page.get_by_role("heading", name="Your ballot is in.")).to_be_visible()
    look(page, f"{screen} 25 cast")

    shortlist = Round.objects.select_related("item__author").get(shortlist_for=round_)
    make.judge(shortlist, [range(0, 896, 2)] * 8, now=timezone.now())
    make.close_shortlist(shortlist, now=timezone.now())
    page.goto(live_server.url + reverse("choice:outcome", args=[shortlist.pk]))
    expect(page.get_by_role("heading", name="30 of 896 go on to the vote.")).to_be_visible()
    look(page, f"{screen} 26 shortlist")
    page.get_by_role("link", name="Go to the vote").click()
    expect(page.get_by_role("checkbox")).to_have_count(30)
    context.close()


@pytest.mark.parametrize("screen", ["phone", "desk"])
def test_a_ballot_of_896_is_searched_and_turned_and_keeps_every_choice(
    live_server: Any, browser: Browser, screen: str
) -> None:
    round_ = make.make_round(options=0, state="preparing", now=timezone.now(), open_to="invited")
    fill(round_)
    actions.open_round(round_=round_, by=round_.item.author, now=timezone.now())
    context = browser.new_context(**SCREENS[screen], bypass_csp=True)
    page = context.new_page()
    page.goto(live_server.url + invited_link(round_))
    with page.expect_navigation():
        page.get_by_role("button", name="Accept").click()

    page.goto(live_server.url + reverse("choice:ballot", args=[round_.pk]))
    page.get_by_role("checkbox").first.check()
    page.get_by_role("button", name="More proposals").click()
    page.get_by_role("checkbox").nth(4).check()
    page.get_by_label("Find a proposal").fill("Proposal 777")
    page.keyboard.press("Enter")
    page.get_by_role("checkbox", name="Proposal 777").check()
    expect(page.locator("[data-count]")).to_have_text("3 chosen 9 left")
    look(page, f"{screen} 30 found")
    page.get_by_role("button", name="Review").click()

    expect(page.get_by_role("heading", name="Your ballot: 3 of up to 12")).to_be_visible()
    context.close()


@pytest.mark.parametrize("screen", ["phone", "desk"])
def test_the_sponsor_reads_one_sheet_before_deciding(live_server: Any, browser: Browser, screen: str) -> None:
    round_ = make.make_round(options=12, seats=9, now=timezone.now())
    make.cast(round_, [[0, 1, 2, 3, 4], [0, 2, 5, 6], [0, 1, 7, 8]] * 4, kind="citizen")
    make.cast(round_, [[0, 9], [10, 9], [11, 10, 0]] * 3, kind="customer")
    make.close(round_, now=timezone.now())
    make.count(round_)
    context = browser.new_context(**SCREENS[screen], bypass_csp=True)
    session = sign_in(Client(), processes.make_sponsor(now=timezone.now())).cookies["sessionid"]
    context.add_cookies([{"name": session.key, "value": session.value, "url": live_server.url}])
    page = context.new_page()

    page.goto(live_server.url + reverse("choice:decide", args=[round_.pk]))
    page.get_by_role("link", name="One-page brief").click()
    expect(page.get_by_role("heading", name="Before you decide")).to_be_visible()
    look(page, f"{screen} 40 brief")

    # One sheet of A4 and no more.
    assert len(re.findall(rb"/Type\s*/Page[^s]", page.pdf(prefer_css_page_size=True))) == 1
    if PICTURES:
        page.emulate_media(media="print")
        page.set_viewport_size({"width": 690, "height": 1030})
        page.screenshot(path=f"{PICTURES}/{screen} 41 brief on paper.png", full_page=True)
    context.close()


@pytest.mark.parametrize("screen", ["phone"])
def test_the_whole_way_by_keyboard_alone_and_in_swedish(live_server: Any, browser: Browser, screen: str) -> None:
    round_ = make.make_round(options=4, limit=3, now=timezone.now(), open_to="invited")
    context = browser.new_context(**SCREENS[screen], locale="sv-SE", bypass_csp=True)
    page = context.new_page()

    page.goto(live_server.url + invited_link(round_))
    press(page, "button", "Tacka ja")
    page.goto(live_server.url + reverse("choice:ballot", args=[round_.pk]))
    press(page, "checkbox", make.TITLES[0], key="Space")
    press(page, "button", "Granska")
    press(page, "button", "Lämna min valsedel")
    expect(page.get_by_role("heading", name="Din valsedel är inne.")).to_be_visible()
    look(page, "sv 1 receipt")
    receipt = page.locator("#receipt-words").inner_text()

    open_with(page, live_server.url, receipt)
    press(page, "checkbox", make.TITLES[1], key="Space")
    press(page, "button", "Spara ändringen")
    expect(page.get_by_role("heading", name="Ändrat. Nu gäller det här.")).to_be_visible()
    finish(round_)
    open_with(page, live_server.url, receipt)
    expect(page.get_by_text("av ditt inflytande").first).to_be_visible()
    look(page, "sv 2 helped")
    context.close()

    context = browser.new_context(**SCREENS[screen], locale="sv-SE", bypass_csp=True)
    sponsor = processes.make_sponsor(now=timezone.now())
    Person.objects.filter(pk=sponsor.pk).update(language="sv")
    session = sign_in(Client(), sponsor).cookies["sessionid"]
    context.add_cookies([{"name": session.key, "value": session.value, "url": live_server.url}])
    page = context.new_page()
    page.goto(live_server.url + reverse("choice:outcome", args=[round_.pk]))
    press(page, "link", "Underlag på en sida")
    expect(page.get_by_role("heading", name="Innan du beslutar")).to_be_visible()
    look(page, "sv 3 brief")
    press(page, "link", "Fatta beslut")
    press(page, "checkbox", make.TITLES[3], key="Space")
    press(page, "textbox", "Ditt skäl, som alla läser", key="x")
    page.keyboard.press("Backspace")
    page.keyboard.type("Staten bestämmer villkoren.")
    press(page, "button", "Se hur många som blir utan")
    press(page, "button", "Avvik med det här skälet")
    expect(page.get_by_text("Staten bestämmer villkoren.", exact=True)).to_be_visible()
    look(page, "sv 4 departed")
    context.close()


def open_with(page: Page, house: str, receipt: str) -> None:
    """Open a ballot with the words of its receipt, typed."""
    page.goto(house + reverse("choice:receipt"))
    press(page, "textbox", "Orden på ditt kvitto", key="x")
    page.keyboard.press("Backspace")
    page.keyboard.type(receipt)
    press(page, "button", "Öppna")


def test_the_facilitator_puts_a_round_together(live_server: Any, browser: Browser) -> None:
    round_ = make.make_round(options=2, limit=5, state="preparing", now=timezone.now())
    context = browser.new_context(**SCREENS["phone"], bypass_csp=True)
    session = sign_in(Client(), processes.make_facilitator(now=timezone.now())).cookies["sessionid"]
    context.add_cookies([{"name": session.key, "value": session.value, "url": live_server.url}])
    page = context.new_page()

    page.goto(live_server.url + reverse("choice:workbench", args=[round_.pk]))
    look(page, "12 workbench")
    page.get_by_label("The proposal, in a few plain words").fill("Buses on Sundays")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_role("heading", name="Buses on Sundays")).to_be_visible()
    page.get_by_role("button", name="Freeze the proposals and open").click()

    expect(page.get_by_role("heading", name="The round is set. The proposals are frozen.")).to_be_visible()
    context.close()


def test_choosing_by_keyboard_alone_and_without_scripts(live_server: Any, browser: Browser) -> None:
    round_ = make.make_round(options=2, limit=2, now=timezone.now(), open_to="invited")
    context = browser.new_context(**SCREENS["phone"], java_script_enabled=False)
    page = context.new_page()

    page.goto(live_server.url + invited_link(round_))
    press(page, "button", "Accept")
    page.goto(live_server.url + reverse("choice:ballot", args=[round_.pk]))
    press(page, "checkbox", make.TITLES[0], key="Space")
    press(page, "button", "Review")
    press(page, "button", "Cast my ballot")

    expect(page.get_by_role("heading", name="Your ballot is in.")).to_be_visible()
    assert Ballot.objects.get().approvals == [make.options_of(round_)[0].pk]
    context.close()


def press(page: Page, role: Any, name: str, *, key: str = "Enter") -> None:
    """Walk to a control with the tab key, and press it."""
    wanted = page.get_by_role(role, name=name).first
    for _step in range(90):
        if wanted.evaluate("each => each === document.activeElement"):
            if role in {"button", "link"}:
                with page.expect_navigation():
                    page.keyboard.press(key)
            else:
                page.keyboard.press(key)
            return
        page.keyboard.press("Tab")
    pytest.fail(f"{name} cannot be reached by keyboard.")

"""A conversation in a frame on another site: who may frame it, without cookies, by a ticket."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.core import signing
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from allting.opinions import limits, urls
from allting.opinions.models import Conversation, Participant, Statement, Vote
from allting.opinions.room import ROOM
from allting.people import cookies
from allting.people.models import Device
from allting.record.models import Actor
from tests.make import maps
from tests.make.embedding import HOST, Frame, make_host_site
from tests.make.opinions import make_conversation, make_statement, statements_of
from tests.make.people import make_device_client, make_organisation, make_person, sign_in

pytestmark = pytest.mark.django_db

POLICY = "Content-Security-Policy"
QUERIES_OF_A_VOTE = 21
ROUTES = {str(pattern.name): f"{ROOM.prefix}{pattern.pattern}" for pattern in urls.urlpatterns}


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture
def frame(conversation: Conversation) -> Frame:
    """Give a reader whose frame is about to open, on a site that was named."""
    make_host_site(conversation)
    return Frame(conversation)


# --- who may frame what -----------------------------------------------------------------------------


def test_only_the_named_sites_may_frame_it(frame: Frame) -> None:
    make_host_site(frame.conversation, origin="https://xn--malm-8qa.se:8443")

    response = frame.open()

    assert f"frame-ancestors {HOST} https://xn--malm-8qa.se:8443;" in response[POLICY] + ";"
    assert "X-Frame-Options" not in response
    assert "script-src 'self'" in response[POLICY]


def test_where_no_site_is_named_there_is_nothing_to_frame(conversation: Conversation) -> None:
    response = Frame(conversation).open()

    assert response.status_code == 404
    assert "frame-ancestors 'none'" in response[POLICY]
    assert response["X-Frame-Options"] == "DENY"


def test_a_site_that_is_named_for_one_conversation_may_not_frame_another(frame: Frame) -> None:
    other = make_conversation(now=timezone.now())
    make_host_site(other, origin="https://elsewhere.se")

    assert "elsewhere" not in frame.open()[POLICY]


@pytest.mark.parametrize("name", ["conversation", "results", "say", "enough", "mine", "report"])
def test_no_other_page_of_the_conversation_may_be_framed(frame: Frame, client: Client, name: str) -> None:
    response = client.get(frame.address(name))

    assert "frame-ancestors 'none'" in response[POLICY]
    assert response["X-Frame-Options"] == "DENY"


def test_a_page_with_bad_news_may_be_framed_too_and_by_nobody_else(frame: Frame) -> None:
    response = frame.press("embedded", ticket="forged")

    assert response.status_code == 403
    assert f"frame-ancestors {HOST}" in response[POLICY]


def test_what_only_the_invited_may_see_shows_nothing_in_a_frame() -> None:
    conversation = make_conversation(now=timezone.now(), open_to="invited")
    make_host_site(conversation)

    response = Frame(conversation).open()

    assert response.status_code == 403
    assert conversation.item.title not in response.content.decode()


# --- no cookies ---------------------------------------------------------------------------------------


def every_answer_in(frame: Frame) -> dict[str, Any]:
    """Return one good and one bad answer of every framed address."""
    statement = statements_of(frame.conversation)[0]
    return {
        "opened": frame.open(),
        "voted": frame.vote(statement.pk),
        "said a relation": frame.press("embedded_relation", relation="citizen"),
        "said no relation": frame.press("embedded_relation", relation="king"),
        "no answer": frame.vote(statement.pk, "seven"),
        "nothing to vote on": frame.vote(987_654_321),
        "gone on": frame.press("embedded"),
        "undone": frame.press("embedded_undo"),
        "nothing to undo": frame.press("embedded_undo"),
        "said": frame.press("embedded_say", text="A bench at each stop."),
        "said nothing": frame.press("embedded_say", text=""),
        "enough": frame.press("embedded_enough"),
        "chose nothing": frame.press("embedded_leave"),
        "from another site": frame.press("embedded_undo", origin="https://evil.example"),
        "forged": frame.press("embedded_enough", ticket="forged"),
        "by the wrong way": frame.client.get(frame.address("embedded_vote")),
        "left": frame.press("embedded_leave", what="blanked"),
        "too many fields": frame.press("embedded", **{f"field{number}": "" for number in range(1_100)}),
        "script": frame.client.get(reverse("opinions:frame_script")),
        "not there": Frame(make_conversation(now=timezone.now())).open(),
    }


def test_no_answer_in_a_frame_sets_a_cookie(frame: Frame) -> None:
    make_organisation()

    statuses = {name: response.status_code for name, response in every_answer_in(frame).items()}

    assert statuses == {
        "opened": 200,
        "voted": 200,
        "no answer": 422,
        "nothing to vote on": 404,
        "gone on": 200,
        "undone": 200,
        "nothing to undo": 409,
        "said": 200,
        "said nothing": 422,
        "enough": 200,
        "said a relation": 200,
        "said no relation": 422,
        "chose nothing": 422,
        "from another site": 403,
        "forged": 403,
        "by the wrong way": 405,
        "left": 200,
        "too many fields": 400,
        "script": 200,
        "not there": 404,
    }
    assert not frame.client.cookies


def test_every_address_for_frames_is_without_cookies_and_only_those() -> None:
    framed = {name for name, route in ROUTES.items() if route.startswith(f"{ROOM.prefix}{ROOM.in_frames}")}

    assert framed == {"frame_script", *(name for name in ROUTES if name.startswith("embedded"))}


def test_a_frame_knows_nothing_of_who_else_this_browser_is(conversation: Conversation) -> None:
    """On www.kommun.se the cookies of allting.kommun.se come along: nobody is to act by them in a frame."""
    make_host_site(conversation)
    statement = statements_of(conversation)[0]
    for client in (make_device_client(), sign_in(Client(), make_person(role="facilitator", language="sv"))):
        before = client.cookies.output()
        frame = Frame(conversation, client=client)

        assert '<html lang="en">' in frame.open().content.decode()
        frame.vote(statement.pk)

        assert client.cookies.output() == before

    assert Vote.objects.count() == 2
    assert set(Vote.objects.values_list("actor__kind", flat=True)) == {Actor.Kind.DEVICE}
    assert not Vote.objects.filter(actor__device__key_digest=make_device_client().device.key_digest).exists()


def test_a_stale_session_of_the_site_is_not_swept_up_from_a_frame(frame: Frame) -> None:
    frame.client.cookies[settings.SESSION_COOKIE_NAME] = "long-gone"

    response = frame.open()

    assert not response.cookies


def test_a_framed_page_is_kept_by_no_cache(frame: Frame) -> None:
    assert "no-store" in frame.open()["Cache-Control"]
    assert "no-store" in frame.press("embedded", ticket="forged")["Cache-Control"]


# --- taking part by a ticket --------------------------------------------------------------------------


def test_looking_into_a_frame_leaves_no_trace(frame: Frame) -> None:
    frame.open()
    frame.press("embedded")

    assert not Device.objects.exists()


def test_answers_of_one_ticket_are_one_device(frame: Frame) -> None:
    first, second, _third = statements_of(frame.conversation)
    frame.open()

    page = frame.vote(first.pk).content.decode()
    frame.vote(second.pk, "pass")

    assert "You agreed." in page
    assert "1 of 3" in page
    assert Device.objects.count() == 1
    assert Participant.objects.get().network_tag
    assert list(Vote.objects.order_by("statement").values_list("statement", "value")) == [(first.pk, 1), (second.pk, 0)]


def test_a_form_that_is_sent_twice_counts_once_and_the_latest_answer_stands(frame: Frame) -> None:
    statement = statements_of(frame.conversation)[0]

    frame.vote(statement.pk)
    frame.vote(statement.pk)
    frame.vote(statement.pk, "disagree")

    assert Vote.objects.get().value == Vote.Value.DISAGREE


def test_a_ticket_is_the_same_device_when_the_frame_is_opened_again(frame: Frame) -> None:
    frame.open()
    ticket = frame.ticket
    frame.vote(statements_of(frame.conversation)[0].pk)

    frame.open()
    page = frame.press("embedded", ticket=ticket).content.decode()

    assert "1 of 3" in page


@pytest.mark.parametrize(
    "forged",
    ["", "forged", signing.dumps([1, "key"], salt="another"), signing.dumps("x" * 9000)],
    # The moment is in what is signed, and workers that collect a second apart would disagree on the names of tests.
    ids=["empty", "invented", "of another kind", "too long"],
)
def test_a_forged_ticket_is_refused(frame: Frame, forged: str) -> None:
    statement = statements_of(frame.conversation)[0]

    response = frame.vote(statement.pk, ticket=forged)

    assert response.status_code == 403
    assert "This page has grown old." in response.content.decode()
    assert not Vote.objects.exists()


def test_a_ticket_is_good_for_its_own_conversation_only(frame: Frame) -> None:
    other = make_conversation(now=timezone.now())
    make_host_site(other)
    statement = statements_of(other)[0]

    response = Frame(other).vote(statement.pk, ticket=frame.ticket)

    assert response.status_code == 403
    assert not Vote.objects.exists()


def test_a_ticket_answers_no_statement_of_another_conversation(frame: Frame) -> None:
    elsewhere = statements_of(make_conversation(now=timezone.now()))[0]

    assert frame.vote(elsewhere.pk).status_code == 404
    assert not Vote.objects.exists()


def test_a_ticket_ends_with_the_cookie_it_stands_for(frame: Frame, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cookies, "LIFETIME", timedelta(seconds=-1))

    assert frame.press("embedded").status_code == 403


def test_a_ticket_is_no_cookie(frame: Frame, client: Client) -> None:
    frame.vote(statements_of(frame.conversation)[0].pk)
    client.cookies[cookies.DEVICE] = frame.ticket

    assert "1 of 3" not in client.get(frame.address("conversation")).content.decode()


@pytest.mark.parametrize("origin", ["https://evil.example", HOST, "null", ""])
@pytest.mark.parametrize(
    "name", ["embedded_vote", "embedded_undo", "embedded_say", "embedded_relation", "embedded_leave"]
)
def test_only_a_page_of_ours_can_send_something(frame: Frame, name: str, origin: str) -> None:
    statement = statements_of(frame.conversation)[0]
    data = {"statement": statement.pk, "answer": "agree", "text": "A bench at each stop.", "what": "forget"}

    response = frame.press(name, origin=origin, **data)

    assert response.status_code == 403
    assert "Open it in full" in response.content.decode()
    assert not Vote.objects.exists()


def test_a_frame_is_held_to_the_limits_of_every_device(frame: Frame, monkeypatch: pytest.MonkeyPatch) -> None:
    one_only = limits.Bucket("few", 1, timedelta(hours=1))
    statements = statements_of(frame.conversation)
    monkeypatch.setattr(limits, "NEW_DEVICES", one_only)

    frame.vote(statements[0].pk)
    held_back = Frame(frame.conversation).vote(statements[0].pk)
    monkeypatch.setattr(limits, "ANSWERS_AT_ONCE", one_only)
    frame.vote(statements[1].pk)
    too_fast = frame.vote(statements[2].pk)

    assert (held_back.status_code, too_fast.status_code) == (429, 429)
    assert Vote.objects.count() == 2


def test_the_last_answer_can_be_taken_back(frame: Frame) -> None:
    statement = statements_of(frame.conversation)[0]
    frame.vote(statement.pk)

    page = frame.press("embedded_undo").content.decode()

    assert "Taken back." in page
    assert statement.text in page
    assert not Vote.objects.exists()


def test_a_statement_of_ones_own_waits_until_somebody_has_read_it(frame: Frame) -> None:
    page = frame.press("embedded_say", text="A bench at each stop.").content.decode()
    again = frame.press("embedded_say", text="A bench at each stop.")

    assert "Someone reads it within 24 hours" in page
    assert again.status_code == 200
    assert Statement.objects.get(text="A bench at each stop.").state == Statement.State.WAITING


def test_what_somebody_said_already_is_put_there_to_be_answered(frame: Frame) -> None:
    twin = make_statement(frame.conversation, text="The library should open on Sundays.")

    response = frame.press("embedded_say", text="the library should open on sundays")

    assert response.status_code == 422
    assert f'name="statement" value="{twin.pk}"' in response.content.decode()


def test_a_closed_conversation_says_so_and_leads_to_its_results(now: datetime) -> None:
    conversation = make_conversation(state="closed", now=now)
    make_host_site(conversation)
    frame = Frame(conversation)

    page = frame.open().content.decode()
    answer = frame.vote(statements_of(conversation)[0].pk)

    assert "closed" in page
    assert reverse("opinions:results", args=[conversation.pk]) in page
    assert 'name="answer"' not in page
    assert answer.status_code == 403
    assert not Vote.objects.exists()


def test_who_has_enough_sees_the_map_and_their_own_place_on_it_alone(now: datetime) -> None:
    conversation = make_conversation(statements=0, now=now)
    maps.add_votes(conversation, maps.make_export(people=30, seed=1), now=now)
    maps.make_map(conversation, now=now)
    make_host_site(conversation)
    frame = Frame(conversation)

    before = frame.press("embedded_enough").content.decode()
    frame.vote(statements_of(conversation)[0].pk)
    after = frame.press("embedded_enough").content.decode()

    assert "You have not answered anything yet." in before
    assert "Each stone is at least five people." not in before
    assert "Thank you." in after
    assert "Each stone is at least five people." in after


def test_answers_from_a_frame_can_be_taken_back_altogether(frame: Frame) -> None:
    frame.vote(statements_of(frame.conversation)[0].pk)
    frame.press("embedded_say", text="A bench at each stop.")

    page = frame.press("embedded_leave", what="blanked").content.decode()

    assert "Your answers are taken back." in page
    assert not Vote.objects.exists()
    assert not Device.objects.exists()
    assert Statement.objects.latest("pk").item.blanked_at


def test_a_device_forgets_and_what_was_said_stands(frame: Frame) -> None:
    frame.vote(statements_of(frame.conversation)[0].pk)

    page = frame.press("embedded_leave", what="forget").content.decode()

    assert "This device knows you no longer." in page
    assert f'data-forgets="{frame.conversation.pk}"' in page
    assert Vote.objects.count() == 1
    assert not Device.objects.exists()


# --- words and figures ----------------------------------------------------------------------------------


def test_a_frame_speaks_the_language_of_its_address_and_its_forms_keep_it(frame: Frame) -> None:
    response = frame.client.get(frame.address("embedded"), {"language": "sv"})
    page = response.content.decode()

    assert response["Content-Language"] == "sv"
    assert '<html lang="sv"' in page
    assert f"{frame.address('embedded_vote')}?language=sv" in page


def test_a_frame_stays_light_where_its_address_says_so(frame: Frame) -> None:
    page = frame.client.get(frame.address("embedded"), {"look": "light"}).content.decode()

    assert 'class="embed embed-light"' in page
    assert f"{frame.address('embedded_vote')}?look=light" in page
    assert 'class="embed"' in frame.open().content.decode()


def test_a_language_that_we_do_not_speak_changes_nothing(frame: Frame) -> None:
    page = frame.client.get(frame.address("embedded"), {"language": "sv<script>"}).content.decode()

    assert '<html lang="en"' in page
    assert "sv<script>" not in page


def test_the_script_of_the_hosts_is_the_same_for_everybody_and_kept_for_an_hour(client: Client) -> None:
    response = client.get(reverse("opinions:frame_script"))

    assert response["Content-Type"] == "text/javascript; charset=utf-8"
    assert response["Cache-Control"] == "public, max-age=3600"
    assert b"postMessage" in response.content


@pytest.mark.parametrize("statements", [3, 9])
def test_a_vote_in_a_frame_costs_the_same_however_much_there_is(
    statements: int, now: datetime, django_assert_num_queries: Any
) -> None:
    conversation = make_conversation(statements=statements, now=now)
    make_host_site(conversation)
    frame = Frame(conversation)
    page = frame.vote(statements_of(conversation)[0].pk).content.decode()
    shown = re.search(r'name="statement" value="(\d+)"', page)
    assert shown

    with django_assert_num_queries(QUERIES_OF_A_VOTE):
        frame.vote(int(shown[1]))

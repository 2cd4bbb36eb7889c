"""From a frame on another site to the whole site, with what one has answered."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from allting.opinions.models import Conversation, Statement, Vote
from allting.people.models import Device
from tests.make.embedding import Frame, make_host_site
from tests.make.opinions import AGREE, DISAGREE, cast, statements_of
from tests.make.people import make_device_client, make_person, sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def frame(conversation: Conversation) -> Frame:
    """Give a reader who has agreed with the first statement in a frame."""
    make_host_site(conversation)
    frame = Frame(conversation)
    frame.vote(statements_of(conversation)[0].pk)
    return frame


def press(client: Client, frame: Frame, name: str, **more: str) -> str:
    answer = client.post(frame.address(name), {"ticket": frame.ticket, **more}, headers={"Origin": "http://testserver"})
    return answer.content.decode() if answer.status_code == 200 else f"{answer.status_code}"


def test_somebody_goes_on_in_full_with_the_answers_of_the_frame(frame: Frame, client: Client) -> None:
    asked = press(client, frame, "carry_on")
    press(client, frame, "bring_here")
    page = client.get(frame.address("conversation")).content.decode()

    assert "Go on here with the 1 answer" in asked
    assert "1 answer is here now." in page
    assert "1 of 3" in page
    assert Vote.objects.count() == 1
    assert "1 of 3" not in frame.press("embedded").content.decode()


def test_asking_changes_nothing(frame: Frame, client: Client) -> None:
    press(client, frame, "carry_on")

    assert "1 of 3" in frame.press("embedded").content.decode()
    assert Device.objects.count() == 1


def test_a_device_that_has_answered_before_keeps_the_latest_answer_of_each(frame: Frame) -> None:
    first, second, _third = statements_of(frame.conversation)
    client = make_device_client()
    before = timezone.now() - timedelta(hours=1)
    cast(first, DISAGREE, actor=client.actor, now=before)
    cast(second, AGREE, actor=client.actor, now=before)

    press(client, frame, "bring_here")

    assert dict(Vote.objects.filter(actor=client.actor).values_list("statement", "value")) == {
        first.pk: 1,
        second.pk: 1,
    }
    assert Vote.objects.count() == 2


def test_who_is_signed_in_takes_answers_and_words_over(frame: Frame, client: Client) -> None:
    person = make_person()
    frame.press("embedded_say", text="A bench at each stop.")

    press(sign_in(client, person), frame, "bring_here")

    assert Vote.objects.get().actor == person.actor
    assert Statement.objects.get(text="A bench at each stop.").item.author == person.actor


def test_answers_are_brought_once(frame: Frame) -> None:
    one, other = make_device_client(), make_device_client()

    press(one, frame, "bring_here")
    press(other, frame, "bring_here")

    assert Vote.objects.get().actor == one.actor


def test_no_other_site_can_hand_somebody_answers(frame: Frame) -> None:
    client = Client(enforce_csrf_checks=True)

    asked = client.post(frame.address("carry_on"), {"ticket": frame.ticket}, headers={"Origin": "https://evil.example"})
    brought = client.post(
        frame.address("bring_here"), {"ticket": frame.ticket}, headers={"Origin": "http://testserver"}
    )

    assert (asked.status_code, brought.status_code) == (403, 403)
    assert Device.objects.count() == 1


def test_a_forged_ticket_brings_nothing(frame: Frame, client: Client) -> None:
    assert press(client, frame, "carry_on", ticket="forged") == "403"
    assert press(client, frame, "bring_here", ticket="forged") == "403"


def test_the_frame_offers_it_to_whoever_has_answered(frame: Frame) -> None:
    address = reverse("opinions:carry_on", args=[frame.conversation.pk])

    assert address in frame.press("embedded_enough").content.decode()
    assert address not in Frame(frame.conversation).press("embedded_enough").content.decode()

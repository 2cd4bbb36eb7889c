"""The pages about who takes part: one's own, the facilitator's, and the part of the public story."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

import pytest
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from allting.processes import participation, who
from allting.processes.models import Participation, Process
from allting.record.viewers import Viewer
from tests.make import participation as make
from tests.make.people import DeviceClient, make_device_client
from tests.make.people import sign_in as signed_in
from tests.make.processes import make_facilitator, make_process, make_sponsor
from tests.processes.conftest import Talks

pytestmark = pytest.mark.django_db

HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture
def process(now: datetime) -> Process:
    return make_process(now=now)


@pytest.fixture
def visitor(now: datetime) -> DeviceClient:
    return make_device_client(now=now)


@pytest.fixture
def facilitator(now: datetime) -> Client:
    return signed_in(Client(), make_facilitator(now=now))


def url(name: str, process: Process) -> str:
    return reverse(f"processes:{name}", args=[process.pk])


def text_of(response: Any) -> str:
    text: str = response.content.decode()
    return text.replace("\u00a0", " ")


# --- one's own ----------------------------------------------------------------------------------


def test_one_press_says_it_and_one_goes_on_where_one_was(visitor: DeviceClient, process: Process) -> None:
    answer = visitor.post(url("say_relation", process), {"relation": "citizen", "next": "/processes"})

    assert (answer.status_code, answer["Location"]) == (302, "/processes")
    assert Participation.objects.get().relation == "citizen"


def test_one_is_never_sent_to_a_strange_place(visitor: DeviceClient, process: Process) -> None:
    answer = visitor.post(url("say_relation", process), {"relation": "citizen", "next": "https://elsewhere.example/"})

    assert answer["Location"] == url("about_you", process)


def test_with_htmx_the_card_says_what_was_noted(visitor: DeviceClient, process: Process) -> None:
    page = text_of(visitor.post(url("say_relation", process), {"relation": "citizen"}, **HTMX))

    assert "Noted: Citizen." in page
    assert "<html" not in page


def test_to_skip_is_noted_too(visitor: DeviceClient, process: Process) -> None:
    page = text_of(visitor.post(url("say_relation", process), {"relation": ""}, **HTMX))

    assert "We do not ask again." in page
    assert Participation.objects.get().relation == ""


def test_satisfaction_is_said_and_taken_back(visitor: DeviceClient, process: Process) -> None:
    assert "Noted: 0 of 10." in text_of(visitor.post(url("say_satisfaction", process), {"satisfaction": "0"}, **HTMX))

    visitor.post(url("say_satisfaction", process), {"satisfaction": ""})

    assert Participation.objects.get().satisfaction is None


@pytest.mark.parametrize(
    ("name", "data"), [("say_relation", {"relation": "king"}), ("say_satisfaction", {"satisfaction": "11"})]
)
def test_what_was_not_offered_is_not_kept(
    visitor: DeviceClient, process: Process, name: str, data: dict[str, str]
) -> None:
    assert visitor.post(url(name, process), data).status_code == 422
    assert not Participation.objects.exists()


def test_ones_own_page_shows_what_one_said(visitor: DeviceClient, process: Process, now: datetime) -> None:
    participation.say_relation(process=process, actor=visitor.actor, relation="owner", now=now)

    page = text_of(visitor.get(url("about_you", process)))

    assert re.search(r'<input[^>]*value="owner"[^>]*checked', page)


def test_to_change_it_there_is_confirmed(visitor: DeviceClient, process: Process) -> None:
    page = text_of(visitor.post(url("say_relation", process), {"relation": "partner"}, follow=True))

    assert "Noted." in page
    assert re.search(r'<input[^>]*value="partner"[^>]*checked', page)


@pytest.mark.parametrize("name", ["say_relation", "say_satisfaction"])
def test_only_who_takes_part_is_counted(
    visitor: DeviceClient, process: Process, talks: Talks, client: Client, name: str
) -> None:
    talks.strangers.add(visitor.actor.pk)

    for somebody in (visitor, client):
        assert somebody.post(url(name, process), {"relation": "citizen", "satisfaction": "1"}).status_code == 403
    assert not Participation.objects.exists()


def test_it_can_be_taken_back_after_closing(visitor: DeviceClient, now: datetime) -> None:
    closed = make_process(state="closed", now=now)

    assert visitor.post(url("say_relation", closed), {"relation": ""}).status_code == 302


def test_after_the_ballots_the_page_says_that_it_was_let_go_of(
    visitor: DeviceClient, process: Process, now: datetime
) -> None:
    participation.let_go_of_relations(process_id=process.pk, now=now)

    assert "We let go of what each person is to us" in text_of(visitor.get(url("about_you", process)))
    assert visitor.post(url("say_relation", process), {"relation": "citizen"}).status_code == 409


# --- the facilitator's --------------------------------------------------------------------------


def test_an_empty_balance_says_what_to_do(facilitator: Client, process: Process) -> None:
    page = text_of(facilitator.get(url("balance", process)))

    assert "It is too early to say who takes part." in page
    assert url("poster", process) in page
    assert url("frame", process) in page


def test_the_page_says_who_is_missing_against_the_frame(facilitator: Client, process: Process, now: datetime) -> None:
    make.frame(process, {"citizen": 82, "customer": 18}, now=now)
    make.say(process, {"citizen": 108, "customer": 12}, now=now)

    page = text_of(facilitator.get(url("balance", process)))

    assert "One relation is missing: Customer." in page
    assert "Customer: 10 %, should be 18 %" in page
    assert "56 %" in page


def test_without_a_frame_the_page_says_so_and_has_no_coverage(
    facilitator: Client, process: Process, now: datetime
) -> None:
    make.say(process, {"citizen": 20}, now=now)

    page = text_of(facilitator.get(url("balance", process)))

    assert "so nothing can be said about coverage" in page
    assert "Should be" not in page


def test_missing_critical_voices_raise_an_alarm_and_their_number_is_not_shown(
    facilitator: Client, process: Process, now: datetime
) -> None:
    make.rate(process, [9] * 26 + [7] * 10 + [2] * 4, now=now)

    page = text_of(facilitator.get(url("balance", process)))

    assert "Critical voices are missing." in page
    assert "26" in page
    assert page.count("too few to show") == 2


def test_the_sponsor_does_not_see_how_satisfied_people_are(client: Client, process: Process, now: datetime) -> None:
    assert signed_in(client, make_sponsor(now=now)).get(url("balance", process)).status_code == 403


def test_the_frame_is_said_on_a_page_of_its_own(facilitator: Client, process: Process) -> None:
    answer = facilitator.post(
        url("frame", process), {"people_citizen": "1200", "people_customer": "", "asked_first": ["citizen", "owner"]}
    )

    assert answer["Location"] == url("balance", process)
    assert participation.frame_of(process) == {"citizen": 1200}
    assert participation.asked_first_in(process) == ["citizen", "owner"]
    assert 'value="1200"' in text_of(facilitator.get(url("frame", process)))


def test_a_frame_of_less_than_nobody_is_refused(facilitator: Client, process: Process) -> None:
    assert facilitator.post(url("frame", process), {"people_citizen": "-1"}).status_code == 422


def test_the_workbench_leads_there(facilitator: Client, process: Process) -> None:
    assert url("balance", process) in text_of(facilitator.get(url("workbench", process)))


@pytest.mark.parametrize("relations", [2, 8])
def test_the_balance_costs_the_same_however_many_there_are(
    facilitator: Client, process: Process, now: datetime, relations: int, django_assert_max_num_queries: Any
) -> None:
    names = ["citizen", "customer", "employee", "owner", "partner", "supplier", "network", "researcher"][:relations]
    make.say(process, dict.fromkeys(names, 5), now=now)
    make.frame(process, dict.fromkeys(names, 7), now=now)

    with django_assert_max_num_queries(13):
        facilitator.get(url("balance", process))


# --- the public story ---------------------------------------------------------------------------


def test_the_story_tells_who_took_part_and_nothing_about_satisfaction(process: Process, now: datetime) -> None:
    make.frame(process, {"citizen": 50, "customer": 50}, now=now)
    make.say(process, {"citizen": 30}, now=now)
    make.rate(process, [0] * 10, now=now)

    (chapter,) = who.story(process, Viewer())

    drawn = render_to_string(chapter.template, dict(chapter.context))
    assert "30 people have said what they are to us." in drawn
    assert "Missing: Customer." in drawn
    assert "ritical" not in drawn


def test_a_story_of_four_tells_nothing(process: Process, now: datetime) -> None:
    make.say(process, {"citizen": 4}, now=now)

    assert list(who.story(process, Viewer())) == []


def test_the_pages_speak_swedish(facilitator: Client, process: Process, now: datetime) -> None:
    make.rate(process, [9] * 10, now=now)
    facilitator.post(reverse("web:set_language"), {"language": "sv", "next": "/"})

    assert "Kritiska röster saknas." in text_of(facilitator.get(url("balance", process)))
    translation.activate("en")

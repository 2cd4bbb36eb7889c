"""What only the demo has: somebody to be, the mails, and a front page that waits for the story."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from allting.demo import elsewhere, past, story
from allting.demo import people as cast
from allting.demo.progress import BOARD, Progress
from allting.opinions.models import Conversation
from allting.people import post
from allting.people.models import Person, QueuedMail
from allting.processes import actions as processes
from allting.processes.blueprints import QUICK_LISTENING

pytestmark = pytest.mark.django_db

# Everybody who reaches the demo may look at these: it answers on this machine only.
PAGES = ("progress", "elsewhere", "people", "mails", "mail")


def test_each_address_of_the_demo_is_looked_at_here(demo: None) -> None:
    from allting.demo import urls

    assert [pattern.name for pattern in urls.urlpatterns] == list(PAGES)


@pytest.mark.parametrize("path", ["/demo/", "/demo/elsewhere", "/demo/people", "/demo/mails", "/demo/mails/1"])
def test_outside_the_demo_there_is_nothing(client: Client, path: str) -> None:
    assert client.get(path).status_code == 404
    assert not Person.objects.exists()


def test_the_front_page_is_the_progress_until_the_story_is_told(demo: None, client: Client) -> None:
    BOARD.write(Progress("Reading what 2,031 residents said.", 0.08))
    waiting = client.get("/", follow=True)
    BOARD.write(Progress(is_told=True))
    told = client.get("/")

    assert waiting.redirect_chain == [("/demo/", 302)]
    assert "Reading what 2,031 residents said." in waiting.content.decode()
    assert told.status_code == 200


def test_a_newcomer_finds_the_question_that_is_open_and_the_one_that_was_answered(demo: None, client: Client) -> None:
    now = timezone.now()
    persons = cast.move_in(now=now)
    running = processes.start_process(
        template=QUICK_LISTENING.name,
        choices=processes.Choices(question=story.QUESTION),
        by=persons["facilitator"].actor,
        labels=processes.Labels(is_invented=True),
        now=now,
    )
    carried = past.find_or_draft(persons=persons, now=now).process
    BOARD.write(Progress(is_told=True))

    page = client.get("/demo/").content.decode()

    assert reverse("processes:process", args=[running.pk]) in page
    assert reverse("answers:story", args=[carried.pk]) in page
    assert reverse("strategy:promises", args=[carried.pk]) in page
    assert reverse("demo:people") in page
    assert 'class="header-link" href="/demo/"' in client.get("/processes").content.decode()


def test_somebody_who_is_signed_in_finds_the_way_back_at_the_foot(demo: None, client: Client) -> None:
    """With a role the header is full already."""
    now = timezone.now()
    (_label, path), *_others = cast.links(now)
    client.post(path)

    page = client.get("/processes").content.decode()

    assert 'class="header-link" href="/demo/"' not in page
    assert 'href="/demo/"' in page


def test_outside_the_demo_no_page_leads_to_it(client: Client) -> None:
    assert "/demo/" not in client.get("/processes").content.decode()


def test_the_progress_asks_again_by_itself_and_leads_on(demo: None, client: Client) -> None:
    part = client.get("/demo/", headers={"HX-Request": "true"}).content.decode()
    BOARD.write(Progress(is_told=True))
    done = client.get("/demo/", headers={"HX-Request": "true"})

    assert "<html" not in part
    assert 'hx-get="/demo/"' in part
    assert done["HX-Redirect"] == "/demo/"


def test_a_story_that_failed_says_where_the_reason_stands(demo: None, client: Client) -> None:
    BOARD.write(Progress(has_failed=True))

    assert "It stopped." in client.get("/demo/").content.decode()


def test_one_becomes_each_of_the_invented_people_with_one_press(demo: None, client: Client) -> None:
    page = client.get("/demo/people").content.decode()
    doors = cast.links(timezone.now())

    assert all(role.name in page for role in cast.CAST)
    assert [label for label, _path in doors] == [role.label for role in cast.CAST]
    for label, path in doors:
        visitor = Client()
        assert visitor.get(path).status_code == 200
        visitor.post(path)
        assert visitor.get(reverse("people:me")).status_code == 200, label
    assert Person.objects.count() == len(cast.CAST)


def test_the_mails_that_would_have_gone_out_are_read_here(demo: None, client: Client) -> None:
    empty = client.get("/demo/mails").content.decode()
    post.queue_mail(key="a", address="alex@example.org", subject="Your code", text="It is 123 456.", now=timezone.now())
    mail = QueuedMail.objects.get()

    listed = client.get("/demo/mails").content.decode()
    read = client.get(f"/demo/mails/{mail.pk}").content.decode()

    assert "No mail yet." in empty
    assert "Your code" in listed
    assert "It is 123 456." in read
    assert client.get("/demo/mails/987654").status_code == 404


@pytest.mark.parametrize("path", ["/demo/", "/demo/elsewhere", "/demo/people", "/demo/mails"])
def test_the_demo_speaks_swedish(demo: None, client: Client, path: str) -> None:
    client.cookies["language"] = "sv"

    page = client.get(path).content.decode()

    assert '<html lang="sv"' in page
    assert not any(words in page for words in ("Only in the demo", "What you will find", "invented", "The votes"))


def test_an_invented_million_has_a_page_of_its_own_while_it_comes_in(demo: None, client: Client) -> None:
    BOARD.write(Progress("Writing down the votes.", 0.3, is_crowd=True))

    page = client.get("/demo/").content.decode()

    assert "An invented million" in page
    assert "Writing down the votes." in page
    assert "Bowling Green" not in page


# --- on somebody else's page --------------------------------------------------------------------------


@pytest.fixture
def shown_elsewhere() -> Conversation:
    now = timezone.now()
    priya = cast.move_in(now=now)["facilitator"]
    process = processes.start_process(
        template=QUICK_LISTENING.name,
        choices=processes.Choices(question=story.QUESTION),
        by=priya.actor,
        labels=processes.Labels(is_invented=True),
        now=now,
    )
    conversation = story.conversation_of(process)
    elsewhere.let_show(conversation, by=priya, now=now)
    BOARD.write(Progress(is_told=True))
    return conversation


def test_a_page_under_the_other_name_of_this_machine_shows_the_conversation_in_a_frame(
    demo: None, client: Client, shown_elsewhere: Conversation
) -> None:
    page = client.get("/demo/elsewhere", headers={"host": "127.0.0.1:8000"})

    frame = f'<iframe src="http://localhost:8000/opinions/embed/{shown_elsewhere.pk}"'
    assert frame in page.content.decode()
    policy = page.headers["Content-Security-Policy"].split("; ")
    assert {"frame-src http://localhost:8000", "script-src http://localhost:8000"} <= set(policy)
    assert "http://127.0.0.1:8000/demo/elsewhere" in client.get("/demo/").content.decode()


def test_under_our_own_name_it_would_be_no_page_of_others_and_leads_there(
    demo: None, client: Client, shown_elsewhere: Conversation
) -> None:
    answer = client.get("/demo/elsewhere", headers={"host": "localhost:8000"})

    assert answer.headers["Location"] == "http://127.0.0.1:8000/demo/elsewhere"


def test_a_demo_under_a_name_of_its_own_has_no_such_page(
    demo: None, client: Client, shown_elsewhere: Conversation, settings: Any
) -> None:
    settings.PUBLIC_URL = "https://allting.example.org"

    assert client.get("/demo/elsewhere").status_code == 404
    assert "/demo/elsewhere" not in client.get("/demo/").content.decode()

"""Saying it oneself, and one statement's page."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from allting.opinions import actions
from allting.opinions.models import Conversation, Statement, Vote
from allting.record import actions as record
from tests.make import processes
from tests.make.opinions import make_conversation, make_statement, statements_of

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}


def say_url(conversation: Conversation) -> str:
    return reverse("opinions:say", args=[conversation.pk])


def page_of(statement: Statement) -> str:
    return reverse("opinions:statement", args=[statement.pk])


def text_of(response: Any) -> str:
    return " ".join(response.content.decode().split())


def test_a_statement_without_account_waits_and_its_author_sees_that(client: Client, conversation: Conversation) -> None:
    response = client.post(say_url(conversation), {"text": "The library should open on Sundays."}, follow=True)

    statement = Statement.objects.get(text="The library should open on Sundays.")
    assert statement.state == Statement.State.WAITING
    assert response.redirect_chain == [(page_of(statement), 302)]
    assert "Thank you. Someone reads it within 24 hours, then others can answer." in text_of(response)
    assert "Waits until someone has read it." in text_of(client.get(reverse("opinions:mine", args=[conversation.pk])))
    assert Client().get(page_of(statement)).status_code == 404


def test_a_members_statement_appears_at_once(client: Client, conversation: Conversation) -> None:
    client.force_login(processes.make_member())

    response = client.post(say_url(conversation), {"text": "The library should open on Sundays."}, follow=True)

    assert Statement.objects.get(text="The library should open on Sundays.").state == Statement.State.SHOWN
    assert "It is there for others to answer." in text_of(response)
    assert not Vote.objects.exists()


def test_the_language_it_was_written_in_is_kept(client: Client, conversation: Conversation) -> None:
    client.post(say_url(conversation), {"text": "Biblioteket borde ha öppet."}, headers={"Accept-Language": "sv"})

    assert Statement.objects.get(text="Biblioteket borde ha öppet.").language == "sv"


# --- wrong input ------------------------------------------------------------------------------------------


def test_five_thousand_characters_are_refused_and_kept(client: Client, conversation: Conversation) -> None:
    text = "long words " * 455  # about 5,000 characters
    before = Statement.objects.count()

    response = client.post(say_url(conversation), {"text": text})

    assert response.status_code == 422
    assert "This has 5004 characters; 200 fit. Shorten it by 4804, or make two statements of it." in text_of(response)
    assert text.strip() in text_of(response)
    assert Statement.objects.count() == before


@pytest.mark.parametrize("text", ["", "   ", "\n\t\n"])
def test_nothing_is_no_statement(client: Client, conversation: Conversation, text: str) -> None:
    response = client.post(say_url(conversation), {"text": text})

    assert response.status_code == 422
    assert "Write what you think first." in text_of(response)


def test_what_was_said_already_is_offered_to_answer(client: Client, conversation: Conversation) -> None:
    stands = statements_of(conversation)[0]

    response = client.post(say_url(conversation), {"text": stands.text.lower()})

    assert response.status_code == 422
    assert "The same words stand here already." in text_of(response)
    assert page_of(stands) in text_of(response)
    assert stands.text.lower() in text_of(response)


def test_the_eleventh_statement_of_a_day_waits_until_tomorrow(client: Client, conversation: Conversation) -> None:
    for number in range(10):
        client.post(say_url(conversation), {"text": f"Thought number {number} of mine."})

    response = client.post(say_url(conversation), {"text": "One more."})

    assert response.status_code == 429
    assert "You have written ten statements here since yesterday." in text_of(response)


def test_a_closed_conversation_takes_no_statement(client: Client) -> None:
    conversation = make_conversation(state="closed", now=timezone.now())

    response = client.post(say_url(conversation), {"text": "Too late."})

    assert response.status_code == 403
    assert "This closed on" in text_of(response)
    assert client.get(say_url(conversation)).status_code == 403


def test_an_unknown_conversation_is_not_there(client: Client) -> None:
    assert client.get(reverse("opinions:say", args=[999_999])).status_code == 404


# --- similar ones ------------------------------------------------------------------------------------------


def test_similar_statements_are_shown_while_writing(client: Client, conversation: Conversation) -> None:
    make_statement(conversation, text="We need more sidewalks and bicycle lanes.")
    url = reverse("opinions:similar", args=[conversation.pk])

    part = client.get(url, {"text": "More bicycle lanes and sidewalks"}, headers=HTMX)
    page = client.get(url, {"text": "More bicycle lanes and sidewalks"})
    short = client.get(url, {"text": "More"}, headers=HTMX)

    assert "We need more sidewalks and bicycle lanes." in text_of(part)
    assert "<html" not in text_of(part)
    assert "We need more sidewalks and bicycle lanes." in text_of(page)
    assert text_of(short) == ""


def test_at_most_three_similar_ones_are_shown_and_none_that_waits(client: Client, conversation: Conversation) -> None:
    for number in range(5):
        make_statement(conversation, text=f"We need more bicycle lanes in quarter {number}.")
    make_statement(conversation, text="We need more bicycle lanes.", state=Statement.State.WAITING)

    part = client.get(
        reverse("opinions:similar", args=[conversation.pk]), {"text": "We need more bicycle lanes."}, headers=HTMX
    )

    assert len(part.context["similar"]) == 3
    assert all("quarter" in statement.text for statement in part.context["similar"])


# --- one statement's page -----------------------------------------------------------------------------------


def test_a_statements_page_leads_to_what_it_rests_on_and_what_came_of_it(
    client: Client, conversation: Conversation
) -> None:
    statement = statements_of(conversation)[0]

    page = text_of(client.get(page_of(statement)))

    assert statement.text in page
    assert reverse("record:why", args=[statement.pk]) in page
    assert reverse("record:what_came_of_it", args=[statement.pk]) in page
    assert reverse("record:report", args=[statement.pk]) in page
    assert page.count('class="answer"') == 3


def test_ones_own_answer_is_shown_on_the_statements_page(client: Client, conversation: Conversation) -> None:
    statement = statements_of(conversation)[0]
    client.post(reverse("opinions:vote", args=[statement.pk]), {"answer": "disagree"})

    page = text_of(client.get(page_of(statement)))

    assert 'value="disagree" data-key="d" aria-keyshortcuts="D" aria-pressed="true"' in page


def test_the_author_reads_why_it_was_declined(client: Client, conversation: Conversation) -> None:
    client.post(say_url(conversation), {"text": "My neighbour is a fool."})
    statement = Statement.objects.get(text="My neighbour is a fool.")
    by = conversation.item.author
    actions.decline_statement(statement=statement, by=by, reason="It attacks somebody.", now=timezone.now())

    page = text_of(client.get(page_of(statement)))

    assert "This is not shown to others." in page
    assert "It attacks somebody." in page
    assert Client().get(page_of(statement)).status_code == 404


def test_the_author_reads_why_it_was_hidden_and_others_find_nothing(client: Client, conversation: Conversation) -> None:
    client.force_login(processes.make_member())
    client.post(say_url(conversation), {"text": "My neighbour is a fool."})
    statement = Statement.objects.get(text="My neighbour is a fool.")
    record.hide(item=statement.item, by=conversation.item.author, reason="It attacks somebody.", now=timezone.now())

    assert "It attacks somebody." in text_of(client.get(page_of(statement)))
    assert Client().get(page_of(statement)).status_code == 404


def test_somebody_elses_statement_cannot_be_decided_on_by_its_author(
    client: Client, conversation: Conversation
) -> None:
    client.post(say_url(conversation), {"text": "The library should open on Sundays."})
    statement = Statement.objects.get(text="The library should open on Sundays.")
    url = reverse("opinions:decide", args=[statement.pk])

    assert client.post(url, {"verdict": "accept"}).status_code == 403
    assert Client().post(url, {"verdict": "accept"}).status_code == 404
    statement.refresh_from_db()
    assert statement.state == Statement.State.WAITING


def test_a_statements_page_asks_as_much_at_eight_as_at_two(client: Client, django_assert_max_num_queries: Any) -> None:
    counts = []
    for number in (2, 8):
        conversation = make_conversation(statements=number, now=timezone.now())
        url = page_of(statements_of(conversation)[0])
        client.get(url)
        with django_assert_max_num_queries(8) as queries:
            client.get(url)
        counts.append(len(queries))

    assert counts[0] == counts[1]


def test_words_that_look_like_a_programme_are_only_words(client: Client) -> None:
    conversation = make_conversation(statements=0, now=timezone.now())
    written = make_statement(conversation, text="<script>alert(1)</script> https://example.org/\"onclick='x'")

    for page in (
        reverse("opinions:statement", args=[written.pk]),
        reverse("opinions:conversation", args=[conversation.pk]),
        reverse("record:why", args=[written.pk]),
    ):
        answer = client.get(page)
        assert "&lt;script&gt;alert(1)" in answer.content.decode()
        assert "<script>alert" not in answer.content.decode()
        assert "script-src 'self'" in answer.headers["Content-Security-Policy"]

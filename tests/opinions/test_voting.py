"""The pages of answering: by redirect and by htmx, with every wrong input."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from allting.opinions.models import Conversation, Participant, Statement, View, Vote
from allting.people.models import Device
from allting.record import actions as record
from allting.record.models import Actor, Event
from tests.make import processes
from tests.make.opinions import AGREE, DISAGREE, cast, make_conversation, make_statement, statements_of

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}


def page_of(conversation: Conversation) -> str:
    return reverse("opinions:conversation", args=[conversation.pk])


def vote_url(statement: Statement) -> str:
    return reverse("opinions:vote", args=[statement.pk])


def text_of(response: Any) -> str:
    return " ".join(response.content.decode().split())


# --- the first screen ---------------------------------------------------------------------------------


def test_the_first_screen_says_who_asks_what_for_until_when_and_how_long(
    client: Client, conversation: Conversation
) -> None:
    page = text_of(client.get(page_of(conversation)))

    assert conversation.item.title in page
    assert "<strong>Dana Whitlock, mayor,</strong> asks." in page
    assert "Which of your statements the city works on first." in page
    assert "Open until" in page
    assert "Answers by" in page
    assert "About 1 minute." in page
    assert "What do you think of this?" in page
    assert page.count('class="answer"') == 3


def test_looking_changes_nothing_and_sets_no_cookie(client: Client, conversation: Conversation) -> None:
    response = client.get(page_of(conversation))

    assert "device" not in response.cookies
    assert (View.objects.count(), Device.objects.count(), Actor.objects.filter(kind="device").count()) == (0, 0, 0)
    assert client.get(page_of(conversation)).context["choice"] == response.context["choice"]


def test_nothing_is_told_about_how_others_answered(client: Client, conversation: Conversation) -> None:
    for _person in range(7):
        cast(statements_of(conversation)[0], DISAGREE)

    page = text_of(client.get(page_of(conversation)))

    assert "%" not in page.split("<main", 1)[1].split("</main>", 1)[0]


# --- answering ------------------------------------------------------------------------------------------


def test_without_script_an_answer_leads_to_the_next_statement_with_its_notice(
    client: Client, conversation: Conversation
) -> None:
    statement = client.get(page_of(conversation)).context["choice"].statement

    response = client.post(vote_url(statement), {"answer": "agree", "why": "lot"}, follow=True)

    assert response.redirect_chain[0][1] == 302
    page = text_of(response)
    assert "You agreed." in page
    assert "Two more and you are on the map." in page
    assert "1 of 3" in page
    assert "Stop here" in page
    assert response.context["choice"].statement != statement
    assert View.objects.get(statement=statement).why == View.Why.LOT
    assert Participant.objects.get().network_tag != ""


def test_with_htmx_an_answer_returns_the_part_its_stones_and_a_polite_message(
    client: Client, conversation: Conversation
) -> None:
    statement = statements_of(conversation)[0]

    response = client.post(vote_url(statement), {"answer": "disagree"}, headers=HTMX)
    part = text_of(response)

    assert response.status_code == 200
    assert "<html" not in part
    assert 'id="next-statement"' in part
    assert 'id="how-far" hx-swap-oob="outerHTML"' in part
    assert 'id="live"' in part
    assert "You disagreed." in part
    assert "data-takes-focus" in part


def test_the_first_answer_makes_the_device_and_the_second_keeps_it(client: Client, conversation: Conversation) -> None:
    first, second, _third = statements_of(conversation)

    client.post(vote_url(first), {"answer": "agree"})
    client.post(vote_url(second), {"answer": "pass"})

    assert Device.objects.count() == 1
    assert Vote.objects.values("actor").distinct().count() == 1


def test_when_everything_is_answered_the_page_says_so(client: Client, conversation: Conversation) -> None:
    for statement in statements_of(conversation):
        response = client.post(vote_url(statement), {"answer": "pass"}, headers=HTMX)

    assert "You have answered everything there is." in text_of(response)
    assert "You are on the map the next time it is drawn." in text_of(response)
    assert "You have answered everything there is." in text_of(client.get(page_of(conversation)))


def test_an_empty_conversation_asks_for_the_first_statement(client: Client) -> None:
    conversation = make_conversation(statements=0, now=timezone.now())

    page = text_of(client.get(page_of(conversation)))

    assert "Nothing here yet. The first statement is the hardest." in page
    assert reverse("opinions:say", args=[conversation.pk]) in page


def test_undo_brings_the_statement_back(client: Client, conversation: Conversation) -> None:
    statement = statements_of(conversation)[0]
    url = reverse("opinions:undo", args=[conversation.pk])
    client.post(vote_url(statement), {"answer": "agree"})

    part = client.post(url, headers=HTMX)

    assert "Taken back." in text_of(part)
    assert part.context["choice"].statement == statement
    assert not Vote.objects.exists()
    refused = client.post(url)
    assert refused.status_code == 409
    assert "There is nothing to take back." in text_of(refused)


def test_undo_without_script_comes_back_by_redirect(client: Client, conversation: Conversation) -> None:
    statement = statements_of(conversation)[0]
    client.post(vote_url(statement), {"answer": "agree"})

    response = client.post(reverse("opinions:undo", args=[conversation.pk]), follow=True)

    assert response.redirect_chain
    assert "Taken back." in text_of(response)
    assert response.context["choice"].statement == statement


# --- wrong input ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("headers", [{}, HTMX])
@pytest.mark.parametrize("answer", ["7", "", "AGREE", "1; drop table"])
def test_an_answer_that_is_none_is_named_and_the_statement_stays(
    client: Client, conversation: Conversation, answer: str, headers: dict[str, str]
) -> None:
    statement = statements_of(conversation)[0]

    response = client.post(vote_url(statement), {"answer": answer}, headers=headers)

    assert response.status_code == 422
    assert "is not an answer here. Press Agree, Disagree or Pass." in text_of(response)
    assert statement.text in text_of(response)
    assert not Vote.objects.exists()
    assert not Device.objects.exists()


def test_an_unknown_statement_is_not_there(client: Client, conversation: Conversation) -> None:
    response = client.post(reverse("opinions:vote", args=[999_999]), {"answer": "agree"})

    assert response.status_code == 404
    assert "There is nothing at this address." in text_of(response)


def test_a_waiting_statement_of_somebody_else_is_not_there(client: Client, conversation: Conversation) -> None:
    waiting = make_statement(conversation, state=Statement.State.WAITING)

    assert client.post(vote_url(waiting), {"answer": "agree"}).status_code == 404


def test_a_hidden_statement_is_not_there(client: Client, conversation: Conversation) -> None:
    statement = statements_of(conversation)[0]
    record.hide(item=statement.item, by=conversation.item.author, reason="No.", now=timezone.now())

    assert client.post(vote_url(statement), {"answer": "agree"}).status_code == 404


def test_a_closed_conversation_takes_no_vote_and_says_when_it_closed(client: Client) -> None:
    conversation = make_conversation(state="closed", now=timezone.now())
    statement = statements_of(conversation)[0]

    response = client.post(vote_url(statement), {"answer": "agree"})

    assert response.status_code == 403
    assert "This closed on" in text_of(response)
    assert not Vote.objects.exists()
    page = text_of(client.get(page_of(conversation)))
    assert "This closed on" in page
    assert "See the results" in page
    assert 'class="answer"' not in page


def test_a_draft_is_not_there_for_strangers(client: Client) -> None:
    conversation = make_conversation(state="draft", now=timezone.now())

    assert client.get(page_of(conversation)).status_code == 404
    assert client.post(vote_url(statements_of(conversation)[0]), {"answer": "agree"}).status_code == 404


def test_answers_faster_than_anybody_reads_are_held_back(
    client: Client, conversation: Conversation, monkeypatch: pytest.MonkeyPatch
) -> None:
    statement = statements_of(conversation)[0]
    # A slow machine would give the bucket time to fill up again.
    moment = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: moment)
    for _press in range(20):
        assert client.post(vote_url(statement), {"answer": "agree"}).status_code == 302

    response = client.post(vote_url(statement), {"answer": "disagree"})

    assert response.status_code == 429
    assert "Wait ten seconds and go on." in text_of(response)
    assert Vote.objects.get().value == AGREE


@pytest.mark.parametrize("name", ["vote", "undo"])
def test_get_never_votes(client: Client, conversation: Conversation, name: str) -> None:
    number = statements_of(conversation)[0].pk if name == "vote" else conversation.pk

    assert client.get(reverse(f"opinions:{name}", args=[number])).status_code == 405


def test_a_strange_parameter_is_ignored(client: Client, conversation: Conversation) -> None:
    for strange in ("x", "-1", "9" * 40, "²"):
        assert client.get(page_of(conversation), {"answered": strange}).status_code == 200


# --- the end, and one's own -------------------------------------------------------------------------------


def test_the_end_thanks_and_offers_what_one_may_want(client: Client, conversation: Conversation) -> None:
    client.post(vote_url(statements_of(conversation)[0]), {"answer": "agree"})

    page = text_of(client.get(reverse("opinions:enough", args=[conversation.pk])))

    assert "Thank you." in page
    assert "Two more and you are on the map." in page
    assert "Answer more" in page
    assert "Add a statement" in page
    assert f"http://localhost:8000{page_of(conversation)}" in page


def test_a_conversation_by_invitation_is_not_passed_on(client: Client) -> None:
    conversation = make_conversation(now=timezone.now(), open_to="invited")
    client.force_login(processes.make_facilitator())

    assert "Pass it on" not in text_of(client.get(reverse("opinions:enough", args=[conversation.pk])))


def test_ones_own_answers_are_there_to_change(client: Client, conversation: Conversation) -> None:
    statement = statements_of(conversation)[0]
    client.post(vote_url(statement), {"answer": "agree"})
    url = reverse("opinions:mine", args=[conversation.pk])
    assert statement.text in text_of(client.get(url))

    part = client.post(vote_url(statement), {"answer": "disagree", "back": "mine"}, headers=HTMX)
    plain = client.post(vote_url(statement), {"answer": "disagree", "back": "mine"})

    assert f'id="statement-{statement.pk}"' in text_of(part)
    assert "You disagreed." in text_of(part)
    assert plain["Location"].startswith(url)
    assert Vote.objects.get().value == DISAGREE


def test_nobody_sees_the_answers_of_somebody_else(client: Client, conversation: Conversation) -> None:
    statement = statements_of(conversation)[0]
    cast(statement)

    page = text_of(client.get(reverse("opinions:mine", args=[conversation.pk])))

    assert "You have not answered anything yet." in page
    assert statement.text not in page


def test_what_is_closed_can_be_read_and_not_changed(client: Client, conversation: Conversation) -> None:
    statement = statements_of(conversation)[0]
    client.post(vote_url(statement), {"answer": "agree"})
    activity = processes.activity_in(conversation.item.within.process)  # type: ignore[union-attr]
    activity.closes_at = timezone.now() - timedelta(minutes=1)
    activity.opens_at = timezone.now() - timedelta(days=1)
    activity.save()

    page = text_of(client.get(reverse("opinions:mine", args=[conversation.pk])))

    assert statement.text in page
    assert "small-answer" not in page


# --- queries ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["conversation", "enough", "mine"])
def test_pages_ask_as_much_at_eight_statements_as_at_two(
    client: Client, name: str, django_assert_max_num_queries: Any
) -> None:
    counts = []
    for number in (2, 8):
        conversation = make_conversation(statements=number, now=timezone.now())
        for statement in statements_of(conversation)[:-1]:
            client.post(vote_url(statement), {"answer": "agree"})
        url = reverse(f"opinions:{name}", args=[conversation.pk])
        client.get(url)
        with django_assert_max_num_queries(16) as queries:
            client.get(url)
        counts.append(len(queries))

    assert counts[0] == counts[1]


def test_a_vote_costs_a_known_number_of_queries(
    client: Client, conversation: Conversation, django_assert_max_num_queries: Any
) -> None:
    first, second, _third = statements_of(conversation)
    client.post(vote_url(first), {"answer": "agree"})

    with django_assert_max_num_queries(24):
        client.post(vote_url(second), {"answer": "agree"})

    assert not Event.objects.filter(name__startswith="opinions.vote").exists()


def test_on_a_shared_device_ones_answers_lead_to_where_it_forgets_them(client: Client) -> None:
    conversation = make_conversation(statements=2, now=timezone.now())
    client.post(reverse("opinions:vote", args=[statements_of(conversation)[0].pk]), {"answer": "agree"})
    mine = reverse("opinions:mine", args=[conversation.pk])
    before = client.get(mine).content.decode()

    client.post(reverse("people:sign_out"))

    assert reverse("people:device") in before
    assert "You have not answered anything yet." in client.get(mine).content.decode()

"""What pages say where there is nothing to draw: everybody of one mind, everybody without one, words without an end."""

from __future__ import annotations

from array import array
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser

from allting.opinions.models import Conversation
from tests.browsing import complaints_about
from tests.make.maps import add_votes, make_export, make_map, make_voted_conversation
from tests.make.opinions import make_conversation

ENDLESS = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft" * 2


def make_unanimous_conversation(value: int) -> Conversation:
    """Make a conversation in which forty people answer everything alike, with a map."""
    conversation = make_conversation(statements=0)
    export = make_export(people=40)
    alike = replace(export.votes, values=array("b", [value] * len(export.votes)))
    add_votes(conversation, replace(export, votes=alike))
    make_map(conversation)
    return conversation


def page_of(client: Client, name: str, conversation: Conversation) -> str:
    return client.get(reverse(f"opinions:{name}", args=[conversation.pk])).content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("value", "headline"),
    [
        (1, "No differences so far. 40 people have answered."),
        (0, "Nobody takes sides so far. 40 people have answered."),
    ],
)
def test_it_is_not_too_early_where_many_have_answered_and_nobody_differs(
    client: Client, value: int, headline: str
) -> None:
    conversation = make_unanimous_conversation(value)

    for name in ("results", "report", "map_page"):
        page = page_of(client, name, conversation)
        assert headline in page
        assert "Too early" not in page
    assert "One stone is" not in page_of(client, "map_page", conversation)


@pytest.mark.django_db
def test_a_map_without_groups_has_no_rings_to_speak_of(client: Client) -> None:
    crowd, camps = make_voted_conversation(camps=1, people=60), make_voted_conversation()
    for conversation in (crowd, camps):
        make_map(conversation)

    for name in ("map_page", "report"):
        assert "A ring stands in between." not in page_of(client, name, crowd)
        assert "a bigger stone is more." in page_of(client, name, crowd)
        assert "A ring stands in between." in page_of(client, name, camps)


@pytest.mark.django_db(transaction=True)
@pytest.mark.browser
def test_words_without_an_end_stay_on_the_page(live_server: Any, browser: Browser) -> None:
    conversation = make_conversation(statements=0)
    export = make_export(people=40)
    first, *others = export.statements
    add_votes(conversation, replace(export, statements=(replace(first, text=ENDLESS), *others)))
    make_map(conversation)
    context = browser.new_context(viewport={"width": 390, "height": 844}, bypass_csp=True)
    page = context.new_page()

    for name in ("results", "table", "report", "map_page"):
        page.goto(live_server.url + reverse(f"opinions:{name}", args=[conversation.pk]))
        assert "overflow" not in complaints_about(page), name

    context.close()

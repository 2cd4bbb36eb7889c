"""A conversation that a site of others may show, and a reader inside its frame."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from django.test import Client
from django.urls import reverse

from allting.opinions import actions
from allting.opinions.models import Conversation, HostSite
from allting.people import tickets
from tests.make import processes

HOST = "https://www.kommun.se"


def make_host_site(conversation: Conversation, *, origin: str = HOST, now: datetime = processes.NOW) -> HostSite:
    """Let a site show the conversation."""
    return actions.name_host_site(conversation=conversation, origin=origin, by=conversation.item.author, now=now)


class Frame:
    """A browser that shows a conversation in a frame: it keeps no cookie, and hands its page's ticket on."""

    def __init__(self, conversation: Conversation, *, client: Client | None = None) -> None:
        self.conversation = conversation
        # With Django's checks on: the framed pages have to do without their cookie.
        self.client = client or Client(enforce_csrf_checks=True)
        self.ticket = str(tickets.make(item_id=conversation.pk))

    def open(self, **headers: Any) -> Any:
        """Open the frame as a page of the host does."""
        response = self.client.get(self.address("embedded"), **headers)
        if response.status_code == 200:
            self.ticket = ticket_in(response)
        return response

    def press(self, name: str, *, origin: str = "http://testserver", **data: Any) -> Any:
        """Send one of the page's forms."""
        said = {"ticket": self.ticket, **data}
        return self.client.post(self.address(name), said, headers={"Origin": origin} if origin else {})

    def vote(self, statement_id: int, answer: str = "agree", **more: Any) -> Any:
        return self.press("embedded_vote", statement=statement_id, answer=answer, **more)

    def address(self, name: str) -> str:
        return reverse(f"opinions:{name}", args=[self.conversation.pk])


def ticket_in(response: Any) -> str:
    """Return the ticket that a page hands on."""
    found = re.search(r'name="ticket" value="([^"]+)"', response.content.decode())
    assert found, "The page hands no ticket on."
    return found[1]

"""The activity "conversation": what a process can hold of this room."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from allting.opinions import actions, queries
from allting.opinions.models import Conversation
from allting.processes.activity_kinds import ActivityKind
from allting.record.models import Actor, Item
from allting.record.viewers import Viewer


def create(*, within: Item, title: str, author: Actor, now: datetime) -> Item:
    """Begin the conversation of a process."""
    return actions.start_conversation(within=within, title=title, author=author, now=now).item


def close(item: Item, now: datetime) -> None:
    """Run in the transaction that closes the activity."""
    actions.close_conversation(conversation=Conversation.objects.select_related("item").get(pk=item.pk), now=now)


def first_statement(item_id: int, viewer: Viewer) -> tuple[str, Mapping[str, object]] | None:
    """Give the process page a statement to answer right there; None where there is none for this viewer."""
    choice = queries.get_standing_choice(conversation_id=item_id, actor=viewer.actor)
    if choice is None:
        return None
    return "opinions/first_statement.html", {"choice": choice, "conversation_id": item_id}


KIND = ActivityKind(
    name="conversation",
    title=_("Conversation"),
    create=create,
    on_close=close,
    address=lambda item_id: reverse("opinions:conversation", args=[item_id]),
    results=lambda item_id: reverse("opinions:results", args=[item_id]),
    workbench=lambda item_id: reverse("opinions:workbench", args=[item_id]),
    part=first_statement,
)

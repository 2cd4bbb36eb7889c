"""Build conversations through their actions, so that no impossible one can be built."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from allting.opinions import actions
from allting.opinions.models import Conversation, Statement, Vote
from allting.processes.models import Process
from allting.record import actions as record
from allting.record.models import Actor
from allting.record.viewers import Viewer
from tests.make import processes
from tests.make.processes import NOW

SEEDS = (
    "Impact on traffic flow should be considered with any proposed new developments.",
    "I would like to see more aid for the homeless.",
    "The arts are an important component of K-12 education.",
    "Bowling Green needs more competitive cable rates.",
    "We need more sidewalks and bicycle lanes.",
    "After school activity centers for youth should have later hours.",
    "The city should plant two trees for each one that it takes down.",
    "Downtown needs a grocery store.",
)

AGREE, DISAGREE, PASS = Vote.Value.AGREE, Vote.Value.DISAGREE, Vote.Value.PASS


def make_conversation(
    *, statements: int = 3, state: str = "running", now: datetime = NOW, **choices: Any
) -> Conversation:
    """Make a process in this state at `now` and return its conversation, with so many seed statements."""
    process = processes.make_process(state=state, now=now, **choices)
    return conversation_in(process, statements=statements, now=now)


def conversation_in(process: Process, *, statements: int = 3, now: datetime = NOW) -> Conversation:
    """Return the conversation of a process, with so many seed statements."""
    item_id = processes.activity_in(process).item_id
    conversation = Conversation.objects.select_related("item").get(pk=item_id)
    texts = [SEEDS[number] if number < len(SEEDS) else f"Seed number {number}." for number in range(statements)]
    if texts:
        made_at = now - timedelta(hours=1)
        actions.add_seeds(conversation=conversation, author=conversation.item.author, texts=texts, now=made_at)
    return conversation


def statements_of(conversation: Conversation) -> list[Statement]:
    """Return its statements in the order they were made."""
    return list(conversation.statements.select_related("item__author", "conversation__item").order_by("pk"))


def make_statement(
    conversation: Conversation,
    *,
    text: str = "The library should open on Sundays.",
    author: Actor | None = None,
    state: Statement.State = Statement.State.SHOWN,
    now: datetime = NOW,
) -> Statement:
    """Add a statement by a new device, or by this author."""
    return actions.add_statement(
        conversation=conversation, author=author or make_device_actor(), text=text, state=state, now=now
    )


def make_device_actor() -> Actor:
    return record.make_actor(kind=Actor.Kind.DEVICE)


def viewer_with(actor: Actor) -> Viewer:
    """Return the viewer of a participant without account."""
    return Viewer(actor=actor)


def cast(
    statement: Statement,
    value: Vote.Value = AGREE,
    *,
    actor: Actor | None = None,
    now: datetime = NOW,
    network_tag: str = "",
) -> Actor:
    """Cast a vote by a new device, or by this actor, and return who cast it."""
    actor = actor or make_device_actor()
    actions.cast_vote(statement=statement, actor=actor, value=value, now=now, network_tag=network_tag)
    return actor


def cast_all(
    conversation: Conversation, ballots: Sequence[Mapping[int, Vote.Value]], *, now: datetime = NOW
) -> list[Actor]:
    """Let one new device per ballot answer; a ballot maps the statement's place in the conversation to the answer."""
    statements = statements_of(conversation)
    actors = []
    for ballot in ballots:
        actor = make_device_actor()
        for place, value in ballot.items():
            cast(statements[place], value, actor=actor, now=now)
        actors.append(actor)
    return actors

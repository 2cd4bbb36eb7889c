"""Conversations with votes enough for a map, and maps drawn in this process."""

from __future__ import annotations

import json
import random
from array import array
from dataclasses import asdict
from datetime import datetime, timedelta

from threadpoolctl import threadpool_limits

from allting.opinions import analysis, importing, maps, reading
from allting.opinions.figures import Drawing
from allting.opinions.importing import Export, ImportedStatement, ImportedVotes
from allting.opinions.models import Conversation, MapSnapshot
from allting.record import actions as record
from allting.record.models import Actor
from allting.web.children import Listener
from tests.make.opinions import make_conversation
from tests.make.processes import NOW

TEXTS = (
    "More buses in the evening.",
    "Fewer cars in the centre.",
    "Parking should stay free.",
    "The theatre deserves support.",
    "Taxes are too high already.",
    "A swimming hall for everybody.",
    "Roads first, culture later.",
    "Plant trees along the streets.",
    "Schools need smaller classes.",
    "Repair what is broken before building anew.",
)


def make_export(*, people: int, camps: int = 2, statements: int = 10, votes_each: int = 10, seed: int = 1) -> Export:
    """Plant camps: each agrees with its own statements, nearly everybody with the first three. One camp is a crowd."""
    chance = random.Random(seed)
    columns: tuple[array[int], array[int], array[int]] = (array("q"), array("q"), array("b"))
    for person in range(people):
        for statement in sorted(chance.sample(range(statements), min(votes_each, statements))):
            likely = (
                0.9 if statement < 3 else 0.5 if camps < 2 else 0.92 if statement % camps == person % camps else 0.08
            )
            vote = 0 if chance.random() < 0.05 else 1 if chance.random() < likely else -1
            for column, value in zip(columns, (person, statement, vote), strict=True):
                column.append(value)
    begun_at = NOW - timedelta(days=2)
    return Export(
        topic="Planted",
        description="",
        address="",
        source=f"planted {seed}",
        attribution="",
        attribution_url="",
        statements=tuple(
            ImportedStatement(
                number=number,
                author=10_000 + number,
                text=TEXTS[number] if number < len(TEXTS) else f"Statement number {number}.",
                submitted_at=begun_at,
                is_rejected=False,
                is_about_the_conversation=False,
                is_seed=True,
            )
            for number in range(statements)
        ),
        participants=tuple(range(people)),
        votes=ImportedVotes(*columns, times_ms=array("q", [int(begun_at.timestamp() * 1000)]) * len(columns[0])),
        has_times=True,
        first_at=begun_at,
        last_at=begun_at,
    )


def make_voted_conversation(
    *, people: int = 60, camps: int = 2, statements: int = 10, votes_each: int = 10, now: datetime = NOW
) -> Conversation:
    """Make a running conversation in which so many imported people have voted."""
    conversation = make_conversation(statements=0, now=now)
    export = make_export(people=people, camps=camps, statements=statements, votes_each=votes_each)
    add_votes(conversation, export, now=now - timedelta(hours=1))
    return Conversation.objects.select_related("item").get(pk=conversation.pk)


def add_votes(conversation: Conversation, export: Export, *, now: datetime = NOW) -> None:
    importing.import_into(conversation=conversation, export=export, by=record.system_actor(), now=now)


def give_accounts(conversation: Conversation) -> None:
    """Let all who have voted so far be people with an account."""
    Actor.objects.filter(pk__in=conversation.participants.values("actor")).update(kind=Actor.Kind.PERSON)


def make_map(conversation: Conversation, *, now: datetime = NOW) -> MapSnapshot:
    """Claim, draw and publish, as the worker does, but with the engine in this process: a second instead of four."""
    run = maps.claim(conversation_id=conversation.pk, now=now)
    assert run
    snapshot = maps.draw_map(run=run, now=now, draw=draw_here)
    assert snapshot
    return snapshot


def draw_here(arrays: reading.Arrays, *, listener: Listener) -> Drawing:
    """Draw in this process, through the same JSON as the other one, and with one thread as there."""
    with threadpool_limits(1):
        drawing = analysis.draw(arrays)
    return Drawing(**json.loads(json.dumps(analysis._clean(asdict(drawing)))))

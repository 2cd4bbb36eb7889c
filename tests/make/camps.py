"""Conversations in which people said what they are, and answered as their kind of people does."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import numpy as np

from allting.engine import opinion
from allting.opinions import analysis, maps, reading
from allting.opinions.camps.analysis import read_off_camps
from allting.opinions.figures import Drawing
from allting.opinions.models import Conversation, MapSnapshot, Participant, Statement, Vote
from allting.opinions.unpacking import unpack
from allting.processes.models import Participation, Process
from allting.record.models import Actor
from allting.web import children
from tests.make.opinions import make_conversation, statements_of
from tests.make.processes import NOW

CUSTOMERS, EMPLOYEES, CITIZENS = "customer", "employee", "citizen"

# What share of each kind of people agrees with each statement: all with the first, one alone with the next two.
LEANINGS: Mapping[str, Sequence[float]] = {
    CUSTOMERS: (0.95, 0.95, 0.05, 0.75, 0.6, 0.9, 0.1, 0.5),
    EMPLOYEES: (0.9, 0.05, 0.95, 0.7, 0.6, 0.1, 0.9, 0.5),
    CITIZENS: (0.9, 0.5, 0.5, 0.7, 0.4, 0.5, 0.5, 0.5),
}


def make_camps(
    people: Mapping[str, int],
    *,
    statements: int = 8,
    seed: int = 1,
    now: datetime = NOW,
    shares: Mapping[str, Sequence[float]] = LEANINGS,
) -> Conversation:
    """Make a running conversation in which so many of each kind have said what they are and answered everything."""
    conversation = make_conversation(statements=statements, now=now)
    join(conversation, people, seed=seed, now=now - timedelta(hours=1), shares=shares)
    return Conversation.objects.select_related("item").get(pk=conversation.pk)


def join(
    conversation: Conversation,
    people: Mapping[str, int],
    *,
    seed: int = 1,
    now: datetime = NOW,
    shares: Mapping[str, Sequence[float]] = LEANINGS,
    on: Sequence[int] | None = None,
) -> list[Actor]:
    """Let new devices say what they are ("": nothing) and answer, all statements or those at the places `on`.

    Written in bulk and counted at once: the rules of voting and of the count are tested where they belong.
    """
    lots = random.Random(seed)
    process = Process.objects.get(pk=conversation.item.within_id)
    standing = statements_of(conversation)
    places = range(len(standing)) if on is None else on
    actors = []
    for relation, count in people.items():
        likely = shares.get(relation, [0.5] * len(standing))
        joined = Actor.objects.bulk_create(Actor(kind=Actor.Kind.DEVICE) for _person in range(count))
        for place in places:
            # Exactly the share, so that a test knows what comes out; who of them is drawn by lot.
            agreeing = set(lots.sample(range(count), round(likely[place % len(likely)] * count)))
            answer(standing[place], joined, [person in agreeing for person in range(count)], now=now)
        if relation:
            said = {"process": process, "relation": relation, "counted_relation": relation, "said_at": now}
            Participation.objects.bulk_create(Participation(actor=actor, **said) for actor in joined)
        actors += joined
    Participant.objects.bulk_create(
        Participant(conversation=conversation, actor=actor, first_vote_at=now) for actor in actors
    )
    note(conversation, now=now)
    return actors


def answer(statement: Statement, actors: Sequence[Actor], agrees: Sequence[bool], *, now: datetime) -> None:
    """Write the answers of many."""
    Vote.objects.bulk_create(
        Vote(
            statement=statement,
            actor=actor,
            value=Vote.Value.AGREE if does else Vote.Value.DISAGREE,
            cast_at=now,
        )
        for actor, does in zip(actors, agrees, strict=True)
    )


def note(conversation: Conversation, *, now: datetime) -> None:
    """Let the map be old, as every vote does; the column files are made anew from the table."""
    found = Conversation.objects.get(pk=conversation.pk)
    Conversation.objects.filter(pk=found.pk).update(
        changes_count=found.changes_count + 1, changed_at=now, columns_mark=""
    )


def publish(conversation: Conversation, *, now: datetime = NOW) -> MapSnapshot:
    """Publish a map without places and groups, in a tenth of the time: everybody is one set."""
    run = maps.claim(conversation_id=conversation.pk, now=now)
    assert run
    snapshot = maps.draw_map(run=run, now=now, draw=_draw_camps_alone)
    assert snapshot
    return snapshot


def _draw_camps_alone(arrays: reading.Arrays, *, listener: children.Listener) -> Drawing:
    arrays = unpack(dict(arrays))
    votes = analysis.votes_in(arrays)
    shown = np.setdiff1d(np.arange(votes.statement_count), arrays["excluded"])
    everyone = opinion.tally_votes(votes, members=np.ones(votes.participant_count, dtype=np.bool_))
    one_set = np.zeros(votes.participant_count, dtype=np.int64)
    return Drawing(
        outcome="no_groups",
        method="test",
        version="0",
        digest="0" * 64,
        statements=arrays["statement_ids"][shown].tolist(),
        everyone=analysis._columns(everyone, shown),
        in_between_count=votes.participant_count,
        camps=json.loads(json.dumps(read_off_camps(votes, arrays=arrays, set_of=one_set, shown=shown))),
    )

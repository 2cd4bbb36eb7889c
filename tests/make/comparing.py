"""Comparisons made through their actions, and orders fitted in this process."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from numpy.typing import NDArray

from allting.opinions import actions
from allting.opinions.actions import Said
from allting.opinions.comparing import analysis, fitting
from allting.opinions.models import Comparing, Conversation, PairOrder
from allting.record.models import Actor
from tests.make.opinions import make_conversation, make_device_actor, statements_of
from tests.make.processes import NOW

QUESTION = "Which matters more to you?"


def turn_on(conversation: Conversation, *, chosen: Sequence[int] = (), now: datetime = NOW) -> Comparing:
    return actions.turn_on_comparing(
        conversation=conversation, question=QUESTION, chosen=chosen, by=conversation.item.author, now=now
    )


def make_comparing(*, statements: int = 4, now: datetime = NOW, **choices: Any) -> Comparing:
    """Make a running conversation whose statements are compared."""
    return turn_on(make_conversation(statements=statements, now=now, **choices), now=now)


def say(
    comparing: Comparing,
    left: int,
    right: int,
    said: Said = Said.LEFT,
    *,
    actor: Actor | None = None,
    now: datetime = NOW,
) -> Actor:
    """Compare two statements, by their places in the conversation, as a new device or this actor."""
    statements = statements_of(comparing.conversation)
    actor = actor or make_device_actor()
    actions.compare(
        comparing=comparing, left=statements[left].pk, right=statements[right].pk, said=said, actor=actor, now=now
    )
    return actor


def say_in_order(
    comparing: Comparing, *, people: int, places: Sequence[int] = (0, 1, 2, 3), now: datetime = NOW
) -> list[Actor]:
    """Let new devices compare all pairs of these places; the one named first always wins."""
    actors = [make_device_actor() for _person in range(people)]
    for actor in actors:
        for index, better in enumerate(places):
            for worse in places[index + 1 :]:
                say(comparing, better, worse, actor=actor, now=now)
    return actors


def fit_here(arrays: Mapping[str, NDArray[Any]]) -> Mapping[str, Any]:
    """Fit in this process, through the same JSON as the other one."""
    fitted: Mapping[str, Any] = json.loads(json.dumps(analysis.fit(arrays)))
    return fitted


def prepare(comparing: Comparing, *, now: datetime = NOW) -> PairOrder | None:
    """Claim, prepare and publish, as the worker does."""
    run = fitting.claim(conversation_id=comparing.pk, now=now)
    assert run
    return fitting.prepare(run=run, now=now, fit=fit_here)

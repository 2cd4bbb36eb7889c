"""Let people say what they are to the organisation and how satisfied they are, through the room's own actions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from allting.processes import participation
from allting.processes.models import Process
from allting.record import actions as record
from allting.record.models import Actor
from tests.make.processes import NOW, make_facilitator


def say(process: Process, relations: Mapping[str, int], *, now: datetime = NOW) -> list[Actor]:
    """Let so many new devices say each relation, and return them in that order."""
    actors = []
    for relation, people in relations.items():
        for _person in range(people):
            actors.append(record.make_actor(kind=Actor.Kind.DEVICE))
            participation.say_relation(process=process, actor=actors[-1], relation=relation, now=now)
    return actors


def rate(process: Process, satisfactions: Sequence[int], *, now: datetime = NOW) -> list[Actor]:
    """Let one new device for each number say how satisfied it is."""
    actors = [record.make_actor(kind=Actor.Kind.DEVICE) for _number in satisfactions]
    for actor, number in zip(actors, satisfactions, strict=True):
        participation.say_satisfaction(process=process, actor=actor, satisfaction=number, now=now)
    return actors


def frame(process: Process, shares: Mapping[str, int], *, now: datetime = NOW) -> None:
    """Say who is concerned."""
    by = make_facilitator(now=now).actor
    participation.change_frame(process=process, frame=shares, asked_first=(), by=by, now=now)

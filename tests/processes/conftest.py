"""A small activity kind, so that processes are tested without any room above them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

import pytest

from allting.processes import activity_kinds
from allting.processes.activity_kinds import ActivityKind, Count, NextStep
from allting.record import actions as record
from allting.record.models import Actor, Item


@dataclass
class Talks:
    """The room of talks: which were closed, and what it would tell the workbench."""

    closed: list[int] = field(default_factory=list)
    opened: list[int] = field(default_factory=list)
    wiped: list[int] = field(default_factory=list)
    next_steps: list[NextStep] = field(default_factory=list)
    counts: list[Count] = field(default_factory=list)
    strangers: set[int] = field(default_factory=set)

    def create(self, *, within: Item, title: str, author: Actor, now: datetime) -> Item:
        return record.make_item(kind="conversation", title=title, author=author, within=within, now=now)

    def close(self, item: Item, now: datetime) -> None:
        self.closed.append(item.pk)

    def open(self, item: Item, now: datetime) -> None:
        self.opened.append(item.pk)

    def wipe(self, item: Item, now: datetime) -> None:
        self.wiped.append(item.pk)

    def steps_of(self, item_id: int, now: datetime) -> Sequence[NextStep]:
        return self.next_steps

    def has_part(self, item_id: int, actor: Actor) -> bool:
        return actor.pk not in self.strangers

    def counts_of(self, item_id: int) -> Sequence[Count]:
        return self.counts


@pytest.fixture(autouse=True)
def talks(monkeypatch: pytest.MonkeyPatch) -> Talks:
    room = Talks()
    kind = ActivityKind(
        name="conversation",
        title="Talk",
        create=room.create,
        on_close=room.close,
        address=lambda item_id: f"/talks/{item_id}",
        results=lambda item_id: f"/talks/{item_id}/results",
        workbench=lambda item_id: f"/talks/{item_id}/workbench",
        wipe=room.wipe,
        on_open=room.open,
        has_part=room.has_part,
        counts=room.counts_of,
        next_steps=room.steps_of,
        explains="You answer and add your own.",
        yields="The map shows what unites and what divides.",
    )
    monkeypatch.setattr(
        activity_kinds,
        "registered",
        lambda: {"conversation": kind, "round": replace(kind, name="round", title="Ballot")},
    )
    return room

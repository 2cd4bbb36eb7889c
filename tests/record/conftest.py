"""One small kind of item, so that the record is tested without any room above it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from allting.record import actions, kinds, reactions
from allting.record.models import Actor, Event, Item
from allting.record.reactions import Reaction
from allting.record.rules import YES, Answer, No
from allting.record.viewers import Viewer

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


@dataclass
class Notes:
    """The room of notes: what it was asked to do, in order."""

    forgotten: list[tuple[int, kinds.Words]] = field(default_factory=list)
    handed_over: list[tuple[int, int]] = field(default_factory=list)
    secret: set[int] = field(default_factory=set)
    reacted: list[int] = field(default_factory=list)
    is_broken: bool = False
    backing: dict[int, kinds.Backing] = field(default_factory=dict)
    asked_for_backing: list[int] = field(default_factory=list)

    def may(self, ids: Collection[int], viewer: Viewer, to: kinds.Deed) -> dict[int, Answer]:
        if to == "moderate" and not viewer.has_role(["facilitator"]):
            return {pk: No("Only the facilitator decides.") for pk in ids}
        return {pk: No("Not open to you.") if pk in self.secret else YES for pk in ids}

    def cards(self, ids: Collection[int], viewer: Viewer) -> dict[int, kinds.Card]:
        seen = [pk for pk, answer in self.may(ids, viewer, "see").items() if answer]
        return {
            item.pk: kinds.Card(item_id=item.pk, kind_title="Note", words=item.title, address=f"/notes/{item.pk}")
            for item in Item.objects.filter(pk__in=seen)
        }

    def forget(self, *, actor: Actor, words: kinds.Words, now: datetime) -> None:
        self.forgotten.append((actor.pk, words))

    def hand_over(self, *, giver: Actor, taker: Actor, now: datetime) -> None:
        self.handed_over.append((giver.pk, taker.pk))

    def back(self, ids: Collection[int], viewer: Viewer) -> dict[int, kinds.Backing]:
        self.asked_for_backing += ids
        return {pk: self.backing[pk] for pk in ids if pk in self.backing}

    def react(self, event: Event, now: datetime) -> None:
        if self.is_broken:
            raise RuntimeError("The room of notes is on fire.")
        self.reacted.append(event.pk)


@pytest.fixture
def notes(monkeypatch: pytest.MonkeyPatch) -> Notes:
    room = Notes()
    kind = kinds.Kind(
        name="note",
        title="Note",
        cards=room.cards,
        may=room.may,
        people_behind=lambda ids: {},
        forget=room.forget,
        hand_over=room.hand_over,
        carry=lambda ids: [],
        backing=room.back,
    )
    reaction = Reaction(name="notes.count", to="notes.written", run=room.react)
    monkeypatch.setattr(kinds, "registered", lambda: {"note": kind})
    monkeypatch.setattr(reactions, "by_event", lambda: {"notes.written": (reaction,)})
    monkeypatch.setattr(reactions, "by_name", lambda: {"notes.count": reaction})
    return room


@pytest.fixture
def actor(db: None) -> Actor:
    return actions.make_actor(kind=Actor.Kind.PERSON)


def write_note(actor: Actor, title: str = "The buses stop at nine.") -> Item:
    return actions.make_item(kind="note", title=title, author=actor, within=None, now=NOW)

"""A kind of its own for these tests: notes, of which a secret one is seen only by those who entered."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

import pytest
from django.test import Client

from allting.people import queries
from allting.people.models import Person
from allting.record import actions as record
from allting.record import kinds
from allting.record.models import Actor, Item
from allting.record.rules import YES, Answer, No
from allting.record.viewers import Viewer
from tests.make import people as make


@dataclass
class Notes:
    """What the kind was asked to do."""

    forgotten: list[tuple[Actor, kinds.Words]] = field(default_factory=list)
    handed_over: list[tuple[Actor, Actor]] = field(default_factory=list)

    def write(self, title: str = "The buses stop at nine.", *, author: Actor | None = None, within=None) -> Item:
        author = author or record.make_actor(kind=Actor.Kind.PERSON)
        return record.make_item(kind="note", title=title, author=author, within=within, now=make.NOW)

    def cards(self, ids: Collection[int], viewer: Viewer) -> dict[int, kinds.Card]:
        answers = self.may(ids, viewer, "see")
        return {
            item.pk: kinds.Card(item.pk, "Note", item.title, address=f"/notes/{item.pk}")
            for item in Item.objects.filter(pk__in=[pk for pk in ids if answers[pk]])
        }

    def may(self, ids: Collection[int], viewer: Viewer, deed: kinds.Deed) -> dict[int, Answer]:
        secret = set(Item.objects.filter(pk__in=ids, title__startswith="Secret").values_list("pk", flat=True))
        return {
            pk: YES if pk not in secret or queries.may_enter(viewer, pk) else No("This is only for those who entered.")
            for pk in ids
        }

    def forget(self, *, actor: Actor, words: kinds.Words, now) -> None:
        self.forgotten.append((actor, words))

    def hand_over(self, *, giver: Actor, taker: Actor, now) -> None:
        self.handed_over.append((giver, taker))

    def carry(self, ids: Collection[int]) -> Iterable[dict[str, object]]:
        return Item.objects.filter(pk__in=ids).values("id", "title")


@pytest.fixture
def notes(db: None, monkeypatch: pytest.MonkeyPatch) -> Notes:
    written = Notes()
    kind = kinds.Kind(
        name="note",
        title="Note",
        cards=written.cards,
        may=written.may,
        people_behind=lambda ids: {},
        forget=written.forget,
        hand_over=written.hand_over,
        carry=written.carry,
    )
    monkeypatch.setattr(kinds, "registered", lambda: {"note": kind})
    return written


@pytest.fixture
def facilitator(db: None) -> Person:
    return make.make_person(name="Priya Raman", role="facilitator")


@pytest.fixture
def facilitators_client(facilitator: Person) -> Client:
    return make.sign_in(Client(), facilitator)


@pytest.fixture
def mail_is_set_up(settings) -> None:
    settings.MAIL_URL = "smtp://localhost:1"

"""Taking part without a cookie: what a ticket opens, and for whom."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.core import signing

from allting.people import cookies, tickets
from allting.people.errors import TicketRefused
from allting.people.models import Device
from allting.record.models import Actor

NOW = datetime.fromisoformat("2027-03-01T09:00:00+00:00")

pytestmark = pytest.mark.django_db


def act(ticket: tickets.Ticket, *, now: datetime) -> Actor:
    return tickets.actor_for_acting(ticket, visitor=tickets.visitor_of(ticket), now=now)


def test_a_ticket_says_again_what_it_was_made_for() -> None:
    ticket = tickets.make(item_id=7)

    assert tickets.read(str(ticket), item_id=7) == ticket


def test_a_ticket_is_for_one_item() -> None:
    with pytest.raises(TicketRefused):
        tickets.read(str(tickets.make(item_id=7)), item_id=8)


_FORGED = {
    "nothing": "",
    "words": "no ticket",
    "unsalted": signing.dumps([7, "key"]),
    "salt": signing.dumps([7, "key"], salt="x"),
}


@pytest.mark.parametrize("text", _FORGED.values(), ids=_FORGED)
def test_what_we_did_not_sign_as_a_ticket_is_none(text: str) -> None:
    with pytest.raises(TicketRefused):
        tickets.read(text, item_id=7)


def test_a_ticket_that_was_changed_is_none() -> None:
    text = str(tickets.make(item_id=7))

    with pytest.raises(TicketRefused):
        tickets.read(("B" if text[0] == "A" else "A") + text[1:], item_id=7)


def test_a_ticket_ends_as_a_cookie_would(monkeypatch: pytest.MonkeyPatch) -> None:
    text = str(tickets.make(item_id=7))
    monkeypatch.setattr(cookies, "LIFETIME", timedelta(seconds=-1))

    with pytest.raises(TicketRefused):
        tickets.read(text, item_id=7)


def test_looking_makes_nothing_and_acting_makes_one_device() -> None:
    ticket = tickets.make(item_id=7)
    looked = tickets.visitor_of(ticket)

    first = act(ticket, now=NOW)
    second = act(ticket, now=NOW)

    assert (looked.actor, looked.device) == (None, None)
    assert first == second == tickets.visitor_of(ticket).actor
    assert first.kind == Actor.Kind.DEVICE
    assert Device.objects.count() == Actor.objects.filter(kind=Actor.Kind.DEVICE).count() == 1


def test_two_first_presses_in_the_same_moment_are_one_device() -> None:
    ticket = tickets.make(item_id=7)
    stranger = tickets.visitor_of(ticket)

    first, second = [tickets.actor_for_acting(ticket, visitor=stranger, now=NOW) for _press in range(2)]

    assert first == second
    assert Device.objects.count() == 1


def test_two_tickets_are_two_devices() -> None:
    actors = {act(tickets.make(item_id=7), now=NOW).pk for _ticket in range(2)}

    assert len(actors) == 2


def test_the_database_cannot_make_a_ticket_out_of_what_it_keeps() -> None:
    ticket = tickets.make(item_id=7)
    act(ticket, now=NOW)

    assert ticket.key not in Device.objects.get().key_digest


def test_acting_another_day_is_noted_as_for_every_device() -> None:
    ticket = tickets.make(item_id=7)
    act(ticket, now=NOW)

    act(ticket, now=NOW + timedelta(days=3))

    assert Device.objects.get().seen_on == (NOW + timedelta(days=3)).date()

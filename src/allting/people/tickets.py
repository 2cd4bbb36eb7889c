"""Taking part without a cookie: a ticket that a page in another site's frame hands on from form to form.

Browsers block or partition the cookies of a frame, and we set none there. The ticket is a random device key, signed
together with the item that it is for; it travels in the body of a POST, never in an address. Like the cookie's key
it makes a device with its first act, and no row by looking.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.core import signing
from django.db import transaction
from django.utils import timezone

from allting.people import cookies
from allting.people.errors import TicketRefused
from allting.people.models import Device
from allting.people.visitors import Visitor
from allting.record import actions as record
from allting.record.models import Actor
from allting.record.viewers import Viewer

_SALT = "allting.people.ticket"


@dataclass(frozen=True, slots=True)
class Ticket:
    """One device's key, good for one item only: what somebody does in two conversations cannot be joined by it."""

    item_id: int
    key: str

    def __str__(self) -> str:
        """Return what the page hands on."""
        return signing.dumps([self.item_id, self.key], salt=_SALT)


def make(*, item_id: int) -> Ticket:
    """Return a new ticket. Nothing is stored before its holder acts."""
    return Ticket(item_id=item_id, key=cookies.make_device_key())


def read(text: str, *, item_id: int) -> Ticket:
    """Return the ticket that a page handed on. Raises TicketRefused if it is not ours, for another item, or too old."""
    try:
        item, key = signing.loads(text, salt=_SALT, max_age=cookies.LIFETIME)
    except signing.BadSignature:
        raise TicketRefused from None
    if item != item_id:
        raise TicketRefused
    return Ticket(item_id=item_id, key=key)


def visitor_of(ticket: Ticket) -> Visitor:
    """Return who looks: the ticket's device if it has acted, otherwise nobody. Never a person, never a cookie's."""
    device = Device.objects.select_related("actor").filter(key_digest=cookies.digest_of(ticket.key)).first()
    return Visitor(actor=device.actor if device else None, device=device)


def actor_for_acting(ticket: Ticket, *, visitor: Viewer, now: datetime) -> Actor:
    """Return who acts: the actor of the ticket's device, both made with its first act.

    visitor   as `visitor_of` found them
    """
    device: Device | None = visitor.device
    # Fourteen answers of fifteen come from a device that is known and was seen today: no lock for nothing.
    if device is not None and device.actor is not None and device.seen_on == timezone.localdate(now):
        return device.actor
    return _note_who_acts(ticket, now)


@transaction.atomic
def _note_who_acts(ticket: Ticket, now: datetime) -> Actor:
    today = timezone.localdate(now)
    digest = cookies.digest_of(ticket.key)
    Device.objects.get_or_create(key_digest=digest, defaults={"made_at": now, "seen_on": today})
    # Two presses at once find the same row; the lock lets only one of them make its actor.
    device = Device.objects.select_for_update(of=("self",)).select_related("actor").get(key_digest=digest)
    if device.actor is None:
        device.actor = record.make_actor(kind=Actor.Kind.DEVICE)
        device.save(update_fields=["actor"])
    if device.seen_on != today:
        device.seen_on = today
        device.save(update_fields=["seen_on"])
    return device.actor

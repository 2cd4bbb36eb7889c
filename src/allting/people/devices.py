"""A participant without account: a random key in a cookie, and an Actor from the first act on."""

from __future__ import annotations

from datetime import datetime
from typing import cast

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from allting.people import cookies
from allting.people.models import Device, Entry, EntryLink
from allting.people.visitors import Request, Visitor
from allting.record import actions as record
from allting.record.models import Actor

_NEW_KEY = "_new_device_key"


def actor_for_acting(request: HttpRequest, now: datetime) -> Actor:
    """Return who acts: the signed-in person's actor, or this device's, made with its first act.

    Looking makes nothing; only what is about to write calls this. The cookie goes out with the answer.
    """
    visitor = cast(Visitor, cast(Request, request).viewer)
    # Fourteen answers of fifteen come from a device that is known and was seen today: no lock for nothing.
    if visitor.actor is not None and not visitor.entry_tokens and not _is_new_today(visitor, now):
        return visitor.actor
    return _note_who_acts(request, now)


def _is_new_today(visitor: Visitor, now: datetime) -> bool:
    """Say whether acting has to be written down at the device that acts."""
    if visitor.person is not None:
        return False
    return visitor.device is None or visitor.device.seen_on != timezone.localdate(now)


@transaction.atomic
def _note_who_acts(request: HttpRequest, now: datetime) -> Actor:
    viewed = cast(Request, request)
    visitor = cast(Visitor, viewed.viewer)
    if visitor.person is not None:
        actor = visitor.actor
    else:
        device = _device_for_acting(request, now)
        actor = device.actor
        if visitor.actor is None:
            viewed.viewer = visitor.acting_as(device)
    assert actor is not None
    _remember_entries(cast(Visitor, viewed.viewer), now)
    return actor


def new_key_of(request: HttpRequest) -> str | None:
    """Return the key that the browser is to be given with this answer, if it has to be."""
    return getattr(request, _NEW_KEY, None)


def _device_for_acting(request: HttpRequest, now: datetime) -> Device:
    today = timezone.localdate(now)
    device: Device | None = cast(Request, request).viewer.device
    if device is None:
        key = cookies.make_device_key()
        setattr(request, _NEW_KEY, key)
        return Device.objects.create(
            key_digest=cookies.digest_of(key),
            actor=record.make_actor(kind=Actor.Kind.DEVICE),
            made_at=now,
            seen_on=today,
        )
    if device.actor is None:
        device.actor = record.make_actor(kind=Actor.Kind.DEVICE)
        device.save(update_fields=["actor"])
    if device.seen_on != today:
        device.seen_on = today
        device.save(update_fields=["seen_on"])
        setattr(request, _NEW_KEY, cookies.read_device_key(request))  # its 400 days begin anew
    return device


def _remember_entries(visitor: Visitor, now: datetime) -> None:
    """Write down by which links the acting visitor came in, once."""
    if not visitor.entry_tokens:
        return
    own = {"person": visitor.person} if visitor.person else {"device": visitor.device}
    links = EntryLink.objects.filter(token__in=visitor.entry_tokens, revoked_at=None).exclude(
        pk__in=Entry.objects.filter(**own).values("link")
    )
    Entry.objects.bulk_create((Entry(link=link, entered_at=now, **own) for link in links), ignore_conflicts=True)

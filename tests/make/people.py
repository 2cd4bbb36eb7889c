"""People and devices, made by the room's own actions."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.test import Client

from allting.people import actions, cookies
from allting.people import sign_in as signing_in
from allting.people.models import Device, Person
from allting.record import actions as record
from allting.record.models import Actor, Item

NOW = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)
_numbers = itertools.count(1)


def make_person(
    *,
    name: str = "Anna Lund",
    role: str = "",
    within: Item | None = None,
    address: str = "",
    language: str = "en",
    now: datetime = NOW,
) -> Person:
    """Make a person with a confirmed address, and perhaps a role for all or within an item."""
    address = address or f"person{next(_numbers)}@example.org"
    person = actions.join(address=address, name=name, language=language, now=now)
    if role:
        actions.give_role(person=person, role=role, item=within, by=person.actor, now=now)
    return person


def make_organisation(*, name: str = "Bowling Green", **said: Any) -> None:
    actions.change_organisation(name=name, **said, by=record.system_actor(), now=NOW)


def sign_in(client: Client, person: Person) -> Client:
    """Sign a person in on this client, as the code or the link would."""
    client.force_login(person, backend=signing_in.BACKEND)
    return client


class DeviceClient(Client):
    """A browser without account that has acted before."""

    device: Device

    @property
    def actor(self) -> Actor:
        self.device.refresh_from_db()
        assert self.device.actor is not None
        return self.device.actor


def make_device_client(*, now: datetime = NOW) -> DeviceClient:
    """Make a browser that acted without account: its cookie, its device and its actor."""
    key = cookies.make_device_key()
    client = DeviceClient()
    client.device = Device.objects.create(
        key_digest=cookies.digest_of(key),
        actor=record.make_actor(kind=Actor.Kind.DEVICE),
        made_at=now,
        seen_on=now.date(),
    )
    client.cookies[cookies.DEVICE] = cookies.sign(cookies.DEVICE, key)
    assert settings.SESSION_COOKIE_NAME not in client.cookies
    return client

"""Who is behind a request, as a `record.viewers.Viewer` that also knows how they came in."""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.http import HttpRequest

from allting.people import cookies, queries
from allting.people.models import Device, Person
from allting.record.viewers import Viewer


@dataclass(frozen=True, slots=True)
class Visitor(Viewer):
    """A viewer with the tokens of the entry links that this browser opened."""

    entry_tokens: tuple[str, ...] = ()

    # Methods and not `replace` by the caller: `request.viewer` is a lazy wrapper, which `replace` does not take.
    def acting_as(self, device: Device) -> Visitor:
        """Return the same visitor after the device's first act."""
        return replace(self, actor=device.actor, device=device)

    def entering_by(self, token: str) -> Visitor:
        """Return the same visitor after one more entry link, the latest last."""
        return replace(self, entry_tokens=(*(known for known in self.entry_tokens if known != token), token))


class Request(HttpRequest):
    """A request that went through ViewerMiddleware; for annotations."""

    viewer: Viewer
    user: Person


def visitor_of(request: HttpRequest) -> Visitor:
    """Look up the person of the session with their roles, or the device of the cookie, or nobody."""
    tokens = cookies.read_entries(request)
    person = request.user
    if isinstance(person, Person):
        return visitor_for(person, entry_tokens=tokens, device=device_of(request))
    device = device_of(request)
    return Visitor(actor=device.actor if device else None, device=device, entry_tokens=tokens)


def visitor_for(person: Person, *, device: Device | None = None, entry_tokens: tuple[str, ...] = ()) -> Visitor:
    """Return what this person may see and do, for a request or for a task on their behalf."""
    return Visitor(
        actor=person.actor,
        person=person,
        device=device,
        roles=queries.roles_of(person),
        entry_tokens=entry_tokens,
    )


def device_of(request: HttpRequest) -> Device | None:
    key = cookies.read_device_key(request)
    if key is None:
        return None
    return Device.objects.select_related("actor").filter(key_digest=cookies.digest_of(key)).first()

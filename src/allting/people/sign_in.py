"""Signing in without passwords: by a mailed code, or by a link that somebody with the right to it made.

A link is opened by GET, which shows one button, and accepted by POST: mail programs and scanners open
links on their own.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.backends import BaseBackend
from django.core import signing
from django.urls import reverse

from allting.people import queries
from allting.people.errors import LinkUsed
from allting.people.models import Person
from allting.web import lifetime

OPERATOR_LINK_LASTS = timedelta(minutes=30)
_SALT = "allting.people.sign-in-link"


class MailedCodeBackend(BaseBackend):
    """Load the person of a session. Who signs in was settled before: there is no password to check."""

    def get_user(self, user_id: int) -> Person | None:
        return Person.objects.select_related("actor").filter(pk=user_id, erased_at=None).first()


BACKEND = f"{MailedCodeBackend.__module__}.{MailedCodeBackend.__qualname__}"


class LinkFor(enum.StrEnum):
    PERSON = "person"
    FIRST_FACILITATOR = "first_facilitator"
    ADDRESS = "address"


@dataclass(frozen=True, slots=True)
class SignInLink:
    """What a link says once its signature is checked."""

    opens: LinkFor
    person_id: int | None = None
    address: str = ""


def make_link(person: Person, *, now: datetime) -> str:
    """Return a path that signs the person in for as long as this server runs; it dies with the process."""
    return _path(signing.dumps({"opens": LinkFor.PERSON, "person": str(person.pk)}, key=lifetime.KEY, salt=_SALT))


def first_facilitator_link(*, now: datetime) -> str | None:
    """Return a path by which the first facilitator signs in, or None when there is one already."""
    if queries.has_facilitator():
        return None
    return _path(signing.dumps({"opens": LinkFor.FIRST_FACILITATOR}, key=lifetime.KEY, salt=_SALT))


def make_operator_link(address: str, *, now: datetime) -> str:
    """Return a path that signs the owner of an address in, once, within half an hour.

    For installations without mail: whoever may read the installation's key may vouch for an address.
    """
    person = queries.get_person_at(address)
    seen_at = person.last_login if person else None
    said = {
        "opens": LinkFor.ADDRESS,
        "address": address.lower(),
        "seen": seen_at.isoformat() if seen_at else "",
        "until": (now + OPERATOR_LINK_LASTS).isoformat(),
    }
    return _path(signing.dumps(said, salt=_SALT))


def read_link(token: str, *, now: datetime) -> SignInLink:
    """Return what the link opens. Raises LinkUsed if it is not ours, too old, or was used."""
    said = _loads(token, key=lifetime.KEY)
    if said is not None:
        person_id = int(said["person"]) if "person" in said else None
        return SignInLink(opens=LinkFor(said["opens"]), person_id=person_id)
    said = _loads(token, key=None)
    if said is None or now >= datetime.fromisoformat(said["until"]):
        raise LinkUsed
    person = queries.get_person_at(said["address"])
    seen_at = person.last_login if person else None
    # Signing in moves `last_login`, so that the same link opens nothing a second time.
    if (seen_at.isoformat() if seen_at else "") != said["seen"]:
        raise LinkUsed
    return SignInLink(opens=LinkFor.ADDRESS, person_id=person.pk if person else None, address=said["address"])


def _loads(token: str, *, key: str | None) -> dict[str, str] | None:
    try:
        said: dict[str, str] = signing.loads(token, key=key, salt=_SALT)
    except signing.BadSignature:
        return None
    return said


def _path(token: str) -> str:
    return reverse("people:sign_in_by_link", args=[token])

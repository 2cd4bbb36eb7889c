"""A page of others that shows the conversation that runs: this machine under its other name.

For a browser `localhost` and `127.0.0.1` are two sites, as a municipality and its neighbours' association are. A demo
that listens under a name of its own has no second one, and so no such page.
"""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings

from allting.opinions import actions as opinions
from allting.opinions import embedding
from allting.opinions.errors import TooManySites
from allting.opinions.models import Conversation, HostSite
from allting.people.models import Person

_OTHER_NAME = {"localhost": "127.0.0.1", "127.0.0.1": "localhost"}


def origin() -> str | None:
    """Return the other name of this machine as an origin; None where it has none."""
    parts = urlsplit(settings.PUBLIC_URL)
    other = _OTHER_NAME.get(parts.hostname or "")
    return other and embedding.origin_of(f"{parts.scheme}://{other}:{parts.port or 80}")


def may_show(conversation: Conversation) -> bool:
    return HostSite.objects.filter(conversation=conversation, origin=origin() or "").exists()


def let_show(conversation: Conversation, *, by: Person, now: datetime) -> None:
    """Name the other site, as a facilitator does. Each start may be on another port; the twenty-first is not named."""
    if (other := origin()) is None:
        return
    try:
        opinions.name_host_site(conversation=conversation, origin=other, by=by.actor, now=now)
    except TooManySites:
        return

"""Showing a conversation on sites of others: which sites may, and the line that their pages need."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse
from django.utils.html import escape
from django.utils.translation import gettext_lazy as _

from allting.opinions import queries
from allting.opinions.errors import UnusableSite
from allting.opinions.models import HostSite
from allting.processes.models import Process
from allting.record.errors import NotFound, Refused
from allting.record.rules import YES, Answer, No
from allting.record.viewers import Viewer

# The list goes out with every framed page, and a header has to stay small.
SITES_AT_MOST = 20
# How high the frame is where no script tells how high it has to be: the first statement with its three answers.
HEIGHT_PX = 760

# For trying it out: nobody else can be behind these names, so they need no certificate.
_OWN_MACHINE = frozenset({"localhost", "127.0.0.1"})
_HOST = re.compile(r"(?=.{1,190}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_USUAL_PORT = {"https": 443, "http": 80}


# --- which sites ------------------------------------------------------------------------------------


def origin_of(written: str) -> str:
    """Return the origin of an address as browsers write it: scheme, host in ASCII, and the port where it is unusual.

    What stands after the host is left out, because browsers compare whole sites. Raises UnusableSite.
    """
    text = written.strip()
    try:
        parts = urlsplit(text if "://" in text else f"https://{text}")
        host = _in_ascii(parts.hostname or "")
        port = parts.port
    except ValueError:
        raise UnusableSite from None
    is_own_machine = host in _OWN_MACHINE
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and is_own_machine)
    if not is_safe or "@" in parts.netloc or not (is_own_machine or _HOST.fullmatch(host)):
        raise UnusableSite
    shown_port = "" if port in (None, _USUAL_PORT[parts.scheme]) else f":{port}"
    return f"{parts.scheme}://{host}{shown_port}"


def _in_ascii(host: str) -> str:
    """Write malmö.se as browsers do in headers. Raises UnicodeError, which is a ValueError."""
    return host.rstrip(".").encode("idna").decode("ascii").lower()


def may_embed(process: Process | None) -> Answer:
    """Ask whether a conversation can be shown elsewhere: only what everybody may take part in, without an account."""
    if process is None:
        return No(_("This is not part of a process yet, so nobody can answer."))
    if process.open_to != Process.OpenTo.LINK:
        return No(_("Only what everybody may take part in can be shown on other sites. This is for those you invited."))
    return YES


def origins_of(conversation_id: int) -> list[str]:
    """Return the sites that may show the conversation in a frame; where there are none, embedding is off."""
    sites = HostSite.objects.filter(conversation=conversation_id)
    return list(sites.order_by("pk").values_list("origin", flat=True))


def list_host_sites(*, conversation_id: int) -> list[HostSite]:
    """Return the sites that were named, in the order they were."""
    return list(HostSite.objects.filter(conversation=conversation_id).order_by("pk"))


def get_host_site_for(viewer: Viewer, site_id: int, *, now: datetime) -> HostSite:
    """Load a named site for somebody who looks after its conversation. Raises NotFound, Refused."""
    site = HostSite.objects.select_related("conversation__item").filter(pk=site_id).first()
    if site is None:
        raise NotFound
    queries.get_conversation_for(viewer, site.conversation_id, to="facilitate", now=now)
    return site


def require_may_embed(process: Process | None) -> None:
    """Raise Refused with the reason where a conversation cannot be shown elsewhere."""
    if not (answer := may_embed(process)):
        raise Refused(answer)


# --- the line ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Lines:
    """What a site's page needs.

    whole     the frame, and the script that gives it its height
    frame     the frame alone, with a height of its own
    address   for systems that ask for nothing else
    policy    what the content security policy of a strict site has to let through
    """

    whole: str
    frame: str
    address: str
    policy: str


def lines_for(conversation_id: int, *, title: str) -> Lines:
    """Write the line to paste, with attributes only: a strict site would refuse inline styles and scripts."""
    address = settings.PUBLIC_URL + reverse("opinions:embedded", args=[conversation_id])
    frame = (
        f'<iframe src="{escape(address)}" title="{escape(title)}" width="100%" height="{HEIGHT_PX}" '
        'frameborder="0" loading="lazy"></iframe>'
    )
    script = f'<script async src="{escape(settings.PUBLIC_URL + reverse("opinions:frame_script"))}"></script>'
    return Lines(
        whole=frame + script,
        frame=frame,
        address=address,
        policy=f"frame-src {settings.PUBLIC_URL}; script-src {settings.PUBLIC_URL}",
    )


@lru_cache(maxsize=1)
def frame_script() -> str:
    """Return what the site's page loads. It stands in many pages of others, so its address never changes."""
    return (Path(__file__).parent / "static" / "opinions" / "frame.js").read_text(encoding="utf-8")

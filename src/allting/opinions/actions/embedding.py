"""Which sites of others may show a conversation in a frame."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from allting.opinions import embedding
from allting.opinions.errors import TooManySites, UnusableSite
from allting.opinions.models import Conversation, HostSite
from allting.record import actions as record
from allting.record.models import Actor


@transaction.atomic
def name_host_site(*, conversation: Conversation, origin: str, by: Actor, now: datetime) -> HostSite:
    """Let a site show the conversation in a frame. Named twice it is named once, and no event tells of the second time.

    origin   as `embedding.origin_of` returns it      Raises UnusableSite, TooManySites.
    """
    # It goes into a header of every framed page: nothing but an origin may stand there, whoever calls this.
    if embedding.origin_of(origin) != origin:
        raise UnusableSite
    sites = HostSite.objects.filter(conversation=conversation)
    if found := sites.filter(origin=origin).first():
        return found
    if sites.count() >= embedding.SITES_AT_MOST:
        raise TooManySites
    site = HostSite.objects.create(conversation=conversation, origin=origin, named_by=by, named_at=now)
    _tell("opinions.host_site_named", conversation, by=by, now=now)
    return site


@transaction.atomic
def remove_host_site(*, site: HostSite, by: Actor, now: datetime) -> None:
    """Let a site no longer show the conversation. Removed twice it is removed."""
    gone_count, _tables = HostSite.objects.filter(pk=site.pk).delete()
    if gone_count:
        _tell("opinions.host_site_removed", site.conversation, by=by, now=now)


def _tell(name: str, conversation: Conversation, *, by: Actor, now: datetime) -> None:
    sites_count = HostSite.objects.filter(conversation=conversation).count()
    record.emit(name=name, actor=by, item=conversation.item, data={"sites": sites_count}, now=now)

"""Many new devices of one network within minutes of each other: found, and set aside."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Count

from allting.opinions.models import Burst, Participant

# A class that starts together is ten within ten minutes, too: this only puts a line on the facilitator's page.
BURST_PEOPLE = 10
BURST_WINDOW = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class BurstCandidate:
    """New devices of one network that began within minutes of each other. `handle` names it on the page."""

    handle: str
    network_tag: str
    starts_at: datetime
    ends_at: datetime
    people_count: int


def list_burst_candidates(*, conversation_id: int) -> list[BurstCandidate]:
    """Find networks that brought ten or more new devices within ten minutes and are not set aside, latest first."""
    tagged = Participant.objects.filter(conversation=conversation_id, burst=None).exclude(network_tag="")
    busy = (
        tagged.values("network_tag").annotate(people=Count("pk")).filter(people__gte=BURST_PEOPLE).values("network_tag")
    )
    rows = (
        tagged.filter(network_tag__in=busy)
        .order_by("network_tag", "first_vote_at", "pk")
        .values_list("network_tag", "first_vote_at")
    )
    moments_by_tag: dict[str, list[datetime]] = {}
    for tag, moment in rows:
        moments_by_tag.setdefault(tag, []).append(moment)
    candidates = [
        BurstCandidate(
            handle=_handle(conversation_id, tag, moments[0]),
            network_tag=tag,
            starts_at=moments[0],
            ends_at=moments[-1],
            people_count=len(moments),
        )
        for tag, all_moments in moments_by_tag.items()
        for moments in _dense_stretches(all_moments)
    ]
    return sorted(candidates, key=lambda candidate: candidate.starts_at, reverse=True)


def _dense_stretches(moments: list[datetime]) -> list[list[datetime]]:
    """Join all windows of ten minutes that hold ten or more moments into stretches without overlap."""
    stretches: list[tuple[int, int]] = []
    first = 0
    for last, moment in enumerate(moments):
        while moment - moments[first] > BURST_WINDOW:
            first += 1
        if last - first + 1 < BURST_PEOPLE:
            continue
        if stretches and first <= stretches[-1][1]:
            stretches[-1] = (stretches[-1][0], last)
        else:
            stretches.append((first, last))
    return [moments[first : last + 1] for first, last in stretches]


def _handle(conversation_id: int, tag: str, starts_at: datetime) -> str:
    """Name a candidate without telling its network's tag."""
    words = f"opinions.burst {conversation_id} {tag} {starts_at.isoformat()}".encode()
    return hmac.new(settings.SECRET_KEY.encode(), words, hashlib.sha256).hexdigest()[:16]


def list_bursts(*, conversation_id: int) -> list[Burst]:
    """Bursts that were set aside, restored ones included, the latest first."""
    return list(Burst.objects.filter(conversation=conversation_id).order_by("-set_aside_at", "-pk"))

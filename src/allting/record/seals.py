"""The chain of seals: what a hash covers, and how to see that nothing was changed.

A seal's hash covers the hash before it, so that changing, removing or slipping in an old event breaks
every later one (Haber and Stornetta 1991, "How to time-stamp a digital document").
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import UTC

from allting.record.models import Event, Seal

FIRST_HASH = "0" * 64


def seal_hash(*, number: int, previous: str, event: Event) -> str:
    """Return the hex SHA-256 over the previous hash, the running number and everything in the event."""
    canonical = json.dumps(
        [
            number,
            previous,
            event.pk,
            event.name,
            event.actor_id,
            event.item_id,
            event.data,
            event.created_at.astimezone(UTC).isoformat(),
        ],
        sort_keys=True,
        separators=(",", ":"),
        ensure_ascii=False,
    )
    return hashlib.sha256(canonical.encode()).hexdigest()


def breaks_in_the_chain() -> Iterator[int]:
    """Yield the numbers of the seals that do not follow from the one before. Reads the whole chain."""
    previous, number = FIRST_HASH, 0
    for seal in Seal.objects.select_related("event").order_by("number").iterator(chunk_size=2000):
        number += 1
        if seal.number != number or seal.hash != seal_hash(number=seal.number, previous=previous, event=seal.event):
            yield seal.number
        previous, number = seal.hash, seal.number

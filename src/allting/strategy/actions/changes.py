"""What stood before and what stands now, kept for everybody to read."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from allting.record.models import Actor, Item
from allting.strategy.models import Change

type Said = str | date | None


def keep_changes(
    *, item: Item, old: Mapping[str, Said], new: Mapping[str, Said], reason: str, by: Actor, now: datetime
) -> list[Change]:
    """Keep old and new of each part that differs, and return them; none when nothing does."""
    return Change.objects.bulk_create(
        Change(
            item=item,
            part=Change.Part(part),
            old=_written(old[part]),
            new=_written(new[part]),
            reason=reason,
            made_by=by,
            made_at=now,
        )
        for part in new
        if old[part] != new[part]
    )


def _written(said: Said) -> str:
    """Write a day in the form that every language reads back (see `queries.changes_of`)."""
    if said is None:
        return ""
    return said.isoformat() if isinstance(said, date) else said

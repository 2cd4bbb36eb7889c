"""How much of a process's strategy is public: what the header asks on every page, so it is remembered."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.cache import cache
from django.db import transaction

from allting.strategy.models import Priority, Promise, StrategyText

# Another process that serves pages learns of a change when its own memory has grown this old.
_REMEMBERED_FOR_S = 60


@dataclass(frozen=True, slots=True)
class Counts:
    """What everybody may read: priorities that were confirmed, promises that were published, and the text."""

    priorities: int
    promises: int
    has_text: bool


def of_process(process_id: int) -> Counts:
    """Return the counts, from memory if they are there."""
    remembered: Counts | None = cache.get(_key(process_id))
    if remembered is None:
        remembered = _count(process_id)
        cache.set(_key(process_id), remembered, _REMEMBERED_FOR_S)
    return remembered


def forget(process_id: int) -> None:
    """Count anew as soon as what changed is committed."""
    transaction.on_commit(lambda: cache.delete(_key(process_id)))


def _key(process_id: int) -> str:
    return f"strategy:counts:{process_id}"


def _count(process_id: int) -> Counts:
    public = Priority.objects.filter(process=process_id, item__hidden_at=None).exclude(state=Priority.State.CANDIDATE)
    promises = Promise.objects.filter(process=process_id, item__hidden_at=None).exclude(state=Promise.State.DRAFT)
    return Counts(
        priorities=public.count(),
        promises=promises.count(),
        has_text=StrategyText.objects.filter(process=process_id).exists(),
    )

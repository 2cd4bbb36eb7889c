"""How much of a process's strategy is public: what the header asks on every page, so it is remembered."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.cache import cache
from django.db import transaction
from django.db.models import Count, Q

from allting.processes.models import Process
from allting.strategy.models import Priority, Promise

# Another process that serves pages learns of a change when its own memory has grown this old.
_REMEMBERED_FOR_S = 60


@dataclass(frozen=True, slots=True)
class Counts:
    """What everybody may read: priorities that were confirmed and promises that were published."""

    priorities: int
    promises: int


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
    """Count in one query: the header of every page waits for it."""
    priorities = Q(priorities__item__hidden_at=None, priorities__pk__isnull=False)
    promises = Q(promises__item__hidden_at=None, promises__pk__isnull=False)
    found = Process.objects.filter(pk=process_id).aggregate(
        priorities=Count(
            "priorities", filter=priorities & ~Q(priorities__state=Priority.State.CANDIDATE), distinct=True
        ),
        promises=Count("promises", filter=promises & ~Q(promises__state=Promise.State.DRAFT), distinct=True),
    )
    return Counts(**found)

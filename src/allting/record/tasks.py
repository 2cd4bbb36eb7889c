"""What the worker does for the record: seal what was committed, deliver what is owed."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone

from allting.record import queries, reactions, seals
from allting.record.models import OutboxEntry, Seal

log = logging.getLogger(__name__)

# On PostgreSQL an event with a lower id may be committed after one with a higher id. The quick task looks
# back this far; `seal_late_events` looks at everything, so that nothing is skipped for good.
LOOK_BACK_COUNT = 10_000
BATCH = 500
# Any number will do, as long as nobody else in this database takes the same advisory lock.
_SEALER_LOCK = 7_305_112
# Doubled with each try: 2 s, 4 s … to an hour.
_LONGEST_PAUSE = timedelta(hours=1)


def seal_new_events() -> None:
    """Seal what was committed since the last time."""
    newest = Seal.objects.aggregate(newest=Max("event_id"))["newest"] or 0
    seal_events(now=timezone.now(), above=max(0, newest - LOOK_BACK_COUNT))


def seal_late_events() -> None:
    """Seal whatever the quick task may have missed."""
    seal_events(now=timezone.now(), above=0)


@transaction.atomic
def seal_events(*, now: datetime, above: int) -> int:
    """Give a number and a hash to committed events that have none; return how many. One at a time, under a lock."""
    # SQLite's IMMEDIATE transaction is a lock already.
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_SEALER_LOCK])
    last = Seal.objects.order_by("-number").first()
    number, previous = (last.number, last.hash) if last else (0, seals.FIRST_HASH)
    made = []
    for event in queries.unsealed_events(above=above)[:BATCH]:
        number += 1
        previous = seals.seal_hash(number=number, previous=previous, event=event)
        made.append(Seal(number=number, event=event, hash=previous, sealed_at=now))
    Seal.objects.bulk_create(made)
    return len(made)


def deliver_outbox() -> None:
    """Run the reactions that are due, each in its own transaction; one that fails waits and is tried again."""
    now = timezone.now()
    due = OutboxEntry.objects.filter(done_at=None, due_at__lte=now).order_by("pk").values_list("pk", flat=True)
    for entry_id in list(due[:BATCH]):
        deliver(entry_id, now=now)


def deliver(entry_id: int, *, now: datetime) -> bool:
    """Run one reaction and say whether it is done. Safe to call twice and from two workers."""
    try:
        with transaction.atomic():
            entry = (
                OutboxEntry.objects.select_for_update(
                    of=("self",), skip_locked=connection.features.has_select_for_update
                )
                .select_related("event", "event__item", "event__actor")
                .filter(pk=entry_id, done_at=None)
                .first()
            )
            if entry is None:
                return True
            reactions.by_name()[entry.reaction].run(entry.event, now)
            entry.done_at, entry.error = now, ""
            entry.save(update_fields=["done_at", "error"])
    except Exception as error:
        # Outside the transaction, which was rolled back: the entry remembers the failure and waits.
        log.exception("reaction failed", extra={"outbox_entry": entry_id})
        _put_off(entry_id, error=type(error).__name__, now=now)
        return False
    return True


def _put_off(entry_id: int, *, error: str, now: datetime) -> None:
    entry = OutboxEntry.objects.get(pk=entry_id)
    pause = min(timedelta(seconds=2 ** min(entry.tries_count + 1, 12)), _LONGEST_PAUSE)
    OutboxEntry.objects.filter(pk=entry_id).update(
        tries_count=entry.tries_count + 1, due_at=now + pause, error=error[:200]
    )

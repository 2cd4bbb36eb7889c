"""The health page: whether this server can do its work, for a monitor; nothing about anybody."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from allting.server import background, worker


@dataclass(frozen=True, slots=True)
class Health:
    """database: it answers; worker: its threads live; oldest_task_s: how long the longest waiting task has waited."""

    database: bool
    worker: bool
    oldest_task_s: float | None

    @property
    def is_good(self) -> bool:
        return self.database and self.worker


def measure() -> Health:
    """Ask the database and the background threads of this process."""
    is_worker_alive = background.current is not None and background.current.is_healthy()
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        waiting_s = worker.oldest_waiting(now=timezone.now())
    except DatabaseError:
        return Health(database=False, worker=is_worker_alive, oldest_task_s=None)
    return Health(
        database=True, worker=is_worker_alive, oldest_task_s=None if waiting_s is None else round(waiting_s, 1)
    )


@never_cache
@require_safe
def health(request: HttpRequest) -> JsonResponse:
    found = measure()
    return JsonResponse(
        {"status": "ok" if found.is_good else "failing", **asdict(found)}, status=200 if found.is_good else 503
    )

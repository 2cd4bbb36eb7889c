"""Run background tasks with django-tasks-db, in threads of this process: the slow ones apart from the rest."""

from __future__ import annotations

import logging
import threading
from datetime import datetime
from typing import Any

from django.db import close_old_connections
from django.db.models import Q, QuerySet
from django.tasks import TaskResultStatus
from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult
from django_tasks_db.utils import exclusive_transaction

from allting.server.threads import LastingThread
from allting.web import queues

log = logging.getLogger(__name__)

BACKEND = "default"
LONG = Q(queue_name=queues.SLOW)
SHORT = ~LONG
# A task that was cut off three times is more likely the cause of the crash than its victim.
MOST_STARTS = 3


def run_waiting_tasks() -> int:
    """Run every task that is due, in this thread and on its connection; return how many."""
    worker, count = _make_worker(worker_id="once"), 0
    while task := _claim_next(worker_id=worker.worker_id, takes=Q()):
        worker.run_task(task)
        count += 1
    return count


def _claim_next(*, worker_id: str, takes: Q) -> DBTaskResult[..., Any] | None:
    with exclusive_transaction():
        task: DBTaskResult[..., Any] | None = _due().filter(takes).select_for_update(skip_locked=True).first()
        if task:
            task.claim(worker_id)
    return task


def resume_interrupted(*, worker_id: str) -> int:
    """Put back what the worker of this name had begun when its process ended; return how many.

    Only for a worker that is surely gone: the process that holds the data folder's lock knows that.
    """
    resumed = 0
    for task in DBTaskResult.objects.running().filter(backend_name=BACKEND):
        if not task.worker_ids or task.worker_ids[-1] != worker_id:
            continue
        if len(task.worker_ids) >= MOST_STARTS:
            task.set_failed(InterruptedError(f"The process ended {MOST_STARTS} times during this task."))
            log.error("Task given up", extra={"task": task.task_path})
        else:
            task.status = TaskResultStatus.READY
            task.save(update_fields=["status"])
            resumed += 1
    return resumed


def oldest_waiting(*, now: datetime) -> float | None:
    """Return for how many seconds the oldest due task has waited, or None when none is due."""
    first = _due().order_by("enqueued_at").values_list("enqueued_at", flat=True).first()
    return None if first is None else max(0.0, (now - first).total_seconds())


class TaskThread(LastingThread):
    """A thread that takes tasks one after the other and stops between two of them."""

    def __init__(self, worker_id: str, *, takes: Q, stopping: threading.Event) -> None:
        """`takes` says which tasks are this thread's: SHORT or LONG."""
        super().__init__(f"tasks {worker_id}", pause_s=0.25, stopping=stopping)
        self._takes = takes
        self._worker_id = worker_id

    def work_a_round(self) -> None:
        worker = _make_worker(worker_id=self._worker_id)
        # Look before taking: claiming begins a writing transaction, and four of those a second help nobody.
        while not self.stopping.is_set() and _due().filter(self._takes).exists():
            close_old_connections()
            if task := _claim_next(worker_id=self._worker_id, takes=self._takes):
                worker.run_task(task)


def _due() -> QuerySet[DBTaskResult[..., Any]]:
    return DBTaskResult.objects.ready().filter(backend_name=BACKEND)


def _make_worker(*, worker_id: str) -> Worker:
    """Make django-tasks-db's worker for its `run_task` only; what to run next, and when to stop, is ours."""
    return Worker(
        queue_names=["*"],
        excluded_queue_names=[],
        interval=0,
        batch=True,
        backend_name=BACKEND,
        startup_delay=False,
        max_tasks=None,
        worker_id=worker_id,
    )

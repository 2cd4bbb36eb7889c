"""Run background tasks in threads of this process: django-tasks-db's worker, started and stopped by us."""

from __future__ import annotations

import logging
import threading
from datetime import datetime
from typing import Any

from django.tasks import TaskResultStatus
from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult
from django_tasks_db.utils import exclusive_transaction

from allting.server.threads import LastingThread

log = logging.getLogger(__name__)

BACKEND = "default"
# What may take minutes (a map) goes to this queue, so that a sign-in code never waits behind it.
SLOW_QUEUE = "slow"
# A task that was cut off three times is more likely the cause of the crash than its victim.
MOST_STARTS = 3


def run_waiting_tasks() -> int:
    """Run every task that is due, in this thread and on its connection; return how many."""
    worker, count = _make_worker(worker_id="once", queues=["*"], excluded=[]), 0
    while task := _claim_next(worker_id=worker.worker_id):
        worker.run_task(task)
        count += 1
    return count


def _claim_next(*, worker_id: str) -> DBTaskResult[..., Any] | None:
    with exclusive_transaction():
        task: DBTaskResult[..., Any] | None = DBTaskResult.objects.ready().filter(backend_name=BACKEND).get_locked()
        if task:
            task.claim(worker_id)
    return task


def resume_interrupted(*, worker_id: str) -> int:
    """Put back what a worker of this name had begun when its process ended; return how many.

    Only the process that holds the data folder's lock may call this: then nobody of this name is at work.
    """
    resumed = 0
    for task in DBTaskResult.objects.running().filter(backend_name=BACKEND):
        if not task.worker_ids or task.worker_ids[-1].split("/")[0] != worker_id:
            continue
        if len(task.worker_ids) >= MOST_STARTS:
            task.set_failed(InterruptedError(f"The server ended {MOST_STARTS} times during this task."))
            log.error("Task given up", extra={"task": task.task_path})
        else:
            task.status = TaskResultStatus.READY
            task.save(update_fields=["status"])
            resumed += 1
    return resumed


def oldest_waiting(*, now: datetime) -> float | None:
    """Return for how many seconds the oldest due task has waited, or None when none is due."""
    first = DBTaskResult.objects.ready().order_by("enqueued_at").values_list("enqueued_at", flat=True).first()
    return None if first is None else max(0.0, (now - first).total_seconds())


class TaskThread(LastingThread):
    """A thread that takes tasks one after the other and stops between two of them."""

    pause_s = 0.25

    def __init__(self, worker_id: str, *, queues: list[str], excluded: list[str], stopping: threading.Event) -> None:
        super().__init__(f"tasks {worker_id}", stopping=stopping)
        self._excluded, self._queues = excluded, queues
        self._worker = _make_worker(worker_id=worker_id, queues=queues, excluded=excluded)

    def work_a_round(self) -> None:
        if self._has_work():
            self._worker.run()

    def stop_after_this(self) -> None:
        super().stop_after_this()
        self._worker.running = False

    def _has_work(self) -> bool:
        """Look before taking: claiming begins a writing transaction, and four of those a second help nobody."""
        waiting = DBTaskResult.objects.ready().filter(backend_name=BACKEND).exclude(queue_name__in=self._excluded)
        if "*" not in self._queues:
            waiting = waiting.filter(queue_name__in=self._queues)
        return waiting.exists()


def _make_worker(*, worker_id: str, queues: list[str], excluded: list[str]) -> Worker:
    return Worker(
        queue_names=queues,
        excluded_queue_names=excluded,
        interval=0,
        batch=True,
        backend_name=BACKEND,
        startup_delay=False,
        max_tasks=None,
        worker_id=worker_id,
    )

"""Run background tasks in threads of this process: django-tasks-db's worker, started and stopped by us."""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass, field
from datetime import datetime

from django.db import close_old_connections, connections
from django.tasks import TaskResultStatus
from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult

log = logging.getLogger(__name__)

BACKEND = "default"
# What may take minutes (a map) goes to this queue, so that a sign-in code never waits behind it.
SLOW_QUEUE = "slow"
POLL_EVERY_S = 0.25
# A task that was cut off three times is more likely the cause of the crash than its victim.
MOST_STARTS = 3


def run_waiting_tasks() -> int:
    """Run every task that is due, here and now; return how many."""
    worker = _make_worker(worker_id="once", queues=["*"], excluded=[])
    worker.run()
    return int(worker._run_tasks)


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


@dataclass
class TaskThread:
    """One thread that takes tasks one after the other and stops between two of them."""

    worker_id: str
    queues: list[str]
    excluded: list[str]
    stopping: threading.Event
    last_beat: float = 0.0
    _current: Worker | None = field(default=None, init=False)
    _thread: threading.Thread | None = field(default=None, init=False)

    def start(self) -> None:
        self.last_beat = time.monotonic()
        # A daemon: a task that does not end must not keep the process alive; it is resumed at the next start.
        self._thread = threading.Thread(target=self._work, name=f"tasks {self.worker_id}", daemon=True)
        self._thread.start()

    def stop_after_this_task(self) -> None:
        self.stopping.set()
        if self._current:
            self._current.running = False

    def join(self, *, timeout_s: float) -> bool:
        """Wait for the current task; return whether it ended in time."""
        if self._thread:
            self._thread.join(timeout_s)
        return not self.is_alive()

    def is_alive(self) -> bool:
        return self._thread is not None and self._thread.is_alive()

    def _work(self) -> None:
        while not self.stopping.is_set():
            self.last_beat = time.monotonic()
            try:
                self._work_until_idle()
            except Exception:
                # The database went away, or a bug in the queue: neither may end the worker.
                log.exception("Worker stumbled", extra={"worker": self.worker_id})
                connections.close_all()
                self.stopping.wait(5)
            self.stopping.wait(POLL_EVERY_S)
        connections.close_all()

    def _work_until_idle(self) -> None:
        close_old_connections()
        if not self._has_work():
            return
        self._current = _make_worker(worker_id=self.worker_id, queues=self.queues, excluded=self.excluded)
        if self.stopping.is_set():
            return
        self._current.run()

    def _has_work(self) -> bool:
        """Look before taking: claiming begins a writing transaction, and four of those a second help nobody."""
        waiting = DBTaskResult.objects.ready().filter(backend_name=BACKEND).exclude(queue_name__in=self.excluded)
        if "*" not in self.queues:
            waiting = waiting.filter(queue_name__in=self.queues)
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

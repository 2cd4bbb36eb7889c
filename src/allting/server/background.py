"""What this process does beside answering: tasks, schedules, and once a job such as filling the demo."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

from django.db import connections

from allting.server.schedules import ScheduleThread
from allting.server.worker import SLOW_QUEUE, TaskThread, resume_interrupted
from allting.web.rooms import every_room

log = logging.getLogger(__name__)

# Longer than any honest task; a thread that has not come back since is stuck.
LONGEST_TASK_S = 60 * 60


class Background:
    """The threads beside the web, started and stopped together."""

    def __init__(self, *, worker_id: str, job: Callable[[], None] | None = None) -> None:
        """`job` runs once, before the tasks begin: they would compete with it for the one writer of SQLite."""
        self.worker_id = worker_id
        self.stopping = threading.Event()
        self.tasks = [
            TaskThread(f"{worker_id}/quick", queues=["*"], excluded=[SLOW_QUEUE], stopping=self.stopping),
            TaskThread(f"{worker_id}/slow", queues=[SLOW_QUEUE], excluded=[], stopping=self.stopping),
        ]
        self.schedules = ScheduleThread(
            (schedule for room in every_room() for schedule in room.schedules), stopping=self.stopping
        )
        self._job = job
        self._starter = threading.Thread(target=self._start_all, name="background", daemon=True)
        self._is_filling = job is not None

    def start(self) -> None:
        self._starter.start()

    def stop(self) -> None:
        """Ask every thread to end after what it is doing."""
        self.stopping.set()
        for thread in self.tasks:
            thread.stop_after_this_task()

    def join(self, *, timeout_s: float) -> bool:
        """Wait until the threads have ended; return whether all did in time."""
        stop_at = time.monotonic() + timeout_s
        ended = [
            thread.join(timeout_s=max(0.0, stop_at - time.monotonic())) for thread in (*self.tasks, self.schedules)
        ]
        return all(ended)

    def is_healthy(self) -> bool:
        """Whether every thread lives and has come back from its work within an hour."""
        if self._starter.is_alive():
            return True
        since = time.monotonic() - LONGEST_TASK_S
        return all(thread.is_alive() and thread.last_beat > since for thread in (*self.tasks, self.schedules))

    def _start_all(self) -> None:
        if self._job:
            try:
                self._job()
            except Exception:
                log.exception("Job at start failed")
            finally:
                connections.close_all()
        try:
            if resumed := resume_interrupted(worker_id=self.worker_id):
                log.info("Tasks resumed", extra={"count": resumed})
        finally:
            connections.close_all()
        if self.stopping.is_set():
            return
        for thread in (*self.tasks, self.schedules):
            thread.start()


current: Background | None = None
"""The background of this process, where `allting serve` runs; the health page asks it."""

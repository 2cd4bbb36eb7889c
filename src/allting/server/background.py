"""What this process does beside answering: tasks, schedules, and once a job such as filling the demo."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

from django.db import connections

from allting.server.schedules import ScheduleThread
from allting.server.threads import LastingThread
from allting.server.worker import LONG, SHORT, TaskThread, resume_interrupted
from allting.web.rooms import every_room

log = logging.getLogger(__name__)

# Longer than any honest task; a thread that has not come back since is stuck.
LONGEST_TASK_S = 60 * 60


class Background:
    """The threads beside the web, started and stopped together."""

    def __init__(self, *, worker_id: str, job: Callable[[], None] | None = None) -> None:
        """`job` runs once, before the tasks begin: they would compete with it for the one writer of SQLite."""
        self._stopping = threading.Event()
        self._worker_ids = (f"{worker_id}/quick", f"{worker_id}/slow")
        self._threads: list[LastingThread] = [
            TaskThread(self._worker_ids[0], takes=SHORT, stopping=self._stopping),
            TaskThread(self._worker_ids[1], takes=LONG, stopping=self._stopping),
            *(
                ScheduleThread(schedule, stopping=self._stopping)
                for room in every_room()
                for schedule in room.schedules
            ),
        ]
        self._job = job
        self._starter = threading.Thread(target=self._start_all, name="background", daemon=True)

    def start(self) -> None:
        self._starter.start()

    def stop(self) -> None:
        """Ask every thread to end after what it is doing."""
        self._stopping.set()

    def join(self, *, timeout_s: float) -> bool:
        """Wait until the threads have ended; return whether all did in time."""
        stop_at = time.monotonic() + timeout_s
        self._starter.join(timeout_s)
        ended = [thread.join(timeout_s=max(0.0, stop_at - time.monotonic())) for thread in self._threads]
        return all(ended) and not self._starter.is_alive()

    def is_healthy(self) -> bool:
        """Whether every thread lives and has come back from its work within an hour."""
        if self._starter.is_alive():
            return True
        return all(thread.is_well(longest_round_s=LONGEST_TASK_S) for thread in self._threads)

    def _start_all(self) -> None:
        if self._job:
            try:
                self._job()
            except Exception:
                log.exception("Job at start failed")
            finally:
                connections.close_all()
        try:
            if resumed := sum(resume_interrupted(worker_id=worker_id) for worker_id in self._worker_ids):
                log.info("Tasks resumed", extra={"count": resumed})
        finally:
            connections.close_all()
        if self._stopping.is_set():
            return
        for thread in self._threads:
            thread.start()


current: Background | None = None
"""The background of this process, where `allting serve` runs; the health page asks it."""

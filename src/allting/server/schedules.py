"""Call the rooms' schedules on time, in one thread; a schedule that fails harms no other."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterable

from django.db import close_old_connections, connections

from allting.web.rooms import Schedule

log = logging.getLogger(__name__)

LONGEST_NAP_S = 1.0


def run_due(schedules: Iterable[Schedule], *, due_at: dict[str, float], clock_s: float) -> None:
    """Run each schedule that is due and write down in `due_at` when it is due again.

    due_at    by name, on the same clock as `clock_s` (seconds, monotonic); a name not yet in it is due now.
    """
    for schedule in schedules:
        if due_at.get(schedule.name, clock_s) > clock_s:
            continue
        # From now and not from when it was due: after a long sleep of the machine it runs once, not a hundred times.
        due_at[schedule.name] = clock_s + schedule.every_s
        close_old_connections()
        try:
            schedule.run()
        except Exception:
            log.exception("Schedule failed", extra={"schedule": schedule.name})
            # It may have left a transaction or a lost connection behind; the next one begins afresh.
            connections.close_all()


class ScheduleThread:
    """The thread that calls `run_due` until it is told to stop."""

    def __init__(self, schedules: Iterable[Schedule], *, stopping: threading.Event) -> None:
        self.schedules = tuple(schedules)
        self.stopping = stopping
        self.last_beat = time.monotonic()
        self._thread = threading.Thread(target=self._work, name="schedules", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def join(self, *, timeout_s: float) -> bool:
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def is_alive(self) -> bool:
        return self._thread.is_alive()

    def _work(self) -> None:
        due_at: dict[str, float] = {}
        while not self.stopping.is_set():
            self.last_beat = time.monotonic()
            run_due(self.schedules, due_at=due_at, clock_s=self.last_beat)
            self.stopping.wait(LONGEST_NAP_S)
        connections.close_all()

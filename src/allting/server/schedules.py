"""Call the rooms' schedules on time, in one thread; a schedule that fails harms no other."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable

from django.db import close_old_connections

from allting.server.threads import LastingThread
from allting.web.rooms import Schedule

log = logging.getLogger(__name__)


def run_due(schedules: Iterable[Schedule], *, due_at: dict[str, float], clock_s: float) -> None:
    """Run each schedule that is due and write down in `due_at` when it is due again.

    due_at    by name, on the same clock as `clock_s` (seconds, monotonic); a name not yet in it is due now.
    """
    for schedule in schedules:
        if due_at.get(schedule.name, clock_s) > clock_s:
            continue
        # From now and not from when it was due: after a long sleep of the machine it runs once, not a hundred times.
        due_at[schedule.name] = clock_s + schedule.every_s
        try:
            schedule.run()
        except Exception:
            log.exception("Schedule failed", extra={"schedule": schedule.name})
            # If the connection broke, the next schedule gets a new one.
            close_old_connections()


class ScheduleThread(LastingThread):
    """The thread that calls `run_due` every second."""

    pause_s = 1.0

    def __init__(self, schedules: Iterable[Schedule], *, stopping: threading.Event) -> None:
        super().__init__("schedules", stopping=stopping)
        self._schedules = tuple(schedules)
        self._due_at: dict[str, float] = {}

    def work_a_round(self) -> None:
        run_due(self._schedules, due_at=self._due_at, clock_s=self.last_beat)

"""Call the rooms' schedules on time, each in its own thread: one that fails or takes long harms no other."""

from __future__ import annotations

import threading

from allting.server.threads import LastingThread
from allting.web.rooms import Schedule


class ScheduleThread(LastingThread):
    """The thread of one schedule. It runs at the start of the server and then again after each pause."""

    def __init__(self, schedule: Schedule, *, stopping: threading.Event) -> None:
        super().__init__(f"schedule {schedule.name}", pause_s=schedule.every_s, stopping=stopping)
        self._schedule = schedule

    def work_a_round(self) -> None:
        self._schedule.run()

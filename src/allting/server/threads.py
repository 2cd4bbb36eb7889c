"""A thread that works in rounds for as long as the server lives."""

from __future__ import annotations

import logging
import threading
import time

from django.db import close_old_connections, connections

log = logging.getLogger(__name__)

PAUSE_AFTER_STUMBLE_S = 5.0


class LastingThread:
    """Call `work_a_round` again and again; a round that fails is logged and followed by the next."""

    pause_s: float

    def __init__(self, name: str, *, stopping: threading.Event) -> None:
        self.name = name
        self.stopping = stopping
        self.last_beat = time.monotonic()
        # A daemon: work that does not end must not keep the process alive; tasks are resumed at the next start.
        self._thread = threading.Thread(target=self._work, name=name, daemon=True)

    def work_a_round(self) -> None:
        raise NotImplementedError

    def start(self) -> None:
        self._thread.start()

    def stop_after_this(self) -> None:
        self.stopping.set()

    def join(self, *, timeout_s: float) -> bool:
        """Wait for the current round; return whether it ended in time (or had never begun)."""
        if self._thread.ident is not None:
            self._thread.join(timeout_s)
        return not self.is_alive()

    def is_alive(self) -> bool:
        return self._thread.is_alive()

    def _work(self) -> None:
        while not self.stopping.is_set():
            self.last_beat = time.monotonic()
            try:
                close_old_connections()
                self.work_a_round()
            except Exception:
                # The database went away, or a bug of ours: neither may end the thread.
                log.exception("Background round failed", extra={"thread": self.name})
                connections.close_all()
                self.stopping.wait(PAUSE_AFTER_STUMBLE_S)
            self.stopping.wait(self.pause_s)
        connections.close_all()

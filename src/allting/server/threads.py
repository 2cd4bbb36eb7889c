"""A thread that works in rounds for as long as the server lives."""

from __future__ import annotations

import logging
import threading
import time

from django.db import close_old_connections, connections

log = logging.getLogger(__name__)

PAUSE_AFTER_STUMBLE_S = 5.0


class LastingThread:
    """Call `work_a_round`, pause, and again; a round that fails is logged and followed by the next."""

    def __init__(self, name: str, *, pause_s: float, stopping: threading.Event) -> None:
        self.name = name
        self.stopping = stopping
        self._pause_s = pause_s
        self._began_round_at: float | None = None
        # A daemon: work that does not end must not keep the process alive; tasks are resumed at the next start.
        self._thread = threading.Thread(target=self._work, name=name, daemon=True)

    def work_a_round(self) -> None:
        raise NotImplementedError

    def start(self) -> None:
        self._thread.start()

    def join(self, *, timeout_s: float) -> bool:
        """Wait for the current round; return whether it ended in time (or had never begun)."""
        if self._thread.ident is not None:
            self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def is_well(self, *, longest_round_s: float) -> bool:
        """Whether it lives and is not in a round that began longer ago than any honest one lasts."""
        began = self._began_round_at
        return self._thread.is_alive() and (began is None or time.monotonic() - began < longest_round_s)

    def _work(self) -> None:
        while not self.stopping.is_set():
            self._began_round_at = time.monotonic()
            pause_s = self._pause_s
            try:
                close_old_connections()
                self.work_a_round()
            except Exception:
                # The database went away, or a bug of ours: neither may end the thread.
                log.exception("Background round failed", extra={"work": self.name})
                connections.close_all()
                pause_s = max(pause_s, PAUSE_AFTER_STUMBLE_S)
            self._began_round_at = None
            self.stopping.wait(pause_s)
        connections.close_all()

"""How far the example is. In this process's memory: the demo is one process, and a restart looks anew."""

from __future__ import annotations

from dataclasses import dataclass
from threading import Lock

from django.utils.functional import Promise


@dataclass(frozen=True, slots=True)
class Progress:
    """`share` is 0 to 1; the words say what happens now."""

    words: str | Promise = ""
    share: float = 0.0
    is_told: bool = False
    has_failed: bool = False
    is_crowd: bool = False


class Board:
    """Written by the job, read by the page."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._now = Progress()

    def write(self, progress: Progress) -> None:
        with self._lock:
            self._now = progress

    def read(self) -> Progress:
        with self._lock:
            return self._now


BOARD = Board()

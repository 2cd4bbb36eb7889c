"""The data folder: make it, see that it can be written, and let one server at a time use it."""

from __future__ import annotations

import os
import secrets
import sys
from pathlib import Path
from typing import IO

from allting.server.errors import FolderUnusable

LOCK_FILE = "server.lock"
WORKER_FILE = "worker-id"


def prepare(folder: Path) -> None:
    """Make the folder and write in it. Raises FolderUnusable."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / f".probe-{os.getpid()}"
        probe.write_text("Allting writes here.")
        probe.unlink()
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise FolderUnusable(
            f"The data folder {folder} cannot be written ({reason}); choose another with --data-dir."
        ) from error


def read_worker_id(folder: Path) -> str:
    """Return the name of this folder's worker, made at the first start. It marks the tasks that it had begun."""
    file = folder / WORKER_FILE
    if not file.exists():
        file.write_text(secrets.token_hex(8))
    return file.read_text().strip()


class Lock:
    """Held by the one server of a data folder; the operating system lets go of it when the process dies."""

    def __init__(self, folder: Path) -> None:
        """Take the lock. Raises FolderUnusable when another server holds it."""
        self._file: IO[str] = (folder / LOCK_FILE).open("a+")
        try:
            _lock(self._file)
        except OSError as error:
            self._file.close()
            raise FolderUnusable(
                f"Another server uses the data folder {folder}; stop it, or choose another folder with --data-dir."
            ) from error

    def release(self) -> None:
        self._file.close()


if sys.platform == "win32":
    import msvcrt

    def _lock(file: IO[str]) -> None:
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _lock(file: IO[str]) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)

"""A PostgreSQL cluster for one test run: temporary, on a Unix socket, gone afterwards.

`ALLTING_TEST_DATABASE=postgresql` asks for one; `ALLTING_TEST_DATABASE=postgresql://…` names a server of your own.
The settings need the address before pytest can start anything, so the folder is chosen first and filled later.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

_FOLDER = "ALLTING_TEST_POSTGRES_FOLDER"
_ASKED = "ALLTING_TEST_DATABASE"


class Missing(Exception):
    """PostgreSQL cannot be started here; the message says why."""


def is_asked_for() -> bool:
    return os.environ.get(_ASKED, "").startswith("postgres")


def is_own_server() -> bool:
    return "://" in os.environ.get(_ASKED, "")


def address(name: str = "allting") -> str:
    """Return a DATABASE_URL for a database of the run's server, which may not be running yet."""
    if is_own_server():
        return os.environ[_ASKED]
    return f"postgresql://postgres@/{name}?host={_folder()}"


def start() -> None:
    """Make the cluster and start it. Raises Missing."""
    if is_own_server():
        return
    folder = _folder()
    programs = _find_programs()
    # Durability is what these tests do not need: the cluster lives for minutes.
    options = f"-c listen_addresses='' -c unix_socket_directories='{folder}' -c fsync=off -c synchronous_commit=off"
    _run([programs / "initdb", "-D", folder / "data", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync"])
    _run([programs / "pg_ctl", "-D", folder / "data", "-l", folder / "log", "-w", "-o", options, "start"])
    _run([programs / "createdb", "-h", folder, "-U", "postgres", "allting"])


def stop() -> None:
    """Stop the cluster and remove it. Harmless when it never started."""
    if is_own_server() or _FOLDER not in os.environ:
        return
    folder = _folder()
    if (folder / "data" / "postmaster.pid").exists():
        _run([_find_programs() / "pg_ctl", "-D", folder / "data", "-m", "immediate", "stop"])
    shutil.rmtree(folder, ignore_errors=True)


def _folder() -> Path:
    """The cluster's folder; the environment hands it to the workers of pytest-xdist."""
    if _FOLDER not in os.environ:
        # Not pytest's own folder: that is 0700 root, and a path near 100 characters is too long for a socket.
        os.environ[_FOLDER] = tempfile.mkdtemp(prefix="allting-pg-")
        if _is_root():
            _give_to_postgres(Path(os.environ[_FOLDER]))
    return Path(os.environ[_FOLDER])


def _find_programs() -> Path:
    if found := sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"), key=lambda path: int(path.parts[-3])):
        return found[-1].parent
    if on_path := shutil.which("pg_ctl"):
        return Path(on_path).parent
    raise Missing("PostgreSQL is not installed (no initdb, no pg_ctl).")


def _is_root() -> bool:
    return sys.platform != "win32" and os.geteuid() == 0


def _give_to_postgres(folder: Path) -> None:
    try:
        shutil.chown(folder, user="postgres")
    except LookupError:
        return  # start() will say what is missing


def _run(command: list[str | Path]) -> None:
    """Run one of PostgreSQL's programs, as user postgres where we are root: initdb refuses root."""
    try:
        subprocess.run(
            command,
            check=True,
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,  # a pipe would be inherited by the server and never end
            stderr=subprocess.DEVNULL,
            timeout=60,
            user="postgres" if _is_root() else None,
            group="postgres" if _is_root() else None,
            extra_groups=[] if _is_root() else None,
        )
    except (OSError, subprocess.SubprocessError, LookupError) as error:
        raise Missing(f"PostgreSQL does not start: {Path(command[0]).name}: {error}") from error

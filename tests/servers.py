"""Start `allting serve` as an operator does: a process of its own, an address, a data folder."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from tests import postgres


@dataclass
class RealServer:
    """A running server. `output` is what it has printed up to its address."""

    process: subprocess.Popen[str]
    url: str
    data_dir: Path
    log: Path
    output: list[str]

    def get(self, path: str, *, timeout: float = 20) -> tuple[int, str]:
        """Return status and body; an error status is an answer, too."""
        try:
            with urllib.request.urlopen(self.url + path, timeout=timeout) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def stop(self, *, timeout_s: float = 30) -> int:
        """Ask it to stop and return its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=timeout_s)

    def kill(self) -> None:
        """End it as a power cut would."""
        self.process.kill()
        self.process.wait(timeout=10)


def environment(*, database_url: str = "") -> dict[str, str]:
    """The environment of a fresh shell: nothing of the tests' own settings."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("ALLTING_", "DJANGO_"))}
    return {**kept, "DATABASE_URL": database_url, "PYTHONUNBUFFERED": "1"}


def command(*arguments: str | Path) -> list[str]:
    return [sys.executable, "-m", "allting", *map(str, arguments)]


def make_database() -> str:
    """Return the DATABASE_URL of a fresh database, or nothing when this run is about SQLite."""
    if not postgres.is_asked_for():
        return ""
    import psycopg

    name = f"real_{uuid4().hex[:12]}"
    with psycopg.connect(postgres.address(), autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    return postgres.address(name)


@contextlib.contextmanager
def start(
    *arguments: str,
    data_dir: Path,
    database_url: str | None = None,
    extra_environment: dict[str, str] | None = None,
) -> Iterator[RealServer]:
    """Start a server, wait until it has printed its address, and kill it in the end if it still runs."""
    database_url = make_database() if database_url is None else database_url
    data_dir.mkdir(parents=True, exist_ok=True)
    log = data_dir.parent / f"{data_dir.name}-server.log"
    with log.open("w") as errors:
        process = subprocess.Popen(
            command("serve", "--port", "0", "--data-dir", data_dir, *arguments),
            env={**environment(database_url=database_url), **(extra_environment or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
    try:
        url, output = _read_address(process, log)
        yield RealServer(process=process, url=url, data_dir=data_dir, log=log, output=output)
    finally:
        if process.poll() is None:
            process.kill()
            process.wait(timeout=10)
        if process.stdout:
            process.stdout.close()


def _read_address(process: subprocess.Popen[str], log: Path) -> tuple[str, list[str]]:
    """Read what the server prints until it is ready. Its last line says how to stop it."""
    assert process.stdout
    lines: list[str] = []
    for line in process.stdout:
        lines.append(line.rstrip("\n"))
        if line.startswith("Stop with"):
            address = re.search(r"^Open (http\S+)$", "\n".join(lines), re.MULTILINE)
            assert address, lines
            return address.group(1), lines
    process.kill()
    raise AssertionError("The server did not start:\n" + "\n".join(lines) + "\n" + log.read_text())

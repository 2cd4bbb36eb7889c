"""What the benchmarks share: a table for the eye, a JSON for the next comparison, a server to measure."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")


def machine() -> dict[str, Any]:
    """Say what the figures were measured on. Only their ratios carry over to another one."""
    return {
        "python": platform.python_version(),
        "system": platform.platform(),
        "cores": os.cpu_count(),
        "load_before": os.getloadavg()[0],
    }


def print_table(rows: Sequence[Mapping[str, Any]]) -> None:
    """Print rows with the same keys; words to the left, figures to the right."""
    columns = list(rows[0])
    cells = [columns] + [[_cell(row[column]) for column in columns] for row in rows]
    widths = [max(len(line[place]) for line in cells) for place in range(len(columns))]
    for line in cells:
        print(line[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(line[1:], widths[1:], strict=True)))


def write_json(path: Path | None, figures: Mapping[str, Any]) -> None:
    if path:
        path.write_text(json.dumps(figures, indent=2) + "\n")


def _cell(value: Any) -> str:
    return f"{value:.2f}" if isinstance(value, float) else str(value)


@contextmanager
def serving(folder: Path) -> Iterator[tuple[str, int, float]]:
    """Start a server; yield its address, its process and the seconds until it answered."""
    began = time.perf_counter()
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("ALLTING_", "DJANGO_"))}
    process = subprocess.Popen(
        [sys.executable, "-m", "allting", "serve", "--port", "0", "--data-dir", str(folder)],
        env={**environment, "DATABASE_URL": ""},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert process.stdout
        url = next(line.split()[1] for line in process.stdout if line.startswith("Open "))
        fetch(f"{url}/health")
        yield url, process.pid, time.perf_counter() - began
    finally:
        process.terminate()
        process.wait(timeout=30)


def fetch(url: str) -> None:
    with urllib.request.urlopen(url, timeout=30) as answer:
        answer.read()


def cpu_seconds(process_id: int) -> float:
    """Return what a process has used so far, kernel time included, its children's not (Linux)."""
    # The name in parentheses may hold spaces; what follows it is a list of numbers.
    fields = Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS_A_SECOND

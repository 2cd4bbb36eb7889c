#!/usr/bin/env python3
"""How long `allting serve` takes until it answers, and what memory it holds. Prints a table; `--json FILE` too.

    uv run benchmarks/start.py [--rounds 3] [--json FILE]

Each round starts on an empty data folder (tables are made), then again on the same one, as after a crash.
Memory is the resident set of the one process, worker threads included (Linux).
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

REQUESTS = 200


@dataclass(frozen=True, slots=True)
class Round:
    """One round's figures; seconds until the first answer, milliseconds a request, mebibytes resident."""

    first_start_s: float
    next_start_s: float
    health_ms: float
    page_ms: float
    memory_at_start_mib: float
    memory_after_requests_mib: float


def measure_round(folder: Path) -> Round:
    with serving(folder) as (_, _, first_start_s):
        pass
    with serving(folder) as (url, process_id, next_start_s):
        memory_at_start = read_memory_mib(process_id)
        health_ms = median_ms(f"{url}/health")
        page_ms = median_ms(f"{url}/")
        memory_after = read_memory_mib(process_id)
    return Round(first_start_s, next_start_s, health_ms, page_ms, memory_at_start, memory_after)


@contextmanager
def serving(folder: Path) -> Iterator[tuple[str, int, float]]:
    """Start a server; yield its address, its process and the seconds until it answered."""
    began = time.perf_counter()
    environment = {key: value for key, value in os.environ.items() if not key.startswith("ALLTING_")}
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


def median_ms(url: str) -> float:
    taken_ms = []
    for _ in range(REQUESTS):
        began = time.perf_counter()
        fetch(url)
        taken_ms.append((time.perf_counter() - began) * 1000)
    return statistics.median(taken_ms)


def read_memory_mib(process_id: int) -> float:
    status = Path(f"/proc/{process_id}/status")
    if not status.exists():
        return float("nan")
    kib = next(line.split()[1] for line in status.read_text().splitlines() if line.startswith("VmRSS"))
    return int(kib) / 1024


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", type=Path, metavar="FILE")
    chosen = parser.parse_args()
    rounds = []
    for _ in range(chosen.rounds):
        with tempfile.TemporaryDirectory() as folder:
            rounds.append(asdict(measure_round(Path(folder) / "data")))

    print(f"{'median of ' + str(len(rounds)):28}{'':>10}")
    medians = {name: round(statistics.median(one[name] for one in rounds), 2) for name in rounds[0]}
    for name, value in medians.items():
        print(f"{name:28}{value:>10.2f}")
    if chosen.json:
        machine = {"python": platform.python_version(), "system": platform.platform(), "cores": os.cpu_count()}
        chosen.json.write_text(json.dumps({"machine": machine, "medians": medians, "rounds": rounds}, indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())

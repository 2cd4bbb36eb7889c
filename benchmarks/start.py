#!/usr/bin/env python3
"""How long `allting serve` takes until it answers, and what memory it holds. Prints a table; `--json FILE` too.

    uv run benchmarks/start.py [--rounds 3] [--json FILE]

Each round starts on an empty data folder (tables are made), then again on the same one, as after a crash.
Memory is the resident set of the one process, worker threads included (Linux).
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from report import fetch, machine, print_table, serving, write_json

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
    measured_on = machine()
    rounds = []
    for _ in range(chosen.rounds):
        with tempfile.TemporaryDirectory() as folder:
            rounds.append(asdict(measure_round(Path(folder) / "data")))
    medians = {name: round(statistics.median(one[name] for one in rounds), 2) for name in rounds[0]}
    print_table([{"figure": name, f"median of {len(rounds)}": value} for name, value in medians.items()])
    write_json(chosen.json, {"machine": measured_on, "medians": medians, "rounds": rounds})
    return 0


if __name__ == "__main__":
    sys.exit(main())

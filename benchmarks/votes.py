#!/usr/bin/env python3
"""How many votes a second go through the real page, and what one costs. Prints a table; `--json FILE` too.

    uv run benchmarks/votes.py [--seconds 8] [--clients 16] [--json FILE]

A real server, started as an operator does, on an empty data folder (SQLite, each answered vote is on disk). Each client
is a row of devices, one after another: it opens the page, takes the cookie and the token, and answers fifteen
statements as the page does. Beside it a naive twin: one upsert, one commit, no page, no rules, so that the figures of
two machines can be compared by their ratio.
"""

from __future__ import annotations

import argparse
import http.client
import os
import re
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from report import cpu_seconds, machine, print_table, serving, write_json

STATEMENTS = 200
ANSWERS_A_DEVICE = 15  # what the page calls a round; more at once would meet the limit for one device
MOST_SECONDS = 15
ANSWERS = ("agree", "disagree", "pass")


@dataclass
class Tally:
    """What one client did."""

    taken_ms: list[float] = field(default_factory=list)
    pages: int = 0
    refused: dict[int, int] = field(default_factory=dict)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=8, help=f"at most {MOST_SECONDS}")
    parser.add_argument("--clients", type=int, default=16)
    parser.add_argument("--json", type=Path, metavar="FILE")
    chosen = parser.parse_args()
    seconds = min(chosen.seconds, MOST_SECONDS)
    measured_on = machine()
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        path = make_conversation(data)
        page = measure_page(data, path, seconds=seconds, clients=chosen.clients)
        twin = measure_twin(Path(folder) / "twin.sqlite3", seconds=min(seconds, 3))
    rows = [page, twin]
    print_table(rows)
    print(f"A vote through the page costs {page['cpu ms/vote'] / twin['cpu ms/vote']:.1f} times its upsert.")
    write_json(chosen.json, {"machine": measured_on, "clients": chosen.clients, "rows": rows})
    return 0


def make_conversation(data: Path) -> str:
    """Make a running conversation in a process of its own, as settings are read once; return its address."""
    data.mkdir()
    chosen = {"ALLTING_DATA_DIR": str(data), "DATABASE_URL": ""}
    said = subprocess.run(
        [sys.executable, str(Path(__file__).with_name("world.py")), str(STATEMENTS)],
        env=os.environ | chosen,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return said.stdout.strip()


def measure_page(data: Path, path: str, *, seconds: float, clients: int) -> dict[str, str | int | float]:
    tallies = [Tally() for _ in range(clients)]
    with serving(data) as (url, process_id, _):
        begin, end = threading.Barrier(clients + 1), threading.Event()
        threads = [threading.Thread(target=answer, args=(url, path, tally, begin, end)) for tally in tallies]
        for thread in threads:
            thread.start()
        begin.wait()
        cpu_before, began = cpu_seconds(process_id), time.perf_counter()
        end.wait(seconds)
        end.set()
        for thread in threads:
            thread.join()
        taken_s, cpu_s = time.perf_counter() - began, cpu_seconds(process_id) - cpu_before
    refused = {status: count for tally in tallies for status, count in tally.refused.items()}
    if refused:
        raise SystemExit(f"Not every vote was taken: {refused}.")
    taken_ms = [one for tally in tallies for one in tally.taken_ms]
    return row("page", taken_ms, cpu_s=cpu_s, taken_s=taken_s, pages=sum(tally.pages for tally in tallies))


def answer(url: str, path: str, tally: Tally, begin: threading.Barrier, end: threading.Event) -> None:
    """Be one device after another until the end; the warm-up is one device's round."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=30)
    answer_a_round(connection, path, Tally(), end)
    begin.wait()
    while not end.is_set():
        answer_a_round(connection, path, tally, end)
    connection.close()


def answer_a_round(connection: http.client.HTTPConnection, path: str, tally: Tally, end: threading.Event) -> None:
    """Open the page as a new device, and answer statement after statement as the page's own script does."""
    cookies: dict[str, str] = {}
    page = ask(connection, "GET", path, cookies)[1]
    tally.pages += 1
    token = found(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    for number in range(ANSWERS_A_DEVICE):
        form = {"answer": ANSWERS[number % 3], "why": found(r'name="why" value="(\w+)"', page)}
        where = found(r'action="([^"]+/vote)"', page)
        began = time.perf_counter()
        status, page = ask(connection, "POST", where, cookies, form=form, token=token)
        tally.taken_ms.append((time.perf_counter() - began) * 1000)
        if status != 200:
            tally.refused[status] = tally.refused.get(status, 0) + 1
            return
        if end.is_set():
            return


def ask(
    connection: http.client.HTTPConnection,
    method: str,
    path: str,
    cookies: dict[str, str],
    *,
    form: dict[str, str] | None = None,
    token: str = "",
) -> tuple[int, str]:
    """Send one request as a browser with htmx does, keep its cookies, return status and body."""
    headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())}
    if form is not None:
        headers |= {
            "Content-Type": "application/x-www-form-urlencoded",
            "X-CSRFToken": token,
            "HX-Request": "true",
            "Origin": f"http://{connection.host}:{connection.port}",
        }
    connection.request(method, path, body=urlencode(form) if form else None, headers=headers)
    response = connection.getresponse()
    body = response.read().decode()
    for header in response.headers.get_all("Set-Cookie") or ():
        name, _, value = header.partition(";")[0].partition("=")
        cookies[name] = value
    return response.status, body


def found(pattern: str, page: str) -> str:
    match = re.search(pattern, page)
    if match is None:
        raise SystemExit(f"The page has no {pattern}:\n{page[:2000]}")
    return match[1]


def measure_twin(path: Path, *, seconds: float) -> dict[str, str | int | float]:
    """Do nothing but keep votes: one upsert and one commit each, as durable as the server's."""
    database = sqlite3.connect(path, isolation_level=None)
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("PRAGMA synchronous=FULL")
    database.execute("CREATE TABLE vote (actor, statement, value, cast_at, UNIQUE (actor, statement))")
    upsert = (
        "INSERT INTO vote VALUES (?, ?, ?, ?) "
        "ON CONFLICT (actor, statement) DO UPDATE SET value = excluded.value, cast_at = excluded.cast_at"
    )
    taken_ms: list[float] = []
    cpu_before, began = time.process_time(), time.perf_counter()
    while (now := time.perf_counter()) - began < seconds:
        number = len(taken_ms)
        database.execute(upsert, (number // ANSWERS_A_DEVICE, number % STATEMENTS, number % 3 - 1, now))
        taken_ms.append((time.perf_counter() - now) * 1000)
    taken_s, cpu_s = time.perf_counter() - began, time.process_time() - cpu_before
    database.close()
    return row("upsert only", taken_ms, cpu_s=cpu_s, taken_s=taken_s, pages=0)


def row(name: str, taken_ms: list[float], *, cpu_s: float, taken_s: float, pages: int) -> dict[str, str | int | float]:
    """Return a line of the table. The server's CPU includes the page that each device opens first."""
    hundredths = statistics.quantiles(taken_ms, n=100)
    return {
        "way": name,
        "votes": len(taken_ms),
        "pages": pages,
        "votes/s": round(len(taken_ms) / taken_s, 1),
        "cpu ms/vote": round(cpu_s * 1000 / len(taken_ms), 3),
        "p50 ms": round(hundredths[49], 2),
        "p95 ms": round(hundredths[94], 2),
        "p99 ms": round(hundredths[98], 2),
    }


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""A million participants in the real room: pages, a vote into the map, memory. Prints tables; `--json FILE` too.

    uv run benchmarks/million.py [--people 1000000] [--votes-each 20] [--data-dir FOLDER] [--json FILE]

Fills a folder by `allting demo --world million` (some minutes; a folder that is filled is taken as it is) and draws
the first map, a complete one; asks for pages over HTTP, lets visitors vote and waits until the stored map counts them,
and reads the votes out of the table. Memory is resident: the server's, its peak, and the peak of the processes that it
starts for maps (Linux).
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
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from report import cpu_seconds, machine, print_table, write_json
from votes import ask, found

# Goals of issue 5.
PAGE_MS, IN_MAP_S, MEMORY_MIB, READ_S = 300, 60, 1_536, 5
# A map moves with five more people.
VISITORS = 5
ANSWERS_EACH = 8
PAGES = ("results", "results/map", "results/table", "results/over-time")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=1_000_000)
    parser.add_argument("--votes-each", type=int, metavar="COUNT", help="of a folder that is filled now")
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--data-dir", type=Path, metavar="FOLDER")
    parser.add_argument("--json", type=Path, metavar="FILE")
    chosen = parser.parse_args()
    measured_on = machine()
    with tempfile.TemporaryDirectory() as folder:
        data = chosen.data_dir or Path(folder)
        with telling(data, people=chosen.people, votes_each=chosen.votes_each) as (url, process_id, filling):
            watch = Memory(process_id)
            conversation = only_conversation(data)
            pages = [measure_page(url, page, conversation, rounds=chosen.rounds) for page in PAGES]
            at_pages = watch.now_mib()
            vote = measure_vote(url, data, conversation, process_id)
            memory = watch.stop()
        reading = measure_reading(data, conversation)
    print(f"{chosen.people:,} people; load before {measured_on['load_before']:.1f}, after {os.getloadavg()[0]:.1f}")
    print_table(pages)
    figures = [
        *filling,
        *vote,
        {"what": "server at pages, MiB", "found": round(at_pages), "goal": ""},
        *memory,
        *reading,
    ]
    print_table(figures)
    write_json(chosen.json, {"machine": measured_on, "pages": pages, "figures": figures})
    return 0


@contextmanager
def telling(data: Path, *, people: int, votes_each: int | None) -> Iterator[tuple[str, int, list[dict[str, Any]]]]:
    """Start the demo; yield its address and process when everything is there, and what filling and drawing took."""
    began = time.perf_counter()
    flags = ["--people", str(people), "--port", "0", "--data-dir", str(data)]
    process = subprocess.Popen(
        [*_start(votes_each), "demo", "--world", "million", *flags],
        env={**os.environ, "DATABASE_URL": ""},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert process.stdout
        url, watch, filling = "", None, []
        for line in process.stdout:
            if line.startswith("Open "):
                url = line.split()[1]
            if "Drawing the map" in line:
                filling = _took("filling", began, process.pid)
                began, watch = time.perf_counter(), Memory(process.pid)
            if "Everything is there." in line:
                break
        else:
            raise SystemExit("The demo stopped before everything was there.")
        if watch:
            filling += _took("complete map", began, process.pid, before_s=filling[1]["found"])
            filling += [{**it, "what": f"complete map: {it['what']}"} for it in watch.stop()]
        yield url, process.pid, filling
    finally:
        process.terminate()
        process.wait(timeout=30)


def _start(votes_each: int | None) -> list[str]:
    """Return the command that starts the demo."""
    if votes_each is None:
        return [sys.executable, "-m", "allting"]
    return [sys.executable, str(Path(__file__).with_name("million_filling.py")), str(votes_each)]


def _took(what: str, began: float, process_id: int, *, before_s: float = 0) -> list[dict[str, Any]]:
    taken_s, cpu_s = time.perf_counter() - began, cpu_seconds(process_id) - before_s
    return [
        {"what": f"{what}, s", "found": round(taken_s, 1), "goal": ""},
        {"what": f"{what}, server's CPU, s", "found": round(cpu_s, 1), "goal": ""},
    ]


def measure_page(url: str, page: str, conversation: int, *, rounds: int) -> dict[str, Any]:
    address = f"{url}/opinions/conversations/{conversation}/{page}"
    taken_ms = []
    for _round in range(rounds + 1):
        began = time.perf_counter()
        with urllib.request.urlopen(address, timeout=60) as answer:
            size = len(answer.read())
        taken_ms.append((time.perf_counter() - began) * 1000)
    # The first one also opens a connection to the database and reads templates.
    first_ms, *rest = taken_ms
    return {
        "page": page,
        "kB": round(size / 1000),
        "first ms": round(first_ms),
        "p50 ms": round(statistics.median(rest)),
        "p95 ms": round(sorted(rest)[int(0.95 * (len(rest) - 1))]),
        "goal ms": PAGE_MS,
    }


def measure_vote(url: str, data: Path, conversation: int, process_id: int) -> list[dict[str, Any]]:
    """Let visitors answer, and wait until a stored map counts them."""
    before = latest_map(data, conversation)
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=60)
    cpu_before = cpu_seconds(process_id)
    taken_ms: list[float] = []
    for visitor in range(VISITORS):
        taken_ms += answer_some(connection, f"/opinions/conversations/{conversation}", visitor)
    last_vote, cpu_votes = time.perf_counter(), cpu_seconds(process_id)
    while (after := latest_map(data, conversation))[1] < before[1] + VISITORS:
        if time.perf_counter() - last_vote > 900:
            raise SystemExit("No map counts the new votes after a quarter of an hour.")
        time.sleep(0.5)
    vote_cpu_s = cpu_votes - cpu_before
    waited_s = time.perf_counter() - last_vote
    return [
        {"what": "a vote over HTTP, p50 ms", "found": round(statistics.median(taken_ms)), "goal": ""},
        {
            "what": "a vote, server's CPU ms",
            "found": round(1000 * vote_cpu_s / len(taken_ms)),
            "goal": "",
        },
        {"what": "from the last vote to the map, s", "found": round(waited_s, 1), "goal": IN_MAP_S},
        {"what": "server's CPU for the map, s", "found": round(cpu_seconds(process_id) - cpu_votes, 1), "goal": ""},
        {"what": "the map is complete", "found": str(bool(after[2])), "goal": ""},
    ]


def answer_some(connection: http.client.HTTPConnection, path: str, visitor: int) -> list[float]:
    cookies: dict[str, str] = {}
    page = ask(connection, "GET", path, cookies)[1]
    token = found(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    taken_ms = []
    for number in range(ANSWERS_EACH):
        answer = ("agree", "disagree")[(number + visitor) % 2]
        form = {"answer": answer, "why": found(r'name="why" value="(\w+)"', page)}
        where = found(r'action="([^"]+/vote)"', page)
        began = time.perf_counter()
        status, page = ask(connection, "POST", where, cookies, form=form, token=token)
        taken_ms.append((time.perf_counter() - began) * 1000)
        if status != 200:
            raise SystemExit(f"A vote was answered with {status}.")
    return taken_ms


def measure_reading(data: Path, conversation: int) -> list[dict[str, Any]]:
    """Read all votes in a process of its own, as the worker and the drawing process do, without the server."""
    code = Path(__file__).with_name("million_reading.py")
    environment = os.environ | {"ALLTING_DATA_DIR": str(data), "DATABASE_URL": "", "ALLTING_DEMO": "1"}
    said = subprocess.run(
        [sys.executable, str(code), str(conversation)], env=environment, stdout=subprocess.PIPE, text=True, check=True
    )
    names = ("from the files to arrays", "the same, CPU", "files anew from the table", "the same, CPU")
    figures = zip(names, said.stdout.split(), (READ_S, "", "", ""), strict=True)
    return [{"what": f"{what}, s", "found": round(float(found), 1), "goal": goal} for what, found, goal in figures]


class Memory:
    """Looks four times a second how much the server's children hold; the system keeps the peak of each itself."""

    def __init__(self, process_id: int) -> None:
        self._process_id = process_id
        self._child_peak_mib = 0.0
        self._together_mib = self._own_mib = 0.0
        self._child_cpu_s = dict[int, float]()
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def now_mib(self) -> float:
        return read_mib(self._process_id, "VmRSS")

    def stop(self) -> list[dict[str, Any]]:
        self._is_over.set()
        self._thread.join()
        return [
            {"what": "server, peak, MiB", "found": round(read_mib(self._process_id, "VmHWM")), "goal": ""},
            {"what": "drawing process, peak, MiB", "found": round(self._child_peak_mib), "goal": ""},
            {"what": "both at once, peak, MiB", "found": round(self._together_mib), "goal": MEMORY_MIB},
            {"what": "the same without pages of files, MiB", "found": round(self._own_mib), "goal": ""},
            {"what": "drawing process, CPU s", "found": round(sum(self._child_cpu_s.values())), "goal": ""},
        ]

    def _look(self) -> None:
        while not self._is_over.wait(0.25):
            children = [read_mib(it, "VmRSS") for it in children_of(self._process_id)]
            peaks = [read_mib(it, "VmHWM") for it in children_of(self._process_id)]
            self._child_peak_mib = max([self._child_peak_mib, *peaks])
            with suppress(OSError):
                self._child_cpu_s |= {it: cpu_seconds(it) for it in children_of(self._process_id)}
            self._together_mib = max(self._together_mib, self.now_mib() + sum(children))
            # Both map the same files of votes, whose pages the system takes back when it needs them.
            all_of_them = (self._process_id, *children_of(self._process_id))
            self._own_mib = max(self._own_mib, sum(read_mib(it, "RssAnon") for it in all_of_them))


def read_mib(process_id: int, name: str) -> float:
    try:
        status = Path(f"/proc/{process_id}/status").read_text()
    except OSError:
        return 0.0
    match = re.search(rf"^{name}:\s+(\d+) kB", status, re.MULTILINE)
    return int(match[1]) / 1024 if match else 0.0


def children_of(process_id: int) -> list[int]:
    try:
        tasks = list(Path(f"/proc/{process_id}/task").iterdir())
        return [int(it) for task in tasks for it in (task / "children").read_text().split()]
    except OSError:
        return []


def latest_map(data: Path, conversation: int) -> tuple[int, int, int]:
    row = _ask_database(
        data,
        "SELECT id, people_count, is_complete FROM opinions_mapsnapshot WHERE conversation_id = ? "
        "ORDER BY drawn_at DESC, id DESC LIMIT 1",
        conversation,
    )
    return (int(row[0]), int(row[1]), int(row[2]))


def only_conversation(data: Path) -> int:
    return int(_ask_database(data, "SELECT MIN(item_id) FROM opinions_conversation WHERE ? = 0", 0)[0])


def _ask_database(data: Path, question: str, value: int) -> tuple[Any, ...]:
    database = sqlite3.connect(f"file:{data / 'allting.sqlite3'}?mode=ro", uri=True)
    try:
        row: tuple[Any, ...] = database.execute(question, (value,)).fetchone()
        return row
    finally:
        database.close()


if __name__ == "__main__":
    sys.exit(main())

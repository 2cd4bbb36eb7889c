"""The real server as a process: its address, its health, and its end."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import time
from pathlib import Path

import pytest

from allting.server.process import FINISH_REQUESTS_WITHIN_S
from tests import servers

pytestmark = pytest.mark.slow


def test_it_answers_and_is_healthy(real_server: servers.RealServer) -> None:
    status, body = real_server.get("/health")

    assert (status, json.loads(body)) == (
        200,
        {"status": "ok", "database": True, "worker": True, "oldest_task_s": None},
    )


def test_the_first_start_prints_a_link_for_the_first_facilitator(real_server: servers.RealServer) -> None:
    link = next(line.strip() for line in real_server.output if "http" in line and line.strip().startswith("http"))

    status, _ = real_server.get(link.removeprefix(real_server.url))

    assert status == 200


def test_a_request_in_flight_is_answered_before_the_end(real_server: servers.RealServer) -> None:
    with socket.create_connection(("localhost", int(real_server.url.rsplit(":", 1)[1])), timeout=20) as sender:
        sender.sendall(b"POST /health HTTP/1.1\r\nHost: localhost\r\nContent-Length: 8\r\n\r\nhalf")
        time.sleep(0.3)
        real_server.process.send_signal(signal.SIGTERM)
        time.sleep(0.5)
        sender.sendall(b"half")
        answer = sender.recv(100)

    assert answer.startswith(b"HTTP/1.1 4")
    assert real_server.process.wait(timeout=20) == 0


@pytest.mark.parametrize("kind", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_soon_and_without_complaint(real_server: servers.RealServer, kind: signal.Signals) -> None:
    began = time.monotonic()
    real_server.process.send_signal(kind)

    assert real_server.process.wait(timeout=20) == 0
    assert time.monotonic() - began < FINISH_REQUESTS_WITHIN_S, "it waited for nothing"
    assert "Traceback" not in real_server.log.read_text()


def test_the_log_names_the_route_and_never_the_path(real_server: servers.RealServer) -> None:
    real_server.get("/health?address=somebody@example.org")
    real_server.get("/somebody@example.org")
    real_server.stop()

    lines = [json.loads(line) for line in real_server.log.read_text().splitlines()]
    answered = [line for line in lines if line["message"] == "Request answered"]

    assert [(line["method"], line["route"], line["status"]) for line in answered] == [
        ("GET", "health", 200),
        ("GET", None, 404),
    ]
    assert "somebody" not in real_server.log.read_text()
    assert "127.0.0.1" not in real_server.log.read_text()


def test_it_starts_again_after_being_killed(tmp_path: Path) -> None:
    database_url = servers.make_database()
    with servers.start(data_dir=tmp_path / "data", database_url=database_url) as first:
        first.kill()

    with servers.start(data_dir=tmp_path / "data", database_url=database_url) as second:
        assert second.get("/health")[0] == 200


def test_a_public_address_that_only_this_machine_can_open_is_warned_of(tmp_path: Path) -> None:
    with servers.start("--host", "0.0.0.0", data_dir=tmp_path / "data") as server:
        assert any("--public-url" in line for line in server.output)


def test_migrating_twice_says_that_nothing_was_to_do(tmp_path: Path) -> None:
    def migrate() -> str:
        return subprocess.run(
            servers.command("migrate", "--data-dir", tmp_path),
            env=servers.environment(),
            capture_output=True,
            text=True,
            check=True,
        ).stdout

    first, second = migrate(), migrate()

    assert "migrations were applied" in first
    assert second == "The database was up to date.\n"

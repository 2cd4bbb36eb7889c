"""What keeps `allting serve` from starting: one sentence on standard error, exit code 2, nothing half done."""

from __future__ import annotations

import socket
import sqlite3
import subprocess
from pathlib import Path

import pytest

from tests import servers

pytestmark = pytest.mark.slow


def _run(*arguments: str | Path, database_url: str = "", cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        servers.command(*arguments),
        env=servers.environment(database_url=database_url),
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=60,
    )


def _assert_one_sentence(run: subprocess.CompletedProcess[str], *words: str) -> None:
    assert run.returncode == 2, run.stderr
    assert run.stderr.startswith("allting: "), run.stderr
    assert run.stderr.count("\n") == 1
    assert run.stderr.endswith(".\n")
    for word in words:
        assert word in run.stderr


def test_a_taken_port(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        run = _run("serve", "--port", str(port), "--data-dir", tmp_path / "data")

    _assert_one_sentence(run, str(port), "--port")
    assert not (tmp_path / "data").exists()


def test_an_unknown_host(tmp_path: Path) -> None:
    run = _run("serve", "--host", "no.such.host.invalid", "--port", "0", "--data-dir", tmp_path / "data")

    _assert_one_sentence(run, "no.such.host.invalid", "--host")


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("A file is in the way; root may write into any folder.")

    run = _run("serve", "--port", "0", "--data-dir", tmp_path / "file" / "data")

    _assert_one_sentence(run, str(tmp_path / "file" / "data"), "--data-dir")


def test_a_folder_of_a_newer_version(tmp_path: Path) -> None:
    assert _run("migrate", "--data-dir", tmp_path).returncode == 0
    with sqlite3.connect(tmp_path / "allting.sqlite3") as database:
        database.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES ('record', '9999_from_the_future', '2030-01-01')"
        )

    run = _run("serve", "--port", "0", "--data-dir", tmp_path)

    _assert_one_sentence(run, "newer version", "record.9999_from_the_future")


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "allting.sqlite3").write_text("This is not a database, and that is longer than its header.")

    run = _run("serve", "--port", "0", "--data-dir", tmp_path)

    _assert_one_sentence(run, "allting.sqlite3")


def test_a_database_address_of_another_kind(tmp_path: Path) -> None:
    run = _run("serve", "--port", "0", "--data-dir", tmp_path, database_url="mysql://somewhere/allting")

    _assert_one_sentence(run, "DATABASE_URL", "postgresql://")


def test_a_postgres_that_does_not_answer(tmp_path: Path) -> None:
    secret_address = "postgresql://allting:s3cret@127.0.0.1:1/allting"

    run = _run("serve", "--port", "0", "--data-dir", tmp_path, database_url=secret_address)

    _assert_one_sentence(run, "127.0.0.1:1", "DATABASE_URL")
    assert "s3cret" not in run.stderr


@pytest.mark.parametrize(
    "url",
    ["allting.example.org", "ftp://example.org", "https://", "https://example.org/under", "https://e.org:port", "x y"],
)
def test_a_public_address_that_links_cannot_carry(url: str, tmp_path: Path) -> None:
    run = _run("serve", "--port", "0", "--data-dir", tmp_path, "--public-url", url)

    _assert_one_sentence(run, "--public-url", "https://allting.example.org")


def test_a_demo_that_would_be_open_to_the_network(tmp_path: Path) -> None:
    run = _run("demo", "--host", "0.0.0.0", "--port", "0", "--data-dir", tmp_path)

    _assert_one_sentence(run, "0.0.0.0", "allting serve")


def test_a_second_server_on_the_same_folder(tmp_path: Path) -> None:
    with servers.start(data_dir=tmp_path / "data", database_url="") as first:
        run = _run("serve", "--port", "0", "--data-dir", first.data_dir)

    _assert_one_sentence(run, "Another server", "--data-dir")


def test_asking_for_help_leaves_no_data_folder(tmp_path: Path) -> None:
    run = _run("--help", cwd=tmp_path)

    assert run.returncode == 0
    assert "serve" in run.stdout
    assert list(tmp_path.iterdir()) == []

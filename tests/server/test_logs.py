"""Logs say what happened and nothing about a person."""

from __future__ import annotations

import json
import logging
import sys

import pytest
from django.test import Client, RequestFactory

from allting.server import health, logs


def _record(name: str, message: str, *arguments: object, error: bool = False, **keys: object) -> logging.LogRecord:
    exc_info = None
    if error:
        try:
            raise ValueError("somebody@example.org is there already")
        except ValueError:
            exc_info = sys.exc_info()
    return logging.getLogger(name).makeRecord(
        name, logging.ERROR, __file__, 1, message, arguments, exc_info, extra=keys or None
    )


def test_a_line_is_json_with_its_keys() -> None:
    said = json.loads(logs.JsonLine().format(_record("allting.server", "Tasks resumed", count=3)))

    assert (said["message"], said["count"], said["level"]) == ("Tasks resumed", 3, "error")


def test_an_exception_is_named_with_its_place_and_without_its_message() -> None:
    line = logs.JsonLine().format(_record("allting.server", "Schedule failed", error=True))

    assert "somebody" not in line
    assert json.loads(line)["error"] == "ValueError"
    assert "test_logs.py" in json.loads(line)["stack"][0]


def test_its_message_is_there_when_the_operator_asks_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALLTING_LOG_DETAIL", "1")

    assert "somebody" in logs.JsonLine().format(_record("allting.server", "Schedule failed", error=True))


def test_django_s_own_lines_lose_the_path() -> None:
    request = RequestFactory().get("/invitations/secret-token?address=somebody@example.org")

    line = logs.JsonLine().format(
        _record("django.request", "Internal Server Error: %s", request.path, error=True, request=request)
    )

    assert json.loads(line)["message"] == "Unhandled exception"
    assert not {"secret-token", "somebody"} & set(line.replace("/", '"').split('"'))


@pytest.mark.django_db
def test_a_broken_page_leaves_one_line_with_the_reference_that_it_shows(
    client: Client, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_down() -> None:
        raise RuntimeError("somebody@example.org broke it")

    monkeypatch.setattr(health, "measure", break_down)
    client.raise_request_exception = False

    page = client.get("/health").content.decode()
    said = [logs.keys_of(record) for record in caplog.records if record.levelno >= logging.ERROR]

    assert [(line["message"], line["route"], line["error"]) for line in said] == [
        ("Unhandled exception", "health", "RuntimeError")
    ]
    assert str(said[0]["reference"]) in page
    assert "somebody" not in str(said)


def test_a_suspicious_request_is_not_quoted() -> None:
    line = logs.JsonLine().format(_record("django.security.DisallowedHost", "Invalid HTTP_HOST header: 'secret.host'"))

    assert "secret.host" not in line


def test_a_person_at_a_terminal_reads_one_plain_line() -> None:
    line = logs.ReadableLine().format(_record("allting.server", "Tasks resumed", count=3))

    assert line.endswith("Tasks resumed  count=3")

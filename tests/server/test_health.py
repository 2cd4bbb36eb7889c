"""The health page without a worker and without a database; with both, see test_process."""

from __future__ import annotations

import json

import pytest
from django.db import connection
from django.db.utils import OperationalError
from django.test import Client

from allting.server import background


class _Working:
    def is_healthy(self) -> bool:
        return True


@pytest.mark.django_db
def test_a_server_without_its_worker_is_failing(client: Client) -> None:
    response = client.get("/health")

    assert response.status_code == 503
    assert json.loads(response.content)["worker"] is False


@pytest.mark.django_db
def test_a_server_with_database_and_worker_is_well(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(background, "current", _Working())

    assert client.get("/health").status_code == 200


@pytest.mark.django_db
def test_a_server_without_its_database_is_failing(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        raise OperationalError("the database is gone")

    monkeypatch.setattr(background, "current", _Working())
    monkeypatch.setattr(connection, "cursor", refuse)

    response = client.get("/health")

    assert response.status_code == 503
    assert json.loads(response.content) == {
        "status": "failing",
        "database": False,
        "worker": True,
        "oldest_task_s": None,
    }

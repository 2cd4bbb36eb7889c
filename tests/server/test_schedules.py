"""Schedules run on time, and one that fails stops no other."""

from __future__ import annotations

import logging

import pytest

from allting.server.schedules import run_due
from allting.web.rooms import Schedule


def _break() -> None:
    raise RuntimeError("broken on purpose")


@pytest.mark.django_db
def test_a_failing_schedule_is_logged_and_the_next_one_runs(caplog: pytest.LogCaptureFixture) -> None:
    ran: list[str] = []
    schedules = [Schedule("broken", 1, _break), Schedule("whole", 1, lambda: ran.append("whole"))]

    with caplog.at_level(logging.ERROR):
        run_due(schedules, due_at={}, clock_s=0)

    assert ran == ["whole"]
    assert [(record.message, record.schedule) for record in caplog.records] == [("Schedule failed", "broken")]


@pytest.mark.django_db
def test_a_schedule_waits_for_its_time() -> None:
    ran: list[float] = []
    due_at: dict[str, float] = {}
    schedule = Schedule("minute", 60, lambda: ran.append(1))

    for clock_s in (100.0, 130.0, 159.9, 160.0, 161.0):
        run_due([schedule], due_at=due_at, clock_s=clock_s)

    assert len(ran) == 2


@pytest.mark.django_db
def test_after_a_long_sleep_a_schedule_runs_once() -> None:
    ran: list[float] = []
    due_at: dict[str, float] = {"minute": 10.0}

    run_due([Schedule("minute", 60, lambda: ran.append(1))], due_at=due_at, clock_s=100_000.0)

    assert (len(ran), due_at) == (1, {"minute": 100_060.0})

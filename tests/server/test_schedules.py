"""Schedules run on time, and one that fails or takes long stops no other."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from allting.server.schedules import ScheduleThread
from allting.web.rooms import Schedule

Start = Callable[..., ScheduleThread]


@pytest.fixture
def start() -> Iterator[Start]:
    """Return a function that starts a schedule; all are stopped in the end."""
    stopping = threading.Event()
    threads: list[ScheduleThread] = []

    def start_one(run: Callable[[], None], *, every_s: float = 60, name: str = "test") -> ScheduleThread:
        threads.append(ScheduleThread(Schedule(name, every_s, run), stopping=stopping))
        threads[-1].start()
        return threads[-1]

    yield start_one
    stopping.set()
    assert all(thread.join(timeout_s=10) for thread in threads)


@pytest.mark.django_db(transaction=True)
def test_a_failing_schedule_is_logged_and_harms_no_other(start: Start, caplog: pytest.LogCaptureFixture) -> None:
    has_run = threading.Event()

    def break_down() -> None:
        raise RuntimeError("broken on purpose")

    with caplog.at_level(logging.ERROR):
        broken = start(break_down, name="broken")
        start(has_run.set, name="whole")

        assert has_run.wait(10)
        # The two threads owe each other no order: the failure may be written after the other has run.
        give_up_at = time.monotonic() + 10
        while not caplog.records and time.monotonic() < give_up_at:
            time.sleep(0.01)
    assert broken.is_well(longest_round_s=60)
    assert [(record.message, record.work) for record in caplog.records] == [
        ("Background round failed", "schedule broken")
    ]


@pytest.mark.django_db(transaction=True)
def test_a_slow_schedule_keeps_no_other_waiting(start: Start) -> None:
    may_end, has_run = threading.Event(), threading.Event()

    start(lambda: assert_set(may_end))
    start(has_run.set)

    assert has_run.wait(10)
    may_end.set()


@pytest.mark.django_db(transaction=True)
def test_a_schedule_runs_again_and_again(start: Start) -> None:
    has_run_thrice = threading.Event()
    ran: list[int] = []

    def count() -> None:
        ran.append(1)
        if len(ran) >= 3:
            has_run_thrice.set()

    start(count, every_s=0.01)

    assert has_run_thrice.wait(10)


@pytest.mark.django_db(transaction=True)
def test_a_schedule_that_does_not_come_back_is_not_well(start: Start) -> None:
    has_begun, may_end = threading.Event(), threading.Event()

    def hang() -> None:
        has_begun.set()
        assert_set(may_end)

    thread = start(hang)

    assert has_begun.wait(10)
    assert not thread.is_well(longest_round_s=0)
    may_end.set()


def assert_set(event: threading.Event) -> None:
    assert event.wait(10)

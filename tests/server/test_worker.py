"""Background tasks: they run, resume after a crash, and a hopeless one is given up."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db.models import Q
from django.tasks import TaskResultStatus, task
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from allting.server import worker
from allting.web import queues

ran: list[int] = []
stop_signals: list[threading.Event] = []


@pytest.fixture(autouse=True)
def _forget_what_ran() -> None:
    ran.clear()


@task
def note(number: int) -> None:
    ran.append(number)


@task
def fail() -> None:
    raise RuntimeError("fails on purpose")


@task
def stop() -> None:
    stop_signals[-1].set()


def _interrupt(*, worker_ids: list[str]) -> DBTaskResult:
    """Leave a task as a killed server leaves it."""
    row = DBTaskResult.objects.get(pk=note.enqueue(1).id)
    row.status, row.worker_ids = TaskResultStatus.RUNNING, worker_ids
    row.save()
    return row


@pytest.mark.django_db
def test_waiting_tasks_run_once(run_tasks: Callable[[], int]) -> None:
    note.enqueue(1)
    note.enqueue(2)

    assert (run_tasks(), run_tasks(), sorted(ran)) == (2, 0, [1, 2])


@pytest.mark.django_db
@pytest.mark.usefixtures("allow_failed_tasks")
def test_a_failing_task_does_not_stop_the_next(run_tasks: Callable[[], int]) -> None:
    fail.enqueue()
    note.enqueue(1)

    assert (run_tasks(), ran) == (2, [1])


@pytest.mark.django_db
def test_what_a_crash_interrupted_is_resumed(run_tasks: Callable[[], int]) -> None:
    _interrupt(worker_ids=["ours"])

    assert worker.resume_interrupted(worker_id="ours") == 1
    assert (run_tasks(), ran) == (1, [1])


@pytest.mark.django_db
def test_what_another_server_is_at_work_on_is_left_to_it() -> None:
    _interrupt(worker_ids=["ours", "theirs"])

    assert worker.resume_interrupted(worker_id="ours") == 0


@pytest.mark.django_db
def test_a_task_that_ends_the_server_again_and_again_is_given_up() -> None:
    row = _interrupt(worker_ids=["ours"] * worker.MOST_STARTS)

    assert worker.resume_interrupted(worker_id="ours") == 0
    row.refresh_from_db()
    assert row.status == TaskResultStatus.FAILED


@pytest.mark.django_db
def test_the_oldest_waiting_task_tells_its_age() -> None:
    now = timezone.now()
    assert worker.oldest_waiting(now=now) is None

    note.enqueue(1)

    waited_s = worker.oldest_waiting(now=now + timedelta(minutes=1))
    assert waited_s is not None
    assert 55 < waited_s < 65


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("takes", "expected"), [(worker.SHORT, [1]), (worker.LONG, [2])])
def test_a_thread_takes_its_own_tasks_and_stops(takes: Q, expected: list[int]) -> None:
    stopping = threading.Event()
    thread = worker.TaskThread("test", takes=takes, stopping=stopping)
    note.enqueue(1)
    note.using(queue_name=queues.SLOW).enqueue(2)

    thread.start()
    stopping.wait(1)
    stopping.set()

    assert thread.join(timeout_s=10)
    assert ran == expected


@pytest.mark.django_db(transaction=True)
def test_a_stop_leaves_the_tasks_after_the_current_one() -> None:
    stopping = threading.Event()
    thread = worker.TaskThread("test", takes=worker.SHORT, stopping=stopping)
    stop.using(priority=1).enqueue()
    note.enqueue(1)
    stop_signals.append(stopping)

    thread.start()

    assert thread.join(timeout_s=10)
    assert ran == []
    assert [row.status for row in DBTaskResult.objects.order_by("priority")] == [
        TaskResultStatus.READY,
        TaskResultStatus.SUCCESSFUL,
    ]

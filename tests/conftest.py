"""What every test may use: browser, task runner, the real server; and what a run needs from the machine."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from django.core.cache import cache
from django.tasks import TaskResultStatus
from django.tasks.signals import task_finished
from django.utils import translation
from playwright.sync_api import expect

from tests import postgres, servers

# How long one example takes says more about the machine's other work than about us.
hypothesis.settings.register_profile("unhurried", deadline=None)
hypothesis.settings.load_profile("unhurried")

# Playwright's synchronous interface runs an event loop in the test's thread; Django would refuse the database there.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

# Two cores run two browsers, two servers and two databases at once; a page may be long in coming.
expect.set_options(timeout=20_000)

CHROMIUM = Path("/usr/bin/chromium")
_MISSING = "ALLTING_TEST_POSTGRES_MISSING"


def pytest_configure(config: pytest.Config) -> None:
    if not postgres.is_asked_for() or _is_xdist_worker():
        return
    try:
        postgres.start()
    except postgres.Missing as missing:
        if os.environ.get("CI"):
            raise pytest.UsageError(str(missing)) from missing
        os.environ[_MISSING] = str(missing)


def pytest_unconfigure(config: pytest.Config) -> None:
    if postgres.is_asked_for() and not _is_xdist_worker():
        postgres.stop()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what drives a browser, and skip with a reason what this machine cannot do."""
    for item in items:
        if {"page", "browser", "context"} & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.browser)
        if item.get_closest_marker("browser") or item.path.parent.name == "server":
            # Other processes on a busy machine come late or lose a key press. The summary says RERUN and why.
            item.add_marker(pytest.mark.flaky(reruns=1))
        if reason := os.environ.get(_MISSING):
            item.add_marker(pytest.mark.skip(reason=reason))


def _is_xdist_worker() -> bool:
    return "PYTEST_XDIST_WORKER" in os.environ


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Take the system's Chromium where there is one, otherwise Playwright's own."""
    if CHROMIUM.exists():
        return {**browser_type_launch_args, "executable_path": str(CHROMIUM)}
    return browser_type_launch_args


@pytest.fixture(autouse=True)
def _no_task_fails_unseen(request: pytest.FixtureRequest) -> Iterator[None]:
    """A background task that raised makes its test fail, unless the test asks for `allow_failed_tasks`."""
    failures: list[str] = []

    def notice(task_result: Any, **_: Any) -> None:
        if task_result.status == TaskResultStatus.FAILED:
            failures.append(f"{task_result.task.module_path}:\n{task_result.errors[-1].traceback}")

    task_finished.connect(notice)
    yield
    task_finished.disconnect(notice)
    if failures and "allow_failed_tasks" not in request.fixturenames:
        pytest.fail("A background task failed: " + "\n".join(failures), pytrace=False)


@pytest.fixture(autouse=True)
def _nothing_is_cached() -> None:
    """The organisation and the counters of limits stay in memory; the database begins afresh with each test."""
    cache.clear()


@pytest.fixture(autouse=True)
def _english_is_spoken() -> None:
    """A request in Swedish leaves its language in the thread; the next test begins in English."""
    translation.activate("en")


@pytest.fixture
def allow_failed_tasks() -> None:
    """For a test about a task that fails."""


@pytest.fixture
def run_tasks(db: None) -> Callable[[], int]:
    """Return a function that runs every waiting background task in this thread and says how many."""
    from allting.server import worker  # its models need Django, which is set up after this file is read

    return worker.run_waiting_tasks


@pytest.fixture
def real_server(tmp_path: Path) -> Iterator[servers.RealServer]:
    """`allting serve` as its own process, on a free port, with an empty data folder."""
    with servers.start(data_dir=tmp_path / "data") as server:
        yield server

"""The settings of the demo, for as long as a test runs."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import clear_url_caches

from allting.config import urls
from allting.demo import urls as demo_urls
from allting.demo.progress import BOARD, Progress


@pytest.fixture(autouse=True)
def untold() -> Iterator[None]:
    """The board is this process's; each test begins before the story."""
    BOARD.write(Progress())
    yield
    BOARD.write(Progress())


@pytest.fixture
def demo(settings: Any) -> Iterator[None]:
    """Start as `allting demo` does: its addresses and its middleware are there."""
    settings.IS_DEMO = True
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, "allting.demo.middleware.UntilTold"]
    _read_addresses_again()
    yield
    settings.IS_DEMO = False
    _read_addresses_again()


def _read_addresses_again() -> None:
    importlib.reload(demo_urls)
    importlib.reload(urls)
    clear_url_caches()

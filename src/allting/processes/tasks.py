"""What the worker calls again and again: each reads the clock and does nothing when nothing is due."""

from __future__ import annotations

from django.utils import timezone

from allting.processes import actions


def begin_due() -> None:
    """Let processes run whose first phase has started."""
    actions.begin_due(now=timezone.now())


def open_due() -> None:
    """Open activities whose time has come."""
    actions.open_due(now=timezone.now())


def close_due() -> None:
    """Close activities whose time has come."""
    actions.close_due(now=timezone.now())


def date_late_addresses() -> None:
    """Give addresses that were left after the closing their last day."""
    actions.date_late_addresses()

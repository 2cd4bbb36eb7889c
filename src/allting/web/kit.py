"""Invented content for the kit page, which shows every component."""

from __future__ import annotations

from typing import Any


def example() -> dict[str, Any]:
    """Return what `web/kit.html` shows."""
    return {}

"""What the worker does for this room, again and again."""

from __future__ import annotations

from django.utils import timezone

from allting.people import actions, post


def send_due() -> None:
    """Send the mails that are due."""
    post.send_waiting(now=timezone.now())


def forget_old_addresses() -> None:
    """Drop left addresses whose day has come, and the traces of codes, mails and sessions that are over."""
    now = timezone.now()
    actions.forget_old_addresses(today=timezone.localdate(now))
    actions.forget_stale_rows(now=now)

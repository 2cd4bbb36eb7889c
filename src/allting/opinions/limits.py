"""How much one device and one network may do in a while. Counted in the cache, so per server process.

A limit must never shut out a workplace whose hundreds share one address: the network's counts only new
devices and is generous; what it lets through and looks odd is listed as a burst for the facilitator.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.cache import cache

from allting.opinions.errors import TooFast, TooManyAnswersToday, TooManyNewDevices
from allting.record.models import Actor


@dataclass(frozen=True, slots=True)
class Bucket:
    """Holds `size` tokens and is filled again evenly within `refill`."""

    name: str
    size: int
    refill: timedelta

    def take(self, *, of: str, now: datetime) -> bool:
        """Take one token; False when there is none."""
        key = f"opinions.limit.{self.name}.{of}"
        full = (float(self.size), now.timestamp())
        left, counted_at = cache.get(key, full)
        passed_s = max(0.0, now.timestamp() - counted_at)
        left = min(float(self.size), left + passed_s * self.size / self.refill.total_seconds())
        if left < 1:
            return False
        cache.set(key, (left - 1, now.timestamp()), timeout=int(self.refill.total_seconds()) + 60)
        return True


# Twenty in ten seconds is two a second: faster than anybody reads, slower than no finger.
ANSWERS_AT_ONCE = Bucket("answers_at_once", 20, timedelta(seconds=10))
ANSWERS_A_DAY = Bucket("answers_a_day", 2_000, timedelta(days=1))
# A large office that is asked in one mail starts with a few hundred within the hour.
NEW_DEVICES = Bucket("new_devices", 400, timedelta(hours=1))


def check_new_device(*, network_tag: str, now: datetime) -> None:
    """Count a first vote from a network. Raises TooManyNewDevices."""
    if network_tag and not NEW_DEVICES.take(of=network_tag, now=now):
        raise TooManyNewDevices


def check_answer(*, actor: Actor, now: datetime) -> None:
    """Count an answer of one actor. Raises TooFast, TooManyAnswersToday."""
    if not ANSWERS_AT_ONCE.take(of=str(actor.pk), now=now):
        raise TooFast
    if not ANSWERS_A_DAY.take(of=str(actor.pk), now=now):
        raise TooManyAnswersToday

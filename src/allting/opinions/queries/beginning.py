"""What everybody begins with, and what they could begin with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from allting.opinions import stored
from allting.opinions.models import Statement
from allting.opinions.queries.statements import standing_statements


@dataclass(frozen=True, slots=True)
class Beginning:
    """The statements that come first, in their order, and the others, those that fewest pass on first.

    agreeing, passing   published shares of everybody who answered, by statement, where there are any
    """

    first: list[Statement]
    others: list[Statement]
    agreeing: Mapping[int, float]
    passing: Mapping[int, float]

    @property
    def is_full(self) -> bool:
        return len(self.first) >= Statement.PLACES_AT_START


def get_beginning(*, conversation_id: int) -> Beginning:
    """Return what everybody begins with, and the other statements that are shown."""
    statements = list(standing_statements(conversation_id).order_by("pk"))
    agreeing, passing = _published_shares(conversation_id)
    first = [it for it in statements if it.place_at_start]
    others = [it for it in statements if not it.place_at_start]
    return Beginning(
        first=sorted(first, key=lambda it: it.place_at_start or 0),
        others=sorted(others, key=lambda it: (passing.get(it.pk, 1.0), it.pk)),
        agreeing=agreeing,
        passing=passing,
    )


def _published_shares(conversation_id: int) -> tuple[dict[int, float], dict[int, float]]:
    latest = stored.latest_map(conversation_id)
    agreeing, passing = {}, {}
    for key, said in (latest.figures["statements"] if latest else {}).items():
        if said["everyone"]:
            count, agree, _disagree, passed, *_rates = said["everyone"]
            agreeing[int(key)], passing[int(key)] = agree / count, passed / count
    return agreeing, passing

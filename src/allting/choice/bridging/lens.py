"""What the outcome's page says of what unlike people both chose. Pure, from the figures of an outcome."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from allting.choice.models import Coarse, Option, Outcome
from allting.web.numbers import percent


@dataclass(frozen=True, slots=True)
class Lens:
    """The chosen and the others, by whether every kind of people took them more than most.

    kinds, too_few   names of those that are counted, and of those of whom there are too few ballots
    share            how many take a proposal on average
    """

    kinds: Sequence[str]
    too_few: Sequence[str]
    share: str
    chosen_widely: Sequence[Option]
    chosen_by_part: Sequence[Option]
    not_chosen_widely: Sequence[Option]
    not_told_count: int


def read_lens(outcome: Outcome, options: Mapping[int, Option]) -> Lens | None:
    """Return the lens on an outcome; None where there were no two kinds of people, or it was counted without it."""
    figures: Mapping[str, Any] = outcome.figures
    found = figures.get("bridging")
    if not found:
        return None
    bridges: Mapping[int, bool | None] = {int(pk): is_bridge for pk, is_bridge in found["options"].items()}
    chosen: Sequence[int] = figures["chosen"]
    lost = sorted((pk for pk in bridges if pk not in chosen), key=lambda pk: (-figures["supporters"][str(pk)], pk))
    there = {row["kind"] for row in figures["represented"][1:] if row["kind"]}
    return Lens(
        kinds=[str(kind.label) for kind in Coarse if kind in found["kinds"]],
        too_few=[str(kind.label) for kind in Coarse if kind in there and kind not in found["kinds"]],
        share=percent(found["percent"] / 100),
        chosen_widely=[options[pk] for pk in chosen if bridges[pk]],
        chosen_by_part=[options[pk] for pk in chosen if bridges[pk] is False],
        not_chosen_widely=[options[pk] for pk in lost if bridges[pk]],
        not_told_count=sum(is_bridge is None for is_bridge in bridges.values()),
    )

"""How a tie is broken: more supporters, then a draw that was fixed before anybody voted."""

import hashlib
from dataclasses import dataclass
from enum import StrEnum

from allting.engine.selection.ballots import Ballots


class TieBreak(StrEnum):
    """What decided a tie."""

    SUPPORTERS = "supporters"
    SEED = "seed"


@dataclass(frozen=True, slots=True)
class Tie:
    """Options that were exactly equal when one of them had to come next."""

    seat: int  # 1 is the first bought
    options: tuple[int, ...]  # ascending
    chosen: int
    decided_by: TieBreak


def break_tie(ballots: Ballots, *, options: tuple[int, ...], seat: int, seed: str) -> Tie:
    """Pick one of several options: the one with most supporters, else the one that `draw` gives the smallest lot."""
    most = max(int(ballots.supporters[option]) for option in options)
    leading = [option for option in options if ballots.supporters[option] == most]
    chosen = min(leading, key=lambda option: draw(seed=seed, name=ballots.options[option]))
    decided_by = TieBreak.SUPPORTERS if len(leading) == 1 else TieBreak.SEED
    return Tie(seat=seat, options=options, chosen=chosen, decided_by=decided_by)


def draw(*, seed: str, name: str) -> str:
    """Return an option's lot: of tied options the one with the smallest lot wins.

    SHA-256 (hex) of the seed, a line break and the option's name, in UTF-8: anybody can do the draw over, and neither
    the order of the options nor that of the ballots has a part in it.
    """
    return hashlib.sha256(f"{seed}\n{name}".encode()).hexdigest()


def seed_commitment(seed: str) -> str:
    """Return what to publish before voting so that the seed cannot be changed after it: its SHA-256 (hex)."""
    return hashlib.sha256(seed.encode()).hexdigest()

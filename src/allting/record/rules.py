"""The two answers of every rule. `No` is falsy and carries the sentence that the page shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from django.utils.functional import Promise


@dataclass(frozen=True, slots=True)
class Yes:
    """It may be done."""

    def __bool__(self) -> Literal[True]:
        return True


@dataclass(frozen=True, slots=True)
class No:
    """It may not be done, for this reason: a whole sentence, already safe to show."""

    reason: str | Promise

    def __bool__(self) -> Literal[False]:
        return False


type Answer = Yes | No
YES = Yes()

"""The two answers of every rule. `No` is falsy and carries the sentence that the page shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from allting.record.viewers import Viewer


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


def may_read_the_record(viewer: Viewer) -> Answer:
    """The record names nobody, but what happened when is for those who answer for the whole installation."""
    if viewer.has_role(("sponsor", "facilitator", "deputy", "system")):
        return YES
    return No(_("The record is read by the sponsor, the facilitator and the deputy of the whole installation."))

"""Errors of this room, all of which may meet a person.

Problem (web)
├── Missing
│   └── NotFound        404  not there, or not for this viewer
├── NotAllowed
│   └── Refused         403  there, but this may not be done now; carries the rule's sentence
└── Conflict
    ├── AlreadyHidden   409  hidden before, by somebody else
    └── NotHidden       409  restoring what is not hidden
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from allting.web.problems import Conflict, Missing, NextStep, NotAllowed

if TYPE_CHECKING:
    from allting.record.rules import No


class NotFound(Missing):
    """The item is not there, or this viewer may not know of it: the same answer for both."""


class Refused(NotAllowed):
    """A rule said no; its reason is what the person reads."""

    title = _("This cannot be done now.")

    def __init__(self, no: No, *, next_step: NextStep | None = None) -> None:
        super().__init__(no.reason, next_step=next_step)


class AlreadyHidden(Conflict):
    title = _("It was hidden already.")
    sentence = _("Somebody else hid this a moment ago. Their reason stands.")


class NotHidden(Conflict):
    title = _("It is visible.")
    sentence = _("This was not hidden, or somebody restored it a moment ago.")

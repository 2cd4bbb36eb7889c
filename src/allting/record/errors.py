"""Errors of this room, all of which may meet a person.

Problem (web)
├── NotFound            404  not there, or not for this viewer
├── Refused             403  there, but this may not be done now; carries the rule's sentence
├── AlreadyHidden       409  hidden before by somebody else
└── NotHidden           409  restoring what is not hidden
"""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from allting.web.problems import Problem


class NotFound(Problem):
    status = 404
    title = _("There is nothing at this address.")
    sentence = _("It may have been moved, or it is not open to you.")


class Refused(Problem):
    """Carries the reason that the rule gave."""

    status = 403
    title = _("This cannot be done now.")

    def __init__(self, reason: str | Promise) -> None:
        super().__init__(sentence=reason)


class AlreadyHidden(Problem):
    status = 409
    title = _("It was hidden already.")
    sentence = _("Somebody else hid this a moment ago. Their reason stands.")


class NotHidden(Problem):
    status = 409
    title = _("It is visible.")
    sentence = _("This was not hidden, or somebody restored it a moment ago.")

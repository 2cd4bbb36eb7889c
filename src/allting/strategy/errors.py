"""Errors of this room, all of which may meet a person.

Problem (web)
├── NotReady           422  something that everybody will look for is still empty; carries the sentences
├── NothingChanged     422  a change that changes nothing
└── Conflict
    ├── AlreadyConfirmed   409  the owner confirmed the priority before
    ├── AlreadyPublished   409  the promise was published before
    ├── NotUnderWay        409  only what is under way can be delivered, given up or promised for
    ├── NotPublished       409  only a published promise can be changed in public or taken back
    └── WrittenMeanwhile   409  somebody else wrote a newer version of the strategy
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from allting.web.problems import Conflict, Problem, Words


class NotReady(Problem):
    """`missing` names each field that keeps it from the public, with its sentence."""

    status = 422
    title = _("Something is still missing.")
    sentence = _("People will look for it. Write it and try again; nothing is lost.")

    def __init__(self, missing: Mapping[str, Words]) -> None:
        self.missing = missing
        super().__init__(next(iter(missing.values()), None))


class NothingChanged(Problem):
    status: ClassVar[int] = 422
    title = _("This is how it stands already.")
    sentence = _("Change at least one thing, or leave it as it is.")


class AlreadyConfirmed(Conflict):
    title = _("This was confirmed.")
    sentence = _("It is public. You can still change it, with a reason that everybody can read.")


class AlreadyPublished(Conflict):
    title = _("This was published.")
    sentence = _("It is public. You can still change it, with a reason that everybody can read.")


class NotUnderWay(Conflict):
    title = _("This is not under way.")
    sentence = _("Its owner confirms it first; what was delivered or given up stays as it is.")


class NotPublished(Conflict):
    title = _("This is not in public now.")
    sentence = _("A draft can be changed freely, and what was taken back stays taken back.")


class WrittenMeanwhile(Conflict):
    title = _("Somebody wrote a newer version.")
    sentence = _("Read it first: open the page again in another tab. What you wrote is still here.")

"""Errors of this room, all of which may meet a person.

Problem (web)
├── Refused (record)        403
│   └── NotOpenToYou        reading what is for employees or for those who are invited
└── Conflict                409
    ├── AlreadyAnnounced    changing or announcing what is announced
    ├── AlreadyRehearsing   beginning a rehearsal that has begun
    ├── NoRehearsal         wiping a rehearsal that was wiped
    ├── NotReady            announcing while something is missing; carries the whole list
    ├── RelationsLetGo      saying what one is after a ballot of the process has closed
    ├── NotLater            extending to a day that is not later than the one promised
    ├── NotOpenYet          closing early what has not opened
    └── HasClosed           extending or closing what has closed
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from allting.record.errors import Refused
from allting.web.problems import Conflict


@dataclass(frozen=True, slots=True)
class Missing:
    """One thing that announcing needs. `code` says where it is put right."""

    code: str
    sentence: str


class NotOpenToYou(Refused):
    title = _("This is not open to you.")


class AlreadyAnnounced(Conflict):
    title = _("This was announced already.")
    sentence = _("What was promised then stands. Only the closing day can be moved later, with a note to everyone.")


class AlreadyRehearsing(Conflict):
    title = _("The rehearsal has begun.")
    sentence = _("Give the link to those who should try it out, and wipe it before you announce.")


class NoRehearsal(Conflict):
    title = _("There is no rehearsal.")
    sentence = _("It was wiped, or it has not begun. Nothing was changed.")


class NotReady(Conflict):
    """Carries all missing things, so that nobody finds them one by one."""

    title = _("Something is missing before this can be announced.")

    def __init__(self, missing: Sequence[Missing]) -> None:
        self.missing = tuple(missing)
        super().__init__(" ".join(str(one.sentence) for one in self.missing))


class RelationsLetGo(Conflict):
    title = _("This has been counted.")
    sentence = _("We let go of what each person is to us when the ballots closed, so that none can be told by it.")


class NotLater(Conflict):
    title = _("That is not later.")
    sentence = _("The closing day can only be moved to a later day than the one that was promised.")


class NotOpenYet(Conflict):
    title = _("This has not opened yet.")
    sentence = _("It can be closed early once it is open. Nothing was changed.")


class HasClosed(Conflict):
    title = _("This has closed.")
    sentence = _("The closing day can be moved only while it is open. What was said is kept.")

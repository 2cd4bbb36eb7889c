"""Errors of this room, all of which may meet a person.

Problem (web)
└── Conflict
    ├── AlreadySigned      409  the answer has a signature; what it says stands
    ├── NotSigned          409  taking back a signature that is not there, or that people have read
    ├── HasAnswer          409  a group whose answer has begun cannot go into another one
    └── NothingToPublish   409  no signed answer waits
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from allting.web.problems import Conflict


class AlreadySigned(Conflict):
    title = _("This answer is signed.")
    sentence = _("What is signed stands as it is. Take the signature back first, as long as nobody has read it.")


class NotSigned(Conflict):
    title = _("There is no signature to take back.")
    sentence = _("The answer is not signed, or people have read it already. Then it stands.")


class HasAnswer(Conflict):
    title = _("One of them has an answer already.")
    sentence = _("Only one of the groups may have a draft, and none a signature. Nothing was changed.")


class NothingToPublish(Conflict):
    title = _("Nothing waits to be published.")
    sentence = _("Every signed answer is out. Somebody may have published them a moment ago.")

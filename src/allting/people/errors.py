"""Errors of this room, all of which may meet a person.

Problem (web)
├── TooOften
│   ├── TooManyCodes       429  too many codes for an address or from a network
│   └── TooManyTestMails   429  the mail page's button pressed again and again
├── Gone
│   ├── LinkUsed           410  a sign-in link or invitation that has done its work, expired or was revoked
│   └── CodeUsed           410  a code that has done its work
├── TicketRefused (NotAllowed) 403  a ticket for taking part in a frame that is not ours, not for here, or too old
├── HasFacilitator (Conflict) 409  the first facilitator's link, when there is one already
├── NotFound (record)      404
└── Refused (record)       403  with the rule's sentence
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from allting.web.problems import Conflict, Gone, NotAllowed, TooOften


class TooManyCodes(TooOften):
    title = _("That was many codes in a short time.")
    sentence = _("Use the latest code that came, or wait an hour and ask for a new one.")


class TooManyTestMails(TooOften):
    title = _("Ten test mails in an hour are enough.")
    sentence = _("Look at the last answer of the mail server, and try again in an hour.")


class LinkUsed(Gone):
    title = _("This link no longer opens anything.")
    sentence = _("It was used, taken back or has grown too old. Ask whoever sent it for a new one.")


class CodeUsed(Gone):
    title = _("This code is used up.")
    sentence = _("It did its work, or it is too old. Ask for a new one; it takes a minute.")


class TicketRefused(NotAllowed):
    title = _("This page has grown old.")
    sentence = _("It no longer knows which answers are yours. What you answered before is kept. Begin here again.")


class HasFacilitator(Conflict):
    title = _("Somebody looks after this installation already.")
    sentence = _("The link was for the very first facilitator. Ask them to invite you.")

"""What can go wrong in front of a person, as sentences.

Problem            500  something of ours broke
├── Unclear        400  we could not read what was sent
├── NotAllowed     403  the reason is a sentence of the rule that said no
├── Missing        404  nothing there, or nothing this person may know of
├── WrongWay       405  the address is right, the method is not
├── Conflict       409  somebody was faster
├── Gone           410  it was here and is closed
└── TooOften       429  a limit, with when to come back

Rooms derive their own from these. `web.middleware.ProblemMiddleware` turns them into answers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = str | Promise


@dataclass(frozen=True, slots=True)
class NextStep:
    """What the person can do now: a button with its address."""

    words: Words
    url: str


class Problem(Exception):
    """A thing that went wrong, with words that may be shown: what happened, and what is safe.

    `sentence` given to the constructor replaces the one of the class (a rule's reason, for instance).
    """

    status: ClassVar[int] = 500
    title: Words = _("Something of ours broke.")
    sentence: Words = _("It was not you. What you sent before is saved; what you sent just now may not be.")
    next_step: NextStep | None = None

    def __init__(
        self, sentence: Words | None = None, *, title: Words | None = None, next_step: NextStep | None = None
    ) -> None:
        self.title = title or self.title
        self.sentence = sentence or self.sentence
        self.next_step = next_step or self.next_step
        super().__init__(str(type(self).__name__))

    def __str__(self) -> str:
        return str(self.sentence)


class Unclear(Problem):
    status = 400
    title = _("We could not read that.")
    sentence = _("Something in what was sent is cut off or unknown. Go back and try once more; nothing was changed.")


class NotAllowed(Problem):
    status = 403
    title = _("This is not open to you.")
    sentence = _("You may need to sign in, or another role. Nothing was changed.")


class Missing(Problem):
    status = 404
    title = _("There is nothing at this address.")
    sentence = _("The link may be cut off, or the page was moved. Nothing you wrote is lost.")


class WrongWay(Problem):
    status = 405
    title = _("This address only takes a button.")
    sentence = _("It answers when you press something on a page. Go back and press it there; nothing was changed.")


class Conflict(Problem):
    status = 409
    title = _("Somebody was faster.")
    sentence = _("It has changed since you opened the page. Open it again and look; nothing was overwritten.")


class Gone(Problem):
    status = 410
    title = _("This has closed.")
    sentence = _("What was said here is kept, and you can still read what came of it.")


class TooOften(Problem):
    status = 429
    title = _("That was a lot in a short time.")
    sentence = _("Wait a little and go on. Everything you did until now is kept.")


class OldPage(NotAllowed):
    """The proof that a form is ours is missing or too old (cookies off, or a tab from another day)."""

    title = _("This page has grown old.")
    sentence = _("Open it again and send once more. If that does not help, allow cookies for this address.")

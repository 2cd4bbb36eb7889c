"""Errors of this room, all of which may meet a person.

Problem (web)
├── AlreadySaid       422  the same words stand there already; carries the statement, so that it can be answered
├── WrongLength       422  nothing was written, or more than fits
├── NothingToUndo     409  the last answer was taken back already, or there never was one
├── AlreadyDecided    409  somebody else accepted or declined the statement a moment ago
├── CannotMerge       409  one of the two is not answered any more, or was never of this conversation
├── PairNotOffered    422  the pair was not put together by the house, or one of the two is not compared any more
├── NothingToCompare  422  comparing cannot be turned on with these statements; the sentence says why
├── CannotPutFirst    409  it is not shown any more, or three statements come first already
├── BurstChanged      409  the burst is set aside already, or looks different now
├── UnusableSite      422  no address of a site that could show a conversation in a frame
├── TooManySites      422  more sites than fit into the list that every framed page sends along
├── NotSentFromHere   403  a framed page's form that did not come from our own page
├── UnusableExport    422  files that as a whole cannot be imported; the sentence says which and why
└── TooOften (web)    429
    ├── TooFast               answers arrive faster than anybody reads
    ├── TooManyAnswersToday   the day's limit of answers
    ├── TooManyNewDevices     one network brings more new devices in an hour than a large workplace does
    └── EnoughStatements      the day's limit of statements of one's own
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from allting.web.problems import NotAllowed, Problem, TooOften

if TYPE_CHECKING:
    from allting.opinions.models import Statement


class AlreadySaid(Problem):
    status = 422
    title = _("Somebody has said that.")
    sentence = _("The same words stand here already. You can answer them, or say it another way.")

    def __init__(self, statement: Statement) -> None:
        super().__init__()
        self.statement = statement


class WrongLength(Problem):
    status = 422
    title = _("That does not fit.")
    sentence = _("A statement has between 1 and 200 characters. What you wrote is still here.")


class NothingToUndo(Problem):
    status = 409
    title = _("There is nothing to take back.")
    sentence = _("Your last answer was taken back already. You can change the others under “Mine”.")


class AlreadyDecided(Problem):
    status = 409
    title = _("Somebody was faster.")
    sentence = _("This statement was accepted or declined a moment ago. That decision stands.")


class CannotMerge(Problem):
    status = 409
    title = _("These two cannot be merged.")
    sentence = _("One of them is not answered any more. Open the page again and look.")


class CannotPutFirst(Problem):
    status = 409
    title = _("This cannot come first.")
    sentence = _("It is not shown any more, or three come first already. Open the page again and look.")


class BurstChanged(Problem):
    status = 409
    title = _("Somebody was faster.")
    sentence = _("These answers were set aside or restored a moment ago. Open the page again and look.")


class UnusableSite(Problem):
    status = 422
    title = _("That is no address of a site.")
    sentence = _("Write it as it stands in the address bar, such as https://www.kommun.se. It has to begin with https.")


class TooManySites(Problem):
    status = 422
    title = _("That is enough sites.")
    sentence = _("Twenty sites can show one conversation. Remove one that is not needed any more.")


class NotSentFromHere(NotAllowed):
    title = _("This could not be sent from here.")
    sentence = _(
        "The page around this one, or an extension of your browser, keeps us from seeing that it was you who pressed. "
        "Open it in full and answer there."
    )


class PairNotOffered(Problem):
    status = 422
    title = _("These two are not compared now.")
    sentence = _("One of them may have been hidden or merged. Go on with another pair; nothing else is lost.")


class NothingToCompare(Problem):
    """Always made with its own sentence."""

    status = 422
    title = _("Nobody could compare these.")


class UnusableExport(Problem):
    """Always made with its own sentence."""

    status = 422
    title = _("This cannot be imported.")


class TooFast(TooOften):
    sentence = _(
        "Your answers came faster than anybody reads. Wait ten seconds and go on. Everything until now is kept."
    )


class TooManyAnswersToday(TooOften):
    sentence = _("That is as many answers as fit into one day. Come back tomorrow. Everything until now is kept.")


class TooManyNewDevices(TooOften):
    title = _("Many people start at this moment.")
    sentence = _(
        "Very many new devices have come from your network within an hour. Try again in a few minutes, or sign in: "
        "those who are signed in are never held back."
    )


class EnoughStatements(TooOften):
    title = _("That is enough for today.")
    sentence = _("You have written ten statements here since yesterday. Come back tomorrow; until then, answer others.")

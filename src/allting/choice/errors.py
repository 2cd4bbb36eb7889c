"""Errors of this room, all of which may meet a person.

Problem (web)
├── AlreadyCast      409  this person has cast a ballot in this round
├── AlreadyOpened    409  the proposals stand as they are: somebody opened the round a moment ago
├── RoundClosed      410  the round closed while the ballot was on its way
├── TooFewOptions    422  a round needs at least two proposals
├── CostsMissing     422  money is shared out, and a proposal has no cost or one above all the money
├── ShortlistRefused 422  there is nothing to shorten, or no time for it
├── NothingDealt     409  a shortlist asks only about what was shown, and nothing was shown yet
├── NoSuchReceipt    404  no ballot has this receipt
├── AlreadyDecided   409  the sponsor has decided on this outcome
├── OutcomeWithheld  409  too few voted to say what came out, so there is nothing to confirm
└── NotCounted       409  there is no outcome to decide on yet

CountFailed (RuntimeError)    the process that counts ended badly; for the log, never for a person
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from allting.web.problems import Conflict, Gone, Missing, Problem


class AlreadyCast(Conflict):
    title = _("You have cast your ballot.")
    sentence = _("It counts. With the words of your receipt you can change it until the round closes.")


class AlreadyOpened(Conflict):
    title = _("The round is open.")
    sentence = _("The proposals stand as they were when it opened, so that everybody chooses among the same.")


class RoundClosed(Gone):
    title = _("The round has closed.")
    sentence = _("It closed while your ballot was on its way, so nothing was changed.")


class TooFewOptions(Problem):
    status = 422
    title = _("There is nothing to choose between yet.")
    sentence = _("A round needs at least two proposals. Add some first.")


class CostsMissing(Problem):
    status = 422
    title = _("A cost is missing.")
    sentence = _("Where money is shared out, every proposal needs a cost that the money can pay. Add the costs first.")


class ShortlistRefused(Problem):
    status = 422
    title = _("A shortlist does not fit here.")
    sentence = _("It needs more proposals than go on, and a last day between the first and the last one of the round.")


class NothingDealt(Conflict):
    title = _("Nothing was shown to you yet.")
    sentence = _("A shortlist asks you only about the proposals that you have seen. Let some be drawn for you first.")


class NoSuchReceipt(Missing):
    title = _("No ballot has these words.")
    sentence = _("Look at the words once more, each letter. Without them nobody can open the ballot, not even we.")


class AlreadyDecided(Conflict):
    title = _("This was decided.")
    sentence = _("The decision and its reason are public and stand.")


class OutcomeWithheld(Conflict):
    title = _("Too few voted to say what came out.")
    sentence = _("There is nothing to confirm or to depart from. Decide without it, and say why.")


class NotCounted(Conflict):
    title = _("It is not counted yet.")
    sentence = _("There is an outcome to decide on a few minutes after the round has closed.")


class CountFailed(RuntimeError):
    def __init__(self, *, exit_code: int, said: str) -> None:
        super().__init__(f"The counting process ended with {exit_code}:\n{said}")

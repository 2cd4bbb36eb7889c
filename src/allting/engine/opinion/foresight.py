"""What more answers would tell about where people stand."""

from dataclasses import dataclass

import numpy as np

from allting.engine.opinion.model import VotingModel
from allting.engine.opinion.positions import SHOWN_AXES, Positions, those_who_teach
from allting.engine.opinion.votes import Votes

# People on whom it is worked out, evenly along the first axis: their mean is known better than it is shown.
MOST_ASKED = 2_000
_PEOPLE_AT_ONCE = 256


@dataclass(frozen=True, slots=True)
class Foresight:
    """How much of what sets people apart their answers tell, now and after more of them.

    told_share        share of the variance of where placeable people may stand on the picture that lies between their
                      places; the rest is how unsure each place still is. 0 to 1.
    told_share_then   the same, as expected after more answers
    """

    told_share: float
    told_share_then: float


def foresee(votes: Votes, positions: Positions, passing: VotingModel, *, more: int) -> Foresight:
    """Say how much surer the places of people would be after so many more answers of theirs.

    votes, positions, passing   of one conversation, as fitted; somebody is placeable
    more       answers of all placeable people together, to statements that they have not seen yet, drawn by lot
    Returns    shares of variance on the two axes of the picture.
    Cost       O(people asked · statements · dimensions²), at most 2,000 people: 0.2 s for 1,000 statements.
    Guarantee  the order of votes and people does not matter.
    Source     Laplace's update of a Gaussian by one answer, as `asking.score_statements`: an answer with the chance p
               takes w·(Vf)(Vf)ᵀ / (1 + w·fᵀVf) from a covariance V, with w = p(1-p) and f = (1, y). Each further answer
               takes the same share of what is left. What the statements themselves gain by it is not counted.
    """
    placeable_count = int(np.count_nonzero(positions.is_placeable))
    asked_votes, found = those_who_teach(votes, positions)
    placeable = np.flatnonzero(found.is_placeable)
    along = placeable[np.lexsort(found.people[placeable].T[::-1])]
    people = along[:: -(-len(along) // MOST_ASKED)]

    side = found.model.people
    shown = found.frame[:, :SHOWN_AXES]
    unsure = np.einsum("da,ide,ea->i", shown, side.covariance[people][:, 1:, 1:], shown)
    between = float(found.people[placeable, :SHOWN_AXES].var(axis=0).sum())
    open_now = float(unsure.mean())
    known = np.flatnonzero(found.is_known)
    factors = np.insert(found.model.statements.mean[known, 1:], 0, 1.0, axis=1)
    gained, unseen_count = 0.0, 0
    blocks = zip(
        found.model.predict(people, at_once=_PEOPLE_AT_ONCE),
        passing.predict(people, at_once=_PEOPLE_AT_ONCE),
        strict=True,
    )
    for number, (agrees, passes) in enumerate(blocks):
        block = people[number * _PEOPLE_AT_ONCE :][:_PEOPLE_AT_ONCE]
        is_unseen = ~_seen(asked_votes, block)[:, known]
        weights = (agrees * (1 - agrees))[:, known]
        pulls = factors @ side.covariance[block]
        surprise = 1 + weights * np.einsum("isd,sd->is", pulls, factors)
        told = weights * ((pulls[:, :, 1:] @ shown) ** 2).sum(axis=2) / surprise
        gained += float((told * (1 - passes[:, known]) * is_unseen).sum())
        unseen_count += int(np.count_nonzero(is_unseen))

    each = min(more / placeable_count, unseen_count / len(people))
    by_one = gained / max(unseen_count, 1) / open_now
    open_then = open_now * (1 - by_one) ** each
    return Foresight(told_share=between / (between + open_now), told_share_then=1 - open_then / (between + open_now))


def _seen(votes: Votes, people: np.ndarray) -> np.ndarray:
    """Return who of some people has voted on what, shape (people, statements)."""
    seen = np.zeros((len(people), votes.statement_count), dtype=np.bool_)
    for row, person in enumerate(people):
        seen[row, votes.statements[votes.participant_starts[person] : votes.participant_starts[person + 1]]] = True
    return seen

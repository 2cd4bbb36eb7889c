"""Who passes on what, by the same model of voting in one dimension; and what is stored for choosing statements."""

import numpy as np

from allting.engine import errors
from allting.engine.asking import Knowledge, Side
from allting.engine.opinion.model import FEWEST_ROUNDS, MOST_ROUNDS, VotingModel, fit_voting_model
from allting.engine.opinion.positions import Positions
from allting.engine.opinion.votes import PASS, Votes, keep_people

PASS_DIMENSIONS = 1


def fit_passing(votes: Votes, *, positions: Positions) -> VotingModel:
    """Fit who passes on what: logit P(pass) = a' + b' + x'·y', a pass against an answer of either kind.

    votes, positions   packed votes, and their positions: the same people teach both models
    Returns    the model of those who teach.       Raises   NoVotes where nothing is shown.
    Cost       as `fit_voting_model` with one dimension: about a quarter of the positions.
    Guarantee  as `fit_positions`.
    """
    taught = votes if positions.learners is None else keep_people(votes, people=positions.learners)
    rows = taught.is_shown()
    if not rows.any():
        raise errors.NoVotes
    is_pass = taught.values[rows] == PASS
    # Where nobody passes, or everybody does, every round makes that surer, without end.
    is_mixed = is_pass.any() and not is_pass.all()
    return fit_voting_model(
        participants=taught.participants[rows],
        statements=taught.statements[rows],
        signs=np.where(is_pass, np.int8(1), np.int8(-1)),
        participant_count=taught.participant_count,
        statement_count=votes.statement_count,
        dimensions=PASS_DIMENSIONS,
        most_rounds=MOST_ROUNDS if is_mixed else FEWEST_ROUNDS,
    )


def knowledge_of(positions: Positions, passing: VotingModel) -> Knowledge:
    """Return what choosing the next statement needs of a map: parameters of statements, nothing of any person."""
    return Knowledge(agreeing=_side(positions.model), passing=_side(passing), is_known=positions.is_known.copy())


def _side(model: VotingModel) -> Side:
    return Side(
        means=model.statements.mean.copy(),
        covariances=model.statements.covariance.copy(),
        tendency_precision=model.tendency_precision,
    )

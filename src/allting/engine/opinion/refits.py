"""Complete fits on four fifths of the votes, and how well groups predict the fifth that each leaves out."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from allting.engine.opinion.positions import Positions, fit_positions, turn_between
from allting.engine.opinion.votes import AGREE, PASS, BoolArray, FloatArray, Votes, keep_rows, mixed

REFITS = 5
# Where the hash begins that deals votes to the refits. Which deal is taken is arbitrary but must never change.
DEAL = np.uint64(0x3C6EF372FE94F82A)
PSEUDO_VOTES = 8.0  # at the statement's rate, so that a group's rate from few votes stays near everybody's


@dataclass(frozen=True, slots=True, eq=False)
class Refit:
    """One complete fit on four fifths of the votes, in the frame of the full one."""

    people: FloatArray  # (participants, wide axes)
    kept: Votes
    left_out: BoolArray  # (votes,) of the full votes: agrees and disagrees to predict
    losses: FloatArray  # (left out,) when they are predicted from positions


def refit_without(votes: Votes, positions: Positions, *, wide: NDArray[np.int64], fold: int) -> Refit:
    """Fit once more without one fold of the votes, and turn it into the frame of the full fit.

    votes, positions   of those who teach          wide   principal axes that groups are looked for on
    fold               0 below REFITS: which votes to leave out
    Guarantee  who is dealt what hangs on places, not on order or names; somebody silent deals nothing anew.
    """
    people, statements = positions.on_principal_axes()
    person_rank = np.empty(votes.participant_count, dtype=np.uint64)
    statement_rank = np.empty(votes.statement_count, dtype=np.uint64)
    # Who voted and what was voted on come first: a visitor or a statement nobody saw must not deal the votes anew.
    is_silent = np.diff(votes.participant_starts) == 0
    people_in_order = np.lexsort((*people.T[::-1], is_silent))
    statements_in_order = np.lexsort((*statements.T[::-1], ~positions.is_known))
    person_rank[people_in_order] = np.arange(votes.participant_count, dtype=np.uint64)
    statement_rank[statements_in_order] = np.arange(votes.statement_count, dtype=np.uint64)
    is_out = fold_of(person_rank[votes.participants], statement_rank[votes.statements]) == fold

    kept = keep_rows(votes, rows=~is_out)
    refitted = fit_positions(kept, dimensions=people.shape[1])
    turn = turn_between(refitted.statements, onto=statements, use=positions.is_known & refitted.is_known)
    left_out = is_out & votes.is_shown() & (votes.values != PASS)
    predicted = refitted.agreement(participants=votes.participants[left_out], statements=votes.statements[left_out])
    return Refit(
        people=(refitted.people @ turn)[:, wide],
        kept=kept,
        left_out=left_out,
        losses=log_losses(predicted, votes.values[left_out] == AGREE),
    )


def fold_of(person: NDArray[np.uint64], statement: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Deal each vote to one of the folds, 0 below REFITS, by a hash of its pair of ranks; any shape."""
    return np.asarray(mixed((person << np.uint64(32)) + statement + DEAL) % np.uint64(REFITS))


def losses_by_groups(votes: Votes, *, refits: list[Refit], refit_posteriors: list[FloatArray]) -> FloatArray:
    """Return the logarithmic loss of each left-out answer, predicted by the rates of the groups, refit after refit.

    votes              the full votes of those who teach
    refit_posteriors   (participants, k) of each refit

    The groups are weighed by the person's posterior. By the rate of the most likely group alone, people in between are
    predicted with a certainty that nobody has: three planted groups with twenty votes a person are then lost, and a
    fourth is found in the Austrian conversation, where weighing finds that it adds nothing.
    """
    losses = []
    for refit, posterior in zip(refits, refit_posteriors, strict=True):
        rates = group_rates(refit.kept, labels=posterior.argmax(axis=1), k=posterior.shape[1])
        rows = refit.left_out
        predicted = np.einsum("vk,kv->v", posterior[votes.participants[rows]], rates[:, votes.statements[rows]])
        losses.append(log_losses(predicted, votes.values[rows] == AGREE))
    return np.concatenate(losses)


def group_rates(votes: Votes, *, labels: NDArray[np.int64], k: int) -> FloatArray:
    """Return each group's share of agrees among agrees and disagrees, drawn towards everybody's, shape (k, statements).

    votes    passes and excluded statements are left out
    labels   (participants,) the group of each, from 0 below k, or negative for none
    """
    counted = (votes.values != PASS) & votes.is_shown()
    agree_all, answer_all = _answers(votes, rows=counted, groups=np.zeros(len(votes.values), dtype=np.int64), k=1)
    overall = (agree_all + 1) / (answer_all + 2)
    groups = labels[votes.participants]
    agree, answer = _answers(votes, rows=counted & (groups >= 0), groups=groups, k=k)
    if k == 1:
        return np.asarray(overall)
    return np.asarray((agree + PSEUDO_VOTES * overall) / (answer + PSEUDO_VOTES))


def log_losses(predicted: FloatArray, is_agree: BoolArray) -> FloatArray:
    """Return the logarithmic loss of each prediction of an agree; lower is better, ln 2 is a coin."""
    return -np.log(np.where(is_agree, predicted, 1 - predicted))


def _answers(votes: Votes, *, rows: BoolArray, groups: NDArray[np.int64], k: int) -> tuple[FloatArray, FloatArray]:
    cell = groups[rows] * votes.statement_count + votes.statements[rows]
    shape = (k, votes.statement_count)
    is_agree = votes.values[rows] == AGREE
    agree = np.bincount(cell[is_agree], minlength=k * votes.statement_count).reshape(shape)
    return agree.astype(np.float64), np.bincount(cell, minlength=k * votes.statement_count).reshape(shape).astype(
        np.float64
    )

"""Where people and statements lie: the fitted model in coordinates whose distances are differences of opinion."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cholesky, orthogonal_procrustes, solve_triangular

from allting.engine import errors
from allting.engine.opinion.estimates import Estimates
from allting.engine.opinion.model import DIMENSIONS, VotingModel, fit_voting_model, place, reconsider_statements
from allting.engine.opinion.starting import peak_signs
from allting.engine.opinion.sweeps import covariance_of_prior
from allting.engine.opinion.votes import PASS, BoolArray, FloatArray, IntArray, Votes, keep_people, mixed

SHOWN_AXES = 2  # a picture has two
MOST_LEARNERS = 20_000  # people; more of them change the statements less than the map shows
FEWEST_TO_TEACH = 5  # answers


@dataclass(frozen=True, slots=True, eq=False)
class Positions:
    """People and statements in one space of opinions; a person agrees the more, the larger the product of both.

    people       (participants, axes) in logits; who has no votes, or is not placeable, lies where the prior puts them
    statements   (statements, axes); a statement that taught nothing lies at 0
    is_placeable (participants,) whether the votes suffice for a place
    is_known     (statements,) not excluded, and with at least one agree or disagree
    axis_shares  (axes,) share of the placeable people's variance that each axis carries, adds up to 1 (or all 0)
    turn         (axes, axes) rotation or reflection from the principal axes to these, so that a map does not flip
    frame        (dimensions, axes) what the model's x is multiplied by to give these coordinates
    learners     (people,) whose votes taught the statements' parameters, ascending; None: everybody's
    """

    people: FloatArray
    statements: FloatArray
    is_placeable: BoolArray
    is_known: BoolArray
    axis_shares: FloatArray
    turn: FloatArray
    frame: FloatArray
    learners: IntArray | None
    model: VotingModel

    def on_principal_axes(self) -> tuple[FloatArray, FloatArray]:
        """Return people and statements as if there had been no earlier map: what groups are looked for in."""
        return self.people @ self.turn.T, self.statements @ self.turn.T

    @property
    def shown_share(self) -> float:
        """Share of the variance that the two axes of the picture carry."""
        return float(self.axis_shares[:SHOWN_AXES].sum())

    def of(self, people: NDArray[np.integer[Any]]) -> "Positions":
        """Return the same for some of the people, in the order given, as if nobody else had been placed."""
        side = self.model.people
        return replace(
            self,
            people=self.people[people],
            is_placeable=self.is_placeable[people],
            axis_shares=_shares(self.people[people][self.is_placeable[people]]),
            learners=None,
            model=replace(self.model, people=Estimates(mean=side.mean[people], covariance=side.covariance[people])),
        )

    def agreement(self, *, participants: IntArray, statements: IntArray) -> FloatArray:
        """Return P(agree | not pass) for pairs of participant and statement, shape (pairs,)."""
        return self.model.agreement(participants=participants, statements=statements)


def fit_positions(
    votes: Votes,
    *,
    dimensions: int = DIMENSIONS,
    previous: FloatArray | None = None,
    keys: NDArray[np.integer[Any]] | None = None,
    most_learners: int = MOST_LEARNERS,
) -> Positions:
    """Place people and statements by a model of who agrees with what.

    votes      packed votes; passes and excluded statements teach nothing
    dimensions axes of the space, from 2
    previous   statements' coordinates in the last map, shape (statements, 2 or more), NaN where there were none;
               the picture is turned onto it. Without it, each axis's largest statement is positive.
    keys       (participants,) numbers that people keep from redraw to redraw, whole, at least 0; without them their
               indices. Of more than `most_learners` people with five answers, a hash of these says who teaches the
               statements; everybody is then placed by what the statements came to be.
    Returns    coordinates in logits: axes in order of the variance they carry among placeable people. After turning
               onto `previous`, the first two carry the same together, though not each.
    Raises     NoVotes where no shown statement has an agree or a disagree.
    Cost       O(learners' votes · dimensions²) a round, 7 to 60 rounds, then two sweeps over all votes: a second for
               225,000 votes. Memory beyond the votes: O(people · dimensions²).
    Guarantee  the same votes give the same positions whatever their order; relabelling only relabels, with more than
               `most_learners` people as long as the keys stay; an unseen statement changes nothing. No random numbers.
    Source     see `model.fit_voting_model`; the coordinates are its x and y, so that products are kept.
    """
    learners = _learners(votes, keys=keys, most=most_learners)
    taught = votes if learners is None else keep_people(votes, people=learners)
    model, is_known = learn(taught, dimensions=dimensions)
    if learners is not None:
        model = replace(model, people=place(votes, model))
    return lay_out(model, is_placeable=votes.is_placeable(), is_known=is_known, learners=learners, previous=previous)


def learn(taught: Votes, *, dimensions: int) -> tuple[VotingModel, BoolArray]:
    """Fit the model of who agrees with what; return it, and of which statements it knows anything (statements,).

    Raises   NoVotes where no shown statement has an agree or a disagree.
    """
    teaches = taught.is_shown() & (taught.values != PASS)
    if not teaches.any():
        raise errors.NoVotes
    model = fit_voting_model(
        participants=taught.participants[teaches],
        statements=taught.statements[teaches],
        signs=taught.values[teaches],
        participant_count=taught.participant_count,
        statement_count=taught.statement_count,
        dimensions=dimensions,
    )
    return model, np.bincount(taught.statements[teaches], minlength=taught.statement_count) > 0


def lay_out(
    model: VotingModel,
    *,
    is_placeable: BoolArray,
    is_known: BoolArray,
    learners: IntArray | None,
    previous: FloatArray | None,
) -> Positions:
    """Give a fitted model its coordinates; see `Positions` and `fit_positions`."""
    people, statements, frame = _coordinates(model, is_placeable=is_placeable, is_known=is_known)
    turn: FloatArray = np.eye(people.shape[1])
    if previous is not None:
        turn = _turn_onto(statements, previous=previous, is_known=is_known)
        people, statements, frame = people @ turn, statements @ turn, frame @ turn
    return Positions(
        people=people,
        statements=statements,
        is_placeable=is_placeable,
        is_known=is_known,
        axis_shares=_shares(people[is_placeable]),
        turn=turn,
        frame=frame,
        learners=learners,
        model=model,
    )


def _learners(votes: Votes, *, keys: NDArray[np.integer[Any]] | None, most: int) -> IntArray | None:
    """Choose who teaches the statements, or None for everybody: those with the smallest hashes.

    A redraw chooses the same people again, but for the few whose fifth answer is new.
    """
    if votes.participant_count <= most:
        return None
    return choose_learners(votes.answers_by_participant(), keys=keys, most=most)


def choose_learners(
    answers: NDArray[np.integer[Any]], *, keys: NDArray[np.integer[Any]] | None, most: int
) -> IntArray | None:
    """Choose from how many agrees and disagrees each has, shape (participants,); see `fit_positions`."""
    if len(answers) <= most:
        return None
    candidates = np.flatnonzero(answers >= FEWEST_TO_TEACH)
    if len(candidates) <= most:
        return None if len(candidates) == 0 else candidates.astype(np.int32)
    own = candidates if keys is None else np.asarray(keys)[candidates]
    order = np.lexsort((own, mixed(own.astype(np.uint64))))
    return np.sort(candidates[order[:most]]).astype(np.int32)


def follow_votes(votes: Votes, last: Positions, *, changed: IntArray) -> Positions:
    """Place those who voted since the last map, and leave everybody else where they are.

    votes     packed votes of today; people and statements that came since have the last indices
    last      positions of the last map
    changed   (people,) indices of who voted since, ascending
    Returns   positions in the same frame. The statements are estimated once more from those who teach them, so that a
              new statement has a place; nobody else is moved by that until the next complete map.
    Cost      one sweep over the learners' votes, two over those of the changed people.
    """
    model = _with_room(last.model, people=votes.participant_count, statements=votes.statement_count)
    learners = last.learners
    mean, covariance = model.people.mean.copy(), model.people.covariance.copy()
    placed = place(votes, model, people=changed)
    mean[changed], covariance[changed] = placed.mean, placed.covariance
    model = replace(model, people=Estimates(mean=mean, covariance=covariance))
    taught = votes if learners is None else keep_people(votes, people=learners)
    teachers = model.people if learners is None else Estimates(mean=mean[learners], covariance=covariance[learners])
    model = replace(model, statements=reconsider_statements(taught, model, people=teachers))

    people = np.zeros((votes.participant_count, last.people.shape[1]))
    people[: len(last.people)] = last.people
    people[changed] = mean[changed, 1:] @ last.frame
    teaches = taught.is_shown() & (taught.values != PASS)
    is_known = np.bincount(taught.statements[teaches], minlength=votes.statement_count) > 0
    is_placeable = votes.is_placeable()
    return replace(
        last,
        people=people,
        statements=np.where(is_known[:, None], model.statements.mean[:, 1:] @ np.linalg.inv(last.frame).T, 0.0),
        is_placeable=is_placeable,
        is_known=is_known,
        axis_shares=_shares(people[is_placeable]),
        model=model,
    )


def those_who_teach(votes: Votes, positions: Positions) -> tuple[Votes, Positions]:
    """Return votes and positions of the learners alone, who stand for everybody; of everybody where all teach."""
    if positions.learners is None:
        return votes, positions
    return keep_people(votes, people=positions.learners), positions.of(positions.learners)


def _with_room(model: VotingModel, *, people: int, statements: int) -> VotingModel:
    """Add people and statements that came since, where the priors put them."""
    size = model.people.mean.shape[1]
    person = covariance_of_prior(size, model.tendency_precision)
    statement = covariance_of_prior(size, model.popularity_precision)
    popular = np.insert(np.zeros(size - 1), 0, model.popularity_mean)
    return replace(
        model,
        people=_grown(model.people, count=people, mean=np.zeros(size), covariance=person),
        statements=_grown(model.statements, count=statements, mean=popular, covariance=statement),
    )


def _grown(side: Estimates, *, count: int, mean: FloatArray, covariance: FloatArray) -> Estimates:
    more = count - len(side.mean)
    if more <= 0:
        return side
    return Estimates(
        mean=np.concatenate((side.mean, np.tile(mean, (more, 1)).astype(side.mean.dtype))),
        covariance=np.concatenate((side.covariance, np.tile(covariance, (more, 1, 1)).astype(side.mean.dtype))),
    )


def turn_between(statements: FloatArray, *, onto: FloatArray, use: BoolArray) -> FloatArray:
    """Return the rotation or reflection that brings one map's statements closest to another's, shape (axes, axes).

    Procrustes over the statements in `use`: not moved and not stretched, since distances mean something.
    """
    turn, _ = orthogonal_procrustes(statements[use], onto[use])
    return np.asarray(turn)


def _coordinates(
    model: VotingModel, *, is_placeable: BoolArray, is_known: BoolArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Measure x in logits as the statements see them, then turn onto the axes of largest difference.

    Returns people, statements, and the frame (dimensions, axes) that x is multiplied by.
    """
    x, y = model.people.mean[:, 1:], model.statements.mean[:, 1:]
    dimensions = x.shape[1]
    covariance = np.cov(y[is_known].T, bias=True).reshape(dimensions, dimensions)
    # An axis on which no statement differs would make the covariance singular; this is far below any real one.
    covariance += np.eye(dimensions) * max(1e-9, 1e-6 * float(np.trace(covariance)))
    factor = cholesky(covariance, lower=True)
    stretched = x @ factor
    counted = stretched[is_placeable] if is_placeable.any() else stretched
    axes = np.linalg.svd(np.cov(counted.T, bias=True).reshape(dimensions, dimensions))[2].T
    people = stretched @ axes
    statements = np.where(is_known[:, None], solve_triangular(factor, y.T, lower=True).T @ axes, 0.0)
    signs = peak_signs(statements)
    return people * signs, statements * signs, factor @ axes * signs


def _turn_onto(statements: FloatArray, *, previous: FloatArray, is_known: BoolArray) -> FloatArray:
    """Turn the picture onto the last one within its own plane, and keep the signs of the axes not shown.

    Turning all axes would match the old map better, but then the noise of a first small map would decide for ever
    which plane is shown, and the picture would no longer be the one that carries most of the difference.
    """
    dimensions = statements.shape[1]
    turn = np.eye(dimensions)
    shared = is_known & np.isfinite(previous).all(axis=1)
    if not shared.any():
        return turn
    turn[:SHOWN_AXES, :SHOWN_AXES] = turn_between(statements[:, :SHOWN_AXES], onto=previous[:, :SHOWN_AXES], use=shared)
    for axis in range(SHOWN_AXES, min(dimensions, previous.shape[1])):
        if float(statements[shared, axis] @ previous[shared, axis]) < 0:
            turn[axis, axis] = -1.0
    return turn


def _shares(people: FloatArray) -> FloatArray:
    variance = people.var(axis=0) if len(people) else np.zeros(people.shape[1])
    return np.asarray(variance / max(float(variance.sum()), 1e-300))

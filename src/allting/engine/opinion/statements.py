"""What each statement shows: how many agree in each group, how sure that is, what unites and what divides."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv

from allting.engine.opinion.expected import Expected, expect_answers
from allting.engine.opinion.groups import Groups
from allting.engine.opinion.model import VotingModel
from allting.engine.opinion.passing import fit_passing
from allting.engine.opinion.positions import Positions, those_who_teach
from allting.engine.opinion.votes import AGREE, DISAGREE, BoolArray, FloatArray, Votes

PSEUDO_VOTES = 8.0
# Of either answer: with less, the rate may lie outside its own interval, and left-out votes are predicted worse.
FEWEST_PSEUDO_VOTES = 0.5
INTERVAL = 0.8
FEWEST_PEOPLE = 5  # no list names a rate with fewer people behind it
WIDE_INTERVAL = 0.3
MAJORITY = 0.5
CLEAR_DIFFERENCE = 1.2816  # standard errors: nine times in ten, the same certainty as the ends of the intervals
END_SHARE = 1 / 3  # of the people who answered, at each end of what a statement divides on


@dataclass(frozen=True, slots=True, eq=False)
class Tally:
    """Votes of one set of people on every statement; each array has shape (statements,).

    people   how many people the set has
    seen     how many of them voted on it = agree + disagree + passed
    *_rate   share of those who saw it, drawn by eight pseudo-votes towards what the models expect of the set
    *_low, *_high   80 % interval of the rate
    """

    people: int
    seen: NDArray[np.int64]
    agree: NDArray[np.int64]
    disagree: NDArray[np.int64]
    passed: NDArray[np.int64]
    agree_rate: FloatArray
    agree_low: FloatArray
    agree_high: FloatArray
    disagree_rate: FloatArray
    disagree_low: FloatArray
    disagree_high: FloatArray


@dataclass(frozen=True, slots=True)
class Uniting:
    """A statement on which the groups say the same.

    side              AGREE or DISAGREE
    lowest_rate       of that answer, in the group that gives it least ("at least 71 % in every group")
    lower_bound       the lowest lower end of the intervals
    is_common_ground  lower_bound above one half, and more than half of each group's own votes: few votes are drawn
                      towards everybody's rate, and a group must not be counted in by what others said
    """

    statement: int
    side: int
    lowest_rate: float
    lower_bound: float
    is_common_ground: bool


@dataclass(frozen=True, slots=True)
class Dividing:
    """A statement on which people differ along the map.

    variance   of the predicted logit among placeable people
    The rates are plain shares among the third of those who answered at each end: of people drawn away from the
    statement, and of people drawn to it; `end_count` people are in each. NaN where that is nobody. Of many people,
    those who taught the statements stand for all.
    """

    statement: int
    variance: float
    agree_rate_far: float
    agree_rate_near: float
    end_count: int


@dataclass(frozen=True, slots=True)
class Distinctive:
    """A statement that a group answers unlike the group that comes next.

    side             AGREE or DISAGREE          rate, next_rate   of that answer in the group, and in the next
                     DISAGREE only where more than half of the group do, by the lower end of the interval: "they
                     disagree" must not be said of a group of which most agree. That it agrees less than another
                     stands in the other's list.
    standard_errors  difference of the two rates in standard errors, > 0
    is_clear         at least 1.28 of them; groups in the middle often have no statement that is
    """

    statement: int
    side: int
    rate: float
    next_rate: float
    standard_errors: float
    is_clear: bool


@dataclass(frozen=True, slots=True)
class LittleKnown:
    """A statement whose interval is wider than 30 points in some group; `widest` is the widest width."""

    statement: int
    widest: float


@dataclass(frozen=True, slots=True, eq=False)
class StatementFigures:
    """Every shown statement's figures and four orders of them. Lists are complete; the page cuts them.

    With one group, what unites and what is little known are judged over everybody, and nothing is distinctive.
    A statement that fewer than five people of a judged set have seen stands in `too_little_known` only.
    """

    everyone: Tally
    groups: tuple[Tally, ...]  # in the order of Groups.labels; empty where no groups hold up
    in_between: Tally
    unites: tuple[Uniting, ...]
    divides: tuple[Dividing, ...]
    distinctive: tuple[tuple[Distinctive, ...], ...]  # for each group
    too_little_known: tuple[LittleKnown, ...]


def describe_statements(
    votes: Votes, positions: Positions, groups: Groups, passing: VotingModel | None = None
) -> StatementFigures:
    """Count and rank what people said, for everybody, for each group and for those in between.

    votes, positions, groups   of one conversation, as fitted
    passing    of the same conversation, from `fit_passing`; without it, it is fitted here
    Returns    counts of all participants, placed or not, in `everyone`; shrunk rates and 80 % intervals; rankings of
               the statements that are not excluded.
    Units      rates are shares of those who saw the statement, passes included; variance in squared logits.
    Cost       O(votes · log votes + learners · statements).
    Guarantee  counts are exact; the order of votes does not matter; ties go to the lower statement index.
    Source     Beta intervals with a prior worth eight votes at the mean prediction for the people of the set.
    """
    shown = ~votes.is_excluded
    # One pass over the votes: those of each group, of those in between, and of those not placed.
    groups_found = groups.k if groups.hold_up else 0
    in_between, not_placed = groups_found, groups_found + 1
    sets = np.array([*range(groups.k), not_placed, in_between], dtype=np.int8)[groups.labels]
    if not groups.hold_up:
        sets[groups.labels >= 0] = not_placed
    counts = votes.count_by(sets, count=groups_found + 2)
    passing = passing or fit_passing(votes, positions=positions)
    has_voted = np.diff(votes.participant_starts) > 0
    *expected, of_everyone = expect_answers(
        positions, passing, sets=np.where(has_voted, sets, -1), count=groups_found + 2
    )
    everyone = _tally(counts.sum(axis=0), people=votes.participant_count, towards=of_everyone)
    *group_tallies_found, between = (
        _tally(counts[index], people=int(np.count_nonzero(sets == index)), towards=expected[index])
        for index in range(groups_found + 1)
    )
    group_tallies = tuple(group_tallies_found)
    judged = group_tallies or (everyone,)
    is_heard = shown & np.all([tally.seen >= FEWEST_PEOPLE for tally in judged], axis=0)
    return StatementFigures(
        everyone=everyone,
        groups=group_tallies,
        in_between=between,
        unites=_what_unites(judged, is_heard=is_heard),
        divides=_what_divides(votes, positions, is_heard=shown & (everyone.seen >= FEWEST_PEOPLE)),
        distinctive=_what_is_distinctive(group_tallies, shown=shown),
        too_little_known=_too_little_known(judged, shown=shown),
    )


def tally_votes(votes: Votes, *, members: BoolArray, towards: Tally | Expected | None = None) -> Tally:
    """Count what a set of people said on every statement.

    members   (participants,) who is in the set
    towards   what few votes are drawn towards: what the models expect of the set (`expect_answers`), or the rates of
              a larger set; without it, the share of that answer among all votes on shown statements
    Returns   counts, shrunk rates and 80 % intervals.      Cost   O(votes).
    """
    counts = votes.count_by(np.where(members, 0, -1), count=1)[0]
    if towards is None:
        everybody = counts if members.all() else votes.count_by(np.zeros(len(members), dtype=np.int8), count=1)[0]
        towards = _conversation_rates(votes, everybody)
    return _tally(counts, people=int(np.count_nonzero(members)), towards=towards)


def _tally(counts: NDArray[np.int64], *, people: int, towards: Tally | Expected) -> Tally:
    """Make figures of counts (statements, 3) of disagrees, passes and agrees."""
    disagree, passed, agree = counts.T
    seen = counts.sum(axis=1)
    agree_rate, agree_low, agree_high = _rate(agree, seen=seen, prior=towards.agree_rate)
    disagree_rate, disagree_low, disagree_high = _rate(disagree, seen=seen, prior=towards.disagree_rate)
    return Tally(
        people=people,
        seen=seen,
        agree=agree,
        disagree=disagree,
        passed=passed,
        agree_rate=agree_rate,
        agree_low=agree_low,
        agree_high=agree_high,
        disagree_rate=disagree_rate,
        disagree_low=disagree_low,
        disagree_high=disagree_high,
    )


def _conversation_rates(votes: Votes, counts: NDArray[np.int64]) -> Expected:
    """Expect of every statement the share of agrees, and of disagrees, of all shown votes, never quite 0 or 1."""
    disagree, passed, agree = (int(it) for it in counts[~votes.is_excluded].sum(axis=0))
    total = disagree + passed + agree + 3
    everywhere = np.ones(votes.statement_count)
    return Expected(agree_rate=everywhere * (agree + 1) / total, disagree_rate=everywhere * (disagree + 1) / total)


def _rate(
    count: NDArray[np.int64], *, seen: NDArray[np.int64], prior: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return the shrunk rate and the ends of its interval."""
    prior = np.clip(prior, FEWEST_PSEUDO_VOTES / PSEUDO_VOTES, 1 - FEWEST_PSEUDO_VOTES / PSEUDO_VOTES)
    yes = count + PSEUDO_VOTES * prior
    no = seen - count + PSEUDO_VOTES * (1 - prior)
    tail = (1 - INTERVAL) / 2
    return yes / (yes + no), betaincinv(yes, no, tail), betaincinv(yes, no, 1 - tail)


def _what_unites(judged: tuple[Tally, ...], *, is_heard: BoolArray) -> tuple[Uniting, ...]:
    agree_rate = np.min([tally.agree_rate for tally in judged], axis=0)
    agree_low = np.min([tally.agree_low for tally in judged], axis=0)
    disagree_rate = np.min([tally.disagree_rate for tally in judged], axis=0)
    disagree_low = np.min([tally.disagree_low for tally in judged], axis=0)
    is_agreed = agree_rate >= disagree_rate
    is_majority = np.all(
        [2 * np.where(is_agreed, tally.agree, tally.disagree) > tally.seen for tally in judged], axis=0
    )
    rate = np.where(is_agreed, agree_rate, disagree_rate)
    low = np.where(is_agreed, agree_low, disagree_low)
    return tuple(
        Uniting(
            statement=int(statement),
            side=AGREE if is_agreed[statement] else DISAGREE,
            lowest_rate=float(rate[statement]),
            lower_bound=float(low[statement]),
            is_common_ground=bool(low[statement] > MAJORITY and is_majority[statement]),
        )
        for statement in _largest_first(rate, among=is_heard)
    )


def _what_divides(votes: Votes, positions: Positions, *, is_heard: BoolArray) -> tuple[Dividing, ...]:
    spread = np.cov(positions.people[positions.is_placeable].T, bias=True)
    votes, positions = those_who_teach(votes, positions)
    variance = np.einsum("sa,ab,sb->s", positions.statements, spread, positions.statements)
    rows_by_statement, starts = votes.rows_by_statement()
    divides = []
    for statement in _largest_first(variance, among=is_heard & positions.is_known):
        rows = rows_by_statement[starts[statement] : starts[statement + 1]]
        rows = rows[positions.is_placeable[votes.participants[rows]]]
        pull = positions.people[votes.participants[rows]] @ positions.statements[statement]
        by_pull = rows[np.argsort(pull, kind="stable")]
        end_count = int(len(rows) * END_SHARE)
        is_agree = votes.values[by_pull] == AGREE
        divides.append(
            Dividing(
                statement=int(statement),
                variance=float(variance[statement]),
                agree_rate_far=float(is_agree[:end_count].mean()) if end_count else float("nan"),
                agree_rate_near=float(is_agree[len(rows) - end_count :].mean()) if end_count else float("nan"),
                end_count=end_count,
            )
        )
    return tuple(divides)


def _what_is_distinctive(tallies: tuple[Tally, ...], *, shown: BoolArray) -> tuple[tuple[Distinctive, ...], ...]:
    if len(tallies) < 2:
        return tuple(() for _ in tallies)
    sides = {
        AGREE: np.array([tally.agree_rate for tally in tallies]),
        DISAGREE: np.array([tally.disagree_rate for tally in tallies]),
    }
    seen = np.array([tally.seen for tally in tallies])
    return tuple(
        _distinctive_of(
            group,
            rates_by_side=sides,
            seen=seen,
            may_be_said={AGREE: shown, DISAGREE: shown & (tally.disagree_low > MAJORITY)},
        )
        for group, tally in enumerate(tallies)
    )


def _distinctive_of(
    group: int, *, rates_by_side: dict[int, FloatArray], seen: NDArray[np.int64], may_be_said: dict[int, BoolArray]
) -> tuple[Distinctive, ...]:
    """Rank what this group says more often than any other, each statement by its stronger side."""
    columns = np.arange(seen.shape[1])
    found = []
    for side, rates in rates_by_side.items():
        others = rates.copy()
        others[group] = -1
        following = others.argmax(axis=0)
        next_rate = rates[following, columns]
        error = np.sqrt(_variance(rates[group], seen[group]) + _variance(next_rate, seen[following, columns]))
        is_heard = may_be_said[side] & (seen[group] >= FEWEST_PEOPLE) & (seen[following, columns] >= FEWEST_PEOPLE)
        found.append((side, rates[group], next_rate, np.where(is_heard, (rates[group] - next_rate) / error, -np.inf)))
    best = np.maximum(found[0][3], found[1][3])
    listed = []
    for statement in _largest_first(best, among=best > 0):
        side, rate, next_rate, errors = found[0] if found[0][3][statement] >= found[1][3][statement] else found[1]
        listed.append(
            Distinctive(
                statement=int(statement),
                side=side,
                rate=float(rate[statement]),
                next_rate=float(next_rate[statement]),
                standard_errors=float(errors[statement]),
                is_clear=bool(errors[statement] >= CLEAR_DIFFERENCE),
            )
        )
    return tuple(listed)


def _variance(rate: FloatArray, seen: NDArray[np.int64]) -> FloatArray:
    """Variance of the Beta distribution behind a shrunk rate."""
    return np.asarray(rate * (1 - rate) / (seen + PSEUDO_VOTES + 1))


def _too_little_known(judged: tuple[Tally, ...], *, shown: BoolArray) -> tuple[LittleKnown, ...]:
    agree = np.max([tally.agree_high - tally.agree_low for tally in judged], axis=0)
    disagree = np.max([tally.disagree_high - tally.disagree_low for tally in judged], axis=0)
    widest = np.maximum(agree, disagree)
    is_unheard = np.any([tally.seen < FEWEST_PEOPLE for tally in judged], axis=0)
    return tuple(
        LittleKnown(statement=int(statement), widest=float(widest[statement]))
        for statement in _largest_first(widest, among=shown & ((widest > WIDE_INTERVAL) | is_unheard))
    )


def _largest_first(values: FloatArray, *, among: BoolArray) -> NDArray[np.int64]:
    candidates = np.flatnonzero(among)
    return candidates[np.argsort(-values[candidates], kind="stable")]

"""Figures of statements: counts by hand, intervals, and the four rankings."""

import dataclasses

import numpy as np
import pytest
from scipy import stats

from allting.engine.opinion import (
    AGREE,
    DISAGREE,
    IN_BETWEEN,
    NOT_PLACED,
    Attempt,
    Basis,
    Groups,
    StatementFigures,
    Votes,
    describe_statements,
    expect_answers,
    fit_passing,
    fit_positions,
    pack_votes,
    tally_votes,
)

LEFT, RIGHT, MIDDLE, GUEST = range(10), range(10, 20), range(20, 24), 24
PEOPLE = 25
UNITES, DIVIDES, REJECTED, RARE, HIDDEN = range(5)


def some_votes() -> Votes:
    """Two camps of ten, four people in between and a guest; five statements, each with its own story."""
    rows: list[tuple[int, int, int]] = []
    rows += [(person, UNITES, 1) for person in range(PEOPLE)]
    rows += [(person, DIVIDES, 1) for person in LEFT] + [(person, DIVIDES, -1) for person in RIGHT]
    rows += [(person, DIVIDES, 0) for person in MIDDLE]
    rows += [(person, REJECTED, -1) for person in (*LEFT, *RIGHT)]
    rows += [(person, RARE, 1) for person in (*range(4), *range(10, 16))]
    rows += [(person, HIDDEN, 1) for person in range(PEOPLE)]
    participants, statements, values = zip(*rows, strict=True)
    return pack_votes(
        participants=participants,
        statements=statements,
        values=values,
        participant_count=PEOPLE,
        statement_count=5,
        excluded=(HIDDEN,),
    )


def some_groups(*, k: int = 2) -> Groups:
    labels = np.zeros(PEOPLE, dtype=np.int32)
    if k == 2:
        labels[10:20] = 1
        labels[20:24] = IN_BETWEEN
    labels[GUEST] = NOT_PLACED
    attempt = Attempt(
        k=k,
        refit_agreements=(1.0,) * 5,
        stability=1.0,
        placed_share=1.0,
        loss=0.5,
        loss_of_fewer=0.6,
        smallest_share=0.4,
        smallest_count=10,
        failed=(),
    )
    return Groups(
        k=k,
        labels=labels,
        posterior=np.zeros((PEOPLE, k)),
        numbers=tuple(range(k)),
        sizes=(10, 10)[:k],
        centres=np.zeros((k, 4)),
        basis=Basis.POSITIONS,
        axes_used=1,
        in_between_count=4,
        not_placed_count=1,
        attempts=(attempt,),
    )


def figures(*, k: int = 2) -> StatementFigures:
    votes = some_votes()
    return describe_statements(votes, fit_positions(votes), some_groups(k=k))


def test_everybody_is_counted_placed_or_not() -> None:
    everyone = figures().everyone

    assert everyone.people == PEOPLE
    assert everyone.seen.tolist() == [25, 24, 20, 10, 25]
    assert everyone.agree.tolist() == [25, 10, 0, 10, 25]
    assert everyone.disagree.tolist() == [0, 10, 20, 0, 0]
    assert everyone.passed.tolist() == [0, 4, 0, 0, 0]


def test_each_group_and_those_in_between_are_counted_apart() -> None:
    found = figures()

    assert [tally.people for tally in found.groups] == [10, 10]
    assert found.groups[0].agree.tolist() == [10, 10, 0, 4, 10]
    assert found.groups[1].disagree.tolist() == [0, 10, 10, 0, 0]
    assert found.in_between.people == 4
    assert found.in_between.passed.tolist() == [0, 4, 0, 0, 0]


def test_rates_are_drawn_by_eight_votes_to_what_the_models_expect_and_bounded_by_the_beta_distribution() -> None:
    votes = some_votes()
    positions = fit_positions(votes)
    sets = np.where(some_groups().labels == 0, 0, 1)
    of_left, _, of_everyone = expect_answers(positions, fit_passing(votes, positions=positions), sets=sets, count=2)

    found = figures()

    everyone, left = found.everyone, found.groups[0]
    prior = np.clip(of_everyone.agree_rate[DIVIDES], 1 / 16, 15 / 16)
    assert everyone.agree_rate[DIVIDES] == pytest.approx((10 + 8 * prior) / (24 + 8))
    prior = np.clip(of_left.agree_rate[DIVIDES], 1 / 16, 15 / 16)  # never less than half a vote of either answer
    beta = stats.beta(10 + 8 * prior, 0 + 8 * (1 - prior))
    assert left.agree_rate[DIVIDES] == pytest.approx(beta.mean())
    assert left.agree_low[DIVIDES] == pytest.approx(beta.ppf(0.1))
    assert left.agree_high[DIVIDES] == pytest.approx(beta.ppf(0.9))
    assert np.all(left.disagree_low <= left.disagree_rate)
    assert np.all(left.disagree_rate <= left.disagree_high)


def test_without_a_set_to_draw_towards_it_is_the_rate_of_the_conversation() -> None:
    alone = tally_votes(some_votes(), members=np.arange(PEOPLE) < 10)

    # 79 votes on shown statements, 45 of them agrees.
    conversation = (45 + 1) / (79 + 3)
    assert alone.agree_rate[RARE] == pytest.approx((4 + 8 * conversation) / (4 + 8))


def test_what_unites_is_what_the_least_willing_group_still_says() -> None:
    found = figures()

    assert [(uniting.statement, uniting.side) for uniting in found.unites] == [
        (UNITES, AGREE),
        (REJECTED, DISAGREE),
        (DIVIDES, AGREE),
    ]
    assert [uniting.is_common_ground for uniting in found.unites] == [True, True, False]
    assert found.unites[0].lowest_rate == min(tally.agree_rate[UNITES] for tally in found.groups)
    assert found.unites[0].lower_bound == min(tally.agree_low[UNITES] for tally in found.groups)


def test_what_others_say_makes_no_common_ground_of_half_a_group() -> None:
    """Four of eight agree, everybody else does: drawn towards everybody, the group's lower bound is above one half."""
    rows = [(person, 0, 1) for person in range(192)] + [
        (192 + person, 0, 1 if person < 4 else -1) for person in range(8)
    ]
    participants, statements, values = zip(*rows, strict=True)
    votes = pack_votes(
        participants=participants, statements=statements, values=values, participant_count=200, statement_count=1
    )
    labels = np.where(np.arange(200) < 192, 0, 1).astype(np.int32)
    groups = dataclasses.replace(some_groups(), labels=labels, posterior=np.zeros((200, 2)))

    uniting = describe_statements(votes, fit_positions(votes), groups).unites[0]

    assert uniting.lower_bound > 0.5
    assert not uniting.is_common_ground


def test_what_divides_comes_with_the_shares_at_both_ends() -> None:
    dividing = figures().divides[0]

    assert dividing.statement == DIVIDES
    assert (dividing.agree_rate_far, dividing.agree_rate_near) == (0.0, 1.0)


def test_what_is_distinctive_names_each_statement_once_with_its_stronger_side() -> None:
    left, right = figures().distinctive

    assert (left[0].statement, left[0].side) == (DIVIDES, AGREE)
    assert (right[0].statement, right[0].side) == (DIVIDES, DISAGREE)
    assert left[0].is_clear
    assert left[0].rate > 0.7 > 0.3 > left[0].next_rate
    for listed in (left, right):
        assert len({entry.statement for entry in listed}) == len(listed)
        assert RARE not in {entry.statement for entry in listed}  # four people of the left have seen it


@pytest.mark.parametrize(("disagreeing", "is_said"), [(3, False), (6, False), (11, True)])
def test_a_group_is_said_to_disagree_only_where_most_of_it_surely_do(disagreeing: int, is_said: bool) -> None:
    """Of twelve on the left, some disagree with the last statement; of twelve on the right, nobody does."""
    rows = [(person, statement, 1 if person < 12 else -1) for person in range(24) for statement in range(6)]
    rows += [(person, 6, -1 if person < disagreeing else 1) for person in range(24)]
    participants, statements, values = zip(*rows, strict=True)
    votes = pack_votes(
        participants=participants, statements=statements, values=values, participant_count=24, statement_count=7
    )
    groups = dataclasses.replace(
        some_groups(), labels=np.repeat([0, 1], 12).astype(np.int32), posterior=np.zeros((24, 2))
    )

    left, right = describe_statements(votes, fit_positions(votes), groups).distinctive

    assert ((6, DISAGREE) in {(entry.statement, entry.side) for entry in left}) == is_said
    # Who agrees less is told by who agrees more.
    assert (6, AGREE) in {(entry.statement, entry.side) for entry in right}


def test_a_statement_that_four_people_of_a_group_saw_is_only_listed_as_little_known() -> None:
    found = figures()

    assert RARE in {entry.statement for entry in found.too_little_known}
    assert RARE not in {entry.statement for entry in found.unites}


def test_hidden_statements_are_in_no_list() -> None:
    found = figures()

    for listed in (found.unites, found.divides, found.too_little_known, *found.distinctive):
        assert HIDDEN not in {entry.statement for entry in listed}


def test_without_groups_everybody_is_judged() -> None:
    found = figures(k=1)

    assert found.groups == ()
    assert found.distinctive == ()
    assert {uniting.statement for uniting in found.unites} == {UNITES, DIVIDES, REJECTED, RARE}
    assert found.unites[0].lowest_rate == found.everyone.agree_rate[UNITES]


def test_twice_as_many_people_make_intervals_narrower() -> None:
    votes = some_votes()
    doubled = pack_votes(
        participants=np.concatenate([votes.participants, votes.participants + PEOPLE]),
        statements=np.tile(votes.statements, 2),
        values=np.tile(votes.values, 2),
        participant_count=2 * PEOPLE,
        statement_count=5,
        excluded=(HIDDEN,),
    )
    groups = some_groups()
    twice = dataclasses.replace(groups, labels=np.tile(groups.labels, 2), posterior=np.tile(groups.posterior, (2, 1)))

    found = describe_statements(doubled, fit_positions(doubled), twice)

    for before, after in zip(figures().groups, found.groups, strict=True):
        assert np.array_equal(after.agree, 2 * before.agree)
        assert np.all(after.agree_high - after.agree_low < before.agree_high - before.agree_low)

from dataclasses import replace
from fractions import Fraction
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allting.engine.selection import errors
from allting.engine.selection.ballots import pack_ballots
from allting.engine.selection.certificate import make_certificate, payments_hold
from allting.engine.selection.outcome import Phase
from allting.engine.selection.shares import equal_shares, equal_shares_of_budget
from allting.engine.selection.tied import tied_by_equal_shares
from allting.engine.selection.ties import TieBreak, draw
from tests.engine.selection import twin
from tests.engine.selection.rounds import make_round, name, small_rounds

# The running example of Lackner and Skowron 2023, "Multi-Winner Voting with Approval Preferences", four seats.
RUNNING_EXAMPLE = ("ab", "ab", "ab", "ac", "ac", "ac", "ad", "ad", "bcf", "e", "f", "g")


def test_the_running_example_comes_out_as_on_paper():
    ballots = make_round(*RUNNING_EXAMPLE)

    selection = equal_shares(ballots, seats=4, seed="s")

    # Everybody has 1/3. Eight people buy a for 1/8 each and keep 5/24; then b has 3 * 5/24 + 1/3 = 23/24: not enough.
    # Everybody earns on. b and c both lack 1/24 from four people: 1/96. Say b is drawn. Then c has three people with
    # 5/24 + t and one with t - 1/96, which is 1 at t = 37/384; d has two with 5/24 + t, at t = 7/24; f comes later.
    assert name(ballots, selection.chosen) in ("abcd", "acbd")
    assert [purchase.moment for purchase in selection.purchases] == [
        0,
        Fraction(1, 96),
        Fraction(37, 384),
        Fraction(7, 24),
    ]
    assert selection.purchases[0].price == Fraction(1, 8)
    assert [purchase.phase for purchase in selection.purchases[:2]] == [Phase.SHARES, Phase.COMPLETION]
    (tie,) = selection.ties
    assert (tie.seat, name(ballots, tie.options), tie.decided_by) == (2, "bc", TieBreak.SEED)


def test_a_minority_of_a_third_decides_over_a_third_of_the_seats():
    ballots = make_round(*["abc"] * 6, *["xyz"] * 3)

    selection = equal_shares(ballots, seats=3, seed="s")

    # Each has 1/3: six people buy two for 1/6 each; three people buy one for 1/3 each.
    assert [purchase.price for purchase in selection.purchases] == [Fraction(1, 6), Fraction(1, 6), Fraction(1, 3)]
    assert sum(letter in "abc" for letter in name(ballots, selection.chosen)) == 2
    assert selection.chosen_by_shares() == 3
    assert all(purse.left == 0 for purse in selection.purses)


def test_who_has_little_left_pays_it_and_the_others_split_the_rest():
    ballots = make_round("a", "a", "ab", "b")

    selection = equal_shares(ballots, seats=2, seed="s")

    # 1/2 each. a: 1/3 from three people. The one for both has 1/6 left, so b would need 5/6 from one who has 1/2.
    # Earning: b has 1/6 + 1/2 = 2/3 and needs 1/3 more from two people: at moment 1/6.
    assert [purchase.price for purchase in selection.purchases] == [Fraction(1, 3), Fraction(2, 3)]
    both = selection.purse_of_person(2)
    assert both.paid == ((0, Fraction(1, 3)), (1, Fraction(1, 3)))
    assert both.left == 0
    assert selection.income == Fraction(1, 2) + Fraction(1, 6)


def test_real_costs_go_to_the_smallest_payment_per_unit_of_cost():
    ballots = make_round("a", "a", "a", "b", "b")

    selection = equal_shares_of_budget(ballots, costs=[60, 30], budget=100, seed="s")

    # 20 each. a costs three people 20 each (1/3 per unit), b two people 15 each (1/2 per unit).
    assert name(ballots, selection.chosen) == "ab"
    assert [purchase.price for purchase in selection.purchases] == [20, 15]
    assert selection.unspent == 10


def test_shares_are_raised_until_the_next_raise_would_overspend():
    ballots = make_round("a", "b", "c")

    selection = equal_shares_of_budget(ballots, costs=[40, 50, 60], budget=99, seed="s")

    # 33 each buys nothing; 40 buys a; 50 buys b as well; 60 would overspend, but nothing fits before: 9 are left.
    assert name(ballots, selection.chosen) == "ab"
    assert (selection.raised_by, selection.unspent) == (17, 9)


@given(small_rounds(), st.integers(1, 6))
@settings(max_examples=50, deadline=None)
def test_the_twin_on_paper_finds_the_same(case, seats):
    votes, names = case

    selection = equal_shares(pack_ballots(approvals=votes, options=names), seats=seats, seed="s")

    chosen, payments, left = twin.equal_shares(votes, names=names, seats=seats, seed="s")
    assert list(selection.chosen) == chosen
    for person, (paid, rest) in enumerate(zip(payments, left, strict=True)):
        assert dict(selection.purse_of_person(person).paid) == paid
        assert selection.purse_of_person(person).left == rest
    assert payments_hold(selection)


@given(small_rounds(people=40, options=12), st.integers(1, 12))
@settings(max_examples=40, deadline=None)
def test_the_twin_finds_the_same_in_larger_rounds(case, seats):
    votes, names = case

    selection = equal_shares(pack_ballots(approvals=votes, options=names), seats=seats, seed="s")

    assert list(selection.chosen) == twin.equal_shares(votes, names=names, seats=seats, seed="s")[0]


@given(small_rounds(people=6, options=5), st.data())
@settings(max_examples=40, deadline=None)
def test_the_twin_finds_the_same_with_costs(case, data):
    votes, names = case
    costs = data.draw(st.lists(st.integers(1, 9), min_size=len(names), max_size=len(names)))
    budget = data.draw(st.integers(max(costs), 18))

    selection = equal_shares_of_budget(
        pack_ballots(approvals=votes, options=names), costs=costs, budget=budget, seed="s"
    )

    chosen, raised = twin.equal_shares_of_budget(votes, names=names, costs=costs, budget=budget, seed="s")
    assert (list(selection.chosen), selection.raised_by) == (chosen, raised)
    assert sum(costs[option] for option in selection.chosen) + selection.unspent == budget
    assert selection.unspent >= 0
    assert payments_hold(selection)


@given(small_rounds(), st.integers(1, 6))
@settings(max_examples=50, deadline=None)
def test_everything_is_paid_exactly_and_nobody_overspends(case, seats):
    votes, names = case

    selection = equal_shares(pack_ballots(approvals=votes, options=names), seats=seats, seed="s")

    for purchase in selection.purchases:
        paid = [dict(purse.paid).get(purchase.option, 0) * purse.people for purse in selection.purses]
        assert sum(paid) == 1
    for purse in selection.purses:
        assert purse.left >= 0
        assert purse.spent + purse.left == selection.income
    assert len(selection.chosen) + selection.unspent == seats


@given(small_rounds(), st.integers(1, 6), st.randoms(use_true_random=False))
@settings(max_examples=50, deadline=None)
def test_neither_the_order_of_people_nor_that_of_options_matters(case, seats, random):
    votes, names = case
    first = equal_shares(pack_ballots(approvals=votes, options=names), seats=seats, seed="s")
    columns = random.sample(range(len(names)), len(names))
    moved = [[columns.index(option) for option in vote] for vote in random.sample(votes, len(votes))]

    second = equal_shares(
        pack_ballots(approvals=moved, options=[names[column] for column in columns]), seats=seats, seed="s"
    )

    assert [second.ballots.options[option] for option in second.chosen] == [names[option] for option in first.chosen]
    assert make_certificate(first, with_ballots=True) == make_certificate(second, with_ballots=True)


@given(small_rounds(), st.integers(1, 6))
@settings(max_examples=50, deadline=None)
def test_twice_the_same_people_choose_the_same(case, seats):
    votes, names = case

    once = equal_shares(pack_ballots(approvals=votes, options=names), seats=seats, seed="s")
    twice = equal_shares(pack_ballots(approvals=votes * 2, options=names), seats=seats, seed="s")

    assert once.chosen == twice.chosen


@given(small_rounds(), st.integers(1, 6), st.sampled_from("stuvw"))
@settings(max_examples=50, deadline=None)
def test_one_seed_gives_one_answer_and_every_answer_is_among_the_tied(case, seats, seed):
    votes, names = case
    ballots = pack_ballots(approvals=votes, options=names)

    chosen = equal_shares(ballots, seats=seats, seed=seed).chosen

    assert chosen == equal_shares(ballots, seats=seats, seed=seed).chosen
    assert any(set(chosen) <= outcome for outcome in tied_by_equal_shares(ballots, seats=seats))


@given(small_rounds(people=7, options=5), st.integers(1, 5))
@settings(max_examples=50, deadline=None)
def test_every_group_that_agrees_gets_its_share_of_what_shares_buy(case, seats):
    """Extended justified representation by brute force: all groups, all sets of options they agree on."""
    votes, names = case

    selection = equal_shares(pack_ballots(approvals=votes, options=names), seats=seats, seed="s")

    chosen = {purchase.option for purchase in selection.purchases if purchase.phase is Phase.SHARES}
    for size in range(1, len(votes) + 1):
        for group in combinations(votes, size):
            deserved = min(len(set.intersection(*map(set, group))), size * seats // len(votes))
            assert max(len(chosen & set(vote)) for vote in group) >= deserved


def test_ties_go_to_more_supporters_first():
    ballots = make_round("ax", "ax", "a", "a", "x", "", "y", "y")

    selection = equal_shares(ballots, seats=2, seed="s")

    # 1/4 each: a takes all of four people. x then has 1/4 and three supporters, y 1/2 and two: both at moment 1/4.
    assert name(ballots, selection.chosen) == "ax"
    (tie,) = selection.ties
    assert (name(ballots, tie.options), tie.decided_by) == ("xy", TieBreak.SUPPORTERS)


def test_the_seed_decides_between_equals_and_the_tie_is_kept():
    ballots = make_round("a", "b", "c")

    chosen = {name(ballots, equal_shares(ballots, seats=1, seed=str(seed)).chosen) for seed in range(20)}

    tie = equal_shares(ballots, seats=1, seed="0").ties[0]
    assert chosen == {"a", "b", "c"}
    assert (tie.seat, tie.options, tie.decided_by) == (1, (0, 1, 2), TieBreak.SEED)
    assert tie.chosen == min(range(3), key=lambda option: draw(seed="0", name="abc"[option]))


def test_seats_stay_open_when_nobody_supports_what_is_left():
    selection = equal_shares(make_round("a", "a", options="abc"), seats=3, seed="s")

    assert (selection.chosen, selection.unspent) == ((0,), 2)


def test_blank_ballots_choose_nothing():
    selection = equal_shares(make_round("", "", options="ab"), seats=2, seed="s")

    assert (selection.chosen, selection.unspent) == ((), 2)
    assert selection.purses[0].left == selection.income == 1


def test_one_person_decides_everything():
    ballots = make_round("ab", options="abc")

    assert set(equal_shares(ballots, seats=2, seed="s").chosen) == {0, 1}


def test_what_cannot_be_meant_is_refused():
    ballots = make_round("a", "b")

    with pytest.raises(errors.SeatsTooFew):
        equal_shares(ballots, seats=0, seed="s")
    with pytest.raises(errors.NoSeed):
        equal_shares(ballots, seats=1, seed="")
    for costs, budget, refusal in [
        ([1, 1], 0, errors.BudgetTooSmall),
        ([1], 5, errors.ColumnsUneven),
        ([0, 1], 5, errors.CostTooSmall),
        ([6, 1], 5, errors.CostAboveBudget),
    ]:
        with pytest.raises(refusal):
            equal_shares_of_budget(ballots, costs=costs, budget=budget, seed="s")


def test_prices_that_floating_point_cannot_tell_apart_are_told_apart():
    # One person in 4 * 10^15 makes less of a difference to the price than floating point can hold.
    persons = 4 * 10**15
    ballots = make_round("a", "b")
    people = np.array([persons, persons + 1])
    crowded = replace(ballots, person_count=2 * persons + 1, people=people, supporters=people)
    assert 1.0 / persons - 1.0 / (persons + 1) < 1e-15 / persons

    selection = equal_shares(crowded, seats=1, seed="s")

    assert name(ballots, selection.chosen) == "b"
    assert selection.ties == ()

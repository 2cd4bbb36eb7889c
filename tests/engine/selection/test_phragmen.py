from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allting.engine.selection import errors
from allting.engine.selection.ballots import pack_ballots
from allting.engine.selection.phragmen import rank_by_phragmen, shortlist
from tests.engine.selection import twin
from tests.engine.selection.rounds import make_round, name, small_rounds


def test_the_running_example_comes_out_as_on_paper():
    ballots = make_round("ab", "ab", "ab", "ac", "ac", "ac", "ad", "ad", "bcf", "e", "f", "g")

    ranking = rank_by_phragmen(ballots, length=4, seed="s")

    # a at 1/8. Then b and c: three who started anew at 1/8 and one who did not: (1 + 3/8) / 4 = 11/32. After the first
    # of them one of the other's four starts anew at 11/32: (1 + 3/8 + 11/32) / 4 = 55/128. d: (1 + 2/8) / 2 = 5/8.
    # f: (1 + 55/128) / 2 = 183/256, later than d.
    assert name(ballots, ranking.options) in ("abcd", "acbd")
    assert ranking.moments == (Fraction(1, 8), Fraction(11, 32), Fraction(55, 128), Fraction(5, 8))


@given(small_rounds(), st.integers(1, 6))
@settings(max_examples=50, deadline=None)
def test_the_twin_on_paper_finds_the_same(case, length):
    votes, names = case

    ranking = rank_by_phragmen(pack_ballots(approvals=votes, options=names), length=length, seed="s")

    assert list(ranking.options) == twin.phragmen(votes, names=names, length=length, seed="s")


@given(small_rounds(), st.integers(1, 5))
@settings(max_examples=50, deadline=None)
def test_a_longer_order_begins_with_the_shorter_one(case, length):
    votes, names = case
    ballots = pack_ballots(approvals=votes, options=names)

    shorter = rank_by_phragmen(ballots, length=length, seed="s").options

    assert rank_by_phragmen(ballots, length=length + 1, seed="s").options[: len(shorter)] == shorter


@given(st.lists(st.integers(1, 40), min_size=1, max_size=4, unique=True), st.integers(1, 8))
@settings(max_examples=50, deadline=None)
def test_parties_get_what_d_hondt_gives_them(sizes, seats):
    options = [[party * 8 + place for place in range(8)] for party in range(len(sizes))]
    votes = [options[party] for party, size in enumerate(sizes) for _ in range(size)]
    names = [str(at) for at in range(8 * len(sizes))]

    ranking = rank_by_phragmen(pack_ballots(approvals=votes, options=names), length=seats, seed="s")

    got = [sum(option // 8 == party for option in ranking.options) for party in range(len(sizes))]
    for party, size in enumerate(sizes):  # no party would have deserved another's last seat more
        for other, other_size in enumerate(sizes):
            assert not got[other] or Fraction(size, got[party] + 1) <= Fraction(other_size, got[other])


def test_a_shortlist_keeps_room_for_a_minority():
    ballots = make_round(*["abcdef"] * 8, *["xy"] * 4)

    going_on = shortlist(ballots, seed="s", size=3)

    assert len(set(name(ballots, going_on.options)) & set("xy")) == 1
    assert len(going_on.left_out) == 5


def test_a_shortlist_says_what_too_few_have_seen():
    ballots = make_round("a", "b", options="abc")

    assert shortlist(ballots, seed="s", size=2, shown=[500, 199, 0]).little_shown == (1, 2)
    with pytest.raises(errors.ColumnsUneven):
        shortlist(ballots, seed="s", size=2, shown=[1])


def test_what_cannot_be_meant_is_refused():
    with pytest.raises(errors.SeatsTooFew):
        rank_by_phragmen(make_round("a"), length=0, seed="s")
    with pytest.raises(errors.NoSeed):
        rank_by_phragmen(make_round("a"), length=1, seed="")

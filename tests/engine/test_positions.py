"""Positions: what must not move them, what must mirror them, and what they keep."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allting.engine import errors
from allting.engine.opinion import Votes, fit_positions, pack_votes
from tests.engine.worlds import plant_world

WORLD = plant_world(seed=5, shares=(0.6, 0.4), people=80, statements=30, votes_each=15, pass_share=0.1, skew=0.5)
VOTES = WORLD.votes
FITTED = fit_positions(VOTES)
CLOSE = 1e-6


def repack(
    votes: Votes,
    *,
    participants: np.ndarray | None = None,
    statements: np.ndarray | None = None,
    values: np.ndarray | None = None,
    participant_count: int | None = None,
    statement_count: int | None = None,
    excluded: tuple[int, ...] = (),
) -> Votes:
    return pack_votes(
        participants=votes.participants if participants is None else participants,
        statements=votes.statements if statements is None else statements,
        values=votes.values if values is None else values,
        participant_count=participant_count or votes.participant_count,
        statement_count=statement_count or votes.statement_count,
        excluded=excluded,
    )


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_relabelling_people_and_statements_only_relabels(seed: int) -> None:
    random = np.random.default_rng(seed)
    person, statement = random.permutation(VOTES.participant_count), random.permutation(VOTES.statement_count)

    renamed = fit_positions(
        repack(VOTES, participants=person[VOTES.participants], statements=statement[VOTES.statements])
    )

    assert renamed.people[person] == pytest.approx(FITTED.people, abs=CLOSE)
    assert renamed.statements[statement] == pytest.approx(FITTED.statements, abs=CLOSE)


def test_the_same_votes_give_the_same_numbers_to_the_last_bit() -> None:
    assert np.array_equal(fit_positions(VOTES).people, FITTED.people)


@pytest.mark.parametrize("extra", [1, 40])
def test_statements_nobody_saw_and_people_without_votes_move_nothing(extra: int) -> None:
    positions = fit_positions(
        repack(
            VOTES,
            participant_count=VOTES.participant_count + extra,
            statement_count=VOTES.statement_count + extra,
        )
    )

    assert positions.people[: VOTES.participant_count] == pytest.approx(FITTED.people, abs=CLOSE)
    assert not positions.is_placeable[VOTES.participant_count :].any()
    assert not positions.is_known[VOTES.statement_count :].any()
    assert np.all(positions.statements[VOTES.statement_count :] == 0)


def test_votes_on_an_excluded_statement_teach_nothing() -> None:
    random = np.random.default_rng(1)
    loud = np.arange(VOTES.participant_count)
    participants = np.concatenate([VOTES.participants, loud])
    statements = np.concatenate([VOTES.statements, np.full(len(loud), VOTES.statement_count)])
    values = np.concatenate([VOTES.values, random.choice([-1, 1], len(loud))])

    positions = fit_positions(
        repack(
            VOTES,
            participants=participants,
            statements=statements,
            values=values,
            statement_count=VOTES.statement_count + 1,
            excluded=(VOTES.statement_count,),
        )
    )

    assert positions.people == pytest.approx(FITTED.people, abs=CLOSE)


def test_swapping_agree_and_disagree_mirrors_the_map() -> None:
    mirrored = fit_positions(repack(VOTES, values=-VOTES.values))

    assert mirrored.people == pytest.approx(-FITTED.people, abs=CLOSE)
    assert mirrored.statements == pytest.approx(FITTED.statements, abs=CLOSE)
    assert mirrored.model.statements.mean[:, 0] == pytest.approx(-FITTED.model.statements.mean[:, 0], abs=CLOSE)


def test_doubling_everybody_leaves_the_places_and_makes_statements_surer() -> None:
    doubled = fit_positions(
        repack(
            VOTES,
            participants=np.concatenate([VOTES.participants, VOTES.participants + VOTES.participant_count]),
            statements=np.tile(VOTES.statements, 2),
            values=np.tile(VOTES.values, 2),
            participant_count=2 * VOTES.participant_count,
        )
    )

    half = VOTES.participant_count
    assert doubled.people[:half] == pytest.approx(doubled.people[half:], abs=CLOSE)
    assert np.corrcoef(doubled.people[:half, 0], FITTED.people[:, 0])[0, 1] > 0.99
    spread, doubled_spread = (
        np.diagonal(positions.model.statements.covariance, axis1=1, axis2=2) for positions in (FITTED, doubled)
    )
    assert np.median(doubled_spread / spread) < 0.8


def test_coordinates_keep_the_products_of_the_model() -> None:
    model = FITTED.model

    assert FITTED.people @ FITTED.statements.T == pytest.approx(
        model.people.mean[:, 1:] @ model.statements.mean[:, 1:].T, abs=1e-4
    )


def test_axes_are_in_order_uncorrelated_and_positive_at_their_peak() -> None:
    placed = FITTED.people[FITTED.is_placeable]
    covariance = np.cov(placed.T)

    assert np.all(np.diff(FITTED.axis_shares) <= 0)
    assert FITTED.axis_shares.sum() == pytest.approx(1)
    assert FITTED.shown_share == pytest.approx(FITTED.axis_shares[0] + FITTED.axis_shares[1])
    assert covariance - np.diag(np.diag(covariance)) == pytest.approx(np.zeros((4, 4)), abs=1e-6)
    peaks = np.abs(FITTED.statements).argmax(axis=0)
    assert np.all(FITTED.statements[peaks, np.arange(4)] > 0)


@pytest.mark.parametrize("angle", [0.3, 2.0, np.pi])
def test_a_later_map_is_turned_onto_the_last_one(angle: float) -> None:
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    previous = FITTED.statements[:, :2] @ turn
    previous[3] = np.nan  # not in the last map

    turned = fit_positions(VOTES, previous=previous)

    assert turned.people[:, :2] == pytest.approx(FITTED.people[:, :2] @ turn, abs=1e-4)
    assert turned.shown_share == pytest.approx(FITTED.shown_share)


def test_a_last_map_with_nothing_in_common_is_ignored() -> None:
    turned = fit_positions(VOTES, previous=np.full((VOTES.statement_count, 2), np.nan))

    assert np.array_equal(turned.people, FITTED.people)


def test_people_who_say_the_opposite_lie_at_opposite_ends() -> None:
    split = np.where(np.arange(10) < 5, 1, -1)
    votes = pack_votes(
        participants=np.repeat(np.arange(30), 10),
        statements=np.tile(np.arange(10), 30),
        values=np.concatenate([split if person < 12 else -split for person in range(30)]),
        participant_count=30,
        statement_count=10,
    )

    along = fit_positions(votes).people[:, 0]

    assert np.unique(np.sign(along[:12])).size == 1
    assert np.all(np.sign(along[12:]) == -np.sign(along[0]))
    assert np.ptp(along[:12]) < 1e-6


@pytest.mark.parametrize(
    ("values", "statement_count"),
    [([1] * 12, 3), ([-1] * 12, 3), ([1, -1] * 6, 3), ([1] * 4, 1)],
    ids=["all agree", "all disagree", "alternating", "one statement"],
)
def test_degenerate_votes_still_have_finite_positions(values: list[int], statement_count: int) -> None:
    votes = pack_votes(
        participants=np.repeat(np.arange(4), statement_count),
        statements=np.tile(np.arange(statement_count), 4),
        values=values,
        participant_count=4,
        statement_count=statement_count,
    )

    positions = fit_positions(votes)

    assert np.isfinite(positions.people).all()
    assert np.isfinite(positions.statements).all()


def test_passes_alone_place_nobody() -> None:
    with pytest.raises(errors.NoVotes):
        fit_positions(repack(VOTES, values=np.zeros_like(VOTES.values)))

"""Conversations that are hardly any: each is refused, answered with "too little to say", or drawn without nonsense."""

import warnings
from functools import cache

import numpy as np
import pytest

from allting.engine import errors
from allting.engine.opinion import (
    OpinionMap,
    Reason,
    TooLittle,
    Votes,
    draw_map,
    knowledge_of,
    pack_votes,
)

PEOPLE, STATEMENTS = 30, 10
CAMPS = np.where(np.arange(PEOPLE) < PEOPLE // 2, 1, -1)[:, None] * np.where(np.arange(STATEMENTS) < 7, 1, -1)


def full(grid: np.ndarray, *, excluded: tuple[int, ...] = (), more_people: int = 0, more_statements: int = 0) -> Votes:
    """Pack what everybody said of everything, rows being people; NaN where somebody said nothing."""
    people, statements = np.nonzero(~np.isnan(grid))
    return pack_votes(
        participants=people,
        statements=statements,
        values=grid[people, statements].astype(int),
        participant_count=grid.shape[0] + more_people,
        statement_count=grid.shape[1] + more_statements,
        excluded=excluded,
    )


def said(value: float, *, people: int = PEOPLE, statements: int = STATEMENTS) -> np.ndarray:
    return np.full((people, statements), float(value))


def with_one_dissenter() -> np.ndarray:
    grid = said(1)
    grid[0, :] = -1
    return grid


def with_one_disputed_statement() -> np.ndarray:
    grid = said(1)
    grid[::2, 3] = -1
    return grid


def with_passes_by_all_but_two() -> np.ndarray:
    grid = said(0)
    grid[0, :], grid[1, :] = 1, -1
    return grid


def with_a_statement_everybody_passes_on() -> np.ndarray:
    grid = CAMPS.astype(float)
    grid[:, 2] = 0
    return grid


def with_a_statement_that_one_person_saw() -> np.ndarray:
    grid = CAMPS.astype(float)
    grid[1:, 9] = np.nan
    return grid


@pytest.mark.parametrize(
    ("votes", "reason"),
    [
        (full(said(1, people=1)), Reason.PARTICIPANTS),
        (full(np.tile([1.0, -1.0], (1, 5))), Reason.PARTICIPANTS),
        (full(said(1, statements=1)), Reason.STATEMENTS),
        (full(CAMPS[:, :1].astype(float)), Reason.STATEMENTS),
        (full(said(0)), Reason.ALL_PASSED),
        (full(said(1)), Reason.NOBODY_DISAGREES),
        (full(said(-1)), Reason.NOBODY_DISAGREES),
        (full(np.tile(CAMPS[:1].astype(float), (PEOPLE, 1))), Reason.NOBODY_DISAGREES),
        (full(CAMPS.astype(float), excluded=tuple(range(4))), Reason.STATEMENTS),
        (full(CAMPS.astype(float), excluded=tuple(range(STATEMENTS))), Reason.STATEMENTS),
        (full(np.where(np.arange(STATEMENTS) < 6, CAMPS, np.nan)), Reason.PARTICIPANTS),
    ],
    ids=[
        "one person",
        "one person of two minds",
        "one statement all agree with",
        "one statement all vote on",
        "everybody passes",
        "everybody agrees",
        "everybody disagrees",
        "thirty people identical",
        "six statements are left",
        "no statement is left",
        "six votes each",
    ],
)
def test_too_little_to_say_is_said_with_the_reason(votes: Votes, reason: Reason) -> None:
    answer = draw_map(votes)

    assert isinstance(answer, TooLittle)
    assert answer.reason == reason


@pytest.mark.parametrize(
    ("rows", "refusal"),
    [
        ([], errors.NoVotes),
        ([(0, 0, 2)], errors.UnknownVote),
        ([(0, 5, 1)], errors.IndexOutOfRange),
        ([(3, 0, 1)], errors.IndexOutOfRange),
        ([(-1, 0, 1)], errors.IndexOutOfRange),
        ([(0, 0, 1), (1, 0, 1), (0, 0, 1)], errors.PairTwice),
        ([(0, 0, 1), (1, 0, 1), (0, 0, -1)], errors.PairTwice),
    ],
    ids=["nothing", "a vote of two", "statement beyond", "person beyond", "below zero", "twice", "twice unlike"],
)
def test_what_cannot_be_meant_is_refused(rows: list[tuple[int, int, int]], refusal: type[errors.InputError]) -> None:
    participants, statements, values = zip(*rows, strict=True) if rows else ((), (), ())

    with pytest.raises(refusal):
        pack_votes(
            participants=participants, statements=statements, values=values, participant_count=3, statement_count=5
        )


# What is drawn after all, and the most groups that there can be in it.
DRAWN = {
    "two camps of duplicates": (full(CAMPS.astype(float)), 2),
    "silent visitors and unseen statements": (full(CAMPS.astype(float), more_people=5, more_statements=5), 2),
    "one dissenter": (full(with_one_dissenter()), 1),
    "one disputed statement": (full(with_one_disputed_statement()), 2),
    "all but two pass": (full(with_passes_by_all_but_two()), 1),
    "everybody passes on one": (full(with_a_statement_everybody_passes_on()), 2),
    "one person saw one": (full(with_a_statement_that_one_person_saw()), 2),
}


@cache
def picture_of(name: str) -> OpinionMap:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        picture = draw_map(DRAWN[name][0])
    assert isinstance(picture, OpinionMap)
    return picture


@pytest.mark.parametrize("name", DRAWN)
def test_what_is_drawn_of_hardly_anything_has_no_nonsense_in_it(name: str) -> None:
    picture = picture_of(name)

    assert picture.groups.k <= DRAWN[name][1]
    figures = picture.statements
    knowledge = knowledge_of(picture.positions, picture.passing)
    for numbers in (
        picture.positions.people,
        picture.positions.statements,
        picture.positions.axis_shares,
        picture.groups.posterior,
        picture.groups.centres,
        knowledge.agreeing.means,
        knowledge.passing.means,
    ):
        assert np.isfinite(numbers).all()
    for tally in (figures.everyone, figures.in_between, *figures.groups):
        for low, rate, high in (
            (tally.agree_low, tally.agree_rate, tally.agree_high),
            (tally.disagree_low, tally.disagree_rate, tally.disagree_high),
        ):
            assert np.all((low >= 0) & (low <= rate) & (rate <= high) & (high <= 1))


def test_duplicated_people_stand_in_one_place_and_in_one_group() -> None:
    picture = picture_of("two camps of duplicates")

    for camp in (slice(0, 15), slice(15, 30)):
        assert np.ptp(picture.positions.people[camp], axis=0).max() < 1e-6
        assert len(set(picture.groups.labels[camp].tolist())) == 1
    assert picture.positions.people[0, 0] * picture.positions.people[-1, 0] < 0

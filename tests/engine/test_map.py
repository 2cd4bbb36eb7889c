"""The whole map: when it is too early for one, and that drawing one changes nothing."""

import tempfile
import threading
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allting.engine import errors
from allting.engine.opinion import (
    METHOD,
    VERSION,
    OpinionMap,
    PreviousMap,
    Reason,
    TooLittle,
    Votes,
    draw_map,
    input_digest,
    pack_votes,
)
from tests.engine.worlds import plant_world

WORLD = plant_world(seed=7, people=150, statements=24, votes_each=18)


@dataclass(slots=True)
class Listener:
    """Remembers the progress it is told."""

    heard: list[tuple[str, int, int]] = field(default_factory=list)

    def reached(self, *, step: str, done: int, total: int) -> None:
        self.heard.append((step, done, total))


@pytest.fixture(scope="module")
def listener() -> Listener:
    return Listener()


@pytest.fixture(scope="module")
def picture(listener: Listener) -> OpinionMap:
    drawn = draw_map(WORLD.votes, progress=listener)
    assert isinstance(drawn, OpinionMap)
    return drawn


def crowd(*, people: int = 20, statements: int = 7, values: np.ndarray | None = None, **more: object) -> Votes:
    """Everybody votes on everything; even people agree, odd ones do not, unless other values are given."""
    shape = (people, statements)
    grid = (
        np.where(np.arange(people)[:, None] % 2 == 0, 1, -1) * np.ones(shape, dtype=int) if values is None else values
    )
    return pack_votes(
        participants=np.repeat(np.arange(people), statements),
        statements=np.tile(np.arange(statements), people),
        values=np.broadcast_to(grid, shape).ravel(),
        participant_count=people,
        statement_count=statements,
        **more,  # type: ignore[arg-type]
    )


@pytest.mark.parametrize(
    ("votes", "reason"),
    [
        (crowd(statements=6), Reason.STATEMENTS),
        (crowd(excluded=[0]), Reason.STATEMENTS),
        (crowd(people=19), Reason.PARTICIPANTS),
        (crowd(statements=8, excluded=[0], people=19), Reason.PARTICIPANTS),
        (crowd(values=np.array(0)), Reason.ALL_PASSED),
        (crowd(values=np.array(1)), Reason.NOBODY_DISAGREES),
        (crowd(values=np.array([1, 1, 1, -1, -1, 0, 1])), Reason.NOBODY_DISAGREES),
    ],
    ids=["statements", "excluded", "participants", "both", "passes", "agreement", "same answers"],
)
def test_too_little_is_said_instead_of_drawn(votes: Votes, reason: Reason) -> None:
    answer = draw_map(votes)

    assert isinstance(answer, TooLittle)
    assert answer.reason == reason


def test_too_little_says_what_is_missing() -> None:
    answer = draw_map(crowd(people=12, statements=8, excluded=[7]))

    assert isinstance(answer, TooLittle)
    assert (answer.participant_count, answer.participants_needed) == (12, 20)
    assert (answer.statement_count, answer.statements_needed) == (7, 7)
    assert (answer.votes_each, answer.vote_count) == (7, 84)


def test_just_enough_is_drawn() -> None:
    answer = draw_map(crowd())

    assert isinstance(answer, OpinionMap)


def test_people_with_six_votes_do_not_count_towards_the_twenty() -> None:
    answer = draw_map(crowd(statements=8, excluded=[0, 1]))

    assert isinstance(answer, TooLittle)
    assert answer.participant_count == 0


def test_a_map_says_how_it_was_made_and_from_what(picture: OpinionMap) -> None:
    assert (picture.method, picture.version) == (METHOD, VERSION) == ("allting-opinion", "3")
    assert picture.digest == input_digest(WORLD.votes)
    assert picture.shown_share == pytest.approx(picture.positions.axis_shares[:2].sum())


def test_the_ends_of_an_axis_are_its_outermost_statements(picture: OpinionMap) -> None:
    for axis, ends in enumerate(picture.axis_ends):
        along = picture.positions.statements[:, axis]
        assert ends.low[0] == along.argmin()
        assert ends.high[0] == along.argmax()
        assert not set(ends.low) & set(ends.high)


def test_drawing_changes_neither_the_votes_nor_the_global_random_state() -> None:
    votes = crowd()
    digest = input_digest(votes)
    np.random.seed(3)
    state = np.random.get_state()[1].tolist()  # type: ignore[union-attr, index]

    draw_map(votes)

    assert input_digest(votes) == digest
    assert np.random.get_state()[1].tolist() == state  # type: ignore[union-attr, index]


def test_the_same_votes_draw_the_same_map_and_follow_the_last(picture: OpinionMap) -> None:
    mirrored = PreviousMap(
        statements=-picture.positions.statements, groups=np.where(picture.groups.labels >= 0, 4, -1).astype(np.int32)
    )

    again, following = draw_map(WORLD.votes), draw_map(WORLD.votes, previous=mirrored)

    assert isinstance(again, OpinionMap)
    assert isinstance(following, OpinionMap)
    assert np.array_equal(again.positions.people, picture.positions.people)
    assert np.array_equal(again.groups.labels, picture.groups.labels)
    assert following.positions.people[:, :2] == pytest.approx(-picture.positions.people[:, :2], abs=1e-6)
    assert following.groups.k == picture.groups.k
    assert 4 in following.groups.numbers


@pytest.mark.usefixtures("picture")
def test_progress_counts_steadily_to_the_end(listener: Listener) -> None:
    heard = listener.heard

    assert [done for _, done, _ in heard] == list(range(9))
    assert {total for *_, total in heard} == {8}
    assert (heard[0][0], heard[-1][0]) == ("positions", "finished")


@dataclass(slots=True)
class Stops:
    """Has enough at one step."""

    at: int

    def reached(self, *, step: str, done: int, total: int) -> None:
        if done == self.at:
            raise errors.Cancelled(step=step)


@pytest.mark.parametrize("at", [0, 3, 7, 8])
def test_whoever_listens_may_stop_it_and_nothing_is_left_behind(
    at: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    votes = crowd()
    digest, settings_before, threads = input_digest(votes), np.geterr(), threading.active_count()
    np.random.seed(3)
    state = np.random.get_state()[1].tolist()  # type: ignore[union-attr, index]

    with pytest.raises(errors.Cancelled) as cancelled:
        draw_map(votes, progress=Stops(at=at))

    assert cancelled.value.data == {"step": ["positions", "", "", "refit", "", "", "", "statements", "finished"][at]}
    assert input_digest(votes) == digest
    assert np.random.get_state()[1].tolist() == state  # type: ignore[union-attr, index]
    assert np.geterr() == settings_before
    assert threading.active_count() == threads
    assert list(tmp_path.iterdir()) == []


@given(seed=st.integers(0, 999), shares=st.sampled_from([(1.0,), (0.6, 0.4), (0.5, 0.3, 0.2)]))
@settings(max_examples=2, deadline=None)
def test_neither_the_order_of_votes_nor_names_change_the_map(seed: int, shares: tuple[float, ...]) -> None:
    votes = plant_world(seed=seed, shares=shares, people=100, statements=20, votes_each=15, spread=1.5).votes
    random = np.random.default_rng(seed)
    person, statement, row = random.permutation(100), random.permutation(20), random.permutation(len(votes.values))
    renamed = pack_votes(
        participants=person[votes.participants[row]],
        statements=statement[votes.statements[row]],
        values=votes.values[row],
        participant_count=100,
        statement_count=20,
    )

    drawn, again = draw_map(votes), draw_map(renamed)

    assert isinstance(drawn, OpinionMap)
    assert isinstance(again, OpinionMap)
    assert again.groups.k == drawn.groups.k
    assert again.groups.basis == drawn.groups.basis
    assert np.array_equal(again.groups.labels[person], drawn.groups.labels)
    assert again.positions.people[person] == pytest.approx(drawn.positions.people, abs=1e-4)
    assert again.positions.statements[statement] == pytest.approx(drawn.positions.statements, abs=1e-4)

"""Between complete maps only who answered since is moved, and the page says so."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from allting.opinions import kinds, maps, vote_files
from allting.opinions.models import Conversation, MapPlace, MapSnapshot, Statement
from allting.record.kinds import Words
from allting.record.models import Actor
from tests.make.maps import make_map, make_voted_conversation
from tests.make.opinions import AGREE, DISAGREE, cast, make_device_actor, statements_of
from tests.make.processes import NOW

MINUTE = timedelta(minutes=1)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def large_enough(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.DATA_DIR = tmp_path
    monkeypatch.setattr(maps, "QUICK_FROM_VOTES", 100)


@pytest.fixture
def conversation() -> Conversation:
    """Two camps of sixty, whose complete map is drawn."""
    conversation = make_voted_conversation(people=120)
    assert make_map(conversation).is_complete
    return conversation


def join_camp(conversation: Conversation, *, people: int, camp: int, now: datetime) -> list[Actor]:
    """Let newcomers answer as a camp does: with its own statements, and with the first three."""
    voters = [make_device_actor() for _ in range(people)]
    for voter in voters:
        for number, statement in enumerate(statements_of(conversation)):
            value = AGREE if number < 3 or number % 2 == camp else DISAGREE
            cast(statement, value, actor=voter, now=now)
    return voters


def places() -> dict[int, tuple[float, float, int]]:
    return {it.actor_id: (it.x, it.y, it.group) for it in MapPlace.objects.all()}


def state_of(conversation: Conversation) -> Path:
    (state,) = vote_files.folder_of(conversation.pk).glob("state-*")
    return state


def positions_in(conversation: Conversation) -> dict[int, list[float]]:
    state = state_of(conversation)
    rows = zip(np.load(state / "actor_ids.npy").tolist(), np.load(state / "people_mean.npy").tolist(), strict=True)
    return dict(rows)


def test_a_map_after_a_few_votes_is_quick_and_moves_only_who_voted(conversation: Conversation) -> None:
    before, stood = places(), positions_in(conversation)
    (group_of_camp,) = {before[actor][2] for actor in list(before)[::2] if before[actor][2] >= 0}
    voters = join_camp(conversation, people=6, camp=0, now=NOW + MINUTE)

    snapshot = make_map(conversation, now=NOW + 2 * MINUTE)

    after = places()
    assert not snapshot.is_complete
    assert snapshot.people_count == 126
    assert {after[it.pk][2] for it in voters} == {group_of_camp}
    assert all(after[actor][2] == group for actor, (_x, _y, group) in before.items())
    now = positions_in(conversation)
    assert {actor for actor, position in now.items() if stood.get(actor) != position} == {it.pk for it in voters}


def test_quick_and_complete_agree(conversation: Conversation, monkeypatch: pytest.MonkeyPatch) -> None:
    join_camp(conversation, people=6, camp=1, now=NOW + MINUTE)
    quick = make_map(conversation, now=NOW + 2 * MINUTE)
    as_quick = places()
    monkeypatch.setattr(maps, "QUICK_FROM_VOTES", 10**6)
    join_camp(conversation, people=5, camp=1, now=NOW + 3 * MINUTE)

    complete = make_map(conversation, now=NOW + 4 * MINUTE)

    as_complete = places()
    assert (quick.is_complete, complete.is_complete) == (False, True)
    assert (quick.outcome, len(quick.figures["groups"])) == (complete.outcome, len(complete.figures["groups"]))
    same = [as_quick[it][2] == as_complete[it][2] for it in as_quick]
    assert np.mean(same) > 0.95


def test_quick_maps_follow_each_other(conversation: Conversation) -> None:
    for round_number in range(1, 3):
        join_camp(conversation, people=5, camp=0, now=NOW + round_number * 2 * MINUTE)
        snapshot = make_map(conversation, now=NOW + (round_number * 2 + 1) * MINUTE)

    assert not snapshot.is_complete
    assert snapshot.people_count == 130
    assert len(places()) == 130


@pytest.mark.parametrize(
    ("newcomers", "later", "is_complete"),
    [(6, 2 * MINUTE, False), (6, timedelta(hours=2), False), (13, 2 * MINUTE, False), (13, timedelta(hours=2), True)],
)
def test_a_complete_map_is_due_with_a_tenth_more_votes_at_most_hourly(
    conversation: Conversation, newcomers: int, later: timedelta, is_complete: bool
) -> None:
    join_camp(conversation, people=newcomers, camp=0, now=NOW + MINUTE)

    assert make_map(conversation, now=NOW + later).is_complete is is_complete


def test_the_map_at_closing_is_complete(conversation: Conversation) -> None:
    join_camp(conversation, people=6, camp=0, now=NOW + MINUTE)
    closed_at = conversation.item.activity.closes_at + MINUTE

    assert make_map(conversation, now=closed_at).is_complete


def test_after_a_statement_was_hidden_everybody_is_placed_anew(conversation: Conversation) -> None:
    join_camp(conversation, people=6, camp=0, now=NOW + MINUTE)
    Statement.objects.filter(pk=statements_of(conversation)[3].pk).update(state=Statement.State.DECLINED)

    assert make_map(conversation, now=NOW + 2 * MINUTE).is_complete


def test_without_the_state_of_the_last_map_the_next_is_complete(conversation: Conversation) -> None:
    vote_files.remove(conversation.pk)
    join_camp(conversation, people=6, camp=0, now=NOW + MINUTE)

    assert make_map(conversation, now=NOW + 2 * MINUTE).is_complete


def test_small_conversations_are_always_drawn_completely(
    conversation: Conversation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(maps, "QUICK_FROM_VOTES", 10**6)
    join_camp(conversation, people=6, camp=0, now=NOW + MINUTE)

    assert make_map(conversation, now=NOW + 2 * MINUTE).is_complete


def test_who_is_erased_leaves_the_state_of_the_map(conversation: Conversation) -> None:
    actor = Actor.objects.get(pk=next(iter(places())))
    row = np.flatnonzero(np.load(state_of(conversation) / "actor_ids.npy") == actor.pk)
    assert np.load(state_of(conversation) / "people_mean.npy")[row].any()
    kinds.forget_in_conversations(actor=actor, words=Words.BLANKED, now=NOW + MINUTE)

    maps.tidy_vote_files(now=NOW + MINUTE)

    for name in ("people_mean", "people_covariance", "posterior"):
        assert not np.load(state_of(conversation) / f"{name}.npy")[row].any()


def test_only_the_state_of_the_latest_map_is_kept(conversation: Conversation) -> None:
    first = state_of(conversation)
    join_camp(conversation, people=6, camp=0, now=NOW + MINUTE)

    make_map(conversation, now=NOW + 2 * MINUTE)

    assert state_of(conversation) != first
    assert MapSnapshot.objects.count() == 2

"""A kept map is the map: what is drawn from it again is what the engine draws without keeping it."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from allting.engine.opinion import (
    OpinionMap,
    Votes,
    draw_map,
    find_groups,
    fit_positions,
    follow_votes,
    keep_groups,
    pack_votes,
    regroup,
)
from allting.engine.opinion.attempts import Basis
from allting.engine.opinion.kept import redraw_map, save_map
from tests.engine.worlds import plant_world

PEOPLE, STATEMENTS = 300, 40
NOBODY = np.empty(0, dtype=np.int64)
STATEMENT_IDS = np.arange(STATEMENTS) * 3 + 7


@cache
def drawn(basis: Basis, most_learners: int = 20_000) -> tuple[Votes, OpinionMap]:
    votes = plant_world(seed=4, people=PEOPLE, statements=STATEMENTS, votes_each=20, spread=1.6).votes
    picture = draw_map(votes)
    assert isinstance(picture, OpinionMap)
    positions = fit_positions(votes, most_learners=most_learners)
    groups = regroup(votes, positions, last=replace(find_groups(votes, positions), basis=basis))
    return votes, replace(picture, positions=positions, groups=groups)


def ids_of(votes: Votes) -> np.ndarray:
    return np.arange(votes.participant_count) * 2 + 10


def keep(folder: Path, votes: Votes, picture: OpinionMap) -> None:
    save_map(folder, picture, actor_ids=ids_of(votes), statement_ids=STATEMENT_IDS, excluded=NOBODY)


def with_new_votes(votes: Votes, *, changed: np.ndarray) -> Votes:
    values = votes.values.copy()
    values[votes.participant_starts[changed]] *= -1
    return pack_votes(
        participants=votes.participants,
        statements=votes.statements,
        values=values,
        participant_count=votes.participant_count,
        statement_count=votes.statement_count,
    )


@pytest.mark.parametrize("basis", list(Basis))
@pytest.mark.parametrize("most_learners", [20_000, 150])
def test_a_kept_map_follows_votes_as_one_in_memory_does(tmp_path: Path, basis: Basis, most_learners: int) -> None:
    votes, picture = drawn(basis, most_learners)
    changed = np.array([3, 50, 51, 299])
    later = with_new_votes(votes, changed=changed)
    keep(tmp_path, votes, picture)

    again = redraw_map(
        later,
        folder=tmp_path,
        actor_ids=ids_of(votes),
        statement_ids=STATEMENT_IDS,
        excluded=NOBODY,
        changed=ids_of(votes)[changed],
    )

    positions = follow_votes(later, picture.positions, changed=changed.astype(np.int32))
    groups = keep_groups(later, positions, last=picture.groups, changed=changed.astype(np.int32))
    assert isinstance(again, OpinionMap)
    np.testing.assert_allclose(again.positions.people, positions.people, atol=1e-5)
    np.testing.assert_allclose(again.positions.statements, positions.statements, atol=1e-5)
    assert again.groups.labels.tolist() == groups.labels.tolist()
    assert (again.groups.numbers, again.groups.stability) == (groups.numbers, groups.stability)


def test_people_may_come_and_go_anywhere_among_the_others(tmp_path: Path) -> None:
    votes, picture = drawn(Basis.POSITIONS)
    keep(tmp_path, votes, picture)
    gone = 100
    stays = votes.participants != gone
    fewer = pack_votes(
        participants=np.where(votes.participants > gone, votes.participants - 1, votes.participants)[stays],
        statements=votes.statements[stays],
        values=votes.values[stays],
        participant_count=PEOPLE - 1,
        statement_count=STATEMENTS,
    )
    ids = np.delete(ids_of(votes), gone)

    again = redraw_map(
        fewer, folder=tmp_path, actor_ids=ids, statement_ids=STATEMENT_IDS, excluded=NOBODY, changed=NOBODY
    )
    keep_fewer = tmp_path / "fewer"
    assert isinstance(again, OpinionMap)
    save_map(keep_fewer, again, actor_ids=ids, statement_ids=STATEMENT_IDS, excluded=NOBODY)
    back = redraw_map(
        votes, folder=keep_fewer, actor_ids=ids_of(votes), statement_ids=STATEMENT_IDS, excluded=NOBODY, changed=NOBODY
    )

    assert isinstance(back, OpinionMap)
    np.testing.assert_allclose(back.positions.people, picture.positions.people, atol=0.05)
    assert np.mean(back.groups.labels == picture.groups.labels) > 0.99


@pytest.mark.parametrize("change", ["excluded", "version", "nothing kept", "other statements"])
def test_what_does_not_fit_is_not_followed(tmp_path: Path, change: str) -> None:
    votes, picture = drawn(Basis.POSITIONS)
    keep(tmp_path, votes, picture)
    if change == "version":
        about = json.loads((tmp_path / "map.json").read_text())
        (tmp_path / "map.json").write_text(json.dumps({**about, "version": "0"}))

    again = redraw_map(
        votes,
        folder=tmp_path / "elsewhere" if change == "nothing kept" else tmp_path,
        actor_ids=ids_of(votes),
        statement_ids=STATEMENT_IDS + (change == "other statements"),
        excluded=np.array([2]) if change == "excluded" else NOBODY,
        changed=NOBODY,
    )

    assert again is None

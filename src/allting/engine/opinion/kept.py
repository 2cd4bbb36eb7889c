"""A drawn map kept for the next quick one: as plain arrays in a folder, and back for the people of today.

    save_map(folder, picture, actor_ids=…, statement_ids=…, excluded=…)
    picture = redraw_map(votes, folder=…, actor_ids=…, statement_ids=…, excluded=…, changed=…)

Arrays and JSON, never pickled objects: what is read back can hold numbers only.
"""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from allting.engine.opinion.attempts import Attempt, Basis, Condition
from allting.engine.opinion.estimates import Estimates
from allting.engine.opinion.groups import NOT_PLACED, Groups, keep_groups
from allting.engine.opinion.judges import judge_from_arrays
from allting.engine.opinion.map import VERSION, OpinionMap, TooLittle, put_together, say_too_little
from allting.engine.opinion.model import VotingModel
from allting.engine.opinion.passing import fit_passing
from allting.engine.opinion.positions import Positions, follow_votes
from allting.engine.opinion.sweeps import covariance_of_prior
from allting.engine.opinion.votes import IntArray, Votes

FORMAT = "allting map 1"
_ABOUT = "map.json"
_JUDGE = "judge_"
# One file each, so that what is about one person can be overwritten in place.
_BY_PERSON = ("actor_ids", "people_mean", "people_covariance", "posterior")

type Ids = NDArray[np.integer[Any]]


def save_map(folder: Path, picture: OpinionMap, *, actor_ids: Ids, statement_ids: Ids, excluded: Ids) -> None:
    """Write what the next quick map needs into a folder, which is made; `map.json` last, so that half is nothing.

    actor_ids, statement_ids   ids of people and statements in the order of the map, ascending
    excluded                   indices of statements that taught nothing
    """
    positions, groups = picture.positions, picture.groups
    model = positions.model
    assert groups.judge is not None, "A map that was drawn has a judge."
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    (folder / _ABOUT).unlink(missing_ok=True)
    by_person = (actor_ids, model.people.mean, model.people.covariance, groups.posterior)
    for name, array in zip(_BY_PERSON, by_person, strict=True):
        np.save(folder / f"{name}.npy", array, allow_pickle=False)
    learners = positions.learners
    np.savez(
        folder / "statements.npz",
        allow_pickle=False,
        statement_ids=statement_ids,
        excluded=np.sort(excluded),
        mean=model.statements.mean,
        covariance=model.statements.covariance,
        turn=positions.turn,
        frame=positions.frame,
        learners=np.empty(0, dtype=np.int64) if learners is None else actor_ids[learners],
        **{f"{_JUDGE}{name}": array for name, array in groups.judge.as_arrays().items()},
    )
    about = {
        "format": FORMAT,
        "version": VERSION,
        "tendency_precision": model.tendency_precision,
        "popularity_mean": model.popularity_mean,
        "popularity_precision": model.popularity_precision,
        "rounds": model.rounds,
        "is_settled": model.is_settled,
        "has_learners": learners is not None,
        "basis": str(groups.basis),
        "axes_used": groups.axes_used,
        "numbers": list(groups.numbers),
        "attempts": [asdict(attempt) for attempt in groups.attempts],
    }
    (folder / _ABOUT).write_text(json.dumps(about), encoding="utf-8")


def redraw_map(
    votes: Votes, *, folder: Path, actor_ids: Ids, statement_ids: Ids, excluded: Ids, changed: Ids
) -> OpinionMap | TooLittle | None:
    """Draw a map that starts from a kept one, and moves only people who voted since.

    votes       packed votes of today           folder   of `save_map`, after any map of the same conversation
    actor_ids, statement_ids, excluded   as in `save_map`, of today
    changed     ids of people whose votes are others than in the kept map; who is not in that belongs to them anyway
    Returns     as `draw_map`; None where the kept map is of another version, or where other statements are excluded
                than then: everybody would have to be placed anew.
    Cost        two sweeps over the votes of those changed, one over the learners', who passes on what among the
                learners, and the description of all votes.
    """
    about = _read_about(folder)
    if about is None:
        return None
    with np.load(folder / "statements.npz", allow_pickle=False) as file:
        kept = {name: file[name] for name in file.files}
    count = len(kept["statement_ids"])
    if not np.array_equal(kept["statement_ids"], statement_ids[:count]):
        return None
    if not np.array_equal(kept["excluded"], np.sort(excluded[excluded < count])):
        return None
    if missing := say_too_little(votes):
        return missing
    old_ids = np.load(folder / "actor_ids.npy", allow_pickle=False)
    row_of = _rows_in(old_ids, actor_ids)
    voted = np.isin(actor_ids, changed) | (row_of < 0)
    moved = np.flatnonzero(voted).astype(np.int32)
    last = _positions_of(folder, kept, about, row_of=row_of, actor_ids=actor_ids, statement_count=votes.statement_count)
    groups = _groups_of(folder, kept, about, row_of=row_of)
    positions = follow_votes(votes, last, changed=moved)
    now = keep_groups(votes, positions, last=groups, changed=moved)
    return put_together(votes, positions, now, passing=fit_passing(votes, positions=positions))


def _read_about(folder: Path) -> dict[str, Any] | None:
    path = folder / _ABOUT
    if not path.exists():
        return None
    about: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return about if (about.get("format"), about.get("version")) == (FORMAT, VERSION) else None


def _rows_in(old_ids: Ids, ids: Ids) -> NDArray[np.int64]:
    """Return where each of `ids` stands in the ascending `old_ids`, -1 where it does not."""
    if not len(old_ids):
        return np.full(len(ids), -1, dtype=np.int64)
    rows = np.minimum(np.searchsorted(old_ids, ids), len(old_ids) - 1)
    return np.where(old_ids[rows] == ids, rows, -1)


def _positions_of(
    folder: Path,
    kept: dict[str, NDArray[Any]],
    about: dict[str, Any],
    *,
    row_of: NDArray[np.int64],
    actor_ids: Ids,
    statement_count: int,
) -> Positions:
    """Put the kept people into today's order; who is new lies where the prior puts them."""
    is_old = row_of >= 0
    old_mean = np.load(folder / "people_mean.npy", mmap_mode="r", allow_pickle=False)
    old_covariance = np.load(folder / "people_covariance.npy", mmap_mode="r", allow_pickle=False)
    size = old_mean.shape[1]
    prior = covariance_of_prior(size, about["tendency_precision"]).astype(old_mean.dtype)
    mean = np.zeros((len(row_of), size), dtype=old_mean.dtype)
    covariance = np.tile(prior, (len(row_of), 1, 1))
    mean[is_old], covariance[is_old] = old_mean[row_of[is_old]], old_covariance[row_of[is_old]]
    learners: IntArray | None = None
    if about["has_learners"]:
        learners = np.flatnonzero(np.isin(actor_ids, kept["learners"])).astype(np.int32)
    count = len(kept["mean"])
    return Positions(
        people=mean[:, 1:] @ kept["frame"],
        statements=np.zeros((statement_count, kept["frame"].shape[1])),
        is_placeable=np.zeros(len(row_of), dtype=np.bool_),
        is_known=np.zeros(count, dtype=np.bool_),
        axis_shares=np.zeros(kept["frame"].shape[1]),
        turn=kept["turn"],
        frame=kept["frame"],
        learners=learners,
        model=VotingModel(
            people=Estimates(mean=mean, covariance=covariance),
            statements=Estimates(mean=kept["mean"], covariance=kept["covariance"]),
            tendency_precision=about["tendency_precision"],
            popularity_mean=about["popularity_mean"],
            popularity_precision=about["popularity_precision"],
            rounds=about["rounds"],
            is_settled=about["is_settled"],
        ),
    )


def _groups_of(
    folder: Path, kept: dict[str, NDArray[Any]], about: dict[str, Any], *, row_of: NDArray[np.int64]
) -> Groups:
    is_old = row_of >= 0
    old = np.load(folder / "posterior.npy", mmap_mode="r", allow_pickle=False)
    posterior = np.zeros((len(row_of), old.shape[1]))
    posterior[is_old] = old[row_of[is_old]]
    nobody = np.full(len(row_of), NOT_PLACED, dtype=np.int32)
    return Groups(
        k=old.shape[1],
        labels=nobody,
        posterior=posterior,
        numbers=tuple(about["numbers"]),
        sizes=(),
        centres=np.empty((0, 0)),
        basis=Basis(about["basis"]),
        axes_used=about["axes_used"],
        in_between_count=0,
        not_placed_count=0,
        attempts=tuple(
            Attempt(
                **attempt
                | {
                    "refit_agreements": tuple(attempt["refit_agreements"]),
                    "failed": tuple(Condition(it) for it in attempt["failed"]),
                }
            )
            for attempt in about["attempts"]
        ),
        judge=judge_from_arrays(
            {name.removeprefix(_JUDGE): it for name, it in kept.items() if name.startswith(_JUDGE)}
        ),
    )

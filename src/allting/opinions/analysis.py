"""From arrays to a drawing, in a process of its own: the only file of this room that reaches all of the engine.

`python -m allting.opinions.analysis FOLDER` reads `in.npz` (arrays) in a folder and writes `out.json` and, of people,
`people.npz` into it, and how far it is to standard error, a line `done total` each. It knows no database and no
settings, so that the web process never loads what is heavy, and what is heavy never sees a secret (`web.children`).
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import adjusted_rand_score

from allting.engine import opinion
from allting.engine.opinion import kept, reference, reference_statements
from allting.opinions import asking
from allting.opinions.camps.analysis import read_off_camps
from allting.opinions.figures import FEWEST_FOR_A_RESULT, FEWEST_PEOPLE, LETTERS, MORE_ANSWERS, PEOPLE, Drawing
from allting.opinions.unpacking import unpack
from allting.web import children

type IntArray = NDArray[np.int64]

# From this agreement of two groupings on they are called the same, as in the engine's own test of stability.
SAME_GROUPS = 0.85
# Among so many people, those without an account move no group as long as they are fewer than one in a hundred.
VERY_MANY, FEW_DEVICES_SHARE = 20_000, 0.01
_TALLY_COLUMNS = ("seen", "agree", "disagree", "passed", "agree_rate", "agree_low", "agree_high", "disagree_rate")
# Up to here grouping as Polis does costs a second; beyond, a minute, for something to compare with.
MOST_PEOPLE_AS_POLIS = 100_000
# What the pages ever list; a ranking of thousands would only make the file large.
_MOST_RANKED = 500


class _Told:
    """Writes each step down for the parent process."""

    def reached(self, *, step: str, done: int, total: int) -> None:
        children.tell(done, total)


def votes_in(arrays: Mapping[str, NDArray[Any]]) -> opinion.Votes:
    """Return the votes of unpacked arrays. Raises the engine's errors for what cannot be meant."""
    return opinion.pack_votes(
        participants=arrays["participants"],
        statements=arrays["statements"],
        values=arrays["values"],
        participant_count=len(arrays["actor_ids"]),
        statement_count=len(arrays["statement_ids"]),
        excluded=arrays["excluded"],
    )


def draw(arrays: Mapping[str, NDArray[Any]]) -> Drawing:
    """Draw the map of what `reading.read_votes` packed. Raises the engine's errors for what cannot be meant."""
    arrays = unpack(dict(arrays))
    votes = votes_in(arrays)
    previous = None
    if "previous_groups" in arrays:
        previous = opinion.PreviousMap(statements=arrays["previous_statements"], groups=arrays["previous_groups"])
    is_device = arrays["is_device"]
    shown = np.setdiff1d(np.arange(votes.statement_count), arrays["excluded"])
    if votes.participant_count < FEWEST_FOR_A_RESULT:
        needs = {"people_needed": FEWEST_FOR_A_RESULT}
        return _too_little(votes, reason="too_few_people", needs=needs, shown=shown, arrays=arrays)
    quick = _draw_quickly(votes, arrays)
    picture = quick or opinion.draw_map(votes, previous=previous, keys=arrays["actor_ids"], progress=_Told())
    if isinstance(picture, opinion.TooLittle):
        # Not how many people have votes enough: they may be fewer than five.
        needs = {
            "people_needed": picture.participants_needed,
            "statements": picture.statement_count,
            "statements_needed": picture.statements_needed,
            "votes_each": picture.votes_each,
        }
        return _too_little(votes, reason=str(picture.reason), needs=needs, shown=shown, arrays=arrays)
    _keep(picture, arrays)
    drawing = replace(_drawing(picture, votes, shown=shown, arrays=arrays), is_complete=quick is None)
    drawing = replace(drawing, as_polis=_as_polis(votes, drawing, actor_ids=arrays["actor_ids"], shown=shown))
    # Those with an account alone would be another complete map, and a quick one has no time for it.
    if quick is None and _is_worth_comparing(is_device):
        without = _compare_without(picture, votes, is_device)
        return replace(drawing, without_devices=without)
    return drawing


def _is_worth_comparing(is_device: NDArray[np.bool_]) -> bool:
    """Say whether a map without devices may tell something: it takes as long and as much memory as the first."""
    people, devices = len(is_device), int(np.count_nonzero(is_device))
    is_shown = FEWEST_PEOPLE <= devices <= people - FEWEST_PEOPLE
    return is_shown and (people <= VERY_MANY or devices >= FEW_DEVICES_SHARE * people)


def _draw_quickly(votes: opinion.Votes, arrays: Mapping[str, NDArray[Any]]) -> opinion.OpinionMap | None:
    """Start from where the last map left things, if there is one that today's fits."""
    if "state" not in arrays:
        return None
    picture = kept.redraw_map(
        votes,
        folder=Path(str(arrays["state"])),
        actor_ids=arrays["actor_ids"],
        statement_ids=arrays["statement_ids"],
        excluded=arrays["excluded"],
        changed=arrays["changed"],
    )
    return picture if isinstance(picture, opinion.OpinionMap) else None


def _keep(picture: opinion.OpinionMap, arrays: Mapping[str, NDArray[Any]]) -> None:
    if "state_to" in arrays:
        kept.save_map(
            Path(str(arrays["state_to"])),
            picture,
            actor_ids=arrays["actor_ids"],
            statement_ids=arrays["statement_ids"],
            excluded=arrays["excluded"],
        )


def _too_little(
    votes: opinion.Votes,
    *,
    reason: str,
    needs: Mapping[str, int],
    shown: IntArray,
    arrays: Mapping[str, NDArray[Any]],
) -> Drawing:
    everyone = opinion.tally_votes(votes, members=np.ones(votes.participant_count, dtype=np.bool_))
    return Drawing(
        outcome="too_little",
        method=opinion.METHOD,
        version=opinion.VERSION,
        digest=opinion.input_digest(votes),
        statements=arrays["statement_ids"][shown].tolist(),
        everyone=_columns(everyone, shown),
        tallies=_by_class(votes, arrays["is_device"], everyone, shown=shown),
        reason=reason,
        needs=needs,
    )


def _drawing(
    picture: opinion.OpinionMap, votes: opinion.Votes, *, shown: IntArray, arrays: Mapping[str, NDArray[Any]]
) -> Drawing:
    groups, figures = picture.groups, picture.statements
    foresight = opinion.foresee(votes, picture.positions, picture.passing, more=MORE_ANSWERS)
    numbers = _letters(groups.numbers, previous=arrays.get("previous_groups"))
    table = np.array([*numbers, opinion.NOT_PLACED, opinion.IN_BETWEEN])
    labels = table[groups.labels] if groups.hold_up else np.where(groups.labels >= 0, opinion.IN_BETWEEN, groups.labels)
    placed = groups.labels != opinion.NOT_PLACED
    # Where groups hold up, every count is of people placed: a few others would be told by subtracting them.
    counted = placed if groups.hold_up else np.ones(votes.participant_count, dtype=np.bool_)
    everyone = figures.everyone
    if groups.hold_up:
        everyone = opinion.tally_votes(votes, members=placed, towards=figures.everyone)
    row_of = np.full(votes.statement_count, -1)
    row_of[shown] = np.arange(len(shown))
    tallies = _by_class(votes, arrays["is_device"], everyone, shown=shown, among=counted)
    if groups.hold_up:
        for index, number in enumerate(numbers):
            tallies[str(number)] = _columns(figures.groups[index], shown)
        tallies["between"] = _columns(figures.in_between, shown)
    return Drawing(
        outcome="groups" if groups.hold_up else "no_groups",
        method=picture.method,
        version=picture.version,
        digest=picture.digest,
        statements=arrays["statement_ids"][shown].tolist(),
        everyone=_columns(everyone, shown),
        actors=arrays["actor_ids"][placed],
        x=picture.positions.people[placed, 0],
        y=picture.positions.people[placed, 1],
        groups=labels[placed],
        group_sizes={str(numbers[index]): size for index, size in enumerate(groups.sizes)} if groups.hold_up else {},
        in_between_count=groups.in_between_count if groups.hold_up else int(np.count_nonzero(placed)),
        not_placed_count=groups.not_placed_count,
        stability=groups.stability,
        refits_same=groups.refits_same,
        shown_share=picture.shown_share,
        told_share=foresight.told_share,
        told_share_then=foresight.told_share_then,
        tallies=tallies,
        unites=[
            [int(row_of[it.statement]), it.side, it.lowest_rate, it.lower_bound, it.is_common_ground]
            for it in figures.unites[:_MOST_RANKED]
        ],
        divides=[
            [int(row_of[it.statement]), it.variance, it.agree_rate_far, it.agree_rate_near, it.end_count]
            for it in figures.divides[:_MOST_RANKED]
        ],
        distinctive={
            str(numbers[index]): [
                [int(row_of[it.statement]), it.side, it.rate, it.next_rate] for it in listed if it.is_clear
            ][:_MOST_RANKED]
            for index, listed in enumerate(figures.distinctive)
        },
        little_known=[int(row_of[it.statement]) for it in figures.too_little_known],
        ends=(
            [int(row_of[it]) for it in picture.axis_ends[0].low],
            [int(row_of[it]) for it in picture.axis_ends[0].high],
        ),
        statement_places=[
            picture.positions.statements[it, :2].tolist() if picture.positions.is_known[it] else None for it in shown
        ],
        knowledge=_knowledge(picture, shown=shown),
        camps=read_off_camps(votes, arrays=arrays, set_of=_sets(groups, counted), shown=shown),
    )


def _sets(groups: opinion.Groups, counted: NDArray[np.bool_]) -> IntArray:
    """Return the set of people in whose published figures each person is; negative for none."""
    if not groups.hold_up:
        return np.where(counted, 0, -1)
    return np.where(counted, np.where(groups.labels == opinion.IN_BETWEEN, groups.k, groups.labels), -1)


def _as_polis(votes: opinion.Votes, ours: Drawing, *, actor_ids: IntArray, shown: IntArray) -> dict[str, Any]:
    """Group the same people as Polis does: in the order in which they came to Allting, and in the opposite one.

    Each of its groups has the number of our group with which it shares most people, the rest those that are free.
    """
    if votes.participant_count > MOST_PEOPLE_AS_POLIS:
        return {"is_too_large": True}
    backwards = opinion.pack_votes(
        participants=votes.participant_count - 1 - votes.participants,
        statements=votes.statements,
        values=votes.values,
        participant_count=votes.participant_count,
        statement_count=votes.statement_count,
        excluded=np.flatnonzero(votes.is_excluded),
    )
    found, turned = (reference.find_reference_groups(it) for it in (votes, backwards))
    listed = reference_statements.describe_as_polis(votes, found)
    own = np.full(votes.participant_count, opinion.NOT_PLACED)
    own[np.searchsorted(actor_ids, ours.actors)] = ours.groups
    placed, in_both = found.labels >= 0, (found.labels >= 0) & (own >= 0)
    # Either end may be left or right: as on our map, so that the two can be read side by side.
    here = np.zeros((votes.participant_count, 2))
    here[np.searchsorted(actor_ids, ours.actors)] = np.column_stack([ours.x, ours.y])
    people = found.people * np.where((found.people * here).sum(axis=0) < 0, -1, 1)
    row_of = {int(statement): row for row, statement in enumerate(shown)}
    numbers = _numbers_as_ours(found.labels, own)
    return {
        "x": people[placed, 0].tolist(),
        "y": people[placed, 1].tolist(),
        "groups": np.array(numbers)[found.labels[placed]].tolist(),
        "represents": {
            str(numbers[group]): [[row_of[it.statement], it.side] for it in those]
            for group, those in enumerate(listed.representative)
        },
        "consensus": [[row_of[it.statement], it.side] for it in listed.consensus],
        "agreement": float(adjusted_rand_score(own[in_both], found.labels[in_both])) if in_both.any() else None,
        "turned_count": turned.k,
        "turned_agreement": float(adjusted_rand_score(turned.labels[::-1][placed], found.labels[placed])),
    }


def _numbers_as_ours(labels: NDArray[Any], own: IntArray) -> list[int]:
    """Number the groups of one grouping after another's, the pair that shares most people first."""
    pairs = [(group, number) for group in range(int(labels.max()) + 1) for number in range(len(LETTERS))]
    shared = {(group, number): np.count_nonzero((labels == group) & (own == number)) for group, number in pairs}
    sizes = np.bincount(labels[labels >= 0])
    found: dict[int, int] = {}
    for group, number in sorted(pairs, key=lambda pair: (-shared[pair], pair[1], -sizes[pair[0]])):
        if group not in found and number not in found.values():
            found[group] = number
    return [found[group] for group in range(len(sizes))]


def _knowledge(picture: opinion.OpinionMap, *, shown: IntArray) -> str:
    """Return what choosing the next statement needs to know of those that are shown."""
    packed = asking.pack(opinion.knowledge_of(picture.positions, picture.passing), rows=shown)
    return base64.b64encode(packed).decode("ascii")


def _letters(numbers: Iterable[int], *, previous: IntArray | None) -> list[int]:
    """Keep every group's number, and bring those beyond the six letters back to letters that are free."""
    wanted = list(numbers)
    old = set() if previous is None else {int(number) for number in np.unique(previous) if number >= 0}
    taken = {number for number in wanted if number < len(LETTERS)}
    # Letters that the last map did not use come first, so that a new group does not look like a gone one.
    free = sorted(set(range(len(LETTERS))) - taken, key=lambda number: (number in old, number))
    return [number if number < len(LETTERS) else free.pop(0) for number in wanted]


def _by_class(
    votes: opinion.Votes,
    is_device: NDArray[np.bool_],
    everyone: opinion.Tally,
    *,
    shown: IntArray,
    among: NDArray[np.bool_] | None = None,
) -> dict[str, dict[str, list[float]]]:
    """Count those without an account, and the others, apart."""
    counted = np.ones(votes.participant_count, dtype=np.bool_) if among is None else among
    if not (is_device & counted).any() or not (~is_device & counted).any():
        return {}
    return {
        "devices": _columns(opinion.tally_votes(votes, members=counted & is_device, towards=everyone), shown),
        "others": _columns(opinion.tally_votes(votes, members=counted & ~is_device, towards=everyone), shown),
    }


def _columns(tally: opinion.Tally, shown: IntArray) -> dict[str, list[float]]:
    return {name: getattr(tally, name)[shown].tolist() for name in _TALLY_COLUMNS}


def _compare_without(picture: opinion.OpinionMap, votes: opinion.Votes, is_device: NDArray[np.bool_]) -> dict[str, Any]:
    """Draw the map of those with an account only, and say whether it finds the same groups."""
    rows = ~is_device[votes.participants]
    if not rows.any():
        return {"is_enough": False}
    fewer = opinion.pack_votes(
        participants=votes.participants[rows],
        statements=votes.statements[rows],
        values=votes.values[rows],
        participant_count=votes.participant_count,
        statement_count=votes.statement_count,
        excluded=np.flatnonzero(votes.is_excluded),
    )
    other = opinion.draw_map(fewer)
    if isinstance(other, opinion.TooLittle):
        return {"is_enough": False}
    both = (picture.groups.labels >= 0) & (other.groups.labels >= 0) & ~is_device
    agreement = float(adjusted_rand_score(picture.groups.labels[both], other.groups.labels[both]))
    is_same = other.groups.k == picture.groups.k and (not picture.groups.hold_up or agreement >= SAME_GROUPS)
    return {"is_enough": True, "k": other.groups.k, "is_same": bool(is_same)}


def _clean(value: Any) -> Any:
    """Make numbers that JSON does not know (NaN) into numbers that mean nothing either."""
    if isinstance(value, np.ndarray):
        return _clean(value.tolist())
    if isinstance(value, float):
        return value if np.isfinite(value) else 0.0
    if isinstance(value, Mapping):
        return {key: _clean(it) for key, it in value.items()}
    if isinstance(value, (list, tuple)):
        return [_clean(it) for it in value]
    return value


def main() -> None:
    """Read arrays, draw, write figures and people."""
    folder = children.begin()
    with np.load(folder / "in.npz", allow_pickle=False) as file:
        arrays = {name: file[name] for name in file.files}
    drawing = draw(arrays)
    by_person = {name: np.asarray(getattr(drawing, name)) for name in PEOPLE}
    np.savez(folder / "people.npz", allow_pickle=False, **by_person)
    of_nobody = replace(drawing, actors=(), x=(), y=(), groups=())
    (folder / "out.json").write_text(json.dumps(_clean(asdict(of_nobody)), allow_nan=False), encoding="utf-8")


if __name__ == "__main__":
    main()

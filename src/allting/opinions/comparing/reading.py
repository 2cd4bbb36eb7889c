"""Comparisons out of the database, as the fitting process takes them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from allting.opinions import queries
from allting.opinions.comparing.figures import Counted
from allting.opinions.figures import LETTERS
from allting.opinions.models import Comparing, Comparison, MapPlace, MapSnapshot, PairPool, Participant
from allting.opinions.stored import latest_map

type IntArray = NDArray[np.int64]
NO_GROUP = -1


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """What was compared, one entry a comparison, skipped ones and those of bursts set aside left out.

    statements      ids of what is compared                first, second   indices of these
    values          1, 2, or 3 for even                    groups          of who compared, on the latest map
    compared_at     seconds of the epoch                   changes_count   of the pool, read before everything else
    """

    statements: IntArray
    actors: IntArray
    first: IntArray
    second: IntArray
    values: IntArray
    groups: IntArray
    compared_at: NDArray[np.float64]
    changes_count: int

    @property
    def people_count(self) -> int:
        return len(np.unique(self.actors))

    @property
    def group_numbers(self) -> list[int]:
        """Groups of which somebody has compared; what may be said of them, `figures` knows."""
        return [int(it) for it in np.unique(self.groups) if it != NO_GROUP]

    def arrays(self, *, seed: int) -> Mapping[str, NDArray[Any]]:
        """Return what the fitting process takes: no actor and no moment."""
        return {
            "first": self.first,
            "second": self.second,
            "values": self.values,
            "groups": self.groups,
            "group_numbers": np.array(self.group_numbers, dtype=np.int64),
            "statement_count": np.int64(len(self.statements)),  # type: ignore[dict-item]
            "seed": np.int64(seed),  # type: ignore[dict-item]
        }

    def counted(self, *, group: int | None = None) -> Counted:
        """Count the people behind each statement: all, or those of one group."""
        mine = np.ones(len(self.first), dtype=np.bool_) if group is None else self.groups == group
        touched = np.concatenate([self.first[mine], self.second[mine]])
        who = np.tile(self.actors[mine], 2)
        when = np.tile(self.compared_at[mine], 2)
        each = np.unique(np.column_stack([touched, who]), axis=0)[:, 0] if len(touched) else touched
        count = len(self.statements)

        def active_since(index: int, moment: float) -> int:
            return len(np.unique(who[(touched == index) & (when > moment)]))

        return Counted(
            people=np.bincount(each, minlength=count).tolist(),
            comparisons=np.bincount(touched, minlength=count).tolist(),
            active_since=active_since,
        )

    def active_since(self, moment: float) -> int:
        """Count the people who compared anything after a moment."""
        return len(np.unique(self.actors[self.compared_at > moment]))


def read_comparisons(comparing: Comparing) -> Reading:
    """Read what was compared in a conversation, of statements that stand and are compared now."""
    changes_count = PairPool.objects.values_list("changes_count", flat=True).get(pk=comparing.pk)
    statements = np.array(list(queries.compared_statements(comparing).values_list("pk", flat=True)), dtype=np.int64)
    aside = Participant.objects.filter(conversation=comparing.pk, burst__isnull=False).values_list("actor", flat=True)
    rows = (
        Comparison.objects.filter(conversation=comparing.pk)
        .exclude(value=Comparison.Value.NEITHER)
        .order_by()
        .values_list("actor_id", "first_id", "second_id", "value", "compared_at")
    )
    flat = np.array(
        [(*ids, moment.timestamp()) for *ids, moment in rows.iterator(chunk_size=20_000)], dtype=np.float64
    ).reshape(-1, 5)
    ids = flat[:, :4].astype(np.int64)
    counts = np.isin(ids[:, 1], statements) & np.isin(ids[:, 2], statements) & ~np.isin(ids[:, 0], list(aside))
    ids, moments = ids[counts], flat[counts, 4]
    return Reading(
        statements=statements,
        actors=ids[:, 0],
        first=np.searchsorted(statements, ids[:, 1]),
        second=np.searchsorted(statements, ids[:, 2]),
        values=ids[:, 3],
        groups=_groups_of(comparing.pk, ids[:, 0]),
        compared_at=moments,
        changes_count=changes_count,
    )


def _groups_of(conversation_id: int, actors: IntArray) -> IntArray:
    """Return the group on the latest map of each actor, where groups hold up."""
    latest = latest_map(conversation_id)
    if latest is None or latest.outcome != MapSnapshot.Outcome.GROUPS:
        return np.full(len(actors), NO_GROUP)
    wanted = set(np.unique(actors).tolist())
    places = MapPlace.objects.filter(conversation=conversation_id, group__gte=0, group__lt=len(LETTERS))
    group_of = {actor: group for actor, group in places.values_list("actor_id", "group") if actor in wanted}
    return np.array([group_of.get(actor, NO_GROUP) for actor in actors.tolist()], dtype=np.int64)

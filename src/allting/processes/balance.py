"""Who takes part against who is concerned: coverage, alerts, and what may be said of it. Pure.

Nothing here is about fewer than five people, and nothing is ever about one. What is counted comes from `Balance`,
which changes only when at least five people have changed what they say (ADR 0042).
"""

from __future__ import annotations

import enum
import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from allting.processes.models import Process, Relation

# Figures about fewer would be about persons.
FEWEST = 5
# With fewer voices, one more or less turns every share around.
ALERT_FROM = 10
LEAST_SHARE = 0.2
LEAST_EVENNESS = 0.75
LEAST_COVERAGE = 0.8

LAST_CRITICAL, LAST_NEUTRAL = 6, 8

# The most likely first; on a phone four fit beside each other, the rest is behind "more".
_USUAL: Mapping[str, Sequence[Relation]] = {
    Process.OpenTo.LINK: (Relation.CITIZEN, Relation.CUSTOMER, Relation.END_USER, Relation.EMPLOYEE),
    Process.OpenTo.INVITED: (Relation.CUSTOMER, Relation.END_USER, Relation.PARTNER, Relation.EMPLOYEE),
    Process.OpenTo.MEMBERS: (Relation.EMPLOYEE, Relation.OWNER, Relation.PARTNER, Relation.SUPPLIER),
}


class Level(enum.StrEnum):
    """How satisfied somebody says they are: 0 to 6, 7 and 8, 9 and 10."""

    CRITICAL = "critical"
    NEUTRAL = "neutral"
    SATISFIED = "satisfied"


def level_of(satisfaction: int) -> Level:
    if satisfaction <= LAST_CRITICAL:
        return Level.CRITICAL
    return Level.NEUTRAL if satisfaction <= LAST_NEUTRAL else Level.SATISFIED


def asked_first(process: Process, chosen: Collection[str] = ()) -> list[Relation]:
    """Return the relations that are offered at once, in order: the facilitator's choice, or the usual ones."""
    known = [relation for relation in Relation if relation in chosen]
    return known or list(_USUAL[process.open_to])


def groups_to_hide[Group: str](counts: Mapping[Group, int], *, unnamed: int = 0) -> frozenset[Group]:
    """Return the groups whose figures would tell about somebody, beside the total of all.

    counts    people by group          unnamed   people in no group, whose number is all minus the groups
    Groups under five go. Should what is then left over be one to four people, the smallest group that is left goes,
    too: otherwise it could be worked out by subtraction.
    """
    hidden = {group for group, count in counts.items() if count < FEWEST}
    while 0 < unnamed + sum(counts[group] for group in hidden) < FEWEST and (left := set(counts) - hidden):
        hidden.add(min(left, key=lambda group: (counts[group], group)))
    return frozenset(hidden)


# --- relations ----------------------------------------------------------------------------------


class Shown(enum.StrEnum):
    """Whether a group's figure is shown, and if not, why."""

    YES = "yes"
    TOO_FEW = "too few"
    PROTECTS = "protects another"


@dataclass(frozen=True, slots=True)
class Coverage:
    """One relation among those who said theirs, against the frame.

    people, share   None where they are not shown
    in_frame        the share it should have; None where no frame was given
    coverage        share / in_frame; None where either is unknown
    is_missing      alert: too few of them take part, as far as what is shown can tell
    """

    relation: Relation
    shown: Shown
    people: int | None
    share: float | None
    in_frame: float | None
    coverage: float | None
    is_missing: bool


def coverages(counts: Mapping[str, int], frame: Mapping[str, int], *, asked: Collection[str]) -> list[Coverage]:
    """Return a row for each relation that five people have or that the frame names.

    counts   people by relation          frame   how many of each there are; empty when nobody has said
    asked    those that are offered at once, which stand for the frame where there is none
    Nothing while fewer than five have said theirs. Another relation has no row, so that a row does not say that there
    is somebody. Those who are missing come first, then by size.
    """
    total = sum(counts.values())
    if total < FEWEST:
        return []
    expected = frame or asked
    listed = [one for one in Relation if counts.get(one, 0) >= FEWEST or one in expected]
    unnamed = sum(count for relation, count in counts.items() if relation not in listed)
    hidden = groups_to_hide({one: counts.get(one, 0) for one in listed}, unnamed=unnamed)
    rows = [_coverage(one, counts.get(one, 0), total, frame, is_hidden=one in hidden) for one in listed]
    return sorted(rows, key=lambda row: (not row.is_missing, -(row.people or 0)))


def _coverage(relation: Relation, count: int, total: int, frame: Mapping[str, int], *, is_hidden: bool) -> Coverage:
    in_frame = frame[relation] / sum(frame.values()) if relation in frame else None
    if not is_hidden:
        share = count / total
        coverage = share / in_frame if in_frame else None
        is_missing = total >= ALERT_FROM and coverage is not None and coverage < LEAST_COVERAGE
        return Coverage(relation, Shown.YES, count, share, in_frame, coverage, is_missing)
    if count >= FEWEST:
        return Coverage(relation, Shown.PROTECTS, None, None, in_frame, None, is_missing=False)
    # Were there four, which is all that a reader may know: would that be enough of them?
    most = (FEWEST - 1) / total
    is_missing = total >= ALERT_FROM and (not frame or bool(in_frame and most / in_frame < LEAST_COVERAGE))
    return Coverage(relation, Shown.TOO_FEW, None, None, in_frame, None, is_missing)


# --- satisfaction -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LevelShare:
    """One level among those who said how satisfied they are; None where fewer than five stand behind a figure."""

    level: Level
    people: int | None
    share: float | None


@dataclass(frozen=True, slots=True)
class Mood:
    """Whether critical and satisfied voices are both there.

    people   how many said how satisfied they are; None under five, and then there is nothing else either
    """

    people: int | None
    levels: Sequence[LevelShare]
    lacks_critical: bool = False
    lacks_satisfied: bool = False
    is_one_sided: bool = False


def mood_of(counts: Mapping[str, int]) -> Mood:
    """Return the shares of critical, neutral and satisfied voices, and from ten voices on what is missing."""
    by_level = {level: counts.get(level, 0) for level in Level}
    total = sum(by_level.values())
    if total < FEWEST:
        return Mood(people=None, levels=())
    hidden = groups_to_hide(by_level)
    levels = [
        LevelShare(level, None, None) if level in hidden else LevelShare(level, count, count / total)
        for level, count in by_level.items()
    ]
    if total < ALERT_FROM:
        return Mood(people=total, levels=levels)
    return Mood(
        people=total,
        levels=levels,
        lacks_critical=by_level[Level.CRITICAL] / total < LEAST_SHARE,
        lacks_satisfied=by_level[Level.SATISFIED] / total < LEAST_SHARE,
        is_one_sided=evenness_of(list(by_level.values())) < LEAST_EVENNESS,
    )


def evenness_of(counts: Sequence[int]) -> float:
    """Return the entropy of a distribution as a share of the most it could be: 1 is even, 0 all in one."""
    total = sum(counts)
    shares = [count / total for count in counts if count]
    return -sum(share * math.log(share) for share in shares) / math.log(len(counts))

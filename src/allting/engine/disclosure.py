"""How fine a step may be told without telling how a camp answered. Whole-number arithmetic, no estimate.

The reader is thought to know everything that is published, how many of each camp answered, and this rule. What they
do not know is how many of each camp agree. A step is told only where, whatever it turns out to be, at least five
counts stay possible for every camp, and never only counts that are about fewer than five people.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

FEWEST_PEOPLE = 5  # a count known to within fewer would be about persons

type Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Part:
    """Those of one camp who answered, and between which counts those who agree must be by the published figures."""

    people: int
    fewest: int
    most: int


def steps_to_tell(parts: Sequence[Part], *, agreeing: int, needed: Mapping[int, Sequence[int]]) -> list[int]:
    """Return the steps that may be told of an item, ascending: every one that leaves all counts wide.

    parts       the camps, and last those of no camp        agreeing   how many agree in all, which is published
    needed      by step, how many of each camp have to agree for the camp to have reached it
    Returns     steps to tell by: the highest that every camp has reached, and that some camp has not reached the next
    Cost        O(steps² · camps²), whatever the number of people
    Guarantee   it hangs on what is known already, and not on how a camp answered: so what is returned tells nothing
                itself. Complete over sums and bounds of camps (`tests/engine/test_disclosure.py` tries all
                ways in which small camps may have answered); what links single people is not in it.
    Source      ours, after simulatable auditing: Kenthapadi, Mishra, Nissim 2005, PODS.
    """
    told: list[int] = []
    for step in sorted(needed):
        if _tells_nothing_of_anybody(parts, agreeing=agreeing, bounds=[needed[it] for it in (*told, step)]):
            told.append(step)
    return told


def _tells_nothing_of_anybody(parts: Sequence[Part], *, agreeing: int, bounds: Sequence[Sequence[int]]) -> bool:
    """Say whether each answer that these bounds can give leaves every count open."""
    nothing = [0] * len(bounds[0])
    known = possible_counts(parts, agreeing=agreeing, least=nothing, below=None)
    for least, below in zip([nothing, *bounds], [*bounds, None], strict=True):
        told = possible_counts(parts, agreeing=agreeing, least=least, below=below)
        is_possible = all(told)
        if is_possible and any(_tells(*one) for one in zip(told, known, parts, strict=True)):
            return False
    return True


def _tells(told: Sequence[Span], known: Sequence[Span], part: Part) -> bool:
    """Say whether what was told leaves fewer than five counts, or only those about fewer than five people."""
    if told == known:
        return False
    count = sum(last - first + 1 for first, last in told)
    only_few_agree = told[-1][1] < FEWEST_PEOPLE
    only_few_do_not = told[0][0] > part.people - FEWEST_PEOPLE
    return count < FEWEST_PEOPLE or only_few_agree or only_few_do_not


def possible_counts(
    parts: Sequence[Part], *, agreeing: int, least: Sequence[int], below: Sequence[int] | None
) -> list[list[Span]]:
    """Return for each part the counts of agreement that are possible, as spans that do not touch.

    least      how many of each camp agree at least
    below      some camp has fewer than this; None where that is not known
    No spans at all where nothing is possible. Exact: sums of whole numbers between bounds have no gaps.
    """
    lows = [max(part.fewest, low) for part, low in zip(parts, [*least, 0], strict=True)]
    tops = [part.most for part in parts]
    cases = [tops]
    if below is not None:
        cases = [[*tops[:camp], min(tops[camp], top - 1), *tops[camp + 1 :]] for camp, top in enumerate(below)]
    found: list[list[Span]] = [[] for _part in parts]
    for case in cases:
        if any(low > top for low, top in zip(lows, case, strict=True)):
            continue
        of_others = sum(lows), sum(case)
        for spans, low, top in zip(found, lows, case, strict=True):
            first = max(low, agreeing - (of_others[1] - top))
            last = min(top, agreeing - (of_others[0] - low))
            if first <= last:
                spans.append((first, last))
    return [_joined(spans) for spans in found]


def _joined(spans: Sequence[Span]) -> list[Span]:
    joined: list[Span] = []
    for first, last in sorted(spans):
        if joined and first <= joined[-1][1] + 1:
            joined[-1] = (joined[-1][0], max(last, joined[-1][1]))
        else:
            joined.append((first, last))
    return joined

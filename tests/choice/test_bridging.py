"""What unlike people both chose: told once, after counting, and so that no ballot's kind can be worked out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import product
from typing import Any

import numpy as np
import pytest
from django.test import Client
from django.urls import reverse

from allting.choice.bridging import analysis
from allting.choice.bridging.lens import read_lens
from allting.engine import disclosure
from allting.engine.selection.ballots import pack_ballots
from tests.make.choice import make_outcome, options_of

# The proposals: all like the first, each kind has its own two, and both take the last one somewhat.
OF_EMPLOYEES: Sequence[Sequence[int]] = [[0, 1, 2]] * 20 + [[0, 5]] * 10
OF_CITIZENS: Sequence[Sequence[int]] = [[0, 3, 4]] * 40 + [[3, 5]] * 20


def bridges_of(
    ballots: Sequence[Sequence[int]], kinds: Sequence[str], *, chosen: Sequence[int] = (0, 1, 3)
) -> dict[str, Any]:
    packed = pack_ballots(approvals=ballots, options=[str(number) for number in range(6)])
    return analysis.find_bridges(packed, ids=range(10, 16), kinds=kinds, chosen=chosen, plain=(0, 3, 4))


def test_what_every_kind_took_more_than_most_has_wide_support_whether_it_was_chosen_or_not() -> None:
    found = bridges_of([*OF_EMPLOYEES, *OF_CITIZENS], ["employee"] * 30 + ["citizen"] * 60)

    assert found["kinds"] == ["citizen", "employee"]
    assert found["options"]["10"] is True
    assert found["options"]["11"] is False
    assert found["options"]["13"] is False


def test_the_size_of_the_other_kind_does_not_make_a_proposal_of_one_a_bridge() -> None:
    found = bridges_of([*OF_EMPLOYEES, *OF_CITIZENS * 5], ["employee"] * 30 + ["citizen"] * 300)

    assert [found["options"][it] for it in ("10", "13")] == [True, False]


@pytest.mark.parametrize("kinds", [["employee"] * 30 + [""] * 60, ["employee"] * 19 + ["citizen"] * 71])
def test_with_one_large_kind_there_is_no_lens(kinds: Sequence[str]) -> None:
    assert bridges_of([*OF_EMPLOYEES, *OF_CITIZENS], kinds) == {}


def count_what_can_be_worked_out() -> int:
    """Try all kinds that ballots may have had; count what the lens tells too well of a proposal that lost.

    Known: every ballot, how many of each kind there are, and how many of each kind took the one that was chosen.
    """
    cast = {"chosen": 10, "both": 8, "lost": 10, "neither": 8}
    mine = np.repeat([False, True, True, False], list(cast.values()))
    with_it = np.repeat([True, True, False, False], list(cast.values()))
    without: Mapping[Any, set[int]] = defaultdict(set)
    told: Mapping[Any, set[int]] = defaultdict(set)
    for ways in product(*(range(0, count + 1, 1) for count in cast.values())):
        if sum(ways) not in (9, 14, 18):
            continue
        rows = np.concatenate([np.arange(count) >= way for count, way in zip(cast.values(), ways, strict=True)])
        people = np.bincount(rows.astype(int), minlength=3)
        known = [analysis._known(with_it, rows.astype(int), people)]
        needed = {40: [-(-40 * int(count) // 100) for count in people[:-1]]}
        flag = analysis._is_bridge(mine, rows=rows.astype(int), people=people, known=known, needed=needed)
        public = (sum(ways), ways[0] + ways[1])
        without[public].add(ways[1] + ways[2])
        told[(*public, flag)].add(ways[1] + ways[2])
    return sum(len(left) < 5 and left != without[public[:2]] for public, left in told.items())


def test_no_kind_s_count_behind_a_proposal_that_lost_can_be_worked_out() -> None:
    assert count_what_can_be_worked_out() == 0


def test_without_the_guard_it_could(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(disclosure, "steps_to_tell", lambda _parts, *, agreeing, needed: sorted(needed))

    assert count_what_can_be_worked_out() > 0


# --- the page


@pytest.mark.django_db
def test_the_page_puts_the_lens_beside_what_was_chosen(client: Client) -> None:
    outcome = make_outcome([[0, 1], [0, 2], [0, 1], [0, 2], [0, 3]], options=4, seats=2)
    options = {option.pk: option for option in options_of(outcome.round)}
    first, second = outcome.figures["chosen"]
    third, fourth = [pk for pk in options if pk not in (first, second)]
    told = {str(first): True, str(second): False, str(third): True, str(fourth): None}
    outcome.figures["bridging"] = {"kinds": ["citizen", "employee"], "percent": 30, "options": told}
    outcome.save()

    lens = read_lens(outcome, options)
    page = client.get(reverse("choice:outcome", args=[outcome.round_id])).content.decode()

    assert lens
    assert (lens.chosen_widely, lens.chosen_by_part) == ([options[first]], [options[second]])
    assert (lens.not_chosen_widely, lens.not_told_count) == ([options[third]], 1)
    assert "Not chosen, though all kinds like it" in page
    assert "it decided nothing" in page
    assert "Of 1 proposal it is not told" in page


@pytest.mark.django_db
def test_an_outcome_without_kinds_has_no_lens(client: Client) -> None:
    outcome = make_outcome([[0, 1], [0, 2], [0, 1], [0, 2], [0]], options=3, seats=2)

    page = client.get(reverse("choice:outcome", args=[outcome.round_id])).content.decode()

    assert outcome.figures["bridging"] == {}
    assert "What unlike people both chose" not in page

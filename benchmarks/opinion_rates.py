"""Rates of few votes: drawn towards everybody's or the model's; everybody's towards one share or the model's."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from allting.engine.opinion import (
    AGREE,
    DISAGREE,
    Groups,
    Tally,
    Votes,
    expect_answers,
    find_groups,
    fit_passing,
    fit_positions,
    regroup,
    tally_votes,
)
from allting.engine.opinion.refits import log_losses
from allting.engine.opinion.votes import keep_rows

KEPT_SHARES = (0.8, 0.2)
KEPT_SHARES_OF_EVERYONE = (0.8, 0.2, 0.05)
SPLITS = 4
FEW = 10  # votes of the group on the statement, among those kept


@dataclass(frozen=True, slots=True)
class Rates:
    """Mean logarithmic loss of "agrees" and "disagrees" of left-out votes, predicted by the rate in the person's group.

    counted      by the group's count alone, with one vote of each kind added
    everybody, model   drawn by eight votes towards everybody's rate, and towards the model's mean for the group
    *_few        the same where the group has fewer than ten of the kept votes on the statement; `few` is their share
    """

    name: str
    kept_share: float
    groups: int
    counted: float
    everybody: float
    model: float
    few: float
    counted_few: float
    everybody_few: float
    model_few: float


def measure_rates(name: str, votes: Votes) -> list[Rates]:
    """Leave votes out, draw the groups of the rest, and predict what was left out by their rates."""
    found = find_groups(votes, fit_positions(votes))
    return [_measure(name, votes, last=found, kept_share=share) for share in KEPT_SHARES]


@dataclass(frozen=True, slots=True)
class EveryoneRates:
    """Mean logarithmic loss of the same, predicted by everybody's rate; mean of `SPLITS` ways to leave votes out.

    alike, model   drawn by eight votes towards one share for all statements, and towards the model's mean for everybody
    """

    name: str
    kept_share: float
    alike: float
    model: float


def measure_everyone(name: str, votes: Votes) -> list[EveryoneRates]:
    """Leave votes out, and predict them by everybody's rates of the rest."""
    return [
        EveryoneRates(
            name, share, *np.mean([_losses_of_everyone(votes, share, seed=it) for it in range(SPLITS)], axis=0)
        )
        for share in KEPT_SHARES_OF_EVERYONE
    ]


def _losses_of_everyone(votes: Votes, kept_share: float, *, seed: int) -> list[float]:
    is_out = np.random.default_rng(seed).random(len(votes.values)) >= kept_share
    kept = keep_rows(votes, rows=~is_out)
    positions = fit_positions(kept)
    sets = np.where(np.diff(kept.participant_starts) > 0, 0, -1)
    expected = expect_answers(positions, fit_passing(kept, positions=positions), sets=sets, count=1)[-1]
    everybody = np.ones(votes.participant_count, dtype=np.bool_)
    tallies = (tally_votes(kept, members=everybody), tally_votes(kept, members=everybody, towards=expected))
    asked = is_out & votes.is_shown()
    what, said = votes.statements[asked], votes.values[asked]
    return [float(_losses(_rates(tally)[:, what].T, said).mean()) for tally in tallies]


def _measure(name: str, votes: Votes, *, last: Groups, kept_share: float) -> Rates:
    is_out = np.random.default_rng(5).random(len(votes.values)) >= kept_share
    kept = keep_rows(votes, rows=~is_out)
    positions = fit_positions(kept)
    # Without groups, one set: everybody who is placed.
    groups = regroup(kept, positions, last=last)
    labels = groups.labels.astype(np.int64)
    everybody = tally_votes(kept, members=np.ones(votes.participant_count, dtype=np.bool_))
    expected = expect_answers(positions, fit_passing(kept, positions=positions), sets=labels, count=groups.k)
    members = [labels == group for group in range(groups.k)]
    ways = (
        [_counted(tally_votes(kept, members=of_group)) for of_group in members],
        [_rates(tally_votes(kept, members=of_group, towards=everybody)) for of_group in members],
        [
            _rates(tally_votes(kept, members=of_group, towards=expected[group]))
            for group, of_group in enumerate(members)
        ],
    )
    asked = is_out & votes.is_shown() & (labels[votes.participants] >= 0)
    group, what, said = labels[votes.participants[asked]], votes.statements[asked], votes.values[asked]
    seen = np.array([tally_votes(kept, members=of_group).seen for of_group in members])[group, what]
    losses = [_losses(np.array(rates)[group, :, what], said) for rates in ways]
    is_few = seen < FEW
    whole, few = (
        [float(loss[rows].mean()) if rows.any() else float("nan") for loss in losses]
        for rows in (np.ones_like(is_few), is_few)
    )
    return Rates(name, kept_share, groups.k, *whole, float(is_few.mean()), *few)


def _rates(tally: Tally) -> NDArray[np.float64]:
    return np.array([tally.agree_rate, tally.disagree_rate])


def _counted(tally: Tally) -> NDArray[np.float64]:
    return np.array([(tally.agree + 1) / (tally.seen + 2), (tally.disagree + 1) / (tally.seen + 2)])


def _losses(predicted: NDArray[np.float64], said: NDArray[np.int8]) -> NDArray[np.float64]:
    agrees, disagrees = (log_losses(predicted[:, side], said == vote) for side, vote in enumerate((AGREE, DISAGREE)))
    return (agrees + disagrees) / 2


def print_rates(rows: list[Rates]) -> None:
    """Print the loss of the three ways, everywhere and where few of the group have voted."""
    print(
        f"\n{'rates in groups: loss on left-out votes':44}{'kept':>6}{'k':>3}{'counted':>9}{'everybody':>11}"
        f"{'model':>8}",
        end="",
    )
    print(f"   under {FEW} votes:{'share':>7}{'counted':>9}{'everybody':>11}{'model':>8}")
    for row in rows:
        print(
            f"{row.name:44}{row.kept_share:6.0%}{row.groups:3}{row.counted:9.4f}{row.everybody:11.4f}{row.model:8.4f}"
            f"{'':18}{row.few:6.0%}{row.counted_few:9.4f}{row.everybody_few:11.4f}{row.model_few:8.4f}"
        )
    for share in KEPT_SHARES:
        part = [row for row in rows if row.kept_share == share]
        columns = ("counted", "everybody", "model", "few", "counted_few", "everybody_few", "model_few")
        means = [float(np.nanmean([getattr(row, name) for row in part])) for name in columns]
        print(
            f"{'mean':44}{share:6.0%}{'':3}{means[0]:9.4f}{means[1]:11.4f}{means[2]:8.4f}{'':18}{means[3]:6.0%}"
            f"{means[4]:9.4f}{means[5]:11.4f}{means[6]:8.4f}"
        )


def print_everyone(rows: list[EveryoneRates]) -> None:
    """Print the loss of the two ways, and their means."""
    print(f"\n{'rates of everyone: loss on left-out votes':44}{'kept':>6}{'alike':>9}{'model':>8}")
    for row in rows:
        print(f"{row.name:44}{row.kept_share:6.0%}{row.alike:9.4f}{row.model:8.4f}")
    for share in KEPT_SHARES_OF_EVERYONE:
        part = [(row.alike, row.model) for row in rows if row.kept_share == share]
        alike, model = np.mean(part, axis=0)
        print(f"{'mean':44}{share:6.0%}{alike:9.4f}{model:8.4f}")

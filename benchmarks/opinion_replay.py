"""Which statement next: how well a person's other answers are predicted after their first ones, by three rules.

Some people who voted much are left out of every fit. A third of their answers is kept for judging; from the rest, a
rule chooses what they are shown, and they answer as they did.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from allting.engine import asking
from allting.engine.opinion import Votes, fit_passing, fit_positions, knowledge_of
from allting.engine.opinion.reference import find_priorities
from allting.engine.opinion.refits import log_losses
from allting.engine.opinion.votes import AGREE, keep_rows

AFTER = (3, 5, 10, 20)
FEWEST_VOTES = 40
MOST_PEOPLE = 60
# The specification's figures after three, five, ten and twenty, mean of four conversations.
SPECIFIED = {"lottery": (0.423, 0.406, 0.385, 0.368), "this rule": (0.408, 0.392, 0.378, 0.362)}

type Indices = NDArray[np.int64]
type Rule = Callable[[Indices, Indices, Indices], int]  # own statements, own votes, candidates


@dataclass(frozen=True, slots=True)
class Replay:
    """Mean loss of predicting the answers kept back, by rule, after 3, 5, 10 and 20 statements."""

    name: str
    people: int
    losses: dict[str, tuple[float, ...]]


def measure_replay(name: str, votes: Votes) -> Replay:
    """Ask some people again, as if they had just come."""
    random = np.random.default_rng(7)
    counts = np.diff(votes.participant_starts)
    active = np.flatnonzero(counts >= min(FEWEST_VOTES, np.sort(counts)[-len(counts) // 6]))
    # At most a sixth of all, so that the fit keeps most of its people.
    asked = np.sort(random.permutation(active)[: min(MOST_PEOPLE, votes.participant_count // 6)])
    others = keep_rows(votes, rows=~np.isin(votes.participants, asked))
    positions = fit_positions(others)
    knowledge = knowledge_of(positions, fit_passing(others, positions=positions))
    priorities = find_priorities(others)

    def at_random(_own: Indices, _votes: Indices, candidates: Indices) -> int:
        return int(random.choice(candidates))

    def by_lottery(_own: Indices, _votes: Indices, candidates: Indices) -> int:
        return int(random.choice(candidates, p=priorities[candidates] / priorities[candidates].sum()))

    def by_this_rule(own: Indices, own_votes: Indices, candidates: Indices) -> int:
        scores = asking.score_statements(knowledge, own_statements=own, own_votes=own_votes, candidates=candidates)
        return int(candidates[int(np.argmax(scores))])

    rules: dict[str, Rule] = {"random": at_random, "lottery": by_lottery, "this rule": by_this_rule}
    losses: dict[str, list[NDArray[np.float64]]] = {rule: [] for rule in rules}
    for person in asked:
        rows = slice(votes.participant_starts[person], votes.participant_starts[person + 1])
        seen, values = votes.statements[rows].astype(np.int64), votes.values[rows].astype(np.int64)
        is_usable = knowledge.is_known[seen]
        seen, values = seen[is_usable], values[is_usable]
        is_kept = (random.random(len(seen)) < 1 / 3) & (values != 0)
        if np.count_nonzero(~is_kept) < max(AFTER) or not is_kept.any():
            continue
        pool = dict(zip(seen[~is_kept].tolist(), values[~is_kept].tolist(), strict=True))
        for rule, choose in rules.items():
            losses[rule].append(_losses(knowledge, pool, judged=(seen[is_kept], values[is_kept]), choose=choose))
    return Replay(
        name=name,
        people=len(losses["random"]),
        losses={rule: tuple(float(loss) for loss in np.mean(each, axis=0)) for rule, each in losses.items()},
    )


def _losses(
    knowledge: asking.Knowledge, pool: dict[int, int], *, judged: tuple[Indices, Indices], choose: Rule
) -> NDArray[np.float64]:
    """Show one statement after the other, and judge after 3, 5, 10 and 20."""
    own: list[int] = []
    found = []
    for shown in range(1, max(AFTER) + 1):
        candidates = np.array(sorted(set(pool) - set(own)))
        own.append(
            choose(np.array(own, dtype=np.int64), np.array([pool[it] for it in own], dtype=np.int64), candidates)
        )
        if shown in AFTER:
            answered = np.array([it for it in own if pool[it] != 0], dtype=np.int64)
            signs = np.array([pool[int(it)] for it in answered], dtype=np.int64)
            standing = asking.stand(knowledge.agreeing, answered, signs)
            predicted = asking.agreement(knowledge.agreeing, standing)[judged[0]]
            found.append(float(log_losses(predicted, judged[1] == AGREE).mean()))
    return np.array(found)


def print_replay(rows: list[Replay]) -> None:
    """Print section 7's table."""
    header = "".join(f"{after:7}" for after in AFTER)
    print(
        f"\n{'left-out answers, after':44}{'people':>7}   "
        + "".join(f"{rule:>11}{header[7:]}" for rule in SPECIFIED_ORDER)
    )
    for row in rows:
        print(f"{row.name:44}{row.people:7}   " + "".join(_figures(row.losses[rule]) for rule in SPECIFIED_ORDER))
    means = {rule: tuple(np.mean([row.losses[rule] for row in rows], axis=0)) for rule in SPECIFIED_ORDER}
    print(f"{'mean':54}" + "".join(_figures(means[rule]) for rule in SPECIFIED_ORDER))
    print(f"{'specified for four':54}" + "".join(_figures(SPECIFIED.get(rule, ())) for rule in SPECIFIED_ORDER))


SPECIFIED_ORDER = ("random", "lottery", "this rule")


def _figures(losses: tuple[float, ...]) -> str:
    return "    " + "".join(f"{loss:7.3f}" for loss in losses).ljust(7 * len(AFTER))

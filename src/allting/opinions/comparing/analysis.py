"""From comparisons to strengths and to the pairs to show next, in a process of its own.

`python -m allting.opinions.comparing.analysis FOLDER` reads `in.npz` (arrays) in a folder and writes `out.json` (plain
lists) into it. It knows no database and no settings.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, ndtri

from allting.engine.ranking import Strengths, count_wins, fit_strengths, prepare_pairs
from allting.web import children

METHOD, VERSION = "bradley-terry", "1"
FIRST, SECOND = 1, 2
# The same as on the map: eight of ten such ranges hold the true figure.
INTERVAL = 0.8
# How far a group usually lies from everybody, logits: half a one is twelve in a hundred. What a few people of a group
# say is drawn to what everybody says, unless they say it often.
GROUP_SPREAD = 0.5
PAIRS = 200
# Nine priorities come out of a round; where there are few statements, the first third.
MOST_AT_THE_TOP = 9

type Arrays = Mapping[str, NDArray[Any]]


def fit(arrays: Arrays) -> dict[str, Any]:
    """Fit everybody, then each group towards everybody, and prepare the next pairs.

    arrays   `first`, `second` (indices of statements), `values` (1, 2, or 3 for even) and `groups` (the group of who
             compared, -1 for none), one entry a comparison; `statement_count`; `group_numbers`; `seed`
    Returns  `everyone` and `groups` by number: `chance` to win against a typical statement with `low` and `high`, one
             entry a statement; `pairs` of indices.
    """
    everyone = fit_strengths(wins=_wins(arrays, np.ones(len(arrays["first"]), dtype=np.bool_)))
    count = len(everyone.mean)
    groups = {}
    for number in arrays["group_numbers"].tolist():
        wins = _wins(arrays, arrays["groups"] == number)
        groups[str(number)] = _columns(fit_strengths(wins=wins, towards=everyone.mean, spread=GROUP_SPREAD))
    pairs = prepare_pairs(everyone, top=max(1, min(MOST_AT_THE_TOP, count // 3)), count=PAIRS, seed=int(arrays["seed"]))
    return {
        "method": METHOD,
        "version": VERSION,
        "everyone": _columns(everyone),
        "groups": groups,
        "pairs": pairs.tolist(),
    }


def _wins(arrays: Arrays, rows: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Count who won against whom; who could not decide gives half a win to each."""
    first, second, values = arrays["first"][rows], arrays["second"][rows], arrays["values"][rows]
    count = int(arrays["statement_count"])

    def won(winners: NDArray[Any], losers: NDArray[Any]) -> NDArray[np.float64]:
        return count_wins(winners=winners, losers=losers, item_count=count)

    even = (values != FIRST) & (values != SECOND)
    halves = won(first[even], second[even]) / 2
    decided = won(first[values == FIRST], second[values == FIRST]) + won(
        second[values == SECOND], first[values == SECOND]
    )
    return decided + halves + halves.T


def _columns(strengths: Strengths) -> dict[str, list[float]]:
    """Return each one's chance against a typical statement: one of the mean strength of all."""
    lead = strengths.mean - strengths.mean.mean()
    covariance = strengths.covariance
    variance = np.diagonal(covariance) - 2 * covariance.mean(axis=1) + covariance.mean()
    reach = ndtri((1 + INTERVAL) / 2) * np.sqrt(np.maximum(variance, 0))
    columns = {"chance": lead, "low": lead - reach, "high": lead + reach}
    return {name: np.round(expit(logits), 4).tolist() for name, logits in columns.items()}


def main() -> None:
    """Read arrays, fit, write JSON."""
    folder = children.begin()
    with np.load(folder / "in.npz", allow_pickle=False) as file:
        arrays = {name: file[name] for name in file.files}
    (folder / "out.json").write_text(json.dumps(fit(arrays), allow_nan=False), encoding="utf-8")


if __name__ == "__main__":
    main()

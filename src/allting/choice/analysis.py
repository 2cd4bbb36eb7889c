"""From ballots to an outcome, in a process of its own: the only file of this room that reaches the engine.

`python -m allting.choice.analysis` reads the ballots as JSON from standard input and writes what was counted as JSON
to standard output. It knows no database and no settings.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from allting.engine.errors import InputError
from allting.engine.selection import certificate, majority, outcome, reading, shares, verify
from allting.engine.selection.ballots import Ballots, pack_ballots

# The rule of the house (choice.rules.FEWEST): fewer ballots are not published, so neither is what proves them.
_FEWEST = 5


@dataclass(frozen=True, slots=True)
class Checked:
    """What `allting check outcome` found: faults in words of the verifier, and what choosing anew gives.

    recomputed   None where no ballots are published, so nothing can be chosen anew
    """

    faults: tuple[str, ...]
    has_ballots: bool
    recomputed: bool | None
    chosen: tuple[str, ...]


def count(asked: Mapping[str, Any]) -> dict[str, Any]:
    """Choose among the options, and read off who is represented and what the others lacked.

    asked     seats, budget (None: places are given), seed; options: [[id, name, cost]];
              ballots: [[approvals (ids), kind]]
    Returns   method, version, digest, certificate (empty under five ballots) and the figures for the page
    """
    ids = [option for option, _name, _cost in asked["options"]]
    place = {option: at for at, option in enumerate(ids)}
    ballots = pack_ballots(
        approvals=[[place[option] for option in approvals if option in place] for approvals, _kind in asked["ballots"]],
        options=[name for _option, name, _cost in asked["options"]],
    )
    seats, seed = asked["seats"], asked["seed"]
    if asked["budget"]:
        costs = [cost for _option, _name, cost in asked["options"]]
        chosen = shares.equal_shares_of_budget(ballots, costs=costs, budget=asked["budget"], seed=seed)
        plain = majority.approval_count_of_budget(ballots, costs=costs, budget=asked["budget"], seed=seed)
    else:
        chosen = shares.equal_shares(ballots, seats=seats, seed=seed)
        plain = majority.approval_count(ballots, seats=seats, seed=seed)
    proof = certificate.make_certificate(chosen, with_ballots=ballots.person_count >= _FEWEST)
    return {
        "method": chosen.method.value,
        "version": outcome.VERSION,
        "digest": json.loads(proof)["ballots_digest"],
        "certificate": proof if ballots.person_count >= _FEWEST else "",
        "figures": _figures(chosen, plain.options, ballots, ids=ids, kinds=[kind for _all, kind in asked["ballots"]]),
    }


def _figures(
    chosen: outcome.Selection, plain: Sequence[int], ballots: Ballots, *, ids: Sequence[int], kinds: Sequence[str]
) -> dict[str, Any]:
    """Say it in ids and counts. Hiding what is about fewer than five people is for `story`."""
    backing = reading.find_backing(ballots, options=range(len(ids)), kinds=kinds)
    return {
        "people": ballots.person_count,
        "limit": chosen.limit,
        "chosen": [ids[option] for option in chosen.chosen],
        "by_completion": [
            ids[bought.option] for bought in chosen.purchases if bought.phase is outcome.Phase.COMPLETION
        ],
        "plain": [ids[option] for option in plain],
        "unspent": chosen.unspent,
        "supporters": {str(ids[one.option]): one.people for one in backing},
        "by_kind": {str(ids[one.option]): dict(one.by_kind) for one in backing},
        "represented": _represented(ballots, chosen.chosen, kinds),
        "represented_plainly": _represented(ballots, plain, kinds),
        "lost": [
            {
                "option": ids[lost.option],
                "more": lost.more_supporters,
                "share_paid": float(1 - lost.money_short / chosen.costs[lost.option]),
            }
            for lost in reading.find_shortfalls(chosen)
        ],
        "ties": [
            {
                "seat": tie.seat,
                "options": [ids[option] for option in tie.options],
                "chosen": ids[tie.chosen],
                "by": tie.decided_by.value,
            }
            for tie in chosen.ties
        ],
    }


def _represented(ballots: Ballots, chosen: Sequence[int], kinds: Sequence[str]) -> list[dict[str, Any]]:
    return [
        {
            "kind": row.kind,
            "people": row.people,
            "blank": row.blank,
            "with_none": row.with_none,
            "with_one": row.with_one,
            "mean": row.mean_chosen,
        }
        for row in reading.represent(ballots, chosen=chosen, kinds=kinds)
    ]


def check(text: str) -> Checked:
    """Verify a published certificate without the engine, then choose anew with the engine that is installed."""
    verdict = verify.verify(text)
    recomputed, chosen = None, tuple[str, ...]()
    if verdict.holds and verdict.has_ballots:
        try:
            again = certificate.recompute(text)
        except InputError as error:
            return Checked((error.code,), verdict.has_ballots, recomputed=False, chosen=())
        recomputed, chosen = again.is_same, again.chosen
    return Checked(tuple(str(fault) for fault in verdict.faults), verdict.has_ballots, recomputed, chosen)


def main() -> None:
    """Read ballots, count, write JSON."""
    if hasattr(os, "nice"):
        os.nice(5)  # pages are answered first
    json.dump(count(json.load(sys.stdin)), sys.stdout, allow_nan=False)


if __name__ == "__main__":
    main()

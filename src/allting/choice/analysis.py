"""From ballots to an outcome, in a process of its own: the only file of this room that reaches the engine.

`python -m allting.choice.analysis` reads the ballots as JSON from standard input and writes what was counted as JSON
to standard output. It knows no database and no settings.
"""

from __future__ import annotations

import base64
import json
import os
import sys
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from allting.choice.bridging.analysis import find_bridges
from allting.engine.errors import InputError
from allting.engine.selection import certificate, majority, outcome, reading, shares, verify
from allting.engine.selection.ballots import Ballots, pack_ballots

# The rule of the house (choice.rules.FEWEST): what fewer ballots give would tell what somebody chose.
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

    asked     stage ("round" or "shortlist"), seats, budget (None: places are given), seed; options: [[id, name, cost]];
              ballots: [[approvals (ids), kind]]
    Returns   method, version, digest, certificate, the figures for the page, and who supports what: for each option a
              bit for each ballot, packed (see `support`)
    Raises    ValueError for fewer than five ballots, which nobody may count (ADR 49)
    """
    if len(asked["ballots"]) < _FEWEST:
        raise ValueError("Fewer than five ballots are not counted.")
    ids = [option for option, _name, _cost in asked["options"]]
    place = {option: at for at, option in enumerate(ids)}
    ballots = pack_ballots(
        approvals=[[place[option] for option in approvals if option in place] for approvals, _kind in asked["ballots"]],
        options=[name for _option, name, _cost in asked["options"]],
    )
    seats, seed = asked["seats"], asked["seed"]
    if asked["stage"] == "shortlist":
        chosen = shares.phragmen(ballots, seats=seats, seed=seed)
        plain = majority.approval_count(ballots, seats=seats, seed=seed)
    elif asked["budget"]:
        costs = [cost for _option, _name, cost in asked["options"]]
        chosen = shares.equal_shares_of_budget(ballots, costs=costs, budget=asked["budget"], seed=seed)
        plain = majority.approval_count_of_budget(ballots, costs=costs, budget=asked["budget"], seed=seed)
    else:
        chosen = shares.equal_shares(ballots, seats=seats, seed=seed)
        plain = majority.approval_count(ballots, seats=seats, seed=seed)
    kinds = [kind for _all, kind in asked["ballots"]]
    proof = certificate.make_certificate(chosen, with_ballots=True)
    figures = _figures(chosen, plain.options, ballots, ids=ids, kinds=kinds)
    if asked["stage"] != "shortlist":  # there nobody sees all proposals
        places = {"chosen": chosen.chosen, "plain": plain.options}
        figures["bridging"] = find_bridges(ballots, ids=ids, kinds=kinds, **places)
    return {
        "method": chosen.method.value,
        "version": outcome.VERSION,
        "digest": json.loads(proof)["ballots_digest"],
        "certificate": proof,
        "figures": figures,
        # Nobody decides on a shortlist, so nobody asks whom another list would leave with nothing.
        "support": {} if asked["stage"] == "shortlist" else _support(ballots, ids=ids),
    }


def _support(ballots: Ballots, *, ids: Sequence[int]) -> dict[str, str]:
    """Say who approves each option, and who approves anything: a bit for each person."""
    is_choosing = (np.diff(ballots.ballot_starts) > 0)[ballots.ballot_of_person]
    found = {"choosing": _packed(is_choosing)}
    for place, option in enumerate(ids):
        approves = np.zeros(len(ballots.people), dtype=np.bool_)
        approves[ballots.ballots_for(place)] = True
        found[f"option {option}"] = _packed(approves[ballots.ballot_of_person])
    return found


def _packed(is_one: NDArray[np.bool_]) -> str:
    return base64.b64encode(zlib.compress(np.packbits(is_one).tobytes())).decode()


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
        "endowment": str(chosen.endowment),
        # What each ballot paid follows from these, for the page that its receipt opens (`influence`).
        "prices": [[ids[bought.option], str(bought.price), str(bought.moment)] for bought in chosen.purchases],
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

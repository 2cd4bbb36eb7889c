"""`allting check outcome FILE`."""

from __future__ import annotations

import argparse
from pathlib import Path

from allting.choice import analysis
from allting.web.rooms import Command


def _fill(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, help="the certificate, as downloaded from the outcome's page")


def _run(chosen: argparse.Namespace) -> int:
    """Verify payments, prices, seed and ballots without the engine, then choose anew with the one installed."""
    try:
        text = chosen.file.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        print(f"{chosen.file} cannot be read: {error}")
        return 2
    found = analysis.check(text)
    for fault in found.faults:
        print(f"Refused: {fault}")
    if found.faults:
        print("This certificate does not hold.")
        return 1
    print("The certificate holds: every payment, price and tie, the seed, and the digest of the ballots.")
    if not found.has_ballots:
        print("It publishes no ballots, so the choice cannot be done over from it.")
        return 0
    if not found.recomputed:
        print("But the engine installed here chooses otherwise:")
    else:
        print("The engine installed here chooses the same:")
    for place, name in enumerate(found.chosen, start=1):
        print(f"  {place:>2}  No. {name}")
    return 0 if found.recomputed else 1


CHECKS = (Command(name="outcome", help="verify the certificate of a round and choose anew", fill=_fill, run=_run),)

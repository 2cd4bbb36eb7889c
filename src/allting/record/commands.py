from __future__ import annotations

import argparse

from allting.record import seals
from allting.record.models import Seal


def fill_audit(parser: argparse.ArgumentParser) -> None:
    """The audit takes no arguments."""


def audit(_arguments: argparse.Namespace) -> int:
    """Recompute every seal. Exit code 1 when the chain is broken."""
    broken = list(seals.breaks_in_the_chain())
    if broken:
        print(f"The record was changed: {len(broken)} seals do not fit, the first is number {broken[0]}.")
        return 1
    print(f"The record is whole: {Seal.objects.count()} seals follow from each other.")
    return 0

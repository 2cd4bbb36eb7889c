"""The six real conversations, used in place: their folder is beside the checkout where developers have it."""

from __future__ import annotations

from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "data" / "polis"
NAMES = (
    "15-per-hour-seattle",
    "american-assembly.bowling-green",
    "austria-climate.5twd2jsnkf.2022-08-08",
    "brexit-consensus",
    "scoop-hivemind.taxes",
    "vtaiwan.uberx",
)
REJECTED = dict(zip(NAMES, (23, 289, 245, 0, 57, 78), strict=True))

where_they_are = pytest.mark.skipif(not FOLDER.is_dir(), reason="The real exports (../shared/data/polis) are not here.")

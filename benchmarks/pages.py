#!/usr/bin/env python3
"""What the pages of the living example cost: requests a second, CPU and queries. Prints a table; `--json FILE` too.

    uv run benchmarks/pages.py [--rounds 30] [--data-dir FOLDER] [--json FILE]

In one process, through all middleware, on the conversation of Bowling Green (2,031 people, 225,524 votes): as told into
a folder of its own, which takes half a minute, or in the folder of a demo that was told before and does not run now.
The first line, the imprint, is a page with nearly nothing on it: what every page costs.
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
import tempfile
from pathlib import Path

from report import machine, print_table, write_json


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--data-dir", type=Path, metavar="FOLDER")
    parser.add_argument("--json", type=Path, metavar="FILE")
    chosen = parser.parse_args()
    measured_on = machine()
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"ALLTING_DATA_DIR": str(chosen.data_dir or folder), "DATABASE_URL": ""}
        # Settings are read when it is imported, so not before the folder is known.
        rows = importlib.import_module("inside").measure_pages(rounds=chosen.rounds)
    print_table(rows)
    write_json(chosen.json, {"machine": measured_on, "rounds": chosen.rounds, "rows": rows})
    return 0


if __name__ == "__main__":
    sys.exit(main())

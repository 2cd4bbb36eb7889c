"""Start the demo with another number of votes a person than its own; part of `million.py`.

python million_filling.py VOTES_EACH demo --world million …
"""

from __future__ import annotations

import sys
from importlib import import_module

from allting import __main__ as command


def main() -> int:
    votes_each, set_up = int(sys.argv.pop(1)), command._set_up_django

    def set_up_and_change() -> None:
        set_up()
        # Its models can be imported only now.
        import_module("allting.demo.crowd").VOTES_EACH = votes_each  # type: ignore[attr-defined]

    command._set_up_django = set_up_and_change
    return command.main()


if __name__ == "__main__":
    sys.exit(main())

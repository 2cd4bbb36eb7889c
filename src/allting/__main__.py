"""`allting …`: set the environment from the flags, set up Django, then hand over to `config.commands`."""

from __future__ import annotations

import os
import sys
from importlib import import_module

import django
from django.core.exceptions import ImproperlyConfigured

from allting.config import flags
from allting.server.errors import CannotStart


def main() -> int:
    """Run one sub-command and return its exit code; 2 for what the operator must change first."""
    arguments = sys.argv[1:]
    try:
        start = flags.apply(arguments)
        _set_up_django()
        # Late, because the rooms' commands import models, which exist only now.
        exit_code: int = import_module("allting.config.commands").run(arguments, start=start)
        return exit_code
    except CannotStart as reason:
        print(f"allting: {reason}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


def _set_up_django() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "allting.config.settings")
    # Before anything loads numpy: one thread, so that the same votes give the same bytes of a map.
    for library in ("OMP", "OPENBLAS", "MKL"):
        os.environ.setdefault(f"{library}_NUM_THREADS", "1")
    try:
        django.setup()
    except ValueError as error:
        if "DATABASE_URL" in str(error):
            raise CannotStart(f"{error}.") from error
        raise
    except ImproperlyConfigured as error:
        if "psycopg" in str(error):
            raise CannotStart(
                "DATABASE_URL names PostgreSQL, whose driver is not installed; install `allting[scale]`."
            ) from error
        raise


if __name__ == "__main__":
    sys.exit(main())

"""Sub-commands about the installation itself. `serve` and `demo` are in `config`, which knows every room."""

from __future__ import annotations

import argparse

from django.conf import settings
from django.core.checks import ERROR, run_checks

from allting.server import database
from allting.web import rooms
from allting.web.rooms import Command


def _run_migrate(chosen: argparse.Namespace) -> int:
    count = database.migrate()
    print(f"The database is up to date; {count} migrations were applied." if count else "The database was up to date.")
    return 0


def _run_check(chosen: argparse.Namespace) -> int:
    """Look at what an operator can get wrong; one line a finding; 1 when something must be changed."""
    if run_of_room := getattr(chosen, "run_check", None):
        return int(run_of_room(chosen))
    waiting = database.count_waiting_migrations()
    found = [f"{message.msg} {message.hint or ''}".strip() for message in run_checks() if message.level >= ERROR]
    if waiting:
        found.append(f"{waiting} migrations are waiting. Run `allting migrate`, or start the server, which does it.")
    print(f"Data folder    {settings.DATA_DIR}")
    print(f"Public address {settings.PUBLIC_URL}")
    print(f"Mail           {'set by ALLTING_MAIL_URL' if settings.MAIL_URL else 'not set by ALLTING_MAIL_URL'}")
    for line in found:
        print(f"To do: {line}")
    print("Nothing to do." if not found else f"{len(found)} to do.")
    return 1 if found else 0


def _fill_check(parser: argparse.ArgumentParser) -> None:
    """Let rooms check what is theirs: `allting check outcome FILE`. Alone, it looks over the installation."""
    checks = [check for room in rooms.every_room() for check in room.checks]
    if not checks:
        return
    subjects = parser.add_subparsers(title="what else can be checked", metavar="WHAT")
    for check in checks:
        of_room = subjects.add_parser(check.name, help=check.help, allow_abbrev=False)
        check.fill(of_room)
        of_room.set_defaults(run_check=check.run)


def _take_nothing(parser: argparse.ArgumentParser) -> None:
    return


COMMANDS = (
    Command("migrate", help="Bring the database up to date without starting.", fill=_take_nothing, run=_run_migrate),
    Command("check", help="Look over this installation and say what is to do.", fill=_fill_check, run=_run_check),
)

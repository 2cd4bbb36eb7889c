"""The command line: the sub-commands of every room, and `serve` and `demo`, which start the whole house."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from importlib import import_module
from importlib.metadata import version
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from allting.config import flags
from allting.people import sign_in
from allting.server import data_folder, database, logs, process
from allting.server.errors import CannotStart
from allting.web import rooms
from allting.web.problems import Problem


def run(arguments: Sequence[str], *, start: flags.Start) -> int:
    """Parse the whole line and run its sub-command. Raises CannotStart."""
    logs.configure()
    chosen = _make_parser(start).parse_args(arguments)
    try:
        exit_code: int = chosen.run(chosen)
    except Problem as problem:
        raise CannotStart(str(problem.sentence)) from problem
    return exit_code


def _make_parser(start: flags.Start) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="allting",
        description="An open strategy platform.",
        epilog="Try `allting demo` first. Guides for operators are in docs/operate/.",
        allow_abbrev=False,
    )
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)

    serving = commands.add_parser("serve", help="start the server, with an empty installation at first")
    serving.set_defaults(run=lambda chosen: _serve(start))
    showing = commands.add_parser("demo", help="start a living example on this machine")
    showing.set_defaults(run=lambda chosen: _demo(start))
    for parser_of_server in (serving, showing):
        flags.add_common(parser_of_server)
        flags.add_serving(parser_of_server)

    for command in (command for room in rooms.every_room() for command in room.commands):
        of_room = commands.add_parser(command.name, help=command.help, allow_abbrev=False)
        command.fill(of_room)
        flags.add_common(of_room)
        of_room.set_defaults(run=command.run)

    telling = commands.add_parser("version", help="print the version")
    telling.set_defaults(run=_print_version)
    return parser


def _print_version(chosen: argparse.Namespace) -> int:
    print(f"Allting {version('allting')}")
    return 0


def _serve(start: flags.Start) -> int:
    def print_link() -> None:
        if path := sign_in.first_facilitator_link(now=timezone.now()):
            _say("Nobody is here yet. Sign in as the first facilitator, as long as this server runs:")
            _say(f"  {settings.PUBLIC_URL}{path}")

    _start_house(start, greet=print_link)
    return 0


def _demo(start: flags.Start) -> int:
    story, people = import_module("allting.demo.story"), import_module("allting.demo.people")

    def print_links() -> None:
        links = people.links(timezone.now())
        width = max((len(label) for label, _ in links), default=0)
        _say("Sign in with one click, as long as this demo runs:" if links else "The example is being filled.")
        for label, path in links:
            _say(f"  {label:{width}}  {settings.PUBLIC_URL}{path}")

    _start_house(start, greet=print_links, job=story.tell)
    return 0


def _start_house(start: flags.Start, *, greet: Callable[[], None], job: Callable[[], None] | None = None) -> None:
    folder: Path = settings.DATA_DIR
    lock = data_folder.Lock(folder)
    _say(f"Allting {version('allting')}, data in {folder}")
    if count := database.migrate():
        _say(f"The database was brought up to date ({count} migrations).")
    _warn_about_address()
    _say(f"Open {settings.PUBLIC_URL}")
    greet()
    _say("Stop with Ctrl+C.")
    try:
        process.serve(sockets=list(start.sockets), data_dir=folder, job=job)
    finally:
        lock.release()


def _warn_about_address() -> None:
    is_public_local = flags.is_local(settings.PUBLIC_URL.split("://", 1)[1].split(":", 1)[0])
    if is_public_local and not flags.is_local(settings.BIND_HOST):
        _say(f"Links and QR codes say {settings.PUBLIC_URL}, which only this machine can open; set --public-url.")


def _say(line: str) -> None:
    # At once: what reads our output through a pipe waits for the address.
    print(line, flush=True)

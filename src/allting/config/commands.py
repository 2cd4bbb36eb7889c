"""The command line: the sub-commands of every room, and `serve` and `demo`, which start the whole house."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import timezone

from allting.config import flags
from allting.demo import crowd, story
from allting.demo import people as cast
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

    serving = commands.add_parser("serve", help="Start the server; an empty folder becomes a new installation.")
    serving.set_defaults(run=lambda chosen: _serve(start))
    showing = commands.add_parser("demo", help="Start a living example, on this machine only.")
    showing.set_defaults(run=lambda chosen: _demo(start, chosen))
    flags.add_world(showing)
    for parser_of_server in (serving, showing):
        flags.add_common(parser_of_server)
        flags.add_serving(parser_of_server)

    for command in (command for room in rooms.every_room() for command in room.commands):
        of_room = commands.add_parser(command.name, help=command.help, allow_abbrev=False)
        command.fill(of_room)
        flags.add_common(of_room)
        of_room.set_defaults(run=command.run)

    telling = commands.add_parser("version", help="Print the version.")
    telling.set_defaults(run=_print_version)
    return parser


def _print_version(chosen: argparse.Namespace) -> int:
    print(f"Allting {version('allting')}")
    return 0


def _serve(start: flags.Start) -> int:
    _start_house(start, greeting=_greet_first_facilitator)
    return 0


def _greet_first_facilitator() -> list[str]:
    path = sign_in.first_facilitator_link(now=timezone.now())
    if path is None:
        return []
    return [
        "Nobody is here yet. Sign in as the first facilitator, as long as this server runs:",
        f"  {settings.PUBLIC_URL}{path}",
    ]


def _demo(start: flags.Start, chosen: argparse.Namespace) -> int:
    def fill() -> None:
        if chosen.world == "million":
            crowd.tell(people=chosen.people or flags.MILLION, progress=_say_progress)
        else:
            story.tell(progress=_say_progress)

    _start_house(start, greeting=_greet_visitors_of_demo, job=fill)
    return 0


def _say_progress(words: str, share: float) -> None:
    """Print how far the example is; `share` is 0 to 1."""
    _say([f"{share:5.0%}  {words}"])


def _greet_visitors_of_demo() -> list[str]:
    links = cast.links(timezone.now())
    width = max((len(label) for label, _ in links), default=0)
    return [
        "The example fills itself while you look. Sign in with one click, as long as this demo runs:",
        *(f"  {label:{width}}  {settings.PUBLIC_URL}{path}" for label, path in links),
    ]


def _start_house(
    start: flags.Start, *, greeting: Callable[[], list[str]], job: Callable[[], None] | None = None
) -> None:
    """Migrate, serve until told to stop; the greeting is printed when the first request can be answered."""
    folder: Path = settings.DATA_DIR
    lock = data_folder.Lock(folder)
    _say([f"Allting {version('allting')}, data in {folder}"])
    if count := database.migrate():
        _say([f"The database was brought up to date ({count} migrations)."])
    lines = [*_warnings(), f"Open {settings.PUBLIC_URL}", *greeting(), "Stop with Ctrl+C."]
    try:
        process.serve(sockets=list(start.sockets), data_dir=folder, on_ready=lambda: _say(lines), job=job)
    finally:
        lock.release()


def _warnings() -> list[str]:
    if flags.is_local(urlsplit(settings.PUBLIC_URL).hostname or "") and not flags.is_local(settings.BIND_HOST):
        return [f"Links and QR codes say {settings.PUBLIC_URL}, which only this machine can open; set --public-url."]
    return []


def _say(lines: list[str]) -> None:
    # At once: what reads our output through a pipe waits for the address.
    print("\n".join(lines), flush=True)

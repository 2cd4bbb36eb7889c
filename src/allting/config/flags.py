"""What stands before Django: the flags of the command line become the environment that the settings read."""

from __future__ import annotations

import argparse
import os
import secrets
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from allting.server import address, data_folder
from allting.server.errors import CannotStart

SERVING = frozenset({"serve", "demo"})
DEFAULT_PORT = 8000
WORLDS = ("city", "million")
MILLION = 1_000_000


class WrongFlag(CannotStart):
    """A flag cannot mean what was written; the message says what it may be."""


@dataclass(frozen=True, slots=True)
class Start:
    """What was prepared for a serving command: bound sockets; other commands have none."""

    sockets: tuple[socket.socket, ...] = ()


def add_common(parser: argparse.ArgumentParser) -> None:
    """Add the flags that every sub-command has."""
    parser.add_argument("--data-dir", metavar="FOLDER", help="where database, files and keys are (default: data)")
    parser.add_argument("--public-url", metavar="URL", help="the address that links and QR codes carry")


def add_serving(parser: argparse.ArgumentParser) -> None:
    """Add the flags of `serve` and `demo`."""
    parser.add_argument("--host", help="the address to listen on (default: localhost, this machine only)")
    parser.add_argument(
        "--port", type=_port, help=f"the port to listen on; 0 takes a free one (default: {DEFAULT_PORT})"
    )


def add_world(parser: argparse.ArgumentParser) -> None:
    """Add the flags of `demo`."""
    parser.add_argument(
        "--world",
        choices=WORLDS,
        default=WORLDS[0],
        help="city: a real city's conversation, carried through (default); million: an invented million people",
    )
    parser.add_argument(
        "--people",
        type=_people,
        help=f"how many the million shall be (default: {MILLION})",
    )


def _people(text: str) -> int:
    if not text.isdecimal() or int(text) < 100:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of people from 100")
    return int(text)


def apply(arguments: Sequence[str]) -> Start:
    """Read the flags, take the port, see the data folder, and set the environment. Raises CannotStart.

    Only flags known here are read; the whole line is parsed, and complained about, when the rooms are open.
    """
    if not arguments or {"-h", "--help"} & set(arguments):
        # Asking for help must not leave a data folder behind.
        os.environ.setdefault("ALLTING_SECRET_KEY", secrets.token_hex())
        return Start()
    parser = argparse.ArgumentParser(prog="allting", add_help=False, allow_abbrev=False)
    parser.add_argument("command")
    add_common(parser)
    add_serving(parser)
    add_world(parser)
    chosen, rest = parser.parse_known_args(arguments)
    if chosen.command == "check" and any(not word.startswith("-") for word in rest):
        # A file is checked anywhere, also where there is no installation, and must not leave one behind.
        os.environ.setdefault("ALLTING_SECRET_KEY", secrets.token_hex())
        return Start()
    is_demo = chosen.command == "demo"
    if is_demo and chosen.people and chosen.world == WORLDS[0]:
        raise WrongFlag("The city has the people it has. Add --world million to say how many an invented world has.")
    folder = Path(chosen.data_dir or os.environ.get("ALLTING_DATA_DIR") or _usual_folder(chosen))
    os.environ["ALLTING_DATA_DIR"] = str(folder.resolve())
    public_url = chosen.public_url or os.environ.get("ALLTING_PUBLIC_URL")
    if public_url:
        _refuse_odd_url(public_url)
        os.environ["ALLTING_PUBLIC_URL"] = public_url
    if chosen.command not in SERVING:
        data_folder.prepare(folder)
        return Start()

    host = chosen.host or os.environ.get("ALLTING_HOST") or "localhost"
    if is_demo:
        _refuse_open_demo(host)
        os.environ["ALLTING_DEMO"] = "1"
    sockets = address.take(host=host, port=DEFAULT_PORT if chosen.port is None else chosen.port)
    data_folder.prepare(folder)
    os.environ["ALLTING_HOST"] = host
    # The name and not the number: passkeys and cookies belong to a name.
    os.environ.setdefault("ALLTING_PUBLIC_URL", f"http://localhost:{address.port_of(sockets[0])}")
    return Start(sockets=tuple(sockets))


def _usual_folder(chosen: argparse.Namespace) -> str:
    if chosen.command != "demo":
        return "data"
    return "data/demo" if chosen.world == WORLDS[0] else f"data/demo-{chosen.world}"


def is_local(host: str) -> bool:
    return host in address.LOCAL_HOSTS


def _refuse_open_demo(host: str) -> None:
    if not is_local(host):
        raise WrongFlag(
            f"The demo signs anybody in, so it answers on this machine only and not on {host}; "
            "use `allting serve` for others."
        )


def _refuse_odd_url(url: str) -> None:
    """Links are made by joining this and a path, so it is scheme and host and nothing after. Raises WrongFlag."""
    try:
        parts = urlsplit(url)
        has_port_or_none = parts.port is None or parts.port > 0
    except ValueError:
        has_port_or_none, parts = False, urlsplit("")
    is_whole = parts.scheme in {"http", "https"} and parts.hostname and has_port_or_none
    if not is_whole or parts.path.strip("/") or parts.query or parts.fragment or parts.username:
        raise WrongFlag(
            f"--public-url {url!r} is not a public address; write scheme and host, for example https://allting.example.org."
        )


def _port(text: str) -> int:
    if not text.isdecimal() or not 0 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is no port; a port is a number from 0 to 65535")
    return int(text)

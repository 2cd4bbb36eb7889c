"""A process of its own for what is heavy: the server starts it, listens to it, and never outlives or waits for it long.

    run_child("allting.opinions.analysis", folder=folder, longest_s=900, listener=…)      in the server
    folder = children.begin()                                                             first thing in the child
    children.tell(done, total)                                                            and then, step by step

What is asked and what is answered lie as files in a folder that the caller makes and removes. The child knows no
secret, gives way to pages, and ends when its standard input does. This file loads no Django and nothing heavy.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

type Listener = Callable[[float], None]

# What is kept of what a child says besides how far it is: enough for the end of a traceback.
_LINES_KEPT = 20


class ChildFailed(RuntimeError):
    """A child ended badly, or took too long; for the log, never for a person. `said` is the end of what it said."""

    def __init__(self, *, module: str, exit_code: int, said: str) -> None:
        super().__init__(f"The process of {module} ended with {exit_code}:\n{said}")
        self.exit_code = exit_code
        self.said = said


# --- in the server --------------------------------------------------------------------------------------------


def run_child(module: str, *, folder: Path, longest_s: float, listener: Listener | None = None) -> None:
    """Run a module in a process of its own and wait for it.

    module     started as `python -m module folder`; it has to call `begin` first
    folder     holds what it asks for; it leaves there what it found
    longest_s  seconds after which it is ended: nothing honest takes as long
    listener   hears the share that is done, 0 to 1. What it raises ends the child and reaches the caller.
    Raises     ChildFailed.
    """
    process = subprocess.Popen(
        [sys.executable, "-m", module, str(folder)],
        # Nothing is written into it: it closes with this process, also where that is killed, and the other ends.
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        errors="replace",
        env=environment_of_child(),
    )
    try:
        with _ended_after(process, longest_s) as is_late:
            said = _listen(process.stderr or (), listener)
            exit_code = process.wait()
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
        for pipe in (process.stdin, process.stderr):
            if pipe:
                pipe.close()
    if is_late.is_set():
        said += f"It was ended after {longest_s:g} s.\n"
    if exit_code or is_late.is_set():
        raise ChildFailed(module=module, exit_code=exit_code, said=said)


def environment_of_child() -> Mapping[str, str]:
    """Return the environment of a child: no secret, and one thread for the same bytes every time."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("ALLTING_", "DJANGO_")) and name != "DATABASE_URL"
    }
    threads = ("OMP", "OPENBLAS", "MKL")
    return kept | {f"{library}_NUM_THREADS": "1" for library in threads} | {"PYTHONIOENCODING": "utf-8"}


@contextmanager
def _ended_after(process: subprocess.Popen[str], seconds: float) -> Iterator[threading.Event]:
    """End a process that takes longer; the event says whether that was needed."""
    is_late = threading.Event()

    def end() -> None:
        is_late.set()
        process.kill()

    timer = threading.Timer(seconds, end)
    timer.daemon = True
    timer.start()
    try:
        yield is_late
    finally:
        timer.cancel()


def _listen(lines: Iterable[str], listener: Listener | None) -> str:
    """Pass on how far it is, and return the last other lines."""
    other: list[str] = []
    for line in lines:
        match line.split():
            case [done, total] if done.isdigit() and total.isdigit() and int(total):
                if listener:
                    listener(int(done) / int(total))
            case _:
                other = [*other[-_LINES_KEPT:], line]
    return "".join(other)


# --- in the child ---------------------------------------------------------------------------------------------


def begin() -> Path:
    """Give way to pages, live as long as the server wants and no longer, and return the folder."""
    if hasattr(os, "nice"):
        os.nice(5)
    threading.Thread(target=_end_with_server, daemon=True).start()
    for kind in (signal.SIGINT, signal.SIGTERM):
        # They reach every process of a terminal or a service. Whoever waits puts the work down first, to go on later.
        signal.signal(kind, signal.SIG_IGN)
    return Path(sys.argv[1])


def tell(done: int, total: int) -> None:
    """Say how far it is."""
    print(done, total, file=sys.stderr, flush=True)


def _end_with_server() -> None:
    """Wait for the end of standard input, which nobody writes to: it comes when the server ends, however it ends."""
    while os.read(0, 1):
        pass
    os._exit(3)

"""One process: uvicorn's event loop, Django on a few threads, background work beside it, and a graceful end."""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import uvicorn
from django.db import connections
from django.urls import reverse

from allting.server import background, data_folder, logs, warming
from allting.server.background import Background
from allting.server.bridge import THREADS, Bridge
from allting.web import rooms

if sys.platform != "win32":
    import resource

log = logging.getLogger(__name__)

# Docker and systemd kill after 10 and 90 seconds; both ends of ours fit into the shorter.
FINISH_REQUESTS_WITHIN_S = 6
FINISH_TASKS_WITHIN_S = 3
# Both loopbacks, because we listen on both: believing only one, every visitor of a proxy on the other would
# come from one network, and the limits would shut everybody out.
LOCAL_PROXIES = "127.0.0.1,::1"


def serve(
    *,
    sockets: list[socket.socket],
    data_dir: Path,
    on_ready: Callable[[], None],
    job: Callable[[], None] | None = None,
    threads: int = THREADS,
) -> None:
    """Answer on `sockets` until SIGTERM or Ctrl+C; requests in flight and the current task finish first.

    on_ready    called when requests are answered and signals obeyed
    job         runs once in the background at the start, while pages are already answered
    """
    allow_many_connections()
    beside = Background(worker_id=data_folder.read_worker_id(data_dir), job=job)
    background.current = beside
    config = uvicorn.Config(
        Bridge(
            logs.LoggedHandler(),
            threads=threads,
            file_paths=[reverse(name) for room in rooms.every_room() for name in room.takes_files],
        ),
        http="httptools",
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        forwarded_allow_ips=os.environ.get("FORWARDED_ALLOW_IPS", LOCAL_PROXIES),
        timeout_graceful_shutdown=FINISH_REQUESTS_WITHIN_S,
    )
    # The main thread opened connections for its checks; it needs none while it runs the loop.
    connections.close_all()
    server = _Server(config, on_ready=on_ready, on_stop=beside.stop)
    beside.start()
    try:
        server.run(sockets=sockets)
    finally:
        beside.stop()
        if not beside.join(timeout_s=FINISH_TASKS_WITHIN_S):
            log.warning("A task was cut off; it is resumed at the next start")
    log.info("Server stopped")


def allow_many_connections() -> None:
    """Raise the number of open files to what the system grants: each open page is one."""
    if sys.platform == "win32":
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 65_536 if hard == resource.RLIM_INFINITY else hard
    if soft < wanted:
        # macOS refuses numbers above its own limit; then what there is has to do.
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


class _Server(uvicorn.Server):
    """uvicorn's server, ended by a signal without dying of it, and telling the background at once."""

    def __init__(self, config: uvicorn.Config, *, on_ready: Callable[[], None], on_stop: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_ready = on_ready
        self._on_stop = on_stop

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        # uvicorn raises the signal again after its end; the process would die before tasks are put down.
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {kind: signal.signal(kind, self.handle_exit) for kind in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for kind in before:
                signal.signal(kind, signal.SIG_IGN)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._on_ready()
        warming.start()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._on_stop()
        await super().shutdown(sockets)

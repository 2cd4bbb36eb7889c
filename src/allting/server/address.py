"""Take the port before anything else is done, so that a taken one is one sentence and not a traceback."""

from __future__ import annotations

import errno
import socket
import sys

from allting.server.errors import AddressTaken

_SocketAddress = tuple[str, int] | tuple[str, int, int, int] | tuple[int, bytes]

LOCAL_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})


def take(*, host: str, port: int) -> list[socket.socket]:
    """Return bound sockets for `host`; port 0 takes a free one. Raises AddressTaken.

    `localhost` is bound as IPv4 and, where the machine has it, IPv6: browsers try either first.
    """
    first = _bind(_look_up("127.0.0.1" if host == "localhost" else host, port), host=host, port=port)
    if host != "localhost":
        return [first]
    try:
        return [first, _bind(_look_up("::1", port_of(first)), host=host, port=port_of(first))]
    except AddressTaken:
        return [first]


def port_of(bound: socket.socket) -> int:
    return int(bound.getsockname()[1])


def _look_up(host: str, port: int) -> tuple[socket.AddressFamily, _SocketAddress]:
    try:
        family, _, _, _, where = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except (OSError, UnicodeError) as error:
        raise AddressTaken(f"This machine knows no address called {host!r}; try --host localhost.") from error
    return family, where


def _bind(where: tuple[socket.AddressFamily, _SocketAddress], *, host: str, port: int) -> socket.socket:
    family, address = where
    bound = socket.socket(family, socket.SOCK_STREAM)
    try:
        if sys.platform != "win32":  # there, it would let two servers share one port
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            bound.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1 if host == "localhost" else 0)
        bound.bind(address)
        bound.listen(2048)
    except OSError as error:
        bound.close()
        raise AddressTaken(_say(error, host=host, port=port)) from error
    bound.set_inheritable(True)
    return bound


def _say(error: OSError, *, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} is taken by another program; choose one with --port, for example --port {port + 1}."
    if error.errno in {errno.EACCES, errno.EPERM}:
        return f"Port {port} needs more rights than this user has; choose one above 1023 with --port."
    return f"Allting cannot listen on {host!r}, port {port}: {error.strerror}."

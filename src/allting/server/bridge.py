"""From asyncio to Django and back: an ASGI application that answers by a WSGI one on a few lasting threads.

Why not Django's own ASGI handler: it costs ten times the CPU and opens the database anew for each request
(measured: stack.md, section 4). Here the threads live as long as the server, and so do their connections.

One request:
  event loop   reads the body (to disk when it is large), so that a slow sender holds no thread
  thread       runs Django and writes the answer into an `Outflow`, never waiting for the reader
  event loop   sends from the `Outflow` at the reader's pace; when the reader leaves, the thread is told
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import threading
from collections.abc import Awaitable, Callable, Collection, Iterable, MutableMapping
from queue import SimpleQueue
from typing import IO, Any, cast

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Environ = dict[str, Any]
WsgiApplication = Callable[[Environ, Callable[..., Callable[[bytes], object]]], Iterable[bytes]]
Headers = list[tuple[bytes, bytes]]

THREADS = 4
# Up to here a body or an answer stays in memory; a page is smaller, a recording larger.
IN_MEMORY = 1024 * 1024
# A form with a logo; and what may come to an address that takes files.
LARGEST_FORM = 16 * 1024 * 1024
LARGEST_FILE = 512 * 1024 * 1024
PIECE = 64 * 1024
# More waiting requests than this would wait longer than people do; they get 503 and may come again.
MOST_WAITING = 1000


class ReaderLeft(Exception):
    """The reader closed the connection; raised in the thread to end a long answer."""


class BodyTooLarge(Exception):
    """The body is over what its address takes."""


class Bridge:
    """The ASGI application. `file_paths` take bodies up to LARGEST_FILE, all others up to LARGEST_FORM."""

    def __init__(
        self, application: WsgiApplication, *, threads: int = THREADS, file_paths: Collection[str] = ()
    ) -> None:
        self._application = application
        self._file_paths = frozenset(file_paths)
        self._queue: SimpleQueue[tuple[Environ, Outflow]] = SimpleQueue()
        for number in range(threads):
            # Daemons: after the grace at the end of the server, a request that hangs must not keep the process.
            threading.Thread(target=self._work, name=f"web {number}", daemon=True).start()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        if self._queue.qsize() >= MOST_WAITING:
            await _answer_plainly(send, status=503, sentence="Too many people at once. Try again in a few seconds.")
            return
        body = cast(IO[bytes], tempfile.SpooledTemporaryFile(max_size=IN_MEMORY))  # noqa: SIM115, the thread closes it
        try:
            most = LARGEST_FILE if scope["path"] in self._file_paths else LARGEST_FORM
            await _read_body(scope, receive, into=body, most=most)
        except ReaderLeft:
            return
        except BodyTooLarge:
            await _answer_plainly(send, status=413, sentence="This is more than can be sent at once.")
            return
        outflow = Outflow(asyncio.get_running_loop())
        self._queue.put((make_environ(scope, body), outflow))
        watch = asyncio.create_task(_watch_reader(receive, outflow))
        try:
            await _send_all(outflow, send)
        except ReaderLeft:
            return
        finally:
            watch.cancel()
            outflow.close()

    def _work(self) -> None:
        while True:
            environ, outflow = self._queue.get()
            _run(self._application, environ, outflow)


class Outflow:
    """An answer on its way from a thread to the event loop: what was written and not yet sent.

    It grows into a file when the reader is slower than Django, so a slow phone holds disk and not a thread.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.status = 0
        self.headers: Headers = []
        self._loop = loop
        self._lock = threading.Lock()
        self._file = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115, closed by close()
        self._written = 0
        self._taken = 0
        self._is_finished = False
        self._has_reader = True
        self._error: BaseException | None = None
        self._news = asyncio.Event()
        self._is_wake_up_on_its_way = False

    # In the thread.

    def begin(self, *, status: int, headers: Headers) -> None:
        self.status, self.headers = status, headers

    def put(self, piece: bytes, *, at_once: bool = True) -> None:
        """Add a piece; `at_once` sends it without waiting for `finish`. Raises ReaderLeft."""
        with self._lock:
            if not self._has_reader:
                raise ReaderLeft
            self._file.seek(self._written)
            self._file.write(piece)
            self._written += len(piece)
            if at_once:
                self._wake_up()

    def finish(self, error: BaseException | None = None) -> None:
        with self._lock:
            self._is_finished, self._error = True, error
            self._wake_up()

    # In the event loop.

    async def take(self) -> tuple[bytes, bool]:
        """Return the next piece and whether it is the last. Raises what Django raised, and ReaderLeft."""
        while True:
            with self._lock:
                if not self._has_reader:
                    raise ReaderLeft
                if self._taken < self._written:
                    self._file.seek(self._taken)
                    piece = self._file.read(PIECE)
                    self._taken += len(piece)
                    return piece, self._is_finished and self._error is None and self._taken == self._written
                if self._error:
                    raise self._error
                if self._is_finished:
                    return b"", True
                self._news.clear()
            await self._news.wait()

    def reader_left(self) -> None:
        with self._lock:
            self._has_reader = False
        self._news.set()

    def close(self) -> None:
        """Forget what was not sent; the thread, if it still writes, is told that nobody reads."""
        with self._lock:
            self._has_reader = False
            self._file.close()

    def has_reader(self) -> bool:
        return self._has_reader

    def _wake_up(self) -> None:
        if self._is_wake_up_on_its_way:
            return
        self._is_wake_up_on_its_way = True
        self._loop.call_soon_threadsafe(self._woken)

    def _woken(self) -> None:
        with self._lock:
            self._is_wake_up_on_its_way = False
        self._news.set()


def make_environ(scope: Scope, body: IO[bytes]) -> Environ:
    """Translate an ASGI scope into the dictionary of PEP 3333."""
    server = scope.get("server") or ("localhost", 80)
    client = scope.get("client") or ("", 0)
    environ: Environ = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": _to_wsgi_text(scope.get("root_path", "")),
        "PATH_INFO": _to_wsgi_text(scope["path"]),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "SERVER_NAME": server[0],
        "SERVER_PORT": str(server[1] or 0),
        "REMOTE_ADDR": client[0],
        "REMOTE_PORT": str(client[1]),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.get("scheme", "http"),
        "wsgi.input": body,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for name_bytes, value_bytes in scope["headers"]:
        # A name with an underscore becomes the same key as one with a hyphen: X_Forwarded_Proto is a forgery.
        if b"_" in name_bytes or name_bytes == b"proxy":
            continue
        name, value = name_bytes.decode("latin-1"), value_bytes.decode("latin-1")
        key = {"content-type": "CONTENT_TYPE", "content-length": "CONTENT_LENGTH"}.get(
            name, "HTTP_" + name.upper().replace("-", "_")
        )
        if key in environ:
            environ[key] += ("; " if name == "cookie" else ",") + value
        else:
            environ[key] = value
    if "HTTP_TRANSFER_ENCODING" in environ and "CONTENT_LENGTH" not in environ:
        # Django reads no more than Content-Length says; a chunked body has arrived by now, so its length is known.
        environ["CONTENT_LENGTH"] = str(body.seek(0, 2))
    body.seek(0)
    return environ


def _to_wsgi_text(text: str) -> str:
    return text.encode("utf-8", "surrogateescape").decode("latin-1")


async def _read_body(scope: Scope, receive: Receive, *, into: IO[bytes], most: int) -> None:
    """Write the whole body. Raises BodyTooLarge (before reading, when its length is said) and ReaderLeft."""
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit() and int(value) > most:
            raise BodyTooLarge
    length = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ReaderLeft
        piece = message.get("body", b"")
        length += len(piece)
        if length > most:
            raise BodyTooLarge
        into.write(piece)
        if not message.get("more_body", False):
            return


def _run(application: WsgiApplication, environ: Environ, outflow: Outflow) -> None:
    """Run Django in this thread, from the call to the closing of its answer."""
    body: IO[bytes] = environ["wsgi.input"]
    try:
        if not outflow.has_reader():
            return  # left while waiting for a thread: nothing was begun, so nothing is half done
        answer = application(environ, lambda status, headers, exc_info=None: _begin(outflow, status, headers))
        is_stream = getattr(answer, "streaming", True)
        try:
            for piece in answer:
                if piece:
                    outflow.put(piece, at_once=is_stream)
        finally:
            if hasattr(answer, "close"):
                answer.close()
    except ReaderLeft:
        return
    except BaseException as error:
        outflow.finish(error)  # the event loop raises it: uvicorn logs it and cuts the connection
    else:
        outflow.finish()
    finally:
        body.close()


def _begin(outflow: Outflow, status: str, headers: list[tuple[str, str]]) -> Callable[[bytes], None]:
    outflow.begin(
        status=int(status.split(" ", 1)[0]),
        headers=[(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers],
    )
    return outflow.put


async def _watch_reader(receive: Receive, outflow: Outflow) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    outflow.reader_left()


async def _send_all(outflow: Outflow, send: Send) -> None:
    piece, is_last = await outflow.take()
    await send({"type": "http.response.start", "status": outflow.status, "headers": outflow.headers})
    await send({"type": "http.response.body", "body": piece, "more_body": not is_last})
    while not is_last:
        piece, is_last = await outflow.take()
        await send({"type": "http.response.body", "body": piece, "more_body": not is_last})


async def _answer_plainly(send: Send, *, status: int, sentence: str) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"retry-after", b"3"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": sentence.encode()})

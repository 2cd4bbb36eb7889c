"""The bridge between uvicorn and a WSGI application, over a real socket."""

from __future__ import annotations

import contextlib
import http.client
import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import pytest
import uvicorn

from allting.server import address, bridge


class _Answer:
    """What Django hands back: pieces, whether they come as a stream, and a `close`."""

    def __init__(self, pieces: Iterable[bytes], *, streaming: bool = False) -> None:
        self.pieces, self.streaming, self.is_closed = pieces, streaming, False

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.pieces)

    def close(self) -> None:
        self.is_closed = True


@contextlib.contextmanager
def _serving(application: Callable[..., Any], *, threads: int = 2, file_paths: Sequence[str] = ()) -> Iterator[int]:
    sockets = address.take(host="127.0.0.1", port=0)
    config = uvicorn.Config(
        bridge.Bridge(application, threads=threads, file_paths=file_paths),
        lifespan="off",
        ws="none",
        log_config=None,
        access_log=False,
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": sockets}, daemon=True)
    thread.start()
    try:
        yield address.port_of(sockets[0])
    finally:
        server.should_exit = True
        thread.join(10)


def _ask(
    port: int, method: str = "GET", path: str = "/", *, body: Any = None, headers: dict[str, str] | None = None
) -> tuple[http.client.HTTPResponse, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request(method, path, body=body, headers=headers or {})
    response = connection.getresponse()
    content = response.read()
    connection.close()
    return response, content


def _wait_until(is_true: Callable[[], bool]) -> None:
    stop_at = time.monotonic() + 10
    while not is_true():
        assert time.monotonic() < stop_at, "It did not happen within ten seconds."
        time.sleep(0.01)


def test_headers_and_status_pass_both_ways() -> None:
    seen: dict[str, Any] = {}

    def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> _Answer:
        seen.update(environ)
        start_response("201 Created", [("Set-Cookie", "a=1"), ("Set-Cookie", "b=2"), ("Content-Length", "2")])
        return _Answer([b"ok"])

    with _serving(application) as port:
        response, content = _ask(port, path="/bl%C3%A5?q=1", headers={"Cookie": "x=1", "X-One": "two"})

    assert (response.status, content) == (201, b"ok")
    assert response.headers.get_all("Set-Cookie") == ["a=1", "b=2"]
    assert seen["PATH_INFO"].encode("latin-1").decode() == "/blå"
    assert (seen["QUERY_STRING"], seen["HTTP_COOKIE"], seen["HTTP_X_ONE"]) == ("q=1", "x=1", "two")
    assert seen["REMOTE_ADDR"] == "127.0.0.1"


def test_a_forged_header_with_an_underscore_is_dropped() -> None:
    seen: dict[str, Any] = {}

    def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> _Answer:
        seen.update(environ)
        start_response("204 No Content", [])
        return _Answer([])

    with _serving(application) as port:
        _ask(port, headers={"X_Forwarded_Proto": "https", "Proxy": "evil"})

    assert not {"HTTP_X_FORWARDED_PROTO", "HTTP_PROXY"} & seen.keys()


@pytest.mark.parametrize("length", [0, 3, bridge.IN_MEMORY + 5])
@pytest.mark.parametrize("is_chunked", [False, True])
def test_bodies_of_every_size_arrive_whole(length: int, is_chunked: bool) -> None:
    lengths: list[int] = []

    def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> _Answer:
        lengths.append(len(environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))))
        start_response("200 OK", [("Content-Length", "0")])
        return _Answer([])

    body = b"x" * length
    with _serving(application) as port:
        _ask(port, "POST", body=iter([body[:10], body[10:]]) if is_chunked else body)

    assert lengths == [length]


def test_a_body_above_the_limit_is_refused_before_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bridge, "LARGEST_FORM", 10)

    with _serving(lambda environ, start_response: pytest.fail("reached the application")) as port:
        response, content = _ask(port, "POST", body=b"x" * 11)

    assert response.status == 413
    assert content.endswith(b".")


def test_only_an_address_that_takes_files_gets_a_large_body(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bridge, "LARGEST_FORM", 10)
    monkeypatch.setattr(bridge, "LARGEST_FILE", 20)

    def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> _Answer:
        start_response("200 OK", [("Content-Length", "0")])
        return _Answer([])

    with _serving(application, file_paths=["/import"]) as port:
        taken, _nothing = _ask(port, "POST", "/import", body=b"x" * 20)
        too_large, _words = _ask(port, "POST", "/import", body=b"x" * 21)
        elsewhere, _words = _ask(port, "POST", "/", body=b"x" * 20)

    assert (taken.status, too_large.status, elsewhere.status) == (200, 413, 413)


def test_a_stream_is_sent_piece_by_piece() -> None:
    may_go_on = threading.Event()

    def pieces() -> Iterator[bytes]:
        yield b"first "
        assert may_go_on.wait(10)
        yield b"second"

    def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> _Answer:
        start_response("200 OK", [])
        return _Answer(pieces(), streaming=True)

    with _serving(application) as port:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        connection.request("GET", "/")
        response = connection.getresponse()
        first = response.read(6)
        may_go_on.set()
        rest = response.read()
        connection.close()

    assert (first, rest) == (b"first ", b"second")


def test_a_large_answer_arrives_whole() -> None:
    block = bytes(range(256)) * 64

    def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> _Answer:
        start_response("200 OK", [])
        return _Answer((block for _ in range(500)), streaming=True)

    with _serving(application) as port:
        _, content = _ask(port)

    assert content == block * 500


def test_a_slow_reader_holds_no_thread() -> None:
    answers: list[_Answer] = []

    def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> _Answer:
        start_response("200 OK", [])
        size = 40_000_000 if environ["PATH_INFO"] == "/large" else 2
        answers.append(_Answer((b"x" * (size // 2) for _ in range(2)), streaming=True))
        return answers[-1]

    with _serving(application, threads=1) as port:
        slow = socket.create_connection(("127.0.0.1", port))
        slow.sendall(b"GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n")
        _wait_until(lambda: bool(answers))
        _, content = _ask(port, path="/small")
        slow.close()

    assert content == b"xx"


def test_a_stream_ends_when_its_reader_leaves() -> None:
    answers: list[_Answer] = []

    def for_ever() -> Iterator[bytes]:
        while True:
            time.sleep(0.01)
            yield b"tick"

    def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> _Answer:
        start_response("200 OK", [])
        answers.append(_Answer(for_ever(), streaming=True))
        return answers[-1]

    with _serving(application) as port:
        reader = socket.create_connection(("127.0.0.1", port))
        reader.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert reader.recv(100)
        reader.close()

        _wait_until(lambda: answers[0].is_closed)


def test_a_request_whose_sender_left_before_its_turn_is_not_begun() -> None:
    is_begun, may_end = threading.Event(), threading.Event()
    paths: list[str] = []

    def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> _Answer:
        paths.append(environ["PATH_INFO"])
        is_begun.set()
        assert may_end.wait(10)
        start_response("200 OK", [("Content-Length", "0")])
        return _Answer([])

    with _serving(application, threads=1) as port:
        first = threading.Thread(target=_ask, args=(port,), kwargs={"path": "/first"})
        first.start()
        assert is_begun.wait(10)
        left = socket.create_connection(("127.0.0.1", port))
        left.sendall(b"GET /left HTTP/1.1\r\nHost: localhost\r\n\r\n")
        time.sleep(0.1)
        left.close()
        time.sleep(0.1)
        may_end.set()
        first.join(10)
        _ask(port, path="/last")

    assert paths == ["/first", "/last"]


def test_an_error_in_the_middle_of_an_answer_cuts_it_off() -> None:
    def broken() -> Iterator[bytes]:
        yield b"begun"
        raise RuntimeError("broken on purpose")

    def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> _Answer:
        start_response("200 OK", [])
        return _Answer(broken(), streaming=True)

    with _serving(application) as port, pytest.raises(http.client.IncompleteRead):
        _ask(port)


def test_too_many_waiting_requests_are_asked_to_come_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bridge, "MOST_WAITING", 0)

    with _serving(lambda environ, start_response: pytest.fail("reached the application")) as port:
        response, _ = _ask(port)

    assert response.status == 503
    assert response.headers["Retry-After"] == "3"


def test_requests_of_one_thread_share_its_connection() -> None:
    threads: set[int] = set()

    def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> _Answer:
        threads.add(threading.get_ident())
        start_response("200 OK", [("Content-Length", "0")])
        return _Answer([])

    with _serving(application, threads=2) as port:
        for _ in range(20):
            _ask(port)

    assert len(threads) <= 2

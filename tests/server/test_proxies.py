"""Whose network address the limits see: the visitor's behind a proxy that we believe, the sender's otherwise."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from allting.server.bridge import make_environ
from allting.server.process import LOCAL_PROXIES


def remote_address_of(*, sender: str, forwarded_for: str, trusted: str = LOCAL_PROXIES) -> str:
    """Return what the pages are told of a request that came from `sender` with this header."""
    seen: list[str] = []

    async def application(scope: Any, receive: Any, send: Any) -> None:
        seen.append(make_environ(scope, body=_Body())["REMOTE_ADDR"])

    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": "GET",
        "path": "/",
        "query_string": b"",
        "client": (sender, 50_000),
        "server": ("localhost", 8000),
        "headers": [(b"x-forwarded-for", forwarded_for.encode())],
    }
    answer = ProxyHeadersMiddleware(application, trusted_hosts=trusted)(scope, None, None)  # type: ignore[arg-type]
    # A thread of its own: where a browser test came before, Playwright's loop still runs in this one.
    with ThreadPoolExecutor(max_workers=1) as thread:
        thread.submit(asyncio.run, answer).result()
    return seen[0]


class _Body:
    def seek(self, *_to: int) -> int:
        return 0


@pytest.mark.parametrize("proxy", ["127.0.0.1", "::1"])
def test_behind_a_proxy_on_this_machine_the_visitors_network_counts(proxy: str) -> None:
    assert remote_address_of(sender=proxy, forwarded_for="203.0.113.9") == "203.0.113.9"


def test_what_a_visitor_wrote_into_the_header_before_the_proxy_does_not_count() -> None:
    assert remote_address_of(sender="127.0.0.1", forwarded_for="198.51.100.66, 203.0.113.9") == "203.0.113.9"


def test_a_visitor_without_proxy_cannot_claim_another_network() -> None:
    assert remote_address_of(sender="203.0.113.9", forwarded_for="198.51.100.66") == "203.0.113.9"


def test_a_proxy_elsewhere_is_believed_when_it_is_named() -> None:
    said = {"sender": "10.0.0.7", "forwarded_for": "203.0.113.9"}

    assert remote_address_of(**said) == "10.0.0.7"
    assert remote_address_of(**said, trusted="10.0.0.7") == "203.0.113.9"

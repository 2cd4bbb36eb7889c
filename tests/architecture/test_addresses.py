"""Every address answers everybody as the permission table says, and tells nobody what is not theirs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.db import transaction
from django.http import HttpResponseBase
from django.test import override_settings
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from tests.architecture import world as worlds
from tests.architecture.addresses import LETTER_OF, Row
from tests.architecture.table import TABLE
from tests.architecture.world import WHO, World

CASES = [pytest.param(row, state, id=f"{row} {state}") for row in TABLE for state in row.answers]


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    """Build once; what a request changes is rolled back with its test."""
    mail_is_set_up = override_settings(MAIL_URL="smtp://localhost:1")
    with django_db_blocker.unblock(), mail_is_set_up, transaction.atomic():
        yield worlds.build(now=timezone.now())
        transaction.set_rollback(True)


@pytest.mark.parametrize(("row", "state"), CASES)
def test_each_address_answers_everybody_as_the_table_says(row: Row, state: str, world: World, db: None) -> None:
    url = reverse(row.name, args=[world.thing(name, state=state) for name in row.about]) + _query(row, world, state)
    seen, leaks = "", {}

    for who in WHO:
        with transaction.atomic():
            response = _ask(row, url, who=who, world=world)
            transaction.set_rollback(True)
        seen += _letter(response)
        if words := [] if row.is_letter else world.hides(_body_of(response), who=who):
            leaks[who] = words

    assert (seen, leaks) == (row.answers[state], {})


def test_every_address_has_a_row_and_every_row_an_address() -> None:
    assert {row.name for row in TABLE} == set(_names(get_resolver()))


def test_no_row_says_the_same_twice() -> None:
    assert len({(str(row), *row.data.items()) for row in TABLE}) == len(TABLE)


def _ask(row: Row, url: str, *, who: str, world: World) -> HttpResponseBase:
    cache.clear()  # limits count from the first press
    client = world.client_of(who)
    if row.method == "GET":
        return client.get(url)
    return client.post(url, row.data)


def _query(row: Row, world: World, state: str) -> str:
    """Fill in `?item={process}`."""
    things = {name: world.thing(name, state=state) for name in ("process", "statement")}
    return row.query.format(**things)


def _letter(response: HttpResponseBase) -> str:
    if response.status_code == 302 and response["Location"].startswith(reverse("people:sign_in") + "?"):
        return "s"
    return LETTER_OF.get(response.status_code, f"<{response.status_code}>")


def _body_of(response: Any) -> str:
    content = b"".join(response.streaming_content) if response.streaming else response.content
    return content.decode(errors="replace")


def _names(resolver: URLResolver, namespace: str = "") -> Iterator[str]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLPattern):
            assert pattern.name, f"{pattern.pattern} has no name."
            yield namespace + pattern.name
        else:
            yield from _names(pattern, f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace)

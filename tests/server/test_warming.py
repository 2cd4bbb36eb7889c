"""The first visitor waits for no template and no module."""

from __future__ import annotations

import sys

import pytest
from django.template import engines

from allting.server import warming
from allting.web.rooms import every_room


def test_every_page_of_the_house_is_compiled() -> None:
    assert {"web/base.html", "opinions/results.html", "opinions/statement.html"} <= set(warming.template_names())

    warming.warm()

    assert all(module in sys.modules for room in every_room() for module in room.loaded_late)


def test_a_page_that_was_warmed_is_not_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    warming.warm()
    (engine,) = engines.all()
    monkeypatch.setattr("django.template.loaders.filesystem.Loader.get_contents", lambda *_: pytest.fail("Read again."))

    assert engine.get_template("opinions/results.html")

from __future__ import annotations

import re

import pytest
from django.test import Client, RequestFactory, override_settings
from django.urls import reverse

from allting.web import colours, problems, styles, views

PAIRS = [
    ("ink", "paper", 7),
    ("ink-quiet", "paper", 4.5),
    ("ink-quiet", "sunk", 4.5),
    ("ink-quiet", "spruce-soft", 4.5),
    ("ink", "raised", 7),
    ("spruce", "paper", 4.5),
    ("spruce", "cloudberry-soft", 4.5),
    ("spruce", "berry-soft", 4.5),
    ("on-spruce", "spruce", 4.5),
    ("on-spruce", "spruce-hover", 4.5),
    ("berry", "paper", 4.5),
    ("berry", "berry-soft", 4.5),
    ("ink", "cloudberry-soft", 7),
    ("edge", "paper", 3),
    ("edge", "raised", 3),
    ("group-a", "paper", 4.5),
    ("group-b", "paper", 4.5),
    ("group-c", "paper", 3),
    ("group-d", "paper", 3),
    ("group-e", "paper", 3),
    ("group-f", "paper", 3),
    ("group-between", "paper", 3),
]


def tokens() -> dict[str, tuple[str, str]]:
    found = re.findall(r"--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)", styles.bundle().text)
    return {name: (light, dark) for name, light, dark in found}


@pytest.mark.parametrize(("text", "ground", "at_least"), PAIRS)
def test_a_pair_of_tokens_can_be_read_in_light_and_in_dark(text: str, ground: str, at_least: float) -> None:
    for theme in (0, 1):
        assert colours.contrast(tokens()[text][theme], tokens()[ground][theme]) >= at_least


def test_the_layers_come_in_their_order_and_nothing_is_forced() -> None:
    text = styles.bundle().text

    assert text.lstrip().startswith("@layer tokens, base, components, pages;")
    assert "!important" not in text
    assert not re.search(r"(^|[\s,}])#[a-z][\w-]*\s*\{", text)


def test_the_stylesheet_may_be_kept_for_a_year_because_its_address_changes_with_it() -> None:
    address = reverse("web:styles", args=[styles.bundle().digest])

    answer = Client().get(address)

    assert answer.headers["Content-Type"] == "text/css"
    assert "immutable" in answer.headers["Cache-Control"]
    assert "web/fonts/source-sans-3-latin.woff2" in answer.text


def test_an_own_colour_is_served_in_light_and_in_dark() -> None:
    answer = Client().get(reverse("web:colour_css", args=["#c8102e"]))

    assert "--spruce: light-dark(#C8102E, #" in answer.text
    assert "--group-a" not in answer.text


def test_the_kit_is_only_there_where_the_demo_runs() -> None:
    request = RequestFactory().get(reverse("web:kit"))

    with override_settings(IS_DEMO=False), pytest.raises(problems.Missing):
        views.kit(request)

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allting.web import colours

ANY_COLOUR = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06X}")


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("#000000", "#FFFFFF", 21),
        ("#777777", "#FFFFFF", 4.48),
        ("#0B5345", "#FBFAF6", 8.6),
        ("#16231F", "#FBFAF6", 15.5),
    ],
)
def test_contrast_is_measured_as_wcag_does(first: str, second: str, expected: float) -> None:
    assert colours.contrast(first, second) == pytest.approx(expected, abs=0.05)


@given(ANY_COLOUR, ANY_COLOUR)
def test_contrast_does_not_care_about_the_order(first: str, second: str) -> None:
    assert colours.contrast(first, second) == colours.contrast(second, first)


@given(ANY_COLOUR)
def test_the_nearest_passing_tone_passes(colour: str) -> None:
    tone = colours.nearest_passing_tone(colour)

    assert colours.contrast(tone, colours.PAPER) >= colours.READABLE


def test_a_colour_that_passes_is_left_alone() -> None:
    assert colours.nearest_passing_tone("#0B5345") == "#0B5345"


def test_a_pale_yellow_stays_yellow_when_it_is_darkened() -> None:
    tone = colours.nearest_passing_tone("#FFCC00")

    red, green, blue = (int(tone[start : start + 2], 16) for start in (1, 3, 5))
    assert red > green > blue


@given(ANY_COLOUR)
def test_every_tone_of_an_own_colour_can_be_read_where_it_is_used(colour: str) -> None:
    tones = colours.tones_of(colour)

    assert colours.contrast(tones.light, colours.PAPER) >= 4.5
    assert colours.contrast(tones.light, tones.on_light) >= 4.5
    assert colours.contrast(tones.light_hover, tones.on_light) >= 4.5
    assert colours.contrast(tones.dark, colours.PAPER_DARK) >= 7
    assert colours.contrast(tones.dark, tones.on_dark) >= 4.5
    assert colours.contrast(tones.dark_hover, tones.on_dark) >= 4.5
    assert colours.contrast(tones.deep_light, colours.DEEP_TEXT) >= 7
    assert colours.contrast(tones.deep_dark, colours.DEEP_TEXT) >= 7
    assert colours.contrast(tones.light_soft, "#16231F") >= 7
    assert colours.contrast(tones.dark_soft, "#ECF0EA") >= 7


@pytest.mark.parametrize("text", ["", "12345", "#12345G", "red", "#0B53451"])
def test_what_is_no_colour_is_refused(text: str) -> None:
    assert not colours.is_colour(text)
    with pytest.raises(ValueError, match="six hexadecimal digits"):
        colours.contrast(text, "#FFFFFF")

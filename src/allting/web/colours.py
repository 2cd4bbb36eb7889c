"""Colours that can be read: contrast by WCAG 2.2, and an organisation's own colour in light and dark.

Mixing and lightening happen in OKLab, where equal steps look equal and a hue stays itself.
Source: Björn Ottosson 2020, "A perceptual color space for image processing".
"""

from __future__ import annotations

import re
from dataclasses import dataclass

READABLE = 4.5
"""WCAG 2.2, 1.4.3: text against its ground."""

PAPER, PAPER_DARK = "#FBFAF6", "#101815"
DEEP_TEXT = "#F7F6EF"

_HEX = re.compile(r"#?([0-9A-Fa-f]{6})")
_STEPS = 200

Channels = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Tones:
    """What stands in for spruce and deep, each for light and for dark."""

    light: str
    light_hover: str
    light_soft: str
    on_light: str
    dark: str
    dark_hover: str
    dark_soft: str
    on_dark: str
    deep_light: str
    deep_dark: str


def is_colour(text: str) -> bool:
    """Say whether this is a colour of six hexadecimal digits, with or without #."""
    return _HEX.fullmatch(text) is not None


def contrast(first: str, second: str) -> float:
    """Return the contrast of two colours, 1 (none) to 21 (black on white)."""
    lighter, darker = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def passes(colour: str) -> bool:
    """Say whether a colour can be an organisation's own: readable on paper, and under white words."""
    return min(contrast(colour, PAPER), contrast(colour, "#FFFFFF")) >= READABLE


def nearest_passing_tone(colour: str, *, against: str = PAPER, at_least: float = READABLE) -> str:
    """Return the colour itself, or its nearest lighter or darker tone that can be read on `against`."""
    if contrast(colour, against) >= at_least:
        return _written(_channels(colour))
    lightness, *hue = _to_lab(colour)
    goal = 0.0 if _luminance(against) > 0.18 else 1.0
    for step in range(1, _STEPS):
        tone = _from_lab(_fitting(_between(lightness, goal, step / _STEPS), hue[0], hue[1]))
        if contrast(tone, against) >= at_least:
            return tone
    return "#FFFFFF" if goal else "#000000"


def tones_of(colour: str) -> Tones:
    """Work out the tones of an organisation's own colour; one that is too pale is darkened first."""
    light = nearest_passing_tone(colour, at_least=READABLE + 0.1)
    dark = nearest_passing_tone(light, against=PAPER_DARK, at_least=9)
    deep_light = nearest_passing_tone(light, against=DEEP_TEXT, at_least=9)
    return Tones(
        light=light,
        light_hover=mix(light, "#000000", share=0.18),
        light_soft=mix(PAPER, light, share=0.11),
        on_light="#FFFFFF",
        dark=dark,
        dark_hover=mix(dark, "#FFFFFF", share=0.3),
        dark_soft=mix(PAPER_DARK, dark, share=0.16),
        on_dark=nearest_passing_tone(mix(dark, "#000000", share=0.85), against=dark, at_least=7),
        deep_light=deep_light,
        deep_dark=nearest_passing_tone(mix(deep_light, "#000000", share=0.3), against=DEEP_TEXT, at_least=12),
    )


def mix(first: str, second: str, *, share: float) -> str:
    """Go from the first colour towards the second by a share (0 to 1)."""
    start, end = _to_lab(first), _to_lab(second)
    return _from_lab(
        (_between(start[0], end[0], share), _between(start[1], end[1], share), _between(start[2], end[2], share))
    )


def _fitting(lightness: float, greenred: float, blueyellow: float) -> Channels:
    """Take colour away, no more than needed, until a screen can show this lightness."""
    for step in range(_STEPS + 1):
        rest = 1 - step / _STEPS
        lab = (lightness, greenred * rest, blueyellow * rest)
        if all(-0.0005 <= channel <= 1.0005 for channel in _from_lab_linear(lab)):
            return lab
    return lightness, 0.0, 0.0


def _between(start: float, end: float, share: float) -> float:
    return start + (end - start) * share


def _channels(colour: str) -> Channels:
    match = _HEX.fullmatch(colour)
    if not match:
        message = f"A colour has six hexadecimal digits; {colour!r} has not."
        raise ValueError(message)
    digits = match[1]
    return int(digits[:2], 16) / 255, int(digits[2:4], 16) / 255, int(digits[4:], 16) / 255


def _written(channels: Channels) -> str:
    return "#" + "".join(f"{round(min(max(channel, 0), 1) * 255):02X}" for channel in channels)


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4


def _gamma(channel: float) -> float:
    return 12.92 * channel if channel <= 0.0031308 else 1.055 * max(channel, 0) ** (1 / 2.4) - 0.055


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(channel) for channel in _channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _to_lab(colour: str) -> Channels:
    red, green, blue = (_linear(channel) for channel in _channels(colour))
    long = (0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue) ** (1 / 3)
    medium = (0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue) ** (1 / 3)
    short = (0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue) ** (1 / 3)
    return (
        0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short,
    )


def _from_lab(lab: Channels) -> str:
    red, green, blue = _from_lab_linear(lab)
    return _written((_gamma(red), _gamma(green), _gamma(blue)))


def _from_lab_linear(lab: Channels) -> Channels:
    lightness, greenred, blueyellow = lab
    long = (lightness + 0.3963377774 * greenred + 0.2158037573 * blueyellow) ** 3
    medium = (lightness - 0.1055613458 * greenred - 0.0638541728 * blueyellow) ** 3
    short = (lightness - 0.0894841775 * greenred - 1.2914855480 * blueyellow) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )

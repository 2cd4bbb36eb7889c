"""The map as a file of its own: one sheet of shapes and words, written as SVG or painted as PNG.

A file leaves the house, so it brings its colours (those of the light page) and never shows where somebody stands.
"""

from __future__ import annotations

import io
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from PIL import Image, ImageDraw, ImageFont

from allting.web import numbers, stones
from allting.web.charts.opinion_map import OpinionMap, Placing, Sheet
from allting.web.components import draw
from allting.web.html import element

# The tokens of the light page; a test compares them with tokens.css.
PAPER, INK, QUIET = "#fbfaf6", "#16231f", "#4c5953"
GROUPS = ("#2a5dae", "#a83a20", "#4a1a5c", "#857d00", "#1f9bb8", "#3e2c1c")
GROUNDS = ("#dfe9f9", "#fae3dc", "#eee3f2", "#f0eed0", "#d9eff4", "#ece5de")
BETWEEN = "#6c7670"

WIDTH, MARGIN = 1200, 56
MAP_HEIGHT, CLOUD_HEIGHT = 520, 320
_HALO = 14
PIXELS_A_UNIT = 2
# Edges are smoothed by painting larger and making it small.
_SMOOTHING = 2

_FONTS = Path(__file__).parent.parent / "static" / "web" / "fonts"
_FONT_FILES = {"head": "bricolage-grotesque-{}.woff2", "text": "source-sans-3-{}.woff2"}
_FAMILIES = {
    "head": "'Bricolage Grotesque', 'Trebuchet MS', system-ui, sans-serif",
    "text": "'Source Sans 3', system-ui, 'Segoe UI', Roboto, sans-serif",
}
_LATIN, _LATIN_EXTENDED, _PUNCTUATION = 0x100, 0x2000, 0x2070

Point = tuple[float, float]

# Corners of the groups' shapes around 0, for a radius of 1.
_CORNERS: dict[int, Sequence[Point]] = {
    1: ((-0.86, -0.86), (0.86, -0.86), (0.86, 0.86), (-0.86, 0.86)),
    2: ((0, -1.0), (1.05, 0.85), (-1.05, 0.85)),
    3: ((0, -1.05), (1.05, 0), (0, 1.05), (-1.05, 0)),
    4: ((-0.5, -0.9), (0.5, -0.9), (1.0, 0), (0.5, 0.9), (-0.5, 0.9), (-1.0, 0)),
    5: (
        *((-0.36, -0.98), (0.36, -0.98), (0.36, -0.36), (0.98, -0.36), (0.98, 0.36), (0.36, 0.36)),
        *((0.36, 0.98), (-0.36, 0.98), (-0.36, 0.36), (-0.98, 0.36), (-0.98, -0.36), (-0.36, -0.36)),
    ),
}


@dataclass(frozen=True, slots=True)
class Shape:
    """A closed line through points."""

    points: Sequence[Point]
    fill: str


@dataclass(frozen=True, slots=True)
class Disc:
    """A circle, filled or as a ring."""

    x: float
    y: float
    radius: float
    fill: str = ""
    stroke: str = ""


@dataclass(frozen=True, slots=True)
class Words:
    """One line of words; `y` is its baseline."""

    x: float
    y: float
    text: str
    size: int
    colour: str = INK
    face: str = "text"
    weight: int = 400
    is_at_end: bool = False


@dataclass(frozen=True, slots=True)
class Picture:
    """All that is on the sheet, from the ground up, in units of which a PNG has two pixels each."""

    title: str
    width: int
    height: int
    marks: Sequence[Shape | Disc | Words]


def lay_out(drawing: OpinionMap, *, question: str, headline: str, source: str) -> Picture:
    """Put question, finding, map, names and source on a sheet."""
    marks: list[Shape | Disc | Words] = []
    y = float(MARGIN)
    for text, size, face, weight, colour in ((question, 24, "text", 600, QUIET), (headline, 44, "head", 700, INK)):
        for line in wrap(text, size=size, face=face, weight=weight, width=WIDTH - 2 * MARGIN):
            y += size * 1.2
            marks.append(Words(MARGIN, y, line, size, colour, face, weight))
        y += size * 0.3
    y += 30
    height = CLOUD_HEIGHT if drawing.ends else MAP_HEIGHT
    marks += [_moved(mark, MARGIN, y) for mark in _map(drawing, height)]
    y += height + 24
    for mark in _ends(drawing.ends, y) if drawing.ends else _legend(drawing, y):
        marks.append(mark)
        y = max(y, _bottom(mark))
    y += 28
    for line in wrap(source, size=19, face="text", weight=400, width=WIDTH - 2 * MARGIN):
        y += 25
        marks.append(Words(MARGIN, y, line, 19, QUIET))
    return Picture(title=drawing.title, width=WIDTH, height=round(y + MARGIN), marks=marks)


def _map(drawing: OpinionMap, height: int) -> Iterator[Shape | Disc]:
    sheet = Sheet("file", WIDTH - 2 * MARGIN, height, 40, 24.0, _HALO)
    # Nobody's own place leaves the house.
    placing = Placing(replace(drawing, you=None, ends=None), sheet, height)
    placed = [
        (stone, placing.of(stone.x, stone.y), radius)
        for stone, radius in zip(drawing.stones, placing.radii(), strict=True)
    ]
    if not drawing.ends:
        for stone, (x, y), radius in placed:
            if stone.group is not None:
                yield Disc(x, y, radius + _HALO, fill=GROUNDS[stone.group])
    for number, (stone, (x, y), radius) in enumerate(placed):
        if drawing.ends:
            yield Shape(_pebble(x, y, radius, number), BETWEEN)
        elif stone.group is None:
            yield Disc(x, y, radius * 0.82, stroke=BETWEEN)
        else:
            yield _stone(x, y, radius, stone.group, number)


def _stone(x: float, y: float, radius: float, group: int, number: int) -> Shape:
    if group not in _CORNERS:
        return Shape(_pebble(x, y, radius, number), GROUPS[group])
    return Shape([(x + radius * across, y + radius * down) for across, down in _CORNERS[group]], GROUPS[group])


def _pebble(x: float, y: float, radius: float, number: int) -> list[Point]:
    corners = stones.corners_of(x, y, radius, seed=number % 6 + 1)
    return list(_smoothed(corners))


def _smoothed(corners: Sequence[Point], *, steps: int = 6) -> Iterator[Point]:
    """Walk the closed Catmull-Rom curve through the corners."""
    count = len(corners)
    for index in range(count):
        before, start = corners[index - 1], corners[index]
        end, after = corners[(index + 1) % count], corners[(index + 2) % count]
        for step in range(steps):
            t = step / steps
            yield (
                _between(t, before[0], start[0], end[0], after[0]),
                _between(t, before[1], start[1], end[1], after[1]),
            )


def _between(t: float, before: float, start: float, end: float, after: float) -> float:
    return 0.5 * (
        2 * start
        + (end - before) * t
        + (2 * before - 5 * start + 4 * end - after) * t**2
        + (3 * start - before - 3 * end + after) * t**3
    )


def _legend(drawing: OpinionMap, y: float) -> Iterator[Shape | Disc | Words]:
    """Name the groups under the map, three in a row."""
    columns = min(3, len(drawing.labels)) or 1
    width = (WIDTH - 2 * MARGIN) / columns
    for index, label in enumerate(drawing.labels):
        x, top = MARGIN + index % columns * width, y + index // columns * 78
        yield _stone(x + 14, top + 22, 13, draw.GROUP_LETTERS.index(label.letter), 0)
        lines = wrap(label.name, size=24, face="text", weight=700, width=width - 80)
        yield Words(x + 40, top + 30, lines[0] + ("…" if len(lines) > 1 else ""), 24, weight=700)
        if label.people is not None:
            words = ngettext("%(people)s person", "%(people)s people", label.people)
            yield Words(x + 40, top + 58, words % {"people": numbers.number(label.people)}, 20, QUIET)


def _ends(ends: tuple[str, str], y: float) -> Iterator[Words]:
    """Say under the cloud what lies at either end."""
    width = (WIDTH - 2 * MARGIN) / 2 - 30
    for x, is_at_end, words in ((MARGIN, False, ends[0]), (WIDTH - MARGIN, True, ends[1])):
        yield Words(x, y + 26, gettext("At this end"), 22, weight=700, is_at_end=is_at_end)
        for row, line in enumerate(wrap(words, size=22, face="text", weight=400, width=width)):
            yield Words(x, y + 56 + 29 * row, line, 22, is_at_end=is_at_end)


def _moved(mark: Shape | Disc, x: float, y: float) -> Shape | Disc:
    if isinstance(mark, Disc):
        return replace(mark, x=mark.x + x, y=mark.y + y)
    return replace(mark, points=[(across + x, down + y) for across, down in mark.points])


def _bottom(mark: Shape | Disc | Words) -> float:
    if isinstance(mark, Shape):
        return max(down for _across, down in mark.points)
    return mark.y + (mark.radius if isinstance(mark, Disc) else 0)


# --- words ----------------------------------------------------------------------------------------------------


def wrap(text: str, *, size: int, face: str, weight: int, width: float) -> list[str]:
    """Break words into lines that fit; a word that is too long by itself stands alone."""
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and _length(longer, size=size, face=face, weight=weight) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _length(text: str, *, size: int, face: str, weight: int) -> float:
    return sum(font.getlength(run) for run, font in _runs(text, size=size, face=face, weight=weight))


def _runs(text: str, *, size: int, face: str, weight: int) -> Iterator[tuple[str, ImageFont.FreeTypeFont]]:
    """Cut words where another of our font files has the letters; letters of other scripts get Pillow's own font."""
    run, subset = "", ""
    for letter in text:
        needed = _subset_of(letter)
        if run and needed != subset:
            yield run, _font(face, subset, size, weight)
            run = ""
        run, subset = run + letter, needed
    if run:
        yield run, _font(face, subset, size, weight)


def _subset_of(letter: str) -> str:
    code = ord(letter)
    if code < _LATIN or _LATIN_EXTENDED <= code < _PUNCTUATION:
        return "latin"
    return "latin-ext" if code < 0x300 else "other"


@lru_cache(maxsize=64)
def _font(face: str, subset: str, size: int, weight: int) -> ImageFont.FreeTypeFont:
    if subset == "other":
        fallback = ImageFont.load_default(size)
        if isinstance(fallback, ImageFont.FreeTypeFont):
            return fallback
        subset = "latin"
    font = ImageFont.truetype(_FONTS / _FONT_FILES[face].format(subset), size)
    font.set_variation_by_axes([weight])
    return font


# --- as files -------------------------------------------------------------------------------------------------


def as_svg(picture: Picture) -> str:
    """Write the sheet as SVG that needs nothing else; where our fonts are not there, the next best is taken."""
    size = {"width": picture.width, "height": picture.height}
    box = f"0 0 {picture.width} {picture.height}"
    drawn = element(
        "svg",
        {"xmlns": "http://www.w3.org/2000/svg", "viewBox": box, **size, "role": "img", "aria-label": picture.title},
        element("title", {}, picture.title),
        element("rect", {**size, "fill": PAPER}),
        *(_written(mark) for mark in picture.marks),
    )
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{drawn}\n'


def _written(mark: Shape | Disc | Words) -> SafeString:
    if isinstance(mark, Shape):
        path = "L".join(f"{x:.1f} {y:.1f}" for x, y in mark.points)
        return element("path", {"d": f"M{path}Z", "fill": mark.fill})
    if isinstance(mark, Disc):
        look = {
            "fill": mark.fill or "none",
            "stroke": mark.stroke or None,
            "stroke-width": 2.5 if mark.stroke else None,
        }
        return element("circle", {"cx": f"{mark.x:.1f}", "cy": f"{mark.y:.1f}", "r": f"{mark.radius:.1f}", **look})
    look = {
        "x": f"{mark.x:.1f}",
        "y": f"{mark.y:.1f}",
        "font-family": _FAMILIES[mark.face],
        "font-size": mark.size,
        "font-weight": mark.weight,
        "fill": mark.colour,
        "text-anchor": "end" if mark.is_at_end else None,
    }
    return element("text", look, mark.text)


def as_png(picture: Picture) -> bytes:
    """Paint the sheet at two pixels a unit. Cost: about half a second and 90 MB for a moment."""
    scale = PIXELS_A_UNIT * _SMOOTHING
    large = Image.new("RGB", (picture.width * scale, picture.height * scale), PAPER)
    painter = ImageDraw.Draw(large)
    for mark in picture.marks:
        if isinstance(mark, Shape):
            painter.polygon([(x * scale, y * scale) for x, y in mark.points], fill=mark.fill)
        elif isinstance(mark, Disc):
            box = [(at + side * mark.radius) * scale for side in (-1, 1) for at in (mark.x, mark.y)]
            painter.ellipse(box, fill=mark.fill or None, outline=mark.stroke or None, width=math.ceil(2.5 * scale))
    small = large.resize((picture.width * PIXELS_A_UNIT, picture.height * PIXELS_A_UNIT), Image.Resampling.BOX)
    painter = ImageDraw.Draw(small)
    for mark in picture.marks:
        if isinstance(mark, Words):
            _paint(painter, mark)
    painted = io.BytesIO()
    small.save(painted, "png", optimize=True)
    return painted.getvalue()


def _paint(painter: ImageDraw.ImageDraw, words: Words) -> None:
    size = words.size * PIXELS_A_UNIT
    x, y = words.x * PIXELS_A_UNIT, words.y * PIXELS_A_UNIT
    if words.is_at_end:
        x -= _length(words.text, size=size, face=words.face, weight=words.weight)
    for run, font in _runs(words.text, size=size, face=words.face, weight=words.weight):
        painter.text((x, y), run, fill=words.colour, font=font, anchor="ls")
        x += font.getlength(run)

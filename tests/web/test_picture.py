"""The map as a file: the same sheet as SVG and as PNG, with colours of its own."""

from __future__ import annotations

import io
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PIL import Image

from allting.web.charts import picture
from allting.web.charts.opinion_map import GroupLabel, OpinionMap, Stone

SVG = "{http://www.w3.org/2000/svg}"
TOKENS = Path(picture.__file__).parent.parent / "static" / "web" / "css" / "tokens.css"


def make_drawing(*, groups: int = 6, ends: tuple[str, str] | None = None) -> OpinionMap:
    """A drawing with two stones a group, one ring in between, and somebody who looks."""
    stones = [Stone(x / 6, y / 3 + x / 9, 5 + 3 * x, x) for x in range(groups) for y in (-1, 1)]
    labels = [GroupLabel("ABCDEF"[it], f"Group {it}", 10 + it, 0, 0) for it in range(groups)]
    return OpinionMap(
        title="A <map> of & opinions", stones=[*stones, Stone(0, 0, 6, None)], labels=labels, ends=ends, you=(0.9, 0.9)
    )


def lay_out(drawing: OpinionMap, *, question: str = "What next?", headline: str = "Two groups.") -> picture.Picture:
    return picture.lay_out(drawing, question=question, headline=headline, source="From https://example.org/map")


def test_the_svg_stands_alone() -> None:
    written = picture.as_svg(lay_out(make_drawing()))

    root = ElementTree.fromstring(written)
    assert root.tag == f"{SVG}svg"
    assert not re.search(r"class=|href=|url\(|style=|<script", written)
    assert {path.get("fill") for path in root.iter(f"{SVG}path")} == set(picture.GROUPS)


def test_words_are_words_whatever_they_say() -> None:
    written = picture.as_svg(lay_out(make_drawing(), question="<script>alert(1)</script> & more?"))

    assert "<script" not in written
    assert "&lt;script&gt;" in written


def test_nobodys_own_place_is_in_a_file() -> None:
    drawing = make_drawing()
    without = OpinionMap(title=drawing.title, stones=drawing.stones, labels=drawing.labels)

    assert picture.as_svg(lay_out(drawing)) == picture.as_svg(lay_out(without))


def test_the_png_has_two_pixels_a_unit_and_all_colours() -> None:
    laid_out = lay_out(make_drawing())

    painted = Image.open(io.BytesIO(picture.as_png(laid_out)))

    assert painted.size == (2 * laid_out.width, 2 * laid_out.height)
    colours = {colour for _count, colour in painted.convert("RGB").getcolors(maxcolors=1 << 20) or []}
    for wanted in (*picture.GROUPS, *picture.GROUNDS, picture.BETWEEN, picture.PAPER):
        assert tuple(bytes.fromhex(wanted[1:])) in colours, wanted


def test_a_cloud_says_what_lies_at_its_ends() -> None:
    written = picture.as_svg(lay_out(make_drawing(groups=0, ends=("More buses.", "Fewer cars."))))

    assert "More buses." in written
    assert "Fewer cars." in written
    assert picture.GROUPS[0] not in written


@pytest.mark.parametrize("words", ["x" * 400, "å ä ö ł ș", "Привет, мир", "日本語", ""])
def test_any_words_can_be_painted(words: str) -> None:
    assert picture.as_png(lay_out(make_drawing(groups=2), question=words, headline=words or "–"))


def test_lines_fit_on_the_sheet() -> None:
    lines = picture.wrap("Nobody can say that this is short. " * 12, size=44, face="head", weight=700, width=1088)

    assert len(lines) > 3
    assert all(picture._length(line, size=44, face="head", weight=700) <= 1088 for line in lines)


def test_the_colours_are_those_of_the_page() -> None:
    tokens = dict(re.findall(r"--([a-z-]+): light-dark\((#[0-9a-f]{6})", TOKENS.read_text(encoding="utf-8")))

    assert (tokens["paper"], tokens["ink"], tokens["ink-quiet"]) == (picture.PAPER, picture.INK, picture.QUIET)
    assert tuple(tokens[f"group-{letter}"] for letter in "abcdef") == picture.GROUPS
    assert tuple(tokens[f"ground-{letter}"] for letter in "abcdef") == picture.GROUNDS
    assert tokens["group-between"] == picture.BETWEEN

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.template import Context, Template

from allting.web import html, paging, stones, tables
from allting.web.components import draw


def render(source: str, **context: object) -> str:
    return Template(source).render(Context(context))


def test_every_icon_that_a_template_or_the_code_names_is_in_the_sprite() -> None:
    web = Path(draw.__file__).parent.parent
    sprite = set(re.findall(r'id="([\w-]+)"', (web / "static/web/icons.svg").read_text()))
    named = set()
    for template in web.parent.rglob("templates/**/*.html"):
        named |= set(re.findall(r'(?:\{% icon|\{% fact|icon=) ?"([\w-]+)"', template.read_text()))

    assert named - sprite == set()


def test_unknown_words_become_attributes() -> None:
    drawing = render('{% button "Send" kind="outlined" class="wide" hx_post="/x" disabled=True hidden=False %}')

    assert 'class="button button-outlined wide"' in drawing
    assert 'hx-post="/x"' in drawing
    assert " disabled" in drawing
    assert "hidden" not in drawing


def test_what_people_wrote_is_escaped_everywhere() -> None:
    wrote = "<script>"

    drawing = render(
        "{% button wrote %}{% tag wrote %}{% person wrote role=wrote %}{% item wrote url=wrote %}{% enditem %}"
        "{% notice wrote %}{{ wrote }}{% endnotice %}{% stat wrote wrote %}"
        "{% choice name=wrote value=wrote label=wrote %}"
        "{% tabs label=wrote %}{% tab wrote wrote %}{% endtabs %}{% group_mark 0 name=wrote %}{% copy_link wrote %}",
        wrote=wrote,
    )

    assert wrote not in drawing
    assert drawing.count("&lt;script&gt;") > 10


def test_a_button_of_an_unknown_kind_is_a_mistake_of_ours() -> None:
    with pytest.raises(ValueError, match="A button is one of"):
        render('{% button "Send" kind="green" %}')


def test_drawings_inside_svg_are_closed_so_that_nothing_nests() -> None:
    assert html.element("rect", {"width": 3}) == '<rect width="3"/>'
    assert html.element("path", {}, "x") == "<path>x</path>"


def test_a_stone_keeps_its_form_and_no_two_are_alike() -> None:
    assert stones.outline(0, 0, 10, seed=4) == stones.outline(0, 0, 10, seed=4)
    assert stones.outline(0, 0, 10, seed=4) != stones.outline(0, 0, 10, seed=5)


@pytest.mark.parametrize(("value", "done", "here", "coming"), [(0, 0, 0, 3), (1, 0, 1, 2), (3, 2, 1, 0), (4, 3, 0, 0)])
def test_progress_shows_the_way_behind_the_place_here_and_the_way_ahead(
    value: int, done: int, here: int, coming: int
) -> None:
    drawing = stones.row(value, of=3)

    assert drawing.count("stone-done") == done
    assert drawing.count("stone-here") == here
    assert drawing.count("stone-coming") == coming
    assert f"{value} of 3" in drawing


def test_the_state_of_a_step_is_said_in_words_too() -> None:
    drawing = render('{% stepper label="x" %}{% step 1 "Listening" state="here" %}{% endstep %}{% endstepper %}')

    assert "(here now)" in drawing
    assert 'aria-current="step"' in drawing


def test_a_table_keeps_its_roles_when_it_becomes_blocks() -> None:
    twin = tables.Table(
        caption="Votes",
        columns=[tables.Column("Statement"), tables.Column("Answers", is_figure=True)],
        rows=[[tables.Cell("Cable rates", url="/1"), "678"]],
    )

    drawing = render("{% table twin %}", twin=twin)

    for role in ("table", "row", "rowheader", "cell", "columnheader"):
        assert f'role="{role}"' in drawing
    assert '<a href="/1">Cable rates</a>' in drawing


def test_a_list_of_one_page_has_no_page_links() -> None:
    page = paging.Page(rows=[], number=1, page_count=1, row_count=3, previous_url="", next_url="")

    assert render("{% page_links page %}", page=page) == ""


@pytest.mark.parametrize(
    ("name", "letters"), [("Dana Whitlock", "DW"), ("Åsa", "Å"), ("Ana de la Cruz", "AC"), ("", "")]
)
def test_initials_are_of_the_first_and_the_last_name(name: str, letters: str) -> None:
    assert f'aria-hidden="true">{letters}</span>' in render("{% person name %}", name=name)

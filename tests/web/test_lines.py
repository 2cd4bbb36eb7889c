"""Lines over dates."""

from __future__ import annotations

import itertools
import re
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from allting.web.charts import lines
from allting.web.charts.lines import Line, LineChart, line_chart

FIRST = datetime(2027, 3, 1, 12, tzinfo=UTC)


def chart(*drawn: Line, days: tuple[int, ...] = (0, 1, 9)) -> LineChart:
    return LineChart(title="Share.", dates=[FIRST + timedelta(days=each) for each in days], lines=drawn)


def test_the_words_say_where_each_line_began_and_ends() -> None:
    html = line_chart(chart(Line(0, "Walk", [0.2, None, 0.61]), Line(1, "Drive", [None, 0.5, 0.4])))

    assert "Walk: from 20\xa0% to 61\xa0%. Drive: from 50\xa0% to 40\xa0%." in html


def test_a_line_is_broken_where_nothing_is_known() -> None:
    html = line_chart(chart(Line(0, "Walk", [0.2, None, 0.3, 0.4]), days=(0, 1, 2, 3)))

    assert re.search(r'd="(M[^"]+)"', html)[1].count("M") == 2  # type: ignore[index]


def test_dates_lie_as_far_apart_as_they_are() -> None:
    first, second, third = lines._places([FIRST, FIRST + timedelta(days=1), FIRST + timedelta(days=9)])

    assert round((third - first) / (second - first), 6) == 9


def test_groups_differ_by_shape_and_letter_and_not_by_colour_alone() -> None:
    html = line_chart(chart(*(Line(group, "G", [0.1, 0.2, 0.3]) for group in range(6))))

    assert len(set(re.findall(r'class="lines-dot" d="([^"]+)"', html))) == 6
    assert all(f">{letter}</text>" in html for letter in "ABCDEF")


def test_a_line_without_figures_is_not_drawn() -> None:
    assert "Nobody" not in line_chart(chart(Line(0, "A", [0.1, 0.1, 0.1]), Line(1, "Nobody", [None, None, None])))


@given(st.lists(st.floats(0, 1), min_size=1, max_size=6))
def test_no_figure_at_an_end_is_written_on_another(shares: list[float]) -> None:
    heights = sorted(lines._height(share) for share in shares)

    found = lines._apart(heights)

    assert all(later - earlier >= lines._END_STEP - 1e-9 for earlier, later in itertools.pairwise(found))
    assert max(found) <= lines._BOTTOM + 6

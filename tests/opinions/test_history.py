"""How opinion moved: an earlier map beside the latest, chosen by a link or the slider."""

from __future__ import annotations

import itertools
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from allting.opinions import figures, history, holding, results
from allting.opinions.models import Conversation, MapSnapshot
from allting.record import actions as record
from tests.make.maps import add_votes, make_export, make_map, make_voted_conversation
from tests.make.opinions import DISAGREE, cast, make_device_actor, statements_of
from tests.make.processes import NOW

DAY = timedelta(days=1)
pytestmark = pytest.mark.django_db


def get(client: Client, conversation: Conversation, **query: Any) -> str:
    answer = client.get(reverse("opinions:over_time", args=[conversation.pk]), query)
    assert answer.status_code == 200
    return answer.content.decode()


def with_maps(count: int) -> tuple[Conversation, list[MapSnapshot]]:
    """A small conversation in which seven more people answered each day."""
    conversation = make_voted_conversation(people=7)
    stored = [make_map(conversation, now=NOW)]
    for step in range(1, count):
        add_votes(conversation, make_export(people=7 + 7 * step), now=NOW + step * DAY)
        stored.append(make_map(conversation, now=NOW + step * DAY))
    return conversation, stored


def test_a_link_shows_the_map_of_its_date_and_what_was_said_then(client: Client) -> None:
    conversation, stored = with_maps(3)

    page = get(client, conversation, map=stored[1].pk)

    assert "Too early to say. 14 people have answered." in page
    assert f'href="?map={stored[0].pk}"' in page
    assert f'href="?map={stored[2].pk}"' in page


@pytest.mark.parametrize(("step", "people"), [("1", 7), ("2", 14), ("3", 21), ("99", 21), ("0", 7), ("x", 7)])
def test_the_slider_works_as_a_plain_form(client: Client, step: str, people: int) -> None:
    conversation, _stored = with_maps(3)

    assert f"Too early to say. {people} people have answered." in get(client, conversation, step=step)


def test_a_map_that_is_not_kept_any_more_is_nowhere_and_says_so(client: Client) -> None:
    conversation, _stored = with_maps(1)

    answer = client.get(reverse("opinions:over_time", args=[conversation.pk]), {"map": 0})

    assert answer.status_code == 404
    assert "This map is not kept any more." in answer.content.decode()


def test_a_map_of_another_conversation_is_nowhere(client: Client) -> None:
    conversation, _stored = with_maps(1)
    _other, foreign = with_maps(1)

    answer = client.get(reverse("opinions:over_time", args=[conversation.pk]), {"map": foreign[0].pk})

    assert answer.status_code == 404


def test_with_one_map_the_page_says_when_there_will_be_two(client: Client) -> None:
    conversation, _stored = with_maps(1)

    page = get(client, conversation)

    assert "There is one map so far." in page
    assert 'type="range"' not in page


def test_htmx_gets_the_part_with_the_map(client: Client) -> None:
    conversation, _stored = with_maps(2)

    answer = client.get(
        reverse("opinions:over_time", args=[conversation.pk]), {"step": 1}, headers={"HX-Request": "true"}
    )

    assert answer.content.decode().strip().startswith('<div id="then">')


def test_words_hidden_since_are_on_no_date(client: Client) -> None:
    conversation, stored = with_maps(2)
    hidden = statements_of(conversation)[0]
    record.hide(item=hidden.item, by=record.system_actor(), reason="Insulting.", now=NOW)

    assert hidden.text not in get(client, conversation, map=stored[0].pk)


def test_groups_keep_their_letters_and_what_moved_surely_is_listed() -> None:
    conversation = make_voted_conversation(people=60)
    first = make_map(conversation, now=NOW)
    uniting = statements_of(conversation)[0]
    for _newcomer in range(60):
        voter = make_device_actor()
        cast(uniting, DISAGREE, actor=voter, now=NOW + DAY)
    for place in list(conversation.places.select_related("actor")):
        cast(uniting, DISAGREE, actor=place.actor, now=NOW + DAY)
    latest = make_map(conversation, now=NOW + DAY)

    then, now = (results.results_of(it, conversation=conversation) for it in (first, latest))
    found = history.moves(then, now)

    assert {group.letter for group in then.groups} == {group.letter for group in now.groups} == {"A", "B"}
    assert {move.statement.pk for move in found} == {uniting.pk}
    assert all(move.points < -30 for move in found)


# --- lines over dates


def turned(days: int = 3) -> tuple[Conversation, list[MapSnapshot]]:
    """Sixty people in two groups; later another sixty come, and all turn from the first statement."""
    conversation = make_voted_conversation(people=60)
    first = make_map(conversation, now=NOW)
    uniting = statements_of(conversation)[0]
    for _newcomer in range(60):
        cast(uniting, DISAGREE, actor=make_device_actor(), now=NOW + DAY)
    for place in list(conversation.places.all()):
        cast(uniting, DISAGREE, actor=place.actor, now=NOW + DAY)
    return conversation, [first, make_map(conversation, now=NOW + days * DAY)]


def courses_of(conversation: Conversation) -> history.Courses | None:
    now = results.read_results(conversation=conversation, actor=None)
    assert now
    return history.read_courses(stored=history.list_stored_maps(conversation_id=conversation.pk), now=now)


def test_what_moved_most_is_drawn_first_a_line_for_each_group(client: Client) -> None:
    conversation, _stored = turned()

    courses = courses_of(conversation)
    page = get(client, conversation)

    assert courses
    assert courses.found[0].statement == statements_of(conversation)[0]
    assert courses.found[0].is_sure
    assert [line.group for line in courses.found[0].chart.lines] == [0, 1]
    assert "What moved most" in page
    assert "More than chance" in page


def test_every_point_is_a_published_figure_and_so_is_the_table() -> None:
    conversation, stored = turned()
    kept = [figures.from_data(it.figures) for it in stored]

    courses = courses_of(conversation)

    assert courses
    for course in courses.found:
        for line in course.chart.lines:
            assert line.group is not None
            cells = [it.statements[course.statement.pk].groups[figures.LETTERS[line.group]] for it in kept]
            assert list(line.shares) == [cell.rate for cell in cells]
            assert all(cell.count >= 5 for cell in cells)
            # Of two dates no point moves by what fewer than five people said.
            assert not any(holding.tells_too_much(one, other) for one, other in itertools.combinations(cells, 2))
    assert len(courses.table.rows) == sum(len(course.chart.lines) for course in courses.found)


def test_with_one_date_there_are_no_lines(client: Client) -> None:
    conversation, _stored = with_maps(1)

    assert courses_of(conversation) is None
    assert "What moved most" not in get(client, conversation)


def test_without_groups_everyone_is_one_line() -> None:
    conversation, _stored = with_maps(3)

    courses = courses_of(conversation)

    assert courses
    assert courses.found
    assert {line.group for course in courses.found for line in course.chart.lines} == {None}


def test_of_many_dates_some_are_drawn_and_always_the_first_and_the_last() -> None:
    stored = [history.StoredMap(pk=step, step=step, drawn_at=NOW, people=5) for step in range(1, 60)]

    drawn = history.spread(stored)

    assert len(drawn) == history.DATES_DRAWN
    assert (drawn[0], drawn[-1]) == (stored[0], stored[-1])
    assert history.spread(stored[:2]) == stored[:2]
    assert history.spread([]) == []


def test_words_hidden_since_have_no_line() -> None:
    conversation, _stored = with_maps(3)
    before = courses_of(conversation)
    assert before
    hidden = before.found[0].statement
    record.hide(item=hidden.item, by=record.system_actor(), reason="Insulting.", now=NOW)

    after = courses_of(conversation)

    assert after
    assert hidden not in [course.statement for course in after.found]


def test_the_page_costs_as_many_queries_for_many_maps_as_for_few(client: Client) -> None:
    counts = []
    for maps in (2, 8):
        conversation, _stored = with_maps(maps)
        get(client, conversation)
        with CaptureQueriesContext(connection) as queries:
            get(client, conversation, step=1)
        counts.append(len(queries))

    assert counts[0] == counts[1]

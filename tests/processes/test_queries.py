from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from allting.people.models import Entry, EntryLink, Person
from allting.processes import queries, rules
from allting.processes.models import Process
from allting.record.errors import NotFound, Refused
from allting.record.viewers import NOBODY, Viewer
from tests.make.processes import (
    NOW,
    activity_in,
    make_deputy,
    make_facilitator,
    make_member,
    make_process,
    make_sponsor,
    viewer_of,
)

pytestmark = pytest.mark.django_db


def seen_by(viewer: Viewer) -> set[int]:
    return set(queries.processes_visible_to(viewer).values_list("pk", flat=True))


@pytest.fixture
def world() -> dict[str, int]:
    """One process of each state and openness."""
    return {
        f"{state} {open_to}": make_process(state=state, open_to=Process.OpenTo(open_to)).pk
        for state in ("draft", "announced", "running", "closed")
        for open_to in ("link", "invited", "members")
    }


@pytest.mark.parametrize(
    ("make", "hidden"),
    [
        (None, {"draft", "invited", "members"}),
        (make_member, {"draft", "invited"}),
        (make_sponsor, set()),
        (make_deputy, set()),
        (make_facilitator, set()),
    ],
)
def test_lists_hold_what_the_viewer_may_look_at(
    world: dict[str, int], make: Callable[[], Person] | None, hidden: set[str]
) -> None:
    viewer = viewer_of(make()) if make else NOBODY

    expected = {pk for name, pk in world.items() if not hidden & set(name.split())}
    assert seen_by(viewer) == expected
    # The query says what the rule says.
    assert expected == {
        pk for pk, process in queries.processes_by_id(world.values()).items() if rules.may_look(viewer, process)
    }


def test_strangers_see_what_is_public_and_drafts_can_be_left_out(world: dict[str, int]) -> None:
    public = {world[f"{state} link"] for state in ("announced", "running", "closed")}

    assert set(queries.public_processes().values_list("pk", flat=True)) == public
    everything = queries.processes_visible_to(viewer_of(make_facilitator()), drafts=False)
    assert set(everything.values_list("pk", flat=True)) == {pk for name, pk in world.items() if "draft" not in name}


def test_a_sponsor_of_one_draft_sees_that_one() -> None:
    person = make_member()
    process = make_process(state="draft", sponsor=person)
    make_process(state="draft")

    assert seen_by(viewer_of(person)) == {process.pk}


def test_somebody_who_came_in_by_the_code_sees_an_invited_process_and_takes_part() -> None:
    process = make_process(open_to=Process.OpenTo.INVITED)
    person = make_member(within=make_process(state="draft").item)
    viewer = viewer_of(person)
    link = EntryLink.objects.create(token="t", item=process.item, made_by=person.actor, made_at=NOW)
    activity = activity_in(process)

    assert process.pk not in seen_by(viewer)
    assert not queries.may_take_part(viewer, activity, NOW)

    Entry.objects.create(link=link, person=person, entered_at=NOW)

    assert process.pk in seen_by(viewer)
    assert queries.may_take_part(viewer, activity, NOW)
    assert queries.get_process_for(viewer, process.pk, to="look", now=NOW) == process

    EntryLink.objects.update(revoked_at=NOW)

    assert process.pk not in seen_by(viewer)
    assert not queries.may_take_part(viewer, activity, NOW)


def test_a_draft_is_not_there_for_strangers_and_is_for_the_facilitator() -> None:
    process = make_process(state="draft")

    with pytest.raises(NotFound):
        queries.get_process_for(NOBODY, process.pk, to="look", now=NOW)
    with pytest.raises(NotFound):
        queries.get_activity_for(NOBODY, activity_in(process).item_id, to="look", now=NOW)
    assert queries.get_process_for(viewer_of(make_facilitator()), process.pk, to="look", now=NOW) == process


def test_what_is_not_there_is_not_found() -> None:
    with pytest.raises(NotFound):
        queries.get_process_for(NOBODY, 999, to="look", now=NOW)
    with pytest.raises(NotFound):
        queries.activity_of(999)


@pytest.mark.parametrize("deed", ["facilitate", "change", "extend", "close"])
def test_strangers_are_refused_with_the_reason(deed: queries.Deed) -> None:
    process = make_process()

    with pytest.raises(Refused, match="Only the facilitator"):
        queries.get_process_for(NOBODY, process.pk, to=deed, now=NOW)


def test_taking_part_in_a_closed_activity_is_refused_with_the_day() -> None:
    item_id = activity_in(make_process(state="closed")).item_id

    with pytest.raises(Refused, match="See what came of it"):
        queries.get_activity_for(NOBODY, item_id, to="take_part", now=NOW)
    assert queries.get_activity_for(NOBODY, item_id, to="look", now=NOW).item_id == item_id


def test_lists_put_what_is_open_first() -> None:
    closed, announced, running = (make_process(state=state) for state in ("closed", "announced", "running"))

    assert list(queries.public_processes()) == [running, announced, closed]


@pytest.mark.parametrize("rows", [2, 8])
def test_the_list_costs_the_same_however_many_there_are(rows: int) -> None:
    for _row in range(rows):
        make_process()

    with CaptureQueriesContext(connection) as queries_made:
        for process in queries.processes_visible_to(NOBODY):
            rules.timetable_of(process)
            [activity.item.title for activity in rules.activities_of(process)]
            [rules.right_of(phase) for phase in process.phases.all()]

    assert len(queries_made) == 3

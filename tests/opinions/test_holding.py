"""Somebody keeps every map and subtracts them from each other."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import combinations

import pytest

from allting.opinions import holding, polis, stored
from allting.opinions.figures import Cell, Figures, StatementFigures, from_data
from allting.opinions.holding import Earlier
from allting.opinions.models import Conversation, MapPlace, MapSnapshot
from tests.make.maps import add_votes, give_accounts, make_export, make_map, make_voted_conversation
from tests.make.opinions import AGREE, DISAGREE, PASS, cast, make_conversation, make_device_actor, statements_of
from tests.make.processes import NOW

HOUR = timedelta(hours=1)


def cell(agree: int, disagree: int, passed: int = 0) -> Cell:
    count = agree + disagree + passed
    return Cell(count, agree, disagree, passed, round(agree / count, 2), 0.0, 1.0, round(disagree / count, 2))


def shown(everyone: Cell | None, *, between: Cell | None = None, **groups: Cell) -> StatementFigures:
    return StatementFigures(everyone=everyone, groups=groups, between=between, devices=None)


# --- whether anything moves


@pytest.mark.parametrize(
    ("people", "last", "is_closed", "active", "may"),
    [
        (4, None, False, 0, False),
        (5, None, False, 0, True),
        (104, 100, False, 40, False),
        (105, 100, False, 0, True),
        (95, 100, False, 0, True),
        (96, 100, False, 40, False),
        (104, 100, True, 4, False),
        (104, 100, True, 5, True),
        (100, 100, True, 5, True),
        (4, 9, True, 9, False),
    ],
)
def test_public_figures_move_only_when_five_more_have_voted(
    people: int, last: int | None, is_closed: bool, active: int, may: bool
) -> None:
    earlier = [] if last is None else [Earlier(people=last, at=NOW)]

    assert (
        holding.may_publish(people=people, earlier=earlier, is_closed=is_closed, active_since=lambda at: active) is may
    )


@pytest.mark.parametrize(
    ("people", "active", "may"),
    [
        (20, 0, True),  # the same again
        (20, 1, False),  # somebody changed an answer
        (21, 1, False),
        (19, 0, False),  # somebody was erased
        (24, 4, False),
        (24, 5, True),
        (25, 0, True),
    ],
)
def test_nothing_is_published_that_differs_from_one_before_the_last_by_a_few(
    people: int, active: int, may: bool
) -> None:
    first, second = Earlier(people=20, at=NOW), Earlier(people=40, at=NOW + timedelta(minutes=1))
    asked = []

    def active_since(moment: datetime) -> int:
        asked.append(moment)
        return active

    assert (
        holding.may_publish(people=people, earlier=[first, second], is_closed=False, active_since=active_since) is may
    )
    assert asked == ([NOW] if people < 25 else [])


# --- one statement


@pytest.mark.parametrize(
    ("before", "after", "people"),
    [
        (cell(10, 5), cell(10, 5), 0),
        (cell(10, 5), cell(11, 5), 1),
        (cell(10, 5), cell(9, 6), 1),
        (cell(10, 5), cell(13, 7), 5),
        (cell(10, 5), cell(16, 3), 6),
        (cell(10, 5), cell(6, 4), 5),
    ],
)
def test_a_difference_tells_about_as_many_as_came_or_left_or_changed(before: Cell, after: Cell, people: int) -> None:
    assert holding.people_told(after, before) == people


def test_a_set_keeps_its_figures_until_five_people_moved_it() -> None:
    before = shown(cell(20, 15), A=cell(15, 5), B=cell(5, 10))
    after = shown(cell(31, 15), A=cell(24, 5), B=cell(7, 10))

    held = holding._hold_statement(after, [before])

    assert held.groups == {"A": cell(24, 5), "B": cell(5, 10)}
    assert held.everyone is not None
    assert held.everyone.count == 29 + 15


def test_where_the_total_would_tell_the_whole_statement_stays() -> None:
    before = shown(cell(30, 15), A=cell(15, 5), B=cell(15, 10))
    after = shown(cell(31, 15), A=cell(21, 5), B=cell(10, 10))

    assert holding._hold_statement(after, [before]) == before


def test_new_groups_wait_until_the_total_moved_enough() -> None:
    before = shown(cell(15, 14))
    after = shown(cell(16, 14), A=cell(16, 0), B=cell(0, 14))

    assert holding._hold_statement(after, [before]) == before


def test_a_figure_does_not_come_back_near_to_one_before_the_last() -> None:
    earlier = [shown(cell(10, 5)), shown(cell(16, 5))]

    assert holding._hold_statement(shown(cell(11, 5)), earlier) == earlier[-1]


@pytest.mark.parametrize(
    ("new", "before", "held"),
    [
        ([20, 30, 50], [20, 30, 45], [20, 30, 50]),
        ([22, 30, 53], [20, 30, 45], [20, 30, 45]),
        ([22, 33, 45], [20, 30, 45], [20, 30, 45]),
        ([22, None, 50], [20, None, 45], [20, None, 45]),
    ],
)
def test_sizes_move_by_five_and_none_that_stays_can_be_found_by_subtraction(
    new: list[int | None], before: list[int | None], held: list[int | None]
) -> None:
    assert holding._held_parts(new, [before]) == held


# --- whole conversations


def grow(conversation: Conversation, *, now: datetime, chance: random.Random, newcomers: int) -> None:
    """Let some come, each with a few answers, and some who were here before answer a little more."""
    statements = statements_of(conversation)
    before = list(MapPlace.objects.filter(conversation=conversation).values_list("actor", flat=True)[:3])
    for _newcomer in range(newcomers):
        voter = make_device_actor()
        for statement in chance.sample(statements, 3):
            cast(statement, chance.choice([AGREE, DISAGREE, PASS]), actor=voter, now=now)
    for place in MapPlace.objects.filter(actor__in=before).select_related("actor"):
        cast(chance.choice(statements), chance.choice([AGREE, DISAGREE]), actor=place.actor, now=now)


def figures_stored(conversation: Conversation) -> list[Figures]:
    rows = MapSnapshot.objects.filter(conversation=conversation).order_by("drawn_at")
    return [from_data(row.figures) for row in rows]


def told_by_subtracting(kept: Sequence[Figures]) -> Iterator[tuple[int, str, int]]:
    """Yield statement, set and number of people wherever two dates differ by fewer than five people."""
    for one, other in combinations(kept, 2):
        for statement in one.statements.keys() & other.statements.keys():
            before, after = sets_of(one.statements[statement]), sets_of(other.statements[statement])
            for name in before.keys() & after.keys():
                people = holding.people_told(after[name], before[name])
                if 0 < people < 5:
                    yield statement, name, people
        for name, size in sizes_of(one).items():
            moved = abs(sizes_of(other).get(name, size) - size)
            if 0 < moved < 5:
                yield 0, name, moved


def sets_of(shown: StatementFigures) -> dict[str, Cell]:
    named = {**shown.groups, "everyone": shown.everyone, "between": shown.between, "devices": shown.devices}
    others = holding._without(shown.everyone, shown.devices)
    return {name: cell for name, cell in {**named, "others": others}.items() if cell is not None}


def sizes_of(shown: Figures) -> dict[str, int]:
    named = {
        **{group.letter: group.people for group in shown.groups},
        "people": shown.people,
        "devices": shown.devices,
        "with account": shown.with_account,
        "between": shown.in_between,
        "unplaced": shown.not_placed,
        **_as_polis(shown),
    }
    return {name: size for name, size in named.items() if size is not None}


def _as_polis(shown: Figures) -> dict[str, int]:
    grouping = polis.read(shown.as_polis)
    return {f"polis {group.number}": group.people for group in grouping.groups} if grouping else {}


@pytest.fixture
def few() -> Conversation:
    """Eight maps of a small conversation, five to seven new people between two."""
    conversation = make_conversation(statements=8)
    chance = random.Random(5)
    for step in range(8):
        grow(conversation, now=NOW + step * HOUR, chance=chance, newcomers=5 + step % 3)
        make_map(conversation, now=NOW + step * HOUR + HOUR / 2)
    return conversation


@pytest.fixture
def grouped() -> Conversation:
    """Four maps with groups that hold up; people who stand on it answer more, too."""
    conversation = make_voted_conversation(people=60)
    give_accounts(conversation)
    make_map(conversation, now=NOW)
    for step in range(1, 4):
        grow(conversation, now=NOW + step * HOUR, chance=random.Random(step), newcomers=6)
        make_map(conversation, now=NOW + step * HOUR + HOUR / 2)
    return conversation


@pytest.mark.django_db
@pytest.mark.parametrize("world", ["few", "grouped"])
def test_no_two_stored_maps_tell_about_fewer_than_five(world: str, request: pytest.FixtureRequest) -> None:
    kept = figures_stored(request.getfixturevalue(world))

    assert len(kept) >= 4
    assert list(told_by_subtracting(kept)) == []


@pytest.mark.django_db
def test_beside_our_groups_those_of_polis_tell_nothing(request: pytest.FixtureRequest) -> None:
    for shown in figures_stored(request.getfixturevalue("grouped")):
        grouping = polis.read(shown.as_polis)

        assert grouping
        assert all(people % 5 == 0 for people in [*_as_polis(shown).values(), *(it[2] for it in grouping.stones)])
        # Only which statements, never how many or what share: two groupings that differ by one person tell that one.
        listed = [*grouping.consensus, *(it for group in grouping.groups for it in group.represents)]
        assert all(it[0] in shown.statements and it[1] in {-1, 1} and len(it) == 2 for it in listed)


@pytest.mark.django_db
def test_without_holding_back_they_would(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    monkeypatch.setattr(holding, "hold_back", lambda drawn, *, earlier: drawn)

    assert list(told_by_subtracting(figures_stored(request.getfixturevalue("few"))))


@pytest.mark.django_db
def test_figures_do_move_once_enough_have_answered() -> None:
    conversation = make_voted_conversation(people=20)
    make_map(conversation, now=NOW)
    add_votes(conversation, make_export(people=28, seed=1), now=NOW + HOUR)
    make_map(conversation, now=NOW + HOUR)

    before, after = figures_stored(conversation)
    assert all(
        after.statements[it].everyone.count == 28 and shown.everyone.count == 20  # type: ignore[union-attr]
        for it, shown in before.statements.items()
    )


# --- how many maps are kept


def test_older_maps_are_kept_one_an_hour_for_a_day_and_one_a_day_after() -> None:
    now = NOW.replace(minute=0)
    drawn = [(number, now - timedelta(days=4) + number * timedelta(minutes=10)) for number in range(4 * 24 * 6 + 1)]

    kept = stored.maps_to_keep(drawn, now=now)

    moments = [drawn_at for number, drawn_at in drawn if number in kept]
    assert {0, drawn[-1][0]} <= kept
    assert sum(now - it < timedelta(hours=1) for it in moments) == 6
    assert 22 <= sum(timedelta(hours=1) <= now - it < timedelta(days=1) for it in moments) <= 24
    assert sum(now - it >= timedelta(days=1) for it in moments) <= 5


@pytest.mark.django_db
def test_thinning_out_leaves_the_latest_map_its_places_and_other_conversations() -> None:
    conversation, other = make_voted_conversation(people=20), make_voted_conversation(people=20)
    make_map(other, now=NOW)
    latest = make_map(conversation, now=NOW)
    for minutes in (10, 20, 30):
        MapSnapshot.objects.create(
            conversation=conversation, **_columns(latest), drawn_at=NOW - timedelta(days=2, minutes=minutes)
        )

    gone = stored.thin_out(now=NOW)

    assert gone == 1  # of the three of that day the first and the last stay
    assert stored.latest_map(conversation.pk) == latest
    assert MapSnapshot.objects.filter(conversation=other).count() == 1
    assert stored.thin_out(now=NOW) == 0


def _columns(snapshot: MapSnapshot) -> dict[str, object]:
    names = ("outcome", "method", "version", "input_digest", "people_count", "devices_count", "votes_count")
    return {name: getattr(snapshot, name) for name in (*names, "changes_count", "figures")}

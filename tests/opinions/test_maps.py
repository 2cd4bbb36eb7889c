from __future__ import annotations

import subprocess
import sys
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pytest

from allting.opinions import actions, analysis, claiming, maps, queries, reading, results
from allting.opinions.figures import AGREE, NOT_PLACED, from_data
from allting.opinions.models import Conversation, MapPlace, MapRun, MapSnapshot, Participant, Statement, Vote
from allting.opinions.twin import statements_as_table
from allting.opinions.unpacking import unpack
from allting.record import actions as record
from allting.record.models import Actor, Event
from allting.web.children import ChildFailed, Listener
from tests.make.maps import add_votes, draw_here, give_accounts, make_export, make_map, make_voted_conversation
from tests.make.opinions import cast, make_conversation, make_device_actor, statements_of
from tests.make.processes import NOW

SECOND = timedelta(seconds=1)
pytestmark = pytest.mark.django_db


def let_vote(conversation: Conversation, *, people: int, now: datetime = NOW) -> list[Actor]:
    """Let so many new devices answer everything."""
    statements = statements_of(conversation)
    voters = [make_device_actor() for _ in range(people)]
    for number, voter in enumerate(voters):
        for statement in statements:
            value = Vote.Value.AGREE if (statement.pk + number) % 2 else Vote.Value.DISAGREE
            cast(statement, value, actor=voter, now=now)
    return voters


def due(now: datetime) -> list[int]:
    return [run.conversation_id for run in maps.claim_due(now=now)]


# --- when


@pytest.mark.parametrize(
    ("changed_s_ago", "waiting_s", "is_calm"),
    [(0, None, False), (9, 39, False), (10, 0, True), (10, None, True), (0, 40, True), (3, 500, True)],
)
def test_a_map_waits_for_ten_quiet_seconds_but_for_forty_at_most(
    changed_s_ago: int, waiting_s: int | None, is_calm: bool
) -> None:
    waiting_since = None if waiting_s is None else NOW - waiting_s * SECOND

    assert claiming.is_calm(changed_at=NOW - changed_s_ago * SECOND, waiting_since=waiting_since, now=NOW) is is_calm


def test_a_conversation_is_due_when_it_has_been_quiet() -> None:
    conversation = make_conversation(statements=3)
    let_vote(conversation, people=5, now=NOW)

    assert due(NOW + 9 * SECOND) == []
    assert due(NOW + 10 * SECOND) == [conversation.pk]


def test_a_conversation_with_four_voters_is_never_due() -> None:
    conversation = make_conversation(statements=3)
    let_vote(conversation, people=4)

    assert due(NOW + timedelta(hours=1)) == []


def test_after_a_map_the_next_is_due_with_the_fifth_new_voter() -> None:
    conversation = make_conversation(statements=3)
    let_vote(conversation, people=6)
    make_map(conversation, now=NOW)
    let_vote(conversation, people=4, now=NOW + SECOND)
    assert due(NOW + timedelta(hours=1)) == []

    let_vote(conversation, people=1, now=NOW + 2 * SECOND)

    assert due(NOW + timedelta(hours=1)) == [conversation.pk]


@pytest.mark.parametrize(("new_voters", "is_published"), [(0, True), (1, False), (4, False), (5, True)])
def test_a_burst_set_aside_and_restored_does_not_tell_who_voted_in_between(new_voters: int, is_published: bool) -> None:
    conversation = make_conversation(statements=1)
    statement = statements_of(conversation)[0]
    for _person in range(8):
        cast(statement, now=NOW - timedelta(hours=2))
    for _device in range(10):
        cast(statement, now=NOW - timedelta(hours=1), network_tag="one")
    make_map(conversation, now=NOW)
    facilitator = conversation.item.author
    candidate = queries.list_burst_candidates(conversation_id=conversation.pk)[0]
    burst = actions.set_aside_burst(
        conversation=conversation, candidate=candidate, reason="All at once.", by=facilitator, now=NOW
    )
    make_map(conversation, now=NOW + timedelta(minutes=1))
    for _person in range(new_voters):
        cast(statement, now=NOW + timedelta(minutes=2))
    actions.restore_burst(burst=burst, by=facilitator, now=NOW + timedelta(minutes=3))

    due = maps.claim_due(now=NOW + timedelta(minutes=5))

    assert bool(due) == is_published


def test_an_unchanged_conversation_is_not_due() -> None:
    conversation = make_conversation(statements=3)
    let_vote(conversation, people=6)
    make_map(conversation, now=NOW)

    assert due(NOW + timedelta(hours=1)) == []


def test_two_maps_of_one_conversation_are_never_drawn_at_once() -> None:
    conversation = make_conversation(statements=3)
    let_vote(conversation, people=6)
    first = maps.claim(conversation_id=conversation.pk, now=NOW)

    assert first is not None
    assert maps.claim(conversation_id=conversation.pk, now=NOW + SECOND) is None
    assert due(NOW + timedelta(minutes=14)) == []


def test_a_run_that_was_cut_off_is_taken_over_and_publishes_nothing() -> None:
    conversation = make_conversation(statements=3)
    let_vote(conversation, people=6)
    first = maps.claim(conversation_id=conversation.pk, now=NOW)
    later = NOW + timedelta(minutes=15) + SECOND

    second = maps.claim(conversation_id=conversation.pk, now=later)

    assert first is not None
    assert second is not None
    assert maps.draw_map(run=first, now=later, draw=draw_here) is None
    assert maps.draw_map(run=second, now=later, draw=draw_here) is not None
    assert MapSnapshot.objects.count() == 1


def test_a_run_that_is_taken_over_while_it_draws_publishes_nothing() -> None:
    conversation = make_conversation(statements=3)
    let_vote(conversation, people=6)
    run = maps.claim(conversation_id=conversation.pk, now=NOW)
    assert run

    def draw_slowly(arrays: reading.Arrays, *, listener: Listener) -> Any:
        maps.claim(conversation_id=conversation.pk, now=NOW + timedelta(hours=1))
        return draw_here(arrays, listener=listener)

    assert maps.draw_map(run=run, now=NOW, draw=draw_slowly) is None
    assert not MapSnapshot.objects.exists()


def test_a_map_that_cannot_be_drawn_is_not_tried_again_at_once() -> None:
    conversation = make_conversation(statements=3)
    let_vote(conversation, people=6)
    run = maps.claim(conversation_id=conversation.pk, now=NOW)
    assert run

    def fail(arrays: reading.Arrays, *, listener: Listener) -> Any:
        raise ChildFailed(module="drawing", exit_code=1, said="")

    with pytest.raises(ChildFailed):
        maps.draw_map(run=run, now=NOW, draw=fail)

    assert due(NOW + timedelta(minutes=14)) == []
    assert due(NOW + timedelta(minutes=16)) == [conversation.pk]


# --- what is read


def test_statements_that_do_not_stand_are_named_as_excluded() -> None:
    conversation = make_voted_conversation(people=6, statements=5, votes_each=5)
    declined, hidden, about, blanked, stands = statements_of(conversation)
    Statement.objects.filter(pk=declined.pk).update(state=Statement.State.DECLINED)
    record.hide(item=hidden.item, by=record.system_actor(), reason="Insulting.", now=NOW)
    Statement.objects.filter(pk=about.pk).update(is_about_the_conversation=True)
    type(blanked.item).objects.filter(pk=blanked.item_id).update(blanked_at=NOW)

    arrays = unpack(reading.read_votes(conversation).arrays)

    excluded = set(arrays["statement_ids"][arrays["excluded"]].tolist())
    assert excluded == {declined.pk, hidden.pk, about.pk, blanked.pk}
    assert stands.pk in arrays["statement_ids"]


def test_votes_of_a_burst_that_was_set_aside_are_left_out_and_counted_as_such() -> None:
    conversation = make_voted_conversation(people=6)
    for number in range(12):
        cast(statements_of(conversation)[0], now=NOW + number * SECOND, network_tag="one-network")
    (candidate,) = queries.list_burst_candidates(conversation_id=conversation.pk)
    actions.set_aside_burst(
        conversation=conversation, candidate=candidate, reason="Twelve at once.", by=record.system_actor(), now=NOW
    )

    turnout = reading.read_votes(conversation).turnout

    assert (turnout.people, turnout.devices, turnout.set_aside) == (6, 6, 12)


def test_devices_are_counted_apart() -> None:
    conversation = make_voted_conversation(people=40)
    give_accounts(conversation)
    let_vote(conversation, people=8)

    snapshot = make_map(conversation)

    shown = from_data(snapshot.figures)
    assert (snapshot.people_count, snapshot.devices_count) == (48, 8)
    assert (shown.devices, shown.with_account) == (8, 40)
    assert shown.without_devices is not None
    assert any(it.devices and it.devices.count == 8 for it in shown.statements.values())


def test_who_was_imported_never_had_an_account_here() -> None:
    conversation = make_voted_conversation(people=40)
    let_vote(conversation, people=8)

    whole = results.results_of(make_map(conversation), conversation=conversation)

    assert whole.without_account == "Everybody here answered without an account."
    assert "Without account agree" not in [str(it.label) for it in statements_as_table(whole, whole.rows()).columns]


@pytest.mark.parametrize(
    ("people", "devices", "is_worth"),
    [(60, 4, False), (60, 5, True), (60, 55, True), (60, 56, False), (30_000, 299, False), (30_000, 300, True)],
)
def test_a_map_without_devices_is_drawn_where_it_may_tell_something(people: int, devices: int, is_worth: bool) -> None:
    assert analysis._is_worth_comparing(np.arange(people) < devices) is is_worth


def test_the_arrays_say_what_everybody_answered() -> None:
    conversation = make_conversation(statements=2)
    first, second = statements_of(conversation)
    voter = cast(first, Vote.Value.AGREE)
    cast(second, Vote.Value.PASS, actor=voter)
    cast(second, Vote.Value.DISAGREE)

    arrays = unpack(reading.read_votes(conversation).arrays)

    who = arrays["actor_ids"][arrays["participants"]].tolist()
    what = arrays["statement_ids"][arrays["statements"]].tolist()
    read = set(zip(who, what, arrays["values"].tolist(), strict=True))
    assert read == set(Vote.objects.values_list("actor_id", "statement_id", "value"))


# --- what is published


def test_two_camps_are_published_as_two_groups_with_a_place_for_each_person() -> None:
    conversation = make_voted_conversation(people=120)

    snapshot = make_map(conversation)

    shown = from_data(snapshot.figures)
    assert snapshot.outcome == MapSnapshot.Outcome.GROUPS
    assert [group.letter for group in shown.groups] == ["A", "B"]
    assert shown.refits_same == 5
    assert {it.statement for it in shown.unites if it.is_sure} >= {it.pk for it in statements_of(conversation)[:3]}
    assert MapPlace.objects.filter(conversation=conversation).count() == 120
    assert all(people >= 5 for _x, _y, people, _group in shown.stones)
    assert not MapRun.objects.exists()


def test_one_crowd_is_published_without_groups() -> None:
    conversation = make_voted_conversation(people=120, camps=1)

    snapshot = make_map(conversation)

    shown = from_data(snapshot.figures)
    assert snapshot.outcome == MapSnapshot.Outcome.NO_GROUPS
    assert shown.groups == []
    assert shown.stones
    assert {group for *_place, group in shown.stones} == {None}
    assert shown.told_share
    assert shown.told_share <= (shown.told_share_then or 0) < 1
    for ranked in shown.unites:
        everyone = shown.statements[ranked.statement].everyone
        assert everyone
        # One figure for the same answers, in the ranking and beside its bar.
        assert ranked.value == (everyone.rate if ranked.side == AGREE else everyone.disagree_rate)


@pytest.mark.parametrize(("people", "reason"), [(12, "too_few_people"), (29, "too_few_people")])
def test_under_thirty_people_it_is_too_early_to_say(people: int, reason: str) -> None:
    snapshot = make_map(make_voted_conversation(people=people))

    shown = from_data(snapshot.figures)
    assert (snapshot.outcome, shown.reason, shown.groups, shown.stones) == ("too_little", reason, [], [])
    assert shown.needs == {"people_needed": 30}
    assert any(it.everyone for it in shown.statements.values())
    assert not MapPlace.objects.exists()


def test_a_map_writes_one_event_with_numbers_only() -> None:
    conversation = make_voted_conversation(people=12)

    snapshot = make_map(conversation)

    event = Event.objects.get(name="opinions.map_drawn")
    assert event.item == conversation.item
    assert event.data == {"map": snapshot.pk, "people": 12, "groups": 0}


def test_an_older_map_keeps_its_figures_but_not_the_places() -> None:
    conversation = make_voted_conversation(people=60)
    first = make_map(conversation)
    let_vote(conversation, people=6)

    make_map(conversation, now=NOW + SECOND)

    assert MapSnapshot.objects.get(pk=first.pk).figures["people"] == 60
    assert MapPlace.objects.count() == 66


def test_groups_keep_their_letters_on_the_next_map() -> None:
    conversation = make_voted_conversation(people=120)
    make_map(conversation)
    before = dict(MapPlace.objects.values_list("actor", "group"))
    add_votes(conversation, make_export(people=160))

    make_map(conversation, now=NOW + SECOND)

    after = dict(MapPlace.objects.filter(actor__in=before).values_list("actor", "group"))
    both = [(before[actor], after[actor]) for actor in before if before[actor] >= 0 and after[actor] >= 0]
    assert len(both) > 60
    assert np.mean([first == second for first, second in both]) > 0.95


def test_who_was_erased_while_the_map_was_drawn_has_no_place_on_it() -> None:
    conversation = make_voted_conversation(people=60)
    run = maps.claim(conversation_id=conversation.pk, now=NOW)
    assert run
    gone = Participant.objects.filter(conversation=conversation).order_by("pk").first()
    assert gone

    def draw_while_erasing(arrays: reading.Arrays, *, listener: Listener) -> Any:
        drawing = draw_here(arrays, listener=listener)
        Vote.objects.filter(actor=gone.actor).delete()
        Participant.objects.filter(pk=gone.pk).delete()
        return drawing

    maps.draw_map(run=run, now=NOW, draw=draw_while_erasing)

    assert MapPlace.objects.exists()
    assert not MapPlace.objects.filter(actor=gone.actor).exists()


def test_how_many_have_votes_enough_is_not_said() -> None:
    snapshot = make_map(make_voted_conversation(people=40, votes_each=3))

    assert snapshot.figures["reason"] == "too_few_participants"
    assert "people" not in snapshot.figures["needs"]


def test_the_published_digest_cannot_be_compared_with_guessed_votes() -> None:
    conversation = make_voted_conversation(people=12)
    guessed = draw_here(reading.read_votes(conversation).arrays, listener=lambda _share: None)

    assert make_map(conversation).input_digest != guessed.digest


def test_a_map_follows_from_votes_alone() -> None:
    first = make_map(make_voted_conversation(people=60))
    second = make_map(make_voted_conversation(people=60))

    assert first.input_digest == second.input_digest
    assert first.figures["stones"] == second.figures["stones"]


def test_votes_while_a_map_is_drawn_make_it_old() -> None:
    conversation = make_voted_conversation(people=60)
    run = maps.claim(conversation_id=conversation.pk, now=NOW)
    assert run

    def draw_while_people_vote(arrays: reading.Arrays, *, listener: Listener) -> Any:
        let_vote(conversation, people=5, now=NOW + SECOND)
        return draw_here(arrays, listener=listener)

    maps.draw_map(run=run, now=NOW, draw=draw_while_people_vote)

    assert due(NOW + timedelta(hours=1)) == [conversation.pk]


# --- the process of its own


def test_the_drawing_process_draws_the_same_and_says_how_far_it_is() -> None:
    arrays = unpack(reading.read_votes(make_voted_conversation(people=60)).arrays)
    heard: list[float] = []

    outside = maps.draw_outside(arrays, listener=heard.append)

    here = draw_here(arrays, listener=heard.append)
    assert (list(outside.groups), outside.digest) == (list(here.groups), here.digest)
    assert NOT_PLACED not in outside.groups
    assert heard[0] == 0.0
    assert heard[-1] == 1.0


def test_a_drawing_process_that_breaks_says_so() -> None:
    with pytest.raises(ChildFailed, match="participants"):
        maps.draw_outside({"actor_ids": np.arange(3)}, listener=lambda share: None)


def test_a_map_that_was_cut_off_is_drawn_at_the_next_start() -> None:
    conversation = make_voted_conversation(people=60)
    run = maps.claim(conversation_id=conversation.pk, now=NOW)
    assert run

    def cut_off(arrays: reading.Arrays, *, listener: Listener) -> Any:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        maps.draw_map(run=run, now=NOW, draw=cut_off)

    assert maps.draw_map(run=run, now=NOW + SECOND, draw=draw_here)


def test_maps_loads_nothing_heavy() -> None:
    code = (
        "import django, sys; django.setup(); import allting.opinions.maps; "
        "print(sorted({'scipy', 'sklearn', 'numba'} & set(sys.modules)))"
    )

    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout

    assert said.strip() == "[]"

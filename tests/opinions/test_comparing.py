"""Comparing two at a time: what is kept, what is refused, which pair comes next, what is published."""

from __future__ import annotations

from datetime import timedelta
from random import Random

import pytest

from allting.opinions import actions, claiming, kinds, queries
from allting.opinions.actions import Said
from allting.opinions.comparing import figures, fitting
from allting.opinions.comparing import order as orders
from allting.opinions.errors import NothingToCompare, NothingToUndo, PairNotOffered
from allting.opinions.models import Comparing, Comparison, PairOrder, PairPool, Participant, Statement
from allting.record import actions as record
from allting.record.kinds import Words
from allting.record.models import Event
from tests.make.comparing import make_comparing, prepare, say, say_in_order, turn_on
from tests.make.maps import make_map, make_voted_conversation
from tests.make.opinions import make_conversation, make_device_actor, make_statement, statements_of
from tests.make.processes import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def comparing() -> Comparing:
    return make_comparing(statements=4)


# --- turning it on ------------------------------------------------------------------------------------


def test_turning_it_on_says_so_and_turning_it_on_again_changes_what_is_compared(comparing: Comparing) -> None:
    chosen = [one.pk for one in statements_of(comparing.conversation)[:3]]

    again = turn_on(comparing.conversation, chosen=chosen)

    assert (again.is_on, again.chosen) == (True, chosen)
    assert [one.pk for one in queries.compared_statements(again)] == chosen
    assert Event.objects.filter(name="opinions.comparing_turned_on").count() == 2


def test_two_statements_are_too_few_and_hundreds_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(NothingToCompare, match="At least three"):
        make_comparing(statements=2)
    monkeypatch.setattr("allting.opinions.rules.MOST_COMPARED", 3)
    with pytest.raises(NothingToCompare, match="Nobody can compare 4"):
        make_comparing(statements=4)


def test_the_question_stays_once_somebody_has_answered_it(comparing: Comparing) -> None:
    by = comparing.conversation.item.author
    more = {"conversation": comparing.conversation, "chosen": (), "by": by, "now": NOW}
    actions.turn_on_comparing(question="Which is clearer?", **more)
    say(comparing, 0, 1)

    with pytest.raises(NothingToCompare, match="already"):
        actions.turn_on_comparing(question="Which first?", **more)


def test_turning_it_off_twice_is_once(comparing: Comparing) -> None:
    by = comparing.conversation.item.author

    assert actions.turn_off_comparing(comparing=comparing, by=by, now=NOW)
    assert not actions.turn_off_comparing(comparing=comparing, by=by, now=NOW)
    assert Event.objects.filter(name="opinions.comparing_turned_off").count() == 1


# --- comparing ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "straight", "turned"),
    [(Said.LEFT, 1, 2), (Said.RIGHT, 2, 1), (Said.EVEN, 3, 3), (Said.NEITHER, 4, 4)],
)
def test_what_is_kept_does_not_depend_on_the_side(comparing: Comparing, said: Said, straight: int, turned: int) -> None:
    one, other = say(comparing, 0, 1, said), say(comparing, 1, 0, said)

    assert Comparison.objects.get(actor=one).value == straight
    assert Comparison.objects.get(actor=other).value == turned


def test_pressed_twice_or_changed_only_the_latest_stays_and_no_event_tells(comparing: Comparing) -> None:
    events = Event.objects.count()
    actor = say(comparing, 0, 1, Said.LEFT)
    say(comparing, 0, 1, Said.LEFT, actor=actor)
    say(comparing, 1, 0, Said.LEFT, actor=actor)

    assert Comparison.objects.get().value == Comparison.Value.SECOND
    assert Participant.objects.filter(actor=actor).count() == 1
    assert Event.objects.count() == events


def test_what_is_not_put_side_by_side_is_not_taken(comparing: Comparing) -> None:
    waiting = make_statement(comparing.conversation, state=Statement.State.WAITING)
    shown = statements_of(comparing.conversation)[0]
    actor = make_device_actor()

    for left, right in ((shown.pk, waiting.pk), (shown.pk, shown.pk), (shown.pk, 0)):
        with pytest.raises(PairNotOffered):
            actions.compare(comparing=comparing, left=left, right=right, said=Said.LEFT, actor=actor, now=NOW)
    assert not Comparison.objects.exists()


def test_the_last_one_can_be_taken_back_and_then_the_one_before(comparing: Comparing) -> None:
    actor = say(comparing, 0, 1)
    say(comparing, 2, 3, actor=actor, now=NOW + timedelta(seconds=5))
    third = statements_of(comparing.conversation)[2].pk

    assert actions.undo_comparison(comparing=comparing, actor=actor, now=NOW).first_id == third
    actions.undo_comparison(comparing=comparing, actor=actor, now=NOW)
    with pytest.raises(NothingToUndo):
        actions.undo_comparison(comparing=comparing, actor=actor, now=NOW)


# --- the next pair ------------------------------------------------------------------------------------


def pair_of(turn: queries.Turn) -> set[int]:
    assert turn.pair
    return {turn.pair.left.pk, turn.pair.right.pk}


def test_somebody_gets_each_pair_once_and_then_none(comparing: Comparing) -> None:
    actor, seen = make_device_actor(), []
    while (turn := queries.get_turn(comparing=comparing, actor=actor, lot=Random(1))).pair:
        seen.append(frozenset(pair_of(turn)))
        left, right = turn.pair.left.pk, turn.pair.right.pk
        actions.compare(comparing=comparing, left=left, right=right, said=Said.EVEN, actor=actor, now=NOW)

    assert len(seen) == len(set(seen)) == 6
    assert (turn.progress.answered_count, turn.progress.goal) == (6, 6)


def test_the_same_pair_stays_until_it_is_answered_and_sides_are_by_lot(comparing: Comparing) -> None:
    actor = make_device_actor()
    first = queries.get_turn(comparing=comparing, actor=actor, lot=Random(1))
    assert queries.get_turn(comparing=comparing, actor=actor, lot=Random(2)) == first

    PairPool.objects.update(pairs=[[one.pk for one in statements_of(comparing.conversation)[:2]]])
    strangers = [queries.get_turn(comparing=comparing, actor=None, lot=Random(lot)).pair for lot in range(20)]
    assert len({pair.left.pk for pair in strangers if pair}) == 2


def test_ones_own_statement_comes_last(comparing: Comparing) -> None:
    author = make_device_actor()
    own = make_statement(comparing.conversation, author=author).pk
    others = [one.pk for one in statements_of(comparing.conversation)[:2]]
    PairPool.objects.update(pairs=[[own, others[0]]] * 9 + [others])

    assert pair_of(queries.get_turn(comparing=comparing, actor=author, lot=Random(1))) == set(others)
    say(comparing, 0, 1, actor=author)
    assert own not in pair_of(queries.get_turn(comparing=comparing, actor=author, lot=Random(1)))


def test_a_hidden_statement_is_left_out_at_once_though_it_was_prepared(comparing: Comparing) -> None:
    statements = statements_of(comparing.conversation)
    PairPool.objects.update(pairs=[[statements[0].pk, statements[1].pk]])
    record.hide(item=statements[0].item, by=comparing.conversation.item.author, reason="It names me.", now=NOW)

    turns = [queries.get_turn(comparing=comparing, actor=None, lot=Random(lot)) for lot in range(10)]

    assert all(statements[0].pk not in pair_of(turn) for turn in turns)


@pytest.mark.parametrize("statements", [4, 16])
def test_choosing_a_pair_asks_the_database_four_times_however_many_there_are(
    statements: int, django_assert_num_queries: object
) -> None:
    comparing = make_comparing(statements=statements)
    prepare(comparing)
    actor = say(comparing, 0, 1)

    with django_assert_num_queries(4):  # type: ignore[operator]
        queries.get_turn(comparing=comparing, actor=actor, lot=Random(1))


# --- when it is due -----------------------------------------------------------------------------------


def test_pairs_are_prepared_at_once_then_after_a_pause_and_not_twice(comparing: Comparing) -> None:
    later = NOW + timedelta(minutes=2)
    assert [run.conversation_id for run in fitting.claim_due(now=NOW)] == [comparing.pk]
    assert fitting.claim_due(now=NOW) == []
    PairPool.objects.update(claimed_at=None)
    prepare(comparing)
    assert fitting.claim_due(now=later) == []

    say(comparing, 0, 1, now=later)

    assert fitting.claim_due(now=later + timedelta(seconds=5)) != []


def test_people_in_the_middle_of_it_are_left_in_peace_for_a_while(comparing: Comparing) -> None:
    prepare(comparing)
    say(comparing, 0, 1, now=NOW + timedelta(seconds=4))

    assert fitting.claim_due(now=NOW + timedelta(seconds=8)) == []
    assert fitting.claim_due(now=NOW + timedelta(seconds=15)) != []


def test_prepared_are_pairs_of_what_is_compared_and_a_lost_claim_changes_nothing(comparing: Comparing) -> None:
    prepare(comparing)
    pool = PairPool.objects.get()
    ids = {one.pk for one in statements_of(comparing.conversation)}

    assert len(pool.pairs) == 200
    assert {pk for pair in pool.pairs for pk in pair} <= ids
    assert fitting.prepare(run=claiming.Run(comparing.pk, NOW), now=NOW) is None


def test_the_child_process_finds_what_this_one_finds(comparing: Comparing) -> None:
    say_in_order(comparing, people=5)
    run = fitting.claim(conversation_id=comparing.pk, now=NOW)
    assert run
    outside = fitting.prepare(run=run, now=NOW)
    assert outside
    published = outside.figures
    PairOrder.objects.all().delete()

    here = prepare(comparing)

    assert here
    assert here.figures == published


# --- what is published --------------------------------------------------------------------------------


def test_four_people_publish_nothing_and_the_fifth_an_order(comparing: Comparing) -> None:
    say_in_order(comparing, people=4)
    assert prepare(comparing) is None

    say_in_order(comparing, people=1)
    order = prepare(comparing)

    assert order
    assert order.people_count == 5
    found = figures.from_data(order.figures)
    assert [row.statement for row in found.rows] == [one.pk for one in statements_of(comparing.conversation)]
    assert all(row.low < row.chance < row.high for row in found.rows)
    event = Event.objects.get(name="opinions.order_published")
    assert event.data == {"people": 5, "comparisons": 30, "statements": 4}


def test_a_statement_that_four_people_compared_has_no_figure(comparing: Comparing) -> None:
    say_in_order(comparing, people=4)
    say_in_order(comparing, people=3, places=(0, 1, 2))

    order = prepare(comparing)

    assert order
    last = statements_of(comparing.conversation)[3].pk
    assert last not in {row["statement"] for row in order.figures["rows"]}
    whole = orders.read_order(comparing)
    assert whole
    assert [one.pk for one in whole.too_little] == [last]


def test_two_orders_never_differ_by_fewer_than_five_people(comparing: Comparing) -> None:
    """Subtract any order from any later one: each figure is the same, or five people have compared in between."""
    actors, published = [], []
    chance = Random(7)
    for step in range(40):
        now = NOW + timedelta(minutes=step)
        actor = chance.choice(actors) if actors and chance.random() < 0.3 else make_device_actor()
        actors.append(actor)
        say(comparing, *chance.sample(range(4), 2), chance.choice([Said.LEFT, Said.EVEN]), actor=actor, now=now)
        if order := prepare(comparing, now=now):
            published.append(figures.from_data(order.figures))

    assert len(published) >= 4
    for index, earlier in enumerate(published):
        for later in published[index + 1 :]:
            assert later.people - earlier.people >= 5
            before = {row.statement: row for row in earlier.rows}
            for row in later.rows:
                then = before.get(row.statement)
                if then and row != then:
                    assert people_since(comparing, row.statement, then.since, until=row.since) >= 5


def people_since(comparing: Comparing, statement: int, since: float, *, until: float) -> int:
    rows = Comparison.objects.filter(conversation=comparing.pk)
    touching = [row for row in rows if statement in (row.first_id, row.second_id)]
    return len({row.actor_id for row in touching if since < row.compared_at.timestamp() <= until})


def test_five_more_who_compared_other_things_move_nothing_of_what_one_of_them_touched(comparing: Comparing) -> None:
    say_in_order(comparing, people=5)
    first = prepare(comparing)
    later = NOW + timedelta(hours=1)
    for _person in range(4):
        say(comparing, 0, 1, now=later)
    say(comparing, 3, 2, now=later)

    second = prepare(comparing, now=later)

    assert first
    assert second
    before = {row["statement"]: row for row in first.figures["rows"]}
    ids = [one.pk for one in statements_of(comparing.conversation)]
    now_rows = {row["statement"]: row for row in second.figures["rows"]}
    assert now_rows[ids[3]] == before[ids[3]]
    assert now_rows[ids[0]] == before[ids[0]]  # four people

    say(comparing, 0, 1, now=later)
    for _person in range(4):
        say(comparing, 2, 3, now=later)
    third = prepare(comparing, now=later + timedelta(minutes=1))

    assert third
    assert third.figures["rows"] != second.figures["rows"]
    assert list(PairOrder.objects.exclude(figures={})) == [third]


def test_skipped_pairs_count_for_nobody_and_undecided_for_both(comparing: Comparing) -> None:
    for _person in range(5):
        say(comparing, 0, 1, Said.NEITHER)
    assert prepare(comparing) is None

    for _person in range(5):
        say(comparing, 0, 1, Said.EVEN)
    order = prepare(comparing)

    assert order
    assert {round(row["chance"], 2) for row in order.figures["rows"]} == {0.5}


def test_ties_share_their_places_and_the_headline_says_no_more_than_is_known(comparing: Comparing) -> None:
    for _person in range(6):
        say(comparing, 0, 1, Said.EVEN)
    prepare(comparing)
    tied = orders.read_order(comparing)
    assert tied
    assert [it.places for it in tied.ranked] == ["1–2", "1–2"]
    assert tied.headline == "Nothing is clearly ahead yet."

    later = NOW + timedelta(hours=1)
    say_in_order(comparing, people=25, now=later)
    prepare(comparing, now=later)

    clear = orders.read_order(comparing)
    assert clear
    assert [it.places for it in clear.ranked] == ["1", "2", "3", "4"]
    assert clear.headline.startswith("First comes “")
    assert clear.share_told_apart == 1


def test_groups_of_the_map_are_fitted_towards_everybody_and_differences_are_said() -> None:
    conversation = make_voted_conversation(people=60, camps=2)
    make_map(conversation)
    comparing = turn_on(conversation)
    statements = statements_of(conversation)
    places = {it.actor: it.group for it in conversation.places.select_related("actor") if it.group >= 0}
    for actor, group in places.items():
        for other in range(2, 6):
            winner, loser = (3, other) if group == 0 else (other, 3)
            if other != 3:
                say(comparing, winner, loser, actor=actor)

    order = prepare(comparing)

    assert order
    groups = figures.from_data(order.figures).groups
    assert len(groups) == 2
    whole = orders.read_order(comparing)
    assert whole
    assert whole.has_groups
    assert whole.differences[0].statement == statements[3]
    assert whole.differences[0].words == "Group A puts this higher."


# --- whose it is --------------------------------------------------------------------------------------


def test_an_erased_actors_comparisons_go_and_the_pairs_become_old(comparing: Comparing) -> None:
    actor = say(comparing, 0, 1)
    others = say(comparing, 0, 1)
    before = PairPool.objects.get().changes_count

    kinds.CONVERSATION.forget(actor=actor, words=Words.NAMELESS, now=NOW)

    assert list(Comparison.objects.values_list("actor", flat=True)) == [others.pk]
    assert PairPool.objects.get().changes_count == before + 1


def test_at_sign_in_the_latest_comparison_wins(comparing: Comparing) -> None:
    giver = say(comparing, 0, 1, Said.LEFT, now=NOW)
    say(comparing, 2, 3, Said.LEFT, actor=giver, now=NOW + timedelta(minutes=2))
    say(comparing, 1, 2, Said.LEFT, actor=giver)
    taker = say(comparing, 0, 1, Said.RIGHT, now=NOW + timedelta(minutes=1))
    say(comparing, 2, 3, Said.RIGHT, actor=taker, now=NOW + timedelta(minutes=1))

    kinds.CONVERSATION.hand_over(giver=giver, taker=taker, now=NOW)

    assert not Comparison.objects.filter(actor=giver).exists()
    kept = Comparison.objects.filter(actor=taker).order_by("first", "second").values_list("value", flat=True)
    assert list(kept) == [Comparison.Value.SECOND, Comparison.Value.FIRST, Comparison.Value.FIRST]


def test_ones_own_data_holds_what_one_compared_and_answered(comparing: Comparing) -> None:
    actor = say(comparing, 0, 1, Said.EVEN)

    part = kinds.CONVERSATION.own_part(actor)

    assert part["votes"] == []
    assert [(row["said"], row["first"][:6]) for row in part["comparisons"]] == [("even", "Impact")]


def test_a_wiped_rehearsal_keeps_the_question_and_nothing_that_was_compared(comparing: Comparing) -> None:
    say_in_order(comparing, people=5)
    prepare(comparing)

    actions.wipe_conversation(conversation=comparing.conversation, now=NOW)

    for table in (Comparison, PairPool, PairOrder):
        assert not table.objects.exists()
    assert Comparing.objects.get().is_on
    say(comparing, 0, 1)
    assert PairPool.objects.get().changes_count == 1


def test_a_burst_set_aside_is_not_counted(comparing: Comparing) -> None:
    for _device in range(queries.BURST_PEOPLE):
        actions.compare(
            comparing=comparing,
            left=statements_of(comparing.conversation)[0].pk,
            right=statements_of(comparing.conversation)[1].pk,
            said=Said.LEFT,
            actor=make_device_actor(),
            network_tag="one network",
            now=NOW,
        )
    [candidate] = queries.list_burst_candidates(conversation_id=comparing.pk)
    by = comparing.conversation.item.author
    actions.set_aside_burst(
        conversation=comparing.conversation, candidate=candidate, reason="A script.", by=by, now=NOW
    )

    assert prepare(comparing) is None


@pytest.mark.parametrize("new_people", [0, 1])
def test_an_order_that_differs_from_an_earlier_one_by_a_few_waits(comparing: Comparing, new_people: int) -> None:
    """A burst is set aside and restored, and one person compares in between: who that was would be told."""
    ids = [one.pk for one in statements_of(comparing.conversation)]
    more = {"comparing": comparing, "left": ids[0], "right": ids[1], "said": Said.LEFT}
    for _device in range(queries.BURST_PEOPLE):
        actions.compare(actor=make_device_actor(), network_tag="one network", now=NOW, **more)
    say_in_order(comparing, people=10)
    assert prepare(comparing)
    [candidate] = queries.list_burst_candidates(conversation_id=comparing.pk)
    by = comparing.conversation.item.author
    later = NOW + timedelta(hours=1)
    burst = actions.set_aside_burst(
        conversation=comparing.conversation, candidate=candidate, reason="A class.", by=by, now=later
    )
    assert prepare(comparing, now=later)

    for _person in range(new_people):
        say(comparing, 2, 3, now=later + timedelta(minutes=1))
    actions.restore_burst(burst=burst, by=by, now=later)

    assert bool(prepare(comparing, now=later + timedelta(minutes=2))) is (new_people == 0)
    for _person in range(5 - new_people):
        say(comparing, 2, 3, now=later + timedelta(minutes=3))
    assert prepare(comparing, now=later + timedelta(minutes=4))


def test_a_group_of_which_four_have_compared_is_not_fitted() -> None:
    conversation = make_voted_conversation(people=60, camps=2)
    make_map(conversation)
    places = list(conversation.places.select_related("actor").order_by("pk"))
    comparing = turn_on(conversation)
    for group, people in ((0, 5), (1, 4)):
        for place in [it for it in places if it.group == group][:people]:
            say(comparing, 0, 1, actor=place.actor)

    order = prepare(comparing)

    assert order
    assert [group["letter"] for group in order.figures["groups"]] == ["A"]


def test_a_conversation_without_it_has_no_order() -> None:
    assert queries.get_comparing(conversation_id=make_conversation().pk) is None

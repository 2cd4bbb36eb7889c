"""What people say about themselves, and the count that gives nobody away."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from allting.processes import participation
from allting.processes.balance import FEWEST, Level
from allting.processes.coarse import Coarse
from allting.processes.errors import RelationsLetGo
from allting.processes.kinds import PROCESS
from allting.processes.models import Balance, Participation, Process, Relation
from allting.record import actions as record
from allting.record.kinds import Words
from allting.record.models import Actor, Event
from tests.make import participation as make
from tests.make.people import make_person, sign_in
from tests.make.processes import NOW, make_facilitator, make_process

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(hours=1)


@pytest.fixture
def process() -> Process:
    return make_process()


@pytest.fixture
def somebody() -> Actor:
    return record.make_actor(kind=Actor.Kind.DEVICE)


def counts_of(process: Process) -> dict[str, int]:
    found = Balance.objects.filter(process=process).first()
    return found.relations if found else {}


# --- one's own part -----------------------------------------------------------------------------


def test_what_one_says_is_kept_once_and_writes_no_event(process: Process, somebody: Actor) -> None:
    events_before = Event.objects.count()

    participation.say_relation(process=process, actor=somebody, relation="citizen", now=NOW)
    participation.say_satisfaction(process=process, actor=somebody, satisfaction=3, now=NOW)
    participation.say_relation(process=process, actor=somebody, relation="customer", now=LATER)

    part = Participation.objects.get()
    assert (part.relation, part.satisfaction, part.said_at) == ("customer", 3, LATER)
    assert Event.objects.count() == events_before


def test_it_is_asked_after_the_tenth_answer_and_never_again(process: Process, somebody: Actor) -> None:
    def is_asked(answers_count: int) -> bool:
        asked = participation.asked_now(process, somebody, answers_count=answers_count, back_to="/")
        return asked is not None

    assert [count for count in (0, 1, 9, 10, 11, 20) if is_asked(count)] == [10]

    participation.say_relation(process=process, actor=somebody, relation="", now=NOW)

    assert not is_asked(10)


def test_at_any_other_answer_it_costs_no_query(
    process: Process, somebody: Actor, django_assert_num_queries: object
) -> None:
    with django_assert_num_queries(0):  # type: ignore[operator]
        participation.asked_now(process, somebody, answers_count=9, back_to="/")


def test_the_likely_relations_come_first_and_none_is_left_out(process: Process) -> None:
    asked = participation.about_you(process, None, back_to="/")

    assert asked.first[0] == Relation.CITIZEN
    assert {*asked.first, *asked.more} == set(Relation)
    assert len(asked.first) + len(asked.more) == len(Relation)


def test_the_facilitator_chooses_what_is_offered_at_once(process: Process) -> None:
    by = make_facilitator().actor

    participation.change_frame(process=process, frame={}, asked_first=["supplier", "owner"], by=by, now=NOW)

    assert participation.about_you(process, None, back_to="/").first == [Relation.SUPPLIER, Relation.OWNER]
    assert Event.objects.filter(name="processes.frame_changed", actor=by).count() == 1


@pytest.mark.parametrize("satisfaction", [-1, 11])
def test_a_satisfaction_beyond_ten_cannot_be_stored(process: Process, somebody: Actor, satisfaction: int) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        participation.say_satisfaction(process=process, actor=somebody, satisfaction=satisfaction, now=NOW)


def test_erasing_takes_it_away_and_the_count_does_not_betray_it(process: Process) -> None:
    actors = make.say(process, {"citizen": 5, "customer": 5})

    PROCESS.forget(actor=actors[0], words=Words.NAMELESS, now=NOW)

    assert not Participation.objects.filter(actor=actors[0]).exists()
    assert counts_of(process) == {"citizen": 5, "customer": 5}


def test_a_device_hands_over_what_was_said_and_the_latest_wins(process: Process, somebody: Actor) -> None:
    person = make_facilitator().actor
    other = make_process()
    for where, actor, relation, when in (
        (process, somebody, "citizen", NOW),
        (process, person, "employee", LATER),
        (other, somebody, "customer", LATER),
        (other, person, "employee", NOW),
    ):
        participation.say_relation(process=where, actor=actor, relation=relation, now=when)

    PROCESS.hand_over(giver=somebody, taker=person, now=LATER)

    assert not Participation.objects.filter(actor=somebody).exists()
    assert participation.part_of(process, person).relation == "employee"  # type: ignore[union-attr]
    assert participation.part_of(other, person).relation == "customer"  # type: ignore[union-attr]


# --- the count ----------------------------------------------------------------------------------


def test_the_count_moves_with_the_fifth_person_and_not_before(process: Process) -> None:
    make.say(process, {"citizen": FEWEST - 1})
    assert counts_of(process) == {}

    make.say(process, {"customer": 1})
    assert counts_of(process) == {"citizen": 4, "customer": 1}

    make.say(process, {"customer": FEWEST - 1})
    assert counts_of(process) == {"citizen": 4, "customer": 1}

    make.say(process, {"citizen": 1})
    assert counts_of(process) == {"citizen": 5, "customer": 5}


def test_two_looks_differ_by_nobody_or_by_five_people(process: Process) -> None:
    """Whoever looks after each answer learns of five people at once, never of the one who has just answered."""
    people: list[int] = []
    for number in range(23):
        make.say(process, {list(Relation)[number % 3]: 1})
        people.append(sum(counts_of(process).values()))

    steps = {after - before for before, after in zip([0, *people], people, strict=False)}
    assert steps == {0, 5}


def test_who_does_not_want_to_say_does_not_make_up_the_five(process: Process) -> None:
    make.say(process, {"": 10, "citizen": 4})

    assert counts_of(process) == {}


def test_one_person_who_changes_again_and_again_moves_nothing(process: Process, somebody: Actor) -> None:
    make.say(process, {"citizen": 10})
    for relation in ("customer", "employee", "owner", "", "customer", "citizen"):
        participation.say_relation(process=process, actor=somebody, relation=relation, now=NOW)

    assert counts_of(process) == {"citizen": 10}


def test_a_change_of_satisfaction_is_not_hidden_among_changes_of_relation(process: Process) -> None:
    actors = make.rate(process, [9] * 10)
    make.say(process, {"citizen": 4})

    participation.say_satisfaction(process=process, actor=actors[0], satisfaction=1, now=NOW)
    make.say(process, {"citizen": 1})

    assert Balance.objects.get().satisfaction == {"satisfied": 10}


def test_the_same_level_is_no_change(process: Process) -> None:
    actors = make.rate(process, [9] * 10)
    for actor in actors[:4]:
        participation.say_satisfaction(process=process, actor=actor, satisfaction=10, now=NOW)
    participation.say_satisfaction(process=process, actor=actors[4], satisfaction=0, now=NOW)

    assert Balance.objects.get().satisfaction == {"satisfied": 10}


def test_levels_are_counted(process: Process) -> None:
    make.rate(process, [0, 6, 7, 8, 9, 10, 10, 10, 10, 10])

    assert Balance.objects.get().satisfaction == {Level.CRITICAL: 2, Level.NEUTRAL: 2, Level.SATISFIED: 6}


def test_what_is_taken_back_leaves_with_the_next_count(process: Process) -> None:
    actors = make.say(process, {"citizen": 10})
    for actor in actors[:5]:
        participation.say_relation(process=process, actor=actor, relation="", now=LATER)

    assert counts_of(process) == {"citizen": 5}


def test_a_crowd_moves_the_count_by_one_in_a_hundred(process: Process) -> None:
    Balance.objects.create(process=process, relations={"citizen": 1_000})

    make.say(process, {"customer": 9})
    assert counts_of(process) == {"citizen": 1_000}

    make.say(process, {"customer": 1})
    assert counts_of(process) == {"customer": 10}


def test_processes_are_counted_apart(process: Process) -> None:
    make.say(process, {"citizen": 5})
    make.say(make_process(), {"citizen": 4})

    assert Balance.objects.exclude(relations={}).count() == 1


# --- beside secret ballots ----------------------------------------------------------------------


def test_after_a_ballot_has_closed_the_count_stays_and_nobody_is_in_it(process: Process, somebody: Actor) -> None:
    actors = make.say(process, {"citizen": 6, "customer": 4})
    make.rate(process, [9] * 5)

    participation.let_go_of_relations(process_id=process.pk, now=LATER)
    make.rate(process, [9] * 5)

    assert set(Participation.objects.values_list("relation", "counted_relation")) == {("", "")}
    assert counts_of(process) == {"citizen": 6, "customer": 4}
    assert Balance.objects.get().satisfaction == {"satisfied": 10}
    assert participation.shown_relation_of(process, actors[0]) is None
    assert participation.asked_now(process, somebody, answers_count=10, back_to="/") is None
    with pytest.raises(RelationsLetGo):
        participation.say_relation(process=process, actor=somebody, relation="citizen", now=LATER)


def test_to_let_go_twice_changes_nothing(process: Process) -> None:
    for now in (NOW, LATER):
        participation.let_go_of_relations(process_id=process.pk, now=now)

    assert Balance.objects.get().let_go_at == NOW


# --- what a ballot may take over ----------------------------------------------------------------


def test_only_a_relation_that_five_have_is_offered_on_a_ballot(process: Process) -> None:
    citizens = make.say(process, {"citizen": 10})
    suppliers = make.say(process, {"supplier": 3, "researcher": 2})

    assert participation.shown_relation_of(process, citizens[0]) == Relation.CITIZEN
    assert participation.shown_relation_of(process, suppliers[0]) is None
    assert participation.shown_relation_of(process, make_facilitator().actor) is None


# --- after a rehearsal --------------------------------------------------------------------------


def test_wiping_leaves_only_what_the_team_prepared(process: Process) -> None:
    make.frame(process, {"citizen": 80})
    make.say(process, {"citizen": 5})
    make.rate(process, [3] * 5)
    participation.let_go_of_relations(process_id=process.pk, now=NOW)

    participation.wipe(process_id=process.pk)

    found = Balance.objects.get()
    assert not Participation.objects.exists()
    assert (found.relations, found.satisfaction, found.counted_at, found.let_go_at) == ({}, {}, None, None)
    assert participation.frame_of(process) == {"citizen": 80}


# --- the frame ----------------------------------------------------------------------------------


def test_the_frame_is_what_was_said_last(process: Process) -> None:
    make.frame(process, {"citizen": 80, "employee": 20})
    make.frame(process, {"citizen": 70, "customer": 0})

    assert participation.frame_of(process) == {"citizen": 70}
    assert participation.counted(process).has_frame


# --- one's own, to keep and to change -------------------------------------------------------------


def test_what_one_said_is_in_ones_own_file_and_on_ones_own_page(process: Process) -> None:
    person = make_person()
    participation.say_relation(process=process, actor=person.actor, relation="customer", now=NOW)
    participation.say_satisfaction(process=process, actor=person.actor, satisfaction=3, now=NOW)
    client = sign_in(Client(), person)

    [said] = client.get(reverse("people:my_data")).json()["answered"]["process"]["about_oneself"]
    mine = client.get(reverse("answers:mine")).content.decode()

    assert (said["process"], said["relation"], said["satisfaction"]) == (process.pk, "customer", 3)
    assert reverse("processes:about_you", args=[process.pk]) in mine


def test_nobody_elses_part_is_in_ones_file(process: Process, somebody: Actor) -> None:
    participation.say_relation(process=process, actor=somebody, relation="customer", now=NOW)

    client = sign_in(Client(), make_person())

    assert "process" not in client.get(reverse("people:my_data")).json()["answered"]


def test_a_kind_is_coarse_and_of_the_last_public_count_and_gone_once_let_go_of(process: Process) -> None:
    customers = make.say(process, {Relation.END_USER: 5, Relation.COMPETITOR: 5})[:5]
    make.say(process, {Relation.OWNER: 4})

    kinds = participation.coarse_kinds_in(process.pk)
    participation.let_go_of_relations(process_id=process.pk, now=NOW)

    assert kinds == dict.fromkeys([actor.pk for actor in customers], Coarse.CUSTOMER)
    assert participation.coarse_kinds_in(process.pk) == {}


def test_voices_are_awaited_of_those_who_are_asked_for_and_of_those_in_the_frame() -> None:
    process = make_process(open_to="members")

    make.frame(process, {Relation.PUBLIC_BODY: 10})

    assert participation.coarse_kinds_asked(process) == [
        Coarse.EMPLOYEE,
        Coarse.PARTNER,
        Coarse.PUBLIC,
        Coarse.OWNER,
    ]

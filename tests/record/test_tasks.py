from __future__ import annotations

from datetime import timedelta

import pytest

from allting.record import actions, seals, tasks
from allting.record.models import Actor, Event, OutboxEntry, Seal
from tests.record.conftest import NOW, Notes

pytestmark = pytest.mark.django_db


def test_seals_follow_from_each_other_in_the_order_of_the_events(notes: Notes, actor: Actor) -> None:
    for _ in range(3):
        actions.emit(name="notes.read", actor=actor, now=NOW)

    assert tasks.seal_events(now=NOW, above=0) == 3

    assert list(Seal.objects.order_by("number").values_list("number", flat=True)) == [1, 2, 3]
    assert list(seals.breaks_in_the_chain()) == []


def test_sealing_again_seals_nothing_twice(notes: Notes, actor: Actor) -> None:
    actions.emit(name="notes.read", actor=actor, now=NOW)
    tasks.seal_events(now=NOW, above=0)

    assert tasks.seal_events(now=NOW, above=0) == 0


def test_an_event_that_was_committed_late_is_sealed_later(notes: Notes, actor: Actor) -> None:
    late = actions.emit(name="notes.read", actor=actor, now=NOW)
    actions.emit(name="notes.read", actor=actor, now=NOW)
    tasks.seal_events(now=NOW, above=late.pk)

    assert tasks.seal_events(now=NOW, above=0) == 1

    assert Seal.objects.order_by("-number").first().event == late
    assert list(seals.breaks_in_the_chain()) == []


def test_a_changed_event_breaks_the_chain(notes: Notes, actor: Actor) -> None:
    event = actions.emit(name="notes.read", actor=actor, data={"words": 4}, now=NOW)
    tasks.seal_events(now=NOW, above=0)

    Event.objects.filter(pk=event.pk).update(data={"words": 5})

    assert list(seals.breaks_in_the_chain()) == [1]


def test_a_removed_seal_breaks_the_chain(notes: Notes, actor: Actor) -> None:
    for _ in range(3):
        actions.emit(name="notes.read", actor=actor, now=NOW)
    tasks.seal_events(now=NOW, above=0)

    Seal.objects.filter(number=2).delete()

    assert list(seals.breaks_in_the_chain()) == [3]


def test_a_reaction_runs_once_however_often_the_outbox_is_emptied(notes: Notes, actor: Actor) -> None:
    event = actions.emit(name="notes.written", actor=actor, now=NOW)

    tasks.deliver_outbox()
    tasks.deliver_outbox()

    assert notes.reacted == [event.pk]
    assert OutboxEntry.objects.get().done_at is not None


def test_a_reaction_that_fails_waits_longer_each_time_and_is_tried_again(notes: Notes, actor: Actor) -> None:
    actions.emit(name="notes.written", actor=actor, now=NOW)
    entry = OutboxEntry.objects.get()
    notes.is_broken = True

    assert tasks.deliver(entry.pk, now=NOW) is False
    assert tasks.deliver(entry.pk, now=NOW) is False
    entry.refresh_from_db()
    assert (entry.tries_count, entry.error) == (2, "RuntimeError")
    assert entry.due_at == NOW + timedelta(seconds=4)

    notes.is_broken = False
    assert tasks.deliver(entry.pk, now=NOW) is True
    assert len(notes.reacted) == 1


def test_one_failing_reaction_does_not_stop_the_next(notes: Notes, actor: Actor) -> None:
    bad = actions.emit(name="notes.written", actor=actor, now=NOW)
    OutboxEntry.objects.filter(event=bad).update(reaction="notes.gone")
    good = actions.emit(name="notes.written", actor=actor, now=NOW)

    tasks.deliver_outbox()

    assert notes.reacted == [good.pk]

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from allting.record import actions, kinds
from allting.record.errors import AlreadyHidden, NotHidden
from allting.record.models import Actor, Event, Item, Link, ModerationDecision, OutboxEntry, Report
from tests.record.conftest import NOW, Notes, write_note

pytestmark = pytest.mark.django_db


def test_a_fact_is_written_with_what_is_owed_because_of_it(notes: Notes, actor: Actor) -> None:
    event = actions.emit(name="notes.written", actor=actor, data={"words": 4}, now=NOW)

    assert Event.objects.get() == event
    assert OutboxEntry.objects.get().reaction == "notes.count"


def test_a_fact_that_is_rolled_back_never_happened(notes: Notes, actor: Actor) -> None:
    with transaction.atomic():
        actions.emit(name="notes.written", actor=actor, now=NOW)
        transaction.set_rollback(True)

    assert not Event.objects.exists()
    assert not OutboxEntry.objects.exists()


def test_a_long_title_is_cut_with_an_ellipsis(actor: Actor) -> None:
    item = write_note(actor, title="å" * 400)

    assert item.title == "å" * 299 + "…"


def test_there_is_one_system_actor(db: None) -> None:
    assert actions.system_actor() == actions.system_actor()
    with pytest.raises(IntegrityError), transaction.atomic():
        Actor.objects.create(kind=Actor.Kind.SYSTEM)


def test_linking_twice_is_one_link_and_one_event(notes: Notes, actor: Actor) -> None:
    older, younger = write_note(actor), write_note(actor)

    for _ in range(2):
        actions.link(younger=younger, older=older, relation=Link.Relation.RESTS_ON, by=actor, now=NOW)

    assert Link.objects.count() == 1
    assert Event.objects.filter(name="record.linked").count() == 1


def test_many_links_are_made_with_a_fact_for_each_in_as_many_statements_as_two(
    notes: Notes, actor: Actor, django_assert_max_num_queries: Any
) -> None:
    younger = write_note(actor)
    counts = []
    for number in (2, 8):
        olders = [write_note(actor) for _ in range(number)]
        with django_assert_max_num_queries(10) as captured:
            made = actions.link_new(
                arrows=[(younger, older) for older in olders], relation=Link.Relation.ANSWERS, by=actor, now=NOW
            )
        counts.append(len(captured))
        assert [one.older for one in made] == olders

    facts = Event.objects.filter(name="record.linked").order_by("pk")
    assert counts[0] == counts[1]
    assert [fact.data["link"] for fact in facts] == list(Link.objects.order_by("pk").values_list("pk", flat=True))


def test_a_link_that_was_said_before_is_not_new(notes: Notes, actor: Actor) -> None:
    arrows = [(write_note(actor), write_note(actor))]
    actions.link_new(arrows=arrows, relation=Link.Relation.ANSWERS, by=actor, now=NOW)

    with pytest.raises(IntegrityError), transaction.atomic():
        actions.link_new(arrows=arrows, relation=Link.Relation.ANSWERS, by=actor, now=NOW)


def test_an_item_cannot_rest_on_itself(notes: Notes, actor: Actor) -> None:
    note = write_note(actor)

    with pytest.raises(IntegrityError), transaction.atomic():
        actions.link(younger=note, older=note, relation=Link.Relation.RESTS_ON, by=actor, now=NOW)


def test_confirming_twice_is_one_confirmation(notes: Notes, actor: Actor) -> None:
    link = actions.link(
        younger=write_note(actor), older=write_note(actor), relation=Link.Relation.RESTS_ON, by=actor, now=NOW
    )

    for _ in range(2):
        actions.confirm_link(link=link, by=actor, now=NOW)

    assert link.confirmations.count() == 1
    assert Event.objects.filter(name="record.link_confirmed").count() == 1


def test_hiding_settles_the_reports_and_keeps_the_reason(notes: Notes, actor: Actor) -> None:
    note = write_note(actor)
    actions.report(item=note, by=actor, reason="An attack on a neighbour.", now=NOW)

    actions.hide(item=note, by=actor, reason="It names a private person.", now=NOW)

    note.refresh_from_db()
    assert note.hidden_at == NOW
    assert not Report.objects.filter(settled_at=None).exists()
    assert ModerationDecision.objects.get().reason == "It names a private person."
    assert Event.objects.filter(name="record.hidden", item=note).exists()


def test_hiding_twice_says_that_somebody_was_faster(notes: Notes, actor: Actor) -> None:
    note = write_note(actor)
    actions.hide(item=note, by=actor, reason="First.", now=NOW)

    with pytest.raises(AlreadyHidden):
        actions.hide(item=note, by=actor, reason="Second.", now=NOW)

    assert ModerationDecision.objects.get().reason == "First."


def test_restoring_shows_it_again_and_only_what_was_hidden(notes: Notes, actor: Actor) -> None:
    note = write_note(actor)
    with pytest.raises(NotHidden):
        actions.restore(item=note, by=actor, reason="A mistake.", now=NOW)

    actions.hide(item=note, by=actor, reason="In haste.", now=NOW)
    actions.restore(item=note, by=actor, reason="A mistake.", now=NOW)

    note.refresh_from_db()
    assert note.hidden_at is None


def test_letting_it_stand_settles_the_reports(notes: Notes, actor: Actor) -> None:
    note = write_note(actor)
    actions.report(item=note, by=None, reason="I do not like it.", now=NOW)

    actions.keep(item=note, by=actor, reason="It is about the question.", now=NOW)

    note.refresh_from_db()
    assert note.hidden_at is None
    assert not Report.objects.filter(settled_at=None).exists()


def test_reporting_again_changes_the_reason_and_adds_no_report(notes: Notes, actor: Actor) -> None:
    note = write_note(actor)

    actions.report(item=note, by=actor, reason="First.", now=NOW)
    actions.report(item=note, by=actor, reason="Second.", now=NOW)

    assert [report.reason for report in Report.objects.all()] == ["Second."]


def test_nobody_can_flood_the_queue_without_a_name(notes: Notes, actor: Actor) -> None:
    note = write_note(actor)

    for _ in range(3):
        actions.report(item=note, by=None, reason="Flood.", now=NOW)

    assert Report.objects.count() == 1


def test_forgetting_asks_every_kind_and_blanks_the_titles_if_wished(notes: Notes, actor: Actor) -> None:
    note = write_note(actor, title="I live at number seven.")
    Report.objects.create(item=note, actor=actor, reason="My own words.", created_at=NOW)

    actions.forget(actor=actor, words=kinds.Words.BLANKED, now=NOW)

    note.refresh_from_db()
    assert notes.forgotten == [(actor.pk, kinds.Words.BLANKED)]
    assert note.title == actions.BLANK_TITLE
    assert Report.objects.get().reason == ""


def test_nameless_words_stay_as_they_were(notes: Notes, actor: Actor) -> None:
    note = write_note(actor, title="More trees.")

    actions.forget(actor=actor, words=kinds.Words.NAMELESS, now=NOW)

    note.refresh_from_db()
    assert note.title == "More trees."


def test_handing_over_moves_authorship_and_asks_every_kind(notes: Notes, actor: Actor) -> None:
    device = actions.make_actor(kind=Actor.Kind.DEVICE)
    note = write_note(device)

    actions.hand_over(giver=device, taker=actor, now=NOW)

    assert Item.objects.get(pk=note.pk).author == actor
    assert notes.handed_over == [(device.pk, actor.pk)]


def test_reports_of_a_device_go_to_the_person_so_that_erasing_them_blanks_the_reason(
    notes: Notes, actor: Actor
) -> None:
    device = actions.make_actor(kind=Actor.Kind.DEVICE)
    both, one = write_note(actor), write_note(actor)
    actions.report(item=both, by=actor, reason="Mine.", now=NOW)
    for item in (both, one):
        actions.report(item=item, by=device, reason="The device's.", now=NOW)

    actions.hand_over(giver=device, taker=actor, now=NOW)

    assert set(Report.objects.values_list("item", "actor", "reason")) == {
        (both.pk, actor.pk, "Mine."),
        (one.pk, actor.pk, "The device's."),
    }

"""From a real round: what the sponsor decides on becomes priorities, and the way down leads to the options."""

from __future__ import annotations

import pytest
from django.utils import timezone

from allting.choice import actions as choice
from allting.record import queries as record
from allting.record import tasks as record_tasks
from allting.record.models import OutboxEntry
from allting.record.viewers import SYSTEM
from allting.strategy.models import Priority
from tests.make import choice as make_choice
from tests.make.processes import NOW, make_sponsor

pytestmark = pytest.mark.django_db


def test_a_confirmed_outcome_drafts_its_options_as_priorities() -> None:
    outcome = make_choice.make_outcome([[0, 1]] * 6 + [[2]] * 5)
    sponsor = make_sponsor()

    choice.confirm_outcome(outcome=outcome, by=sponsor.actor, now=NOW)
    OutboxEntry.objects.update(due_at=timezone.now())
    record_tasks.deliver_outbox()

    drafted = list(Priority.objects.select_related("item").order_by("number"))
    assert [priority.source_id for priority in drafted] == outcome.figures["chosen"]
    below = [branch.card.item_id for branch in record.why(drafted[0].item, viewer=SYSTEM).branches]
    assert below[0] == drafted[0].source_id

"""Make a running conversation on an empty data folder, and print its address: `python world.py STATEMENTS`.

Reads ALLTING_DATA_DIR, as the server does. Everything is made by the actions that the pages use.
"""

# ruff: noqa: E402  Django is set up before anything with a model can be imported.
from __future__ import annotations

import os
import sys
from datetime import timedelta

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "allting.config.settings"
django.setup()

from django.urls import reverse
from django.utils import timezone

from allting.opinions import actions as opinions
from allting.opinions.models import Conversation
from allting.people import actions as people
from allting.people.models import RoleName
from allting.processes import actions as processes
from allting.processes.blueprints import QUICK_LISTENING
from allting.record import actions as record
from allting.server import database


def make_conversation(*, statements: int) -> str:
    """Announce a quick listening that is open since yesterday, with so many statements; return its address."""
    database.migrate()
    now = timezone.now()
    yesterday = now - timedelta(days=1)
    for role in (RoleName.DEPUTY, RoleName.FACILITATOR):
        person = people.join(address=f"{role}@example.org", name=str(role), language="en", now=now)
        people.give_role(person=person, role=role, by=record.system_actor(), now=now)
    facilitator = person.actor
    process = processes.start_process(
        template=QUICK_LISTENING.name,
        choices=processes.Choices(
            question="How fast can we listen?",
            audience="everyone",
            starts_on=timezone.localdate(yesterday),
            weeks=2,
            decider_name="Dana Whitlock",
            up_for_decision="What we do first.",
            not_up_for_decision="How long a second is.",
        ),
        by=facilitator,
        now=yesterday,
    )
    processes.announce(process=process, by=facilitator, now=yesterday)
    processes.begin_due(now=now)
    conversation = Conversation.objects.select_related("item").get(item__activity__phase__process=process)
    texts = [f"Statement number {number} says something of its own." for number in range(statements)]
    opinions.add_seeds(conversation=conversation, author=facilitator, texts=texts, now=now)
    return reverse("opinions:conversation", args=[conversation.pk])


if __name__ == "__main__":
    print(make_conversation(statements=int(sys.argv[1])))

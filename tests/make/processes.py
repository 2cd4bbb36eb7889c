"""Build processes through their actions, so that no impossible one can be built."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from allting.people import visitors
from allting.people.models import Person, RoleName
from allting.processes import actions, queries, rules
from allting.processes.actions import NO_LABELS, Choices, Labels
from allting.processes.models import Activity, Process
from allting.record.models import Actor, Item
from allting.record.viewers import Viewer
from tests.make.people import make_person

# Day six of five weeks: a process made running at this moment opened on 5 February, closes on 12 March 2027,
# and owes its answers on 11 April.
NOW = datetime(2027, 2, 10, 9, 0, tzinfo=UTC)

QUESTION = "What should change to make this a better place to live?"
CHOICES = Choices(
    question=QUESTION,
    audience="everyone who lives or works here",
    weeks=5,
    decider_name="Dana Whitlock",
    decider_title="mayor",
    up_for_decision="Which of your statements the city works on first.",
    not_up_for_decision="The tax rate for 2027.",
)

# How many days before NOW each state's process opens.
_OPENED_DAYS_AGO = {"draft": -5, "announced": -5, "running": 5, "closed": 40}


def make_process(
    *, state: str = "running", now: datetime = NOW, by: Actor | None = None, labels: Labels = NO_LABELS, **choices: Any
) -> Process:
    """Make a process that is in this state at `now`, with a facilitator and a deputy for the whole installation."""
    opened_days_ago = _OPENED_DAYS_AGO[state]
    starts_on = rules.local_day(now) - timedelta(days=opened_days_ago)
    by = by or make_facilitator(now=now).actor
    started_at = now - timedelta(days=max(opened_days_ago, 0) + 1)
    process = actions.start_process(
        template="quick_listening",
        choices=replace(CHOICES, starts_on=starts_on, **choices),
        by=by,
        now=started_at,
        labels=labels,
    )
    if state != "draft":
        make_deputy(now=now)
        actions.announce(process=process, by=by, now=started_at)
        actions.begin_due(now=now)
        actions.close_due(now=now)
    made = queries.processes_by_id([process.pk])[process.pk]
    assert made.state == state, f"Made a process that is {made.state} instead of {state}."
    return made


def make_rehearsal(*, now: datetime = NOW, **choices: Any) -> Process:
    """Make a draft that is being rehearsed."""
    process = make_process(state="draft", now=now, **choices)
    return actions.begin_rehearsal(process=process, by=process.item.author, now=now)


def activity_in(process: Process) -> Activity:
    """Return the one activity of a quick listening, with its phase and process."""
    return queries.activity_of(Activity.objects.get(phase__process=process.pk).item_id)


def make_facilitator(*, within: Item | None = None, now: datetime = NOW) -> Person:
    return _person_with(RoleName.FACILITATOR, "Priya Raman", within=within, now=now)


def make_deputy(*, within: Item | None = None, now: datetime = NOW) -> Person:
    return _person_with(RoleName.DEPUTY, "Tom Berg", within=within, now=now)


def make_member(*, within: Item | None = None, now: datetime = NOW) -> Person:
    return _person_with(RoleName.MEMBER, "Mina Ek", within=within, now=now)


def make_sponsor(*, within: Item | None = None, now: datetime = NOW) -> Person:
    return _person_with(RoleName.SPONSOR, "Dana Whitlock", within=within, now=now)


def viewer_of(person: Person) -> Viewer:
    """Return the viewer that this person's requests carry."""
    return visitors.visitor_for(person)


def _person_with(role: RoleName, name: str, *, within: Item | None, now: datetime) -> Person:
    """Return the person with this role, making it at first use."""
    place = f"-{within.pk}" if within else ""
    address = f"{role}{place}@example.org"
    if person := Person.objects.filter(address=address).select_related("actor").first():
        return person
    return make_person(name=name, role=role, within=within, address=address, now=now)

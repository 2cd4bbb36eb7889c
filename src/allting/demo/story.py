"""The living example, told through actions: a real city's conversation, and an invented council that asks.

Twice: once it runs and can be joined, once it is carried through to the end (`chain`). Each step looks first whether
it was taken, so that a demo that was stopped in the middle goes on, and a second start finds everything there.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from allting.demo import chain, city, comparing, elsewhere, filling, past
from allting.demo import people as cast
from allting.demo.progress import BOARD, Progress
from allting.opinions import stored
from allting.opinions.models import Conversation
from allting.people import actions as people
from allting.people.models import Organisation, Person
from allting.processes import actions as processes
from allting.processes.blueprints import QUICK_LISTENING
from allting.processes.models import Process

QUESTION = "What should change to make this a better place to live, work and spend time?"
ORGANISATION = "Bowling Green & Warren County"
INVENTED = (
    "Living example: the votes are real (Bowling Green, 2018). The council, its people, comparisons and relations are "
    "invented."
)

type Tell = Callable[[str, float], None]


def tell(*, progress: Tell) -> None:
    """Fill the installation from empty to the last answer. Says what happens, with a share of 0 to 1."""

    def say(words: str | Promise, share: float) -> None:
        is_new = words != BOARD.read().words
        BOARD.write(Progress(words, share))
        # The page moves with each per cent; the terminal gets one line a step.
        if is_new:
            with translation.override("en"):
                progress(str(words), share)

    try:
        if not is_there():
            _tell(say)
        _show_elsewhere()
    except Exception:
        BOARD.write(Progress(BOARD.read().words, BOARD.read().share, has_failed=True))
        raise
    BOARD.write(Progress(_("Everything is there."), 1.0, is_told=True))
    progress("Everything is there.", 1.0)


def is_there() -> bool:
    """Say whether an earlier start has told the whole story."""
    process = find()
    return process is not None and stored.latest_map(conversation_of(process).pk) is not None and chain.is_told()


def _tell(say: filling.Say) -> None:
    now = timezone.now()
    say(_("A council and its people move in."), 0.02)
    persons = cast.move_in(now=now)
    priya = persons[cast.PRIYA.label]
    _present_council(by=priya, now=now)
    city.give_claims_back()
    running = conversation_of(find() or _announce(persons, now=now))
    carried = past.find_or_draft(persons=persons, now=now)

    ended_at = carried.at(past.Day.MAP_DRAWN)
    here = filling.Kept(running, began_at=running.item.created_at, ends_at=now)
    there = filling.Kept(carried.conversation, began_at=carried.at(past.Day.STARTED), ends_at=ended_at)
    if not filling.is_filled(here, there):
        filling.fill(here, there, by=priya, say=say)
    city.put_beginning_first(running, by=priya, now=timezone.now())
    city.name_groups(running, by=priya, now=timezone.now())
    comparing.compare_some(running, by=priya, now=timezone.now())
    chain.carry_through(carried, say=say)


def _show_elsewhere() -> None:
    """Let the other site show what runs, with each start: the address of the demo may be another one."""
    if (process := find()) is not None:
        now = timezone.now()
        elsewhere.let_show(conversation_of(process), by=cast.move_in(now=now)[cast.PRIYA.label], now=now)


def find() -> Process | None:
    """Return the process that runs."""
    found = Process.objects.filter(item__title=QUESTION, is_invented=True).select_related("item")
    return found.order_by("pk").first()


def conversation_of(process: Process) -> Conversation:
    return Conversation.objects.select_related("item").get(item__activity__phase__process=process)


def _present_council(*, by: Person, now: datetime) -> None:
    if Organisation.objects.exists():
        return
    people.change_organisation(
        name=ORGANISATION,
        contact="Priya Raman, facilitator",
        contact_address=cast.PRIYA.address,
        is_invented=True,
        by=by.actor,
        now=now,
    )


def _announce(persons: dict[str, Person], *, now: datetime) -> Process:
    """Start as a facilitator does, with the seven choices: two weeks ago, so that three are left to take part."""
    dana, priya = persons[cast.DANA.label], persons[cast.PRIYA.label]
    started_at = now - timedelta(days=14)
    process = processes.start_process(
        template=QUICK_LISTENING.name,
        choices=processes.Choices(
            question=QUESTION,
            audience="Everyone who lives or works here",
            starts_on=timezone.localdate(started_at),
            weeks=5,
            decider_name=dana.name,
            decider_title=dana.title,
            up_for_decision="What the city and county work on until 2030.",
            not_up_for_decision=(
                "The tax rate for 2027, the contract with the transit operator until 2028, and what state law settles."
            ),
            answer_days=30,
            languages=("en", "sv"),
            sponsor=dana,
        ),
        by=priya.actor,
        now=started_at,
        labels=processes.Labels(is_invented=True, invented_note=INVENTED, attribution=city.ATTRIBUTION),
    )
    processes.announce(process=process, by=priya.actor, now=started_at)
    processes.begin_due(now=now)
    return process

"""An invented million: people in three camps who answer short statements, to see the real rooms at that size.

Nothing in it was ever said. Camps differ on some statements, everybody has an own tendency to agree, and some pass:
the same kind of world as the engine is tested on. People come in runs; each run is one transaction and follows from
its number alone, so that a start that was cut off goes on where it stopped.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import product

import numpy as np
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from numpy.typing import NDArray

from allting.demo import city, filling, story
from allting.demo import people as cast
from allting.demo.progress import BOARD, Progress
from allting.opinions import actions as opinions
from allting.opinions import bulk, maps, stored
from allting.opinions.models import Conversation
from allting.people import actions as people
from allting.people.models import Organisation, Person
from allting.processes import actions as processes
from allting.processes.blueprints import QUICK_LISTENING
from allting.processes.models import Process

QUESTION = "What should a country of a million do next?"
INVENTED = "Everything here is invented: the people, their statements and their votes were made by a computer."

_WISHES = (
    "Invented: spend more on {}.",
    "Invented: spend less on {}.",
    "Invented: decide about {} closer to those concerned.",
    "Invented: leave {} as it is.",
    "Invented: {} should be free of charge for everybody.",
    "Invented: those who use {} should pay for it.",
    "Invented: ask people every year about {}.",
    "Invented: give {} to private companies.",
    "Invented: {} should be the first thing on the list.",
    "Invented: nobody talks about {}, and we should.",
    "Invented: learn from our neighbours about {}.",
    "Invented: publish what {} costs.",
    "Invented: simplify the rules for {}.",
    "Invented: make stricter rules for {}.",
    "Invented: young people should decide about {}.",
    "Invented: {} can wait until the debts are paid.",
    "Invented: plan {} for thirty years and not for three.",
    "Invented: let each town try its own way with {}.",
    "Invented: one way for the whole country with {}.",
    "Invented: volunteers could do more for {}.",
)
_MATTERS = (
    "schools",
    "hospitals",
    "railways",
    "roads",
    "buses in the evening",
    "libraries",
    "forests",
    "the coast",
    "housing",
    "energy",
    "clean water",
    "the police",
    "childcare",
    "care for the old",
    "sports halls",
    "theatres",
    "farms",
    "research",
    "parks",
    "town halls",
)
STATEMENTS = tuple(wish.format(matter) for matter, wish in product(_MATTERS, _WISHES))

# What most people answer before they stop: enough for a place on the map, and a million of them load in minutes.
VOTES_EACH = 20
# People in one transaction: a fraction of a second in which nobody else can write.
PEOPLE_A_RUN = 2_000
# After each, so that a vote that waits for the database gets its turn.
_BREATH_S = 0.01
_SEED = 2026
_CAMPS = (0.4, 0.35, 0.25)
_PASS_SHARE = 0.08


@dataclass(frozen=True, slots=True, eq=False)
class World:
    """What each camp thinks of each statement, in logits, shape (camps, statements)."""

    opinions: NDArray[np.float64]


def plant() -> World:
    """Make up what the camps think: the same for everybody on half of the statements."""
    random = np.random.default_rng(_SEED)
    shape = (len(_CAMPS), len(STATEMENTS))
    everybody = random.normal(0.4, 0.8, shape[1])
    is_contested = random.random(shape[1]) < 0.5
    return World(opinions=everybody + is_contested * random.normal(0, 1.4, shape))


def plant_run(world: World, *, first: int, count: int, statement_ids: NDArray[np.int64]) -> bulk.Run:
    """Make up people `first` and those after them: the same ones whenever it is asked."""
    random = np.random.default_rng((_SEED, first))
    camps = random.choice(len(_CAMPS), size=count, p=_CAMPS)
    lean = random.normal(0, 0.6, count)
    seen = np.sort(random.integers(0, len(STATEMENTS), (count, VOTES_EACH)), axis=1)
    is_new = np.diff(seen, axis=1, prepend=-1) > 0
    who, what = np.repeat(np.arange(count), is_new.sum(axis=1)), seen[is_new]
    agrees = random.random(len(who)) < 1 / (1 + np.exp(-(world.opinions[camps[who], what] + lean[who])))
    values = np.where(agrees, np.int8(1), np.int8(-1))
    values[random.random(len(who)) < _PASS_SHARE] = 0
    return bulk.Run(first=first, count=count, people=who, statements=statement_ids[what], values=values)


def tell(*, people: int, progress: story.Tell) -> None:
    """Fill the installation with so many invented people, and draw their map. Says what happens, 0 to 1."""

    def say(words: str | Promise, share: float) -> None:
        is_new = words != BOARD.read().words
        BOARD.write(Progress(words, share, is_crowd=True))
        if is_new:
            with translation.override("en"):
                progress(str(words), share)

    try:
        _tell(people, say)
    except Exception:
        BOARD.write(Progress(BOARD.read().words, BOARD.read().share, has_failed=True, is_crowd=True))
        raise
    BOARD.write(Progress(_("Everything is there."), 1.0, is_told=True, is_crowd=True))
    progress("Everything is there.", 1.0)


def find() -> Process | None:
    """Return the process of the invented people."""
    found = Process.objects.filter(item__title=QUESTION, is_invented=True).select_related("item")
    return found.order_by("pk").first()


def conversation_of(process: Process) -> Conversation:
    return Conversation.objects.select_related("item").get(item__activity__phase__process=process)


def _tell(people: int, say: filling.Say) -> None:
    say(_("A council and its people move in."), 0.0)
    persons = cast.move_in(now=timezone.now())
    city.give_claims_back()
    conversation = conversation_of(find() or _announce(persons, now=timezone.now()))
    statement_ids = np.array(
        [it.pk for it in conversation.statements.filter(is_seed=True).order_by("pk")[: len(STATEMENTS)]],
        dtype=np.int64,
    )
    if (there := bulk.count_people(conversation)) < people:
        _come_in(conversation, there=there, people=people, statement_ids=statement_ids, say=say)
    if stored.latest_map(conversation.pk) is None:
        say(_("Drawing the map, and drawing it again five times to see whether it holds up."), 0.95)
        if run := maps.claim(conversation_id=conversation.pk, now=timezone.now()):
            maps.draw_map(run=run, now=timezone.now())


def _come_in(
    conversation: Conversation, *, there: int, people: int, statement_ids: NDArray[np.int64], say: filling.Say
) -> None:
    said = format_lazy(_("Writing down the votes of {people} invented people."), people=f"{people:,}")
    world, beside = plant(), bulk.Beside(conversation, is_new=there == 0)
    started_at = conversation.item.created_at
    lasted = max(timezone.now() - started_at - timedelta(minutes=5), timedelta(0))
    for first in range(there, people, PEOPLE_A_RUN):
        run = plant_run(world, first=first, count=min(PEOPLE_A_RUN, people - first), statement_ids=statement_ids)
        # They came one after the other since the start, and not all today.
        at: datetime = started_at + lasted * (first / people)
        beside.add(run, bulk.write_run(conversation=conversation, run=run, now=at))
        say(said, 0.02 + 0.92 * (first + run.count) / people)
        time.sleep(_BREATH_S)
    beside.close()


def _announce(persons: dict[str, Person], *, now: datetime) -> Process:
    """Start as a facilitator does, two weeks ago, so that three are left to take part."""
    dana, priya = persons[cast.DANA.label], persons[cast.PRIYA.label]
    started_at = now - timedelta(days=14)
    if not Organisation.objects.exists():
        people.change_organisation(
            name="An invented country",
            contact="Priya Raman, facilitator",
            contact_address=cast.PRIYA.address,
            is_invented=True,
            by=priya.actor,
            now=now,
        )
    process = processes.start_process(
        template=QUICK_LISTENING.name,
        choices=processes.Choices(
            question=QUESTION,
            audience="A million people who do not exist",
            starts_on=timezone.localdate(started_at),
            weeks=5,
            decider_name=dana.name,
            decider_title=dana.title,
            up_for_decision="Nothing: this shows how the pages behave with very many people.",
            not_up_for_decision="Everything real.",
            answer_days=30,
            languages=("en", "sv"),
            sponsor=dana,
        ),
        by=priya.actor,
        now=started_at,
        labels=processes.Labels(is_invented=True, invented_note=INVENTED),
    )
    processes.announce(process=process, by=priya.actor, now=started_at)
    processes.begin_due(now=now)
    opinions.add_seeds(
        conversation=conversation_of(process), author=priya.actor, texts=STATEMENTS, now=started_at + timedelta(hours=1)
    )
    return process

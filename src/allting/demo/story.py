"""The living example, told through actions: a real city's conversation, and an invented council that asks.

Each step looks first whether it was taken, so that a demo that was stopped in the middle goes on, and a
second start finds everything there.
"""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Callable
from datetime import datetime, timedelta
from importlib import resources
from pathlib import Path

from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from allting.demo import people as cast
from allting.demo.progress import BOARD, Progress
from allting.opinions import actions as opinions
from allting.opinions import exchange, figures, importing, maps
from allting.opinions.models import Conversation, Statement
from allting.people import actions as people
from allting.people.models import Organisation, Person
from allting.processes import actions as processes
from allting.processes.blueprints import QUICK_LISTENING
from allting.processes.models import Process

QUESTION = "What should change to make this a better place to live, work and spend time?"
ORGANISATION = "Bowling Green & Warren County"
CASE_STUDY = "https://compdemocracy.org/case-studies/2018-kentucky"
ATTRIBUTION = (
    "Data was gathered using the Polis software (compdemocracy.org/polis) and is sub-licensed under CC BY 4.0 with "
    "Attribution to The Computational Democracy Project. The data and more information about how the data was "
    f"collected can be found at {CASE_STUDY}"
)
INVENTED = "Living example: the votes are real (Bowling Green, 2018), the council and its people are invented."

# What a group must say to bear the name that a facilitator gave it; another map leaves the letters alone.
GROUP_NAMES = {
    "Walk and care": "The arts are an important component of K-12 education.",
    "Basics first": "Homelessness is for the nonprofit sector to deal with, not government.",
}

type Tell = Callable[[str, float], None]


def tell(*, progress: Tell) -> None:
    """Fill the installation from empty to the drawn map. Says what happens, with a share of 0 to 1."""

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
    except Exception:
        BOARD.write(Progress(BOARD.read().words, BOARD.read().share, has_failed=True))
        raise
    BOARD.write(Progress(_("Everything is there."), 1.0, is_told=True))
    progress("Everything is there.", 1.0)


def is_there() -> bool:
    """Say whether an earlier start has told the whole story."""
    process = _find_process()
    return process is not None and maps.latest_map(_conversation_of(process).pk) is not None


def _tell(say: Callable[[str | Promise, float], None]) -> None:
    now = timezone.now()
    say(_("A council and its people move in."), 0.02)
    persons = cast.move_in(now=now)
    _present_council(by=persons[cast.PRIYA.label], now=now)
    process = _find_process() or _announce(persons, now=now)
    conversation = _conversation_of(process)

    say(_("Reading what 2,031 residents said."), 0.08)
    with tempfile.TemporaryDirectory() as folder:
        _unpack(Path(folder))
        reading = exchange.read_polis(Path(folder), attribution=ATTRIBUTION)
    words = _("Writing down 225,524 votes on 896 statements.")
    importing.import_conversation(
        export=reading.export,
        by=persons[cast.PRIYA.label].actor,
        now=now,
        conversation=conversation,
        progress=lambda done, total: say(words, 0.15 + 0.4 * done / total),
    )
    if maps.latest_map(conversation.pk) is None:
        say(_("Drawing the map, and drawing it again five times to see whether it holds up."), 0.6)
        if run := maps.claim(conversation_id=conversation.pk, now=timezone.now()):
            maps.draw_map(run=run, now=timezone.now())
    _name_groups(conversation, by=persons[cast.PRIYA.label], now=timezone.now())


def _find_process() -> Process | None:
    return Process.objects.filter(item__title=QUESTION, is_invented=True).order_by("pk").first()


def _conversation_of(process: Process) -> Conversation:
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
        labels=processes.Labels(is_invented=True, invented_note=INVENTED, attribution=ATTRIBUTION),
    )
    processes.announce(process=process, by=priya.actor, now=started_at)
    processes.begin_due(now=now)
    return process


def _unpack(folder: Path) -> None:
    archive = resources.files("allting.demo") / "data" / "bowling-green.zip"
    with resources.as_file(archive) as file, zipfile.ZipFile(file) as packed:
        packed.extractall(folder)


def _name_groups(conversation: Conversation, *, by: Person, now: datetime) -> None:
    """Give the groups the names that a facilitator would, if they still say what the names say."""
    snapshot = maps.latest_map(conversation.pk)
    if snapshot is None or conversation.group_names.exists():
        return
    texts = dict(Statement.objects.filter(conversation=conversation).values_list("pk", "text"))
    said_by = {
        letter: {texts[ranked.statement] for ranked in ranking if ranked.side == figures.AGREE}
        for letter, ranking in figures.from_data(snapshot.figures).distinctive.items()
    }
    names = {letter: name for name, words in GROUP_NAMES.items() for letter, said in said_by.items() if words in said}
    if names:
        opinions.name_groups(conversation=conversation, names=names, by=by.actor, now=now)

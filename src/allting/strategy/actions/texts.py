"""Writing the strategy: every version stays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from allting.processes.models import Process
from allting.record import actions as record
from allting.record.models import Actor, Item, Link
from allting.strategy.errors import NothingChanged, WrittenMeanwhile
from allting.strategy.models import StrategyText, StrategyVersion


@dataclass(frozen=True, slots=True)
class StrategyWords:
    """The three parts of the text."""

    mission: str
    choices: str
    not_done: str


@transaction.atomic
def write_strategy(
    *,
    process: Process,
    words: StrategyWords,
    note: str,
    voices: Sequence[Item] = (),
    after: int,
    by: Actor,
    now: datetime,
) -> StrategyVersion:
    """Add a version with what changed and what people said that it rests on.

    after   number of the version that the writer had before them, 0 for none.
    Raises  WrittenMeanwhile, NothingChanged.
    """
    # Writers of one process come one after another: the number of the next version depends on the last.
    Process.objects.select_for_update(of=("self",)).get(pk=process.pk)
    text = StrategyText.objects.select_related("item").filter(process=process).first()
    latest = text.versions.order_by("-number").first() if text else None
    if (latest.number if latest else 0) != after:
        raise WrittenMeanwhile
    if latest and words == StrategyWords(latest.mission, latest.choices, latest.not_done) and not voices:
        raise NothingChanged
    if text is None:
        item = record.make_item(kind="strategy", title=process.item.title, author=by, within=process.item, now=now)
        text = StrategyText.objects.create(item=item, process=process)
    version = StrategyVersion.objects.create(
        text=text,
        number=after + 1,
        mission=words.mission,
        choices=words.choices,
        not_done=words.not_done,
        note=note,
        made_by=by,
        made_at=now,
    )
    version.voices.set(voices)
    for voice in voices:
        record.link(younger=text.item, older=voice, relation=Link.Relation.RESTS_ON, by=by, now=now)
    data: record.Data = {"version": version.number, "voices": [voice.pk for voice in voices]}
    record.emit(name="strategy.written", actor=by, item=text.item, data=data, now=now)
    return version

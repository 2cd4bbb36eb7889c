"""Maps: when one is due, drawing it outside the web process, and publishing what may be seen of it.

A map is published only when five more people have voted than on the last one (or, at closing, when five people
have answered since): from two maps with one voter between them, that voter's answers could be read.
"""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

import numpy as np
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.utils.crypto import salted_hmac

from allting.opinions import figures, holding, polis
from allting.opinions.errors import MapFailed
from allting.opinions.figures import FEWEST_PEOPLE, IN_BETWEEN, Drawing, Figures
from allting.opinions.knowing import keep_knowledge
from allting.opinions.models import Conversation, MapPlace, MapRun, MapSnapshot, Participant, Vote
from allting.opinions.reading import Arrays, Reading, read_votes
from allting.opinions.stored import latest_map
from allting.processes import rules as processes
from allting.processes.models import Activity
from allting.record import actions as record
from allting.web.charts.opinion_map import bin_people, draw_in

# A conversation is left in peace while people are at it, but not for longer than a minute.
QUIET_FOR = timedelta(seconds=10)
WAIT_AT_MOST = timedelta(seconds=60)
# No honest map takes that long. A run this old was cut off, or failed; either way another may try now.
RUN_IS_STALE_AFTER = timedelta(minutes=15)

type Listener = Callable[[float], None]


class Draw(Protocol):
    def __call__(self, arrays: Arrays, *, listener: Listener) -> Drawing: ...


# --- when -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Run:
    """A map that this process has claimed to draw. Whoever claims it later makes `started_at` wrong."""

    conversation_id: int
    started_at: datetime


def claim_due(*, now: datetime) -> list[Run]:
    """Claim every conversation whose map is old, whose people are pausing, and whose new map may be published."""
    return [
        run
        for conversation in _conversations_with_old_maps()
        if is_calm(
            changed_at=conversation.changed_at,
            waiting_since=conversation.drawn_at or conversation.first_vote_at,  # type: ignore[attr-defined]
            now=now,
        )
        and _may_publish(conversation, people=_voters(conversation.pk).count(), now=now)
        and (run := claim(conversation_id=conversation.pk, now=now))
    ]


def is_calm(*, changed_at: datetime, waiting_since: datetime | None, now: datetime) -> bool:
    """Say whether it is time: nothing happened for ten seconds, or the last map is a minute old."""
    return now - changed_at >= QUIET_FOR or (waiting_since is not None and now - waiting_since >= WAIT_AT_MOST)


def claim(*, conversation_id: int, now: datetime) -> Run | None:
    """Take the right to draw a conversation's map; None when it is being drawn already."""
    row, is_new = MapRun.objects.get_or_create(conversation_id=conversation_id, defaults={"started_at": now})
    if not is_new:
        stale = MapRun.objects.filter(pk=row.pk, started_at=row.started_at, started_at__lt=now - RUN_IS_STALE_AFTER)
        if not stale.update(started_at=now, share_done=0):
            return None
    return Run(conversation_id=conversation_id, started_at=now)


def release(run: Run) -> None:
    """Give the right to draw back."""
    MapRun.objects.filter(conversation=run.conversation_id, started_at=run.started_at).delete()


def _conversations_with_old_maps() -> QuerySet[Conversation]:
    maps = MapSnapshot.objects.filter(conversation=OuterRef("pk")).order_by("-drawn_at", "-pk")
    votes = Participant.objects.filter(conversation=OuterRef("pk")).order_by("first_vote_at")
    return (
        Conversation.objects.annotate(
            drawn_changes=Subquery(maps.values("changes_count")[:1]),
            drawn_at=Subquery(maps.values("drawn_at")[:1]),
            first_vote_at=Subquery(votes.values("first_vote_at")[:1]),
        )
        .filter(Q(drawn_changes=None) | ~Q(drawn_changes=F("changes_count")), first_vote_at__isnull=False)
        .order_by("pk")
    )


def may_publish(*, people: int, last_people: int | None, is_closed: bool, active_since_last: int) -> bool:
    """Say whether public figures may move.

    people, last_people   who is counted now, and on the last published map (None: there is none)
    active_since_last     people who answered anything since; asked only after closing, for the last map
    """
    if people < FEWEST_PEOPLE:
        return False
    if last_people is None or abs(people - last_people) >= FEWEST_PEOPLE:
        return True
    return is_closed and active_since_last >= FEWEST_PEOPLE


def _may_publish(conversation: Conversation, *, people: int, now: datetime) -> bool:
    last = latest_map(conversation.pk)
    activity = Activity.objects.filter(item_id=conversation.pk).first()
    is_closed = activity is not None and processes.has_closed(activity, now)
    active = _count_active(conversation.pk, since=last.drawn_at) if last and is_closed else 0
    may = may_publish(
        people=people,
        last_people=last.people_count if last else None,
        is_closed=is_closed,
        active_since_last=active,
    )
    return may and not (last and _is_close_to_an_earlier_map(last, people=people))


def _is_close_to_an_earlier_map(last: MapSnapshot, *, people: int) -> bool:
    """Say whether a map before the last one differs from what would be drawn now by a few people only.

    Counts come back near to an old one when a burst is set aside and restored; who voted in between would be told.
    Where nobody joined, left or answered since, it is the same map again, and tells nothing.
    """
    near = MapSnapshot.objects.filter(
        conversation=last.conversation_id,
        people_count__gt=people - FEWEST_PEOPLE,
        people_count__lt=people + FEWEST_PEOPLE,
    ).exclude(pk=last.pk)
    for people_then, drawn_at in near.values_list("people_count", "drawn_at"):
        active = _count_active(last.conversation_id, since=drawn_at)
        is_same = active == 0 and people_then == people
        if active < FEWEST_PEOPLE and not is_same:
            return True
    return False


def _count_active(conversation_id: int, *, since: datetime) -> int:
    votes = Vote.objects.filter(statement__conversation=conversation_id, cast_at__gt=since)
    return votes.values("actor").distinct().count()


def _voters(conversation_id: int) -> QuerySet[Participant]:
    """Participants with a vote that counts: not of a burst that was set aside."""
    voted = Vote.objects.filter(actor=OuterRef("actor"), statement__conversation=conversation_id)
    return Participant.objects.filter(Exists(voted), conversation=conversation_id, burst=None)


def is_being_drawn(conversation_id: int) -> float | None:
    """Return the share that is done of the map being drawn, or None when none is."""
    return MapRun.objects.filter(conversation=conversation_id).values_list("share_done", flat=True).first()


# --- drawing --------------------------------------------------------------------------------------------------


def draw_map(*, run: Run, now: datetime, draw: Draw | None = None) -> MapSnapshot | None:
    """Draw and publish the map that was claimed; None when somebody else claimed it since, or it may not move.

    draw     what draws; a process of its own, unless somebody (a test, a command) brings another
    Raises MapFailed; the claim then stands until it is stale, so that a map that cannot be drawn is tried
    four times an hour and not twelve times a minute.
    """
    mine = MapRun.objects.filter(conversation=run.conversation_id, started_at=run.started_at)
    if not mine.exists():
        return None
    conversation = Conversation.objects.select_related("item").get(pk=run.conversation_id)
    reading = read_votes(conversation)
    if not _may_publish(conversation, people=reading.turnout.people, now=now):
        mine.delete()
        return None
    drawing = (draw or draw_outside)(reading.arrays, listener=lambda share: _note(mine, share))
    # Outside the transaction: reading the stored maps takes a while, and nobody could vote meanwhile.
    published = publishable(conversation=conversation, drawing=drawing, reading=reading)
    return publish_map(
        conversation=conversation, drawing=drawing, published=published, reading=reading, run=run, now=now
    )


def _note(mine: QuerySet[MapRun], share: float) -> None:
    mine.update(share_done=share)


def draw_outside(arrays: Arrays, *, listener: Listener) -> Drawing:
    """Run `analysis` in a process of its own. `listener` hears the share that is done. Raises MapFailed."""
    with tempfile.TemporaryFile() as incoming, tempfile.TemporaryFile() as outgoing:
        packed = io.BytesIO()
        np.savez(packed, allow_pickle=False, **arrays)
        incoming.write(packed.getbuffer())
        incoming.seek(0)
        process = subprocess.Popen(
            [sys.executable, "-m", "allting.opinions.analysis"],
            stdin=incoming,
            stdout=outgoing,
            stderr=subprocess.PIPE,
            text=True,
            env=environment_of_child(),
        )
        try:
            said = _listen(process.stderr or (), listener)
            exit_code = process.wait(timeout=60)
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()
        if exit_code:
            raise MapFailed(exit_code=exit_code, said=said)
        outgoing.seek(0)
        return Drawing(**json.load(outgoing))


def _listen(lines: Iterable[str], listener: Listener) -> str:
    """Pass on how far it is, and return the last other lines."""
    other: list[str] = []
    for line in lines:
        match line.split():
            case [done, total] if done.isdigit() and total.isdigit() and int(total):
                listener(int(done) / int(total))
            case _:
                other = [*other[-20:], line]
    return "".join(other)


def environment_of_child() -> Mapping[str, str]:
    """Return the environment of the drawing process: no secret, one thread for the same bytes every time."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("ALLTING_", "DJANGO_")) and name != "DATABASE_URL"
    }
    threads = ("OMP", "OPENBLAS", "MKL")
    return kept | {f"{library}_NUM_THREADS": "1" for library in threads} | {"PYTHONIOENCODING": "utf-8"}


# --- publishing -----------------------------------------------------------------------------------------------


def publishable(*, conversation: Conversation, drawing: Drawing, reading: Reading) -> Figures:
    """Return the figures of a drawing that may be published after the stored maps."""
    drawn, earlier = figures.publish(drawing, reading.turnout, stones=_stones(drawing)), _read_earlier(conversation.pk)
    published = holding.hold_back(drawn, earlier=earlier)
    held = {statement for statement, shown in drawn.statements.items() if published.statements[statement] != shown}
    return replace(published, as_polis=polis.publish(drawing, last=earlier[-1] if earlier else None, held=held))


@transaction.atomic
def publish_map(
    *,
    conversation: Conversation,
    drawing: Drawing,
    published: Figures,
    reading: Reading,
    run: Run,
    now: datetime,
) -> MapSnapshot | None:
    """Save what may be seen of a drawing, and each person's own place. Ends the run. One event.

    Figures of older maps stay; places do not: only the latest are needed, and each is about one person.
    None when somebody else took over the run.
    """
    mine = MapRun.objects.select_for_update().filter(conversation=conversation.pk, started_at=run.started_at)
    if not mine.exists():
        return None
    points = draw_in(np.column_stack([drawing.x, drawing.y])) if drawing.actors else np.empty((0, 2))
    snapshot = MapSnapshot.objects.create(
        conversation=conversation,
        outcome=drawing.outcome,
        method=drawing.method,
        version=drawing.version,
        input_digest=_keyed(drawing.digest),
        people_count=reading.turnout.people,
        devices_count=reading.turnout.devices,
        votes_count=reading.turnout.votes,
        changes_count=reading.changes_count,
        figures=figures.as_data(published),
        drawn_at=now,
    )
    MapPlace.objects.filter(snapshot__conversation=conversation.pk).delete()
    # Somebody may have been erased, or handed over to a person, while the map was drawn.
    present = set(Participant.objects.filter(conversation=conversation.pk).values_list("actor_id", flat=True))
    MapPlace.objects.bulk_create(
        [
            MapPlace(snapshot=snapshot, actor_id=actor, x=float(x), y=float(y), group=group)
            for actor, (x, y), group in zip(drawing.actors, points, drawing.groups, strict=True)
            if actor in present
        ],
        batch_size=2_000,
    )
    keep_knowledge(conversation_id=conversation.pk, drawing=drawing)
    mine.delete()
    record.emit(
        name="opinions.map_drawn",
        actor=record.system_actor(),
        item=conversation.item,
        data={"map": snapshot.pk, "people": snapshot.people_count, "groups": len(published.groups)},
        now=now,
    )
    return snapshot


def _read_earlier(conversation_id: int) -> list[Figures]:
    """Return what the stored maps said, the latest at the end."""
    stored = MapSnapshot.objects.filter(conversation=conversation_id).order_by("drawn_at", "pk")
    return [figures.from_data(data) for data in stored.values_list("figures", flat=True)]


def _keyed(digest: str) -> str:
    """Key the digest of the votes with the installation's secret: the house can check it, nobody can guess by it.

    Unkeyed it could be compared with every way in which five people may have answered three statements.
    """
    return salted_hmac("opinions.input_digest", digest, algorithm="sha256").hexdigest()


def _stones(drawing: Drawing) -> list[tuple[float, float, int, int | None]]:
    if not drawing.actors:
        return []
    groups = [None if group == IN_BETWEEN else group for group in drawing.groups]
    stones = bin_people(np.column_stack([drawing.x, drawing.y]), groups)
    return [(round(it.x, 3), round(it.y, 3), it.people, it.group) for it in stones]

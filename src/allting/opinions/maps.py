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
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import batched
from typing import Any, Protocol

import numpy as np
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone
from django.utils.crypto import salted_hmac
from numpy.typing import NDArray

from allting.opinions import figures, holding
from allting.opinions.errors import MapFailed
from allting.opinions.figures import FEWEST_PEOPLE, IN_BETWEEN, Drawing, Figures, Turnout
from allting.opinions.models import Conversation, MapPlace, MapRun, MapSnapshot, Participant, Statement, Vote
from allting.processes import rules as processes
from allting.processes.models import Activity
from allting.record import actions as record
from allting.record.models import Actor
from allting.web.charts.opinion_map import bin_people, draw_in

# A conversation is left in peace while people are at it, but not for longer than a minute.
QUIET_FOR = timedelta(seconds=10)
WAIT_AT_MOST = timedelta(seconds=60)
# No honest map takes that long. A run this old was cut off, or failed; either way another may try now.
RUN_IS_STALE_AFTER = timedelta(minutes=15)

type Arrays = dict[str, NDArray[Any]]
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


def latest_map(conversation_id: int) -> MapSnapshot | None:
    """Return the published map, with its figures."""
    return MapSnapshot.objects.filter(conversation=conversation_id).order_by("-drawn_at", "-pk").first()


def get_map(pk: int) -> MapSnapshot:
    """Return a stored map, with its figures."""
    return MapSnapshot.objects.get(pk=pk)


def _voters(conversation_id: int) -> QuerySet[Participant]:
    """Participants with a vote that counts: not of a burst that was set aside."""
    voted = Vote.objects.filter(actor=OuterRef("actor"), statement__conversation=conversation_id)
    return Participant.objects.filter(Exists(voted), conversation=conversation_id, burst=None)


# --- drawing --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """The votes of a conversation as the drawing process takes them, and how many took part."""

    arrays: Arrays
    turnout: Turnout
    changes_count: int


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


def read_votes(conversation: Conversation) -> Reading:
    """Read the votes into arrays: who, on what, which. Those of a burst that was set aside stay out.

    Statements that do not stand (waiting, declined, hidden, words taken back) or are about the conversation itself
    are named as excluded: they teach nothing and are not shown.
    """
    # Before the votes: a vote that comes in between makes this map old, which is right.
    changes_count = Conversation.objects.values_list("changes_count", flat=True).get(pk=conversation.pk)
    statement_ids, excluded = _read_statements(conversation.pk)
    set_aside = Participant.objects.filter(conversation=conversation.pk, burst__isnull=False)
    aside_ids = np.array(list(set_aside.values_list("actor_id", flat=True)), dtype=np.int64)
    rows = (
        Vote.objects.filter(statement__conversation=conversation.pk)
        .order_by()
        .values_list("actor_id", "statement_id", "value")
    )
    columns = _columns(rows)
    columns = columns[~np.isin(columns[:, 0], aside_ids)]
    actor_ids, participants = np.unique(columns[:, 0], return_inverse=True)
    devices = Participant.objects.filter(conversation=conversation.pk, actor__kind=Actor.Kind.DEVICE)
    is_device = np.isin(actor_ids, list(devices.values_list("actor_id", flat=True)))
    arrays: Arrays = {
        "participants": participants.astype(np.int32),
        "statements": np.searchsorted(statement_ids, columns[:, 1]).astype(np.int32),
        "values": columns[:, 2].astype(np.int8),
        "actor_ids": actor_ids,
        "statement_ids": statement_ids,
        "excluded": excluded,
        "is_device": is_device,
        **_read_previous(conversation.pk, actor_ids=actor_ids, statement_ids=statement_ids),
    }
    turnout = Turnout(
        people=len(actor_ids),
        devices=int(is_device.sum()),
        votes=len(columns),
        set_aside=len(aside_ids),
    )
    return Reading(arrays=arrays, turnout=turnout, changes_count=changes_count)


def _columns(rows: QuerySet[Vote, tuple[int, int, int]]) -> NDArray[np.int64]:
    flat = np.fromiter((cell for row in rows.iterator(chunk_size=50_000) for cell in row), dtype=np.int64)
    return flat.reshape(-1, 3)


def _read_statements(conversation_id: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    stands = Q(state=Statement.State.SHOWN, item__hidden_at=None, item__blanked_at=None)
    rows = (
        Statement.objects.filter(conversation=conversation_id)
        .order_by("pk")
        .annotate(stands=Exists(Statement.objects.filter(stands, pk=OuterRef("pk"), is_about_the_conversation=False)))
        .values_list("pk", "stands")
    )
    found = list(rows)
    ids = np.array([pk for pk, _stands in found], dtype=np.int64)
    excluded = np.flatnonzero([not stands for _pk, stands in found]).astype(np.int64)
    return ids, excluded


def _read_previous(conversation_id: int, *, actor_ids: NDArray[np.int64], statement_ids: NDArray[np.int64]) -> Arrays:
    """Return where things lay on the last map, so that the next does not flip and groups keep their letters."""
    last = latest_map(conversation_id)
    if last is None or not last.figures.get("statement_places"):
        return {}
    row_of = {int(actor): row for row, actor in enumerate(actor_ids)}
    groups = np.full(len(actor_ids), figures.NOT_PLACED, dtype=np.int32)
    for actor, group in MapPlace.objects.filter(snapshot=last).values_list("actor_id", "group"):
        if actor in row_of:
            groups[row_of[actor]] = group
    places = last.figures["statement_places"]
    nowhere = (float("nan"), float("nan"))
    statements = np.array([places.get(str(pk), nowhere) for pk in statement_ids], dtype=np.float64).reshape(-1, 2)
    return {"previous_groups": groups, "previous_statements": statements}


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
            env=_environment(),
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


def _environment() -> Mapping[str, str]:
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
    drawn = figures.publish(drawing, reading.turnout, stones=_stones(drawing))
    return holding.hold_back(drawn, earlier=_read_earlier(conversation.pk))


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


# --- keeping --------------------------------------------------------------------------------------------------


def thin_out(*, now: datetime) -> int:
    """Remove maps that nobody looks up any more, and return how many: how often maps are kept says `maps_to_keep`."""
    stored: dict[int, list[tuple[int, datetime]]] = {}
    rows = MapSnapshot.objects.order_by("drawn_at", "pk").values_list("conversation", "pk", "drawn_at")
    for conversation_id, pk, drawn_at in rows:
        stored.setdefault(conversation_id, []).append((pk, drawn_at))
    kept = {pk for one in stored.values() for pk in maps_to_keep(one, now=now)}
    gone = [pk for one in stored.values() for pk, _drawn_at in one if pk not in kept]
    for some in batched(gone, 500):
        MapSnapshot.objects.filter(pk__in=some).delete()
    return len(gone)


def maps_to_keep(drawn: Sequence[tuple[int, datetime]], *, now: datetime) -> set[int]:
    """Choose of one conversation's maps, oldest first, those that stay.

    All of the last hour, the last one of each hour for a day and the last one of each day before that; always the
    first and the latest.
    """
    if not drawn:
        return set()
    last_of: dict[object, int] = {}
    for pk, drawn_at in drawn:
        last_of[_slot(pk, local=timezone.localtime(drawn_at), age=now - drawn_at)] = pk
    return {*last_of.values(), drawn[0][0], drawn[-1][0]}


def _slot(pk: int, *, local: datetime, age: timedelta) -> object:
    """Return what a map shares with those of which only the last is kept."""
    if age < timedelta(hours=1):
        return pk
    return (local.date(), local.hour) if age < timedelta(days=1) else local.date()


def is_being_drawn(conversation_id: int) -> float | None:
    """Return the share that is done of the map being drawn, or None when none is."""
    return MapRun.objects.filter(conversation=conversation_id).values_list("share_done", flat=True).first()

"""Maps: when one is due, drawing it outside the web process, and publishing what may be seen of it.

A map is published only when five more people have voted than on the last one (or, at closing, when five people
have answered since): from two maps with one voter between them, that voter's answers could be read.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

import numpy as np
from django.db import transaction
from django.db.models import Exists, F, Min, OuterRef, Q, QuerySet, Subquery
from django.utils.crypto import salted_hmac

from allting.opinions import figures, holding, places, polis, vote_files
from allting.opinions.camps.keeping import say_of_camps
from allting.opinions.errors import MapFailed
from allting.opinions.figures import FEWEST_PEOPLE, IN_BETWEEN, PEOPLE, Drawing, Figures
from allting.opinions.knowing import keep_knowledge
from allting.opinions.models import Conversation, MapRun, MapSnapshot, Participant, Unread, Vote
from allting.opinions.reading import Arrays, Reading, read_votes
from allting.opinions.stored import latest_map
from allting.processes import rules as processes
from allting.processes.models import Activity
from allting.record import actions as record
from allting.web.charts.opinion_map import bin_people, draw_in

# A conversation is left in peace while people are at it, but not for so long that an answer is not in the map within
# a minute: drawing takes its time, too.
QUIET_FOR = timedelta(seconds=10)
WAIT_AT_MOST = timedelta(seconds=40)
# No honest map takes that long. A run this old was cut off, or failed; either way another may try now.
RUN_IS_STALE_AFTER = timedelta(minutes=15)

# A complete map of fewer votes is there within half a minute, so that it is always drawn.
QUICK_FROM_VOTES = 250_000
# A quick map moves people and leaves the groups where they are, so that a complete one is due with so many more votes,
# but not within the hour, unless they have doubled.
COMPLETE_WITH_MORE = 1.1
COMPLETE_AT_ONCE_WITH_MORE = 2.0
COMPLETE_AT_MOST_EVERY = timedelta(hours=1)

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
            waiting_since=conversation.drawn_at or _first_vote_at(conversation.pk),  # type: ignore[attr-defined]
            now=now,
        )
        and _may_publish(conversation, people=_count_people(conversation.pk), now=now)
        and (run := claim(conversation_id=conversation.pk, now=now))
    ]


def is_calm(*, changed_at: datetime, waiting_since: datetime | None, now: datetime) -> bool:
    """Say whether it is time: nothing happened for ten seconds, or the last map is forty seconds old."""
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
    people = Participant.objects.filter(conversation=OuterRef("pk"))
    return (
        Conversation.objects.annotate(
            drawn_changes=Subquery(maps.values("changes_count")[:1]),
            drawn_at=Subquery(maps.values("drawn_at")[:1]),
        )
        .filter(Q(drawn_changes=None) | ~Q(drawn_changes=F("changes_count")), Exists(people))
        .order_by("pk")
    )


def _first_vote_at(conversation_id: int) -> datetime | None:
    found: datetime | None = Participant.objects.filter(conversation=conversation_id).aggregate(
        first=Min("first_vote_at")
    )["first"]
    return found


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
    active = _count_active(conversation.pk, since=last.drawn_at, among_unread=True) if last and is_closed else 0
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


def _count_active(conversation_id: int, *, since: datetime, among_unread: bool = False) -> int:
    """Count who has answered since. `among_unread` may be said of the last map: who answered since it is in there."""
    votes = Vote.objects.filter(statement__conversation=conversation_id, cast_at__gt=since)
    if among_unread and Conversation.objects.exclude(columns_mark="").filter(pk=conversation_id).exists():
        votes = votes.filter(actor__in=Unread.objects.filter(conversation=conversation_id).values("actor"))
    return votes.values("actor").distinct().count()


def _count_people(conversation_id: int) -> int:
    """Count participants with a vote that counts: not of a burst that was set aside."""
    counted = vote_files.count_people(conversation_id)
    if counted is not None:
        return counted
    voted = Vote.objects.filter(actor=OuterRef("actor"), statement__conversation=conversation_id)
    return Participant.objects.filter(Exists(voted), conversation=conversation_id, burst=None).count()


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
    reading = _with_state(reading, conversation, now=now)
    drawing = (draw or draw_outside)(reading.arrays, listener=lambda share: _note(mine, share))
    # Outside the transaction: reading the stored maps takes a while, and nobody could vote meanwhile.
    published = publishable(conversation=conversation, drawing=drawing, reading=reading)
    return publish_map(
        conversation=conversation, drawing=drawing, published=published, reading=reading, run=run, now=now
    )


def _note(mine: QuerySet[MapRun], share: float) -> None:
    mine.update(share_done=share)


def _with_state(reading: Reading, conversation: Conversation, *, now: datetime) -> Reading:
    """Name the state to start from, where the map may be a quick one, and where to leave that of the new map."""
    if reading.turnout.votes < QUICK_FROM_VOTES:
        return reading
    arrays = {**reading.arrays, "state_to": np.array(str(_new_state(conversation.pk)))}
    last = latest_map(conversation.pk)
    if last is not None and not _is_complete_due(conversation, votes=reading.turnout.votes, now=now):
        arrays["state"] = np.array(str(vote_files.state_folder(conversation.pk, of_map=last.input_digest)))
    return replace(reading, arrays=arrays)


def _is_complete_due(conversation: Conversation, *, votes: int, now: datetime) -> bool:
    """Say whether everybody is to be placed anew: at closing, and after a tenth more votes, at most hourly."""
    activity = Activity.objects.filter(item_id=conversation.pk).first()
    if activity is not None and processes.has_closed(activity, now):
        return True
    maps = MapSnapshot.objects.filter(conversation=conversation, is_complete=True).order_by("-drawn_at", "-pk")
    last = maps.only("votes_count", "drawn_at").first()
    if last is None or votes >= COMPLETE_AT_ONCE_WITH_MORE * last.votes_count:
        return True
    return votes >= COMPLETE_WITH_MORE * last.votes_count and now - last.drawn_at >= COMPLETE_AT_MOST_EVERY


def _new_state(conversation_id: int) -> Path:
    return vote_files.state_folder(conversation_id, of_map="new")


def draw_outside(arrays: Arrays, *, listener: Listener) -> Drawing:
    """Run `analysis` in a process of its own. `listener` hears the share that is done. Raises MapFailed."""
    with tempfile.TemporaryDirectory(prefix="allting-map-") as name:
        folder = Path(name)
        np.savez(folder / "in.npz", allow_pickle=False, **arrays)
        process = subprocess.Popen(
            [sys.executable, "-m", "allting.opinions.analysis", str(folder)],
            # Nothing is written into it: it closes with this process, also where that is killed, and the other ends.
            stdin=subprocess.PIPE,
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
            for pipe in (process.stdin, process.stderr):
                if pipe:
                    pipe.close()
        if exit_code:
            raise MapFailed(exit_code=exit_code, said=said)
        with np.load(folder / "people.npz", allow_pickle=False) as file:
            people = {name: file[name] for name in PEOPLE}
        return Drawing(**json.loads((folder / "out.json").read_text(encoding="utf-8")) | people)


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


def tidy_vote_files(*, now: datetime) -> None:
    """Take who was erased or handed over out of the files beside the table, and files away that fit no conversation.

    Not in the transaction that erases: the rows that say so are in it, and somebody may be reading the files.
    """
    gone = Unread.objects.filter(is_gone=True).order_by("conversation")
    for conversation_id in gone.values_list("conversation", flat=True).distinct():
        if run := claim(conversation_id=conversation_id, now=now):
            vote_files.bring_up_to_date(conversation_id)
            release(run)
    for conversation_id in vote_files.left_behind():
        is_known = Conversation.objects.filter(pk=conversation_id).exists()
        run = claim(conversation_id=conversation_id, now=now) if is_known else None
        if run or not is_known:
            vote_files.remove(conversation_id)
        if run:
            release(run)


# --- publishing -----------------------------------------------------------------------------------------------


def publishable(*, conversation: Conversation, drawing: Drawing, reading: Reading) -> Figures:
    """Return the figures of a drawing that may be published after the stored maps."""
    drawn, earlier = figures.publish(drawing, reading.turnout, stones=_stones(drawing)), _read_earlier(conversation.pk)
    published = holding.hold_back(drawn, earlier=earlier)
    held = {statement for statement, shown in drawn.statements.items() if published.statements[statement] != shown}
    return replace(published, as_polis=polis.publish(drawing, last=earlier[-1] if earlier else None, held=held))


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
    if not MapRun.objects.filter(conversation=conversation.pk, started_at=run.started_at).exists():
        return None
    # Before the transaction and in short ones: nobody could vote while a million places are written.
    places.write_places(conversation.pk, _places(drawing), before=reading.places)
    snapshot = _publish(
        conversation=conversation, drawing=drawing, published=published, reading=reading, run=run, now=now
    )
    if snapshot is not None:
        vote_files.keep_state(conversation.pk, drawn=_new_state(conversation.pk), of_map=snapshot.input_digest)
    return snapshot


@transaction.atomic
def _publish(
    *,
    conversation: Conversation,
    drawing: Drawing,
    published: Figures,
    reading: Reading,
    run: Run,
    now: datetime,
) -> MapSnapshot | None:
    mine = MapRun.objects.select_for_update().filter(conversation=conversation.pk, started_at=run.started_at)
    if not mine.exists():
        return None
    published = replace(published, camps=say_of_camps(conversation_id=conversation.pk, drawing=drawing))
    snapshot = MapSnapshot.objects.create(
        conversation=conversation,
        outcome=drawing.outcome,
        method=drawing.method,
        version=drawing.version,
        input_digest=_keyed(drawing.digest),
        people_count=reading.turnout.people,
        devices_count=reading.turnout.devices,
        votes_count=reading.turnout.votes,
        is_complete=drawing.is_complete,
        changes_count=reading.changes_count,
        figures=figures.as_data(published),
        drawn_at=now,
    )
    keep_knowledge(conversation_id=conversation.pk, drawing=drawing)
    Unread.objects.filter(conversation=conversation.pk, pk__lte=reading.read_to, is_gone=False).delete()
    mine.delete()
    record.emit(
        name="opinions.map_drawn",
        actor=record.system_actor(),
        item=conversation.item,
        data={"map": snapshot.pk, "people": snapshot.people_count, "groups": len(published.groups)},
        now=now,
    )
    return snapshot


def _places(drawing: Drawing) -> places.Places:
    if not len(drawing.actors):
        return places.Places(np.empty(0, dtype=np.int64), np.empty((0, 2)), np.empty(0, dtype=np.int64))
    return places.Places(
        actors=np.asarray(drawing.actors, dtype=np.int64),
        points=draw_in(np.column_stack([drawing.x, drawing.y])),
        groups=np.asarray(drawing.groups, dtype=np.int64),
    )


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
    if not len(drawing.actors):
        return []
    groups = [None if group == IN_BETWEEN else group for group in np.asarray(drawing.groups).tolist()]
    stones = bin_people(np.column_stack([drawing.x, drawing.y]), groups)
    return [(round(it.x, 3), round(it.y, 3), it.people, it.group) for it in stones]

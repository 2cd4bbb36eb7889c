"""Maps: when one is due, and drawing it outside the web process. `publishing` says what may be seen of it.

A map is published only when five more people have voted than on the last one (or, at closing, when five people
have answered since): from two maps with one voter between them, that voter's answers could be read.
"""

from __future__ import annotations

import json
import tempfile
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

import numpy as np
from django.db.models import Exists, F, Min, OuterRef, Q, QuerySet, Subquery

from allting.opinions import claiming, holding, vote_files
from allting.opinions.claiming import Run
from allting.opinions.figures import PEOPLE, Drawing
from allting.opinions.models import Conversation, MapRun, MapSnapshot, Participant, Unread, Vote
from allting.opinions.publishing import publish_map, publishable
from allting.opinions.reading import Arrays, Reading, read_votes
from allting.opinions.stored import latest_map
from allting.processes import rules as processes
from allting.processes.models import Activity
from allting.web import children

# A complete map of fewer votes is there within half a minute, so that it is always drawn.
QUICK_FROM_VOTES = 250_000
# A quick map moves people and leaves the groups where they are, so that a complete one is due with so many more votes,
# but not within the hour, unless they have doubled.
COMPLETE_WITH_MORE = 1.1
COMPLETE_AT_ONCE_WITH_MORE = 2.0
COMPLETE_AT_MOST_EVERY = timedelta(hours=1)


class Draw(Protocol):
    def __call__(self, arrays: Arrays, *, listener: children.Listener) -> Drawing: ...


# --- when -----------------------------------------------------------------------------------------------------


def claim_due(*, now: datetime) -> list[Run]:
    """Claim every conversation whose map is old, whose people are pausing, and whose new map may be published."""
    return [
        run
        for conversation in _conversations_with_old_maps()
        if claiming.is_calm(
            changed_at=conversation.changed_at,
            waiting_since=conversation.drawn_at or _first_vote_at(conversation.pk),  # type: ignore[attr-defined]
            now=now,
        )
        and _may_publish(conversation, people=_count_people(conversation.pk), now=now)
        and (run := claim(conversation_id=conversation.pk, now=now))
    ]


def claim(*, conversation_id: int, now: datetime) -> Run | None:
    """Take the right to draw a conversation's map; None when it is being drawn already."""
    _row, is_new = MapRun.objects.get_or_create(conversation_id=conversation_id, defaults={"started_at": now})
    runs = MapRun.objects.filter(conversation=conversation_id)
    if not is_new and not claiming.take(runs, since="started_at", now=now, share_done=0):
        return None
    return Run(conversation_id=conversation_id, claimed_at=now)


def release(run: Run) -> None:
    """Give the right to draw back."""
    MapRun.objects.filter(conversation=run.conversation_id, started_at=run.claimed_at).delete()


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


def _may_publish(conversation: Conversation, *, people: int, now: datetime) -> bool:
    """Say whether a map of so many people may be published now, by the rule of `holding`."""
    maps = MapSnapshot.objects.filter(conversation=conversation).order_by("drawn_at", "pk")
    earlier = [holding.Earlier(*it) for it in maps.values_list("people_count", "drawn_at")]
    activity = Activity.objects.filter(item_id=conversation.pk).first()
    return holding.may_publish(
        people=people,
        earlier=earlier,
        is_closed=activity is not None and processes.has_closed(activity, now),
        active_since=lambda at: _count_active(conversation.pk, since=at, among_unread=at == earlier[-1].at),
    )


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
    Raises ChildFailed; the claim then stands until it is stale, so that a map that cannot be drawn is tried
    four times an hour and not twelve times a minute.
    """
    mine = MapRun.objects.filter(conversation=run.conversation_id, started_at=run.claimed_at)
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
    snapshot = publish_map(
        conversation=conversation, drawing=drawing, published=published, reading=reading, run=run, now=now
    )
    if snapshot is not None:
        vote_files.keep_state(conversation.pk, drawn=_new_state(conversation.pk), of_map=snapshot.input_digest)
    return snapshot


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


def draw_outside(arrays: Arrays, *, listener: children.Listener) -> Drawing:
    """Run `analysis` in a process of its own. `listener` hears the share that is done. Raises ChildFailed."""
    with tempfile.TemporaryDirectory(prefix="allting-map-") as name:
        folder = Path(name)
        np.savez(folder / "in.npz", allow_pickle=False, **arrays)
        children.run_child(
            "allting.opinions.analysis",
            folder=folder,
            longest_s=claiming.STALE_AFTER.total_seconds(),
            listener=listener,
        )
        with np.load(folder / "people.npz", allow_pickle=False) as file:
            people = {name: file[name] for name in PEOPLE}
        return Drawing(**json.loads((folder / "out.json").read_text(encoding="utf-8")) | people)


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

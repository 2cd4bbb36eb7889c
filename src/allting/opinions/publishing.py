"""Publishing a map: what may be seen of a drawing after the earlier ones, and each person's own place."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import numpy as np
from django.db import transaction
from django.utils.crypto import salted_hmac

from allting.opinions import figures, hiding, holding, places, polis
from allting.opinions.camps.keeping import say_of_camps
from allting.opinions.claiming import Run
from allting.opinions.figures import IN_BETWEEN, Drawing, Figures
from allting.opinions.knowing import keep_knowledge
from allting.opinions.models import Conversation, MapRun, MapSnapshot, Unread
from allting.opinions.reading import Reading
from allting.record import actions as record
from allting.web.charts.opinion_map import bin_people, draw_in


def publishable(*, conversation: Conversation, drawing: Drawing, reading: Reading) -> Figures:
    """Return the figures of a drawing that may be published after the stored maps."""
    drawn, earlier = hiding.publish(drawing, reading.turnout, stones=_stones(drawing)), _read_earlier(conversation.pk)
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
    mine = MapRun.objects.filter(conversation=conversation.pk, started_at=run.claimed_at)
    if not mine.exists():
        return None
    # Before the transaction and in short ones: nobody could vote while a million places are written.
    places.write_places(conversation.pk, _places(drawing), before=reading.places)
    with transaction.atomic():
        if not mine.select_for_update().exists():
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

"""What the story of a process says of its conversations: what unites and what divides, or that it is too early."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse

from allting.opinions import activity
from allting.processes import rules as processes
from allting.processes.models import Process
from allting.processes.telling import Chapter, Place
from allting.record.viewers import Viewer


def story_of(process: Process, viewer: Viewer) -> Iterator[Chapter]:
    """Tell of each conversation once it has been announced."""
    for one in processes.activities_of(process):
        if one.kind == activity.KIND.name:
            part = activity.what_people_say(one.item_id, viewer)
            context = {
                "highlights": part[1]["highlights"] if part else [],
                "results": reverse("opinions:results", args=[one.item_id]),
                "conversation": reverse("opinions:conversation", args=[one.item_id]),
                "has_closed": one.closed_at is not None,
            }
            yield Chapter(Place.UNITES, "opinions/chapter.html", context)

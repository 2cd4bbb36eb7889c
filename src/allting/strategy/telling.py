"""What waits for those who answer for a priority, and what the story of a process says of what was promised."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from allting.processes import queries as processes
from allting.processes import rules as process_rules
from allting.processes.models import Process
from allting.processes.telling import Chapter, Deed, Place, Waiting, WayOn
from allting.record.viewers import Viewer
from allting.strategy import counts, queries
from allting.strategy.models import Priority, Promise

# --- what waits -------------------------------------------------------------------------------------------


def waiting_for(viewer: Viewer, now: datetime) -> Iterator[Waiting]:
    """Give owners what they are asked to confirm and have not promised for; and what nobody owns."""
    if not viewer.is_signed_in:
        return
    for owned in queries.priorities_owned_by(viewer.person):
        if owned.priority.state == Priority.State.CANDIDATE:
            yield _to_confirm(owned.priority)
        elif not owned.has_promise:
            yield _to_promise(owned.priority, owned.draft)
    yield from _without_owner(viewer)


def _to_confirm(priority: Priority) -> Waiting:
    return Waiting(
        deed=Deed.CONFIRM,
        title=priority.item.title,
        help=_("You are asked to answer for this. Write what success is and what is not done, and confirm it."),
        facts=(priority.process.item.title,),
        button=_("Look through and confirm"),
        address=reverse("strategy:edit_priority", args=[priority.pk]),
        process_id=priority.process_id,
    )


def _to_promise(priority: Priority, draft: Promise | None) -> Waiting:
    if draft is not None:
        help_, button = _("The draft of a promise waits for your name."), _("Look through and publish")
        address = reverse("strategy:edit_promise", args=[draft.pk])
    else:
        help_, button = _("You confirmed this, and nothing is promised yet."), _("Promise something")
        address = reverse("strategy:draft_promise", args=[priority.pk])
    return Waiting(
        deed=Deed.PROMISE,
        title=priority.item.title,
        help=help_,
        facts=(priority.process.item.title,),
        button=button,
        address=address,
        process_id=priority.process_id,
    )


def _without_owner(viewer: Viewer) -> Iterator[Waiting]:
    counts = queries.count_without_owner()
    for pk, process in processes.processes_by_id(counts).items():
        if process_rules.looks_after(viewer, process):
            title = ngettext("Name who answers for a priority", "Name who answers for %(count)d priorities", counts[pk])
            yield Waiting(
                deed=Deed.PREPARE,
                title=title % {"count": counts[pk]},
                help=_("A priority is public when its owner has confirmed it."),
                facts=(process.item.title,),
                button=_("Name them"),
                address=reverse("strategy:priorities", args=[pk]),
                process_id=pk,
            )


# --- ways on ----------------------------------------------------------------------------------------------


def ways_on(process: Process, viewer: Viewer) -> Iterator[WayOn]:
    """Lead to what comes first and what is promised, as soon as there is any in public."""
    there = counts.of_process(process.pk)
    if there.priorities:
        address = reverse("strategy:priorities", args=[process.pk])
        yield WayOn(_("What comes first"), _("The priorities, and who answers for each."), address)
    if there.promises:
        address = reverse("strategy:promises", args=[process.pk])
        yield WayOn(_("What is promised"), _("What you can hold us to, each with a day."), address)


# --- the story --------------------------------------------------------------------------------------------


def story_of(process: Process, viewer: Viewer) -> Iterator[Chapter]:
    """Tell what comes first and what is promised for it, or that this has not happened yet.

    A quick listening that has no strategy has no such chapter.
    """
    confirmed = [one for one in queries.priorities_in(process, viewer=viewer) if one.state != Priority.State.CANDIDATE]
    if not confirmed and len(process.phases.all()) == 1:
        return
    public = [one for one in queries.promises_in(process, viewer=viewer) if one.state != Promise.State.DRAFT]
    by_priority: dict[int, list[Promise]] = {}
    for promise in public:
        by_priority.setdefault(promise.priority_id, []).append(promise)
    context = {
        "process": process,
        "is_decided": queries.is_decided_on(process),
        "rows": [(one, by_priority.get(one.pk, [])) for one in confirmed],
        "promises_count": sum(one.state == Promise.State.PUBLISHED for one in public),
        "withdrawn_count": sum(one.state == Promise.State.WITHDRAWN for one in public),
    }
    yield Chapter(Place.PROMISED, "strategy/chapter.html", context)

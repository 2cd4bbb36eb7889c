"""The activity "conversation": what a process can hold of this room."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from allting.opinions import actions, grouping, highlights, queries, rules
from allting.opinions.models import Conversation, Vote
from allting.processes import queries as processes
from allting.processes.activity_kinds import ActivityKind, Candidate, Count, NextStep
from allting.record.models import Actor, Item
from allting.record.viewers import Viewer


def create(*, within: Item, title: str, author: Actor, now: datetime) -> Item:
    """Begin the conversation of a process."""
    return actions.start_conversation(within=within, title=title, author=author, now=now).item


def close(item: Item, now: datetime) -> None:
    """Run in the transaction that closes the activity."""
    actions.close_conversation(conversation=Conversation.objects.select_related("item").get(pk=item.pk), now=now)


def wipe(item: Item, now: datetime) -> None:
    """Run in the transaction that wipes a rehearsal."""
    actions.wipe_conversation(conversation=Conversation.objects.select_related("item").get(pk=item.pk), now=now)


def first_statement(item_id: int, viewer: Viewer) -> tuple[str, Mapping[str, object]] | None:
    """Give the process page a statement to answer right there; None where there is none for this viewer."""
    choice = queries.get_standing_choice(conversation_id=item_id, actor=viewer.actor)
    if choice is None:
        return None
    progress = queries.get_progress(conversation_id=item_id, actor=viewer.actor)
    return "opinions/first_statement.html", {
        "choice": choice,
        "is_first": not progress.answered_count,
        "minutes": rules.minutes_for(progress.goal),
    }


def what_people_say(item_id: int, viewer: Viewer) -> tuple[str, Mapping[str, object]] | None:
    """Give the process page what unites and what divides, from the published map; None while it is too early."""
    found = highlights.highlights_of(conversation_id=item_id)
    if processes.activity_of(item_id).closed_at:
        found = [highlight for highlight in found if highlight.bars]  # nobody can answer what is short of votes
    return ("opinions/highlights.html", {"highlights": found}) if found else None


def candidates(item_id: int) -> Sequence[Candidate]:
    """Offer what unites, what divides and what each group stands for, from the published map."""
    return [Candidate(statement.pk, why) for statement, why in highlights.candidates_of(conversation_id=item_id)]


def counts(item_id: int) -> Sequence[Count]:
    """Say how many took part and what they left, as the latest map says: never a live figure about people."""
    counted = queries.count_for_workbench(conversation_id=item_id)
    results = reverse("opinions:results", args=[item_id])
    return (
        Count(counted.people, ngettext("person has voted", "people have voted", counted.people or 0), results),
        Count(counted.written, ngettext("statement written", "statements written", counted.written), results),
        Count(counted.votes, ngettext("vote", "votes", counted.votes or 0), results),
    )


def has_part(item_id: int, actor: Actor) -> bool:
    """Say whether an actor has answered something here."""
    has_voted = Vote.objects.filter(actor=actor, statement__conversation=item_id).exists()
    return has_voted or queries.has_compared(conversation_id=item_id, actor=actor)


def next_steps(item_id: int, now: datetime) -> Sequence[NextStep]:
    """Say what the facilitator should do now: what waits, what is empty, what is odd, what has no name."""
    return list(_next_steps(item_id, now))


def _next_steps(item_id: int, now: datetime) -> Iterator[NextStep]:
    counted = queries.count_for_workbench(conversation_id=item_id)
    oldest = queries.waiting_statements(item_id).first()
    if oldest:
        yield NextStep(
            title=ngettext("Look at %(count)d new statement", "Look at %(count)d new statements", counted.waiting)
            % {"count": counted.waiting},
            help=_say_how_long(oldest.submitted_at, now),
            button=_("Look"),
            address=reverse("opinions:workbench", args=[item_id]),
            is_urgent=True,
        )
    if not counted.statements and not processes.activity_of(item_id).closed_at:
        yield NextStep(
            title=_("Write the first statements"),
            help=_("Paste twenty to forty, from all sides. Without them nobody can begin."),
            button=_("Write"),
            address=reverse("opinions:seed", args=[item_id]),
            is_urgent=True,
        )
    if bursts_count := len(queries.list_burst_candidates(conversation_id=item_id)):
        yield NextStep(
            title=_("Look at many at once"),
            help=ngettext(
                "One network brought many new devices within minutes.",
                "%(candidates)s networks brought many new devices within minutes.",
                bursts_count,
            )
            % {"candidates": bursts_count},
            button=_("Look"),
            address=reverse("opinions:bursts", args=[item_id]),
        )
    letters = queries.list_group_letters(conversation_id=item_id)
    if set(letters) - set(queries.list_group_names(conversation_id=item_id)):
        yield NextStep(
            title=ngettext("Name the group", "Name the %(count)d groups", len(letters)) % {"count": len(letters)},
            help=_("In words that the groups themselves would accept."),
            button=_("Give names"),
            address=reverse("opinions:name_groups", args=[item_id]),
        )


def _say_how_long(submitted_at: datetime, now: datetime) -> str:
    hours = int((now - submitted_at).total_seconds() // 3600)
    if hours < 1:
        return _("The oldest came within the last hour; you promised 24.")
    words = ngettext(
        "The oldest has waited %(hours)d hour; you promised 24.",
        "The oldest has waited %(hours)d hours; you promised 24.",
        hours,
    )
    return words % {"hours": hours}


KIND = ActivityKind(
    name="conversation",
    title=gettext_lazy("Conversation"),
    create=create,
    on_close=close,
    address=lambda item_id: reverse("opinions:conversation", args=[item_id]),
    results=lambda item_id: reverse("opinions:results", args=[item_id]),
    workbench=lambda item_id: reverse("opinions:workbench", args=[item_id]),
    wipe=wipe,
    part=first_statement,
    highlights=what_people_say,
    has_part=has_part,
    counts=counts,
    next_steps=next_steps,
    candidates=candidates,
    groupings=grouping.groupings_of,
    workbench_explains=gettext_lazy("Paste the first statements, read new ones, name the groups."),
    explains=gettext_lazy("You answer short statements and add your own."),
    yields=gettext_lazy("A map shows what unites and what divides, and for whom."),
    brings_in=lambda: reverse("opinions:upload"),
)

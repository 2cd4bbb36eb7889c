"""Who may what: load a conversation, a statement or a burst with what the viewer may do there."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.urls import reverse
from django.utils.translation import gettext as _

from allting.opinions import rules
from allting.opinions.models import Burst, Conversation, Statement
from allting.processes import queries as processes_queries
from allting.processes import rules as processes
from allting.processes.errors import NotOpenToYou
from allting.processes.models import Activity, Process
from allting.record.errors import NotFound, Refused
from allting.record.rules import YES, Answer, No
from allting.record.viewers import Viewer
from allting.web.problems import NextStep


@dataclass(frozen=True, slots=True)
class Standing:
    """What one viewer may do in one conversation, asked once per request.

    activity   None for a conversation that is in no process: its keepers look at it, nobody answers
    """

    conversation: Conversation
    viewer: Viewer
    activity: Activity | None
    may_look: Answer
    may_take_part: Answer
    may_facilitate: Answer
    is_member: bool
    has_closed: bool

    @property
    def process(self) -> Process | None:
        return self.activity.phase.process if self.activity else None


@dataclass(frozen=True, slots=True)
class StatementStanding:
    """A statement that the viewer sees, and what they may do in its conversation."""

    statement: Statement
    there: Standing

    @property
    def is_author(self) -> bool:
        return rules.is_author(self.statement, self.there.viewer.actor)


def get_conversation_for(
    viewer: Viewer, conversation_id: int, *, to: Literal["look", "take_part", "facilitate"] = "look", now: datetime
) -> Standing:
    """Load a conversation and what the viewer may do there.

    Raises NotFound where they may not know of it, Refused with the rule's reason where they may only not do it now.
    """
    conversation = Conversation.objects.select_related("item").filter(pk=conversation_id).first()
    if conversation is None:
        raise NotFound
    standing = standings_of(viewer, [conversation], now=now)[conversation.pk]
    _require(standing, to)
    return standing


def get_statement_for(
    viewer: Viewer, statement_id: int, *, to: Literal["look", "vote", "decide", "place"] = "look", now: datetime
) -> StatementStanding:
    """Load a statement, by the same rules as its conversation. Raises NotFound, Refused."""
    statement = Statement.objects.select_related("item__author", "conversation__item").filter(pk=statement_id).first()
    if statement is None:
        raise NotFound
    there = standings_of(viewer, [statement.conversation], now=now)[statement.conversation_id]
    _require(there, "look")
    if not rules.may_see(statement, actor=viewer.actor, may_look=there.may_look, may_facilitate=there.may_facilitate):
        raise NotFound
    found = StatementStanding(statement=statement, there=there)
    if to == "vote":
        _require(there, "take_part")
        _insist(rules.may_vote(statement, may_take_part=there.may_take_part))
    if to == "place":
        _require(there, "facilitate")
    if to == "decide":
        _require(there, "facilitate")
        _insist(rules.may_decide(statement, may_facilitate=there.may_facilitate))
    return found


def get_merge_for(
    viewer: Viewer, statement_id: int, *, into: str, now: datetime
) -> tuple[StatementStanding, Statement]:
    """Load a statement and the one that it would go into, for those who look after both. Raises NotFound, Refused."""
    found = get_statement_for(viewer, statement_id, now=now)
    _require(found.there, "facilitate")
    pk = int(into) if into.isdecimal() else -1
    other = Statement.objects.select_related("item").filter(pk=pk, conversation=found.there.conversation).first()
    if other is None:
        raise NotFound
    _insist(rules.may_merge(found.statement, into=other, may_facilitate=found.there.may_facilitate))
    return found, other


def get_burst_for(viewer: Viewer, burst_id: int, *, now: datetime) -> Burst:
    """Load a burst for somebody who looks after its conversation. Raises NotFound, Refused."""
    burst = Burst.objects.select_related("conversation__item").filter(pk=burst_id).first()
    if burst is None:
        raise NotFound
    _require(standings_of(viewer, [burst.conversation], now=now)[burst.conversation_id], "facilitate")
    return burst


def _insist(answer: Answer) -> None:
    if not answer:
        raise Refused(answer)


def _require(standing: Standing, to: str) -> None:
    if not standing.may_look and not standing.may_facilitate:
        is_hidden = standing.conversation.item.hidden_at is not None
        if is_hidden or standing.process is None or not processes.is_visible(standing.viewer, standing.process):
            raise NotFound
        raise NotOpenToYou(standing.may_look, next_step=_way_on(standing))
    answer = {"take_part": standing.may_take_part, "facilitate": standing.may_facilitate}.get(to, YES)
    if not answer:
        raise Refused(answer, next_step=_way_on(standing))


def _way_on(standing: Standing) -> NextStep | None:
    """Offer what one can do instead: read the results of what has closed, or sign in."""
    if standing.has_closed and standing.may_look:
        return NextStep(words=_("See the results"), url=reverse("opinions:results", args=[standing.conversation.pk]))
    if standing.viewer.is_signed_in:
        return None
    return NextStep(words=_("Sign in"), url=reverse("people:sign_in"))


def standings_of(viewer: Viewer, conversations: Collection[Conversation], *, now: datetime) -> dict[int, Standing]:
    """Say what the viewer may do in each conversation: two queries, one more per process that is by invitation."""
    activities = {
        activity.item_id: activity
        for activity in Activity.objects.filter(item__in=[one.pk for one in conversations]).select_related(
            "phase__process__item"
        )
    }
    asked = {activity.phase.process_id: activity.phase.process for activity in activities.values()}
    entered = {pk: processes_queries.has_entered(viewer, process) for pk, process in asked.items()}
    return {one.pk: _stand(viewer, one, activities.get(one.pk), entered, now) for one in conversations}


def _stand(
    viewer: Viewer, conversation: Conversation, activity: Activity | None, entered: Mapping[int, bool], now: datetime
) -> Standing:
    if activity is None:
        keeps = viewer.has_role(processes.FACILITATORS)
        nobody = No(_("Only the facilitator and the deputy can do this."))
        return Standing(
            conversation=conversation,
            viewer=viewer,
            activity=None,
            may_look=YES if keeps else No(_("This is not part of a process yet.")),
            may_take_part=No(_("This is not part of a process yet, so nobody can answer.")),
            may_facilitate=YES if keeps else nobody,
            is_member=viewer.has_role(processes.EMPLOYEES),
            has_closed=False,
        )
    process = activity.phase.process
    came_in = entered.get(process.pk, False)
    may_look = processes.may_look(viewer, process, came_in)
    may_facilitate = processes.may_facilitate(viewer, process)
    if conversation.item.hidden_at is not None and not may_facilitate:
        may_look = No(_("This was hidden."))
    return Standing(
        conversation=conversation,
        viewer=viewer,
        activity=activity,
        may_look=may_look,
        may_take_part=processes.may_take_part(viewer, activity, now, came_in) if may_look else may_look,
        may_facilitate=may_facilitate,
        is_member=viewer.has_role(processes.EMPLOYEES, within=[process.pk, conversation.pk]),
        has_closed=processes.has_closed(activity, now),
    )

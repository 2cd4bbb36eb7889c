"""What voting, writing and looking after a conversation ask of the database. Results have `results.py`."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Literal

from django.conf import settings
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from allting.opinions import rules, wording
from allting.opinions.models import (
    Burst,
    Conversation,
    GroupName,
    MapSnapshot,
    Participant,
    Statement,
    View,
    Vote,
)
from allting.processes import queries as processes_queries
from allting.processes import rules as processes
from allting.processes.errors import NotOpenToYou
from allting.processes.models import Activity, Process
from allting.record.errors import NotFound, Refused
from allting.record.models import Actor, Link, ModerationDecision
from allting.record.rules import YES, Answer, No
from allting.record.viewers import Viewer
from allting.web.problems import NextStep

# Comparing costs a few microseconds each; beyond this many the oldest are not compared.
COMPARED_AT_MOST = 2_000
SIMILAR_SHOWN = 3

# A class that starts together is ten within ten minutes, too: this only puts a line on the facilitator's page.
BURST_PEOPLE = 10
BURST_WINDOW = timedelta(minutes=10)

WAITING_TOO_LONG = timedelta(hours=24)


# --- who may what ---------------------------------------------------------------------------------


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
    viewer: Viewer, statement_id: int, *, to: Literal["look", "vote", "decide"] = "look", now: datetime
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


def get_merged_into(statement: Statement) -> Statement | None:
    """Return what is answered instead of a statement that was merged."""
    if statement.state != Statement.State.MERGED:
        return None
    links = Link.objects.filter(younger=statement.item, relation=Link.Relation.MERGED_INTO)
    return Statement.objects.select_related("item").filter(item__links_up__in=links).order_by("-pk").first()


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


# --- the next statement -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Choice:
    """The statement to put before somebody, and why this one.

    is_new   it was never shown to them; otherwise it is the one that waits for their answer
    """

    statement: Statement
    why: View.Why
    is_new: bool = field(default=True, compare=False)


def standing_statements(conversation_id: int) -> QuerySet[Statement]:
    """The statements that everybody sees who may look: approved, not hidden, words not taken back."""
    return Statement.objects.filter(
        conversation=conversation_id,
        state=Statement.State.SHOWN,
        item__hidden_at=None,
        item__blanked_at=None,
    )


def get_current_choice(*, conversation_id: int, actor: Actor | None, lot: Random) -> Choice | None:
    """Return what is before the actor now: the latest shown and unanswered, otherwise a new one."""
    return _get_pending_choice(conversation_id, actor) or choose_next(
        conversation_id=conversation_id, actor=actor, lot=lot
    )


def get_standing_choice(*, conversation_id: int, actor: Actor | None) -> Choice | None:
    """Return the same as long as nothing happens: for pages that are only read, and write no View."""
    seed = f"{conversation_id} {actor.pk if actor else ''}"
    return get_current_choice(conversation_id=conversation_id, actor=actor, lot=Random(seed))


def _get_pending_choice(conversation_id: int, actor: Actor | None) -> Choice | None:
    if actor is None:
        return None
    answered = Vote.objects.filter(actor=actor, statement=OuterRef("statement"))
    pending = (
        View.objects.filter(~Exists(answered), actor=actor, statement__in=standing_statements(conversation_id))
        .order_by("-shown_at", "-pk")
        .values_list("statement", "why")
        .first()
    )
    # After an answer there is none, which is the most frequent case by far: so the statement is a second query.
    if pending is None:
        return None
    statement_id, why = pending
    return Choice(statement=_statement_of_choice(statement_id), why=View.Why(why), is_new=False)


def choose_next(*, conversation_id: int, actor: Actor | None, lot: Random) -> Choice | None:
    """Choose a statement that the actor has not seen: fewest views first, ties by lot, their own ones last."""
    unseen = standing_statements(conversation_id)
    if actor is not None:
        seen = View.objects.filter(actor=actor, statement=OuterRef("pk"))
        unseen = unseen.exclude(Exists(seen))
    # A thousand rows of three numbers cost less than asking the database twice more.
    candidates = list(unseen.order_by("pk").values_list("pk", "views_count", "item__author"))
    by_others = [row for row in candidates if actor is None or row[2] != actor.pk]
    pool = by_others or candidates
    if not pool:
        return None
    fewest = min(views_count for _pk, views_count, _author in pool)
    tied = [pk for pk, views_count, _author in pool if views_count == fewest]
    why = View.Why.LOT if len(tied) > 1 else View.Why.FEWEST_VIEWS
    return Choice(statement=_statement_of_choice(lot.choice(tied)), why=why)


def _statement_of_choice(statement_id: int) -> Statement:
    return Statement.objects.select_related("item__author").get(pk=statement_id)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far somebody has come.

    goal     answers in a good round: fifteen, or all there are
    """

    answered_count: int
    goal: int

    @property
    def left(self) -> int:
        return max(0, self.goal - self.answered_count)

    @property
    def shown_count(self) -> int:
        return min(self.answered_count, self.goal)


def get_progress(*, conversation_id: int, actor: Actor | None) -> Progress:
    """Count an actor's answers in a conversation."""
    answerable_count = standing_statements(conversation_id).count()
    answered = Vote.objects.filter(actor=actor, statement__conversation=conversation_id).count() if actor else 0
    return Progress(answered_count=answered, goal=rules.goal_of(max(answerable_count, min(answered, 1))))


def list_standing_statements(*, conversation_id: int) -> list[Statement]:
    """Return the statements that are shown, in the order they came."""
    return list(standing_statements(conversation_id).only("pk", "text", "language", "conversation").order_by("pk"))


def get_vote(*, statement_id: int, actor: Actor | None) -> Vote | None:
    """Return an actor's answer to a statement, if there is one."""
    return Vote.objects.filter(actor=actor, statement=statement_id).first() if actor else None


# --- statements -------------------------------------------------------------------------------------


def list_standing_texts(*, conversation_id: int) -> list[str]:
    """The words of all statements that stand or wait: what new seeds are compared with."""
    return list(
        Statement.objects.filter(conversation=conversation_id, item__blanked_at=None)
        .exclude(state=Statement.State.DECLINED)
        .values_list("text", flat=True)
    )


def find_twin(*, conversation_id: int, text: str, actor: Actor | None) -> Statement | None:
    """Return the statement with the same words that the actor may see, if there is one."""
    key = wording.bare(text) or text
    for statement in _comparable(conversation_id, actor):
        if (wording.bare(statement.text) or statement.text) == key:
            return statement
    return None


def find_similar(*, conversation_id: int, text: str, actor: Actor | None) -> list[Statement]:
    """Return up to three statements that read like this one, the most alike first."""
    liked = [(wording.likeness(text, statement.text), statement) for statement in _comparable(conversation_id, actor)]
    close = [(likeness, statement) for likeness, statement in liked if likeness >= wording.LIKE_ENOUGH]
    close.sort(key=lambda pair: (-pair[0], pair[1].pk))
    return [statement for _likeness, statement in close[:SIMILAR_SHOWN]]


def _comparable(conversation_id: int, actor: Actor | None) -> Iterable[Statement]:
    own = Q(item__author=actor, item__blanked_at=None) if actor is not None else Q(pk=None)
    return (
        Statement.objects.filter(Q(pk__in=standing_statements(conversation_id).values("pk")) | own)
        .filter(conversation=conversation_id)
        .select_related("item")
        .order_by("-pk")[:COMPARED_AT_MOST]
    )


def count_statements_by(*, conversation_id: int, actor: Actor, since: datetime) -> int:
    """Count what somebody wrote themselves since a moment; a facilitator's seeds do not count."""
    return Statement.objects.filter(
        conversation=conversation_id, item__author=actor, is_seed=False, submitted_at__gt=since
    ).count()


def get_last_decision(*, statement: Statement) -> ModerationDecision | None:
    """Return why the statement was hidden or restored last, if ever."""
    return ModerationDecision.objects.filter(item=statement.item).order_by("-created_at", "-pk").first()


def list_statements_by(*, conversation_id: int, actor: Actor | None) -> list[Statement]:
    """What somebody wrote here, the latest first."""
    if actor is None:
        return []
    return list(
        Statement.objects.filter(conversation=conversation_id, item__author=actor, is_seed=False)
        .select_related("item")
        .order_by("-submitted_at", "-pk")
    )


def votes_by(*, conversation_id: int, actor: Actor | None) -> QuerySet[Vote]:
    """Somebody's answers to statements that still stand, the latest first."""
    if actor is None:
        return Vote.objects.none()
    return (
        Vote.objects.filter(actor=actor, statement__in=standing_statements(conversation_id))
        .select_related("statement__item")
        .order_by("-cast_at", "-pk")
    )


# --- looking after it ---------------------------------------------------------------------------------


def waiting_statements(conversation_id: int) -> QuerySet[Statement]:
    """Statements that wait for approval, the longest waiting first."""
    return (
        Statement.objects.filter(
            conversation=conversation_id, state=Statement.State.WAITING, item__blanked_at=None, item__hidden_at=None
        )
        .select_related("item")
        .order_by("submitted_at", "pk")
    )


@dataclass(frozen=True, slots=True)
class Counts:
    """How much there is, for those who look after it. People under five are not told apart from none.

    statements   to answer      written   these, those that wait and those that were declined
    """

    statements: int
    written: int
    waiting: int
    seeds: int
    votes: int | None
    people: int | None


def count_for_workbench(*, conversation_id: int) -> Counts:
    """Count a conversation; people and votes are None while fewer than five have answered."""
    counted = Statement.objects.filter(conversation=conversation_id, item__blanked_at=None).aggregate(
        shown=Count("pk", filter=Q(state=Statement.State.SHOWN, item__hidden_at=None)),
        written=Count("pk"),
        waiting=Count("pk", filter=Q(state=Statement.State.WAITING, item__hidden_at=None)),
        seeds=Count("pk", filter=Q(is_seed=True)),
    )
    latest = get_latest_map(conversation_id=conversation_id)
    return Counts(
        statements=counted["shown"],
        written=counted["written"],
        waiting=counted["waiting"],
        seeds=counted["seeds"],
        votes=latest.votes_count if latest else None,
        people=latest.people_count if latest else None,
    )


def get_latest_map(*, conversation_id: int) -> MapSnapshot | None:
    """Return the published map without its figures: what may be said about how many took part."""
    return (
        MapSnapshot.objects.filter(conversation=conversation_id).defer("figures").order_by("-drawn_at", "-pk").first()
    )


def list_group_names(*, conversation_id: int) -> dict[str, str]:
    """The facilitator's names of the groups, by letter."""
    return dict(GroupName.objects.filter(conversation=conversation_id).values_list("letter", "name"))


@dataclass(frozen=True, slots=True)
class BurstCandidate:
    """New devices of one network that began within minutes of each other. `handle` names it on the page."""

    handle: str
    network_tag: str
    starts_at: datetime
    ends_at: datetime
    people_count: int


def list_burst_candidates(*, conversation_id: int) -> list[BurstCandidate]:
    """Find networks that brought ten or more new devices within ten minutes and are not set aside, latest first."""
    tagged = Participant.objects.filter(conversation=conversation_id, burst=None).exclude(network_tag="")
    busy = (
        tagged.values("network_tag").annotate(people=Count("pk")).filter(people__gte=BURST_PEOPLE).values("network_tag")
    )
    rows = (
        tagged.filter(network_tag__in=busy)
        .order_by("network_tag", "first_vote_at", "pk")
        .values_list("network_tag", "first_vote_at")
    )
    moments_by_tag: dict[str, list[datetime]] = {}
    for tag, moment in rows:
        moments_by_tag.setdefault(tag, []).append(moment)
    candidates = [
        BurstCandidate(
            handle=_handle(conversation_id, tag, moments[0]),
            network_tag=tag,
            starts_at=moments[0],
            ends_at=moments[-1],
            people_count=len(moments),
        )
        for tag, all_moments in moments_by_tag.items()
        for moments in _dense_stretches(all_moments)
    ]
    return sorted(candidates, key=lambda candidate: candidate.starts_at, reverse=True)


def _dense_stretches(moments: list[datetime]) -> list[list[datetime]]:
    """Join all windows of ten minutes that hold ten or more moments into stretches without overlap."""
    stretches: list[tuple[int, int]] = []
    first = 0
    for last, moment in enumerate(moments):
        while moment - moments[first] > BURST_WINDOW:
            first += 1
        if last - first + 1 < BURST_PEOPLE:
            continue
        if stretches and first <= stretches[-1][1]:
            stretches[-1] = (stretches[-1][0], last)
        else:
            stretches.append((first, last))
    return [moments[first : last + 1] for first, last in stretches]


def _handle(conversation_id: int, tag: str, starts_at: datetime) -> str:
    """Name a candidate without telling its network's tag."""
    words = f"opinions.burst {conversation_id} {tag} {starts_at.isoformat()}".encode()
    return hmac.new(settings.SECRET_KEY.encode(), words, hashlib.sha256).hexdigest()[:16]


def list_bursts(*, conversation_id: int) -> list[Burst]:
    """Bursts that were set aside, restored ones included, the latest first."""
    return list(Burst.objects.filter(conversation=conversation_id).order_by("-set_aside_at", "-pk"))


def get_burst_for(viewer: Viewer, burst_id: int, *, now: datetime) -> Burst:
    """Load a burst for somebody who looks after its conversation. Raises NotFound, Refused."""
    burst = Burst.objects.select_related("conversation__item").filter(pk=burst_id).first()
    if burst is None:
        raise NotFound
    _require(standings_of(viewer, [burst.conversation], now=now)[burst.conversation_id], "facilitate")
    return burst


@dataclass(frozen=True, slots=True)
class Overdue:
    """A conversation with statements that nobody has decided on for a day."""

    conversation: Conversation
    process_id: int
    count: int
    oldest_at: datetime


def list_overdue(*, now: datetime) -> list[Overdue]:
    """Find the conversations whose statements have waited longer than was promised."""
    late: dict[int, list[datetime]] = {}
    rows = Statement.objects.filter(
        state=Statement.State.WAITING,
        submitted_at__lte=now - WAITING_TOO_LONG,
        item__blanked_at=None,
        item__hidden_at=None,
    ).values_list("conversation", "submitted_at")
    for conversation_id, submitted_at in rows:
        late.setdefault(conversation_id, []).append(submitted_at)
    processes_by_conversation = dict(Activity.objects.filter(item__in=list(late)).values_list("item", "phase__process"))
    conversations = Conversation.objects.filter(pk__in=list(processes_by_conversation)).select_related("item")
    return [
        Overdue(
            conversation=one,
            process_id=processes_by_conversation[one.pk],
            count=len(late[one.pk]),
            oldest_at=min(late[one.pk]),
        )
        for one in conversations.order_by("pk")
    ]


def list_votes_for_export(*, conversation_id: int) -> Iterable[tuple[int, int, int]]:
    """Yield actor, statement and value of each vote that counts, for the facilitators' export only.

    Those of a burst that was set aside stay out, as they do on the map.
    """
    aside = Participant.objects.filter(conversation=conversation_id, burst__isnull=False, actor=OuterRef("actor"))
    return (
        Vote.objects.filter(~Exists(aside), statement__conversation=conversation_id)
        .order_by("actor", "statement")
        .values_list("actor", "statement", "value")
        .iterator(chunk_size=10_000)
    )


def list_statements_for_export(*, conversation_id: int) -> list[Statement]:
    """Return every statement that still has its words, with its item, in the order they came."""
    found = Statement.objects.filter(conversation=conversation_id, item__blanked_at=None)
    return list(found.select_related("item").order_by("pk"))


def number_statements(*, conversation_id: int) -> dict[int, int]:
    """Number the statements: as in the import they came from, otherwise in the order they came."""
    rows = Statement.objects.filter(conversation=conversation_id).order_by("pk").values_list("pk", "number_there")
    numbers: dict[int, int] = {}
    next_number = max((there for _pk, there in rows if there is not None), default=-1) + 1
    for pk, there in rows:
        if there is None:
            there, next_number = next_number, next_number + 1
        numbers[pk] = there
    return numbers


def list_group_letters(*, conversation_id: int) -> list[str]:
    """Return the letters of the groups on the published map; none while there is no map or no groups hold up."""
    latest = MapSnapshot.objects.filter(conversation=conversation_id).order_by("-drawn_at", "-pk").first()
    if latest is None or latest.outcome != MapSnapshot.Outcome.GROUPS:
        return []
    return [group["letter"] for group in latest.figures.get("groups", ())]

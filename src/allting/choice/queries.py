"""Every question about rounds, with visibility built in."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from allting.choice import receipts, rules, support
from allting.choice.errors import NoSuchReceipt
from allting.choice.models import Ballot, Decision, Hand, Option, Outcome, Round, Turnout
from allting.people import queries as people
from allting.people.models import RoleName
from allting.processes import queries as processes_queries
from allting.processes import rules as processes
from allting.processes.errors import NotOpenToYou
from allting.processes.models import Activity, Process
from allting.record.errors import NotFound, Refused
from allting.record.rules import Answer, No
from allting.record.viewers import Viewer
from allting.web.problems import NextStep

type Deed = Literal["look", "cast", "facilitate", "prepare", "count", "read_brief", "decide"]


@dataclass(frozen=True, slots=True)
class Standing:
    """A round and what one viewer may do in it, asked once per request.

    shortlist   the one before this round, as long as the round has not opened
    """

    round: Round
    viewer: Viewer
    activity: Activity
    may_look: Answer
    may_cast: Answer
    may_facilitate: Answer
    may_prepare: Answer
    may_count: Answer
    may_read_brief: Answer
    may_decide: Answer
    has_cast: bool
    has_closed: bool
    outcome: Outcome | None
    decision: Decision | None
    shortlist: Round | None

    @property
    def process(self) -> Process:
        return self.activity.phase.process

    @property
    def closes_at(self) -> datetime | None:
        return closes_at(self.round, self.activity)


def get_round_for(viewer: Viewer, round_id: int, *, to: Deed = "look", now: datetime) -> Standing:
    """Load a round and what the viewer may do there.

    Raises NotFound where they may not know of it, Refused with the rule's reason where they may only not do it now.
    """
    round_ = Round.objects.select_related("item").filter(pk=round_id).first()
    if round_ is None:
        raise NotFound
    standing = standing_of(viewer, round_, now=now)
    if not processes.is_visible(viewer, standing.process):
        raise NotFound
    if not standing.may_look and not standing.may_facilitate and not standing.may_decide:
        raise NotOpenToYou(standing.may_look, next_step=_sign_in(viewer))
    answer: Answer = getattr(standing, f"may_{to}")
    if isinstance(answer, No):
        raise Refused(answer, next_step=_way_on(standing))
    return standing


def standing_of(viewer: Viewer, round_: Round, *, now: datetime) -> Standing:
    """Ask the rules once about a round that was loaded with its item."""
    activity = activity_of(round_)
    process = activity.phase.process
    shortlist = shortlist_of(round_) if round_.opened_at is None else None
    outcome = Outcome.objects.filter(round=round_).select_related("round__item").first()
    decision = Decision.objects.filter(round=round_).select_related("made_by__person").first()
    has_cast = viewer.actor is not None and Turnout.objects.filter(round=round_, actor=viewer.actor).exists()
    may_facilitate = processes.may_facilitate(viewer, process)
    return Standing(
        round=round_,
        viewer=viewer,
        activity=activity,
        may_look=processes.may_look(viewer, process, processes_queries.has_entered(viewer, process)),
        may_cast=rules.may_cast(
            viewer,
            round_,
            process,
            may_take_part=rules.may_judge(
                round_, now, may_take_part=processes_queries.may_take_part(viewer, activity, now)
            ),
            has_cast=has_cast,
        ),
        may_facilitate=may_facilitate,
        may_prepare=rules.may_prepare(round_, may_facilitate=may_facilitate, shortlist=shortlist),
        may_count=rules.may_count(round_, process, may_facilitate=may_facilitate),
        may_read_brief=rules.may_read_brief(
            viewer,
            process,
            may_facilitate=may_facilitate,
            is_counted=outcome is not None and not outcome.is_withheld and not round_.is_shortlist,
        ),
        may_decide=rules.may_decide(
            viewer,
            process,
            is_counted=outcome is not None,
            is_decided=decision is not None,
            is_shortlist=round_.is_shortlist,
        ),
        has_cast=has_cast,
        has_closed=round_.closed_at is not None or processes.has_closed(activity, now) or _is_over(round_, now),
        outcome=outcome,
        decision=decision,
        shortlist=shortlist,
    )


def activity_of(round_: Round) -> Activity:
    """Return the activity of a round; a shortlist is part of that of the round it is for."""
    return processes_queries.activity_of(round_.shortlist_for_id or round_.pk)


def closes_at(round_: Round, activity: Activity) -> datetime | None:
    """Say until when ballots are taken: a shortlist closes before the activity that it is a part of."""
    return round_.closes_at or activity.closes_at


def shortlist_of(round_: Round) -> Round | None:
    """Return the shortlist that comes, or came, before a round."""
    return Round.objects.select_related("item").filter(shortlist_for=round_.pk).first()


def round_under_way(round_id: int) -> int:
    """Return what people take part in now: the shortlist as long as the round has not opened, else the round."""
    shortlist = Round.objects.filter(shortlist_for=round_id, shortlist_for__opened_at=None).values_list("pk", flat=True)
    return shortlist.first() or round_id


def shown_to(round_: Round, viewer: Viewer) -> list[int] | None:
    """Return what a shortlist shows to the viewer, in the order dealt; None until it was dealt."""
    hand = Hand.objects.filter(round=round_, actor=viewer.actor).first() if viewer.actor else None
    return list(hand.shown) if hand else None


def outcome_of(round_: Round) -> Outcome | None:
    return Outcome.objects.filter(round=round_).first()


def decision_of(round_: Round) -> Decision | None:
    return Decision.objects.filter(round=round_).select_related("made_by__person").first()


def decided_on(decision: Decision | None) -> list[Option]:
    """Return what the sponsor decided on, in their order; nothing as long as nothing is decided."""
    if decision is None:
        return []
    options = options_by_id(decision.options)
    return [options[pk] for pk in decision.options]


def options_of(round_: Round) -> list[Option]:
    """Return what is on the ballot, by number."""
    return list(
        Option.objects.filter(round=round_, left_out_at=None).select_related("item", "source").order_by("number")
    )


def options_for(round_: Round, viewer: Viewer) -> list[Option]:
    """Return what is on the ballot in an order of the viewer's own, the same each time: the first is chosen more."""
    whose = viewer.actor.pk if viewer.actor else 0

    def lot(option: Option) -> str:
        return hashlib.sha256(f"{round_.seed_commitment}\n{whose}\n{option.pk}".encode()).hexdigest()

    return sorted(options_of(round_), key=lot)


def get_option_for(viewer: Viewer, option_id: int, *, to: Deed = "look", now: datetime) -> tuple[Option, Standing]:
    """Load an option with its round, by the rules of the round. Raises NotFound, Refused."""
    option = Option.objects.select_related("item", "source", "round__item").filter(pk=option_id).first()
    if option is None:
        raise NotFound
    standing = get_round_for(viewer, option.round_id, to=to, now=now)
    is_kept_back = option.round.opened_at is None or option.left_out_at is not None
    if is_kept_back and not standing.may_facilitate:
        raise NotFound
    return option, standing


def get_ballot_by(receipt: str) -> Ballot:
    """Return the ballot that a receipt opens, with its round. Raises NoSuchReceipt."""
    ballot = Ballot.objects.select_related("round__item").filter(receipt_hash=receipts.hash_of(receipt)).first()
    if ballot is None:
        raise NoSuchReceipt
    return ballot


def is_cast_with(receipt: str, *, round_: Round) -> bool:
    """Say whether a ballot of this round has this receipt."""
    return bool(receipt) and Ballot.objects.filter(round=round_, receipt_hash=receipts.hash_of(receipt)).exists()


def is_changeable(round_: Round, *, now: datetime) -> bool:
    """Say whether ballots of this round can still be changed."""
    return round_.closed_at is None and not _is_over(round_, now) and processes.is_open(activity_of(round_), now)


def _is_over(round_: Round, now: datetime) -> bool:
    return round_.closes_at is not None and round_.closes_at <= now


def is_without_ballots(round_: Round) -> bool:
    """Say whether a round closed and nobody took part, so that nothing will ever be counted."""
    return round_.closed_at is not None and not Ballot.objects.filter(round=round_).exists()


def count_turnout(round_id: int) -> int | None:
    """Say how many have cast a ballot; None for fewer than five.

    Once counted, the outcome says it: ballots that were brought in name nobody, and whoever leaves the list of
    those who took part leaves a ballot behind.
    """
    figures = Outcome.objects.filter(round=round_id).values_list("figures", flat=True).first()
    count = figures["people"] if figures else Turnout.objects.filter(round=round_id).count()
    return count if count >= rules.FEWEST else None


def what_lacks(round_: Round) -> str:
    """Say what a round needs before it can open; empty when it has all, or is open."""
    if round_.opened_at is not None:
        return ""
    options = Option.objects.filter(round=round_, left_out_at=None)
    if options.count() < rules.FEWEST_OPTIONS:
        return gettext("It needs at least two proposals.")
    if round_.budget and options.filter(Q(cost=None) | Q(cost__gt=round_.budget)).exists():
        return gettext("Every proposal needs a cost that the money can pay.")
    return ""


def awaits_decision_since(round_id: int) -> datetime | None:
    """Say since when an outcome waits for the sponsor; None when there is none or it was decided on."""
    waiting = Outcome.objects.filter(round=round_id, round__decision=None)
    return waiting.values_list("counted_at", flat=True).first()


def left_with_nothing(round_: Round, option_ids: Collection[int]) -> int:
    """Count the ballots none of whose approvals are among these options.

    From what was written at counting, in one query, however many ballots there are. Raises NotCounted.
    """
    return support.backers_of(round_, option_ids).left_with_nothing(option_ids)


def count_eligible(process: Process) -> int | None:
    """Say how many were invited, where only they take part; None where it is not known how many could have."""
    if process.open_to != Process.OpenTo.INVITED:
        return None
    invited = people.people_with_role((RoleName.PARTICIPANT,), within=[process.pk]).count()
    return invited + people.invitations_within(process.item).filter(role=RoleName.PARTICIPANT).count()


def options_by_id(ids: Iterable[int]) -> dict[int, Option]:
    return Option.objects.select_related("item", "source").in_bulk(list(ids))


def _sign_in(viewer: Viewer) -> NextStep | None:
    return None if viewer.is_signed_in else NextStep(words=_("Sign in"), url=reverse("people:sign_in"))


def _way_on(standing: Standing) -> NextStep | None:
    """Offer what can be done instead: the receipt, the outcome, signing in."""
    if standing.has_closed:
        return NextStep(words=_("See what came of it"), url=reverse("choice:outcome", args=[standing.round.pk]))
    if standing.has_cast:
        return NextStep(words=_("Open my ballot"), url=reverse("choice:receipt"))
    return _sign_in(standing.viewer)

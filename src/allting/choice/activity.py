"""The activity "round": what a process can hold of this room."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from allting.choice import actions, queries, rules, story
from allting.choice.errors import AlreadyOpened, CostsMissing, TooFewOptions
from allting.choice.models import Option, Outcome, Round, Turnout
from allting.processes import queries as processes_queries
from allting.processes.activity_kinds import ActivityKind, Count, NextStep
from allting.record import actions as record
from allting.record.models import Actor, Item
from allting.record.viewers import Viewer
from allting.web.numbers import day

# So many of the chosen are shown on the process page.
_SHOWN = 3


def create(*, within: Item, title: str, author: Actor, now: datetime) -> Item:
    """Begin the round of a process."""
    return actions.start_round(within=within, title=title, author=author, now=now).item


def close(item: Item, now: datetime) -> None:
    """Run in the transaction that closes the activity."""
    actions.close_round(round_=Round.objects.get(pk=item.pk), now=now)


def open_on_its_day(item: Item, now: datetime) -> None:
    """Run in the transaction that opens the activity: freeze the proposals, if they are ready.

    What lacks is told to the facilitator (`next_steps`), who can open it by hand as soon as it is there.
    """
    with contextlib.suppress(AlreadyOpened, TooFewOptions, CostsMissing):
        actions.open_round(round_=Round.objects.get(pk=item.pk), by=record.system_actor(), now=now)


def wipe(item: Item, now: datetime) -> None:
    """Run in the transaction that wipes a rehearsal."""
    actions.wipe_round(round_=Round.objects.get(pk=item.pk), now=now)


def what_was_chosen(item_id: int, viewer: Viewer) -> tuple[str, Mapping[str, object]] | None:
    """Give the process page the first of the chosen; None until it is counted, and where too few voted."""
    outcome = Outcome.objects.filter(round=item_id).first()
    if outcome is None or outcome.is_withheld:
        return None
    told = story.tell(outcome, queries.options_by_id(map(int, outcome.figures["supporters"])))
    return "choice/highlights.html", {
        "story": told,
        "shown": told.chosen[:_SHOWN],
        "round_id": item_id,
        "waits_since": queries.awaits_decision_since(item_id),
    }


def counts(item_id: int) -> Sequence[Count]:
    """Say how many have cast and on how many proposals."""
    round_id = queries.round_under_way(item_id)
    cast_count = queries.count_turnout(round_id)
    options_count = Option.objects.filter(round=round_id, left_out_at=None).count()
    address = reverse("choice:outcome", args=[item_id])
    return (
        Count(cast_count, ngettext("ballot cast", "ballots cast", cast_count or 0), address),
        Count(options_count, ngettext("proposal", "proposals", options_count), address),
    )


def has_part(item_id: int, actor: Actor) -> bool:
    """Say whether an actor has cast a ballot, in the round or in the shortlist before it."""
    return Turnout.objects.filter(Q(round=item_id) | Q(round__shortlist_for=item_id), actor=actor).exists()


def next_steps(item_id: int, now: datetime) -> Sequence[NextStep]:
    """Say what the facilitator should do now."""
    return list(_next_steps(item_id, now))


def _next_steps(item_id: int, now: datetime) -> Iterator[NextStep]:
    round_ = Round.objects.get(pk=item_id)
    if round_.closed_at is not None:
        yield from _steps_after_closing(round_, now)
        return
    workbench = reverse("choice:workbench", args=[item_id])
    shortlist = queries.shortlist_of(round_) if round_.opened_at is None else None
    if shortlist is not None and shortlist.closed_at is None:
        yield NextStep(
            title=_("Invite people to the shortlist"),
            help=_("It runs until %(day)s. What people support goes on to the round by itself.")
            % {"day": day(shortlist.closes_at)},
            button=_("See the shortlist"),
            address=reverse("choice:workbench", args=[shortlist.pk]),
        )
        return
    options_count = Option.objects.filter(round=item_id, left_out_at=None).count()
    activity = processes_queries.activity_of(item_id)
    if activity.opened_at and (lacking := queries.what_lacks(round_)):
        yield NextStep(
            title=_("The round could not open"),
            help=_("It was to open on %(day)s. %(lacking)s") % {"day": day(activity.opens_at), "lacking": lacking},
            button=_("Put it right"),
            address=workbench,
            is_urgent=True,
        )
    elif round_.opened_at is None and not options_count:
        yield NextStep(
            title=_("Put the proposals together"),
            help=_("Take those that unite, those that divide and what each group stands for, and word them plainly."),
            button=_("Choose"),
            address=workbench,
            is_urgent=True,
        )
    elif round_.opened_at is None:
        yield NextStep(
            title=_("Open the round"),
            help=ngettext(
                "%(count)d proposal is ready. When you open, it is frozen.",
                "%(count)d proposals are ready. When you open, they are frozen.",
                options_count,
            )
            % {"count": options_count},
            button=_("Look it through"),
            address=workbench,
            is_urgent=True,
        )
    if round_.opened_at is None and options_count > rules.MOST_OPTIONS:
        yield NextStep(
            title=_("Make a shortlist"),
            help=rules.warnings_of(options_count=options_count, approvals_limit=rules.FEWEST_APPROVALS)[0],
            button=_("Shorten"),
            address=workbench,
            is_urgent=True,
        )


def _steps_after_closing(round_: Round, now: datetime) -> Iterator[NextStep]:
    """Say what hangs: a round that nobody took part in, and an outcome that the sponsor has not decided on."""
    outcome = queries.outcome_of(round_)
    if outcome is None and queries.is_without_ballots(round_):
        yield NextStep(
            title=_("Nobody chose"),
            help=_("The round closed without a ballot. Ask people why, and hold it again with a new question."),
            button=_("See the page that people see"),
            address=reverse("choice:outcome", args=[round_.pk]),
        )
    elif outcome is not None and outcome.is_withheld and queries.awaits_decision_since(round_.pk):
        yield NextStep(
            title=_("Fewer than five voted"),
            help=_(
                "What came out is shown to nobody, you included: it would tell what somebody chose. Ask the sponsor to "
                "decide without it, or ask the question anew and invite more people."
            ),
            button=_("See the page that people see"),
            address=reverse("choice:outcome", args=[round_.pk]),
            is_urgent=True,
        )
    elif since := queries.awaits_decision_since(round_.pk):
        days = (now - since).days
        yield NextStep(
            title=_("Ask the sponsor to decide"),
            help=_how_long_it_waits(days),
            button=_("Read the brief"),
            address=reverse("choice:brief", args=[round_.pk]),
            is_urgent=True,
        )


def _how_long_it_waits(days: int) -> str:
    if not days:
        return _(
            "The outcome is out, and until it is decided on nothing begins. The brief says on one page "
            "what to know before deciding."
        )
    return ngettext(
        "The outcome has waited for %(count)d day, and until then nothing begins. The brief says on one page "
        "what to know before deciding.",
        "The outcome has waited for %(count)d days, and until then nothing begins. The brief says on one page "
        "what to know before deciding.",
        days,
    ) % {"count": days}


KIND = ActivityKind(
    name="round",
    title=gettext_lazy("Round"),
    create=create,
    on_close=close,
    address=lambda item_id: reverse("choice:ballot", args=[item_id]),
    results=lambda item_id: reverse("choice:outcome", args=[item_id]),
    workbench=lambda item_id: reverse("choice:workbench", args=[item_id]),
    wipe=wipe,
    on_open=open_on_its_day,
    highlights=what_was_chosen,
    has_part=has_part,
    counts=counts,
    next_steps=next_steps,
    workbench_explains=gettext_lazy("Put the proposals together, word them plainly, open the round."),
    explains=gettext_lazy("You take every proposal that you could stand behind. The ballot is secret."),
    tells=gettext_lazy("What was chosen"),
    leads_on=gettext_lazy("See the outcome"),
    yields=gettext_lazy("About nine are chosen so that every group gets its share, with the proof of the count."),
)

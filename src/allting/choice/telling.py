"""What waits for the sponsor of a round, and what the story of a process says of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from allting.choice import queries, story
from allting.choice.models import Decision, Outcome, Round
from allting.people.models import RoleName
from allting.processes import queries as processes
from allting.processes import rules as process_rules
from allting.processes.models import Activity, Process
from allting.processes.telling import Chapter, Deed, Place, Waiting
from allting.record.viewers import Viewer
from allting.web.numbers import day, in_words, number

_DECIDE_OR_ASK = (RoleName.SPONSOR, RoleName.FACILITATOR, RoleName.DEPUTY)


# --- what waits -------------------------------------------------------------------------------------------


def waiting_for(viewer: Viewer, now: datetime) -> Iterator[Waiting]:
    """Give the sponsor every outcome without a decision; on one that was rehearsed nobody decides."""
    if not viewer.is_signed_in:
        return
    undecided = (
        Outcome.objects.filter(round__decision=None, round__shortlist_for=None)
        .defer("certificate")
        .order_by("counted_at", "pk")
    )
    outcomes = {one.round_id: one for one in undecided.order_by("counted_at", "pk")}
    places = dict(Activity.objects.filter(item__in=outcomes).values_list("item", "phase__process"))
    found = processes.processes_by_id(set(places.values()))
    for round_id, outcome in outcomes.items():
        process = found[places[round_id]]
        if process_rules.is_sponsor(viewer, process) and process.state != Process.State.DRAFT:
            yield _to_decide(outcome, process)


def _to_decide(outcome: Outcome, process: Process) -> Waiting:
    if outcome.is_withheld:
        return Waiting(
            deed=Deed.DECIDE,
            title=_("A round in which fewer than five voted"),
            help=_(
                "What came out is shown to nobody: it would tell what somebody chose. Decide without it, and say why."
            ),
            facts=(_("The round closed on %(day)s") % {"day": day(outcome.counted_at)},),
            button=_("Decide without it"),
            address=reverse("choice:decide", args=[outcome.round_id]),
            process_id=process.pk,
        )
    count = len(outcome.figures["chosen"])
    title = ngettext("The one that was chosen", "The %(count)s that were chosen", count)
    return Waiting(
        deed=Deed.DECIDE,
        title=title % {"count": in_words(count)},
        help=_("Confirm, or depart with a reason. Before you depart, you see how many it leaves with nothing."),
        facts=(_ballots(outcome), _counted(outcome)),
        button=_("Read the brief, and decide"),
        address=reverse("choice:brief", args=[outcome.round_id]),
        process_id=process.pk,
    )


def _ballots(outcome: Outcome) -> str:
    people: int = outcome.figures["people"]
    return ngettext("%(count)s ballot", "%(count)s ballots", people) % {"count": number(people)}


def _counted(outcome: Outcome) -> str:
    return _("Counted on %(day)s") % {"day": day(outcome.counted_at)}


# --- the story --------------------------------------------------------------------------------------------


def story_of(process: Process, viewer: Viewer) -> Iterator[Chapter]:
    """Tell of each round of a process what was chosen and why, or how far it is; and of what was not chosen."""
    activities = {one.item_id: one for one in process_rules.activities_of(process)}
    rounds = Round.objects.filter(pk__in=activities).select_related("item").order_by("pk")
    outcomes = {one.round_id: one for one in Outcome.objects.filter(round__in=rounds).defer("certificate")}
    decisions = {
        one.round_id: one for one in Decision.objects.filter(round__in=rounds).select_related("made_by__person")
    }
    for round_ in rounds:
        outcome = outcomes.get(round_.pk)
        if outcome is None:
            yield Chapter(Place.CHOSEN, "choice/chapter_before.html", _before(round_, activities[round_.pk]))
            continue
        if outcome.is_withheld:
            context = _withheld(round_, outcome, decisions.get(round_.pk), process)
            yield Chapter(Place.CHOSEN, "choice/chapter_withheld.html", context)
            continue
        context = _after(round_, outcome, decisions.get(round_.pk), process)
        yield Chapter(Place.CHOSEN, "choice/chapter.html", context)
        yield Chapter(Place.REST, "choice/chapter_rest.html", context)


def _before(round_: Round, activity: Activity) -> dict[str, object]:
    return {
        "round": round_,
        "turnout": queries.count_turnout(round_.pk),
        "opens_at": activity.opens_at,
        "closes_at": activity.closes_at,
    }


def _withheld(round_: Round, outcome: Outcome, decision: Decision | None, process: Process) -> dict[str, object]:
    return {
        "round": round_,
        "process": process,
        "outcome": outcome,
        "decision": decision,
        "decided_on": queries.decided_on(decision),
    }


def _after(round_: Round, outcome: Outcome, decision: Decision | None, process: Process) -> dict[str, object]:
    options = queries.options_by_id(map(int, outcome.figures["supporters"]))
    told = story.tell(outcome, options)
    context: dict[str, object] = {
        "round": round_,
        "process": process,
        "outcome": outcome,
        "story": told,
        "decision": decision,
        "not_chosen_count": told.options_count - len(told.chosen),
    }
    if decision is not None:
        dropped, added = story.departures(decision, outcome, options)
        left_out = story.say_departure(decision, outcome) if dropped or added else []
        context |= {"dropped": dropped, "added": added, "left_out": left_out}
    return context

"""Build rounds through their actions, so that no impossible one can be built."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any

from allting.choice import actions, analysis, counting
from allting.choice.actions import Wording
from allting.choice.models import Option, Outcome, Round
from allting.people.models import Person
from allting.processes import actions as processes
from allting.processes import rules
from allting.processes.models import Activity, Phase, Process
from allting.record.models import Actor
from tests.make import processes as make_processes
from tests.make.people import make_person
from tests.make.processes import NOW

TITLES = (
    "More bike and walking trails",
    "More choice of internet",
    "Keep parking downtown",
    "More aid for people without a home",
    "Time the traffic lights",
    "A fairness ordinance",
    "A grocery store downtown",
    "Later hours for youth centres",
    "Two trees for each one",
    "Officials disclose their ties",
    "Level manhole covers",
    "The arts in every school",
)
SEED = "a seed that was fixed before anybody voted"


def make_round(
    *,
    options: int = 6,
    seats: int = 3,
    limit: int = 12,
    state: str = "open",
    now: datetime = NOW,
    by: Actor | None = None,
    **choices: Any,
) -> Round:
    """Make an open strategy round whose round is in this state at `now`: preparing, open or closed."""
    process = make_process(now=now, by=by, **choices)
    round_ = round_in(process)
    by = round_.item.author
    actions.change_round(round_=round_, seats=seats, approvals_limit=limit, by=by, now=now)
    for number in range(options):
        title = TITLES[number] if number < len(TITLES) else f"Proposal {number + 1}"
        actions.add_option(round_=round_, wording=Wording(title=title, text=f"{title}, please."), by=by, now=now)
    if state != "preparing":
        actions.open_round(round_=round_, by=by, now=now, seed=SEED)
    if state == "closed":
        close(round_, now=now)
    return fresh(round_)


def make_process(*, now: datetime = NOW, by: Actor | None = None, **choices: Any) -> Process:
    """Make an open strategy round that is choosing at `now`."""
    by = by or make_processes.make_facilitator(now=now).actor
    make_processes.make_deputy(now=now)
    starts_on = rules.local_day(now) - timedelta(days=30)  # whole days: an hour may be lost or won between
    process = processes.start_process(
        template="open_round",
        choices=make_processes.replace(make_processes.CHOICES, starts_on=starts_on, **{"weeks": 3, **choices}),
        by=by,
        now=now - timedelta(days=40),
    )
    right = processes.Right(who="Dana Whitlock, mayor", what="Which come first.")
    rights = {phase.pk: right for phase in Phase.objects.filter(process=process.pk)}
    processes.announce(process=process, rights=rights, by=by, now=now - timedelta(days=39))
    processes.begin_due(now=now)
    processes.close_due(now=now)
    assert rules.is_open(Activity.objects.select_related("phase__process").get(item=round_in(process).pk), now)
    return process


def round_in(process: Process) -> Round:
    return Round.objects.select_related("item__author").get(item__activity__phase__process=process.pk)


def process_of(round_: Round) -> Process:
    return Process.objects.select_related("item").get(phases__activities__item=round_.pk)


def options_of(round_: Round) -> list[Option]:
    return list(Option.objects.filter(round=round_).select_related("item").order_by("number"))


def cast(round_: Round, ballots: Sequence[Sequence[int]], *, kind: str = "") -> list[tuple[Person, str]]:
    """Let one new person per ballot cast; a ballot names places in the list of options. Returns who and the receipt."""
    options = options_of(round_)
    done = []
    for ballot in ballots:
        person = make_person()
        approvals = [options[place].pk for place in ballot]
        made = actions.cast_ballot(round_=round_, actor=person.actor, approvals=approvals, kind=kind)
        done.append((person, made.receipt))
    return done


def close(round_: Round, *, now: datetime = NOW) -> Round:
    """Close a round as the minute task does when its day has come."""
    Activity.objects.filter(item=round_.pk).update(closes_at=now)
    processes.close_due(now=now)
    return fresh(round_)


def shorten(round_: Round, *, size: int = 3, shown_each: int = 4, days: int = 3, now: datetime = NOW) -> Round:
    """Open a shortlist before a round that is being prepared."""
    shortlist = actions.open_shortlist(
        round_=round_,
        size=size,
        shown_each=shown_each,
        closes_at=now + timedelta(days=days),
        by=round_.item.author,
        now=now,
        seed=SEED,
    )
    return fresh(shortlist)


def judge(
    shortlist: Round,
    tastes: Sequence[Collection[int]],
    *,
    lot: Random | None = None,
    now: datetime = NOW,
    kind: str = "",
) -> list[tuple[Person, str]]:
    """Let one new person per taste judge what was dealt to them; a taste names places in the list of options."""
    places = {option.pk: place for place, option in enumerate(options_of(shortlist))}
    done = []
    for taste in tastes:
        person = make_person()
        shown = actions.deal_hand(round_=shortlist, actor=person.actor, now=now, lot=lot).shown
        approvals = [pk for pk in shown if places[pk] in taste]
        made = actions.cast_ballot(round_=shortlist, actor=person.actor, approvals=approvals, kind=kind)
        done.append((person, made.receipt))
    return done


def close_shortlist(shortlist: Round, *, now: datetime = NOW) -> Outcome | None:
    """Close and count a shortlist as the worker does when its day is over; what goes on opens."""
    Round.objects.filter(pk=shortlist.pk).update(closes_at=now)
    actions.close_due_shortlists(now=now)
    return counting.count_round(round_=fresh(shortlist), now=now, count=analysis.count)


def count(round_: Round, *, now: datetime = NOW) -> Outcome:
    """Count a closed round in this process."""
    outcome = counting.count_round(round_=fresh(round_), now=now, count=analysis.count)
    assert outcome is not None
    return outcome


def make_outcome(
    ballots: Sequence[Sequence[int]], *, kinds: Mapping[int, str] | None = None, now: datetime = NOW, **said: Any
) -> Outcome:
    """Make a round with these ballots, closed and counted."""
    round_ = make_round(now=now, **said)
    for number, ballot in enumerate(ballots):
        cast(round_, [ballot], kind=(kinds or {}).get(number, ""))
    close(round_, now=now)
    return count(round_, now=now)


def fresh(round_: Round) -> Round:
    return Round.objects.select_related("item__author").get(pk=round_.pk)

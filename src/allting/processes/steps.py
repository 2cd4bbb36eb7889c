"""A process as steps: what happens with what people say, and what the facilitator does next. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from allting.processes import rules
from allting.processes.activity_kinds import ActivityKind, NextStep
from allting.processes.errors import Missing
from allting.processes.models import Phase, Process
from allting.web.numbers import day, days

# In the last week it is worth asking whether the time was enough.
LAST_DAYS = 7


@dataclass(frozen=True, slots=True)
class Step:
    """One stone of "What happens with what you say". `state` is done, here or coming."""

    number: int
    title: str | Promise
    state: str
    when: str
    words: str | Promise


def steps_of(process: Process, kinds: Mapping[int, ActivityKind], now: datetime) -> list[Step]:
    """Return what happens with what people say, as steps.

    kinds   the kind of each activity, by its id
    """
    phases = list(process.phases.all())
    if len(phases) > 1:
        return _steps_of_phases(process, phases, kinds, now)
    return _steps_of_listening(process, kinds[phases[0].activities.all()[0].pk], now)


def _steps_of_phases(
    process: Process, phases: Sequence[Phase], kinds: Mapping[int, ActivityKind], now: datetime
) -> list[Step]:
    """Return a step for each phase with a date, then the answer."""
    steps = [
        Step(
            number,
            phase.get_kind_display(),
            _state_of(phase, process, now),
            days(phase.starts_at, phase.ends_at) if phase.ends_at else "",
            _words_of(phase, kinds),
        )
        for number, phase in enumerate(phases, start=1)
    ]
    timetable = rules.timetable_of(process)
    answer = Step(
        len(steps) + 1,
        _("%(name)s answers") % {"name": process.decider_name or process.decider_title or _("The organisation")},
        "coming",
        _("By %(answers)s") % {"answers": day(timetable.answers_on)} if timetable.answers_on else "",
        _("What we do, what we do not do, and why. Signed by name."),
    )
    # Carrying out what was decided comes after the answer, and has no end yet.
    return [*steps, answer] if phases[-1].ends_at else [*steps[:-1], replace(answer, number=len(steps)), _last(steps)]


def _last(steps: Sequence[Step]) -> Step:
    return replace(steps[-1], number=len(steps) + 1)


def _state_of(phase: Phase, process: Process, now: datetime) -> str:
    if process.state == Process.State.DRAFT or phase.starts_at is None or now < phase.starts_at:
        return "coming"
    return "done" if phase.ends_at and phase.ends_at <= now else "here"


def _words_of(phase: Phase, kinds: Mapping[int, ActivityKind]) -> str | Promise:
    for activity in phase.activities.all():
        return kinds[activity.pk].explains
    if phase.kind == Phase.Kind.SHAPING:
        return _("What was said becomes proposals in plain words.")
    return _("What was decided is carried out, in public.")


def _steps_of_listening(process: Process, kind: ActivityKind, now: datetime) -> list[Step]:
    """Return the three steps of a quick listening: people say it, everybody sees it, somebody answers."""
    timetable = rules.timetable_of(process)
    has_opened = bool(timetable.opens_at and timetable.opens_at <= now and process.state in rules.OPEN_STATES)
    has_closed = process.state == Process.State.CLOSED or bool(timetable.closes_at and timetable.closes_at <= now)
    dates = {"opens": day(timetable.opens_at), "closes": day(timetable.closes_at), "answers": day(timetable.answers_on)}
    if has_closed:
        first, when = "done", _("Closed on %(closes)s") % dates
    elif has_opened:
        first, when = "here", _("Now, until %(closes)s") % dates
    else:
        first, when = "coming", _("From %(opens)s to %(closes)s") % dates if timetable.opens_at else ""
    decider = process.decider_name or process.decider_title or _("The organisation")
    return [
        Step(1, process.phases.all()[0].get_kind_display(), first, when, kind.explains),
        Step(2, _("It becomes visible to all"), "done" if has_closed else "coming", _("As people answer"), kind.yields),
        Step(
            3,
            _("%(name)s answers") % {"name": decider},
            "here" if has_closed else "coming",
            _("By %(answers)s") % dates if timetable.answers_on else "",
            _("What we do, what we do not do, and why. Signed by name."),
        ),
    ]


def standing_of(process: Process, now: datetime) -> str:
    """Say in a few words how far it is: a draft, or which day of how many."""
    if process.is_rehearsing:
        return _("rehearsal")
    timetable = rules.timetable_now(process)
    if process.state != Process.State.RUNNING or not timetable.opens_at or now < timetable.opens_at:
        return str(process.get_state_display())
    number, count = timetable.day_of(now)
    return _("day %(number)d of %(count)d") % {"number": min(number, count), "count": count}


def headline_of(process: Process, missing: Sequence[Missing], team: rules.Team, now: datetime) -> str:
    """Say what is missing, or how many days are left."""
    timetable = rules.timetable_of(process)
    if process.is_rehearsing:
        return _("The rehearsal is on. Wipe it before you announce.")
    if process.state == Process.State.DRAFT:
        if not missing:
            return _("Everything is in place. Announce when you are ready.")
        return ngettext(
            "One thing is missing before you announce.",
            "%(count)d things are missing before you announce.",
            len(missing),
        ) % {"count": len(missing)}
    if process.state == Process.State.CLOSED or (timetable.closes_at and timetable.closes_at <= now):
        return _("Closed on %(closes)s. Everyone has an answer by %(answers)s.") % {
            "closes": day(timetable.closes_at),
            "answers": day(timetable.answers_on),
        }
    return " ".join(_running_words(rules.timetable_now(process), team, now))


def _running_words(timetable: rules.Timetable, team: rules.Team, now: datetime) -> Iterator[str]:
    if timetable.opens_at and now < timetable.opens_at:
        yield _("Opens on %(day)s.") % {"day": day(timetable.opens_at)}
    elif days_left := timetable.days_left(now):
        yield ngettext("One day left.", "%(count)d days left.", days_left) % {"count": days_left}
    else:
        yield _("Today is the last day.")
    if team.awaits_deputy:
        yield _("Your deputy has not accepted yet.")


def next_steps_of(
    process: Process,
    *,
    missing: Sequence[Missing],
    team: rules.Team,
    from_activity: Sequence[NextStep],
    results: str,
    is_too_early: bool,
    now: datetime,
) -> list[NextStep]:
    """Return what the facilitator should do now, most important first.

    is_too_early   so few took part that nothing can be shown
    """
    urgent = [step for step in from_activity if step.is_urgent]
    others = [step for step in from_activity if not step.is_urgent]
    if process.is_rehearsing:
        return [*urgent, *_while_rehearsing(process), *_filling_in(process, missing), *others]
    if process.state == Process.State.DRAFT:
        announcing = [] if missing else [_announcing(process)]
        return [*_filling_in(process, missing), *urgent, *announcing, *others]
    if process.state == Process.State.CLOSED:
        read = NextStep(
            title=_("Read what people said"),
            help=_("What unites, what divides, and for whom."),
            button=_("Read"),
            address=results,
        )
        return [*urgent, _asking_again(process), *others] if is_too_early else [*urgent, read, *others]
    return [*urgent, *_while_open(process, team, is_too_early, now), *others]


def _filling_in(process: Process, missing: Sequence[Missing]) -> Iterator[NextStep]:
    elsewhere = {*rules.TEAM_CODES, rules.REHEARSAL_CODE}
    of_choices = [one.sentence for one in missing if one.code not in elsewhere]
    of_team = [one.sentence for one in missing if one.code in rules.TEAM_CODES]
    if of_choices:
        yield NextStep(
            title=_("Fill in what is missing"),
            help=" ".join(of_choices),
            button=_("Fill in"),
            address=reverse("processes:edit", args=[process.pk]),
        )
    if of_team:
        yield NextStep(
            title=_("Find a deputy"),
            help=" ".join(of_team),
            button=_("Invite"),
            address=address_of_team(process),
        )


def _while_rehearsing(process: Process) -> Iterator[NextStep]:
    yield NextStep(
        title=_("Try it out with others"),
        help=_("Pass the link of the rehearsal on. Whoever opens it can do everything."),
        button=_("Get the link"),
        address=reverse("processes:rehearsal", args=[process.pk]),
    )
    yield NextStep(
        title=_("Wipe the rehearsal"),
        help=_("Before you announce. What your team prepared stays."),
        button=_("Wipe"),
        address=reverse("processes:wipe", args=[process.pk]),
    )


def _announcing(process: Process) -> NextStep:
    return NextStep(
        title=_("Announce it"),
        help=_("Read it through once more as others will."),
        button=_("Look through"),
        address=reverse("processes:announce", args=[process.pk]),
    )


def _asking_again(process: Process) -> NextStep:
    return NextStep(
        title=_("Ask again, and find those who did not come"),
        help=_("Fewer than five took part. Start from this process: everything is kept but the dates."),
        button=_("Start from it"),
        address=f"{reverse('processes:start')}?from={process.pk}",
    )


def _while_open(process: Process, team: rules.Team, is_too_early: bool, now: datetime) -> Iterator[NextStep]:
    if team.awaits_deputy:
        yield NextStep(
            title=_("Remind your deputy"),
            help=_("The invitation has not been accepted yet."),
            button=_("Remind"),
            address=address_of_team(process),
        )
    timetable = rules.timetable_now(process)
    has_opened = bool(timetable.opens_at and timetable.opens_at <= now)
    yield NextStep(
        title=_("Invite people"),
        help=_("Too few have answered to show anything. Pass the link on, and hang the poster up where people meet.")
        if has_opened and is_too_early
        else _("A link to pass on, and a poster with a code for the places where people meet."),
        button=_("Invite"),
        address=reverse("processes:poster", args=[process.pk]),
    )
    if has_opened and timetable.days_left(now) <= LAST_DAYS:
        yield NextStep(
            title=_("Ask whether the time was enough"),
            help=_("The last day can be moved to a later one, with a note to everyone."),
            button=_("Give more time"),
            address=reverse("processes:extend", args=[process.pk]),
        )


def address_of_team(process: Process) -> str:
    """Return where facilitator, deputy and sponsor of this process are invited."""
    return f"{reverse('people:invitations')}?item={process.pk}"

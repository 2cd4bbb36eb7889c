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
from allting.processes.telling import Answered, Waiting
from allting.web.numbers import day, days
from allting.web.numbers import number as in_figures

# In the last week it is worth asking whether the time was enough.
LAST_DAYS = 7
# More than this from other rooms is read on "Waiting for you".
_FROM_OTHERS = 3


@dataclass(frozen=True, slots=True)
class Step:
    """One stone of "What happens with what you say". `state` is done, here or coming.

    address   where one reads what came out of it, under the words of `lead`; empty while there is nothing
    """

    number: int
    title: str | Promise
    state: str
    when: str
    words: str | Promise
    lead: str | Promise = ""
    address: str = ""


def steps_of(process: Process, kinds: Mapping[int, ActivityKind], answered: Answered, now: datetime) -> list[Step]:
    """Return what happens with what people say, as steps.

    kinds   the kind of each activity, by its id
    """
    phases = list(process.phases.all())
    if len(phases) > 1:
        return _steps_of_phases(process, phases, kinds, answered, now)
    return _steps_of_listening(process, kinds[phases[0].activities.all()[0].pk], answered, now)


def _steps_of_phases(
    process: Process, phases: Sequence[Phase], kinds: Mapping[int, ActivityKind], answered: Answered, now: datetime
) -> list[Step]:
    """Return a step for each phase with a date, then the answer."""
    steps = [
        Step(
            number,
            phase.get_kind_display(),
            _state_of(phase, process, now),
            days(phase.starts_at, phase.ends_at) if phase.ends_at else "",
            _words_of(phase, kinds),
            *_results_of(phase, kinds, now),
        )
        for number, phase in enumerate(phases, start=1)
    ]
    answer = _step_of_answers(process, len(steps) + 1, answered)
    # Carrying out what was decided comes after the answer, and has no end yet.
    return [*steps, answer] if phases[-1].ends_at else [*steps[:-1], replace(answer, number=len(steps)), _last(steps)]


def _step_of_answers(process: Process, number: int, answered: Answered) -> Step:
    """Return the stone of the answers: done when everything that was said has one, whatever the calendar says."""
    answers_on = rules.timetable_of(process).answers_on
    words = _("What we do, what we do not do, and why. Signed by name.")
    if answered.is_complete:
        state, words = "done", _("Everything that was said has its answer.")
    elif process.state == Process.State.CLOSED:
        state = "here"
        if answered.answered_count:
            words = _("%(answered)s of %(all)s things that were said have their answer.") % {
                "answered": in_figures(answered.answered_count),
                "all": in_figures(answered.answered_count + answered.waiting_count),
            }
    else:
        state = "coming"
    return Step(
        number,
        _("%(name)s answers") % {"name": process.decider_name or process.decider_title or _("The organisation")},
        state,
        _("By %(answers)s") % {"answers": day(answers_on)} if answers_on else "",
        words,
        _("Read the answers"),
        answered.address,
    )


def _results_of(phase: Phase, kinds: Mapping[int, ActivityKind], now: datetime) -> tuple[str | Promise, str]:
    """Return the words and the address of what came out of a step; empty while it is not over."""
    for activity in phase.activities.all():
        if rules.has_closed(activity, now):
            return kinds[activity.pk].leads_on, kinds[activity.pk].results(activity.item_id)
    return "", ""


def _last(steps: Sequence[Step]) -> Step:
    return replace(steps[-1], number=len(steps) + 1)


def _state_of(phase: Phase, process: Process, now: datetime) -> str:
    if process.state == Process.State.DRAFT or phase.starts_at is None or now < phase.starts_at:
        return "coming"
    # What was closed early is over, whatever day was promised for it.
    is_over = phase.ends_at and (phase.ends_at <= now or process.state == Process.State.CLOSED)
    return "done" if is_over else "here"


def _words_of(phase: Phase, kinds: Mapping[int, ActivityKind]) -> str | Promise:
    for activity in phase.activities.all():
        return kinds[activity.pk].explains
    if phase.kind == Phase.Kind.SHAPING:
        return _("What was said becomes proposals in plain words.")
    return _("What was decided is carried out, in public.")


def _steps_of_listening(process: Process, kind: ActivityKind, answered: Answered, now: datetime) -> list[Step]:
    """Return the three steps of a quick listening: people say it, everybody sees it, somebody answers."""
    timetable = rules.timetable_of(process)
    has_opened = bool(timetable.opens_at and timetable.opens_at <= now and process.state in rules.OPEN_STATES)
    has_closed = process.state == Process.State.CLOSED or bool(timetable.closes_at and timetable.closes_at <= now)
    dates = {"opens": day(timetable.opens_at), "closes": day(timetable.closes_at)}
    if has_closed:
        first, when = "done", _("Closed on %(closes)s") % dates
    elif has_opened:
        first, when = "here", _("Now, until %(closes)s") % dates
    else:
        first, when = "coming", _("From %(opens)s to %(closes)s") % dates if timetable.opens_at else ""
    phase = process.phases.all()[0]
    results = _results_of(phase, {activity.pk: kind for activity in phase.activities.all()}, now)
    answers = _step_of_answers(process, 3, answered)
    return [
        Step(1, phase.get_kind_display(), first, when, kind.explains),
        Step(
            2,
            _("It becomes visible to all"),
            "done" if has_closed else "coming",
            _("As people answer"),
            kind.yields,
            *results,
        ),
        replace(answers, state="here") if has_closed and answers.state == "coming" else answers,
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


def headline_of(
    process: Process, missing: Sequence[Missing], team: rules.Team, answered: Answered, now: datetime
) -> str:
    """Say what is missing, how many days are left, or how far the answers are."""
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
        closed = _("Closed on %(closes)s.") % {"closes": day(timetable.closes_at)}
        return f"{closed} {_say_answered(answered, timetable)}"
    return " ".join(_running_words(rules.timetable_now(process), team, now))


def _say_answered(answered: Answered, timetable: rules.Timetable) -> str:
    if answered.late_count:
        late = ngettext("One answer is late.", "%(count)s answers are late.", answered.late_count)
        return late % {"count": in_figures(answered.late_count)}
    if answered.is_complete:
        return _("Everyone has an answer.")
    return _("Everyone has an answer by %(answers)s.") % {"answers": day(timetable.answers_on)}


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
    elsewhere: Sequence[Waiting],
    results: str,
    is_too_early: bool,
    now: datetime,
) -> list[NextStep]:
    """Return what the facilitator should do now, most important first.

    elsewhere      what waits for them in other rooms, such as an answer that is late
    is_too_early   so few took part that nothing can be shown
    """
    steps = [*_from_others(elsewhere), *from_activity]
    urgent = [step for step in steps if step.is_urgent]
    others = [step for step in steps if not step.is_urgent]
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
        return [*urgent, _asking_again(process), *others] if is_too_early else [*urgent, *others, read]
    return [*urgent, *_while_open(process, team, is_too_early, now), *others]


def _from_others(elsewhere: Sequence[Waiting]) -> Iterator[NextStep]:
    """Give one step for everything that is late, then the first of the rest."""
    late = [one for one in elsewhere if one.late]
    if late:
        first = late[0]
        yield NextStep(
            title=ngettext("One answer is late", "%(count)s answers are late", len(late))
            % {"count": in_figures(len(late))},
            help=f"{first.title}: {first.late}",
            button=_("See to it"),
            address=first.address if len(late) == 1 else first.list_address or first.address,
            is_urgent=True,
        )
    for one in [one for one in elsewhere if not one.late][:_FROM_OTHERS]:
        yield NextStep(title=one.title, help=one.help, button=one.button, address=one.address)


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

"""Who may look, take part and look after a process, and when. Pure: loaded objects in, answers out.

A process is expected as `queries` load it: with its item, its phases in order, their decision rights
and activities.

    draft ⇄ rehearsal (a draft still: it works for those who were let in, and is wiped)
    draft ──announce──▶ announced ──first phase starts──▶ running ──last activity closes──▶ closed
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from allting.people.models import RoleName
from allting.processes.errors import Missing
from allting.processes.models import Activity, DecisionRight, Phase, Process
from allting.record.rules import YES, Answer, No
from allting.record.viewers import Viewer
from allting.web.numbers import day

FACILITATORS = ("system", RoleName.FACILITATOR, RoleName.DEPUTY)
SPONSORS = ("system", RoleName.SPONSOR)
EMPLOYEES = ("system", *(role for role in RoleName if role != RoleName.PARTICIPANT))
# What `missing_before_announcing` says about people and not about the choices.
TEAM_CODES = frozenset({"facilitator", "deputy"})
# What is put right on a page of its own.
REHEARSAL_CODE = "rehearsal"
OPEN_STATES = (Process.State.ANNOUNCED, Process.State.RUNNING)


# --- time ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Timetable:
    """The dates of a process. Each is None while nobody has chosen it."""

    opens_at: datetime | None
    closes_at: datetime | None
    answers_on: date | None

    def day_of(self, now: datetime) -> tuple[int, int]:
        """Return which day of how many it is, both counting from one; needs both dates."""
        assert self.opens_at
        assert self.closes_at
        first, last = local_day(self.opens_at), local_day(self.closes_at)
        return (local_day(now) - first).days + 1, (last - first).days + 1

    def days_left(self, now: datetime) -> int:
        """Whole days until the closing day; 0 on the day itself, and without a closing day."""
        return max(0, (local_day(self.closes_at) - local_day(now)).days) if self.closes_at else 0


def timetable_of(process: Process) -> Timetable:
    """Read the dates off the phases. Answers are owed `answer_days` after the closing day."""
    phases = list(process.phases.all())
    opens_at = min((phase.starts_at for phase in phases if phase.starts_at), default=None)
    closes_at = max((phase.ends_at for phase in phases if phase.ends_at), default=None)
    answers_on = local_day(closes_at) + timedelta(days=process.answer_days) if closes_at else None
    return Timetable(opens_at=opens_at, closes_at=closes_at, answers_on=answers_on)


def same_week_next_year(first_day: date, today: date) -> date:
    """Return the same day of the week a whole number of years later, the first that has not passed."""
    a_year = timedelta(weeks=52)
    years = max(1, -(-(today - first_day) // a_year))
    return first_day + years * a_year


def start_of(first_day: date) -> datetime:
    """A phase starts at midnight, in the installation's time zone."""
    return timezone.make_aware(datetime.combine(first_day, time.min))


def end_of(last_day: date) -> datetime:
    """A phase ends a minute to midnight, so that the last day is the day that everybody reads."""
    return timezone.make_aware(datetime.combine(last_day, time(23, 59)))


def later(moment: datetime | None, days: int) -> datetime | None:
    """Return the same hour so many days later, also where the clocks change in between."""
    if moment is None:
        return None
    local = timezone.localtime(moment)
    return timezone.make_aware(local.replace(tzinfo=None) + timedelta(days=days))


def local_day(moment: datetime) -> date:
    return timezone.localtime(moment).date()


def a_year_after(start: date) -> date:
    try:
        return start.replace(year=start.year + 1)
    except ValueError:  # 29 February
        return start.replace(year=start.year + 1, day=28)


# --- activities ---------------------------------------------------------------------------------


def activities_of(process: Process) -> Iterator[Activity]:
    for phase in process.phases.all():
        yield from phase.activities.all()


def current_activity(process: Process) -> Activity:
    """Return the activity that is open or comes next, otherwise the last."""
    activities = list(activities_of(process))
    return next((activity for activity in activities if not activity.closed_at), activities[-1])


def timetable_now(process: Process) -> Timetable:
    """Return the dates of what is open or comes next: in a longer process each step counts its own days."""
    activity = current_activity(process)
    whole = timetable_of(process)
    return Timetable(opens_at=activity.opens_at, closes_at=activity.closes_at, answers_on=whole.answers_on)


def right_of(phase: Phase) -> DecisionRight | None:
    """Return who decides what in the phase, if that was said."""
    try:
        return phase.decision_right
    except DecisionRight.DoesNotExist:
        return None


def is_open(activity: Activity, now: datetime) -> bool:
    """Say whether one can take part at this moment."""
    if activity.phase.process.is_rehearsing:
        return True
    if activity.phase.process.state not in OPEN_STATES or activity.closed_at:
        return False
    return bool(activity.opens_at and activity.closes_at and activity.opens_at <= now and now < activity.closes_at)


def has_begun(activity: Activity, now: datetime) -> bool:
    """Say whether people could take part at some time until now: open, or closed after it was announced."""
    if is_open(activity, now):
        return True
    is_past = bool(activity.opens_at and activity.opens_at <= now)
    return is_past and activity.phase.process.state != Process.State.DRAFT


def has_closed(activity: Activity, now: datetime) -> bool:
    """Say whether it is over, whether or not the minute task has noticed."""
    if activity.closed_at or activity.phase.process.state == Process.State.CLOSED:
        return True
    return bool(activity.closes_at and activity.closes_at <= now and activity.phase.process.state in OPEN_STATES)


def extendable(process: Process, now: datetime) -> list[Activity]:
    """Return what could get more time: everything with a last day that is not over, what closes next first."""
    return [one for one in activities_of(process) if one.closes_at and not has_closed(one, now)]


def may_take_part(viewer: Viewer, activity: Activity, now: datetime, entered: bool = False) -> Answer:
    """Ask whether the viewer may take part now. `entered`: came in through the process's entry link."""
    process = activity.phase.process
    if process.is_rehearsing:
        return _belongs(viewer, process, entered)
    if process.state == Process.State.DRAFT:
        return No(_("This has not been announced yet."))
    if not (answer := _belongs(viewer, process, entered)):
        return answer
    if has_closed(activity, now):
        closed = min(moment for moment in (activity.closed_at, activity.closes_at, now) if moment)
        return No(_("This closed on %(day)s. See what came of it.") % {"day": day(closed)})
    if activity.opens_at and now < activity.opens_at:
        return No(_("This opens on %(day)s.") % {"day": day(activity.opens_at)})
    if not is_open(activity, now):
        return No(_("The dates of this are not set yet."))
    return YES


def _belongs(viewer: Viewer, process: Process, entered: bool) -> Answer:
    if looks_after(viewer, process):
        return YES
    if process.is_rehearsing:
        if entered or _has_a_part(viewer, process):
            return YES
        return No(_("This is a rehearsal. Only the team and those whom it gave the link can try it out."))
    if process.open_to == Process.OpenTo.LINK:
        return YES
    if process.open_to == Process.OpenTo.MEMBERS:
        if viewer.has_role(EMPLOYEES, within=[process.pk]):
            return YES
        return No(_("Only employees can take part here. Sign in with the address that your organisation knows."))
    if entered or _has_a_part(viewer, process):
        return YES
    return No(_("Only those who are invited can take part here. Open the link or the code in your invitation."))


def _has_a_part(viewer: Viewer, process: Process) -> bool:
    """Whether somebody was invited to this very process by name."""
    return any(item_id == process.pk for _role, item_id in viewer.roles)


# --- processes ----------------------------------------------------------------------------------


def may_facilitate(viewer: Viewer, process: Process) -> Answer:
    """Ask whether the viewer looks after this process: facilitator or deputy, for all or for this one."""
    if viewer.has_role(FACILITATORS, within=[process.pk]):
        return YES
    return No(_("Only the facilitator and the deputy can do this."))


def is_sponsor(viewer: Viewer, process: Process) -> bool:
    if viewer.has_role(SPONSORS, within=[process.pk]):
        return True
    return viewer.person is not None and process.sponsor_id == viewer.person.pk


def looks_after(viewer: Viewer, process: Process) -> bool:
    return bool(may_facilitate(viewer, process)) or is_sponsor(viewer, process)


def is_visible(viewer: Viewer, process: Process) -> bool:
    """Say whether the viewer may know that it exists: drafts and hidden ones are for those who look after them.

    That a rehearsal exists is no secret; what is in it is (`may_look`).
    """
    if looks_after(viewer, process):
        return True
    return (process.state != Process.State.DRAFT or process.is_rehearsing) and process.item.hidden_at is None


def may_look(viewer: Viewer, process: Process, entered: bool = False) -> Answer:
    """Ask whether the viewer may read the process page and its results."""
    if not is_visible(viewer, process):
        return No(_("This has not been announced yet."))
    return _belongs(viewer, process, entered)


def may_start(viewer: Viewer) -> Answer:
    """Ask whether the viewer may start a process: facilitators and deputies of the whole installation."""
    if viewer.has_role(FACILITATORS):
        return YES
    return No(_("Only a facilitator can start a process here."))


def may_change(viewer: Viewer, process: Process) -> Answer:
    """Ask whether the seven choices may be changed: until they are announced."""
    if not (answer := may_facilitate(viewer, process)):
        return answer
    if process.announced_at:
        return No(
            _("This was announced on %(day)s. What was promised then stands; only the closing day can be moved later.")
            % {"day": day(process.announced_at)}
        )
    return YES


def may_rehearse(viewer: Viewer, process: Process) -> Answer:
    """Ask whether a rehearsal may begin or be wiped: by those who look after a draft."""
    if not (answer := may_facilitate(viewer, process)):
        return answer
    if process.announced_at:
        return No(
            _("This was announced on %(day)s. From then on everything counts.") % {"day": day(process.announced_at)}
        )
    return YES


def may_extend(viewer: Viewer, process: Process, now: datetime) -> Answer:
    """Ask whether the closing day may be moved: announced and not closed."""
    if not (answer := may_facilitate(viewer, process)):
        return answer
    if process.state == Process.State.DRAFT:
        return No(_("This is a draft. Its dates can still be changed freely."))
    if not any(not has_closed(activity, now) for activity in activities_of(process)):
        return No(_("This has closed. The closing day can be moved only before that."))
    return YES


def may_close(viewer: Viewer, process: Process, now: datetime) -> Answer:
    """Ask whether the process may be closed before its day: open now, by facilitator, deputy or sponsor."""
    if not looks_after(viewer, process):
        return No(_("Only the facilitator, the deputy and the sponsor can close this."))
    if process.state == Process.State.DRAFT:
        return No(_("This is a draft. There is nothing to close."))
    if all(has_closed(activity, now) for activity in activities_of(process)):
        return No(_("This has closed already."))
    if not any(is_open(activity, now) for activity in activities_of(process)):
        return No(_("This has not opened yet. It can be closed early once it is open."))
    return YES


# --- announcing ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Team:
    """Who looks after a process. Ids of people; addresses stay in the room of people."""

    facilitator_ids: frozenset[int] = frozenset()
    deputy_ids: frozenset[int] = frozenset()
    invited_deputies_count: int = 0

    @property
    def has_deputy(self) -> bool:
        """Whether somebody stands in: a deputy who is not the only facilitator."""
        return any(self.facilitator_ids - {deputy} for deputy in self.deputy_ids)

    @property
    def awaits_deputy(self) -> bool:
        return not self.has_deputy and self.invited_deputies_count > 0


def missing_before_announcing(process: Process, team: Team, now: datetime) -> list[Missing]:
    """List everything that is missing, in the order of the seven choices and then of the people."""
    timetable = timetable_of(process)
    is_missing = {
        "question": not process.item.title.strip(),
        "dates": not (timetable.opens_at and timetable.closes_at),
        "past": bool(timetable.closes_at and timetable.closes_at <= now),
        "decider": not process.decider_name,
        "not_up_for_decision": not process.not_up_for_decision.strip(),
        "answer_days": not 1 <= process.answer_days <= 365,
        "decision_rights": not all(right_of(phase) for phase in process.phases.all()),
        "facilitator": not team.facilitator_ids,
        "deputy": not (team.has_deputy or team.awaits_deputy),
        "rehearsal": process.is_rehearsing,
    }
    sentences = {
        "question": _("The question is missing."),
        "dates": _("Say when it starts and how long it is open."),
        "past": _("The closing day has passed. Choose a later start or a longer time."),
        "decider": _("Name the person who decides and signs the answers."),
        "not_up_for_decision": _("Say what is not up for decision. People will look for it."),
        "answer_days": _("Say within how many days everyone has an answer."),
        "decision_rights": _("Say for each step who decides what."),
        "facilitator": _("It needs a facilitator."),
        "deputy": _("Invite a deputy, so that somebody is there when you are ill."),
        "rehearsal": _("Wipe the rehearsal first. Nothing of it may count."),
    }
    return [Missing(code=code, sentence=sentences[code]) for code, missing in is_missing.items() if missing]


def may_announce(viewer: Viewer, process: Process, team: Team, now: datetime) -> Answer:
    """Ask whether the process may be announced now. The reason names everything that is missing."""
    if not (answer := may_change(viewer, process)):
        return answer
    if missing := missing_before_announcing(process, team, now):
        return No(" ".join(one.sentence for one in missing))
    return YES


# --- saying something about oneself -------------------------------------------------------------


def may_say_about_oneself(viewer: Viewer, process: Process, *, has_part: bool, entered: bool = False) -> Answer:
    """Ask whether the viewer may say what they are to the organisation: whoever takes part, also after closing."""
    if not (answer := may_look(viewer, process, entered)):
        return answer
    if not has_part:
        return No(_("Take part first. Then you can say what you are to us, if you like."))
    return YES

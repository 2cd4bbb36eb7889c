"""Who may write, confirm and promise, and what must be said before. Pure: loaded objects in, answers out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from allting.processes import rules as processes
from allting.processes.models import Process
from allting.record.rules import YES, Answer, No
from allting.record.viewers import Viewer
from allting.strategy.models import Priority, Promise
from allting.web.numbers import day_and_year

# As many as people keep in mind; whatever comes on top takes the attention of something else.
FEW_ENOUGH = 9
_FEWEST_WORDS = 4
# A promise can be kept or broken; without a figure or one of these it can only be felt.
_ENGLISH = "all every each no none nobody one two three four five six seven eight nine ten eleven twelve half daily"
_SWEDISH = "alla varje ingen inget inga en ett två tre fyra fem sex sju åtta nio tio elva tolv hälften dagligen"
_AMOUNTS = frozenset(f"{_ENGLISH} {_SWEDISH}".split())

type Sentences = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class PriorityWords:
    """What is written about a priority. Each may be empty while it is proposed."""

    title: str
    success: str = ""
    not_done: str = ""
    what_stops: str = ""
    is_own_initiative: bool = False


@dataclass(frozen=True, slots=True)
class PromiseWords:
    """What is promised. Each may be empty in a draft."""

    wording: str
    threshold: str = ""
    due_on: date | None = None
    audience: str = ""
    today: str = ""
    not_done: str = ""
    how_checked: str = ""


# --- the strategy -----------------------------------------------------------------------------------------


def may_write(viewer: Viewer, process: Process) -> Answer:
    """Ask whether the viewer may write the strategy and propose priorities."""
    if processes.looks_after(viewer, process):
        return YES
    return No(_("The strategy is written by the sponsor, the facilitator and the deputy."))


# --- priorities -------------------------------------------------------------------------------------------


def owns(viewer: Viewer, priority: Priority) -> bool:
    return viewer.person is not None and priority.owner_id == viewer.person.pk


def may_see_priority(viewer: Viewer, priority: Priority, process: Process, *, may_look: Answer) -> Answer:
    """Ask whether the viewer may read it: in public once it is confirmed, before that those who work on it."""
    if owns(viewer, priority) or processes.looks_after(viewer, process):
        return YES
    if priority.item.hidden_at is not None:
        return No(_("This is hidden."))
    if priority.state == Priority.State.CANDIDATE:
        return No(_("This priority is proposed. It is public when its owner has confirmed it."))
    return may_look


def may_edit_priority(viewer: Viewer, priority: Priority, process: Process) -> Answer:
    """Ask whether the viewer may change its words: its owner, and those who look after the process."""
    if not (owns(viewer, priority) or processes.looks_after(viewer, process)):
        return No(_("Only its owner and those who look after the process can write here."))
    if priority.state in {Priority.State.DELIVERED, Priority.State.RETIRED}:
        return No(_("This priority has ended. What was written stays as it is."))
    return YES


def may_confirm(viewer: Viewer, priority: Priority) -> Answer:
    """Ask whether the viewer may confirm it: nobody can take a priority on for somebody else."""
    if priority.state != Priority.State.CANDIDATE:
        return No(_("This priority was confirmed."))
    if priority.owner_id is None:
        return No(_("Nobody owns this priority yet. The facilitator names its owner first."))
    if not owns(viewer, priority):
        return No(_("Only its owner confirms a priority, because it is the owner who answers for it."))
    return YES


def may_name_owner(viewer: Viewer, priority: Priority, process: Process) -> Answer:
    if not processes.looks_after(viewer, process):
        return No(_("The owner is named by the sponsor, the facilitator or the deputy."))
    if priority.state in {Priority.State.DELIVERED, Priority.State.RETIRED}:
        return No(_("This priority has ended. Its owner stays the one who answered for it."))
    return YES


def may_end(viewer: Viewer, priority: Priority, process: Process) -> Answer:
    """Ask whether the viewer may say that it is delivered, or give it up."""
    if not processes.is_sponsor(viewer, process):
        return No(_("Only the sponsor says that a priority is delivered, or gives it up."))
    if priority.state != Priority.State.ACTIVE:
        return No(_("Only a priority that is under way can be delivered or given up."))
    return YES


def missing_in_priority(words: PriorityWords, *, has_owner: bool, has_evidence: bool, active_count: int) -> Sentences:
    """Return what keeps it from being confirmed, by field: each has its own sentence."""
    missing = {}
    if not words.title:
        missing["title"] = _("Name the priority in a few plain words.")
    if not words.success:
        missing["success"] = _("Write how people will see that it succeeded.")
    if not words.not_done:
        missing["not_done"] = _("Write what is not done, so that nobody waits for it.")
    if not has_owner:
        missing["owner"] = _("Nobody owns this priority yet. The facilitator names its owner first.")
    if not (has_evidence or words.is_own_initiative):
        missing["is_own_initiative"] = _(
            "Nothing that people said leads to this. Say that it is an own initiative, or link what it rests on."
        )
    if active_count >= FEW_ENOUGH and not words.what_stops:
        missing["what_stops"] = _(
            "Nine priorities are under way. Write what stops, so that there is room for this one."
        )
    return missing


# --- promises ---------------------------------------------------------------------------------------------


def may_see_promise(viewer: Viewer, promise: Promise, process: Process, *, may_look: Answer) -> Answer:
    """Ask whether the viewer may read it: in public once it was published, also when it was taken back."""
    if owns(viewer, promise.priority) or processes.looks_after(viewer, process):
        return YES
    if promise.item.hidden_at is not None:
        return No(_("This is hidden."))
    if promise.state == Promise.State.DRAFT:
        return No(_("This promise is a draft. It is public when it has been published."))
    return may_look


def may_draft_promise(viewer: Viewer, priority: Priority, process: Process) -> Answer:
    if not (owns(viewer, priority) or processes.looks_after(viewer, process)):
        return No(_("Only the owner of the priority and those who look after the process can write promises."))
    if priority.state != Priority.State.ACTIVE:
        return No(_("Promises are made for a priority that is under way. Its owner confirms it first."))
    return YES


def may_publish(viewer: Viewer, priority: Priority, process: Process) -> Answer:
    """Ask whether the viewer may put their name under a promise, change it in public or take it back."""
    if owns(viewer, priority) or processes.is_sponsor(viewer, process):
        return YES
    return No(_("A promise is made, changed and taken back by the owner of its priority, or by the sponsor."))


def missing_in_promise(words: PromiseWords, *, today: date) -> Sentences:
    """Return what keeps it from being published, by field: each has its own sentence."""
    missing = {}
    if len(words.wording.split()) < _FEWEST_WORDS:
        missing["wording"] = _("Write what somebody outside will be able to see, in a whole sentence.")
    if not words.threshold:
        missing["threshold"] = _("Write from when on the promise is kept: how many, how often or how much.")
    elif not has_amount(words.threshold):
        missing["threshold"] = _("Put a figure in it, such as “nine of ten drives”. Otherwise nobody can check it.")
    if words.due_on is None:
        missing["due_on"] = _("Write the day by which it is kept.")
    elif words.due_on <= today:
        missing["due_on"] = _("%(day)s is not ahead of us. Choose a day that is still to come.") % {
            "day": day_and_year(words.due_on)
        }
    if not words.audience:
        missing["audience"] = _("Write to whom you promise it. A promise to nobody binds nobody.")
    return missing


def has_amount(words: str) -> bool:
    """Say whether a figure, or a word that stands for one, is in it."""
    said = {word.strip(".,;:!?()“”\"'").lower() for word in words.split()}
    return any(letter.isdigit() for letter in words) or bool(said & _AMOUNTS)

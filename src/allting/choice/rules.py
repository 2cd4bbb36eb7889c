"""Who may cast, change, prepare and decide, and when. Pure: loaded objects in, answers out.

being prepared ──open──▶ open ──activity closes──▶ closed ──counted──▶ outcome ──sponsor──▶ decision
"""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from allting.choice.models import Round
from allting.people.models import RoleName
from allting.processes import rules as processes
from allting.processes.models import Process
from allting.record.rules import YES, Answer, No
from allting.record.viewers import Viewer
from allting.web.numbers import day

# Figures about fewer would be about persons.
FEWEST = 5
# Among fewer, one person would move a share by more than five in a hundred.
FEWEST_FOR_A_SHARE = 20
# Beyond so many options, or with fewer approvals than these, ballots grow sparse and proportional rules find nobody
# who agrees with anybody (choice.md 1.2).
MOST_OPTIONS = 40
FEWEST_OPTIONS = 2
FEWEST_APPROVALS = 8
SHORTLIST_SIZE = 30
# What one person reads without skipping, and how many should see each proposal (choice.md 1.2).
SHOWN_EACH = 15
ENOUGH_SHOWINGS = 200


def may_cast(viewer: Viewer, round_: Round, process: Process, *, may_take_part: Answer, has_cast: bool) -> Answer:
    """Ask whether the viewer may cast a ballot now. It needs a name, so that everybody has one."""
    if not may_take_part:
        return may_take_part
    if round_.opened_at is None:
        return No(_("The proposals are still being put together. Come back when the round is open."))
    if round_.closed_at is not None:
        return No(_("The round has closed. See what came of it."))
    if not viewer.is_signed_in:
        return No(_("Everybody has one ballot, so we need to know who you are. Sign in, or open your invitation."))
    if process.open_to != Process.OpenTo.LINK and not _has_a_right(viewer, process):
        return No(_("Only those who are invited can cast a ballot here. Open the link in your invitation."))
    if has_cast:
        return No(
            _("You have cast your ballot, and it counts. Its receipt was shown once; with its words you can change it.")
        )
    return YES


def may_judge(round_: Round, now: datetime, *, may_take_part: Answer) -> Answer:
    """Ask whether a shortlist still runs: it ends before the activity that it is a part of."""
    if may_take_part and round_.closes_at is not None and round_.closes_at <= now:
        return No(_("The shortlist closed on %(day)s. See what goes on.") % {"day": day(round_.closes_at)})
    return may_take_part


def _has_a_right(viewer: Viewer, process: Process) -> bool:
    """Whether an organisation's role, or an invitation to this very process, names the viewer."""
    return viewer.has_role(("system", *RoleName), within=[process.pk])


def may_prepare(round_: Round, *, may_facilitate: Answer, shortlist: Round | None = None) -> Answer:
    """Ask whether proposals may still be added, reworded and left out."""
    if not may_facilitate:
        return may_facilitate
    if shortlist is not None and shortlist.closed_at is None:
        return No(_("The shortlist comes first. What people support there goes on to this round by itself."))
    if round_.opened_at is not None:
        return No(_("The round was opened. The proposals stand as they are, so that everybody chooses among the same."))
    return YES


def may_count(round_: Round, process: Process, *, may_facilitate: Answer) -> Answer:
    """Ask whether the viewer may close a round by hand and have it counted: in a rehearsal, where no day comes."""
    if not may_facilitate:
        return may_facilitate
    if not process.is_rehearsing:
        return No(_("A round closes on its day and is counted by itself. By hand it is counted in a rehearsal alone."))
    if round_.is_shortlist:
        return No(_("A shortlist cannot be counted in a rehearsal: what goes on would stand on the real ballot."))
    if round_.opened_at is None:
        return No(_("Open the round first, and let some people cast a ballot."))
    if round_.closed_at is not None:
        return No(_("It was counted. Wipe the rehearsal to begin anew."))
    return YES


def may_read_brief(viewer: Viewer, process: Process, *, may_facilitate: Answer, is_counted: bool) -> Answer:
    """Ask whether the viewer may read what the sponsor reads before deciding."""
    if not processes.is_sponsor(viewer, process) and not may_facilitate:
        return No(_("The brief is for the sponsor. All its figures about the outcome stand on the public page, too."))
    if not is_counted:
        return No(_("There is a brief when the round has closed and is counted, with five ballots or more."))
    return YES


def may_decide(
    viewer: Viewer, process: Process, *, is_counted: bool, is_decided: bool, is_shortlist: bool = False
) -> Answer:
    """Ask whether the viewer may confirm the outcome or depart from it."""
    if is_shortlist:
        return No(_("Nobody decides on a shortlist: it goes on to the round as it is."))
    if not processes.is_sponsor(viewer, process):
        return No(_("Only the sponsor confirms the outcome or departs from it."))
    if process.is_rehearsing:
        return No(_("This is a rehearsal. It shows what an outcome looks like; nothing is decided from it."))
    if not is_counted:
        return No(_("There is an outcome to decide on when the round has closed and is counted."))
    if is_decided:
        return No(_("This was decided. The decision and its reason are public and stand."))
    return YES


def people_for_enough_showings(*, options_count: int, shown_each: int) -> int:
    """Return how many people it takes until each proposal was seen by enough."""
    return -(-options_count * ENOUGH_SHOWINGS // shown_each)


def warnings_of(*, options_count: int, approvals_limit: int) -> list[str]:
    """Say what would make the ballots too sparse for a fair share."""
    found = []
    if options_count > MOST_OPTIONS:
        found.append(
            _(
                "%(count)d proposals are more than people read. Everybody would choose something else, and no group "
                "would find itself. Take a shortlist of about %(size)d first."
            )
            % {"count": options_count, "size": SHORTLIST_SIZE}
        )
    if approvals_limit < FEWEST_APPROVALS:
        found.append(
            _(
                "With fewer than %(fewest)d choices on a ballot, few people meet in the same proposal. "
                "Eight to twelve work well."
            )
            % {"fewest": FEWEST_APPROVALS}
        )
    return found

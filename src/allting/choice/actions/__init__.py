"""Every change of this room: rounds prepared and opened, ballots cast, rounds closed, outcomes decided on."""

from allting.choice.actions.casting import Cast, cast_ballot, change_ballot, import_ballots
from allting.choice.actions.closing import close_round
from allting.choice.actions.dealing import deal_hand
from allting.choice.actions.deciding import (
    confirm_outcome,
    decide_alone,
    depart_from_outcome,
    publish_outcome,
    withhold_outcome,
)
from allting.choice.actions.rounds import (
    Wording,
    add_option,
    change_round,
    leave_out,
    open_round,
    reword_option,
    start_round,
    take_in,
)
from allting.choice.actions.shortlists import close_due_shortlists, go_on, open_shortlist
from allting.choice.actions.wiping import wipe_round

__all__ = [
    "Cast",
    "Wording",
    "add_option",
    "cast_ballot",
    "change_ballot",
    "change_round",
    "close_due_shortlists",
    "close_round",
    "confirm_outcome",
    "deal_hand",
    "decide_alone",
    "depart_from_outcome",
    "go_on",
    "import_ballots",
    "leave_out",
    "open_round",
    "open_shortlist",
    "publish_outcome",
    "reword_option",
    "start_round",
    "take_in",
    "wipe_round",
    "withhold_outcome",
]

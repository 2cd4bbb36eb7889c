"""Every change in this room: one verb a function, one transaction, `now` passed in."""

from allting.opinions.actions.beginning import put_back, put_first
from allting.opinions.actions.bursts import restore_burst, set_aside_burst
from allting.opinions.actions.comparing import (
    FEWEST_COMPARED,
    Said,
    compare,
    turn_off_comparing,
    turn_on_comparing,
    undo_comparison,
)
from allting.opinions.actions.conversations import (
    close_conversation,
    log_votes_export,
    name_groups,
    note_changes,
    start_conversation,
)
from allting.opinions.actions.embedding import name_host_site, remove_host_site
from allting.opinions.actions.statements import (
    accept_statement,
    add_seeds,
    add_statement,
    decline_statement,
    merge_statement,
)
from allting.opinions.actions.voting import answer_and_go_on, cast_vote, undo_vote
from allting.opinions.actions.wiping import wipe_conversation

__all__ = [
    "FEWEST_COMPARED",
    "Said",
    "accept_statement",
    "add_seeds",
    "add_statement",
    "answer_and_go_on",
    "cast_vote",
    "close_conversation",
    "compare",
    "decline_statement",
    "log_votes_export",
    "merge_statement",
    "name_groups",
    "name_host_site",
    "note_changes",
    "put_back",
    "put_first",
    "remove_host_site",
    "restore_burst",
    "set_aside_burst",
    "start_conversation",
    "turn_off_comparing",
    "turn_on_comparing",
    "undo_comparison",
    "undo_vote",
    "wipe_conversation",
]

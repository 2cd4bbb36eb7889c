"""Every change of a process: drafted, rehearsed, announced, opened, extended, closed."""

from allting.processes.actions.drafting import (
    NO_LABELS,
    Choices,
    Labels,
    Right,
    announce,
    change_process,
    record_past_process,
    start_process,
)
from allting.processes.actions.rehearsing import begin_rehearsal, wipe_rehearsal
from allting.processes.actions.running import (
    begin_due,
    close_due,
    close_early,
    date_late_addresses,
    extend,
    open_due,
)

__all__ = [
    "NO_LABELS",
    "Choices",
    "Labels",
    "Right",
    "announce",
    "begin_due",
    "begin_rehearsal",
    "change_process",
    "close_due",
    "close_early",
    "date_late_addresses",
    "extend",
    "open_due",
    "record_past_process",
    "start_process",
    "wipe_rehearsal",
]

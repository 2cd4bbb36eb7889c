"""Every change in this room: one verb a function, one transaction, `now` passed in."""

from allting.strategy.actions.priorities import (
    add_priority,
    change_priority,
    confirm_priority,
    draft_priorities,
    edit_priority,
    end_priority,
    invite_owner,
    name_owner,
    take_over_invited,
)
from allting.strategy.actions.promises import (
    change_promise,
    draft_promise,
    edit_promise,
    publish_promise,
    withdraw_promise,
)
from allting.strategy.actions.texts import write_strategy

__all__ = [
    "add_priority",
    "change_priority",
    "change_promise",
    "confirm_priority",
    "draft_priorities",
    "draft_promise",
    "edit_priority",
    "edit_promise",
    "end_priority",
    "invite_owner",
    "name_owner",
    "publish_promise",
    "take_over_invited",
    "withdraw_promise",
    "write_strategy",
]

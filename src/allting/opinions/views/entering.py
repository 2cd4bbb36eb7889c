"""Load what a page is about, and tell the header where one is."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from allting.opinions import queries
from allting.record.viewers import Request


def enter_conversation(
    request: Request, conversation_id: int, *, to: Literal["look", "take_part", "facilitate"] = "look", now: datetime
) -> queries.Standing:
    """Load a conversation and what the viewer may do there. Raises NotFound, Refused."""
    standing = queries.get_conversation_for(request.viewer, conversation_id, to=to, now=now)
    request.current_activity = standing.activity
    return standing


def enter_statement(
    request: Request, statement_id: int, *, to: Literal["look", "vote", "decide", "place"] = "look", now: datetime
) -> queries.StatementStanding:
    """Load a statement and what the viewer may do with it. Raises NotFound, Refused."""
    found = queries.get_statement_for(request.viewer, statement_id, to=to, now=now)
    request.current_activity = found.there.activity
    return found


def about(standing: queries.Standing) -> dict[str, Any]:
    """What every page of a conversation shows of it."""
    return {
        "standing": standing,
        "conversation": standing.conversation,
        "question": standing.conversation.item.title,
        "process": standing.process,
        "activity": standing.activity,
    }

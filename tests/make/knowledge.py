"""What a map knows, without drawing one: a statement divides the more, the later it came."""

from __future__ import annotations

import base64

import numpy as np

from allting.engine.asking import Knowledge, Side
from allting.opinions import asking, knowing
from allting.opinions.figures import Drawing
from allting.opinions.models import Conversation


def make_knowledge(*, statements: int) -> Knowledge:
    """Make what is known of so many statements: nobody passes, and the last one tells the most."""
    return Knowledge(
        agreeing=_side(statements, dimensions=4, pull=np.linspace(0.1, 2, statements)),
        passing=_side(statements, dimensions=1, popularity=-4),
        is_known=np.ones(statements, dtype=np.bool_),
    )


def _side(statements: int, *, dimensions: int, pull: object = 0, popularity: float = 0) -> Side:
    means = np.zeros((statements, 1 + dimensions))
    means[:, 0], means[:, 1] = popularity, pull
    covariances = np.broadcast_to(0.05 * np.eye(1 + dimensions), (statements, 1 + dimensions, 1 + dimensions))
    return Side(means=means, covariances=covariances, tendency_precision=2.0)


def make_drawing(statement_ids: list[int], *, outcome: str = "no_groups", is_known: bool = True) -> Drawing:
    """Make what the drawing process would hand over of a map that knows these statements."""
    packed = asking.pack(make_knowledge(statements=len(statement_ids)), rows=np.arange(len(statement_ids)))
    return Drawing(
        outcome=outcome,
        method="",
        version="",
        digest="",
        statements=statement_ids,
        everyone={},
        knowledge=base64.b64encode(packed).decode() if is_known else "",
    )


def know_statements(conversation: Conversation) -> None:
    """Store what a map that was drawn now would know of the conversation's statements, each shown often before."""
    conversation.statements.update(views_count=100)
    ids = list(conversation.statements.order_by("pk").values_list("pk", flat=True))
    knowing.keep_knowledge(conversation_id=conversation.pk, drawing=make_drawing(ids))

"""Who is what, out of the database for the drawing process alone: nobody reads it on a page."""

from __future__ import annotations

import numpy as np

from allting.opinions.models import Conversation
from allting.opinions.unpacking import Arrays
from allting.processes import participation
from allting.processes.coarse import Coarse

NAMES = tuple(kind.value for kind in Coarse)


def read_camps(conversation: Conversation) -> Arrays:
    """Return actors in ascending order and the number of each one's camp; nothing where nobody has one."""
    if conversation.item.within_id is None:
        return {}
    kinds = participation.coarse_kinds_in(conversation.item.within_id)
    if not kinds:
        return {}
    actors = sorted(kinds)
    return {
        "camp_actors": np.array(actors, dtype=np.int64),
        "camps": np.array([NAMES.index(kinds[actor]) for actor in actors], dtype=np.int64),
    }

"""What the latest map knows, stored beside it and kept at hand in the process that answers pages."""

from __future__ import annotations

import base64
from functools import lru_cache
from hashlib import sha256

from allting.opinions import asking
from allting.opinions.figures import Drawing
from allting.opinions.models import MapKnowledge

# A thousand statements take a third of a megabyte.
_KEPT_AT_HAND = 16


def keep_knowledge(*, conversation_id: int, drawing: Drawing) -> None:
    """Replace what the last map knew.

    A drawing that only moved people brings nothing, so what is known stays; one that says that there is too little
    knows nothing any more.
    """
    if drawing.knowledge:
        data = base64.b64decode(drawing.knowledge)
        statements = list(drawing.statements)
        digest = sha256(data + str(statements).encode()).hexdigest()
        MapKnowledge.objects.update_or_create(
            conversation_id=conversation_id, defaults={"statements": statements, "data": data, "digest": digest}
        )
    elif drawing.outcome == "too_little":
        MapKnowledge.objects.filter(conversation=conversation_id).delete()


def known_of(*, conversation_id: int, digest: str | None) -> asking.Known | None:
    """Return what is known under this digest: no query but for the first time after a map. None where it is gone."""
    if digest is None:
        return None
    try:
        return _unpacked(conversation_id, digest)
    except MapKnowledge.DoesNotExist:
        return None


@lru_cache(maxsize=_KEPT_AT_HAND)
def _unpacked(conversation_id: int, digest: str) -> asking.Known:
    row = MapKnowledge.objects.get(conversation=conversation_id, digest=digest)
    return asking.unpack(bytes(row.data), statements=row.statements)

"""The pair that a page offers, sealed: nobody lets a statement of their choice win against all others in turn."""

from __future__ import annotations

from django.core import signing

from allting.opinions.errors import PairNotOffered

_SALT = "opinions.pair"


def seal(*, conversation_id: int, left: int, right: int) -> str:
    """Return what the page sends back with the choice."""
    return signing.dumps([conversation_id, left, right], salt=_SALT)


def open_sealed(sealed: str, *, conversation_id: int) -> tuple[int, int]:
    """Return the ids, the left one first. Raises PairNotOffered."""
    try:
        offered_in, left, right = signing.loads(sealed, salt=_SALT)
    except (signing.BadSignature, ValueError) as broken:
        raise PairNotOffered from broken
    if offered_in != conversation_id:
        raise PairNotOffered
    return left, right

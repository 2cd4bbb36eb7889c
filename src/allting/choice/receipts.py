"""Receipts as words: 128 random bits in eight words that can be said aloud.

Each word is consonant, vowel, consonant, vowel, consonant and holds 16 bits (the idea of proquints, Wilkerson 2009),
so that no list of words has to be translated and every letter can be told from the others on the telephone.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets

from django.conf import settings
from django.core import signing

_CONSONANTS = "bdfghjklmnprstvz"
_VOWELS = "aiou"
_BYTES_A_WORD = 2
WORD_COUNT = 8
# Who presses twice does it at once; afterwards nobody else at the same screen may call the receipt up again.
_SAME_PRESS_S = 900


def make_receipt() -> str:
    """Draw a receipt: eight words with spaces between, 128 bits."""
    return _words(secrets.token_bytes(WORD_COUNT * _BYTES_A_WORD))


def make_press() -> str:
    """Draw what a form carries so that pressing its button twice is one press: random, signed, and stored nowhere."""
    return signing.dumps(secrets.token_urlsafe(16), salt=__name__)


def receipt_of_press(press: str, *, round_id: int, actor_id: int) -> str:
    """Return the receipt of a ballot cast by a press: the same for the same press, and not to be had without it.

    Empty for what is not a press of ours, or is older than a quarter of an hour.
    """
    try:
        drawn: str = signing.loads(press, salt=__name__, max_age=_SAME_PRESS_S)
    except signing.BadSignature:
        return ""
    said = f"{__name__}\n{drawn}\n{round_id}\n{actor_id}"
    return _words(hmac.digest(settings.SECRET_KEY.encode(), said.encode(), "sha256")[: WORD_COUNT * _BYTES_A_WORD])


def hash_of(receipt: str) -> str:
    """Return what is stored of a receipt, as people type it: case, spaces and line breaks do not matter."""
    letters = re.sub(r"[^a-z]", "", receipt.lower())
    return hashlib.sha256(letters.encode()).hexdigest()


def _words(random: bytes) -> str:
    starts = range(0, len(random), _BYTES_A_WORD)
    return " ".join(_word(int.from_bytes(random[start : start + _BYTES_A_WORD])) for start in starts)


def _word(bits: int) -> str:
    letters = []
    for place in range(5):
        alphabet = _VOWELS if place % 2 else _CONSONANTS
        bits, at = divmod(bits, len(alphabet))
        letters.append(alphabet[at])
    return "".join(letters)

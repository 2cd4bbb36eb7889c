"""Receipts as words: 128 random bits in eight words that can be said aloud.

Each word is consonant, vowel, consonant, vowel, consonant and holds 16 bits (the idea of proquints, Wilkerson 2009),
so that no list of words has to be translated and every letter can be told from the others on the telephone.
"""

from __future__ import annotations

import hashlib
import re
import secrets

_CONSONANTS = "bdfghjklmnprstvz"
_VOWELS = "aiou"
_BITS_A_WORD = 16
WORD_COUNT = 8


def make_receipt() -> str:
    """Draw a receipt: eight words with spaces between, 128 bits."""
    return " ".join(_word(secrets.randbits(_BITS_A_WORD)) for _ in range(WORD_COUNT))


def hash_of(receipt: str) -> str:
    """Return what is stored of a receipt, as people type it: case, spaces and line breaks do not matter."""
    letters = re.sub(r"[^a-z]", "", receipt.lower())
    return hashlib.sha256(letters.encode()).hexdigest()


def _word(bits: int) -> str:
    letters = []
    for place in range(5):
        alphabet = _VOWELS if place % 2 else _CONSONANTS
        bits, at = divmod(bits, len(alphabet))
        letters.append(alphabet[at])
    return "".join(letters)

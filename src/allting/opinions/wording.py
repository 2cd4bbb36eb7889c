"""Words as people count and compare them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

_BETWEEN_WORDS = re.compile(r"[\W_]+")
_ZERO_WIDTH_JOINER = "\u200d"
_FLAG_LETTERS = range(0x1F1E6, 0x1F200)
_SKIN_TONES = range(0x1F3FB, 0x1F400)

# Two sentences with a third of their letter triples in common read as being about the same thing.
LIKE_ENOUGH = 0.33


def tidy(text: str) -> str:
    """Put a statement on one line, in composed letters, without control characters."""
    composed = unicodedata.normalize("NFC", text)
    printable = "".join(
        letter if letter == _ZERO_WIDTH_JOINER or unicodedata.category(letter) not in {"Cc", "Cs", "Co"} else " "
        for letter in composed
    )
    return " ".join(printable.split())


def count_characters(text: str) -> int:
    """Count characters as people see them: an accent, a skin tone or a joined family is not one more.

    Close to the grapheme clusters of Unicode, without its tables.
    """
    count = 0
    is_joined = False
    flag_letters = 0
    for letter in unicodedata.normalize("NFC", text):
        if letter == _ZERO_WIDTH_JOINER:
            is_joined = count > 0
            continue
        if unicodedata.category(letter) in {"Mn", "Me", "Mc"} or ord(letter) in _SKIN_TONES:
            continue
        flag_letters = flag_letters + 1 if ord(letter) in _FLAG_LETTERS else 0
        if not is_joined and flag_letters != 2:
            count += 1
        is_joined = False
        flag_letters %= 2
    return count


def bare(text: str) -> str:
    """Reduce a sentence to its words in small letters: two with the same are the same statement."""
    return _BETWEEN_WORDS.sub(" ", unicodedata.normalize("NFKC", text).casefold()).strip()


@lru_cache(maxsize=8192)
def _triples(bare_text: str) -> frozenset[str]:
    padded = f" {bare_text} "
    return frozenset(padded[start : start + 3] for start in range(len(padded) - 2))


def triples_of(text: str) -> frozenset[str]:
    """Return the letter triples of a sentence, by which it is compared with others."""
    return _triples(bare(text))


def likeness(one: str, other: str) -> float:
    """Return how much two sentences share, 0 to 1: twice their common letter triples by all of theirs."""
    ours, theirs = triples_of(one), triples_of(other)
    if not ours or not theirs:
        return 0.0
    return 2 * len(ours & theirs) / (len(ours) + len(theirs))


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a pasted list, with its number there and what stands against it (empty: nothing)."""

    number: int
    text: str
    is_too_long: bool = False
    twin_of_line: int | None = None
    stands_already: bool = False

    @property
    def is_new(self) -> bool:
        return not (self.is_too_long or self.twin_of_line or self.stands_already)


def read_lines(pasted: str, *, standing: Iterable[str], longest: int) -> list[Line]:
    """Read a pasted list, one statement a line; empty lines count, so that the numbers fit the sender's text."""
    stands = {bare(text) for text in standing}
    first_lines: dict[str, int] = {}
    lines = []
    for number, raw in enumerate(pasted.splitlines(), start=1):
        text = tidy(raw)
        if not text:
            continue
        key = bare(text) or text
        lines.append(
            Line(
                number=number,
                text=text,
                is_too_long=count_characters(text) > longest,
                twin_of_line=first_lines.get(key),
                stands_already=key in stands,
            )
        )
        first_lines.setdefault(key, number)
    return lines

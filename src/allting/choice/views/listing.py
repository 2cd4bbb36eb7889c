"""A long ballot in pages that lose no choice: what is ticked elsewhere travels in the form, without scripts too."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.http import QueryDict

from allting.choice.models import Option
from allting.web.paging import ROWS_A_PAGE

# Up to so many stand on one page: two scrolls more cost less than a button that one has to find.
_ALL_AT_ONCE = 60
TURNS = ("page", "turn")


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of a ballot.

    elsewhere     ids that are ticked and not on this page      find    the words that rows were searched by
    """

    rows: Sequence[Option]
    elsewhere: Sequence[int]
    find: str
    number: int
    page_count: int
    found_count: int
    all_count: int

    @property
    def is_long(self) -> bool:
        return self.all_count > _ALL_AT_ONCE

    @property
    def previous(self) -> int | None:
        return self.number - 1 if self.number > 1 else None

    @property
    def next(self) -> int | None:
        return self.number + 1 if self.number < self.page_count else None

    @property
    def first(self) -> int:
        return (self.number - 1) * ROWS_A_PAGE + 1

    @property
    def last(self) -> int:
        return self.first + len(self.rows) - 1


def is_turning(asked: QueryDict) -> bool:
    """Whether somebody asks for another page and not to go on."""
    return any(name in asked for name in TURNS)


def list_options(options: Sequence[Option], *, asked: QueryDict, picked: Collection[int]) -> Listing:
    """Cut out the page asked for: `page` or, after a new search (`turn`), the first; `find` in title or text."""
    find = asked.get("find", "").strip()[:100]
    found = [one for one in options if _is_in(find, one)] if find else list(options)
    is_long = len(options) > _ALL_AT_ONCE
    page_count = max(1, -(-len(found) // ROWS_A_PAGE)) if is_long else 1
    page = asked.get("page", "1")
    number = min(max(1, int(page)), page_count) if page.isdecimal() and len(page) < 6 else 1
    rows = found[(number - 1) * ROWS_A_PAGE : number * ROWS_A_PAGE] if is_long else found
    here = {one.pk for one in rows}
    return Listing(
        rows=rows,
        elsewhere=[one.pk for one in options if one.pk in picked and one.pk not in here],
        find=find,
        number=number,
        page_count=page_count,
        found_count=len(found),
        all_count=len(options),
    )


def _is_in(find: str, option: Option) -> bool:
    return find.casefold() in f"{option.title} {option.text}".casefold()

"""Lists in pages of thirty."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest

ROWS_A_PAGE = 30


@dataclass(frozen=True, slots=True)
class Page[Row]:
    """The rows of one page, and the addresses of its neighbours (empty when there is none)."""

    rows: list[Row]
    number: int
    page_count: int
    row_count: int
    previous_url: str
    next_url: str


def page_of[Row](
    request: HttpRequest,
    rows: QuerySet[Any, Row] | list[Row],
    *,
    size: int = ROWS_A_PAGE,
    name: str = "page",
    at: str = "",
) -> Page[Row]:
    """Cut out the page that the address asks for; a number too high or not a number gives the nearest page.

    The other parameters of the address stay in the links. `rows` must be ordered by something unique.
    `at` is the id that the links lead to, where the list does not stand at the top of its page.
    """
    paginator = Paginator(rows, size)
    page = paginator.get_page(request.GET.get(name))

    def url(number: int) -> str:
        parameters = request.GET.copy()
        parameters[name] = str(number)
        return f"{request.path}?{parameters.urlencode()}{f'#{at}' if at else ''}"

    return Page(
        rows=list(page.object_list),
        number=page.number,
        page_count=paginator.num_pages,
        row_count=paginator.count,
        previous_url=url(page.number - 1) if page.has_previous() else "",
        next_url=url(page.number + 1) if page.has_next() else "",
    )

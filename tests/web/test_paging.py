from __future__ import annotations

import pytest
from django.test import RequestFactory

from allting.web import paging


def page(address: str, count: int = 65) -> paging.Page[int]:
    return paging.page_of(RequestFactory().get(address), list(range(count)))


def test_a_page_holds_thirty_rows_and_knows_its_neighbours() -> None:
    second = page("/list?page=2")

    assert second.rows == list(range(30, 60))
    assert (second.number, second.page_count, second.row_count) == (2, 3, 65)
    assert (second.previous_url, second.next_url) == ("/list?page=1", "/list?page=3")


@pytest.mark.parametrize(("asked", "given"), [("", 1), ("?page=0", 3), ("?page=99", 3), ("?page=soon", 1)])
def test_an_address_nobody_wrote_gives_the_nearest_page(asked: str, given: int) -> None:
    assert page(f"/list{asked}").number == given


def test_the_other_wishes_of_the_address_stay() -> None:
    assert page("/list?kind=new&page=1").next_url == "/list?kind=new&page=2"


def test_links_lead_to_the_list_where_it_does_not_stand_on_top() -> None:
    request = RequestFactory().get("/list")

    assert paging.page_of(request, list(range(65)), name="lost", at="lost").next_url == "/list?lost=2#lost"


def test_an_empty_list_is_one_empty_page() -> None:
    empty = page("/list", count=0)

    assert (empty.rows, empty.page_count, empty.next_url) == ([], 1, "")

"""What the pages of a process say of its answers, and where one goes on to from there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from allting.answers import actions
from allting.processes.models import Activity, Process
from tests.make import answers as make
from tests.make import people
from tests.make import processes as making
from tests.make import story as stories

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nobody_is_signed_out_by_our_clock(settings: Any) -> None:
    settings.SESSION_COOKIE_AGE = 10**8


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    """Set the clock."""

    def set_to(moment: datetime) -> None:
        monkeypatch.setattr(timezone, "now", lambda: moment)

    return set_to


def page_of(process: Process, client: Client | None = None, *, name: str = "process") -> str:
    response = (client or Client()).get(reverse(f"processes:{name}", args=[process.pk]))
    return " ".join(response.content.decode().split())


def sign_and_publish_first(process: Process) -> None:
    make.make_signed(make.groups_in(process)[0])
    actions.publish(process=process, by=making.make_sponsor().actor, now=make.IN_TIME)


def test_the_last_step_is_done_when_everything_has_its_answer() -> None:
    process = make.make_owed("Open the library.", "Mend the road.")
    make.make_published(process)

    page = page_of(process)

    assert "Everything that was said has its answer." in page
    assert f'<a href="{reverse("answers:answers", args=[process.pk])}">Read the answers</a>' in page
    assert "step step-here" not in page


def test_while_one_answer_is_missing_the_last_step_says_how_many_are_there() -> None:
    process = make.make_owed("Open the library.", "Mend the road.")
    sign_and_publish_first(process)

    page = page_of(process)

    assert "1 of 2 things that were said have their answer." in page
    assert "step step-here" in page


def test_a_process_that_is_carried_through_leads_to_everything_that_came_of_it(at: Callable[[datetime], None]) -> None:
    process = stories.make_whole().process
    at(make.IN_TIME)
    conversation, round_ = (one.item_id for one in Activity.objects.filter(phase__process=process).order_by("pk"))

    page = page_of(process)

    lead_to = {
        "opinions:results": conversation,
        "choice:outcome": round_,
        "strategy:priorities": process.pk,
        "strategy:promises": process.pk,
        "answers:story": process.pk,
        "answers:answers": process.pk,
    }
    inside = page.partition("<main")[2]
    assert [name for name, pk in lead_to.items() if f'href="{reverse(name, args=[pk])}"' not in inside] == []
    assert "What was chosen" in inside
    assert "What people said" in inside


def test_a_step_that_was_closed_early_is_done(at: Callable[[datetime], None]) -> None:
    process = stories.make_whole().process
    at(make.NOW)

    choosing = page_of(process).partition("Choosing")[2].partition("</h3>")[0]

    assert "(done)" in choosing


def test_nothing_has_come_of_what_is_open() -> None:
    assert "What came of it" not in page_of(making.make_process(now=timezone.now()))


def test_the_workbench_says_first_which_answer_is_late(at: Callable[[datetime], None]) -> None:
    process = make.make_owed("Open the library.", "Mend the road.")
    sign_and_publish_first(process)
    late = make.groups_in(process)[1]
    at(make.LATE)

    page = page_of(process, people.sign_in(Client(), making.make_facilitator()), name="workbench")

    assert "Closed on 12 March. One answer is late." in page
    first_step = page.partition('class="next-step"')[2].partition("</li>")[0]
    assert "One answer is late" in first_step
    assert reverse("answers:write", args=[late.pk]) in first_step
    assert reverse("answers:prepare", args=[process.pk]) in page


def test_several_late_answers_are_one_step_to_the_whole_list(at: Callable[[datetime], None]) -> None:
    process = make.make_owed("Open the library.", "Mend the road.")
    at(make.LATE)

    page = page_of(process, people.sign_in(Client(), making.make_facilitator()), name="workbench")

    assert page.count("2 answers are late</h3>") == 1
    assert "days late" in page


def test_before_their_day_nothing_is_late(at: Callable[[datetime], None]) -> None:
    process = make.make_owed("Open the library.", "Mend the road.")
    at(make.IN_TIME)

    page = page_of(process, people.sign_in(Client(), making.make_facilitator()), name="workbench")

    assert "Closed on 12 March. Everyone has an answer by 11 April." in page
    assert "late</h3>" not in page


@pytest.mark.parametrize("rows", [2, 8])
def test_the_page_of_a_closed_process_costs_the_same_however_much_was_said(
    rows: int, django_assert_max_num_queries: Any
) -> None:
    process = make.make_owed(*(f"Mend road {number}." for number in range(rows)))
    sign_and_publish_first(process)

    with django_assert_max_num_queries(24):
        page_of(process)

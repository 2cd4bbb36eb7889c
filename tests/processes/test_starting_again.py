"""A process that starts from an earlier one: its choices are taken over, what people said is not."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from allting.processes import actions, forms, queries, rules
from allting.processes.actions import Choices, Right
from allting.processes.models import DecisionRight, Phase, Process
from allting.record import queries as record
from allting.record.models import Item, Link
from allting.record.viewers import Viewer
from tests.make.processes import (
    CHOICES,
    NOW,
    QUESTION,
    make_deputy,
    make_facilitator,
    make_member,
    make_process,
    viewer_of,
)

pytestmark = pytest.mark.django_db

TODAY = rules.local_day(NOW)


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture
def facilitator(client: Client, now: datetime) -> Client:
    client.force_login(make_facilitator(now=now), backend="allting.people.sign_in.MailedCodeBackend")
    return client


def make_round(*, now: datetime = NOW, weeks_after: tuple[int | None, ...] = (2, 3), **choices: object) -> Process:
    """Make an announced open round whose later steps are longer than the template's."""
    by = make_facilitator(now=now).actor
    make_deputy(now=now)
    starts_on = rules.local_day(now) - timedelta(days=7)
    said: Choices = replace(CHOICES, starts_on=starts_on, weeks_after=weeks_after, **choices)  # type: ignore[arg-type]
    made = actions.start_process(template="open_round", choices=said, by=by, now=now - timedelta(days=20))
    listening = Phase.objects.get(process=made.pk, number=1)
    rights = {listening.pk: Right(who="Dana Whitlock, mayor", what="What is put on the ballot.")}
    return actions.announce(process=made, rights=rights, by=by, now=now - timedelta(days=10))


def start_from(earlier: Process, **changed: object) -> Process:
    choices = replace(forms.choices_again(earlier, TODAY), **changed)  # type: ignore[arg-type]
    by = make_facilitator().actor
    made = actions.start_process(template=earlier.template, choices=choices, by=by, now=NOW, earlier=earlier)
    return queries.processes_by_id([made.pk])[made.pk]


# --- what is taken over -------------------------------------------------------------------------


def test_the_choices_are_taken_over_and_the_dates_move_to_the_same_week_of_the_year() -> None:
    earlier = make_process(
        state="closed", open_to="members", audience="everyone here", answer_days=14, languages=("sv", "en")
    )

    again = start_from(earlier)

    before, after = forms.choices_of(earlier), forms.choices_of(again)
    assert before.starts_on
    assert after == replace(before, starts_on=before.starts_on + timedelta(weeks=52))
    assert again.state == "draft"


def test_the_length_of_every_step_is_taken_over() -> None:
    again = start_from(make_round())

    assert forms.choices_of(again).weeks_after == (2, 3, None)
    assert not again.phases.all()[3].ends_at


@pytest.mark.parametrize(
    ("first_day", "today", "moved"),
    [
        (date(2026, 3, 2), date(2026, 11, 22), date(2027, 3, 1)),
        (date(2026, 11, 23), date(2027, 11, 22), date(2027, 11, 22)),
        (date(2026, 11, 22), date(2027, 11, 22), date(2028, 11, 19)),
        (date(2019, 3, 4), date(2026, 11, 22), date(2027, 2, 22)),
    ],
)
def test_the_day_of_the_week_stays_and_the_day_has_not_passed(first_day: date, today: date, moved: date) -> None:
    found = rules.same_week_next_year(first_day, today)

    assert found == moved
    assert found.weekday() == first_day.weekday()


def test_who_decides_what_is_taken_over_step_by_step() -> None:
    earlier = make_round()

    again = start_from(earlier)

    whats = [right.what for phase in again.phases.all() if (right := rules.right_of(phase))]
    assert whats[0] == "What is put on the ballot."
    assert whats[1:] == [CHOICES.up_for_decision] * 3


def test_a_new_decider_takes_the_former_ones_place_in_every_step() -> None:
    again = start_from(make_round(), decider_name="Lena Berg", decider_title="mayor")

    assert {right.who for right in DecisionRight.objects.filter(phase__process=again.pk)} == {"Lena Berg, mayor"}


def test_changing_the_choices_later_keeps_what_was_said_for_a_step() -> None:
    again = start_from(make_round())

    actions.change_process(
        process=again,
        choices=replace(forms.choices_of(again), up_for_decision="Something else."),
        by=again.item.author,
        now=NOW,
    )

    whats = list(
        DecisionRight.objects.filter(phase__process=again.pk).order_by("phase__number").values_list("what", flat=True)
    )
    assert whats == ["What is put on the ballot.", *["Something else."] * 3]


def test_what_people_said_is_not_copied() -> None:
    earlier = make_process(state="closed")
    Item.objects.create(
        kind="statement", title="A bench.", author=earlier.item.author, within=earlier.item, created_at=NOW
    )

    again = start_from(earlier)

    inside = Item.objects.filter(within=again.pk)
    assert [item.kind for item in inside] == ["conversation"]
    assert not Item.objects.filter(within__in=inside).exists()


def test_the_new_one_rests_on_the_old_one_and_the_record_says_so() -> None:
    earlier = make_process(state="closed")

    again = start_from(earlier)

    link = Link.objects.get(younger=again.pk)
    assert (link.older_id, link.relation) == (earlier.pk, "rests_on")
    tree = record.why(again.item, viewer=viewer_of(make_facilitator()))
    assert [branch.card.item_id for branch in tree.branches] == [earlier.pk]
    assert queries.earlier_of(again, Viewer()) == earlier


def test_who_may_not_read_the_earlier_one_is_not_led_there() -> None:
    earlier = make_process(state="closed", open_to="members")
    again = start_from(earlier)

    assert queries.earlier_of(again, Viewer()) is None
    assert queries.earlier_of(again, viewer_of(make_member())) == earlier


# --- pages --------------------------------------------------------------------------------------


def test_the_form_comes_filled_in_and_keeps_every_step(facilitator: Client, now: datetime) -> None:
    earlier = make_round(now=now)

    page = facilitator.get(f"/processes/start?from={earlier.pk}")
    initial = page.context["form"].initial

    text = page.content.decode()
    assert f"From “{QUESTION}”" in text
    assert "Your choices from last time." in text
    assert (initial["weeks_2"], initial["weeks_3"]) == (2, 3)
    saved = facilitator.post(
        f"/processes/start?from={earlier.pk}",
        {**initial, "starts_on": initial["starts_on"].isoformat(), "question": "And this year?", "save": "1"},
    )
    made = Process.objects.get(item__title="And this year?")
    assert saved.status_code == 302
    assert (made.template, made.answer_days) == ("open_round", earlier.answer_days)
    assert forms.choices_of(queries.processes_by_id([made.pk])[made.pk]).weeks_after == (2, 3, None)
    assert queries.earlier_of(made, viewer_of(make_facilitator(now=now))) == earlier
    assert "This goes on from" in facilitator.get(f"/processes/{made.pk}").content.decode()


def test_the_length_of_a_later_step_can_be_changed_in_a_draft(facilitator: Client, now: datetime) -> None:
    by = make_facilitator(now=now).actor
    starts_on = rules.local_day(now) + timedelta(days=9)
    draft = actions.start_process(template="open_round", choices=replace(CHOICES, starts_on=starts_on), by=by, now=now)
    initial = facilitator.get(f"/processes/{draft.pk}/edit").context["form"].initial

    facilitator.post(
        f"/processes/{draft.pk}/edit", {**initial, "starts_on": starts_on.isoformat(), "weeks_3": "4", "save": "1"}
    )

    assert forms.choices_of(queries.processes_by_id([draft.pk])[draft.pk]).weeks_after == (1, 4, None)


def test_the_start_offers_the_earlier_ones(facilitator: Client, now: datetime) -> None:
    earlier = make_process(state="closed", now=now)
    draft = make_process(state="draft", now=now)

    page = facilitator.get("/processes/start").content.decode()

    assert f"/processes/start?from={earlier.pk}" in page
    assert f"/processes/start?from={draft.pk}" not in page


def test_the_list_and_the_closed_workbench_lead_to_it(facilitator: Client, now: datetime) -> None:
    earlier = make_process(state="closed", now=now)

    for address in ("/processes", f"/processes/{earlier.pk}/workbench"):
        assert f"/processes/start?from={earlier.pk}" in facilitator.get(address).content.decode()


@pytest.mark.parametrize("asked", ["nothing", "987654321", "²"])
def test_an_earlier_one_that_is_not_there_is_not_found(facilitator: Client, asked: str) -> None:
    assert facilitator.get("/processes/start", {"from": asked}).status_code == 404

"""A process of several phases: what opens by itself, and what moves when one gets more time."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from allting.processes import actions, kinds, queries, rules
from allting.processes.actions import running
from allting.processes.activity_kinds import Count
from allting.processes.errors import HasClosed, NotLater
from allting.processes.models import Activity, DecisionRight, Extension, Phase, Process
from allting.record.models import Event
from allting.web.numbers import day
from tests.make.processes import CHOICES, NOW, make_deputy, make_facilitator
from tests.processes.conftest import Talks

pytestmark = pytest.mark.django_db

# Listening 5 February to 12 March, shaping to 20 March, choosing from 21 March to 4 April 2027.
CHOOSING_AT = datetime(2027, 3, 22, 9, 0, tzinfo=UTC)


def make_round(*, now: datetime = NOW, starts_on: date = date(2027, 2, 5)) -> Process:
    by = make_facilitator(now=now).actor
    make_deputy(now=now)
    choices = replace(CHOICES, starts_on=starts_on)
    process = actions.start_process(template="open_round", choices=choices, by=by, now=now - timedelta(days=60))
    actions.announce(process=process, by=by, now=now - timedelta(days=50))
    actions.begin_due(now=now)
    return fresh(process)


def fresh(process: Process) -> Process:
    return queries.processes_by_id([process.pk])[process.pk]


def days_of(process: Process) -> list[tuple[date | None, date | None]]:
    return [(_day(phase.starts_at), _day(phase.ends_at)) for phase in fresh(process).phases.all()]


def _day(moment: datetime | None) -> date | None:
    return rules.local_day(moment) if moment else None


def talk_and_ballot(process: Process) -> tuple[Activity, Activity]:
    talk, ballot = rules.activities_of(fresh(process))
    return talk, ballot


def extend(process: Process, activity: Activity | None, until: date, *, now: datetime = NOW) -> Process:
    by = make_facilitator().actor
    return actions.extend(process=process, activity=activity, until=until, note="The bus.", by=by, now=now)


# --- more time ----------------------------------------------------------------------------------


def test_everything_later_moves_by_as_many_days() -> None:
    process = make_round()

    extend(process, talk_and_ballot(process)[0], date(2027, 3, 19))

    assert days_of(process) == [
        (date(2027, 2, 5), date(2027, 3, 19)),
        (date(2027, 3, 20), date(2027, 3, 27)),
        (date(2027, 3, 28), date(2027, 4, 11)),
        (date(2027, 4, 12), None),
    ]
    talk, ballot = talk_and_ballot(process)
    assert (_day(talk.opens_at), _day(talk.closes_at)) == (date(2027, 2, 5), date(2027, 3, 19))
    assert (_day(ballot.opens_at), _day(ballot.closes_at)) == (date(2027, 3, 28), date(2027, 4, 11))
    assert Event.objects.get(name="processes.extended").data == {"days": 7, "activity": talk.pk}


def test_hours_stay_where_the_clocks_change_in_between() -> None:
    process = make_round()

    extend(process, None, date(2027, 3, 19))

    _talk, ballot = talk_and_ballot(process)
    assert ballot.opens_at
    assert ballot.closes_at
    assert timezone.localtime(ballot.opens_at).strftime("%H:%M") == "00:00"
    assert timezone.localtime(ballot.closes_at).strftime("%H:%M") == "23:59"


def test_the_last_can_be_extended_alone() -> None:
    process = make_round()
    before = days_of(process)

    extend(process, talk_and_ballot(process)[1], date(2027, 4, 6))

    assert days_of(process)[:2] == before[:2]
    assert days_of(process)[2] == (date(2027, 3, 21), date(2027, 4, 6))


def test_what_has_begun_already_ends_later_and_does_not_begin_again() -> None:
    process = make_round()
    ballot = talk_and_ballot(process)[1]
    Activity.objects.filter(pk=ballot.pk).update(opens_at=NOW - timedelta(days=1))
    Phase.objects.filter(pk=ballot.phase_id).update(starts_at=NOW - timedelta(days=1))

    extend(process, talk_and_ballot(process)[0], date(2027, 3, 19))

    moved = talk_and_ballot(process)[1]
    assert moved.opens_at == NOW - timedelta(days=1)
    assert _day(moved.closes_at) == date(2027, 4, 11)


def test_what_has_closed_is_not_extended() -> None:
    process = make_round()
    talk, _ballot = talk_and_ballot(process)
    actions.close_due(now=CHOOSING_AT)

    with pytest.raises(HasClosed):
        extend(process, talk, date(2027, 5, 1), now=CHOOSING_AT)

    # Without saying which, it is the one that is open.
    extend(process, None, date(2027, 4, 10), now=CHOOSING_AT)
    assert _day(talk_and_ballot(process)[0].closes_at) == date(2027, 3, 12)
    assert _day(talk_and_ballot(process)[1].closes_at) == date(2027, 4, 10)


def test_an_activity_is_compared_with_its_own_day() -> None:
    process = make_round()

    with pytest.raises(NotLater):
        extend(process, talk_and_ballot(process)[1], date(2027, 3, 30))

    assert not Extension.objects.exists()


def test_an_activity_of_another_process_is_not_extended() -> None:
    process, other = make_round(), make_round()

    with pytest.raises(HasClosed):
        extend(process, talk_and_ballot(other)[0], date(2027, 3, 30))


# --- opening by itself --------------------------------------------------------------------------


def test_an_activity_opens_on_its_day_exactly_once(talks: Talks) -> None:
    process = make_round()
    talk, ballot = talk_and_ballot(process)

    counts = [actions.open_due(now=now) for now in (NOW, NOW, CHOOSING_AT, CHOOSING_AT)]

    assert counts == [1, 0, 1, 0]
    assert talks.opened == [talk.item_id, ballot.item_id]
    opened = Event.objects.filter(name="processes.activity_opened").order_by("pk")
    assert [event.data["activity"] for event in opened] == [talk.pk, ballot.pk]
    assert talk_and_ballot(process)[1].opened_at == CHOOSING_AT


def test_two_workers_that_found_the_same_activity_open_it_once(talks: Talks) -> None:
    talk, _ballot = talk_and_ballot(make_round())

    answers = [running._open(talk.pk, now=NOW) for _worker in range(2)]

    assert answers == [True, False]
    assert talks.opened == [talk.item_id]


def test_what_was_over_before_anybody_looked_does_not_open(talks: Talks) -> None:
    make_round()

    assert actions.open_due(now=NOW + timedelta(days=400)) == 0
    assert talks.opened == []


def test_what_is_not_announced_does_not_open(talks: Talks) -> None:
    by = make_facilitator().actor
    actions.start_process(
        template="open_round", choices=replace(CHOICES, starts_on=date(2027, 2, 5)), by=by, now=NOW - timedelta(days=9)
    )

    assert actions.open_due(now=NOW) == 0


# --- pages --------------------------------------------------------------------------------------


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture
def process(now: datetime) -> Process:
    return make_round(now=now, starts_on=rules.local_day(now) - timedelta(days=7))


@pytest.fixture
def facilitator(client: Client, now: datetime) -> Client:
    client.force_login(make_facilitator(now=now), backend="allting.people.sign_in.MailedCodeBackend")
    return client


def test_the_form_asks_which_one_gets_more_time(facilitator: Client, process: Process, now: datetime) -> None:
    talk, ballot = talk_and_ballot(process)
    assert ballot.closes_at
    until = rules.local_day(ballot.closes_at) + timedelta(days=3)

    page = facilitator.get(f"/processes/{process.pk}/extend").content.decode()
    saved = facilitator.post(
        f"/processes/{process.pk}/extend", {"which": ballot.pk, "until": until.isoformat(), "note": "The fair."}
    )

    assert "What gets more time" in page
    assert "What comes after it moves along by as many days." in page
    assert saved.status_code == 302
    assert _day(talk_and_ballot(process)[1].closes_at) == until
    assert talk_and_ballot(process)[0].closes_at == talk.closes_at


def test_the_form_compares_with_the_day_of_the_one_that_was_chosen(facilitator: Client, process: Process) -> None:
    talk, ballot = talk_and_ballot(process)
    assert talk.closes_at
    between = (rules.local_day(talk.closes_at) + timedelta(days=3)).isoformat()

    answers = [
        facilitator.post(
            f"/processes/{process.pk}/extend", {"which": which, "until": between, "note": "The fair."}
        ).status_code
        for which in (ballot.pk, talk.pk, 987_654)
    ]

    assert answers == [422, 302, 422]


def test_the_page_tells_for_each_what_was_promised_first(client: Client, process: Process, now: datetime) -> None:
    talk, ballot = talk_and_ballot(process)
    assert talk.closes_at
    assert ballot.closes_at
    for days in (2, 5):
        extend(process, talk, rules.local_day(talk.closes_at) + timedelta(days=days), now=now)
    extend(process, ballot, rules.local_day(ballot.closes_at) + timedelta(days=30), now=now)

    told = client.get(f"/processes/{process.pk}").context["extensions"]

    assert [(one["title"], one["promised"]) for one in told] == [
        ("Ballot", rules.later(ballot.closes_at, 5)),
        ("Talk", talk.closes_at),
    ]


def test_the_page_says_until_when_what_is_open_now_is_open(client: Client, process: Process) -> None:
    talk, _ballot = talk_and_ballot(process)

    page = client.get(f"/processes/{process.pk}")

    assert page.context["activity"].pk == talk.pk
    assert "Also open" not in page.content.decode()


def test_the_page_leads_to_everything_that_is_open(client: Client, process: Process, now: datetime) -> None:
    _talk, ballot = talk_and_ballot(process)
    Activity.objects.filter(pk=ballot.pk).update(opens_at=now - timedelta(days=1))

    page = client.get(f"/processes/{process.pk}").content.decode()

    assert "Also open" in page
    assert f"/talks/{ballot.item_id}" in page


def test_each_step_counts_its_own_days(facilitator: Client, process: Process) -> None:
    talk, _ballot = talk_and_ballot(process)
    assert talk.closes_at

    page = facilitator.get(f"/processes/{process.pk}/workbench").content.decode()

    assert "day 8 of 36" in page
    assert "28 days left." in page
    assert kinds.card_of(process).evidence == f"Open until {day(talk.closes_at)}"


def test_the_page_says_once_who_decides_the_same_in_every_step(client: Client, process: Process) -> None:
    same = client.get(f"/processes/{process.pk}").context["rights"]
    DecisionRight.objects.filter(phase__process=process.pk, phase__number=1).update(what="What is put on the ballot.")
    differing = client.get(f"/processes/{process.pk}").context["rights"]

    assert [(one["what"], one["steps"]) for one in same] == [(CHOICES.up_for_decision, [])]
    assert [len(one["steps"]) for one in differing] == [1, 3]


# --- when nobody or hardly anybody comes --------------------------------------------------------


def test_an_open_process_with_nobody_in_it_says_so_and_asks_to_invite(facilitator: Client, process: Process) -> None:
    page = facilitator.get(f"/processes/{process.pk}").content.decode()
    workbench = facilitator.get(f"/processes/{process.pk}/workbench").content.decode()

    assert "Too few have answered to show anything yet" in page
    assert "Too few have answered to show anything. Pass the link on" in workbench


def test_one_voice_is_not_shown_as_a_figure(client: Client, process: Process, talks: Talks) -> None:
    talks.counts = [Count(1, "statement written"), Count(None, "people have voted")]

    page = client.get(f"/processes/{process.pk}").content.decode()

    assert "statement written" not in page
    assert "Too few have answered to show anything yet" in page


@pytest.mark.parametrize(("figure", "title"), [(None, "Ask again, and find those"), (12, "Read what people said")])
def test_what_closed_with_too_few_asks_to_ask_again(
    facilitator: Client, process: Process, talks: Talks, now: datetime, figure: int | None, title: str
) -> None:
    talks.counts = [Count(figure, "people have voted")]
    actions.close_due(now=now + timedelta(days=400))

    page = facilitator.get(f"/processes/{process.pk}/workbench").content.decode()

    assert title in page

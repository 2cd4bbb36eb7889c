"""A rehearsal works for those who were let in, counts nowhere, and leaves nothing but the record."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from allting.people import queries as people
from allting.people.models import EntryLink, LeftAddress, Person
from allting.processes import actions, kinds, queries, rules
from allting.processes.errors import AlreadyAnnounced, AlreadyRehearsing, NoRehearsal, NotOpenYet, NotReady
from allting.processes.models import Activity, Process
from allting.record.models import Event
from allting.record.viewers import Viewer
from tests.make.processes import (
    NOW,
    QUESTION,
    activity_in,
    make_deputy,
    make_facilitator,
    make_member,
    make_process,
    make_rehearsal,
    make_sponsor,
    viewer_of,
)
from tests.processes.conftest import Talks

pytestmark = pytest.mark.django_db

FAR_AHEAD = NOW + timedelta(days=400)


@pytest.fixture
def now() -> datetime:
    return timezone.now()


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person, backend="allting.people.sign_in.MailedCodeBackend")
    return client


def link_of(process: Process) -> EntryLink:
    link = people.entry_link_of(process.item)
    assert link is not None
    return link


def guest_of(process: Process) -> Client:
    """Return the browser of somebody who opened the link of the rehearsal."""
    client = Client()
    client.get(reverse("people:enter", args=[link_of(process).token]), follow=True)
    return client


# --- who takes part -----------------------------------------------------------------------------


@pytest.mark.parametrize("make", [make_facilitator, make_deputy, make_sponsor])
def test_the_team_takes_part_whatever_the_dates_say(make: object) -> None:
    activity = activity_in(make_rehearsal())

    viewer = viewer_of(make())  # type: ignore[operator]

    assert rules.is_open(activity, NOW)
    assert queries.may_take_part(viewer, activity, NOW)


@pytest.mark.parametrize("open_to", ["link", "members", "invited"])
def test_strangers_and_members_do_not_whoever_it_will_be_open_to(open_to: str) -> None:
    activity = activity_in(make_rehearsal(open_to=open_to))

    for viewer in (Viewer(), viewer_of(make_member())):
        assert "This is a rehearsal." in str(getattr(queries.may_take_part(viewer, activity, NOW), "reason", ""))
        assert not rules.may_look(viewer, activity.phase.process)


def test_those_who_were_invited_to_it_by_name_take_part() -> None:
    process = make_rehearsal()

    assert queries.may_take_part(viewer_of(make_member(within=process.item)), activity_in(process), NOW)


def test_whoever_opened_the_link_takes_part_until_it_is_wiped(now: datetime) -> None:
    process = make_rehearsal(now=now)
    guest = guest_of(process)
    assert guest.get(f"/processes/{process.pk}").status_code == 200

    actions.wipe_rehearsal(process=process, by=process.item.author, now=now)

    assert guest.get(f"/processes/{process.pk}").status_code == 404


def test_a_hidden_rehearsal_is_not_there_for_guests() -> None:
    process = make_rehearsal()
    process.item.hidden_at = NOW

    assert not rules.is_visible(Viewer(), process)


# --- beginning and wiping -----------------------------------------------------------------------


def test_beginning_opens_a_link_of_its_own_and_says_so_in_the_record() -> None:
    process = make_process(state="draft")
    by = process.item.author
    actions_before = _entry_link(process, by=by)

    begun = actions.begin_rehearsal(process=process, by=by, now=NOW)

    assert begun.is_rehearsing
    assert begun.state == Process.State.DRAFT
    assert link_of(process).pk != actions_before.pk
    assert Event.objects.filter(item=process.pk, name="processes.rehearsal_began").count() == 1


def _entry_link(process: Process, *, by: object) -> EntryLink:
    return EntryLink.objects.create(token="printed-before", item=process.item, made_by=by, made_at=NOW)


def test_beginning_twice_or_after_announcing_is_refused() -> None:
    process = make_rehearsal()
    running = make_process(state="running")

    with pytest.raises(AlreadyRehearsing):
        actions.begin_rehearsal(process=process, by=process.item.author, now=NOW)
    with pytest.raises(AlreadyAnnounced):
        actions.begin_rehearsal(process=running, by=process.item.author, now=NOW)


def test_wiping_asks_every_room_ends_the_link_and_leaves_a_draft(talks: Talks) -> None:
    process = make_rehearsal()
    LeftAddress.objects.create(
        actor=process.item.author, item=process.item, address="me@example.org", removal_key="a", confirmed_at=NOW
    )

    wiped = actions.wipe_rehearsal(process=process, by=process.item.author, now=NOW)

    assert talks.wiped == [activity_in(process).item_id]
    assert (wiped.state, wiped.is_rehearsing) == ("draft", False)
    assert people.entry_link_of(process.item) is None
    assert not LeftAddress.objects.exists()
    assert Event.objects.filter(item=process.pk, name="processes.rehearsal_wiped").count() == 1


def test_wiping_closes_nothing(talks: Talks) -> None:
    process = make_rehearsal()

    actions.wipe_rehearsal(process=process, by=process.item.author, now=NOW)

    assert talks.closed == []
    assert not Event.objects.filter(name="processes.activity_closed").exists()


def test_wiping_twice_is_refused() -> None:
    process = make_rehearsal()
    actions.wipe_rehearsal(process=process, by=process.item.author, now=NOW)

    with pytest.raises(NoRehearsal):
        actions.wipe_rehearsal(process=process, by=process.item.author, now=NOW)


def test_a_rehearsal_is_wiped_before_it_is_announced(talks: Talks) -> None:
    process = make_rehearsal()
    make_deputy()
    by = process.item.author

    with pytest.raises(NotReady) as refused:
        actions.announce(process=process, by=by, now=NOW)
    actions.wipe_rehearsal(process=process, by=by, now=NOW)
    announced = actions.announce(process=process, by=by, now=NOW)

    assert [one.code for one in refused.value.missing] == ["rehearsal"]
    assert announced.state == "announced"
    # Once more: a vote that was on its way while it was wiped must not count.
    assert talks.wiped == [activity_in(process).item_id] * 2


def test_what_was_never_rehearsed_is_not_wiped_at_announcing(talks: Talks) -> None:
    make_process(state="announced")

    assert talks.wiped == []


def test_only_a_draft_can_be_rehearsed() -> None:
    process = make_process(state="running")

    with pytest.raises(IntegrityError), transaction.atomic():
        Process.objects.filter(pk=process.pk).update(rehearsal_began_at=NOW)


# --- it counts nowhere --------------------------------------------------------------------------


def test_no_task_begins_opens_or_closes_a_rehearsal(talks: Talks) -> None:
    process = make_rehearsal()

    counts = [task(now=FAR_AHEAD) for task in (actions.begin_due, actions.open_due, actions.close_due)]

    assert counts == [0, 0, 0]
    assert (talks.opened, talks.closed) == ([], [])
    assert not Activity.objects.filter(phase__process=process.pk, closed_at__isnull=False).exists()


def test_a_rehearsal_is_not_closed_early() -> None:
    process = make_rehearsal()

    assert not rules.may_close(viewer_of(make_facilitator()), process, NOW)
    with pytest.raises(NotOpenYet):
        actions.close_early(process=process, by=process.item.author, now=NOW)


def test_a_rehearsal_is_on_no_public_page(client: Client, now: datetime) -> None:
    make_rehearsal(now=now)

    for address in ("/", "/processes"):
        assert QUESTION not in client.get(address).content.decode()
    assert not queries.public_processes().exists()
    assert not queries.processes_visible_to(Viewer()).exists()


def test_a_rehearsal_is_not_the_front_page_of_its_guests_and_counts_as_nothing_open(now: datetime) -> None:
    guest = guest_of(make_rehearsal(now=now))

    page = guest.get("/").content.decode()

    assert "Nothing is open right now." in page
    assert "Rehearsal, will be wiped" in page


def test_the_card_of_a_rehearsal_says_what_it_is() -> None:
    assert kinds.card_of(make_rehearsal()).evidence == "Rehearsal, will be wiped"


# --- pages --------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", ["", "/workbench", "/rehearsal", "/rehearsal/wipe", "/edit", "/announce", "/poster"])
def test_every_page_says_that_it_is_a_rehearsal(now: datetime, page: str) -> None:
    process = make_rehearsal(now=now)

    text = signed_in(make_facilitator(now=now)).get(f"/processes/{process.pk}{page}").content.decode()

    assert "This is a rehearsal. Try everything out: nothing counts, and all of it will be wiped." in text


def test_pages_of_a_draft_do_not_say_so(now: datetime) -> None:
    process = make_process(state="draft", now=now)

    text = signed_in(make_facilitator(now=now)).get(f"/processes/{process.pk}").content.decode()

    assert "This is a rehearsal." not in text


def test_a_facilitator_begins_passes_the_link_on_and_wipes(now: datetime) -> None:
    process = make_process(state="draft", now=now)
    facilitator = signed_in(make_facilitator(now=now))
    address = f"/processes/{process.pk}/rehearsal"

    begun = facilitator.post(address, follow=True).content.decode()
    begun_link = link_of(process).token
    asked = facilitator.get(f"{address}/wipe").content.decode()
    wiped = facilitator.post(f"{address}/wipe", follow=True).content.decode()

    assert begun_link in begun
    assert "every ballot, and who has cast one" in asked
    assert "Wiped. It is a draft again, as you prepared it." in wiped
    assert facilitator.get(f"{address}/wipe").status_code == 409


def test_the_workbench_says_what_to_do_in_a_rehearsal(now: datetime) -> None:
    process = make_rehearsal(now=now)

    page = signed_in(make_facilitator(now=now)).get(f"/processes/{process.pk}/workbench").content.decode()

    assert "The rehearsal is on. Wipe it before you announce." in page
    assert "Try it out with others" in page
    assert f"/processes/{process.pk}/rehearsal/wipe" in page


def test_a_closed_link_can_be_made_anew(now: datetime) -> None:
    process = make_rehearsal(now=now)
    EntryLink.objects.update(revoked_at=now)

    page = signed_in(make_facilitator(now=now)).get(f"/processes/{process.pk}/rehearsal").content.decode()

    assert "The link was closed." in page
    assert reverse("people:entry_link", args=[process.pk]) in page

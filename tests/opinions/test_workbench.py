"""Looking after a conversation: seeds, the queue, bursts, names, the export."""

from __future__ import annotations

import csv
import zipfile
from datetime import timedelta
from io import BytesIO, StringIO
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from allting.opinions.models import Burst, Conversation, GroupName, MapSnapshot, Statement
from allting.record.models import Event
from tests.make import processes
from tests.make.opinions import AGREE, DISAGREE, cast, make_conversation, make_statement, statements_of

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}
PAGES = ("workbench", "seed", "name_groups", "bursts")


@pytest.fixture
def conversation() -> Conversation:
    return make_conversation(statements=3, now=timezone.now())


@pytest.fixture
def facilitator(client: Client) -> Client:
    client.force_login(processes.make_facilitator())
    return client


def url_of(name: str, number: int) -> str:
    return reverse(f"opinions:{name}", args=[number])


def text_of(response: Any) -> str:
    return " ".join(response.content.decode().split())


def body_of(response: Any) -> bytes:
    return b"".join(response.streaming_content)


@pytest.mark.parametrize("name", PAGES)
def test_only_those_who_look_after_it_get_in(client: Client, conversation: Conversation, name: str) -> None:
    url = url_of(name, conversation.pk)

    assert client.get(url).status_code == 403
    client.force_login(processes.make_member())
    refused = client.get(url)
    assert refused.status_code == 403
    assert "Only the facilitator and the deputy can do this." in text_of(refused)
    client.force_login(processes.make_deputy())
    assert client.get(url).status_code == 200


# --- seeds ------------------------------------------------------------------------------------------------


def test_thirty_seeds_are_looked_at_and_then_added_in_one_go(facilitator: Client) -> None:
    conversation = make_conversation(statements=0, now=timezone.now())
    pasted = "\n".join(f"Statement number {number} stands for itself." for number in range(30))
    url = url_of("seed", conversation.pk)

    looked = facilitator.post(url, {"text": pasted, "step": "look"})
    assert "30 new statements. Do they read well?" in text_of(looked)
    assert not conversation.statements.exists()
    added = facilitator.post(url, {"text": pasted, "step": "add"}, follow=True)

    assert conversation.statements.filter(is_seed=True, state="shown").count() == 30
    assert "30 statements are there now." in text_of(added)
    assert Event.objects.filter(name="opinions.seeds_added").count() == 1


def test_lines_that_do_not_fit_are_named_and_nothing_is_lost(facilitator: Client, conversation: Conversation) -> None:
    pasted = f"Short.\n\n{'x' * 214}\n{statements_of(conversation)[0].text}\nSHORT!"

    response = facilitator.post(url_of("seed", conversation.pk), {"text": pasted, "step": "add"})
    page = text_of(response)

    assert response.status_code == 422
    assert "Line 3: This has 214 characters; 200 fit." in page
    assert "same as line 1, left out" in page
    assert "is there already, left out" in page
    assert "x" * 214 in page
    assert conversation.statements.count() == 3


def test_an_empty_list_is_no_list(facilitator: Client, conversation: Conversation) -> None:
    response = facilitator.post(url_of("seed", conversation.pk), {"text": " \n "})

    assert response.status_code == 422
    assert "Write or paste at least one statement." in text_of(response)


# --- the queue --------------------------------------------------------------------------------------------


def test_what_waits_is_shown_longest_first_and_late_ones_are_marked(
    facilitator: Client, conversation: Conversation
) -> None:
    now = timezone.now()
    make_statement(conversation, text="New one.", state=Statement.State.WAITING, now=now)
    make_statement(conversation, text="Old one.", state=Statement.State.WAITING, now=now - timedelta(hours=25))

    page = text_of(facilitator.get(url_of("workbench", conversation.pk)))

    assert "2 statements wait for you." in page
    assert page.index("Old one.") < page.index("New one.")
    assert page.count("more than a day") == 1


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_a_statement_is_accepted(facilitator: Client, conversation: Conversation, headers: dict[str, str]) -> None:
    statement = make_statement(conversation, state=Statement.State.WAITING)

    response = facilitator.post(
        url_of("decide", statement.pk), {"verdict": "accept"}, headers=headers, follow=not headers
    )

    statement.refresh_from_db()
    assert statement.state == Statement.State.SHOWN
    assert "Accepted. Others can answer it now." in text_of(response)
    assert "Nothing waits for you." in text_of(response)
    assert ("<html" in text_of(response)) is not headers


def test_declining_needs_a_reason(facilitator: Client, conversation: Conversation) -> None:
    statement = make_statement(conversation, state=Statement.State.WAITING)

    refused = facilitator.post(url_of("decide", statement.pk), {"verdict": "decline"})
    assert refused.status_code == 422
    assert "Write one sentence why. Its author reads it." in text_of(refused)
    facilitator.post(url_of("decide", statement.pk), {"verdict": "decline", "reason": "It names somebody."})

    statement.refresh_from_db()
    assert (statement.state, statement.decline_reason) == (Statement.State.DECLINED, "It names somebody.")


def test_a_verdict_that_is_none_is_refused(facilitator: Client, conversation: Conversation) -> None:
    statement = make_statement(conversation, state=Statement.State.WAITING)

    response = facilitator.post(url_of("decide", statement.pk), {"verdict": "perhaps"})

    assert response.status_code == 422
    assert "Choose Accept or Decline." in text_of(response)


def test_what_was_decided_is_decided(facilitator: Client, conversation: Conversation) -> None:
    statement = make_statement(conversation, state=Statement.State.WAITING)
    facilitator.post(url_of("decide", statement.pk), {"verdict": "accept"})

    response = facilitator.post(url_of("decide", statement.pk), {"verdict": "decline", "reason": "Late."})

    assert response.status_code == 403
    assert "This statement was decided on before." in text_of(response)


def test_counts_are_the_published_ones_and_never_live(facilitator: Client, conversation: Conversation) -> None:
    for _person in range(7):
        cast(statements_of(conversation)[0])
    url = url_of("workbench", conversation.pk)

    before = text_of(facilitator.get(url))
    MapSnapshot.objects.create(
        conversation=conversation,
        outcome=MapSnapshot.Outcome.TOO_LITTLE,
        method="test",
        version="1",
        input_digest="",
        people_count=5,
        devices_count=5,
        votes_count=5,
        changes_count=0,
        figures={},
        drawn_at=timezone.now(),
    )
    after = text_of(facilitator.get(url))

    assert "people have answered</span>" not in before
    assert "never for fewer than five" in before
    assert '<span class="stat-figure">5</span> <span class="stat-words">people have answered</span>' in after


def test_the_workbench_asks_as_much_at_eight_as_at_two(facilitator: Client, django_assert_max_num_queries: Any) -> None:
    counts = []
    for number in (2, 8):
        conversation = make_conversation(now=timezone.now())
        for waiting in range(number):
            make_statement(conversation, text=f"Waiting number {waiting}.", state=Statement.State.WAITING)
        url = url_of("workbench", conversation.pk)
        facilitator.get(url)
        with django_assert_max_num_queries(18) as queries:
            facilitator.get(url)
        counts.append(len(queries))

    assert counts[0] == counts[1]


# --- names for the groups -----------------------------------------------------------------------------------


def test_groups_are_named_once_the_map_has_found_some(facilitator: Client, conversation: Conversation) -> None:
    url = url_of("name_groups", conversation.pk)
    assert "There are no groups to name yet." in text_of(facilitator.get(url))
    MapSnapshot.objects.create(
        conversation=conversation,
        outcome=MapSnapshot.Outcome.GROUPS,
        method="test",
        version="1",
        input_digest="",
        people_count=50,
        devices_count=50,
        votes_count=500,
        changes_count=0,
        figures={"groups": [{"letter": "A"}, {"letter": "B"}]},
        drawn_at=timezone.now(),
    )

    long = facilitator.post(url, {"A": "x" * 61, "B": ""})
    named = facilitator.post(url, {"A": "Walk and care", "B": "Basics first", "C": "Not there"})

    assert long.status_code == 422
    assert named.status_code == 302
    assert dict(GroupName.objects.values_list("letter", "name")) == {"A": "Walk and care", "B": "Basics first"}


# --- bursts -------------------------------------------------------------------------------------------------


def make_rush(conversation: Conversation) -> None:
    for number in range(12):
        moment = timezone.now() - timedelta(minutes=30) + timedelta(seconds=number)
        cast(statements_of(conversation)[0], now=moment, network_tag="rush")


def test_a_burst_is_set_aside_with_a_reason_and_counted_again(facilitator: Client, conversation: Conversation) -> None:
    make_rush(conversation)
    url = url_of("bursts", conversation.pk)
    page = facilitator.get(url)
    handle = page.context["candidates"][0].handle
    assert "12 new devices" in text_of(page)
    assert "rush" not in text_of(page).replace("Nobody came in a rush", "")

    no_reason = facilitator.post(url_of("set_aside", conversation.pk), {"handle": handle})
    assert no_reason.status_code == 422
    assert "Write one sentence why. Everybody reads it." in text_of(no_reason)
    facilitator.post(url_of("set_aside", conversation.pk), {"handle": handle, "reason": "One person, twelve phones."})
    burst = Burst.objects.get()
    assert "One person, twelve phones." in text_of(facilitator.get(url))
    facilitator.post(url_of("restore_burst", burst.pk))

    burst.refresh_from_db()
    assert burst.restored_at is not None


def test_a_burst_that_is_not_there_is_refused(facilitator: Client, conversation: Conversation) -> None:
    response = facilitator.post(url_of("set_aside", conversation.pk), {"handle": "0" * 16, "reason": "Hm."})

    assert response.status_code == 409
    assert facilitator.post(url_of("restore_burst", 999_999)).status_code == 404


def test_strangers_set_nothing_aside(client: Client, conversation: Conversation) -> None:
    make_rush(conversation)

    response = client.post(url_of("set_aside", conversation.pk), {"handle": "x", "reason": "I disagree."})

    assert response.status_code == 403
    assert not Burst.objects.exists()


# --- the export of votes --------------------------------------------------------------------------------------


def test_the_export_has_new_numbers_no_times_and_is_written_down(
    facilitator: Client, conversation: Conversation
) -> None:
    first, second, _third = statements_of(conversation)
    for number in range(8):
        actor = cast(first, AGREE if number % 2 else DISAGREE)
        cast(second, DISAGREE, actor=actor)
    url = url_of("download_polis", conversation.pk)

    files = [zipfile.ZipFile(BytesIO(body_of(facilitator.post(url)))) for _download in range(6)]
    matrices = {file.read("participants-votes.csv").decode() for file in files}
    header, *rows = csv.reader(StringIO(matrices.pop()))

    assert matrices, "Six downloads had the same order."
    assert files[0].namelist() == ["comments.csv", "participants-votes.csv", "summary.csv"]
    assert header == ["participant", "n-votes", "n-agree", "n-disagree", "0", "1", "2"]
    assert (
        sorted(row[1:] for row in rows) == [["2", "0", "2", "-1", "-1", ""]] * 4 + [["2", "1", "1", "1", "-1", ""]] * 4
    )
    assert Event.objects.filter(name="opinions.votes_exported").count() == 6


@pytest.mark.parametrize("who", ["nobody", "member", "sponsor"])
def test_nobody_else_exports_votes(client: Client, conversation: Conversation, who: str) -> None:
    if who != "nobody":
        client.force_login({"member": processes.make_member, "sponsor": processes.make_sponsor}[who]())

    assert client.post(url_of("download_polis", conversation.pk)).status_code == 403
    assert not Event.objects.filter(name="opinions.votes_exported").exists()


def test_an_address_alone_exports_nothing(facilitator: Client, conversation: Conversation) -> None:
    assert facilitator.get(url_of("download_polis", conversation.pk)).status_code == 405

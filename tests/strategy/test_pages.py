"""The pages: what they say, to whom, what a bad form answers, and what they cost."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from allting.people.models import Person
from allting.processes.models import Process
from allting.record.models import Item, Link
from allting.strategy import actions
from allting.strategy.models import Change, Priority, Promise, StrategyVersion
from tests.make import processes
from tests.make import strategy as make
from tests.make.people import sign_in
from tests.make.processes import make_facilitator, make_sponsor

pytestmark = pytest.mark.django_db


@pytest.fixture
def process() -> Process:
    return processes.make_process(now=timezone.now())


@pytest.fixture
def owner(process: Process) -> Person:
    return make.make_lead(process)


@pytest.fixture
def candidate(process: Process, owner: Person) -> Priority:
    return make.make_candidate(process, owner=owner)


@pytest.fixture
def promise(process: Process, owner: Person) -> Promise:
    return make.make_promise(make.make_priority(process, owner=owner))


def page(name: str, *about: int) -> str:
    return reverse(f"strategy:{name}", args=about)


GOOD = {
    "title": "Get traffic flowing",
    "success": "Nobody waits long.",
    "not_done": "No new lanes.",
    "what_stops": "",
    "evidence": "",
}


def promised(**said: str) -> dict[str, str]:
    """Return what is typed into the page of a promise."""
    good = {
        "wording": "Nine of ten drives meet at most one red light.",
        "threshold": "nine of ten drives",
        "due_on": (timezone.now() + timedelta(days=400)).date().isoformat(),
        "audience": "Everyone who drives there.",
    }
    return good | said


# --- reading ----------------------------------------------------------------------------------------------


def test_a_visitor_walks_from_the_promise_to_the_statement(client: Client, promise: Promise) -> None:
    (statement,) = Item.objects.filter(pk__in=make.rests_on(promise.priority.item))

    answer = client.get(page("promise", promise.pk))

    assertContains(answer, promise.wording)
    assertContains(answer, "Marcus Oyelaran")
    assertContains(answer, reverse("opinions:statement", args=[statement.pk]))
    assertContains(client.get(reverse("opinions:statement", args=[statement.pk])), statement.title)
    assertContains(client.get(reverse("record:what_came_of_it", args=[statement.pk])), page("promise", promise.pk))


def test_drafts_and_proposals_are_not_public(client: Client, candidate: Priority) -> None:
    draft = make.make_draft(make.make_priority(candidate.process, owner=candidate.owner))

    assert client.get(page("priority", candidate.pk)).status_code == 404
    assert client.get(page("promise", draft.pk)).status_code == 404
    assertNotContains(client.get(page("priorities", candidate.process_id)), candidate.item.title)
    assertNotContains(client.get(page("promises", candidate.process_id)), draft.wording)


def test_the_header_leads_to_priorities_and_promises_once_there_are_any(client: Client, process: Process) -> None:
    before = client.get(reverse("processes:process", args=[process.pk]))
    make.make_promise(make.make_priority(process))
    cache.clear()

    after = client.get(page("strategy", process.pk))

    assertNotContains(before, page("priorities", process.pk))
    assertContains(after, f'href="{page("priorities", process.pk)}"')
    assertContains(after, f'href="{page("promises", process.pk)}"')


@pytest.mark.parametrize("name", ["strategy", "priorities", "promises"])
def test_empty_pages_say_what_comes(client: Client, process: Process, name: str) -> None:
    assertContains(client.get(page(name, process.pk)), 'class="empty')


def test_old_versions_can_be_read_with_their_voices(client: Client, process: Process) -> None:
    voice = make.statement_in(process)
    make.make_text(process, voices=[voice.item])

    answer = client.get(page("strategy", process.pk))

    assertContains(answer, make.TEXT.mission)
    assertContains(answer, reverse("opinions:statement", args=[voice.pk]))


def test_a_promise_that_was_taken_back_stays_in_public(client: Client, promise: Promise) -> None:
    actions.withdraw_promise(promise=promise, reason="There is no money.", by=promise.item.author, now=timezone.now())

    answer = client.get(page("promise", promise.pk))

    assertContains(answer, "This promise was taken back.")
    assertContains(answer, "There is no money.")


def test_a_changed_promise_shows_old_and_new_in_the_readers_language(client: Client, promise: Promise) -> None:
    sign_in(client, promise.priority.owner)  # type: ignore[arg-type]
    words = promised(wording=promise.wording, reason="The signal supplier is late.")

    answer = client.post(page("edit_promise", promise.pk), words)

    assertRedirects(answer, page("promise", promise.pk))
    shown = Client().get(page("promise", promise.pk))
    assertContains(shown, "<del>30 June 2028</del>")
    assertContains(shown, "The signal supplier is late.")


def test_parts_that_were_changed_together_are_one_change(client: Client, promise: Promise) -> None:
    sign_in(client, promise.priority.owner)  # type: ignore[arg-type]
    words = promised(wording=promise.wording, threshold="eight of ten", reason="The signal supplier is late.")

    client.post(page("edit_promise", promise.pk), words)

    assert Change.objects.filter(item=promise.item).count() > 1
    assertContains(client.get(page("promise", promise.pk)), "changed once")
    assertContains(client.get(page("promises", promise.process_id)), "changed once")


def test_hiding_takes_a_promise_from_the_public(client: Client, promise: Promise) -> None:
    Item.objects.filter(pk=promise.pk).update(hidden_at=timezone.now())

    assert client.get(page("promise", promise.pk)).status_code == 404


# --- writing ----------------------------------------------------------------------------------------------


def test_the_owner_confirms(client: Client, candidate: Priority, owner: Person) -> None:
    answer = sign_in(client, owner).post(page("edit_priority", candidate.pk), GOOD | {"do": "confirm"})

    assertRedirects(answer, page("priority", candidate.pk))
    assert Priority.objects.get(pk=candidate.pk).state == Priority.State.ACTIVE
    assertContains(Client().get(page("priority", candidate.pk)), "Nobody waits long.")


def test_nobody_confirms_for_the_owner(client: Client, candidate: Priority) -> None:
    answer = sign_in(client, make_facilitator()).post(page("edit_priority", candidate.pk), GOOD | {"do": "confirm"})

    assert answer.status_code == 403
    assertContains(answer, "Only its owner confirms a priority", status_code=403)


def test_a_confirmation_that_lacks_something_says_what_and_keeps_the_rest(
    client: Client, candidate: Priority, owner: Person
) -> None:
    said = GOOD | {"not_done": "", "do": "confirm"}

    answer = sign_in(client, owner).post(page("edit_priority", candidate.pk), said)

    assertContains(answer, "Write what is not done, so that nobody waits for it.", status_code=422)
    assertContains(answer, "Nobody waits long.", status_code=422)


def test_evidence_is_linked_by_the_address_of_its_page(client: Client, candidate: Priority, owner: Person) -> None:
    statement = make.statement_in(candidate.process, now=timezone.now())
    address = "https://example.org" + reverse("opinions:statement", args=[statement.pk]) + "?from=mail"

    sign_in(client, owner).post(page("edit_priority", candidate.pk), GOOD | {"evidence": address})

    assert Link.objects.filter(younger=candidate.item, older=statement.item).exists()


def test_an_address_where_nothing_lives_is_named(client: Client, candidate: Priority, owner: Person) -> None:
    said = GOOD | {"evidence": "https://example.org/statements/987654321"}

    answer = sign_in(client, owner).post(page("edit_priority", candidate.pk), said)

    assertContains(answer, "Nothing that you can see lives at", status_code=422)


def test_the_owner_drafts_and_publishes(client: Client, candidate: Priority, owner: Person) -> None:
    sign_in(client, owner).post(page("edit_priority", candidate.pk), GOOD | {"do": "confirm"})
    client.post(page("draft_promise", candidate.pk), {"wording": "Something to be seen there."})
    draft = Promise.objects.get()

    bad = client.post(page("edit_promise", draft.pk), promised(audience="", threshold="well", do="publish"))
    good = client.post(page("edit_promise", draft.pk), promised(do="publish"))

    assertContains(bad, "A promise to nobody binds nobody.", status_code=422)
    assertContains(bad, "Put a figure in it", status_code=422)
    assertContains(bad, "Nine of ten drives meet at most one red light.", status_code=422)
    assertRedirects(good, page("promise", draft.pk))
    assert Promise.objects.get().promised_by == owner


def test_the_facilitator_drafts_but_does_not_promise(client: Client, promise: Promise) -> None:
    sign_in(client, make_facilitator())
    client.post(page("draft_promise", promise.priority_id), {"wording": "Something to be seen there."})
    draft = Promise.objects.get(state="draft")

    assert client.post(page("edit_promise", draft.pk), promised(do="publish")).status_code == 403
    assert client.post(page("edit_promise", promise.pk), promised(reason="Because.")).status_code == 403
    assert client.post(page("withdraw_promise", promise.pk), {"reason": "Because."}).status_code == 403
    assert not Change.objects.exists()


def test_the_sponsor_ends_a_priority_and_takes_a_promise_back(client: Client, promise: Promise) -> None:
    sign_in(client, make_sponsor())

    client.post(page("withdraw_promise", promise.pk), {"reason": "There is no money."})
    client.post(page("end_priority", promise.priority_id), {"state": "retired", "reason": "There is no money."})

    assert Promise.objects.get().state == Promise.State.WITHDRAWN
    assert Priority.objects.get().state == Priority.State.RETIRED


def test_the_facilitator_names_an_owner_or_invites_one(client: Client, candidate: Priority) -> None:
    sign_in(client, make_facilitator())
    other = make.make_lead(candidate.process, name="Ada Berg")

    client.post(page("name_owner", candidate.pk), {"person": str(other.pk), "address": ""})
    named = Priority.objects.get(pk=candidate.pk).owner
    client.post(page("name_owner", candidate.pk), {"person": "", "address": "new@example.org"})
    both = client.post(page("name_owner", candidate.pk), {"person": str(other.pk), "address": "new@example.org"})

    assert named == other
    assert Priority.objects.get(pk=candidate.pk).invitation is not None
    assertContains(both, "one of the two", status_code=422)


def test_the_strategy_is_written_by_those_who_look_after_the_process(
    client: Client, process: Process, owner: Person
) -> None:
    said = {"mission": "A town.", "choices": "Roads.", "not_done": "No ring.", "note": "First.", "after": "0"}

    refused = sign_in(Client(), owner).post(page("write", process.pk), said)
    sign_in(client, make_facilitator()).post(page("write", process.pk), said)
    late = client.post(page("write", process.pk), said | {"mission": "A city."})

    assert refused.status_code == 403
    assert StrategyVersion.objects.get().mission == "A town."
    assertContains(late, "Read it first", status_code=409)
    assertContains(late, "A city.", status_code=409)


@pytest.mark.parametrize("name", ["strategy", "priorities", "promises"])
def test_lists_cost_the_same_however_long_they_are(client: Client, process: Process, owner: Person, name: str) -> None:
    def grow(count: int) -> None:
        for _number in range(count):
            make.make_promise(make.make_priority(process, owner=owner, what_stops="The ring road."))

    def cost() -> int:
        client.get(page(name, process.pk))  # the header's counts are remembered
        with CaptureQueriesContext(connection) as queries:
            client.get(page(name, process.pk))
        return len(queries)

    make.make_text(process)
    grow(2)
    two = cost()
    grow(6)

    assert cost() == two


def test_every_page_speaks_swedish(client: Client, promise: Promise) -> None:
    client.cookies["language"] = "sv"

    assertContains(client.get(page("promise", promise.pk)), "Därför lovade vi det här")

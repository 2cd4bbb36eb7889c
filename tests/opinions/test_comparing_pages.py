"""The pages of comparing: by redirect and by htmx, by those who may and who may not."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from allting.opinions import actions, limits
from allting.opinions.models import Comparing, Comparison, Conversation, Statement
from allting.people.models import Device
from allting.processes.models import Process
from allting.record import actions as record
from allting.record.models import Item
from allting.strategy import actions as strategy
from tests.make.comparing import make_comparing, prepare, say_in_order
from tests.make.opinions import make_conversation, statements_of
from tests.make.people import make_person, sign_in
from tests.make.processes import make_facilitator

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}


@pytest.fixture
def comparing() -> Comparing:
    return make_comparing(statements=6, now=timezone.now() - timedelta(minutes=5))


def address(name: str, comparing: Comparing) -> str:
    return reverse(f"opinions:{name}", args=[comparing.pk])


def text_of(response: Any) -> str:
    return " ".join(response.content.decode().split())


def sealed_on(response: Any) -> str:
    found = re.search(r'name="pair" value="([^"]+)"', response.content.decode())
    assert found
    return found[1]


def choose(client: Client, comparing: Comparing, choice: str = "left", **more: Any) -> Any:
    sealed = sealed_on(client.get(address("pairs", comparing)))
    return client.post(address("compare", comparing), {"pair": sealed, "choice": choice}, **more)


def test_looking_makes_no_device_and_shows_two_buttons_and_the_question(client: Client, comparing: Comparing) -> None:
    page = client.get(address("pairs", comparing))

    assert page.content.decode().count('class="answer pair-side') == 2
    assert comparing.question in text_of(page)
    assert not Device.objects.exists()


def test_without_script_a_choice_leads_to_the_next_pair_and_can_be_taken_back(
    client: Client, comparing: Comparing
) -> None:
    response = choose(client, comparing)
    page = client.get(response["Location"])
    assert "You chose “" in text_of(page)
    taken = Comparison.objects.get()

    back = client.post(address("undo_comparison", comparing), follow=True)

    assert "Taken back. Here it is again." in text_of(back)
    shown = back.context["pair"]
    assert {shown.left.pk, shown.right.pk} == {taken.first_id, taken.second_id}
    assert not Comparison.objects.exists()
    assert client.post(address("undo_comparison", comparing)).status_code == 409


def test_with_htmx_the_next_pair_comes_as_a_part_with_how_far_one_is(client: Client, comparing: Comparing) -> None:
    part = text_of(choose(client, comparing, headers=HTMX))

    assert "<html" not in part
    assert 'id="how-far" hx-swap-oob="outerHTML"' in part
    assert "data-takes-focus" in part


def test_pressed_twice_it_is_one_comparison(client: Client, comparing: Comparing) -> None:
    sealed = sealed_on(client.get(address("pairs", comparing)))
    for _press in range(2):
        client.post(address("compare", comparing), {"pair": sealed, "choice": "left"})

    assert Comparison.objects.count() == 1


def test_after_ten_come_thanks_and_the_order_as_it_stands(client: Client, comparing: Comparing) -> None:
    say_in_order(comparing, people=5, places=range(6), now=timezone.now())
    prepare(comparing, now=timezone.now())
    for _pair in range(9):
        choose(client, comparing)
    assert choose(client, comparing, headers=HTMX).headers["HX-Redirect"] == address("compared", comparing)
    client.post(address("undo_comparison", comparing))

    thanks = client.get(choose(client, comparing)["Location"])

    assert "Thank you. You compared 10 pairs." in text_of(thanks)
    assert text_of(thanks).count('class="order-row"') == 5
    assert "11 pairs" in text_of(choose(client, comparing, headers=HTMX))


def test_thanks_before_there_is_an_order_and_before_anything_was_compared(client: Client, comparing: Comparing) -> None:
    assert "You have not compared anything yet." in text_of(client.get(address("compared", comparing)))

    choose(client, comparing)

    assert "when five people have compared" in text_of(client.get(address("compared", comparing)))


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"choice": "both"}, "“both” is not a choice here."),
        ({"choice": ""}, "“” is not a choice here."),
    ],
)
def test_what_is_no_choice_shows_the_same_pair_again(
    client: Client, comparing: Comparing, data: dict[str, str], said: str
) -> None:
    first = client.get(address("pairs", comparing))
    for more in ({}, {"headers": HTMX}):
        again = client.post(address("compare", comparing), {"pair": sealed_on(first), **data}, **more)
        assert again.status_code == 422
        assert said in text_of(again)
        assert again.context["pair"] == first.context["pair"]


def test_a_pair_that_the_house_did_not_put_together_is_not_taken(client: Client, comparing: Comparing) -> None:
    elsewhere = make_comparing(statements=3, now=timezone.now() - timedelta(minutes=5))
    sealed = sealed_on(client.get(address("pairs", elsewhere)))

    for pair in ("", "1:2", sealed):
        assert client.post(address("compare", comparing), {"pair": pair, "choice": "left"}).status_code == 422
    for again in ("1:2", sealed):
        assert client.get(address("pairs", comparing), {"again": again}).status_code == 422
    assert not Comparison.objects.exists()


def test_faster_than_anybody_reads_is_held_back_and_nothing_is_lost(
    client: Client, comparing: Comparing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "ANSWERS_AT_ONCE", limits.Bucket("two_an_hour", 2, timedelta(hours=1)))
    sealed = sealed_on(client.get(address("pairs", comparing)))
    answers = [client.post(address("compare", comparing), {"pair": sealed, "choice": "left"}) for _press in range(3)]

    assert [answer.status_code for answer in answers] == [302, 302, 429]
    assert Comparison.objects.count() == 1


def test_a_network_that_brings_very_many_new_devices_is_held_back(
    client: Client, comparing: Comparing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "NEW_DEVICES", limits.Bucket("none", 0, timedelta(hours=1)))

    assert choose(client, comparing).status_code == 429
    assert not Comparison.objects.exists()


def test_an_undone_pair_of_which_one_is_hidden_does_not_come_again(client: Client, comparing: Comparing) -> None:
    choose(client, comparing)
    hidden = Comparison.objects.get().first
    record.hide(item=hidden.item, by=comparing.conversation.item.author, reason="It names me.", now=timezone.now())

    back = client.post(address("undo_comparison", comparing), follow=True)

    assert "Here it is again" not in text_of(back)
    shown = back.context["pair"]
    assert hidden.pk not in {shown.left.pk, shown.right.pk}
    assert not Comparison.objects.exists()


def test_where_it_was_never_turned_on_there_is_nothing(client: Client) -> None:
    conversation = make_conversation(now=timezone.now())

    for name in ("pairs", "compared", "order", "download_order"):
        assert client.get(reverse(f"opinions:{name}", args=[conversation.pk])).status_code == 404


def test_turned_off_or_closed_nobody_compares_and_the_order_can_be_read(client: Client, comparing: Comparing) -> None:
    sealed = sealed_on(client.get(address("pairs", comparing)))
    actions.turn_off_comparing(comparing=comparing, by=comparing.conversation.item.author, now=timezone.now())

    refused = client.post(address("compare", comparing), {"pair": sealed, "choice": "left"})

    assert refused.status_code == 403
    assert "Nobody compares here at the moment." in text_of(refused)
    assert "Nobody compares here at the moment." in text_of(client.get(address("pairs", comparing)))
    assert client.get(address("order", comparing)).status_code == 200


def test_the_way_in_is_offered_after_answering_only_while_it_is_on(client: Client, comparing: Comparing) -> None:
    enough = reverse("opinions:enough", args=[comparing.pk])
    assert address("pairs", comparing) in text_of(client.get(enough))

    actions.turn_off_comparing(comparing=comparing, by=comparing.conversation.item.author, now=timezone.now())

    assert address("pairs", comparing) not in text_of(client.get(enough))


# --- the order ----------------------------------------------------------------------------------------


def test_too_early_the_order_says_what_is_missing_and_the_file_is_not_there(
    client: Client, comparing: Comparing
) -> None:
    say_in_order(comparing, people=4, now=timezone.now())
    prepare(comparing, now=timezone.now())

    page = text_of(client.get(address("order", comparing)))

    assert "Too early to say what comes first." in page
    assert "Be one of them" in page
    assert client.get(address("download_order", comparing)).status_code == 404


def test_the_order_has_bars_ranges_places_a_table_and_a_file(client: Client, comparing: Comparing) -> None:
    say_in_order(comparing, people=15, places=range(6), now=timezone.now())
    prepare(comparing, now=timezone.now())

    page = text_of(client.get(address("order", comparing)))
    file = client.get(address("download_order", comparing)).content.decode("utf-8-sig").splitlines()

    assert "First comes “Impact on traffic flow" in page
    assert "15 people compared two at a time, 225 times in all." in page
    assert page.count('class="order-row"') == 6
    assert "can be told apart" in page
    assert "<table" in page
    assert "One order hides minorities." in page
    assert file[0].startswith("statement,text,first_place,last_place,chance,low,high,people,comparisons")
    assert len(file) == 7
    assert file[1].split(",")[0] == str(statements_of(comparing.conversation)[0].pk)


@pytest.mark.parametrize("statements", [3, 8])
def test_the_pages_ask_the_database_as_often_for_few_as_for_many(
    client: Client, statements: int, django_assert_max_num_queries: Any
) -> None:
    comparing = make_comparing(statements=statements, now=timezone.now())
    say_in_order(comparing, people=5, places=range(statements), now=timezone.now())
    prepare(comparing, now=timezone.now())

    with django_assert_max_num_queries(14):
        client.get(address("order", comparing))
    with django_assert_max_num_queries(11):
        client.get(address("pairs", comparing))


# --- turning it on ------------------------------------------------------------------------------------


def test_a_facilitator_turns_it_on_with_a_question_and_off_again(client: Client) -> None:
    conversation = make_conversation(statements=4, now=timezone.now())
    assert conversation.item.within
    sign_in(client, make_facilitator(within=conversation.item.within, now=timezone.now()))
    url = reverse("opinions:comparing", args=[conversation.pk])
    assert "one order hides minorities" in text_of(client.get(url))
    assert reverse("opinions:comparing", args=[conversation.pk]) in text_of(
        client.get(reverse("opinions:workbench", args=[conversation.pk]))
    )

    client.post(url, {"question": "Which is clearer?", "which": "all"})
    assert Comparing.objects.get().is_on
    assert client.post(url, {"question": "", "which": "all"}).status_code == 422
    assert client.post(url, {"question": "Which?", "which": "map"}).status_code == 422

    client.post(url, {"turn": "off"})
    assert not Comparing.objects.get().is_on


def test_a_facilitator_picks_what_is_compared_and_nothing_picked_is_not_all(client: Client) -> None:
    conversation = make_conversation(statements=5, now=timezone.now())
    assert conversation.item.within
    sign_in(client, make_facilitator(within=conversation.item.within, now=timezone.now()))
    url = reverse("opinions:comparing", args=[conversation.pk])
    picked = [one.pk for one in statements_of(conversation)[1:4]]
    form = {"question": "Which is clearer?", "which": "picked"}

    assert client.post(url, form).status_code == 422
    assert not Comparing.objects.exists()
    client.post(url, {**form, "picked": picked})

    assert Comparing.objects.get().chosen == picked
    assert text_of(client.get(url)).count(" checked") == 4


def test_a_facilitator_compares_those_that_something_rests_on(client: Client) -> None:
    conversation = make_conversation(statements=5, now=timezone.now())
    assert conversation.item.within
    sign_in(client, make_facilitator(within=conversation.item.within, now=timezone.now()))
    url = reverse("opinions:comparing", args=[conversation.pk])
    form = {"question": "Which is clearer?", "which": "onward"}
    first, *others = statements_of(conversation)
    rest_on(conversation, [first, *others[:2]])
    record.hide(item=first.item, by=conversation.item.author, reason="Twice.", now=timezone.now())
    assert client.post(url, form).status_code == 422

    rest_on(conversation, others[2:])

    assert "The 4 that something rests on" in text_of(client.get(url))
    client.post(url, form)
    assert Comparing.objects.get().chosen == [one.pk for one in others]
    page = client.get(url)
    assert page.context["form"].initial["which"] == "onward"
    proposed = Item.objects.filter(kind="priority").latest("pk")
    record.hide(item=proposed, by=conversation.item.author, reason="Wiped.", now=timezone.now())
    assert "The 3 that something rests on" in text_of(client.get(url))


def rest_on(conversation: Conversation, statements: Sequence[Statement]) -> None:
    """Draft a priority for each: another room, of which this one sees the links only."""
    process = Process.objects.get(pk=conversation.item.within_id)
    items = [one.item for one in statements]
    strategy.draft_priorities(process=process, options=items, by=conversation.item.author, now=timezone.now())


def test_two_statements_cannot_be_turned_on_and_the_form_says_why(client: Client) -> None:
    conversation = make_conversation(statements=2, now=timezone.now())
    assert conversation.item.within
    sign_in(client, make_facilitator(within=conversation.item.within, now=timezone.now()))

    page = client.post(reverse("opinions:comparing", args=[conversation.pk]), {"question": "Which?", "which": "all"})

    assert page.status_code == 422
    assert "At least three statements are needed." in text_of(page)


def test_my_data_holds_what_i_compared(client: Client, comparing: Comparing) -> None:
    person = make_person()
    sign_in(client, person)
    choose(client, comparing, "even")

    data = client.get(reverse("people:my_data")).json()

    assert [row["said"] for row in data["answered"]["conversation"]["comparisons"]] == ["even"]

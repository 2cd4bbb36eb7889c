"""Two of one's hand at a time: a help to fill in the ballot, that keeps nothing and decides nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from allting.choice import actions
from allting.choice.comparing import Answer, compare, read_answers
from allting.choice.models import Ballot, Hand, Option, Round
from allting.people.models import Person
from tests.make import choice as make
from tests.make.people import make_person, sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def shortlist() -> Round:
    """A shortlist that runs at this very moment, because pages read the clock."""
    now = timezone.now()
    return make.shorten(make.make_round(options=12, state="preparing", now=now), shown_each=8, now=now)


@pytest.fixture
def person() -> Person:
    return make_person()


@pytest.fixture
def hand(shortlist: Round, person: Person) -> list[int]:
    return list(actions.deal_hand(round_=shortlist, actor=person.actor, now=timezone.now()).shown)


@pytest.fixture
def voter(client: Client, person: Person) -> Client:
    return sign_in(client, person)


def post(client: Client, shortlist: Round, **fields: Any) -> Any:
    return client.post(reverse("choice:compare", args=[shortlist.pk]), fields)


def answer_all(client: Client, shortlist: Round, likes: Sequence[int]) -> Any:
    """Answer pair after pair as the pages ask, by an order of ids, the most liked first; return the last page."""
    compared: list[str] = []
    page = post(client, shortlist)
    while page.templates[0].name == "choice/pair.html":
        left, right = (option.pk for option in page.context["found"].pair)
        side = "left" if likes.index(left) < likes.index(right) else "right"
        compared.append(f"{left}-{right}-{side}")
        page = post(client, shortlist, compared=compared)
    return page


def ticked_in(page: Any) -> set[int]:
    return set(page.context["found"].ticked)


def test_the_first_ones_are_ticked_and_cast_by_hand(voter: Client, shortlist: Round, hand: list[int]) -> None:
    page = answer_all(voter, shortlist, hand)

    assert "Your order, from 10 comparisons" in page.content.decode()
    assert len(ticked_in(page) & set(hand[:5])) >= 4
    assert len(ticked_in(page)) == 5
    assert not Ballot.objects.exists()
    assert Hand.objects.filter(round=shortlist).exists()

    cast = reverse("choice:cast", args=[shortlist.pk])
    voter.post(cast, {"options": sorted(ticked_in(page))})
    assert Ballot.objects.get().approvals == sorted(ticked_in(page))


def test_comparing_writes_nothing_anywhere(voter: Client, shortlist: Round, hand: list[int]) -> None:
    compared = f"{hand[0]}-{hand[1]}-left"
    post(voter, shortlist)

    with CaptureQueriesContext(
        connection,
    ) as caught:
        post(voter, shortlist, compared=compared)
        post(voter, shortlist, compared=compared, stop=1)

    assert not [query["sql"] for query in caught if not query["sql"].startswith(("SELECT", "SAVEPOINT", "RELEASE"))]


def test_what_was_answered_is_told_to_no_cache_and_no_report(voter: Client, shortlist: Round, hand: list[int]) -> None:
    page = post(voter, shortlist, compared=f"{hand[0]}-{hand[1]}-left")

    assert "no-store" in page["Cache-Control"]
    assert page.wsgi_request.sensitive_post_parameters == "__ALL__"


def test_one_can_stop_at_any_time_and_keeps_what_is_there(voter: Client, shortlist: Round, hand: list[int]) -> None:
    page = post(voter, shortlist, compared=[f"{hand[0]}-{hand[1]}-left", f"{hand[2]}-{hand[3]}-right"], stop=1)

    content = page.content.decode()
    assert ticked_in(page) == {hand[0], hand[3]}
    assert "Put first in 1 of 1 pair" in content
    assert "Not compared" in content
    places = [place.option.pk for place in page.context["found"].places]
    assert set(places[:4]) == set(hand[:4])


def test_the_last_answer_can_be_taken_back(voter: Client, shortlist: Round, hand: list[int]) -> None:
    first = post(voter, shortlist)
    left, right = (option.pk for option in first.context["found"].pair)

    undone = post(voter, shortlist, compared=f"{left}-{right}-left", undo=1)

    assert [option.pk for option in undone.context["found"].pair] == [left, right]
    assert undone.context["found"].answers == ()
    assert "Taken back. Here it is again." in undone.content.decode()
    assert post(voter, shortlist, undo=1).status_code == 200


def test_even_and_neither_are_answers(voter: Client, shortlist: Round, hand: list[int]) -> None:
    one, other, even, same, *_rest = hand

    page = post(voter, shortlist, compared=[f"{even}-{same}-even", f"{one}-{other}-neither"], options=[one])

    assert "Both are left out." in page.content.decode()
    stopped = post(voter, shortlist, compared=[f"{even}-{same}-even", f"{one}-{other}-neither"], options=[one], stop=1)
    assert ticked_in(stopped) == {even, same}
    assert "Put first in ½ of 1 pair" in stopped.content.decode()
    assert {place.option.pk for place in stopped.context["found"].places[-2:]} == {one, other}


def test_what_was_ticked_before_stays_ticked(voter: Client, shortlist: Round, hand: list[int]) -> None:
    page = post(voter, shortlist, options=[hand[7]], compared=f"{hand[0]}-{hand[1]}-left", kind="customer")
    assert f'name="options" value="{hand[7]}"' in page.content.decode()
    assert 'name="kind" value="customer"' in page.content.decode()

    stopped = post(voter, shortlist, options=[hand[7]], compared=f"{hand[0]}-{hand[1]}-left", stop=1)

    assert ticked_in(stopped) == {hand[0], hand[7]}


def test_who_goes_on_from_an_order_leaves_its_ticks_behind(voter: Client, shortlist: Round, hand: list[int]) -> None:
    page = post(voter, shortlist, options=[hand[0], hand[7]], compared=f"{hand[0]}-{hand[1]}-left", more=1)

    assert page.context["picked"] == {hand[7]}


def test_after_enough_one_may_go_on_until_every_pair_was_asked(
    voter: Client, shortlist: Round, hand: list[int]
) -> None:
    compared = [str(answer) for answer in answer_all(voter, shortlist, hand).context["found"].answers]

    page = post(voter, shortlist, compared=compared, more=1)
    for _ in range(40):
        if page.templates[0].name == "choice/compared.html":
            break
        left, right = (option.pk for option in page.context["found"].pair)
        page = post(voter, shortlist, compared=[*compared, f"{left}-{right}-even"])
        compared.append(f"{left}-{right}-even")

    assert len(compared) == 28
    assert "Compare some more" not in page.content.decode()


# --- what comes from outside ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "said", ["", "x", "1-2", "1-2-best", "1-1-left", "-1-2-left", "1-2-left ", "٣-2-left", "9" * 30]
)
def test_what_is_no_answer_is_said_so_and_the_others_stay(
    voter: Client, shortlist: Round, hand: list[int], said: str
) -> None:
    page = post(voter, shortlist, compared=[f"{hand[0]}-{hand[1]}-left", said])

    assert page.status_code == 422
    assert "That was no choice." in page.content.decode()
    assert [str(answer) for answer in page.context["found"].answers] == [f"{hand[0]}-{hand[1]}-left"]


def test_answers_about_what_was_not_dealt_are_left_out(voter: Client, shortlist: Round, hand: list[int]) -> None:
    strange = next(option.pk for option in make.options_of(shortlist) if option.pk not in hand)

    page = post(voter, shortlist, compared=f"{hand[0]}-{strange}-right", options=[strange], stop=1)

    assert page.context["found"].answers == ()
    assert ticked_in(page) == set()


def test_of_a_pair_that_is_answered_twice_the_later_answer_counts() -> None:
    options = [Option(pk=1), Option(pk=2)]

    read = read_answers(["1-2-left", "2-1-left"], hand=options)

    assert list(read.answers) == [Answer(2, 1, "left")]
    assert compare(read.answers, hand=options).first == {2}


def test_who_was_dealt_nothing_is_led_to_the_beginning(voter: Client, shortlist: Round) -> None:
    assert post(voter, shortlist)["Location"] == reverse("choice:ballot", args=[shortlist.pk])


def test_a_round_itself_is_not_compared(voter: Client) -> None:
    round_ = make.make_round(options=6, now=timezone.now())

    assert post(voter, round_)["Location"] == reverse("choice:ballot", args=[round_.pk])
    assert "two at a time" not in voter.get(reverse("choice:ballot", args=[round_.pk])).content.decode()


def test_after_casting_and_after_closing_the_reason_is_read(voter: Client, shortlist: Round, hand: list[int]) -> None:
    voter.post(reverse("choice:cast", args=[shortlist.pk]), {"options": hand[:1]})
    cast = post(voter, shortlist, compared=f"{hand[0]}-{hand[1]}-left")
    assert cast.status_code == 403
    assert "You have cast your ballot" in cast.content.decode()

    late = sign_in(Client(), make_person())
    late.post(reverse("choice:deal", args=[shortlist.pk]))
    Round.objects.filter(pk=shortlist.pk).update(closes_at=timezone.now() - timedelta(minutes=1))
    closed = post(late, shortlist)
    assert closed.status_code == 403
    assert "The shortlist closed" in closed.content.decode()


def test_the_list_offers_it_and_enter_still_reviews(voter: Client, shortlist: Round, hand: list[int]) -> None:
    content = voter.get(reverse("choice:ballot", args=[shortlist.pk])).content.decode()

    assert f'formaction="{reverse("choice:compare", args=[shortlist.pk])}"' in content
    first_button = content.index('type="submit"', content.index("data-ballot"))
    assert "formaction" not in content[first_button - 60 : content.index("</button>", first_button)]


@pytest.mark.parametrize("stop", [{}, {"stop": 1}])
def test_the_queries_do_not_grow_with_hand_and_answers(person: Person, client: Client, stop: dict[str, int]) -> None:
    counts = []
    for dealt, answers in ((4, 1), (20, 8)):
        now = timezone.now()
        shortlist = make.shorten(make.make_round(options=22, state="preparing", now=now), shown_each=dealt, now=now)
        voter = sign_in(Client(), someone := make_person())
        hand = list(actions.deal_hand(round_=shortlist, actor=someone.actor, now=now).shown)
        compared = [f"{hand[0]}-{other}-left" for other in hand[1 : answers + 1]]
        post(voter, shortlist, compared=compared, **stop)
        with CaptureQueriesContext(connection) as caught:
            page = post(voter, shortlist, compared=compared, **stop)
        assert page.status_code == 200
        counts.append(len(caught))

    assert counts[0] == counts[1]

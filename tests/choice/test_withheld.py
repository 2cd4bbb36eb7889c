"""A round of one to four ballots: it closes, nobody learns what came out, and the sponsor goes on without it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from allting.choice import actions, activity, analysis, counting, story, telling
from allting.choice.errors import OutcomeWithheld
from allting.choice.models import Decision, Option, Outcome, Round, Support
from allting.people.models import Person
from allting.record.models import Event
from allting.record.viewers import SYSTEM
from tests.make import choice as make
from tests.make import processes
from tests.make.people import sign_in

pytestmark = pytest.mark.django_db

CHOSEN = (0, 2)


@pytest.fixture
def receipt() -> str:
    """The only ballot of a round that was closed and counted."""
    round_ = make.make_round(now=timezone.now())
    [(_person, words)] = make.cast(round_, [CHOSEN])
    make.close(round_, now=timezone.now())
    make.count(round_, now=timezone.now())
    return words


@pytest.fixture
def outcome(receipt: str) -> Outcome:
    return Outcome.objects.select_related("round__item__author").get()


@pytest.fixture
def sponsor() -> Person:
    return processes.make_sponsor(now=timezone.now())


def url(name: str, round_: Round) -> str:
    return reverse(f"choice:{name}", args=[round_.pk])


def text_of(response: Any) -> str:
    return " ".join(response.content.decode().split())


def marks_of(text: str) -> set[str]:
    """Return what says of a proposal that it was chosen or was not."""
    return {
        word for word in ("chosen-row", "lost-row", ">goes on<", "told-row", ">chosen<", ">not chosen<") if word in text
    }


def test_nothing_that_is_stored_follows_from_the_ballots(outcome: Outcome) -> None:
    assert outcome.is_withheld
    assert (outcome.digest, outcome.certificate) == ("", "")
    assert outcome.figures == {"people": 0, "chosen": [], "supporters": {}}
    assert not Support.objects.exists()
    assert not Event.objects.filter(name="choice.outcome_published").exists()
    assert Event.objects.get(name="choice.outcome_withheld").data == {}


def test_two_different_ballots_leave_the_same_behind() -> None:
    seen = []
    for ballot in ([0, 1], [3]):
        round_ = make.make_outcome([ballot], now=timezone.now()).round
        page = text_of(Client().get(url("outcome", round_)))
        for number, option in enumerate(make.options_of(round_)):
            page = page.replace(f"/{option.pk}/", f"/option-{number}/")
        seen.append(page.split("<main")[1].split("What stood on the ballot")[1].split("</section>")[0])

    assert seen[0] == seen[1]


def test_five_ballots_are_counted_and_four_are_not() -> None:
    assert make.make_outcome([[0]] * 4).is_withheld
    assert not make.make_outcome([[0]] * 5).is_withheld


def test_the_counting_process_refuses_to_count_so_few(outcome: Outcome) -> None:
    with pytest.raises(ValueError, match="Fewer than five"):
        analysis.count(counting.read_ballots(outcome.round))


def test_counting_twice_withholds_once(outcome: Outcome) -> None:
    assert make.count(outcome.round) == outcome
    assert Event.objects.filter(name="choice.outcome_withheld").count() == 1


def test_the_page_says_so_and_what_the_next_step_is(outcome: Outcome, client: Client) -> None:
    page = text_of(client.get(url("outcome", outcome.round)))

    assert "Fewer than five voted." in page
    assert "decides without it, with a reason that stands here" in page
    assert "What stood on the ballot" in page
    assert client.get(url("certificate", outcome.round)).status_code == 404


@pytest.mark.parametrize("role", ["sponsor", "facilitator"])
def test_those_who_look_after_it_see_no_more(outcome: Outcome, role: str) -> None:
    who = processes.make_sponsor(now=timezone.now()) if role == "sponsor" else outcome.round.item.author.person
    client = sign_in(Client(), who)

    assert marks_of(text_of(client.get(url("outcome", outcome.round)))) == set()
    assert client.get(url("brief", outcome.round)).status_code == 403
    for option in make.options_of(outcome.round):
        page = text_of(client.get(reverse("choice:option", args=[option.pk])))
        assert marks_of(page) == set()
        assert "It won place" not in page


def test_the_story_tells_that_there_is_nothing_to_tell(outcome: Outcome) -> None:
    process = make.process_of(outcome.round)

    page = text_of(Client().get(reverse("answers:story", args=[process.pk])))

    assert "Fewer than five people cast a ballot." in page
    assert "What became of the rest" not in page


def test_the_receipt_opens_the_ballot_and_tells_nothing_of_the_others(receipt: str) -> None:
    page = text_of(Client().post(reverse("choice:receipt"), {"words": receipt}))

    assert "Fewer than five voted." in page
    assert make.TITLES[0] in page
    assert make.TITLES[1] not in page
    assert marks_of(page) == set()


def test_the_facilitator_is_told_what_to_do(outcome: Outcome) -> None:
    [step] = activity.next_steps(outcome.round.pk, timezone.now())

    assert step.title == "Fewer than five voted"
    assert step.address == url("outcome", outcome.round)
    assert activity.what_was_chosen(outcome.round.pk, SYSTEM) is None


def test_it_waits_for_the_sponsor(outcome: Outcome, sponsor: Person) -> None:
    [waiting] = telling.waiting_for(processes.viewer_of(sponsor), timezone.now())

    assert waiting.title == "A round in which fewer than five voted"
    assert waiting.address == url("decide", outcome.round)


def test_the_sponsor_decides_without_it_and_the_reason_is_public(outcome: Outcome, sponsor: Person) -> None:
    client, options = sign_in(Client(), sponsor), make.options_of(outcome.round)
    address = url("decide", outcome.round)

    page = text_of(client.get(address))
    assert "checked" not in page
    refused = client.post(address, {"options": [options[4].pk], "reason": "", "do": "decide"})
    done = client.post(address, {"options": [options[4].pk], "reason": "The state asks for it.", "do": "decide"})

    assert refused.status_code == 422
    assert done.status_code == 302
    decision = Decision.objects.get()
    assert (decision.verdict, decision.options) == ("alone", [options[4].pk])
    assert Event.objects.get(name="choice.decided_alone").data == {"options": [options[4].pk]}
    page = text_of(Client().get(url("outcome", outcome.round)))
    assert "The state asks for it." in page
    assert "Decided on, without knowing what the ballots would have given" in page
    assert activity.next_steps(outcome.round.pk, timezone.now()) == []


def test_a_search_while_deciding_keeps_what_was_ticked_and_blames_nobody(outcome: Outcome, sponsor: Person) -> None:
    ticked = make.options_of(outcome.round)[1]

    response = sign_in(Client(), sponsor).post(
        url("decide", outcome.round), {"options": [ticked.pk], "find": "internet", "do": "find"}
    )

    assert response.status_code == 200
    assert not Decision.objects.exists()
    assert f'value="{ticked.pk}" id="id_options_0" checked' in text_of(response).replace("required ", "")


def test_there_is_nothing_to_confirm_or_to_depart_from(outcome: Outcome) -> None:
    by, now = outcome.round.item.author, timezone.now()

    with pytest.raises(OutcomeWithheld):
        actions.confirm_outcome(outcome=outcome, by=by, now=now)
    with pytest.raises(OutcomeWithheld):
        actions.depart_from_outcome(
            outcome=outcome, options=[1], reason="So.", left_with_nothing_count=0, by=by, now=now
        )


def test_an_outcome_that_stands_is_not_decided_around() -> None:
    counted = make.make_outcome([[0, 1]] * 5)

    with pytest.raises(ValueError, match="to confirm or to depart from"):
        actions.decide_alone(
            outcome=counted, options=[1], reason="So.", by=counted.round.item.author, now=timezone.now()
        )


def test_a_shortlist_of_so_few_lets_nothing_go_on_by_itself() -> None:
    round_ = make.make_round(options=8, state="preparing", now=timezone.now())
    shortlist = make.shorten(round_, now=timezone.now())
    make.judge(shortlist, [range(8)] * 4, now=timezone.now())

    outcome = make.close_shortlist(shortlist, now=timezone.now())

    assert outcome is not None
    assert outcome.is_withheld
    assert make.fresh(round_).opened_at is None
    assert not Option.objects.filter(round=round_).exists()
    page = text_of(Client().get(url("outcome", shortlist)))
    assert "Fewer than five took part." in page
    assert marks_of(page) == set()


# --- asked about one list after the other ------------------------------------------------------------------


def test_no_two_lists_tell_of_which_kind_a_single_ballot_is(sponsor: Person) -> None:
    """The ballots are public without kinds, which must not follow from two lists that differ by one ballot."""
    kinds = dict.fromkeys(range(6), "citizen") | dict.fromkeys(range(6, 12), "customer")
    counted = make.make_outcome([[0]] * 5 + [[1]] + [[2]] * 6, kinds=kinds, seats=2, now=timezone.now())
    options = [option.pk for option in make.options_of(counted.round)]
    client = sign_in(Client(), sponsor)

    for places in ((2,), (1, 2), (3,), (1, 3)):
        sent = {"options": [options[place] for place in places], "reason": "So.", "do": "look"}
        page = text_of(client.post(url("decide", counted.round), sent))
        assert "It leaves" in page
        assert "Citizen" not in page.split("What this does.")[1]
        assert "Customer" not in page.split("What this does.")[1]
    assert not Support.objects.filter(name__contains="kind").exists()
    assert "citizen" not in json.dumps(list(Support.objects.values_list("name", flat=True)))


def test_two_countings_that_differ_by_few_of_a_kind_are_told_as_one() -> None:
    def rows(with_none: int) -> list[dict[str, Any]]:
        everybody = {"kind": None, "people": 40, "blank": 0, "with_none": with_none}
        return [everybody, {"kind": "citizen", "people": 40, "blank": 0, "with_none": with_none}]

    def told(fair: int, plain: int) -> str:
        [row] = story._kind_rows(rows(fair), rows(plain))[-1:]
        return row.with_none_plainly.replace("\N{NO-BREAK SPACE}", " ")

    assert told(10, 11) == told(10, 14) == "about as many"
    assert told(10, 15) == "37.5 %"
    assert told(10, 10) == "25.0 %"

"""The pages of this room: choosing by hand and by receipt, the outcome, the decision, the workbench."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from allting.choice import actions
from allting.choice.models import Ballot, Option, Round, Turnout
from allting.people.models import Person, RoleName
from allting.processes import participation
from allting.processes.models import Participation, Process
from tests.make import choice as make
from tests.make import participation as make_participation
from tests.make import processes
from tests.make.people import make_device_client, make_person, sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def round_() -> Round:
    return make.make_round(limit=3, now=timezone.now())


@pytest.fixture
def person() -> Person:
    return make_person()


@pytest.fixture
def signed_in(client: Client, person: Person) -> Client:
    return sign_in(client, person)


def text_of(response: Any) -> str:
    return " ".join(response.content.decode().split())


def url(name: str, round_: Round) -> str:
    return reverse(f"choice:{name}", args=[round_.pk])


def pks(round_: Round, *places: int) -> list[int]:
    return [make.options_of(round_)[place].pk for place in places]


# --- choosing -----------------------------------------------------------------------------------------


def test_the_ballot_shows_every_proposal_with_where_it_comes_from(signed_in: Client, round_: Round) -> None:
    page = text_of(signed_in.get(url("ballot", round_)))

    assert "Choose up to 3 that should be among the three" in page
    for option in make.options_of(round_):
        assert option.title in page
        assert reverse("record:why", args=[option.pk]) in page


def test_everybody_sees_the_proposals_in_an_order_of_their_own_that_stays(round_: Round) -> None:
    def order_for(person: Person) -> list[str]:
        page = text_of(sign_in(Client(), person).get(url("ballot", round_)))
        return re.findall(r'name="options" value="(\d+)"', page)

    people = [make_person() for _ in range(6)]

    orders = [order_for(person) for person in people]
    assert order_for(people[0]) == orders[0]
    assert len({tuple(order) for order in orders}) > 1


def test_review_shows_the_ballot_and_stores_nothing(signed_in: Client, round_: Round) -> None:
    response = signed_in.post(url("review", round_), {"options": pks(round_, 0, 2)})

    page = text_of(response)
    assert response.status_code == 200
    assert "Your ballot: 2 of up to 3" in page
    assert not Ballot.objects.exists()


def checked_kind(page: str) -> str:
    found = re.search(r'<input[^>]*name="kind"[^>]*value="(\w*)"[^>]*checked', page)
    assert found
    return found[1]


def say_what_they_are(round_: Round, person: Person, *, relation: str, others: int) -> None:
    process = make.process_of(round_)
    participation.say_relation(process=process, actor=person.actor, relation=relation, now=timezone.now())
    make_participation.say(process, {relation: others, "citizen": 10}, now=timezone.now())


def test_the_review_fills_in_what_the_voter_said_before(signed_in: Client, round_: Round, person: Person) -> None:
    say_what_they_are(round_, person, relation="supplier", others=4)

    page = text_of(signed_in.post(url("review", round_), {"options": pks(round_, 0)}))

    assert checked_kind(page) == "partner"
    assert "Filled in from what you said you are here." in page
    assert not Ballot.objects.exists()


def test_the_review_does_not_fill_in_what_is_rare(signed_in: Client, round_: Round, person: Person) -> None:
    say_what_they_are(round_, person, relation="supplier", others=3)
    make_participation.say(make.process_of(round_), {"researcher": 1}, now=timezone.now())

    page = text_of(signed_in.post(url("review", round_), {"options": pks(round_, 0)}))

    assert checked_kind(page) == ""
    assert "Filled in" not in page


def test_what_the_voter_chose_in_the_review_stands(signed_in: Client, round_: Round, person: Person) -> None:
    say_what_they_are(round_, person, relation="supplier", others=4)

    page = text_of(signed_in.post(url("review", round_), {"options": pks(round_, 0), "kind": ""}))

    assert checked_kind(page) == ""


def test_only_who_has_cast_has_taken_part_in_a_round(round_: Round, person: Person) -> None:
    process = make.process_of(round_)
    assert not participation.has_taken_part(process, person.actor)

    actions.cast_ballot(round_=round_, actor=person.actor, approvals=pks(round_, 0))

    assert participation.has_taken_part(process, person.actor)


def test_when_a_round_closes_nobodys_relation_is_kept_beside_its_ballots(round_: Round, person: Person) -> None:
    say_what_they_are(round_, person, relation="supplier", others=4)

    actions.close_round(round_=round_, now=timezone.now())

    assert not Participation.objects.exclude(relation="").exists()


@pytest.mark.parametrize("sent", ["²", "9" * 5_000, "-1", "x"])
def test_what_is_no_number_lets_nothing_go(signed_in: Client, round_: Round, sent: str) -> None:
    answer = signed_in.post(url("review", round_), {"options": pks(round_, 0, 1), "remove": sent})

    assert answer.status_code == 200
    assert {option.pk for option in answer.context["mine"]} == set(pks(round_, 0, 1))


def test_one_is_let_go_in_the_review(signed_in: Client, round_: Round) -> None:
    one, two = pks(round_, 0, 2)

    page = text_of(signed_in.post(url("review", round_), {"options": [one, two], "remove": two}))

    assert "Your ballot: 1 of up to 3" in page
    assert f'name="options" value="{two}"' not in page


def test_back_to_the_list_keeps_what_was_chosen(signed_in: Client, round_: Round) -> None:
    one, two = pks(round_, 0, 2)

    page = text_of(signed_in.post(url("review", round_), {"options": [one, two], "more": "1"}))

    assert re.findall(r'value="(\d+)" checked', page)
    assert page.count(" checked") == 2


def test_a_full_ballot_says_let_some_go_first_and_keeps_what_was_chosen(signed_in: Client, round_: Round) -> None:
    response = signed_in.post(url("review", round_), {"options": pks(round_, 0, 1, 2, 3)})

    page = text_of(response)
    assert response.status_code == 422
    assert "That makes 4. A ballot takes 3: let some go first. Nothing is lost." in page
    assert page.count(" checked") == 4


@pytest.mark.parametrize("sent", [{}, {"options": "nonsense"}, {"options": "99999"}])
def test_an_empty_or_foreign_ballot_is_not_cast(signed_in: Client, round_: Round, sent: dict[str, str]) -> None:
    response = signed_in.post(url("cast", round_), sent)

    assert response.status_code == 422
    assert not Ballot.objects.exists()


def test_casting_shows_the_receipt_once_and_nowhere_stores_the_page(signed_in: Client, round_: Round) -> None:
    response = signed_in.post(url("cast", round_), {"options": pks(round_, 0, 1), "kind": "customer"})

    assert "no-store" in response.headers["Cache-Control"]
    assert re.search(r'id="receipt-words" translate="no">(\w+ ){7}\w+<', response.content.decode())
    again = text_of(signed_in.get(url("ballot", round_)))
    assert "Your ballot is in." in again
    assert "receipt-words" not in again


def test_casting_twice_is_refused_with_a_way_on(signed_in: Client, round_: Round) -> None:
    signed_in.post(url("cast", round_), {"options": pks(round_, 0)})

    response = signed_in.post(url("cast", round_), {"options": pks(round_, 1)})

    assert response.status_code == 403
    assert "Its receipt was shown once; with its words you can change it." in text_of(response)
    assert Ballot.objects.count() == Turnout.objects.count() == 1


def test_a_device_without_a_name_reads_the_ballot_and_casts_none(round_: Round) -> None:
    device = make_device_client()

    assert "we need to know who you are" in text_of(device.get(url("ballot", round_)))
    assert device.post(url("cast", round_), {"options": pks(round_, 0)}).status_code == 403
    assert not Ballot.objects.exists()


def test_where_only_invited_may_take_part_an_invitation_gives_the_right(client: Client) -> None:
    round_ = make.make_round(now=timezone.now(), open_to=Process.OpenTo.INVITED)
    process = make.process_of(round_)
    stranger, invited = make_person(), make_person(role=RoleName.PARTICIPANT, within=process.item)

    assert sign_in(Client(), stranger).post(url("cast", round_), {"options": pks(round_, 0)}).status_code == 403
    assert sign_in(client, invited).post(url("cast", round_), {"options": pks(round_, 0)}).status_code == 200


def test_a_participant_from_outside_is_no_employee(client: Client) -> None:
    round_ = make.make_round(now=timezone.now(), open_to=Process.OpenTo.MEMBERS)
    outsider = make_person(role=RoleName.PARTICIPANT)

    assert sign_in(client, outsider).get(url("ballot", round_)).status_code == 403


def test_a_round_that_is_not_open_yet_says_so(signed_in: Client) -> None:
    round_ = make.make_round(state="preparing", now=timezone.now())

    assert "still being put together" in text_of(signed_in.get(url("ballot", round_)))
    assert signed_in.post(url("cast", round_), {"options": pks(round_, 0)}).status_code == 403


# --- with the receipt -----------------------------------------------------------------------------------


def test_the_receipt_opens_and_changes_the_ballot_without_signing_in(client: Client, round_: Round) -> None:
    [(_person, receipt)] = make.cast(round_, [[0]])

    opened = text_of(client.post(reverse("choice:receipt"), {"words": receipt}))
    changed = text_of(client.post(reverse("choice:change"), {"words": receipt, "options": pks(round_, 1, 2)}))

    assert "Your ballot takes 1." in opened
    assert "Changed. This counts now." in changed
    assert Ballot.objects.get().approvals == pks(round_, 1, 2)


def test_wrong_words_open_nothing(client: Client, round_: Round) -> None:
    response = client.post(reverse("choice:receipt"), {"words": "babab babab"})

    assert response.status_code == 422
    assert "Look at the words once more" in text_of(response)
    assert client.post(reverse("choice:change"), {"words": "x", "options": pks(round_, 0)}).status_code == 404


def test_a_change_over_the_limit_is_refused_and_keeps_what_was_ticked(client: Client, round_: Round) -> None:
    [(_person, receipt)] = make.cast(round_, [[0]])

    response = client.post(reverse("choice:change"), {"words": receipt, "options": pks(round_, 0, 1, 2, 3)})

    assert response.status_code == 422
    assert Ballot.objects.get().approvals == pks(round_, 0)


def test_after_the_count_the_receipt_shows_what_it_helped_to_choose(client: Client) -> None:
    round_ = make.make_round(now=timezone.now())
    (_person, receipt), *_others = make.cast(round_, [[0, 5], *[[0, 1]] * 5, *[[2]] * 4])
    make.close(round_, now=timezone.now())
    make.count(round_)

    page = text_of(client.post(reverse("choice:receipt"), {"words": receipt}))

    assert "Of your 2, 1 was chosen." in page


# --- reading and deciding -------------------------------------------------------------------------------


@pytest.fixture
def counted() -> Round:
    round_ = make.make_round(now=timezone.now())
    make.cast(round_, [[0, 1, 2]] * 8, kind="citizen")
    make.cast(round_, [[3]] * 6, kind="customer")
    make.close(round_, now=timezone.now())
    make.count(round_)
    return round_


def test_the_outcome_tells_who_got_what_and_what_the_others_lacked(client: Client, counted: Round) -> None:
    page = text_of(client.get(url("outcome", counted)))

    assert "Three priorities. Everyone who chose finds one of theirs here." in page
    assert "here thanks to fair share" in page
    assert "42.9" in page  # six of fourteen would have had none by plain majority
    assert "more ballots would have brought it in" in page
    assert counted.seed_commitment in page
    assert counted.seed in page


def test_the_certificate_is_handed_out_as_it_was_published(client: Client, counted: Round) -> None:
    response = client.get(url("certificate", counted))

    assert response["Content-Disposition"] == f'attachment; filename="outcome-{counted.pk}.json"'
    assert response.content.decode() == counted.outcome.certificate


def test_before_the_count_the_page_says_what_happens(client: Client, round_: Round) -> None:
    assert "The outcome is not here yet." in text_of(client.get(url("outcome", round_)))
    make.cast(round_, [[0]] * 5)
    make.close(round_, now=timezone.now())

    assert "The ballots are being counted." in text_of(client.get(url("outcome", round_)))
    assert client.get(url("certificate", round_)).status_code == 404


def test_only_the_sponsor_decides(client: Client, counted: Round, person: Person) -> None:
    assert client.get(url("decide", counted)).status_code == 403
    assert sign_in(Client(), person).post(url("decide", counted), {"do": "confirm"}).status_code == 403


def test_the_sponsor_sees_whom_a_departure_leaves_with_nothing_before_it_counts(counted: Round) -> None:
    now = timezone.now()
    sponsor = sign_in(Client(), processes.make_sponsor(now=now))
    chosen = counted.outcome.figures["chosen"]
    kept = [pk for pk in chosen if pk != pks(counted, 3)[0]]
    sent = {"options": kept, "reason": "The state sets the terms."}

    looked = text_of(sponsor.post(url("decide", counted), {**sent, "do": "look"}))
    assert "It leaves 6 people with none of their choices." in looked
    assert not hasattr(make.fresh(counted), "decision")

    decided = sponsor.post(url("decide", counted), {**sent, "do": "depart"}, follow=True)
    page = text_of(decided)
    assert "The state sets the terms." in page
    assert "Chosen, and not decided on" in page
    assert "It leaves 6 people with none of their choices. The outcome left nobody without." in page

    notice, rest = page.split("The three, and who stands behind each")
    assert "Dana Whitlock departed from it on" in notice
    assert f"Not decided on: “{make.options_of(counted)[3].title}”" in notice
    assert "The reason: The state sets the terms." in notice
    assert "not decided on" in rest.split("What fair share changed")[0]


def test_departing_without_a_reason_is_refused(counted: Round) -> None:
    sponsor = sign_in(Client(), processes.make_sponsor(now=timezone.now()))

    response = sponsor.post(
        url("decide", counted), {"options": counted.outcome.figures["chosen"][:1], "reason": "", "do": "depart"}
    )

    assert response.status_code == 422
    assert "needs a reason that everybody can read" in text_of(response)


def test_the_sponsor_confirms(counted: Round) -> None:
    sponsor = sign_in(Client(), processes.make_sponsor(now=timezone.now()))

    page = text_of(sponsor.post(url("decide", counted), {"do": "confirm", "confirm-reason": "Good."}, follow=True))

    assert "All three confirmed." in page
    assert "Dana Whitlock confirmed it on" in page


def test_an_outcome_without_a_decision_says_at_once_for_whom_it_waits(client: Client, counted: Round) -> None:
    page = text_of(client.get(url("outcome", counted)))

    assert "it waits for the decision of" in page.split("The three, and who stands behind each")[0]


def test_a_proposal_is_read_whole_also_where_its_title_was_cut(client: Client) -> None:
    counted = make.make_outcome([[0, 1]] * 5, now=timezone.now()).round
    whole = "More choices when it comes to internet, because one provider alone sets the price for the whole county."
    Option.objects.filter(pk=pks(counted, 0)[0]).update(title=whole[:60] + "…", text=whole)

    page = text_of(client.get(url("outcome", counted)))

    assert f'<h3 class="h3">{whole}</h3>' in page


def test_an_option_has_a_page_with_what_became_of_it(client: Client, counted: Round) -> None:
    chosen, lost = counted.outcome.figures["chosen"][0], pks(counted, 5)[0]

    assert "It won place 1." in text_of(client.get(reverse("choice:option", args=[chosen])))
    assert "not chosen" in text_of(client.get(reverse("choice:option", args=[lost])))


# --- looking after --------------------------------------------------------------------------------------


@pytest.fixture
def facilitator() -> Client:
    return sign_in(Client(), processes.make_facilitator(now=timezone.now()))


def test_the_facilitator_writes_rewords_and_leaves_out(facilitator: Client) -> None:
    round_ = make.make_round(options=0, state="preparing", now=timezone.now())

    facilitator.post(url("add", round_), {"title": "Buses on Sundays", "text": "Every half hour."})
    [option] = make.options_of(round_)
    facilitator.post(reverse("choice:reword", args=[option.pk]), {"title": "Buses every Sunday", "text": ""})
    page = text_of(facilitator.get(url("workbench", round_)))
    facilitator.post(reverse("choice:leave_out", args=[option.pk]))

    assert "Buses every Sunday" in page
    assert not Option.objects.filter(round=round_, left_out_at=None).exists()


def test_a_few_choices_and_many_proposals_warn(facilitator: Client) -> None:
    round_ = make.make_round(options=41, limit=5, state="preparing", now=timezone.now())

    page = text_of(facilitator.get(url("workbench", round_)))

    assert "41 proposals are more than people read." in page
    assert "With fewer than 8 choices on a ballot" in page


def test_opening_freezes_the_proposals_and_publishes_the_commitment(facilitator: Client) -> None:
    round_ = make.make_round(state="preparing", now=timezone.now())

    facilitator.post(url("open", round_))

    opened = make.fresh(round_)
    assert opened.seed_commitment in text_of(facilitator.get(url("workbench", round_)))
    assert opened.seed not in text_of(facilitator.get(url("workbench", round_)))
    assert facilitator.post(url("add", round_), {"title": "Late"}).status_code == 403


def test_strangers_do_not_prepare(client: Client, person: Person) -> None:
    round_ = make.make_round(state="preparing", now=timezone.now())

    assert client.get(url("workbench", round_)).status_code == 403
    assert sign_in(Client(), person).post(url("open", round_)).status_code == 403
    assert sign_in(Client(), person).post(url("add", round_), {"title": "Mine"}).status_code == 403


def test_the_list_costs_no_more_queries_with_more_proposals(
    signed_in: Client, django_assert_max_num_queries: Any
) -> None:
    round_ = make.make_round(options=12, now=timezone.now())

    with django_assert_max_num_queries(16):
        signed_in.get(url("ballot", round_))


def test_a_session_of_the_process_page_shows_what_was_chosen(client: Client, counted: Round) -> None:
    process = make.process_of(counted)

    page = text_of(client.get(reverse("processes:process", args=[process.pk])))

    assert counted.outcome.figures["chosen"]
    assert make.TITLES[0] in page


def test_opened_twice_is_a_conflict() -> None:
    round_ = make.make_round(now=timezone.now())

    with pytest.raises(actions.rounds.AlreadyOpened):  # type: ignore[attr-defined]
        actions.open_round(round_=round_, by=round_.item.author, now=timezone.now())

"""For those who look after it: what is not known, what more answers would tell, and what reads alike."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as some
from scipy import stats

from allting.engine.opinion import Tally, Votes, expect_answers, fit_passing, fit_positions, tally_votes
from allting.engine.opinion.votes import keep_rows
from allting.opinions import actions, guidance, queries, rules, wording
from allting.opinions.errors import CannotMerge
from allting.opinions.figures import Cell
from allting.opinions.guidance import Need
from allting.opinions.models import Conversation, Statement, Vote
from allting.record import actions as record
from allting.record.models import Event, Link
from allting.record.rules import YES
from tests.engine.worlds import World, plant_world
from tests.make.maps import make_map, make_voted_conversation
from tests.make.opinions import AGREE, cast, make_conversation, make_statement, statements_of
from tests.make.people import sign_in
from tests.make.processes import NOW, make_facilitator
from tests.opinions.test_bridging import figures_of


def cell(rate: float, count: int, *, width: float) -> Cell:
    return Cell(count, round(rate * count), 0, 0, rate, rate - width / 2, rate + width / 2, 1 - rate)


# --- what is not known


def test_the_widest_ranges_come_first_and_narrow_ones_not_at_all() -> None:
    known, wide, wider = cell(0.5, 400, width=0.1), cell(0.5, 12, width=0.34), cell(0.5, 6, width=0.5)

    needs = guidance.find_needs(figures_of({"A": wide, "B": known}, {"A": known, "B": wider}, {"A": known}))

    assert [(need.statement, need.letter, need.count) for need in needs] == [(2, "B", None), (1, "B", 6), (0, "A", 12)]


@given(some.integers(5, 400), some.floats(0.07, 0.93))
def test_a_hundred_more_narrow_the_range_as_the_beta_distribution_says(answers: int, rate: float) -> None:
    agree, rest = rate * (answers + 8), (1 - rate) * (answers + 8)
    agreeing = np.arange(101)
    after = stats.betabinom.pmf(agreeing, 100, agree, rest) @ _width(agree + agreeing, rest + 100 - agreeing)

    assert guidance.expected_width(_width(agree, rest), answers=answers, more=100) == pytest.approx(after, abs=0.012)


def _width(agree: Any, rest: Any) -> Any:
    low, high = (stats.beta.ppf(end, agree, rest) for end in (0.1, 0.9))
    return high - low


def test_a_hundred_more_votes_in_a_planted_world_narrow_the_ranges_by_what_was_said() -> None:
    world = plant_world(seed=1, people=400, statements=40, votes_each=40, pass_share=0.1)
    votes, new = world.votes, np.arange(30, 40)
    # Ten statements are new: of each group, a few have answered one, six here and 34 there; then a hundred more do.
    cells = world.groups[votes.participants] * votes.statement_count + votes.statements
    lots = np.random.default_rng(1).random(len(cells))
    in_turn = np.lexsort((lots, cells))
    turn = np.empty(len(cells), dtype=np.int64)
    turn[in_turn] = np.arange(len(cells)) - np.searchsorted(cells[in_turn], cells[in_turn])
    few = 6 + 4 * (cells % 8)

    before, after = (
        _tallies(keep_rows(votes, rows=(votes.statements < new[0]) | (turn < few + more)), world) for more in (0, 100)
    )

    said, came = [], []
    for early, late in zip(before, after, strict=True):
        assert np.array_equal(late.seen[new], early.seen[new] + 100)
        widths = np.round(early.agree_high[new], 2) - np.round(early.agree_low[new], 2)
        answers = early.seen[new].tolist()
        said += [
            guidance.expected_width(width, answers=count, more=100)
            for width, count in zip(widths.tolist(), answers, strict=True)
        ]
        came += (late.agree_high - late.agree_low)[new].tolist()
    missed = np.array(said) - came
    assert abs(missed.mean()) < 0.005
    assert np.abs(missed).mean() < 0.01
    assert np.abs(missed).max() < 0.04


def _tallies(votes: Votes, world: World) -> list[Tally]:
    """Fit the model anew, and draw the planted groups' rates towards what it expects, as a map does."""
    positions = fit_positions(votes)
    expected = expect_answers(positions, fit_passing(votes, positions=positions), sets=world.groups, count=2)
    return [tally_votes(votes, members=world.groups == it, towards=expected[it]) for it in range(2)]


def test_so_many_answers_as_are_said_to_be_missing_are_enough() -> None:
    (need,) = guidance.find_needs(figures_of({"A": cell(0.5, 12, width=0.4), "B": cell(0.5, 400, width=0.1)}))

    then = guidance.expected_width(need.width, answers=12, more=need.answers_needed)
    assert then <= guidance.WIDE < guidance.expected_width(need.width, answers=12, more=need.answers_needed - 1)


def test_where_nothing_is_known_the_widest_range_is_named() -> None:
    (need,) = guidance.find_needs(figures_of({"B": cell(0.5, 400, width=0.1)}))
    at_one_half = [float(_width((count + 8) / 2, (count + 8) / 2)) for count in (need.answers_needed, 100)]

    assert (need.letter, need.count, need.width) == ("A", None, 1.0)
    assert at_one_half[0] <= guidance.WIDE
    assert need.width_then == pytest.approx(at_one_half[1], abs=0.006)


def test_a_hundred_more_are_counted_where_the_fewest_are_missing() -> None:
    needs = [
        Need(number, "A", 5, 0.5, 0.1, answers_needed=missing) for number, missing in enumerate((70, 20, 30, 50, 5))
    ]

    assert [guidance.count_settled(needs, more=more) for more in (4, 5, 54, 55, 105, 175)] == [0, 1, 2, 3, 4, 5]


def test_missing_answers_are_added_up_by_group() -> None:
    wide, known = cell(0.5, 12, width=0.4), cell(0.5, 400, width=0.1)
    needs = guidance.find_needs(figures_of({"A": wide, "B": known}, {"A": wide, "B": wide}))

    (first, most), (second, fewest) = guidance.answers_needed_by_group(needs)

    assert (first, second, most) == ("A", "B", 2 * fewest)


# --- what reads alike


def test_statements_in_nearly_the_same_words_are_a_pair() -> None:
    texts = ["More buses in the evening.", "Fewer cars in the centre.", "More buses in the evenings, please."]

    (pair,) = guidance.find_alike(texts)

    assert (pair.one, pair.other) == (0, 2)


def test_pairs_are_those_that_read_alike_one_by_one() -> None:
    words = ("more", "fewer", "buses", "cars", "in", "the", "centre", "evening", "for", "everybody")
    texts = [" ".join(words[(start * step) % 10] for step in range(1, 6)) for start in range(24)] + [""]

    pairs = guidance.find_alike(texts)

    alike = {
        (one, other) for one in range(25) for other in range(one + 1, 25) if alike_enough(texts[one], texts[other])
    }
    assert {(pair.one, pair.other) for pair in pairs} <= alike
    assert len(pairs) == min(len(alike), guidance.PAIRS_SHOWN)
    assert guidance.find_alike([]) == []


def alike_enough(one: str, other: str) -> bool:
    return wording.likeness(one, other) >= guidance.ALIKE


# --- the page


@pytest.fixture
def conversation() -> Conversation:
    conversation = make_voted_conversation(people=60, votes_each=7)
    make_map(conversation)
    return conversation


@pytest.fixture
def facilitator(client: Client, conversation: Conversation) -> Client:
    assert conversation.item.within
    person = make_facilitator(within=conversation.item.within)
    sign_in(client, person)
    return client


def page_of(client: Client, conversation: Conversation) -> str:
    answer = client.get(reverse("opinions:needs", args=[conversation.pk]))
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.django_db
def test_the_page_says_from_whom_answers_are_missing_and_offers_pairs(
    facilitator: Client, conversation: Conversation
) -> None:
    twin = make_statement(conversation, text="More buses in the evenings.")

    page = page_of(facilitator, conversation)

    assert "What is not known yet" in page
    assert "What a hundred more answers would tell" in page
    assert re.search(r"their answers so far tell [1-9]\d\u00a0%\. A hundred more", page)
    assert "Where more answers would still tell the most" in page or "From whom answers are missing" in page
    assert f"{reverse('opinions:merge', args=[twin.pk])}?into=" in page


@pytest.mark.django_db
def test_where_few_have_answered_it_says_what_a_hundred_more_would_tell(client: Client) -> None:
    conversation = make_voted_conversation(people=12, votes_each=5)
    make_map(conversation)
    assert conversation.item.within
    sign_in(client, make_facilitator(within=conversation.item.within))

    page = page_of(client, conversation)

    assert "From whom answers are missing" in page
    assert "Everyone" in page
    assert re.search(r"\d+ points", page)
    assert re.search(r"they would be enough (everywhere|for \d+ of)", page)
    assert "sets people apart" not in page


@pytest.mark.django_db
def test_before_the_first_map_the_page_says_when_there_are_figures(client: Client) -> None:
    conversation = make_conversation()
    assert conversation.item.within
    sign_in(client, make_facilitator(within=conversation.item.within))

    assert "When five people have answered" in page_of(client, conversation)


@pytest.mark.django_db
def test_the_page_costs_as_many_queries_for_many_statements_as_for_few(client: Client) -> None:
    counts = []
    for statements in (2, 8):
        conversation = make_conversation(statements=statements)
        assert conversation.item.within
        sign_in(client, make_facilitator(within=conversation.item.within))
        page_of(client, conversation)
        with CaptureQueriesContext(connection) as queried:
            page_of(client, conversation)
        counts.append(len(queried))

    assert counts[0] == counts[1]


# --- merging


@pytest.fixture
def pair() -> tuple[Statement, Statement]:
    one, other = statements_of(make_conversation(statements=2))
    return one, other


def merge(statement: Statement, into: Statement) -> None:
    actions.merge_statement(statement=statement, into=into, by=record.system_actor(), now=NOW)


@pytest.mark.django_db
def test_what_was_merged_keeps_its_words_and_answers_and_says_where_it_went(
    client: Client, pair: tuple[Statement, Statement]
) -> None:
    goes, stays = pair
    voter = cast(goes, AGREE)

    merge(goes, stays)

    page = client.get(reverse("opinions:statement", args=[goes.pk])).content.decode()
    assert goes.text in page
    assert "This is part of another statement now." in page
    assert reverse("opinions:statement", args=[stays.pk]) in page
    assert list(Vote.objects.values_list("statement", "actor")) == [(goes.pk, voter.pk)]
    assert Link.objects.get().relation == Link.Relation.MERGED_INTO
    assert (Link.objects.get().younger_id, Link.objects.get().older_id) == (goes.pk, stays.pk)
    assert Event.objects.filter(name="opinions.statement_merged", item=goes.item, data={"into": stays.pk}).count() == 1


@pytest.mark.django_db
def test_only_the_one_that_stays_is_answered(pair: tuple[Statement, Statement]) -> None:
    goes, stays = pair
    merge(goes, stays)
    goes.refresh_from_db()

    assert list(queries.standing_statements(goes.conversation_id)) == [stays]
    assert not rules.may_vote(goes, may_take_part=YES)


@pytest.mark.django_db
def test_merging_twice_in_a_circle_across_or_with_itself_is_refused(pair: tuple[Statement, Statement]) -> None:
    goes, stays = pair
    (foreign,) = statements_of(make_conversation(statements=1))
    for target in (goes, foreign):
        with pytest.raises(CannotMerge):
            merge(goes, target)
    merge(goes, stays)

    for one, other in ((goes, stays), (stays, goes)):
        with pytest.raises(CannotMerge):
            merge(one, other)
    assert Link.objects.count() == 1


@pytest.mark.django_db
def test_the_facilitator_is_asked_once_more_and_then_it_is_done(
    client: Client, pair: tuple[Statement, Statement]
) -> None:
    goes, stays = pair
    assert goes.conversation.item.within
    sign_in(client, make_facilitator(within=goes.conversation.item.within))
    address = reverse("opinions:merge", args=[goes.pk])

    asked = client.get(address, {"into": stays.pk}).content.decode()
    answer = client.post(address, {"into": stays.pk})

    assert "Do these say the same?" in asked
    assert answer.headers["Location"] == reverse("opinions:needs", args=[goes.conversation_id])
    goes.refresh_from_db()
    assert goes.state == Statement.State.MERGED
    assert client.post(address, {"into": stays.pk}).status_code == 403


@pytest.mark.django_db
def test_nobody_else_merges(client: Client, pair: tuple[Statement, Statement]) -> None:
    goes, stays = pair

    assert client.post(reverse("opinions:merge", args=[goes.pk]), {"into": stays.pk}).status_code == 403
    goes.refresh_from_db()
    assert goes.state == Statement.State.SHOWN


@pytest.mark.django_db
def test_hidden_words_are_not_shown_by_merging(client: Client, pair: tuple[Statement, Statement]) -> None:
    goes, stays = pair
    merge(goes, stays)
    record.hide(item=goes.item, by=record.system_actor(), reason="Insulting.", now=NOW)

    assert client.get(reverse("opinions:statement", args=[goes.pk])).status_code == 404

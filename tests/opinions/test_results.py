from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from allting.opinions import actions, downloads, figures, maps, results
from allting.opinions.models import Conversation, MapPlace, Statement
from allting.record import actions as record
from tests.make.maps import TEXTS, make_map, make_voted_conversation
from tests.make.opinions import make_conversation, statements_of
from tests.make.processes import NOW
from tests.opinions.test_maps import let_vote

pytestmark = pytest.mark.django_db


def read(conversation: Conversation) -> results.Results:
    found = results.read_results(conversation=conversation, actor=None)
    assert found
    return found


def get(client: Client, conversation: Conversation, name: str = "results", *more: str) -> str:
    answer = client.get(reverse(f"opinions:{name}", args=[conversation.pk, *more]))
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


@pytest.fixture
def two_camps() -> Conversation:
    conversation = make_voted_conversation(people=120)
    make_map(conversation)
    return conversation


@pytest.fixture
def one_crowd() -> Conversation:
    conversation = make_voted_conversation(people=120, camps=1)
    make_map(conversation)
    return conversation


def test_the_headline_says_how_many_groups_and_what_unites_them(client: Client, two_camps: Conversation) -> None:
    page = get(client, two_camps)

    assert read(two_camps).headline.startswith("Two groups that hold up, and")
    assert read(two_camps).headline in page
    assert "120 people gave 1,200 answers." in page
    assert "found the same groups five times" in page


def test_what_most_in_every_group_say_unites_and_what_camps_dispute_divides(two_camps: Conversation) -> None:
    found = read(two_camps)

    uniting = {found.statements[it.statement].text for it in found.uniting}
    dividing = {found.statements[it.statement].text for it in found.dividing}
    assert uniting == set(TEXTS[:3])
    assert dividing == set(TEXTS[3:])


def test_a_name_that_the_facilitator_gave_stands_beside_its_letter(client: Client, two_camps: Conversation) -> None:
    by = record.system_actor()
    actions.name_groups(conversation=two_camps, names={"A": "Walk and care"}, by=by, now=NOW)

    page = get(client, two_camps)

    assert "A · Walk and care" in page
    assert "Group B" in page


def test_no_groups_is_a_page_of_its_own(client: Client, one_crowd: Conversation) -> None:
    page = get(client, one_crowd)

    assert "No separate groups. People differ, but step by step." in page
    assert "That is a result, not a fault." in page
    assert "At this end" in page
    assert "What each group stands for" not in page


def test_a_letter_that_is_missing_between_others_is_explained(two_camps: Conversation) -> None:
    found = read(two_camps)
    first, second = found.groups
    merged = replace(found, groups=[first, replace(second, letter="C")])

    assert merged.letters_gone == "A group keeps its letter from map to map. Group B is not found any more."
    assert replace(found, groups=[replace(second, letter="D")]).letters_gone.endswith(
        "Groups A, B, C are not found any more."
    )
    assert not found.letters_gone
    assert not replace(found, groups=[]).letters_gone


def test_few_answers_are_too_early_to_say_and_show_no_group(client: Client) -> None:
    conversation = make_voted_conversation(people=12)
    make_map(conversation)

    page = get(client, conversation)

    assert "Too early to say. 12 people have answered." in page
    assert "the true figure likely lies between" in page
    assert "map-drawing" not in page


def test_before_five_people_nothing_is_shown_and_why(client: Client) -> None:
    conversation = make_conversation()
    let_vote(conversation, people=4)

    page = get(client, conversation)

    assert "The first figures come within a minute after the fifth person has answered." in page
    assert reverse("opinions:results", args=[conversation.pk]) in page


def test_while_the_first_map_is_drawn_the_page_says_how_far_it_is(client: Client) -> None:
    conversation = make_conversation()
    let_vote(conversation, people=6)
    maps.claim(conversation_id=conversation.pk, now=NOW)

    assert "The map is being drawn." in get(client, conversation)


def test_the_waiting_page_turns_into_the_results(client: Client, two_camps: Conversation) -> None:
    answer = client.get(reverse("opinions:results", args=[two_camps.pk]), headers={"HX-Request": "true"})

    assert (answer.status_code, answer.headers["HX-Refresh"]) == (204, "true")


def test_a_statement_hidden_since_is_on_no_page_and_in_no_file(client: Client, two_camps: Conversation) -> None:
    hidden = statements_of(two_camps)[0]
    record.hide(item=hidden.item, by=record.system_actor(), reason="Insulting.", now=NOW)

    pages = [get(client, two_camps), get(client, two_camps, "table"), get(client, two_camps, "ranking", "unites")]
    pages += [get(client, two_camps, "download_csv"), get(client, two_camps, "download_json")]

    assert not any(hidden.text in page for page in pages)
    whole = json.loads(get(client, two_camps, "download_json"))["figures"]
    assert str(hidden.pk) not in whole["statements"]
    assert hidden.pk not in [row[0] for row in whole["unites"]]


@pytest.mark.parametrize("name", ["unites", "divides", "group-a", "group-b", "little-known"])
def test_every_ranking_has_a_page(client: Client, two_camps: Conversation, name: str) -> None:
    assert "<h1>" in get(client, two_camps, "ranking", name)


def test_an_unknown_ranking_is_nowhere(client: Client, two_camps: Conversation) -> None:
    assert client.get(reverse("opinions:ranking", args=[two_camps.pk, "group-f"])).status_code == 404


def test_tables_and_files_of_a_conversation_without_a_map_are_nowhere(client: Client) -> None:
    conversation = make_conversation()

    addresses = [("table", ()), ("download_csv", ()), ("download_json", ()), ("ranking", ("unites",))]
    statuses = {
        client.get(reverse(f"opinions:{name}", args=[conversation.pk, *more])).status_code for name, more in addresses
    }
    assert statuses == {404}


def test_the_table_has_the_same_figures(client: Client, two_camps: Conversation) -> None:
    found = read(two_camps)
    statement = found.uniting[0].statement
    cell = found.figures.statements[statement].groups["A"]

    page = get(client, two_camps, "table")

    assert f"{round(cell.rate * 100)}\xa0%" in page
    assert "unites" in page


def test_the_csv_names_method_version_and_digest_and_has_a_row_a_statement(
    client: Client, two_camps: Conversation
) -> None:
    rows = list(csv.DictReader(io.StringIO(get(client, two_camps, "download_csv").lstrip("\ufeff"))))

    snapshot = read(two_camps).snapshot
    assert len(rows) == 10
    assert {row["input_digest"] for row in rows} == {snapshot.input_digest}
    assert {(row["method"], row["version"]) for row in rows} == {(snapshot.method, snapshot.version)}
    assert all(int(row["group_A_answers"]) >= 5 for row in rows if row["group_A_answers"])


def test_words_that_a_spreadsheet_would_run_are_only_words(two_camps: Conversation) -> None:
    Statement.objects.filter(conversation=two_camps).update(text="=HYPERLINK(1)")

    texts = {row[1] for row in list(downloads.csv_rows(read(two_camps)))[1:]}

    assert texts == {"'=HYPERLINK(1)"}


def test_no_figure_in_a_file_is_about_fewer_than_five(client: Client) -> None:
    conversation = make_voted_conversation(people=60, votes_each=3)
    make_map(conversation)

    figures = json.loads(get(client, conversation, "download_json"))["figures"]

    for statement in figures["statements"].values():
        cells = [statement["everyone"], statement["between"], statement["devices"], *statement["groups"].values()]
        assert all(cell is None or cell[0] >= 5 for cell in cells)


def test_only_the_person_who_looks_is_shown_where_they_stand(client: Client, two_camps: Conversation) -> None:
    place = MapPlace.objects.first()
    assert place

    assert results.read_results(conversation=two_camps, actor=place.actor).place == (place.x, place.y)  # type: ignore[union-attr]
    assert read(two_camps).place is None
    assert "map-you" not in get(client, two_camps)


def test_the_licence_of_imported_data_stands_on_each_page_that_shows_it(
    client: Client, two_camps: Conversation
) -> None:
    Conversation.objects.filter(pk=two_camps.pk).update(attribution="Under CC BY 4.0, by somebody.")

    for name, more in [("results", ()), ("table", ()), ("ranking", ("unites",))]:
        assert "Under CC BY 4.0, by somebody." in get(client, two_camps, name, *more)


@pytest.mark.parametrize(("name", "kind"), [("map_svg", "image/svg+xml"), ("map_png", "image/png")])
def test_the_map_can_be_taken_home_as_a_picture(client: Client, two_camps: Conversation, name: str, kind: str) -> None:
    answer = client.get(reverse(f"opinions:{name}", args=[two_camps.pk]))

    assert (answer.status_code, answer.headers["Content-Type"]) == (200, kind)
    assert f'filename="conversation-{two_camps.pk}-map.{name[4:]}"' in answer.headers["Content-Disposition"]
    assert reverse(f"opinions:{name}", args=[two_camps.pk]) in get(client, two_camps)


def test_of_what_is_too_early_there_is_no_picture(client: Client) -> None:
    conversation = make_voted_conversation(people=12)
    make_map(conversation)

    assert client.get(reverse("opinions:map_svg", args=[conversation.pk])).status_code == 404
    assert reverse("opinions:map_svg", args=[conversation.pk]) not in get(client, conversation)


def test_the_method_is_explained(client: Client) -> None:
    assert client.get(reverse("opinions:method")).status_code == 200


def test_the_pages_cost_as_many_queries_for_many_statements_as_for_few(client: Client) -> None:
    few = make_voted_conversation(people=40, statements=8)
    many = make_voted_conversation(people=40, statements=40)
    for conversation in (few, many):
        make_map(conversation)
        get(client, conversation)  # what every page of a process knows is remembered from the first one on

    for name, more in [("results", ()), ("table", ()), ("ranking", ("divides",)), ("download_csv", ())]:
        assert count_queries(client, few, name, *more) == count_queries(client, many, name, *more)


def count_queries(client: Client, conversation: Conversation, name: str, *more: Any) -> int:
    with CaptureQueriesContext(connection) as queries:
        get(client, conversation, name, *more)
    return len(queries)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("disagree_rate", "kicker"), [(0.2, "They agree less than others"), (0.7, "They disagree with this")]
)
def test_of_a_group_that_mostly_agrees_nobody_says_that_it_disagrees(disagree_rate: float, kicker: str) -> None:
    conversation = make_voted_conversation()
    snapshot = make_map(conversation)
    refused = statements_of(conversation)[3].pk
    snapshot.figures["distinctive"] = {"A": [[refused, figures.DISAGREE, disagree_rate, 0.05, False]], "B": []}
    snapshot.figures["statements"][str(refused)]["groups"]["A"][-1] = disagree_rate
    snapshot.save()

    whole = read(conversation)

    (finding,) = whole.stands()[0].findings
    assert finding.kicker == kicker
    assert whole.finding(refused, side=figures.DISAGREE).kicker == "They disagree with this"

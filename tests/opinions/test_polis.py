"""The grouping of Polis beside ours: what of it is published, and what stays as it was."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from django.test import Client

from allting.opinions import analysis, figures, hiding, polis, stored
from allting.opinions.figures import AGREE, DISAGREE, Drawing
from allting.opinions.models import Conversation
from allting.opinions.polis import AsPolis
from allting.record import actions as record
from tests.make.maps import make_map, make_voted_conversation
from tests.make.opinions import statements_of
from tests.make.processes import NOW
from tests.opinions.test_figures import make_drawing
from tests.opinions.test_report import get

# Rows of the statements that `make_drawing` numbers from 100 on.
FIRST, SECOND, THIRD = 0, 1, 2


def drawn(*sizes: int, **others: Any) -> Drawing:
    """A drawing of three statements in which Polis finds groups of these sizes."""
    groups = [number for number, size in enumerate(sizes) for _person in range(size)]
    raw = {
        "x": [float(group) for group in groups],
        "y": [0.0] * len(groups),
        "groups": groups,
        "represents": {str(number): [[FIRST, AGREE]] for number in range(len(sizes))},
        "consensus": [[SECOND, AGREE]],
        "agreement": 0.7,
        "turned_count": 3,
        "turned_agreement": 0.1,
    }
    return make_drawing(*[[(5, 5)] * 3] * 3, as_polis={**raw, **others})


def published(drawing: Drawing, *, after: AsPolis | None = None, held: set[int] | None = None) -> AsPolis:
    plain = hiding.publish(drawing, figures.Turnout(people=100, devices=0, votes=1), stones=[])
    last = replace(plain, as_polis=json.loads(json.dumps(_data(after)))) if after else None
    shown = polis.read(json.loads(json.dumps(polis.publish(drawing, last=last, held=held or set()))))
    assert shown
    return shown


def _data(shown: AsPolis) -> dict[str, Any]:
    return {
        **{name: getattr(shown, name) for name in AsPolis.__slots__},
        "groups": [{name: getattr(it, name) for name in it.__slots__} for it in shown.groups],
    }


def test_sizes_and_stones_are_fives() -> None:
    shown = published(drawn(52, 38))

    assert [group.people for group in shown.groups] == [50, 40]
    assert shown.stones
    assert all(people % 5 == 0 and people >= 5 for _x, _y, people, _group in shown.stones)


def test_of_a_group_of_fewer_than_five_nothing_is_said() -> None:
    shown = published(drawn(52, 4))

    assert shown.count == 2
    assert [group.number for group in shown.groups] == [0]
    assert {group for _x, _y, _people, group in shown.stones} == {0}


def test_agreement_is_a_word_and_nothing_where_we_draw_no_groups() -> None:
    assert published(drawn(50, 40, agreement=0.9)).agreement == polis.SAME
    assert published(drawn(50, 40, agreement=0.3)).agreement == polis.PARTLY
    assert published(drawn(50, 40, agreement=None)).agreement == ""
    assert published(drawn(50, 40)).turned_agreement == polis.OTHER


@pytest.mark.parametrize(("size", "shown"), [(50, 50), (54, 50), (46, 50), (55, 55), (45, 45), (63, 65)])
def test_a_size_stays_until_it_is_wrong_by_five_people(size: int, shown: int) -> None:
    before = published(drawn(50, 40))

    assert published(drawn(size, 40), after=before).groups[0].people == shown


def test_whether_a_statement_that_is_held_back_is_listed_stays_as_it_was() -> None:
    before = published(drawn(50, 40))
    swapped = drawn(50, 40, represents={"0": [[THIRD, DISAGREE]], "1": []}, consensus=[[THIRD, AGREE]])

    free = published(swapped, after=before)
    held = published(swapped, after=before, held={100, 101, 102})

    assert (free.groups[0].represents, free.consensus) == ([(102, DISAGREE)], [(102, AGREE)])
    assert (held.groups[0].represents, held.consensus) == ([(100, AGREE)], [(101, AGREE)])


def test_of_other_groups_no_list_is_kept() -> None:
    before = published(drawn(50, 40))

    shown = published(drawn(40, 30, 20), after=before, held={100})

    assert all(not group.represents for group in shown.groups)


def test_groups_are_numbered_after_those_they_share_most_people_with() -> None:
    labels, own = [0] * 10 + [1] * 20 + [2] * 5, [1] * 9 + [0] * 21 + [-1] * 5

    numbers = analysis._numbers_as_ours(np.array(labels), np.array(own))

    assert numbers == [1, 0, 2]


def test_a_download_holds_what_stands_and_not_how_it_is_drawn() -> None:
    data = polis.publish(drawn(50, 40), last=None, held=set())

    downloaded = polis.for_download(data, standing={101})

    assert downloaded
    assert "stones" not in downloaded
    assert downloaded["groups"][0] == {"letter": "A", "people": 50, "represents": []}
    assert downloaded["consensus"] == [(101, AGREE)]
    assert polis.for_download({"is_too_large": True}, standing=set()) == {"is_too_large": True}
    assert polis.for_download(None, standing=set()) is None


# --- drawn, stored and read


@pytest.fixture
def two_camps(db: None) -> Conversation:
    conversation = make_voted_conversation(people=120)
    make_map(conversation)
    return conversation


def test_the_report_lays_it_beside_our_map(client: Client, two_camps: Conversation) -> None:
    page = get(client, two_camps)

    assert "As Polis would draw it" in page
    assert "The method of Polis finds two groups as well." in page
    assert "nearly everyone stands with the same people" in page
    assert "In the opposite order" in page
    assert page.count("map-narrow") == 3


def test_words_hidden_since_are_not_in_its_lists(client: Client, two_camps: Conversation) -> None:
    for hidden in statements_of(two_camps):
        record.hide(item=hidden.item, by=record.system_actor(), reason="Insulting.", now=NOW)

    assert "It lists nothing." in get(client, two_camps)


@pytest.mark.django_db
def test_where_we_draw_no_groups_the_report_says_that_polis_always_does(client: Client) -> None:
    conversation = make_voted_conversation(people=120, camps=1)
    make_map(conversation)

    page = get(client, conversation)

    assert "It always finds at least two" in page
    assert "the letter of the group of ours" not in page
    # Dots would say how often the same groups came back; there are none.
    assert "sureness" not in page.partition("<main")[2]


@pytest.mark.django_db
def test_with_too_many_people_it_says_why_there_is_nothing(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(analysis, "MOST_PEOPLE_AS_POLIS", 100)
    conversation = make_voted_conversation(people=120)
    make_map(conversation)

    assert "its method takes too long" in get(client, conversation)


def test_a_map_from_before_has_no_such_part(client: Client, two_camps: Conversation) -> None:
    snapshot = stored.latest_map(two_camps.pk)
    assert snapshot
    del snapshot.figures["as_polis"]
    snapshot.save()

    assert "As Polis would draw it" not in get(client, two_camps)

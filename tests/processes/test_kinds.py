from __future__ import annotations

import pytest

from allting.processes.kinds import PROCESS
from allting.processes.models import DecisionRight, Process
from allting.record.kinds import Words
from allting.record.viewers import NOBODY
from tests.make.processes import NOW, QUESTION, make_facilitator, make_member, make_process, viewer_of

pytestmark = pytest.mark.django_db


def test_cards_show_the_question_and_until_when() -> None:
    running, draft = make_process(), make_process(state="draft")

    cards = PROCESS.cards([running.pk, draft.pk], NOBODY)

    assert set(cards) == {running.pk}
    assert cards[running.pk].words == QUESTION
    assert cards[running.pk].evidence == "Open until 12 March"
    assert cards[running.pk].address == f"/processes/{running.pk}"


@pytest.mark.parametrize(("deed", "nobody", "facilitator"), [("see", 1, 1), ("moderate", 0, 1), ("comment", 0, 0)])
def test_who_may_do_what(deed: str, nobody: int, facilitator: int) -> None:
    process = make_process()

    for viewer, allowed in [(NOBODY, nobody), (viewer_of(make_facilitator()), facilitator)]:
        assert bool(PROCESS.may([process.pk], viewer, deed)[process.pk]) == bool(allowed)  # type: ignore[arg-type]


def test_a_draft_and_what_is_not_there_are_answered_alike() -> None:
    draft = make_process(state="draft")

    answers = PROCESS.may([draft.pk, 999], NOBODY, "see")

    assert answers[draft.pk] == answers[999]
    assert not answers[999]


def test_its_author_is_behind_it() -> None:
    process = make_process()

    assert PROCESS.people_behind([process.pk])[process.pk].authors == {process.item.author_id}


@pytest.mark.parametrize("words", list(Words))
def test_an_erased_sponsor_is_named_no_more_and_the_office_stays(words: Words) -> None:
    sponsor = make_member()
    process, other = make_process(sponsor=sponsor), make_process()

    PROCESS.forget(actor=sponsor.actor, words=words, now=NOW)

    process.refresh_from_db()
    assert (process.sponsor, process.decider_name, process.decider_title) == (None, "", "mayor")
    assert {right.who for right in DecisionRight.objects.filter(phase__process=process)} == {"mayor"}
    assert Process.objects.get(pk=other.pk).decider_name == "Dana Whitlock"
    assert not PROCESS.is_personal


def test_handing_over_moves_nothing() -> None:
    process = make_process()

    PROCESS.hand_over(giver=process.item.author, taker=make_member().actor, now=NOW)

    assert Process.objects.get(pk=process.pk).item.author_id == process.item.author_id


def test_a_process_is_carried_as_plain_data() -> None:
    process = make_process()

    (plain,) = PROCESS.carry([process.pk])

    assert plain["question"] == QUESTION
    assert plain["state"] == "running"
    assert plain["closes_at"].startswith("2027-03-12")

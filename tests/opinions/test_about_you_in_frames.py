"""Who takes part in a frame is asked what they are to the organisation, as on the page, and without a cookie."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.utils import timezone

from allting.opinions.models import Conversation
from allting.processes import participation
from allting.processes.models import Participation
from allting.record.models import Actor
from tests.make.embedding import Frame, make_host_site
from tests.make.opinions import make_conversation, statements_of

pytestmark = pytest.mark.django_db

QUESTION = "mostly?"


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture
def conversation(now: datetime) -> Conversation:
    return make_conversation(statements=14, now=now)


@pytest.fixture
def frame(conversation: Conversation) -> Frame:
    make_host_site(conversation)
    return Frame(conversation)


def vote(frame: Frame, *, first: int = 0, times: int) -> str:
    """Answer some of the statements and return the last page."""
    page = ""
    for statement in statements_of(frame.conversation)[first : first + times]:
        page = frame.vote(statement.pk).content.decode()
    return page


def test_the_tenth_answer_asks_and_the_eleventh_does_not(frame: Frame) -> None:
    assert QUESTION not in vote(frame, times=9)
    tenth = vote(frame, first=9, times=1)

    assert QUESTION in tenth
    assert 'id="statement-words"' in tenth
    assert "csrfmiddlewaretoken" not in tenth
    assert QUESTION not in vote(frame, first=10, times=1)


def test_what_they_say_is_kept_for_the_device_of_the_ticket_and_they_are_not_asked_at_the_end(frame: Frame) -> None:
    vote(frame, times=10)

    page = frame.press("embedded_relation", relation="supplier")

    said = Participation.objects.get()
    assert (said.relation, said.actor.kind) == ("supplier", Actor.Kind.DEVICE)
    assert "Noted: Supplier." in page.content.decode()
    assert 'id="statement-words"' in page.content.decode()
    assert not page.cookies
    assert QUESTION not in frame.press("embedded_enough").content.decode()


def test_who_would_rather_not_say_is_not_asked_again(frame: Frame) -> None:
    vote(frame, times=10)

    frame.press("embedded_relation", relation="")

    assert Participation.objects.get().relation == ""
    assert QUESTION not in frame.press("embedded_enough").content.decode()


def test_who_stops_early_is_asked_with_the_thanks_and_stays_there(frame: Frame) -> None:
    vote(frame, times=3)
    thanks = frame.press("embedded_enough").content.decode()

    page = frame.press("embedded_relation", relation="citizen", asked_at="thanks").content.decode()

    assert QUESTION in thanks
    assert 'name="asked_at" value="thanks"' in thanks
    assert "Noted: Citizen." in page
    assert 'id="thanks"' in page


def test_who_has_answered_nothing_says_nothing_about_themself(frame: Frame) -> None:
    frame.open()

    assert QUESTION not in frame.press("embedded_enough").content.decode()
    assert frame.press("embedded_relation", relation="citizen").status_code == 404
    assert not Participation.objects.exists()


def test_who_took_the_answers_back_says_nothing_either(frame: Frame) -> None:
    vote(frame, times=1)
    frame.press("embedded_undo")

    assert frame.press("embedded_relation", relation="citizen").status_code == 403
    assert not Participation.objects.exists()


def test_what_is_no_relation_is_asked_again(frame: Frame) -> None:
    vote(frame, times=10)

    page = frame.press("embedded_relation", relation="king")

    assert page.status_code == 422
    assert QUESTION in page.content.decode()
    assert not Participation.objects.exists()


def test_nobody_is_asked_once_relations_were_let_go_of(frame: Frame, now: datetime) -> None:
    process = frame.conversation.item.activity.phase.process
    participation.let_go_of_relations(process_id=process.pk, now=now)

    assert QUESTION not in vote(frame, times=10)
    assert frame.press("embedded_relation", relation="citizen").status_code == 409

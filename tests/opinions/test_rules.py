"""Rules as tables: who × state × answer."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from allting.opinions import queries, rules
from allting.opinions.models import Conversation, Statement
from allting.people.models import RoleName
from allting.processes.models import Process
from allting.record import actions as record
from allting.record.errors import NotFound, Refused
from allting.record.rules import YES, No
from allting.record.viewers import NOBODY, Viewer
from tests.make import processes
from tests.make.opinions import make_conversation, make_device_actor, make_statement, viewer_with
from tests.make.processes import NOW

pytestmark = pytest.mark.django_db


def viewers() -> dict[str, Viewer]:
    return {
        "nobody": NOBODY,
        "device": viewer_with(make_device_actor()),
        "member": processes.viewer_of(processes.make_member()),
        "sponsor": processes.viewer_of(processes.make_sponsor()),
        "facilitator": processes.viewer_of(processes.make_facilitator()),
        "deputy": processes.viewer_of(processes.make_deputy()),
        "system": Viewer(roles=frozenset({("system", None)})),
    }


# Each letter: l look, t take part, f facilitate; a dash for what is refused. 404 stands for "not to know of it".
TABLE = {
    ("draft", "link"): {"nobody": "404", "device": "404", "member": "404", "sponsor": "l--", "facilitator": "l-f"},
    ("announced", "link"): {"nobody": "l--", "device": "l--", "member": "l--", "facilitator": "l-f"},
    ("running", "link"): {
        "nobody": "lt-",
        "device": "lt-",
        "member": "lt-",
        "sponsor": "lt-",
        "facilitator": "ltf",
        "deputy": "ltf",
        "system": "ltf",
    },
    ("closed", "link"): {"nobody": "l--", "device": "l--", "member": "l--", "facilitator": "l-f"},
    ("running", "members"): {"nobody": "---", "device": "---", "member": "lt-", "facilitator": "ltf"},
    ("running", "invited"): {"nobody": "---", "device": "---", "member": "---", "facilitator": "ltf"},
}


@pytest.mark.parametrize(("state", "open_to"), TABLE)
def test_who_may_do_what_in_a_conversation(state: str, open_to: str) -> None:
    conversation = make_conversation(statements=1, state=state, open_to=Process.OpenTo(open_to))
    everybody = viewers()

    for who, expected in TABLE[state, open_to].items():
        assert tried(everybody[who], conversation.pk) == expected, who


def tried(viewer: Viewer, conversation_id: int) -> str:
    said = ""
    deeds: tuple[Any, ...] = ("look", "take_part", "facilitate")
    for letter, deed in zip("ltf", deeds, strict=True):
        try:
            queries.get_conversation_for(viewer, conversation_id, to=deed, now=NOW)
            said += letter
        except Refused:
            said += "-"
        except NotFound:
            return "404"
    return said


def test_a_role_in_another_process_opens_nothing_here() -> None:
    here, elsewhere = make_conversation(), make_conversation()
    assert elsewhere.item.within is not None
    visitor = processes.viewer_of(processes.make_facilitator(within=elsewhere.item.within))

    assert tried(visitor, here.pk) == "lt-"
    assert tried(visitor, elsewhere.pk) == "ltf"


def test_a_conversation_in_no_process_is_for_its_keepers_and_nobody_answers() -> None:
    loose = Conversation.objects.create(
        item=record.make_item(kind="conversation", title="Loose", author=record.system_actor(), within=None, now=NOW),
        changed_at=NOW,
    )
    everybody = viewers()

    assert tried(everybody["nobody"], loose.pk) == "404"
    assert tried(everybody["member"], loose.pk) == "404"
    assert tried(everybody["facilitator"], loose.pk) == "l-f"


def test_a_hidden_conversation_is_for_its_keepers() -> None:
    conversation = make_conversation()
    record.hide(item=conversation.item, by=conversation.item.author, reason="Double.", now=NOW)
    everybody = viewers()

    assert tried(everybody["device"], conversation.pk) == "404"
    assert tried(everybody["facilitator"], conversation.pk)[0] == "l"


@pytest.mark.parametrize(
    ("state", "is_hidden", "is_blanked", "answer"),
    [
        ("shown", False, False, None),
        ("waiting", False, False, "Somebody reads this statement first; then it can be answered."),
        ("declined", False, False, "This statement is not shown, so it cannot be answered."),
        ("shown", True, False, "This statement was hidden, so it cannot be answered."),
        ("shown", False, True, "Its author has taken the words back, so there is nothing to answer."),
    ],
)
def test_which_statements_can_be_answered(state: str, is_hidden: bool, is_blanked: bool, answer: str | None) -> None:
    statement = make_statement(make_conversation(), state=Statement.State(state))
    statement.item.hidden_at = NOW if is_hidden else None
    statement.item.blanked_at = NOW if is_blanked else None

    said = rules.may_vote(statement, may_take_part=YES)
    closed = rules.may_vote(statement, may_take_part=No("Closed."))

    assert (None if said else str(said.reason)) == answer
    assert closed == No("Closed.")


def test_a_statement_is_decided_on_by_those_who_look_after_it_while_it_waits() -> None:
    conversation = make_conversation()
    waiting = make_statement(conversation, text="Waits.", state=Statement.State.WAITING)
    shown = make_statement(conversation, text="Stands.")

    assert rules.may_decide(waiting, may_facilitate=YES)
    assert not rules.may_decide(shown, may_facilitate=YES)
    assert rules.may_decide(waiting, may_facilitate=No("Only they.")) == No("Only they.")


def test_statements_of_members_appear_at_once_and_the_others_wait() -> None:
    assert rules.state_of_new_statement(is_member=True) == Statement.State.SHOWN
    assert rules.state_of_new_statement(is_member=False) == Statement.State.WAITING


@pytest.mark.parametrize("role", [role for role in RoleName if role != RoleName.PARTICIPANT])
def test_every_role_in_the_organisation_makes_a_member(role: RoleName) -> None:
    conversation = make_conversation()
    here = Viewer(roles=frozenset({(role.value, conversation.item.within_id)}))
    elsewhere = Viewer(roles=frozenset({(role.value, 0)}))

    assert queries.get_conversation_for(here, conversation.pk, now=NOW).is_member
    assert not queries.get_conversation_for(elsewhere, conversation.pk, now=NOW).is_member


def test_a_participant_from_outside_is_no_member_so_somebody_reads_their_words_first() -> None:
    conversation = make_conversation()
    invited = Viewer(roles=frozenset({(RoleName.PARTICIPANT.value, conversation.item.within_id)}))

    assert not queries.get_conversation_for(invited, conversation.pk, now=NOW).is_member


@pytest.mark.parametrize(("answerable_count", "goal"), [(0, 0), (3, 3), (15, 15), (896, 15)])
def test_a_good_round_is_fifteen_or_all_there_are(answerable_count: int, goal: int) -> None:
    assert rules.goal_of(answerable_count) == goal


def test_voting_is_over_at_the_closing_minute_and_not_before() -> None:
    conversation = make_conversation()
    activity = processes.activity_in(conversation.item.within.process)  # type: ignore[union-attr]
    closes_at = activity.closes_at
    assert closes_at is not None

    before = queries.get_conversation_for(NOBODY, conversation.pk, now=closes_at - timedelta(seconds=1))
    after = queries.get_conversation_for(NOBODY, conversation.pk, now=closes_at)

    assert before.may_take_part
    assert not after.may_take_part
    assert "closed on 12 March" in str(after.may_take_part.reason)

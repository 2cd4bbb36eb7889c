from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from allting.people.models import RoleName
from allting.processes import rules
from allting.processes.models import Activity, DecisionRight, Phase, Process
from allting.processes.rules import Team
from allting.record.models import Actor, Item
from allting.record.viewers import NOBODY, Viewer

NOW = datetime(2027, 2, 10, 9, 0, tzinfo=UTC)
OPENS = datetime(2027, 2, 5, 0, 0, tzinfo=UTC)
CLOSES = datetime(2027, 3, 12, 22, 59, tzinfo=UTC)
PROCESS_ID = 7
ANOTHER_ID = 8
TEAM = Team(facilitator_ids=frozenset({1}), deputy_ids=frozenset({2}))


def loaded(
    *,
    state: str = "running",
    open_to: str = "link",
    opens: datetime | None = OPENS,
    closes: datetime | None = CLOSES,
    has_right: bool = True,
    closed: datetime | None = None,
    **columns: object,
) -> Activity:
    """Return an activity as queries load it, without a database."""
    columns = {
        "decider_name": "Dana Whitlock",
        "not_up_for_decision": "The tax rate.",
        "announced_at": None if state == "draft" else OPENS - timedelta(days=2),
        **columns,
    }
    question = str(columns.pop("question", "What should change?"))
    hidden_at = columns.pop("hidden_at", None)
    item = Item(pk=PROCESS_ID, kind="process", title=question, hidden_at=hidden_at)
    process = Process(item=item, state=state, open_to=open_to, **columns)
    phase = Phase(pk=1, process=process, kind="listening", number=1, starts_at=opens, ends_at=closes)
    phase._state.fields_cache["decision_right"] = (
        DecisionRight(phase=phase, who="Dana", what="All") if has_right else None
    )
    activity = Activity(
        pk=1, phase=phase, item=Item(pk=9, title="What?"), opens_at=opens, closes_at=closes, closed_at=closed
    )
    phase._prefetched_objects_cache = {"activities": [activity]}  # type: ignore[attr-defined]
    process._prefetched_objects_cache = {"phases": [phase]}  # type: ignore[attr-defined]
    return activity


def who(role: str | None = None, *, within: int | None = None) -> Viewer:
    return Viewer(actor=Actor(pk=1), roles=frozenset({(role, within)} if role else ()))


ANYBODY = {
    "nobody": NOBODY,
    "device": who(),
    "member": who("member"),
    "member here": who("member", within=PROCESS_ID),
    "member elsewhere": who("member", within=ANOTHER_ID),
    "lead here": who("lead", within=PROCESS_ID),
    "sponsor": who("sponsor"),
    "facilitator": who("facilitator"),
    "facilitator here": who("facilitator", within=PROCESS_ID),
    "facilitator elsewhere": who("facilitator", within=ANOTHER_ID),
    "deputy": who("deputy"),
    "deputy here": who("deputy", within=PROCESS_ID),
    "system": who("system"),
}
EVERYBODY = set(ANYBODY)
LOOKING_AFTER = {"facilitator", "facilitator here", "deputy", "deputy here", "system"}
EMPLOYED = LOOKING_AFTER | {"member", "member here", "lead here", "sponsor"}
INVITED = LOOKING_AFTER | {"member here", "lead here", "sponsor"}


@pytest.mark.parametrize("name", ANYBODY)
@pytest.mark.parametrize(("open_to", "allowed"), [("link", EVERYBODY), ("members", EMPLOYED), ("invited", INVITED)])
def test_who_may_take_part_while_it_is_open(name: str, open_to: str, allowed: set[str]) -> None:
    activity = loaded(open_to=open_to)

    assert bool(rules.may_take_part(ANYBODY[name], activity, NOW)) == (name in allowed)
    assert bool(rules.may_look(ANYBODY[name], activity.phase.process)) == (name in allowed)


@pytest.mark.parametrize(("open_to", "allowed"), [("link", True), ("members", False), ("invited", True)])
def test_an_entry_link_lets_in_where_invitations_do(open_to: str, allowed: bool) -> None:
    activity = loaded(open_to=open_to)

    assert bool(rules.may_take_part(NOBODY, activity, NOW, entered=True)) == allowed


@pytest.mark.parametrize(
    ("state", "moment", "reason"),
    [
        ("draft", NOW, "This has not been announced yet."),
        ("announced", OPENS - timedelta(days=1), "This opens on 5 February."),
        ("announced", OPENS - timedelta(microseconds=1), "This opens on 5 February."),
        ("announced", OPENS, ""),
        ("running", OPENS, ""),
        ("running", CLOSES - timedelta(microseconds=1), ""),
        ("running", CLOSES, "This closed on 12 March. See what came of it."),
        ("running", CLOSES + timedelta(days=3), "This closed on 12 March. See what came of it."),
        ("closed", CLOSES + timedelta(days=3), "This closed on 12 March. See what came of it."),
    ],
)
@pytest.mark.parametrize("name", ["nobody", "facilitator"])
def test_when_one_may_take_part(name: str, state: str, moment: datetime, reason: str) -> None:
    activity = loaded(state=state, opens=OPENS, closes=CLOSES)

    answer = rules.may_take_part(ANYBODY[name], activity, moment)

    assert getattr(answer, "reason", "") == reason
    assert rules.is_open(activity, moment) == (not reason)


def test_what_was_closed_early_says_the_day_it_closed() -> None:
    activity = loaded(closed=datetime(2027, 2, 20, 12, 0, tzinfo=UTC))

    answer = rules.may_take_part(NOBODY, activity, NOW + timedelta(days=15))

    assert getattr(answer, "reason", "") == "This closed on 20 February. See what came of it."
    assert not rules.is_open(activity, NOW)


def test_reasons_for_strangers_say_how_to_get_in() -> None:
    employees = rules.may_take_part(NOBODY, loaded(open_to="members"), NOW)
    invited = rules.may_take_part(NOBODY, loaded(open_to="invited"), NOW)

    assert "Only employees can take part here. Sign in" in getattr(employees, "reason", "")
    assert "Only those who are invited can take part here. Open the link" in getattr(invited, "reason", "")


@pytest.mark.parametrize("name", ANYBODY)
@pytest.mark.parametrize("columns", [{"state": "draft"}, {"hidden_at": NOW}], ids=["draft", "hidden"])
def test_drafts_and_hidden_ones_are_seen_by_those_who_look_after_them(name: str, columns: dict[str, object]) -> None:
    process = loaded(**columns).phase.process  # type: ignore[arg-type]

    assert bool(rules.may_look(ANYBODY[name], process)) == (name in LOOKING_AFTER | {"sponsor"})
    assert rules.is_visible(ANYBODY[name], process) == (name in LOOKING_AFTER | {"sponsor"})


@pytest.mark.parametrize("name", ANYBODY)
def test_who_may_facilitate_start_change_extend_and_close(name: str) -> None:
    viewer = ANYBODY[name]
    draft, running = loaded(state="draft").phase.process, loaded().phase.process
    looks_after = name in LOOKING_AFTER

    assert bool(rules.may_facilitate(viewer, running)) == looks_after
    assert bool(rules.may_change(viewer, draft)) == looks_after
    assert bool(rules.may_announce(viewer, draft, TEAM, NOW)) == looks_after
    assert bool(rules.may_extend(viewer, running, NOW)) == looks_after
    assert bool(rules.may_close(viewer, running, NOW)) == (looks_after or name == "sponsor")
    assert bool(rules.may_start(viewer)) == (name in {"facilitator", "deputy", "system"})


@pytest.mark.parametrize(
    ("state", "moment", "change", "extend", "close"),
    [
        ("draft", NOW, True, False, False),
        ("announced", OPENS - timedelta(days=1), False, True, False),
        ("announced", OPENS, False, True, True),
        ("running", NOW, False, True, True),
        ("running", CLOSES, False, False, False),
        ("closed", CLOSES, False, False, False),
    ],
)
def test_when_a_facilitator_may_change_extend_and_close(
    state: str, moment: datetime, change: bool, extend: bool, close: bool
) -> None:
    process = loaded(state=state).phase.process
    facilitator = ANYBODY["facilitator"]

    assert bool(rules.may_change(facilitator, process)) == change
    assert bool(rules.may_extend(facilitator, process, moment)) == extend
    assert bool(rules.may_close(facilitator, process, moment)) == close


@pytest.mark.parametrize(
    ("code", "columns", "team"),
    [
        ("question", {"question": " "}, TEAM),
        ("dates", {"opens": None, "closes": None}, TEAM),
        ("past", {"closes": NOW}, TEAM),
        ("decider", {"decider_name": ""}, TEAM),
        ("not_up_for_decision", {"not_up_for_decision": "\n"}, TEAM),
        ("answer_days", {"answer_days": 0}, TEAM),
        ("decision_rights", {"has_right": False}, TEAM),
        ("facilitator", {}, Team(deputy_ids=frozenset({2}), invited_deputies_count=1)),
        ("deputy", {}, Team(facilitator_ids=frozenset({1}))),
        ("deputy", {}, Team(facilitator_ids=frozenset({1}), deputy_ids=frozenset({1}))),
    ],
)
def test_announcing_needs(code: str, columns: dict[str, object], team: Team) -> None:
    process = loaded(state="draft", **columns).phase.process  # type: ignore[arg-type]

    assert [one.code for one in rules.missing_before_announcing(process, team, NOW)] == [code]
    assert not rules.may_announce(ANYBODY["facilitator"], process, team, NOW)


def test_announcing_names_everything_that_is_missing_at_once() -> None:
    process = loaded(state="draft", opens=None, closes=None, decider_name="", has_right=False).phase.process

    answer = rules.may_announce(ANYBODY["facilitator"], process, Team(), NOW)

    reason = getattr(answer, "reason", "")
    assert "Say when it starts" in reason
    assert "Name the person who decides" in reason
    assert "Say for each step who decides what." in reason
    assert "Invite a deputy" in reason


def test_an_invited_deputy_is_enough_and_is_waited_for() -> None:
    team = Team(facilitator_ids=frozenset({1}), invited_deputies_count=1)

    assert rules.may_announce(ANYBODY["facilitator"], loaded(state="draft").phase.process, team, NOW)
    assert team.awaits_deputy
    assert not TEAM.awaits_deputy


def test_five_weeks_from_5_february_end_with_12_march_and_answers_come_by_11_april() -> None:
    opens, closes = rules.start_of(date(2027, 2, 5)), rules.end_of(date(2027, 3, 12))
    timetable = rules.timetable_of(loaded(opens=opens, closes=closes).phase.process)

    assert rules.local_day(timetable.closes_at or NOW) == date(2027, 3, 12)
    assert timetable.answers_on == date(2027, 4, 11)
    assert timetable.days_left(NOW) == 30
    assert timetable.days_left(closes) == 0


def test_a_year_after_a_leap_day_is_the_last_of_february() -> None:
    assert rules.a_year_after(date(2028, 2, 29)) == date(2029, 2, 28)
    assert rules.a_year_after(date(2027, 3, 12)) == date(2028, 3, 12)


def test_the_roles_that_rules_name_exist() -> None:
    assert {"facilitator", "deputy", "sponsor", "member"} <= set(RoleName.values)

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from allting.processes import queries, rules
from allting.processes.actions import Labels
from allting.processes.activity_kinds import Count, NextStep
from allting.processes.models import Process
from tests.make.processes import (
    QUESTION,
    activity_in,
    make_deputy,
    make_facilitator,
    make_member,
    make_process,
    make_sponsor,
)
from tests.processes.conftest import Talks

pytestmark = pytest.mark.django_db

LABELS = Labels(is_invented=True, invented_note="The council is invented.", attribution="CC BY 4.0")


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture
def facilitator(client: Client, now: datetime) -> Client:
    return signed_in(client, make_facilitator(now=now))


def signed_in(client: Client, person: object) -> Client:
    client.force_login(person, backend="allting.people.sign_in.MailedCodeBackend")  # type: ignore[arg-type]
    return client


def text_of(response: object) -> str:
    return response.content.decode()  # type: ignore[attr-defined, no-any-return]


# --- front and list -----------------------------------------------------------------------------


def test_an_empty_installation_tells_a_stranger_what_it_is(client: Client) -> None:
    page = text_of(client.get("/"))

    assert "Somebody who answers back." in page
    assert "Sign in" in page
    assert "/processes/start" not in page


def test_an_empty_installation_asks_the_facilitator_whom_to_invite(facilitator: Client) -> None:
    page = text_of(facilitator.get("/"))

    assert "An empty circle. Whom will you invite?" in page
    assert "/processes/start" in page


def test_one_process_is_the_front_page(client: Client, now: datetime) -> None:
    make_process(now=now)
    make_process(state="draft", now=now)

    page = text_of(client.get("/"))

    assert QUESTION in page
    assert "Dana Whitlock, mayor" in page
    assert "What happens with what you say" in page


def test_the_one_that_runs_is_the_front_page_and_what_ended_is_a_link_away(client: Client, now: datetime) -> None:
    make_process(now=now)
    make_process(state="closed", now=now, question="And the trains?")

    page = text_of(client.get("/"))

    assert "What happens with what you say" in page
    assert QUESTION in page
    assert "And the trains?" not in page
    assert 'href="/processes"' in page
    assert "And the trains?" in text_of(client.get("/processes"))


def test_several_processes_are_a_list_that_says_how_many_are_open(client: Client, now: datetime) -> None:
    make_process(now=now)
    make_process(now=now, question="And the trains?")

    page = text_of(client.get("/"))

    assert "2 questions are open to you." in page
    assert "And the trains?" in page


def test_drafts_are_in_the_facilitators_list_only(client: Client, now: datetime) -> None:
    make_process(state="draft", now=now)

    assert QUESTION not in text_of(client.get("/processes"))
    assert QUESTION in text_of(signed_in(client, make_facilitator(now=now)).get("/processes"))


# --- the page of a process ----------------------------------------------------------------------


def test_the_page_says_who_asks_until_when_and_what_one_is_owed(client: Client, now: datetime) -> None:
    process = make_process(now=now, labels=LABELS)

    page = text_of(client.get(f"/processes/{process.pk}"))

    assert f'<h1 id="question">{QUESTION}</h1>' in page
    assert "The tax rate for 2027." in page
    assert "Which of your statements the city works on first." in page
    assert "An answer to every statement within 30 days of closing, signed by a person." in page
    assert "The council is invented." in page
    assert "CC BY 4.0" in page


def test_a_closed_process_leads_to_its_results(client: Client, now: datetime) -> None:
    process = make_process(state="closed", now=now)

    page = text_of(client.get(f"/processes/{process.pk}"))

    assert "This has closed. See what came of it." in page
    assert f"/talks/{activity_in(process).item_id}/results" in page


def test_an_announced_process_says_when_it_opens(client: Client, now: datetime) -> None:
    process = make_process(state="announced", now=now)

    assert "This opens on" in text_of(client.get(f"/processes/{process.pk}"))


def test_figures_are_shown_when_all_stand_on_five_people_or_more(client: Client, now: datetime, talks: Talks) -> None:
    process = make_process(now=now)
    talks.counts = [Count(figure=2031, label="people have voted"), Count(figure=6, label="wrote their own")]

    assert "2,031" in text_of(client.get(f"/processes/{process.pk}"))

    talks.counts[1] = Count(figure=None, label="wrote their own")

    page = text_of(client.get(f"/processes/{process.pk}"))
    assert "2,031" not in page
    assert "wrote their own" not in page


@pytest.mark.parametrize(
    ("state", "open_to", "status"),
    [("draft", "link", 404), ("running", "link", 200), ("running", "members", 403), ("running", "invited", 403)],
)
def test_what_a_stranger_gets(client: Client, now: datetime, state: str, open_to: str, status: int) -> None:
    process = make_process(state=state, open_to=Process.OpenTo(open_to), now=now)

    assert client.get(f"/processes/{process.pk}").status_code == status


def test_employees_read_what_is_for_employees(client: Client, now: datetime) -> None:
    process = make_process(open_to=Process.OpenTo.MEMBERS, now=now)

    assert signed_in(client, make_member(now=now)).get(f"/processes/{process.pk}").status_code == 200


def test_a_process_that_is_not_there_is_not_found(client: Client) -> None:
    assert client.get("/processes/999").status_code == 404


def test_the_header_leads_through_the_process_and_the_facilitator_to_the_workbench(
    client: Client, now: datetime
) -> None:
    process = make_process(now=now)
    workbench = f'href="/processes/{process.pk}/workbench"'

    strangers = text_of(client.get(f"/processes/{process.pk}"))
    facilitators = text_of(signed_in(client, make_facilitator(now=now)).get(f"/processes/{process.pk}"))

    assert f'href="/processes/{process.pk}" aria-current="page">Take part' in strangers
    assert f'href="/talks/{activity_in(process).item_id}/results">Results' in strangers
    assert workbench not in strangers
    assert workbench in facilitators


def test_the_header_of_a_closed_process_invites_nobody(client: Client, now: datetime) -> None:
    process = make_process(state="closed", now=now)

    page = text_of(client.get(f"/processes/{process.pk}"))

    assert f'href="/processes/{process.pk}" aria-current="page">The question' in page
    assert ">Take part" not in page.split("<main")[0]


def test_the_page_speaks_swedish(client: Client, now: datetime) -> None:
    process = make_process(now=now)

    page = text_of(client.get(f"/processes/{process.pk}", headers={"Accept-Language": "sv"}))

    assert "Vad som händer med det du säger" in page
    assert "Öppet till och med" in page


# --- starting -----------------------------------------------------------------------------------


def choices(now: datetime, **changes: object) -> dict[str, object]:
    return {
        "question": "What should change?",
        "open_to": "link",
        "audience": "everyone",
        "starts_on": rules.local_day(now).isoformat(),
        "weeks": "5",
        "decider_name": "Dana Whitlock",
        "decider_title": "mayor",
        "up_for_decision": "What we do first.",
        "not_up_for_decision": "The tax rate.",
        "answer_days": "30",
        "languages": ["en", "sv"],
        **changes,
    }


def test_seven_choices_make_a_draft(facilitator: Client, now: datetime) -> None:
    response = facilitator.post("/processes/start", choices(now) | {"save": "1"})

    process = Process.objects.get()
    assert response.headers["Location"] == f"/processes/{process.pk}/workbench"
    assert (process.state, process.languages) == ("draft", ["en", "sv"])
    assert rules.timetable_of(queries.processes_by_id([process.pk])[process.pk]).opens_at


def test_a_draft_with_the_question_alone_is_saved(facilitator: Client) -> None:
    facilitator.post(
        "/processes/start", {"question": "Why?", "open_to": "link", "answer_days": "30", "languages": ["en"]}
    )

    assert Process.objects.get().item.title == "Why?"


def test_looking_through_comes_after_saving(facilitator: Client, now: datetime) -> None:
    response = facilitator.post("/processes/start", choices(now) | {"look_through": "1"})

    assert response.headers["Location"] == f"/processes/{Process.objects.get().pk}/announce"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"question": " "}, "Write the question."),
        ({"question": "x" * 161}, "At most 160 characters fit"),
        ({"starts_on": "2020-02-05"}, "has passed. Choose today or a later day."),
        ({"starts_on": "5 Feb"}, "Write a day, such as"),
        ({"weeks": "900"}, "Choose one of those that are here."),
        ({"answer_days": "0"}, "Choose one of those that are here."),
        ({"languages": []}, "Choose at least one language."),
        ({"languages": ["tlh"]}, "Choose among those that are here."),
    ],
)
def test_a_bad_choice_answers_422_and_loses_nothing(
    facilitator: Client, now: datetime, changes: dict[str, object], words: str
) -> None:
    response = facilitator.post("/processes/start", choices(now, **changes))

    assert response.status_code == 422
    page = text_of(response)
    assert words in page
    assert "The tax rate." in page
    assert not Process.objects.exists()


def test_the_preview_shows_what_can_be_read_so_far_and_saves_nothing(facilitator: Client, now: datetime) -> None:
    response = facilitator.post(
        "/processes/start", choices(now, weeks="900") | {"preview": "1"}, headers={"HX-Request": "true"}
    )

    page = text_of(response)
    assert response.status_code == 200
    assert page.strip().startswith('<div id="preview"')
    assert "What should change?" in page
    assert "No dates yet." in page
    assert not Process.objects.exists()


@pytest.mark.parametrize("make", [make_member, make_sponsor])
def test_starting_is_for_facilitators(client: Client, now: datetime, make: object) -> None:
    assert client.get("/processes/start").status_code == 403
    signed_in(client, make(now=now))  # type: ignore[operator]
    assert client.post("/processes/start", choices(now)).status_code == 403
    assert not Process.objects.exists()


def test_a_draft_is_changed_and_keeps_its_sponsor(facilitator: Client, now: datetime) -> None:
    sponsor = make_sponsor(now=now)
    process = make_process(state="draft", now=now, sponsor=sponsor)

    form = facilitator.get(f"/processes/{process.pk}/edit")
    facilitator.post(f"/processes/{process.pk}/edit", choices(now, question="And now?"))

    process.refresh_from_db()
    assert QUESTION in text_of(form)
    assert (process.item.title, process.sponsor) == ("And now?", sponsor)


def test_what_was_announced_cannot_be_edited(facilitator: Client, now: datetime) -> None:
    process = make_process(now=now)

    response = facilitator.post(f"/processes/{process.pk}/edit", choices(now))

    assert response.status_code == 403
    assert "What was promised then stands" in text_of(response)


# --- workbench, announcing, extending, closing --------------------------------------------------


def test_the_workbench_says_what_is_missing(facilitator: Client, now: datetime) -> None:
    process = make_process(state="draft", not_up_for_decision="", now=now)

    page = text_of(facilitator.get(f"/processes/{process.pk}/workbench"))

    assert "2 things are missing before you announce." in page
    assert "Say what is not up for decision." in page
    assert "Invite a deputy" in page


def test_the_workbench_leads_to_the_people_of_this_process(client: Client, now: datetime) -> None:
    process = make_process(state="draft", now=now)
    page_of_people = f"{reverse('people:invitations')}?item={process.pk}"
    signed_in(client, make_deputy(within=process.item, now=now))

    workbench = text_of(client.get(reverse("processes:workbench", args=[process.pk])))
    invitations = client.get(page_of_people)

    assert page_of_people in workbench
    assert process.item.title in text_of(invitations)


def test_the_workbench_says_how_long_is_left_and_what_is_urgent_first(
    facilitator: Client, now: datetime, talks: Talks
) -> None:
    talks.next_steps = [
        NextStep("Name the groups", "", "Name", "/name"),
        NextStep("Look at 9 new statements", "The oldest has waited 19 hours.", "Look", "/look", is_urgent=True),
    ]
    process = make_process(now=now)

    page = text_of(facilitator.get(f"/processes/{process.pk}/workbench"))

    assert "30 days left." in page
    places = [page.index(words) for words in ("Look at 9 new statements", "Invite people", "Name the groups")]
    assert places == sorted(places)
    assert page.count("button-filled") == 1


def test_figures_under_five_are_left_out_of_the_workbench_and_it_says_so(
    facilitator: Client, now: datetime, talks: Talks
) -> None:
    talks.counts = [Count(figure=None, label="people have answered"), Count(figure=9, label="statements")]
    process = make_process(now=now)

    page = text_of(facilitator.get(f"/processes/{process.pk}/workbench"))

    assert "people have answered" not in page
    assert "never about fewer than five" in page
    assert "statements" in page


def test_announcing_from_the_page(facilitator: Client, now: datetime) -> None:
    process = make_process(state="draft", now=now)
    make_deputy(now=now)
    phase = activity_in(process).phase
    rights = {f"who_{phase.pk}": "Dana", f"what_{phase.pk}": "What we do first."}

    assert "Ready to announce" in text_of(facilitator.get(f"/processes/{process.pk}/announce"))
    response = facilitator.post(f"/processes/{process.pk}/announce", rights)

    assert response.status_code == 302
    process.refresh_from_db()
    assert process.state == "announced"


def test_announcing_too_early_names_what_is_missing_and_keeps_what_was_typed(
    facilitator: Client, now: datetime
) -> None:
    process = make_process(state="draft", now=now, decider_name="")
    phase = activity_in(process).phase
    rights = {f"who_{phase.pk}": "Dana", f"what_{phase.pk}": "Ten things, typed just now."}

    response = facilitator.post(f"/processes/{process.pk}/announce", rights)

    page = text_of(response)
    assert response.status_code == 422
    assert "Name the person who decides" in page
    assert "Invite a deputy" in page
    assert "Ten things, typed just now." in page


def test_announcing_without_saying_who_decides_what_is_a_bad_form(facilitator: Client, now: datetime) -> None:
    process = make_process(state="draft", now=now)
    phase = activity_in(process).phase

    response = facilitator.post(f"/processes/{process.pk}/announce", {f"who_{phase.pk}": "Dana", "x": "y"})

    assert response.status_code == 422
    assert "Say what is decided in this step." in text_of(response)


def test_extending_from_the_page_tells_everybody(facilitator: Client, now: datetime) -> None:
    process = make_process(now=now)
    until = rules.local_day(now) + timedelta(days=60)

    response = facilitator.post(
        f"/processes/{process.pk}/extend", {"until": until.isoformat(), "note": "The buses were full."}
    )

    assert response.status_code == 302
    assert "The buses were full." in text_of(facilitator.get(f"/processes/{process.pk}"))


@pytest.mark.parametrize(
    ("days", "note", "words"),
    [(3, "Why not", "is not later than"), (60, "", "Say why."), (60, "x" * 301, "At most 300 characters fit")],
)
def test_a_bad_extension_answers_422(facilitator: Client, now: datetime, days: int, note: str, words: str) -> None:
    process = make_process(now=now)
    until = rules.local_day(now) + timedelta(days=days)

    response = facilitator.post(f"/processes/{process.pk}/extend", {"until": until.isoformat(), "note": note})

    assert response.status_code == 422
    assert words in text_of(response)


def test_closing_asks_once_more_and_then_closes(facilitator: Client, now: datetime) -> None:
    process = make_process(now=now)

    assert "Close it now instead of on" in text_of(facilitator.get(f"/processes/{process.pk}/close"))
    facilitator.post(f"/processes/{process.pk}/close")

    process.refresh_from_db()
    assert process.state == "closed"


def test_the_sponsor_may_close_and_not_extend(client: Client, now: datetime) -> None:
    process = make_process(now=now)
    signed_in(client, make_sponsor(now=now))

    assert client.get(f"/processes/{process.pk}/close").status_code == 200
    assert client.get(f"/processes/{process.pk}/extend").status_code == 403


@pytest.mark.parametrize("page", ["edit", "workbench", "announce", "extend", "close", "poster"])
@pytest.mark.parametrize("state", ["draft", "running"])
def test_strangers_do_not_look_after_processes(client: Client, now: datetime, page: str, state: str) -> None:
    process = make_process(state=state, now=now)

    assert client.get(f"/processes/{process.pk}/{page}").status_code == (404 if state == "draft" else 403)


def test_the_poster_carries_the_question_and_the_code(facilitator: Client, now: datetime) -> None:
    process = make_process(now=now)

    page = text_of(facilitator.get(f"/processes/{process.pk}/poster"))

    assert "data:image/svg+xml;base64," in page
    assert f"http://localhost:8000/processes/{process.pk}" in page


def test_the_poster_of_a_closed_process_invites_nobody(facilitator: Client, now: datetime) -> None:
    process = make_process(state="closed", now=now)

    page = text_of(facilitator.get(f"/processes/{process.pk}/poster"))

    assert "Nobody can take part any more" in page
    assert "data:image/svg+xml" not in page


@pytest.mark.parametrize("number", ["9" * 19, "9" * 5_000])
def test_no_number_of_a_process_is_too_long_to_invite_to(facilitator: Client, number: str) -> None:
    assert facilitator.get(reverse("people:invitations"), {"item": number}).status_code == 404


def test_the_poster_of_an_invited_process_waits_for_its_code(facilitator: Client, now: datetime) -> None:
    process = make_process(open_to=Process.OpenTo.INVITED, now=now)

    page = text_of(facilitator.get(f"/processes/{process.pk}/poster"))

    assert "First make the code." in page
    assert "data:image/svg+xml" not in page


# --- cost ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("rows", [2, 8])
def test_the_list_page_costs_the_same_however_long_it_is(
    client: Client, now: datetime, rows: int, django_assert_max_num_queries: object
) -> None:
    for _row in range(rows):
        make_process(now=now)

    with django_assert_max_num_queries(9):  # type: ignore[operator]
        client.get("/processes")


def test_the_page_of_a_process_costs_few_queries(
    client: Client, now: datetime, django_assert_max_num_queries: object
) -> None:
    process = make_process(now=now)

    with django_assert_max_num_queries(7):  # type: ignore[operator]
        client.get(f"/processes/{process.pk}")


def test_the_workbench_costs_few_queries(
    facilitator: Client, now: datetime, django_assert_max_num_queries: object
) -> None:
    process = make_process(now=now)

    with django_assert_max_num_queries(12):  # type: ignore[operator]
        facilitator.get(f"/processes/{process.pk}/workbench")

"""The pages: what waits for whom, what is public, and what each says when there is nothing."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from allting.answers import actions, queries
from allting.answers.models import Answer
from allting.people import actions as people_actions
from allting.processes.models import DecisionRight
from tests.make import answers as make
from tests.make import maps, opinions, participation, people, story
from tests.make import processes as making

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nobody_is_signed_out_by_our_clock(settings):
    settings.SESSION_COOKIE_AGE = 10**8


@pytest.fixture
def at(monkeypatch):
    """Set the clock."""

    def set_to(moment: datetime) -> None:
        monkeypatch.setattr(timezone, "now", lambda: moment)

    return set_to


def page_of(client: Client, name: str, *about: int) -> str:
    response = client.get(reverse(f"answers:{name}", args=about))
    assert response.status_code == 200, response.status_code
    return " ".join(response.content.decode().split())


@pytest.fixture
def sponsor() -> Client:
    return people.sign_in(Client(), making.make_sponsor())


@pytest.fixture
def facilitator() -> Client:
    return people.sign_in(Client(), making.make_facilitator())


# --- waiting for you ----------------------------------------------------------------------------------


def test_the_sponsor_sees_drafts_and_after_the_day_also_what_is_late(sponsor, at):
    process = make.make_owed("Open the library.", "Mend the road.")
    first = make.groups_in(process)[0]
    actions.write_answer(group=first, draft=make.YES, by=making.make_facilitator().actor, now=make.IN_TIME)
    at(make.IN_TIME)
    before = page_of(sponsor, "waiting")
    at(make.LATE)
    after = page_of(sponsor, "waiting")

    assert "One thing waits for you." in before
    assert "Read and sign" in before
    assert "Mend the road." not in before
    assert "Two things wait for you." in after
    assert "About 8 minutes." in after
    assert "3 days late" in after
    assert "public since" not in after


def test_what_is_late_in_public_says_so_to_the_sponsor(sponsor, at):
    make.make_owed("Open the library.")
    at(make.PUBLICLY_LATE)

    assert "16 days late, public since 26 April" in page_of(sponsor, "waiting")


def test_the_facilitator_is_told_to_group_and_to_look_at_what_waits(facilitator, at):
    make.make_owed("Open the library.", "Mend the road.")
    at(make.IN_TIME)

    page = page_of(facilitator, "waiting")

    assert "Write answers to 2 groups" in page
    assert "Group and write" in page


def test_signed_answers_wait_to_be_published(facilitator, at):
    process = make.make_owed("Open the library.")
    make.make_signed(make.groups_in(process)[0])
    at(make.IN_TIME)

    assert "Publish 1 signed answer" in page_of(facilitator, "waiting")


def test_with_nothing_to_do_the_page_says_so(sponsor, at):
    assert "Nothing waits for you." in page_of(sponsor, "waiting")


def test_one_filled_button_and_no_more_than_five_of_a_kind(sponsor, at):
    make.make_owed(*[f"Statement {number}." for number in range(8)])
    at(make.LATE)

    page = page_of(sponsor, "waiting")

    assert page.count("button-filled") == 1
    assert "Eight things wait for you." in page
    assert "3 more" in page


def test_whoever_has_no_role_is_led_to_their_own_part():
    assert Client().get(reverse("answers:waiting"))["Location"] == reverse("answers:mine")


# --- writing and signing ------------------------------------------------------------------------------


def test_the_sponsor_writes_and_signs_on_one_page(sponsor, at):
    process = make.make_owed("Open the library.")
    group = make.groups_in(process)[0]
    at(make.IN_TIME)

    response = sponsor.post(
        reverse("answers:write", args=[group.pk]), {"decision": "yes", "what_next": "We open it.", "sign": "1"}
    )

    assert response["Location"] == reverse("answers:waiting")
    assert Answer.objects.get(group=group).signed_by == making.make_sponsor()


def test_a_no_without_a_reason_comes_back_with_the_words(sponsor):
    group = make.groups_in(make.make_owed("Open the library."))[0]

    response = sponsor.post(reverse("answers:write", args=[group.pk]), {"decision": "no", "what_next": "Nothing."})

    assert response.status_code == 422
    assert "right to the reason" in response.content.decode()
    assert ">Nothing.</textarea>" in response.content.decode().replace("\n", "")


def test_the_facilitator_does_not_sign_where_there_is_a_sponsor(facilitator, sponsor):
    group = make.groups_in(make.make_owed("Open the library."))[0]

    response = facilitator.post(
        reverse("answers:write", args=[group.pk]), {"decision": "yes", "what_next": "We open it.", "sign": "1"}
    )

    assert response.status_code == 403
    assert not Answer.objects.exists()


def test_where_nobody_decides_the_facilitator_signs(facilitator):
    group = make.groups_in(make.make_owed("Open the library."))[0]

    response = facilitator.post(
        reverse("answers:write", args=[group.pk]), {"decision": "yes", "what_next": "We open it.", "sign": "1"}
    )

    assert response.status_code == 302


def test_nobody_signs_without_a_name(sponsor):
    people_actions.change_profile(person=making.make_sponsor(), name="", title="", language="en", now=make.NOW)
    group = make.groups_in(make.make_owed("Open the library."))[0]

    assert "signed by a person with a name" in page_of(sponsor, "write", group.pk)


def test_the_same_text_for_more_than_twenty_groups_warns(sponsor):
    process = make.make_owed(*[f"Statement {number}." for number in range(21)])
    by = making.make_facilitator().actor
    groups = make.groups_in(process)
    for group in groups[:20]:
        actions.write_answer(group=group, draft=make.YES, by=by, now=make.IN_TIME)
    before = page_of(sponsor, "write", groups[0].pk)
    actions.write_answer(group=groups[20], draft=make.YES, by=by, now=make.IN_TIME)
    after = page_of(sponsor, "write", groups[0].pk)

    assert "the same text everywhere" not in before
    assert "21 groups get these words." in after


def test_what_belongs_together_is_joined_from_the_list(facilitator):
    process = make.make_owed("Open the library.", "Library on Sundays!", "Mend the road.")
    first, second, _other = make.groups_in(process)

    response = facilitator.post(
        reverse("answers:prepare", args=[process.pk]), {"groups": [first.pk, second.pk], "title": "The library"}
    )

    assert response["Location"] == reverse("answers:write", args=[first.pk])
    assert "The library" in page_of(facilitator, "prepare", process.pk)


# --- publishing ---------------------------------------------------------------------------------------


def test_before_mails_go_out_one_sees_counts_and_never_an_address(sponsor):
    author = opinions.make_device_actor()
    (statement,) = make.make_statements("Open the library.", authors=[author])
    for number in range(6):
        supporter = opinions.cast(statement)
        make.leave_address(supporter, statement.conversation.item, address=f"secret{number}@example.org")
    process = make.close(statement)
    make.make_signed(make.groups_in(process)[0])

    page = page_of(sponsor, "publish", process.pk)

    assert "7 people find it under “My part”." in page
    assert "6 of them get one mail each." in page
    assert "secret" not in page
    for words in ("On 10 February you wrote:", "You agreed with this:", "Den 10 februari skrev du:"):
        assert words in page


def test_fewer_than_five_are_never_counted(sponsor):
    process = make.make_owed("Open the library.", authors=[people.make_person().actor])
    make.make_signed(make.groups_in(process)[0])

    page = page_of(sponsor, "publish", process.pk)

    assert "Fewer than five people find it" in page
    assert "Fewer than five of them get one mail each." in page


def test_publishing_leads_to_what_everybody_reads(sponsor):
    process = make.make_owed("Open the library.")
    make.make_signed(make.groups_in(process)[0])

    response = sponsor.post(reverse("answers:publish", args=[process.pk]))

    assert response["Location"] == reverse("answers:answers", args=[process.pk])
    assert "Everyone who wrote has an answer." in page_of(Client(), "answers", process.pk)


# --- what everybody reads -----------------------------------------------------------------------------


def test_a_late_answer_stands_on_the_public_page_after_15_days_and_not_before(at):
    process = make.make_owed("Open the library.")
    at(make.LATE)
    before = page_of(Client(), "answers", process.pk)
    at(make.PUBLICLY_LATE)
    after = page_of(Client(), "answers", process.pk)

    assert "One answer is late" not in before
    assert "One answer is late" in after
    assert "was due on 11 April" in after


def test_the_rate_is_shown_with_its_n(at):
    process = make.make_owed("One.", "Two.", "Three.")
    make.make_signed(make.groups_in(process)[0])
    at(make.LATE)

    page = page_of(Client(), "answers", process.pk)

    assert "33 %" in page
    assert "1 of 3" in page


def test_a_draft_is_seen_by_nobody_outside(sponsor):
    process = make.make_owed("Open the library.")
    answer = make.make_signed(make.groups_in(process)[0])

    assert Client().get(reverse("answers:answer", args=[answer.pk])).status_code == 404
    assert "It is not published." in page_of(sponsor, "answer", answer.pk)
    assert "Yes, we will." not in page_of(Client(), "answers", process.pk)


def test_the_story_tells_the_whole_way():
    conversation = maps.make_voted_conversation(people=60)
    maps.make_map(conversation)
    statement = opinions.make_statement(conversation, text="Open the library.")
    process = make.close(statement)
    make.make_published(process)

    page = page_of(Client(), "story", process.pk)

    for words in (
        "We asked, and 60 people answered.",
        making.QUESTION,
        "<dt>Who was asked</dt><dd>everyone who lives or works here",
        "<dt>Not up for decision</dt><dd>The tax rate for 2027.</dd>",
        "Who took part, and who is missing",
        "What unites, and what divides",
        "Yes, we will. By June 2028.",
        "Open the library.",
    ):
        assert words in page


def test_the_story_tells_who_is_missing():
    conversation = maps.make_voted_conversation(people=60)
    process = make.process_of(conversation)
    maps.make_map(conversation)
    participation.say(process, {"citizen": 30})
    participation.frame(process, {"citizen": 50, "customer": 50})

    page = page_of(Client(), "story", process.pk)

    assert "Missing: Customer." in page
    assert "these figures cannot tell who is missing" not in page


@pytest.mark.parametrize("state", ["announced", "running", "closed"])
def test_a_story_with_nobody_in_it_says_what_to_do(state):
    process = making.make_process(state=state, now=timezone.now())

    page = page_of(Client(), "story", process.pk)

    assert "Fewer than five people have answered so far." in page


def test_the_story_speaks_swedish():
    process = make.make_owed("Öppna biblioteket.")
    make.make_published(process)

    page = Client(headers={"accept-language": "sv"}).get(reverse("answers:story", args=[process.pk])).content.decode()

    assert "Så gick det" in page
    assert "What became of it" not in page


# --- my part ------------------------------------------------------------------------------------------


def test_my_part_shows_what_i_wrote_and_what_i_agreed_with(at):
    author, supporter = people.make_device_client(), people.make_device_client()
    (statement,) = make.make_statements("Open the library.", authors=[author.actor])
    opinions.cast(statement, actor=supporter.actor)
    process = make.close(statement)
    at(make.IN_TIME)
    waiting = page_of(author, "mine")
    make.make_published(process)

    assert "You are owed an answer by 11 April." in waiting
    assert "One answer to what you wrote." in page_of(author, "mine")
    agreed = page_of(supporter, "mine")
    assert "There are answers to what you agreed with." in agreed
    assert "Open the library." in agreed


def test_my_part_of_nobody_makes_nothing_and_says_what_to_do():
    client = Client()

    page = page_of(client, "mine")

    assert "The first statement is the hardest." in page
    assert "device" not in client.cookies


def test_a_list_quotes_all_of_what_an_answer_answers_or_nothing_of_it(at):
    process = make.make_owed(*[f"Statement {number}." for number in range(5)])
    groups = make.groups_in(process)
    actions.join_groups(groups=groups[:4], title="The road", by=making.make_facilitator().actor, now=make.IN_TIME)
    make.make_published(process)

    for name in ("answers", "story"):
        page = page_of(Client(), name, process.pk)
        assert "answers 4 statements" in page
        assert "Statement 4." in page
        assert "Statement 0." not in page


def test_the_answer_comes_before_what_it_answers(at):
    process = make.make_owed(*[f"Statement {number}." for number in range(12)])
    actions.join_groups(
        groups=make.groups_in(process), title="The road", by=making.make_facilitator().actor, now=make.IN_TIME
    )
    answer = make.make_published(process).answers.get()

    page = page_of(Client(), "answer", answer.pk)

    assert page.index("What happens next") < page.index("It answers 12 statements") < page.index("Statement 0.")
    assert "?page=2#said" in page
    assert "Statement 10." not in page


def test_the_story_says_who_decides_what_in_each_step():
    told = story.make_chosen()
    phases = list(told.process.phases.order_by("number"))
    DecisionRight.objects.filter(phase=phases[1]).update(
        who="Priya Raman, facilitator", what="What stands on the ballot."
    )

    page = page_of(Client(), "story", told.process.pk)

    assert page.count("Which come first.") == 1
    assert "<strong>Priya Raman, facilitator:</strong> What stands on the ballot." in page


def test_what_is_long_comes_in_pages(sponsor, at):
    process = make.make_owed(*[f"Statement {number}." for number in range(35)])
    at(make.PUBLICLY_LATE)
    late = page_of(Client(), "answers", process.pk)
    group = actions.join_groups(
        groups=make.groups_in(process), title="All of them", by=making.make_facilitator().actor, now=make.LATE
    )
    write = page_of(sponsor, "write", group.pk)
    answer = make.make_signed(group, now=make.LATE)
    read = page_of(sponsor, "answer", answer.pk)

    assert "35 answers are late" in late
    for page, parameter in ((late, "late=2"), (write, "page=2"), (read, "page=2")):
        assert f"?{parameter}" in page
        assert "Statement 34." not in page


# --- cost ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["prepare", "publish", "answers", "story"])
def test_queries_do_not_grow_with_answers(name, sponsor, at, django_assert_max_num_queries):
    at(make.IN_TIME)
    counts = []
    for statements_count in (2, 8):
        process = make.make_owed(*[f"Statement {number}." for number in range(statements_count)])
        make.make_signed(make.groups_in(process)[0])
        if name in {"answers", "story"}:
            actions.publish(process=process, by=making.make_sponsor().actor, now=make.IN_TIME)
        if name != "prepare":
            for group in queries.unanswered_groups(process):
                make.make_signed(group)
        about = [process.pk]
        sponsor.get(reverse(f"answers:{name}", args=about))
        with django_assert_max_num_queries(200) as captured:
            page_of(sponsor, name, *about)
        counts.append(len(captured))
    assert counts[1] <= counts[0]

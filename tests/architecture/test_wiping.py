"""A whole rehearsal with the real rooms, and every table afterwards."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from allting.answers.models import OwedAnswer
from allting.choice import actions as choice
from allting.choice import analysis, counting, telling
from allting.choice.actions import Wording
from allting.choice.models import Ballot, Decision, Option, Outcome, Round
from allting.opinions import actions as opinions
from allting.opinions.models import Conversation, Statement, Vote
from allting.people import queries as people
from allting.people.models import LeftAddress, Person, QueuedMail
from allting.processes import actions as processes
from allting.processes import queries, rules
from allting.processes.models import Process
from allting.record import actions as record
from allting.record import kinds
from allting.record.models import Item, Report
from allting.record.viewers import Viewer
from tests.make import maps
from tests.make import processes as make_processes
from tests.make.people import make_person, sign_in

pytestmark = pytest.mark.django_db

# What a rehearsal leaves: facts in the chain, whoever acted, and the items that facts point at, blank.
LEFT_BEHIND = {
    "record.Actor",
    "record.Event",
    "record.Item",
    "record.Link",
    "record.OutboxEntry",
    "record.Report",
    "people.Device",
    "people.EntryLink",
    "people.Entry",
    "people.Person",
    "people.Session",
}
OWN_WORDS = "My own words, said in the rehearsal."


class Rehearsal:
    """An open strategy round that the team has prepared, and what a guest does in its rehearsal."""

    def __init__(self, *, now: datetime) -> None:
        self.now = now
        self.facilitator = make_processes.make_facilitator(now=now)
        make_processes.make_deputy(now=now)
        choices = replace(make_processes.CHOICES, starts_on=rules.local_day(now) + timedelta(days=30))
        self.process = processes.start_process(
            template="open_round", choices=choices, by=self.facilitator.actor, now=now
        )
        self.conversation = Conversation.objects.select_related("item").get(item__within=self.process.pk)
        self.round = Round.objects.select_related("item").get(item__within=self.process.pk)
        self.by = self.facilitator.actor
        self.seeds = opinions.add_seeds(
            conversation=self.conversation, author=self.by, texts=["More benches.", "Fewer cars."], now=now
        )
        for title in ("Benches everywhere", "A car-free square"):
            choice.add_option(round_=self.round, wording=Wording(title=title), by=self.by, now=now)

    def begin(self) -> Process:
        self.process = processes.begin_rehearsal(process=self.fresh(), by=self.by, now=self.now)
        return self.process

    def wipe(self) -> Process:
        return processes.wipe_rehearsal(process=self.fresh(), by=self.by, now=self.now)

    def fresh(self) -> Process:
        return queries.processes_by_id([self.process.pk])[self.process.pk]

    def guest(self, person: Person | None = None) -> Client:
        """Return the browser of somebody who opened the link."""
        client = sign_in(Client(), person) if person else Client()
        link = people.entry_link_of(self.process.item)
        assert link is not None
        client.get(reverse("people:enter", args=[link.token]))
        return client

    def everybody_takes_part(self) -> None:
        """Vote, say, report, leave an address, draw the map, take a statement onto the ballot, choose."""
        for _person in range(8):
            actor = make_person().actor
            for seed in self.seeds:
                opinions.cast_vote(statement=seed, actor=actor, value=Vote.Value.AGREE, now=self.now)
        guest = self.guest()
        guest.post(reverse("opinions:vote", args=[self.seeds[0].pk]), {"answer": "agree"})
        guest.post(reverse("opinions:say", args=[self.conversation.pk]), {"text": OWN_WORDS})
        said = Statement.objects.select_related("item").get(text=OWN_WORDS)
        opinions.accept_statement(statement=said, by=self.by, now=self.now)
        maps.make_map(self.conversation, now=self.now)
        opinions.name_groups(conversation=self.conversation, names={"A": "Walkers"}, by=self.by, now=self.now)
        record.report(item=said.item, by=None, reason="It names me.", now=self.now)
        LeftAddress.objects.create(
            actor=said.item.author,
            item=self.conversation.item,
            address="me@example.org",
            removal_key="key",
            confirmed_at=self.now,
        )
        choice.take_in(
            round_=self.round,
            source=said.item,
            wording=Wording(title=OWN_WORDS, text=OWN_WORDS, why="Nearly everyone agrees."),
            by=self.by,
            now=self.now,
        )
        choice.open_round(round_=self.round, by=self.by, now=self.now)
        option = Option.objects.filter(round=self.round).first()
        assert option is not None
        voter = self.guest(make_person())
        voter.post(reverse("choice:cast", args=[self.round.pk]), {"options": [option.pk]})

    def counts(self, *, ballots: int = 5) -> Outcome:
        """Let so many cast a ballot, close the round by the facilitator's button, and count it."""
        option = Option.objects.filter(round=self.round, left_out_at=None).first()
        assert option is not None
        for _ballot in range(ballots):
            choice.cast_ballot(round_=self.round, actor=make_person().actor, approvals=[option.pk])
        sign_in(Client(), self.facilitator).post(reverse("choice:count", args=[self.round.pk]))
        outcome = counting.count_round(round_=Round.objects.get(), now=self.now, count=analysis.count)
        assert outcome is not None
        return outcome


@pytest.fixture
def rehearsal() -> Rehearsal:
    return Rehearsal(now=timezone.now())


def everything() -> dict[str, list[dict[str, Any]]]:
    """Return every row of every table that a wiped rehearsal leaves as it was."""
    return {
        model._meta.label: list(model._default_manager.order_by("pk").values())
        for model in apps.get_models()
        if model._meta.app_config.name.startswith("allting.") and model._meta.label not in LEFT_BEHIND
    }


def without(rows: list[dict[str, Any]], *names: str) -> list[dict[str, Any]]:
    return [{name: value for name, value in row.items() if name not in names} for row in rows]


def test_voting_stating_and_casting_really_work(rehearsal: Rehearsal) -> None:
    rehearsal.begin()

    rehearsal.everybody_takes_part()

    assert Vote.objects.filter(statement=rehearsal.seeds[0]).exists()
    assert Statement.objects.filter(text=OWN_WORDS).exists()
    assert Ballot.objects.count() == 1


def test_after_wiping_every_table_is_as_the_team_left_it(rehearsal: Rehearsal) -> None:
    before = everything()
    rehearsal.begin()
    rehearsal.everybody_takes_part()

    rehearsal.wipe()

    after = everything()
    # The proposal that quoted a guest is left out and says nothing; that the map is old is a count.
    quoted = [row for row in after["choice.Option"] if row["left_out_at"]]
    after["choice.Option"] = [row for row in after["choice.Option"] if not row["left_out_at"]]
    assert [(row["title"], row["text"], row["why"]) for row in quoted] == [("…", "", "")]
    for name, counted in (
        ("opinions.Conversation", ("changes_count", "changed_at")),
        ("processes.Process", ("changed_at",)),
    ):
        before[name], after[name] = without(before[name], *counted), without(after[name], *counted)
    assert after == before


def test_an_outcome_can_be_rehearsed_and_is_wiped_with_the_rest(rehearsal: Rehearsal) -> None:
    before = everything()
    rehearsal.begin()
    choice.open_round(round_=rehearsal.round, by=rehearsal.by, now=rehearsal.now)
    outcome = rehearsal.counts()

    page = sign_in(Client(), rehearsal.facilitator).get(reverse("choice:outcome", args=[rehearsal.round.pk]))
    assert outcome.figures["chosen"]
    assert "This is a rehearsal." in page.content.decode()
    assert Client().get(reverse("choice:outcome", args=[rehearsal.round.pk])).status_code == 403
    rehearsal.wipe()

    after = everything()
    # Who takes part is counted when a round closes; what is left of that is a row that says nothing.
    nothing = {"asked_first": [], "relations": {}, "satisfaction": {}, "counted_at": None, "let_go_at": None}
    assert after.pop("processes.Balance") == [{"process_id": rehearsal.process.pk, **nothing}]
    assert before.pop("processes.Balance") == []
    for name, counted in (
        ("opinions.Conversation", ("changes_count", "changed_at")),
        ("processes.Process", ("changed_at",)),
    ):
        before[name], after[name] = without(before[name], *counted), without(after[name], *counted)
    assert after == before


def test_an_outcome_of_few_is_withheld_in_a_rehearsal_too(rehearsal: Rehearsal) -> None:
    rehearsal.begin()
    choice.open_round(round_=rehearsal.round, by=rehearsal.by, now=rehearsal.now)

    assert rehearsal.counts(ballots=4).is_withheld
    rehearsal.wipe()

    assert not Outcome.objects.exists()


@pytest.mark.parametrize("ballots", [4, 5])
def test_what_was_counted_while_it_was_wiped_is_not_published(rehearsal: Rehearsal, ballots: int) -> None:
    rehearsal.begin()
    choice.open_round(round_=rehearsal.round, by=rehearsal.by, now=rehearsal.now)
    counted = rehearsal.counts(ballots=ballots)
    closed = Round.objects.get()
    figures = {"method": "x", "version": 1, "digest": "", "certificate": "", "figures": counted.figures, "support": {}}

    rehearsal.wipe()

    assert choice.publish_outcome(round_=closed, counted=figures, now=rehearsal.now) is None
    assert choice.withhold_outcome(round_=closed, now=rehearsal.now) is None
    assert not Outcome.objects.exists()


def test_nothing_is_decided_from_a_rehearsed_outcome(rehearsal: Rehearsal) -> None:
    sponsor = make_processes.make_sponsor(now=rehearsal.now)
    rehearsal.begin()
    choice.open_round(round_=rehearsal.round, by=rehearsal.by, now=rehearsal.now)
    rehearsal.counts()

    page = sign_in(Client(), sponsor).post(reverse("choice:decide", args=[rehearsal.round.pk]), {"do": "confirm"})

    assert page.status_code == 403
    assert not Decision.objects.exists()
    assert not list(telling.waiting_for(make_processes.viewer_of(sponsor), rehearsal.now))


def test_only_who_looks_after_it_counts_a_rehearsal_and_only_once(rehearsal: Rehearsal) -> None:
    rehearsal.begin()
    url = reverse("choice:count", args=[rehearsal.round.pk])
    facilitator = sign_in(Client(), rehearsal.facilitator)
    assert "Open the round first" in facilitator.post(url).content.decode()
    choice.open_round(round_=rehearsal.round, by=rehearsal.by, now=rehearsal.now)
    workbench = reverse("choice:workbench", args=[rehearsal.round.pk])
    assert url in facilitator.get(workbench).content.decode()

    assert rehearsal.guest(make_person()).post(url).status_code == 403
    assert Round.objects.get().closed_at is None
    choice.cast_ballot(round_=rehearsal.round, actor=make_person().actor, approvals=[])
    assert "The ballots are being counted." in facilitator.post(url, follow=True).content.decode()
    assert Round.objects.get().closed_at is not None
    assert "It was counted." in facilitator.post(url).content.decode()
    assert url not in facilitator.get(workbench).content.decode()


def test_the_words_are_gone_from_what_stays_for_the_chain(rehearsal: Rehearsal) -> None:
    rehearsal.begin()
    rehearsal.everybody_takes_part()
    said = Statement.objects.get(text=OWN_WORDS).pk

    rehearsal.wipe()

    assert not Item.objects.filter(title__contains="rehearsal").exists()
    item = Item.objects.get(pk=said)
    assert item.title == "…"
    assert item.hidden_at
    assert item.blanked_at
    assert Report.objects.get(item=said).reason == ""
    # Nobody meets it any more, not even on the page of what it rests on.
    assert Client().get(reverse("record:why", args=[said])).status_code == 404
    assert not kinds.cards_for([item], viewer=Viewer())


def test_a_wiped_rehearsal_is_owed_no_answer_when_the_real_thing_closes(rehearsal: Rehearsal) -> None:
    rehearsal.begin()
    rehearsal.everybody_takes_part()
    rehearsal.wipe()
    processes.announce(process=rehearsal.fresh(), by=rehearsal.by, now=rehearsal.now)

    processes.close_due(now=rehearsal.now + timedelta(days=400))

    assert rehearsal.fresh().state == "closed"
    assert not OwedAnswer.objects.exists()
    assert not QueuedMail.objects.filter(address="me@example.org").exists()


def test_the_real_thing_begins_from_nothing(rehearsal: Rehearsal) -> None:
    rehearsal.begin()
    rehearsal.everybody_takes_part()
    rehearsal.wipe()
    processes.announce(process=rehearsal.fresh(), by=rehearsal.by, now=rehearsal.now)
    opens_at = rehearsal.now + timedelta(days=31)
    processes.begin_due(now=opens_at)
    processes.open_due(now=opens_at)

    assert not Vote.objects.exists()
    assert list(Statement.objects.values_list("views_count", flat=True)) == [0, 0]
    round_ = Round.objects.get()
    assert (round_.opened_at, round_.seed, round_.seed_commitment) == (None, "", "")


def test_a_vote_that_came_while_it_was_wiped_does_not_count(rehearsal: Rehearsal) -> None:
    rehearsal.begin()
    rehearsal.wipe()
    opinions.cast_vote(
        statement=rehearsal.seeds[0], actor=make_person().actor, value=Vote.Value.AGREE, now=rehearsal.now
    )

    processes.announce(process=rehearsal.fresh(), by=rehearsal.by, now=rehearsal.now)

    assert not Vote.objects.exists()


@pytest.mark.parametrize("name", ["opinions:conversation", "opinions:say", "opinions:results", "opinions:workbench"])
def test_pages_of_a_conversation_say_that_it_is_a_rehearsal(rehearsal: Rehearsal, name: str) -> None:
    rehearsal.begin()

    page = sign_in(Client(), rehearsal.facilitator).get(reverse(name, args=[rehearsal.conversation.pk]))

    assert "This is a rehearsal." in page.content.decode()


@pytest.mark.parametrize("name", ["choice:ballot", "choice:workbench"])
def test_pages_of_a_round_say_that_it_is_a_rehearsal(rehearsal: Rehearsal, name: str) -> None:
    rehearsal.begin()

    page = sign_in(Client(), rehearsal.facilitator).get(reverse(name, args=[rehearsal.round.pk]))

    assert "This is a rehearsal." in page.content.decode()


@pytest.mark.parametrize("name", ["answers:story", "strategy:strategy", "strategy:priorities", "strategy:promises"])
def test_pages_about_what_came_of_it_say_so_too(rehearsal: Rehearsal, name: str) -> None:
    rehearsal.begin()

    inside = sign_in(Client(), rehearsal.facilitator).get(reverse(name, args=[rehearsal.process.pk]))
    outside = Client().get(reverse(name, args=[rehearsal.process.pk]))

    assert "This is a rehearsal." in inside.content.decode()
    assert outside.status_code == 403


@pytest.mark.parametrize("name", ["record:why", "record:what_came_of_it", "record:report"])
def test_pages_about_an_item_of_any_kind_say_so_too(rehearsal: Rehearsal, name: str) -> None:
    rehearsal.begin()

    inside = sign_in(Client(), rehearsal.facilitator).get(reverse(name, args=[rehearsal.seeds[0].pk]))

    assert "This is a rehearsal." in inside.content.decode()


@pytest.mark.parametrize("name", ["opinions:conversation", "opinions:results", "choice:ballot"])
def test_strangers_read_nothing_of_a_rehearsal(rehearsal: Rehearsal, name: str) -> None:
    rehearsal.begin()
    thing = rehearsal.round if name.startswith("choice") else rehearsal.conversation

    answer = Client().get(reverse(name, args=[thing.pk]))

    assert answer.status_code == 403
    assert "More benches." not in answer.content.decode()


def test_strangers_cannot_vote_in_a_rehearsal(rehearsal: Rehearsal) -> None:
    rehearsal.begin()

    refused = Client().post(reverse("opinions:vote", args=[rehearsal.seeds[0].pk]), {"answer": "agree"})

    assert refused.status_code == 403
    assert not Vote.objects.exists()

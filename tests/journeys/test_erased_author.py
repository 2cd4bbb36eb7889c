"""The author of a statement that was chosen, promised and answered is erased: what rests on it stands, nameless.

Must show 5 of the whole chain. Looked for in every table, every file of the data folder, every page and download of
the process as each reader, both exports, and the mails that wait.
"""

from __future__ import annotations

import argparse
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from allting.answers import actions as answers
from allting.choice import actions as choice
from allting.choice import analysis
from allting.choice.actions import Wording
from allting.choice.models import Outcome
from allting.opinions import commands
from allting.opinions.models import Conversation
from allting.people import actions as people
from allting.people.models import Person, QueuedMail
from allting.processes import participation
from allting.processes import queries as processes
from allting.processes.models import Process
from allting.record import tasks as record
from allting.record.kinds import Words
from allting.record.models import Item
from allting.strategy.models import Promise
from tests.architecture.test_erasure import texts_in_tables
from tests.journeys.test_bare_processes import clients_of, pages_of
from tests.make import answers as make_answers
from tests.make import choice as make_choice
from tests.make import maps, opinions, story
from tests.make import processes as make_processes
from tests.make import strategy as make_strategy
from tests.make.people import make_person, sign_in

pytestmark = pytest.mark.django_db

WORDS = "Let night trains go, says Zebulon Quist of 7 Heron Lane."
TITLE = "Night trains"
TRACES = ("zebulon", "quist", "heron lane", "zq@work.example")


@dataclass(frozen=True)
class Told:
    author: Person
    process: Process
    conversation: Conversation
    statement: Item
    promise: Promise
    answer_id: int
    round_id: int


@pytest.fixture
def data_dir(settings: Any, tmp_path: Path) -> Path:
    settings.MAIL_URL = "smtp://localhost:1"
    settings.DATA_DIR, settings.MEDIA_ROOT = tmp_path / "data", tmp_path / "data" / "files"
    settings.DATA_DIR.mkdir()
    return Path(settings.DATA_DIR)


def tell(*, title: str = TITLE, now: datetime) -> Told:
    """Let Zebulon write what is put on the ballot, chosen, promised and answered; a supporter's mail quotes it."""
    process = make_choice.make_process(now=now)
    by = process.item.author
    conversation = Conversation.objects.select_related("item").get(item__within=process.item)
    author = make_person(name="Zebulon Quist", address="zebulon@example.org", now=now - timedelta(days=30))
    supporter = make_person(name="Sam Sol", address="sam@example.org", now=now - timedelta(days=30))
    maps.add_votes(conversation, maps.make_export(people=60), now=now - timedelta(days=20))
    statement = opinions.make_statement(conversation, text=WORDS, author=author.actor, now=now - timedelta(days=19))
    for actor in (author.actor, supporter.actor):
        opinions.cast(statement, actor=actor, now=now - timedelta(days=18))
    make_answers.leave_address(author.actor, conversation.item, address="zq@work.example")
    participation.say_relation(process=process, actor=author.actor, relation="supplier", now=now)
    maps.make_map(conversation, now=now - timedelta(days=17))

    round_ = make_choice.round_in(process)
    choice.change_round(round_=round_, seats=2, approvals_limit=12, by=by, now=now)
    wording = Wording(title=title, text=WORDS)
    option = choice.take_in(round_=round_, source=statement.item, wording=wording, by=by, now=now)
    for title in make_choice.TITLES[:4]:
        choice.add_option(round_=round_, wording=Wording(title=title), by=by, now=now)
    choice.open_round(round_=round_, by=by, now=now, seed=make_choice.SEED)
    choice.cast_ballot(round_=round_, actor=author.actor, approvals=[option.pk])
    make_choice.cast(round_, [[0]] * 5 + [[1]] * 3)
    make_choice.close(round_, now=now)
    outcome = make_choice.count(round_, now=now)
    assert option.pk in outcome.figures["chosen"]

    sponsor = make_processes.make_sponsor(now=now)
    process = processes.processes_by_id([process.pk])[process.pk]
    lead = make_strategy.make_lead(process, now=now)
    told = story.Told(process, conversation, [statement], [statement], outcome, sponsor, lead)
    first = next(one for one in story.decide(told, now=now) if one.source_id == option.pk)
    promise = story.promise(told, first, now=now)
    story.owe(told, now=now)
    answer = make_answers.make_signed(make_answers.group_of(statement), by=sponsor, now=now)
    make_answers.tell(answers.publish(process=process, by=sponsor.actor, now=now), now=now)
    return Told(author, process, conversation, statement.item, promise, answer.pk, round_.pk)


def test_what_rests_on_an_erased_authors_words_stands_and_the_name_is_nowhere(data_dir: Path, tmp_path: Path) -> None:
    told = tell(now=timezone.now())
    assert {trace for _place, trace in traces(told, data_dir, tmp_path / "before.zip")} == set(TRACES)
    assert "Zebulon" in QueuedMail.objects.get(address="sam@example.org").text

    people.erase_person(person=told.author, words=Words.BLANKED, now=timezone.now())
    record.deliver_outbox()

    assert traces(told, data_dir, tmp_path / "after.zip") == set()
    assert not QueuedMail.objects.filter(actor=told.author.actor).exists()
    assert "Yes, we will." in QueuedMail.objects.get(address="sam@example.org").text
    visitor = Client()
    for name, pk, words in (
        ("strategy:promise", told.promise.pk, told.promise.wording),
        ("record:why", told.promise.pk, TITLE),
        ("record:what_came_of_it", told.promise.priority.source_id, told.promise.wording),
        ("answers:answer", told.answer_id, "Yes, we will. By June 2028."),
        ("answers:story", told.process.pk, TITLE),
        ("choice:outcome", told.round_id, TITLE),
    ):
        page = visitor.get(reverse(name, args=[pk]))
        assert page.status_code == 200, name
        assert words in page.content.decode(), name


def test_words_that_became_a_title_as_they_were_go_too_and_the_proof_stands(data_dir: Path, tmp_path: Path) -> None:
    told = tell(title=WORDS, now=timezone.now())
    certificate = Outcome.objects.get(round=told.round_id).certificate

    people.erase_person(person=told.author, words=Words.BLANKED, now=timezone.now())
    record.deliver_outbox()

    assert traces(told, data_dir, tmp_path / "after.zip") == set()
    assert Outcome.objects.get(round=told.round_id).certificate == certificate
    assert analysis.check(certificate).recomputed
    for name, pk in (
        ("choice:outcome", told.round_id),
        ("strategy:promise", told.promise.pk),
        ("answers:story", told.process.pk),
    ):
        assert Client().get(reverse(name, args=[pk])).status_code == 200


def traces(told: Told, data_dir: Path, export: Path) -> set[tuple[str, str]]:
    """Return where something of the author stands, and what."""
    said = [*texts_in_tables(), *_files(data_dir), *_pages(told), *_exports(told, export)]
    return {(place, trace) for place, text in said for trace in TRACES if trace in text.lower()}


def _files(folder: Path) -> Iterator[tuple[str, str]]:
    return ((str(file), file.read_text(errors="replace")) for file in folder.rglob("*") if file.is_file())


def _pages(told: Told) -> Iterator[tuple[str, str]]:
    """Yield every page and download about the process and about what rests on the words, as each reader gets it."""
    things = (told.statement.pk, told.promise.pk, told.promise.priority_id, told.answer_id)
    urls = {url for _name, url in pages_of(told.process)}
    urls |= {reverse(f"record:{page}", args=[pk]) for page in ("why", "what_came_of_it") for pk in things}
    urls |= {
        reverse("answers:answer", args=[told.answer_id]),
        reverse("strategy:promise", args=[told.promise.pk]),
        reverse("strategy:priority", args=[told.promise.priority_id]),
        reverse("opinions:statement", args=[told.statement.pk]),
        reverse("people:invitations"),
    }
    for who, client in clients_of(told.process).items():
        for url in sorted(urls):
            cache.clear()
            yield f"{url} as {who}", _body_of(client.get(url, follow=True))


def _body_of(response: Any) -> str:
    content = b"".join(response.streaming_content) if response.streaming else response.content
    return content.decode(errors="replace")


def _exports(told: Told, file: Path) -> Iterator[tuple[str, str]]:
    """Yield what both ways of taking the votes out of the house write: the button and the command."""
    facilitator = sign_in(Client(), make_processes.make_facilitator(now=timezone.now()))
    page = facilitator.post(reverse("opinions:download_polis", args=[told.conversation.pk]))
    by_page = b"".join(page.streaming_content)
    chosen = argparse.Namespace(format="polis", conversation=told.conversation.pk, file=file)
    export = next(command for command in commands.COMMANDS if command.name == "export")
    assert export.run(chosen) == 0
    for way, packed in (("page", by_page), ("command", file.read_bytes())):
        with zipfile.ZipFile(io.BytesIO(packed)) as opened:
            for name in opened.namelist():
                yield f"export by {way}: {name}", opened.read(name).decode()

"""Erasure, looked for everywhere: in every text of every table, and in every file of the data folder."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from allting.opinions.models import Conversation, MapPlace, Participant, Statement, View, Vote
from allting.people import actions
from allting.people.models import LeftAddress, Person, QueuedMail, Session
from allting.processes.models import Participation
from allting.record import tasks as record
from allting.record.models import Actor
from tests.make import maps
from tests.make.exports import write_export
from tests.make.opinions import statements_of
from tests.make.processes import make_facilitator

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("mail_is_set_up")]

NAME, ADDRESS, WORK_ADDRESS = "Zebulon Quist", "zebulon@example.org", "zq@work.example"
WORDS = "Quagmires deserve footbridges, and swans deserve peace."
REASON = "Ostriches are slandered here."
TRACES = ("zebulon", "quist", WORK_ADDRESS, "quagmires", "ostriches")


@pytest.fixture
def mail_is_set_up(settings: Any) -> None:
    settings.MAIL_URL = "smtp://localhost:1"


@pytest.fixture
def data_dir(settings: Any, tmp_path: Path) -> Path:
    settings.DATA_DIR, settings.MEDIA_ROOT = tmp_path, tmp_path / "files"
    return tmp_path


@pytest.fixture
def conversation(data_dir: Path) -> Conversation:
    """A conversation that runs at this very moment, because pages read the clock."""
    return maps.make_voted_conversation(people=40, now=timezone.now())


def texts_in_tables() -> Iterator[tuple[str, str]]:
    """Yield each text of each table with where it stands."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            columns = [column[0] for column in cursor.description]
            for row in cursor.fetchall():
                yield from (
                    (f"{table}.{column}", str(value))
                    for column, value in zip(columns, row, strict=True)
                    if isinstance(value, str | list | dict | bytes)
                )


def traces_left(data_dir: Path, *, but: tuple[str, ...] = ()) -> set[tuple[str, str]]:
    """Return where something of the erased person still stands."""
    files = ((str(file), file.read_text(errors="replace")) for file in data_dir.rglob("*") if file.is_file())
    return {
        (place, trace)
        for place, text in (*texts_in_tables(), *files)
        for trace in TRACES
        if trace not in but and trace in text.lower()
    }


def code_for(address: str) -> str:
    found = re.search(r"\d{6}", QueuedMail.objects.filter(address=address).latest("pk").subject)
    assert found
    return found[0]


def take_part(visitor: Client, conversation: Conversation) -> None:
    """Answer, write, report and leave an address, as anybody may without account."""
    statements = statements_of(conversation)
    for statement in statements[:8]:
        visitor.post(reverse("opinions:vote", args=[statement.pk]), {"answer": "agree"})
    process_id = conversation.item.within_id
    visitor.post(reverse("processes:say_relation", args=[process_id]), {"relation": "supplier"})
    visitor.post(reverse("opinions:say", args=[conversation.pk]), {"text": WORDS})
    visitor.post(reverse("record:report", args=[statements[0].pk]), {"reason": REASON})
    page = visitor.post(reverse("people:follow", args=[conversation.pk]), {"address": WORK_ADDRESS})["Location"]
    visitor.post(page, {"digits": code_for(WORK_ADDRESS)})


def sign_in(visitor: Client) -> Person:
    page = visitor.post(reverse("people:sign_in"), {"address": ADDRESS})["Location"]
    visitor.post(page, {"digits": code_for(ADDRESS)})
    visitor.post(reverse("people:bring_along"), {"bring": "yes"})
    visitor.post(reverse("people:me"), {"name": NAME, "title": "quistian", "language": "en"})
    return Person.objects.get(address=ADDRESS)


def fill_everything(visitor: Client, conversation: Conversation, tmp_path: Path) -> Person:
    """Leave something of one person wherever a page lets them."""
    take_part(visitor, conversation)
    person = sign_in(visitor)
    actions.give_role(person=person, role="facilitator", by=make_facilitator().actor, now=person.joined_at)
    visitor.post(reverse("people:invitations"), {"address": "friend@example.org", "role": "member"})
    folder = write_export(tmp_path / "export")
    files = [SimpleUploadedFile(file.name, file.read_bytes()) for file in sorted(folder.iterdir())]
    visitor.post(reverse("opinions:upload"), {"export_files": files, "attribution": ""})
    visitor.post(reverse("people:sign_in"), {"address": ADDRESS})
    maps.make_map(conversation)
    return person


@pytest.fixture
def visitor() -> Client:
    return Client()


@pytest.mark.parametrize("words", ["nameless", "blanked"])
def test_an_erased_person_is_nowhere(
    visitor: Client,
    conversation: Conversation,
    data_dir: Path,
    tmp_path_factory: pytest.TempPathFactory,
    run_tasks: Callable[[], int],
    words: str,
) -> None:
    person = fill_everything(visitor, conversation, tmp_path_factory.mktemp("export"))
    actor = person.actor
    assert {trace for _place, trace in traces_left(data_dir)} == set(TRACES)
    for table in (Vote, View, Participant, LeftAddress, Participation):
        assert table.objects.filter(actor=actor).exists(), table

    visitor.post(reverse("people:erase_me"), {"words": words})
    record.deliver_outbox()
    run_tasks()

    assert traces_left(data_dir, but=("quagmires",) if words == "nameless" else ()) == set()
    for table in (Vote, View, Participant, LeftAddress, Participation, MapPlace, QueuedMail):
        assert not table.objects.filter(actor=actor).exists(), table
    assert not Session.objects.filter(person=person).exists()
    assert Statement.objects.filter(text=WORDS).exists() == (words == "nameless")
    assert not Client(cookies=visitor.cookies).get(reverse("people:me")).context


@pytest.mark.parametrize("words", ["nameless", "blanked"])
def test_what_a_device_left_is_nowhere_once_it_is_removed(
    visitor: Client, conversation: Conversation, data_dir: Path, words: str
) -> None:
    take_part(visitor, conversation)
    maps.make_map(conversation)
    actor = Actor.objects.get(kind=Actor.Kind.DEVICE)

    visitor.post(reverse("people:remove_device"), {"words": words})

    assert traces_left(data_dir, but=("quagmires",) if words == "nameless" else ()) == set()
    for table in (Vote, View, Participant, LeftAddress, Participation, MapPlace, QueuedMail):
        assert not table.objects.filter(actor=actor).exists(), table
    assert visitor.cookies["device"].value == ""


def test_a_device_that_was_removed_sees_nothing_of_before(visitor: Client, conversation: Conversation) -> None:
    take_part(visitor, conversation)

    visitor.post(reverse("people:remove_device"), {"words": "nameless"})

    page = visitor.get(reverse("opinions:mine", args=[conversation.pk])).content.decode()
    assert "You have not answered anything yet." in page
    assert WORDS not in page

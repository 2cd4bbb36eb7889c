"""What is known about a person, and how all of it goes."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from allting.people import actions, codes, post
from allting.people.models import (
    Device,
    Entry,
    Invitation,
    LeftAddress,
    MailedCode,
    Person,
    QueuedMail,
    Role,
    Session,
)
from allting.record import actions as record
from allting.record.kinds import Words
from allting.record.models import Item
from tests.make import people as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def anna(notes) -> Person:
    """Somebody with something in every table of the room."""
    person = make.make_person(name="Anna Lund", address="anna@example.org", role="deputy")
    note = notes.write("The library closes too early.", author=person.actor)
    codes.send_code(
        purpose=MailedCode.Purpose.SIGN_IN, address="anna@example.org", network="n", actor=person.actor, now=make.NOW
    )
    LeftAddress.objects.create(
        actor=person.actor, item=note, address="anna@work.example", removal_key="k", confirmed_at=make.NOW
    )
    actions.invite(address="anna@example.org", role="lead", by=person.actor, now=make.NOW)
    link = actions.make_entry_link(item=note, by=person.actor, now=make.NOW)
    Entry.objects.create(link=link, person=person, entered_at=make.NOW)
    post.queue_mail(key="x", address="anna@work.example", subject="s", text="t", actor=person.actor, now=make.NOW)
    return person


@pytest.fixture
def annas_client(anna) -> Client:
    return make.sign_in(Client(), anna)


def test_the_page_shows_what_one_said_and_where_one_hears_from_us(annas_client):
    page = annas_client.get("/people/me").content.decode()

    assert "The library closes too early." in page
    assert "anna@work.example" in page
    assert "Deputy" in page


def test_the_page_tells_why_a_statement_was_hidden(annas_client, anna):
    item = Item.objects.get(author=anna.actor)
    record.hide(item=item, by=record.system_actor(), reason="It names a private person.", now=make.NOW)

    assert "It names a private person." in annas_client.get("/people/me").content.decode()


def test_the_pages_queries_do_not_grow_with_rows(
    annas_client, anna, notes, django_assert_max_num_queries, django_assert_num_queries
):
    annas_client.get("/people/me")
    notes.write("A second one", author=anna.actor)
    with django_assert_max_num_queries(12) as at_two:
        annas_client.get("/people/me")
    for number in range(6):
        note = notes.write(f"Number {number}", author=anna.actor)
        LeftAddress.objects.create(
            actor=anna.actor, item=note, address="a@b.example", removal_key=str(number), confirmed_at=make.NOW
        )

    with django_assert_num_queries(len(at_two)):
        annas_client.get("/people/me")


def test_what_one_said_is_paged(annas_client, anna, notes):
    for number in range(35):
        notes.write(f"Number {number}.", author=anna.actor)

    first = annas_client.get("/people/me").content.decode()
    second = annas_client.get("/people/me?page=2").content.decode()

    assert "Number 34." in first
    assert "Number 0." not in first
    assert "Number 0." in second


def test_the_profile_is_changed(annas_client, anna):
    said = {"name": "Anna Berg", "title": "nurse", "language": "sv"}

    answer = annas_client.post("/people/me", said)

    anna.refresh_from_db()
    assert answer.status_code == 302
    assert (anna.name, anna.title, anna.language) == ("Anna Berg", "nurse", "sv")


@pytest.mark.parametrize("wrong", [{"language": "tlh"}, {"name": "x" * 101, "language": "en"}])
def test_a_bad_profile_changes_nothing(annas_client, anna, wrong):
    answer = annas_client.post("/people/me", wrong)

    anna.refresh_from_db()
    assert answer.status_code == 422
    assert anna.name == "Anna Lund"


@pytest.mark.parametrize("address", ["/people/me", "/people/me/erase", "/people/me/data.json"])
def test_nobodys_page_is_shown_to_nobody(client, address):
    assert client.get(address)["Location"].startswith("/people/sign-in?next=")


def test_the_file_holds_everything_of_ones_own(annas_client):
    answer = annas_client.get("/people/me/data.json")

    data = json.loads(answer.content)
    assert answer["Content-Disposition"] == 'attachment; filename="my-data.json"'
    assert data["person"]["address"] == "anna@example.org"
    assert data["wrote"]["note"][0]["title"] == "The library closes too early."
    assert data["left_addresses"][0]["address"] == "anna@work.example"
    assert data["roles"][0]["role"] == "deputy"


def test_erasing_asks_what_happens_with_the_words(annas_client, anna):
    shown = annas_client.get("/people/me/erase").content.decode()
    undecided = annas_client.post("/people/me/erase", {})

    anna.refresh_from_db()
    assert "What goes" in shown
    assert "What stays" in shown
    assert undecided.status_code == 422
    assert anna.is_active


@pytest.mark.parametrize("words", [Words.NAMELESS, Words.BLANKED])
def test_erasing_reaches_everything_in_this_room(annas_client, anna, notes, words):
    make.sign_in(Client(), anna)

    answer = annas_client.post("/people/me/erase", {"words": words})

    anna.refresh_from_db()
    assert answer.status_code == 302
    assert (anna.address, anna.name, anna.title, anna.last_login) == (None, "", "", None)
    assert not anna.is_active
    for table in (MailedCode, LeftAddress, Invitation, Role, Entry, QueuedMail, Session):
        assert not table.objects.exists(), table
    assert notes.forgotten == [(anna.actor, words)]


def test_statements_stay_nameless_or_are_blanked_as_one_chooses(anna):
    bo = make.make_person()
    titles = {}
    for person, words in ((anna, Words.NAMELESS), (bo, Words.BLANKED)):
        item = record.make_item(kind="note", title="Said.", author=person.actor, within=None, now=make.NOW)
        actions.erase_person(person=person, words=words, now=make.NOW)
        titles[words] = Item.objects.get(pk=item.pk).title

    assert titles == {Words.NAMELESS: "Said.", Words.BLANKED: record.BLANK_TITLE}


def test_no_text_of_the_room_still_names_an_erased_person(anna):
    actions.erase_person(person=anna, words=Words.NAMELESS, now=make.NOW)

    for table in (Person, Device, MailedCode, LeftAddress, Invitation, Role, Entry, QueuedMail, Session):
        rows = str(list(table.objects.values())).lower()
        assert "anna" not in rows, table


def test_erasing_somebody_leaves_the_others(anna, notes):
    bo = make.make_person(name="Bo", address="bo@example.org", role="member")
    LeftAddress.objects.create(
        actor=bo.actor, item=notes.write(), address="bo@example.org", removal_key="b", confirmed_at=make.NOW
    )

    actions.erase_person(person=anna, words=Words.BLANKED, now=make.NOW)

    bo.refresh_from_db()
    assert bo.name == "Bo"
    assert Role.objects.get().person == bo
    assert LeftAddress.objects.get().actor == bo.actor


def test_the_address_of_an_erased_person_can_join_again(anna):
    actions.erase_person(person=anna, words=Words.NAMELESS, now=make.NOW)

    again = make.make_person(address="anna@example.org")

    assert again != anna
    assert again.actor != anna.actor


def test_an_interrupted_erasure_erases_nothing(anna, monkeypatch):
    def breaks(*args, **kwargs):
        raise RuntimeError

    monkeypatch.setattr(Person, "save", breaks)

    with pytest.raises(RuntimeError):
        actions.erase_person(person=anna, words=Words.BLANKED, now=make.NOW)

    assert LeftAddress.objects.exists()
    assert Item.objects.get(author=anna.actor).title == "The library closes too early."


def test_the_only_facilitator_is_warned_before_going(facilitators_client, facilitator):
    alone = facilitators_client.get("/people/me/erase").content.decode()
    make.make_person(role="facilitator")
    with_another = facilitators_client.get("/people/me/erase").content.decode()

    assert "You are the only facilitator here." in alone
    assert "You are the only facilitator here." not in with_another


def test_codes_and_mails_of_long_ago_are_dropped(anna):
    actions.forget_stale_rows(now=make.NOW)
    codes_kept, mails_kept = MailedCode.objects.count(), QueuedMail.objects.count()

    actions.forget_stale_rows(now=make.NOW.replace(month=5))

    assert (codes_kept, mails_kept) == (1, 3)
    assert not MailedCode.objects.exists()
    assert not QueuedMail.objects.exists()
